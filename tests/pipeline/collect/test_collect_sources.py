"""Every kind of source, from its address to the library, against a server that answers as the real ones do."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.collect.check import check_sources
from pipeline.collect.health import flag_of, nights_failing
from pipeline.collect.run import SourceHealth, collect_sources
from pipeline.corpus import Corpus, Source
from pipeline.errors import InputError
from pipeline.library import Library, open_library
from pipeline.library.runs import SourceRun, runs
from tests.newsstand import Newsstand, Reply, open_newsstand, page, quick, rfc822, rss, story

NIGHT = datetime(2022, 3, 10, 3, 15, tzinfo=UTC)


class Collecting:
    """A corpus, its library and a newsstand; a clock that the test sets."""

    def __init__(self, corpus: Corpus, stand: Newsstand, store: Path) -> None:
        self.corpus, self.stand, self.settings = corpus, stand, quick(store)
        self.now = NIGHT

    def run(self, *sources: Source, **settings: Any) -> list[SourceHealth]:
        chosen = self.settings.model_copy(update=settings)
        with self.library() as library:
            return collect_sources(self.corpus, library, chosen, sources=sources)

    def library(self) -> Any:
        return open_library(self.settings, clock=lambda: self.now)

    def articles(self) -> Any:
        with self.library() as library:
            return library.articles(self.corpus.name)


@pytest.fixture
def bridge(make_corpus: Callable[..., Corpus], store: Path) -> Iterator[Collecting]:
    with open_newsstand() as stand:
        yield Collecting(make_corpus(), stand, store)


def feed_of(stand: Newsstand, count: int, *, path: str = "/feed", teaser: str = "A teaser …", **more: str) -> str:
    """A feed of teasers whose pages are there too."""
    entries = []
    for i in range(count):
        link = stand.put(f"{path}-a{i}", page(f"Title {path} {i}", story(f"{path}{i}")))
        entries.append({"title": f"Title {path} {i}", "link": link, "pubDate": rfc822("2022-03-09"),
                        "description": teaser, **more})  # fmt: skip
    return stand.put(path, Reply(rss("Post Bag", entries), kind="application/rss+xml"))


def test_a_feed_of_teasers_gives_its_pages(bridge: Collecting) -> None:
    source = Source(name="bag", kind="feed", urls=(feed_of(bridge.stand, 3),))
    (health,) = bridge.run(source)
    assert (health.new, health.listed, health.failed) == (3, 3, None)
    assert health.bytes > 0
    frame = bridge.articles()
    assert set(frame["outlet"]) == {"Morning Post Bag"}
    assert all("note 5 of report" in text for text in frame["text"])


def test_a_feed_of_whole_articles_needs_no_pages(bridge: Collecting) -> None:
    address = feed_of(bridge.stand, 2, teaser=story(7, paragraphs=9))
    (health,) = bridge.run(Source(name="bag", kind="feed", urls=(address,)))
    assert (health.new, health.unchanged) == (2, 0)
    assert bridge.stand.asked["127.0.0.1/feed-a0"] == 0


def test_the_second_night_asks_briefly_and_finds_what_is_new(bridge: Collecting) -> None:
    source = Source(name="bag", kind="feed", urls=(feed_of(bridge.stand, 3),))
    bridge.run(source)
    sent = bridge.stand.sent
    (health,) = bridge.run(source)
    assert (health.new, health.listed, bridge.stand.sent) == (0, None, sent)
    feed_of(bridge.stand, 4)
    (health,) = bridge.run(source)
    assert (health.new, health.unchanged) == (1, 3)


def test_a_changed_page_is_a_new_version(bridge: Collecting) -> None:
    source = Source(name="bag", kind="feed", urls=(feed_of(bridge.stand, 1),))
    bridge.run(source)
    feed_of(bridge.stand, 2)
    bridge.stand.put("/feed-a0", page("Title corrected", story("corrected")))
    bridge.now += timedelta(days=1)
    (health,) = bridge.run(source)
    assert (health.new, health.changed) == (1, 1)


def test_pages_that_failed_are_tried_again_although_the_feed_did_not_change(bridge: Collecting) -> None:
    source = Source(name="bag", kind="feed", urls=(feed_of(bridge.stand, 2),))
    kept = bridge.stand.replies["127.0.0.1", "/feed-a1"]
    bridge.stand.put("/feed-a1", Reply(b"", 500))
    (health,) = bridge.run(source)
    assert (health.new, health.refused) == (1, {"HTTP 500": 1})
    bridge.stand.replies["127.0.0.1", "/feed-a1"] = kept
    (health,) = bridge.run(source)
    assert health.new == 1
    assert len(bridge.articles()) == 2


def test_pages_that_give_no_article_are_counted_every_night_and_not_fetched_again(bridge: Collecting) -> None:
    address = feed_of(bridge.stand, 1)
    stub = page("Cut", "Two lines.", foot="Subscribe to continue reading.")
    bridge.stand.put("/feed-a0", Reply(stub, tagged=False))
    source = Source(name="bag", kind="feed", urls=(address,))
    bridge.run(source)
    feed_of(bridge.stand, 2)
    bridge.stand.put("/feed-a0", Reply(stub, tagged=False))
    (health,) = bridge.run(source)
    assert health.refused == {"paywall stub": 1}
    assert bridge.stand.asked["127.0.0.1/feed-a0"] == 1


def test_single_pages(bridge: Collecting) -> None:
    addresses = tuple(bridge.stand.put(f"/p{i}", page(f"T{i}", story(i))) for i in range(2))
    (health,) = bridge.run(Source(name="pages", kind="pages", outlet="Post Bag", urls=addresses))
    assert (health.new, set(bridge.articles()["outlet"])) == (2, {"Morning Post Bag"})
    (health,) = bridge.run(Source(name="pages", kind="pages", outlet="Post Bag", urls=addresses))
    assert (health.new, health.unchanged) == (0, 2)


def test_a_sitemap_with_an_index_a_pattern_and_dates(bridge: Collecting) -> None:
    stand = bridge.stand
    rows = []
    for i, (path, day) in enumerate(
        [("/news/a", "2022-03-09"), ("/news/b", "2021-01-01"), ("/sport/c", "2022-03-09")]
    ):
        address = stand.put(path, page(f"T{i}", story(i), day=None))
        dated = f"<news:publication_date>{day}</news:publication_date><news:title>T{i}</news:title>"
        news = f"<news:news>{dated}</news:news>"
        rows.append(f"<url><loc>{address}</loc>{news}</url>")
    schemas = "http://www.sitemaps.org/schemas/sitemap/0.9", "http://www.google.com/schemas/sitemap-news/0.9"
    space = 'xmlns="{}" xmlns:news="{}"'.format(*schemas)
    stand.put("/map.xml.gz", Reply(gzip.compress(f"<urlset {space}>{''.join(rows)}</urlset>".encode())))
    index = stand.put(
        "/index.xml",
        f"<sitemapindex {space}><sitemap><loc>{stand.url('/map.xml.gz')}</loc></sitemap></sitemapindex>".encode(),
    )
    source = Source(
        name="map", kind="sitemap", outlet="Post Bag", urls=(index,), url_pattern="/news/", since="2022-01-01"
    )
    (health,) = bridge.run(source)
    assert (health.new, health.listed) == (1, 1)
    assert bridge.articles()["title"].tolist() == ["T0"]


def warc(*pages: tuple[str, bytes], status: str = "200 OK", kind: str = "text/html") -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for url, body in pages:
        heads = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=heads)
        record.rec_headers.replace_header("WARC-Date", "2022-03-09T10:00:00Z")
        writer.write_record(record)
        writer.write_record(writer.create_warc_record(url, "request", payload=io.BytesIO(b"GET / HTTP/1.1\r\n\r\n")))
    return out.getvalue()


def test_a_web_archive_from_a_file_and_from_an_address(bridge: Collecting) -> None:
    data = warc(*((f"https://bag.test/{'news' if i else 'sport'}/{i}", page(f"T{i}", story(i))) for i in range(3)))
    (bridge.corpus.folder / "a.warc.gz").write_bytes(data)
    near = Source(name="near", kind="warc", outlet="Post Bag", paths=("a.warc.gz",), url_pattern="/news/")
    (health,) = bridge.run(near)
    assert health.new == 2
    (health,) = bridge.run(near)
    assert (health.new, health.listed) == (0, None)  # read already
    address = bridge.stand.put("/b.warc.gz", data)
    (health,) = bridge.run(Source(name="far", kind="warc", outlet="Post Bag", urls=(address,)))
    assert (health.new, health.unchanged) == (1, 2)
    with bridge.library() as library:
        article = library.articles("bridge")["article"][0]
        assert library.raw("bridge", article, 1).startswith(b"<!doctype html>")


def test_a_cut_off_web_archive_gives_what_came_before(bridge: Collecting) -> None:
    data = warc(*((f"https://bag.test/{i}", page(f"T{i}", story(i))) for i in range(3)))
    (bridge.corpus.folder / "a.warc.gz").write_bytes(data[: int(len(data) * 0.6)])
    (health,) = bridge.run(Source(name="near", kind="warc", outlet="Post Bag", paths=("a.warc.gz",)))
    assert 1 <= health.new < 3


def gdelt(stand: Newsstand, rows: list[dict[str, str]]) -> tuple[str, list[dict[str, list[str]]]]:
    asked: list[dict[str, list[str]]] = []

    def answer(path: str) -> Reply:
        query = parse_qs(urlsplit(path).query)
        asked.append(query)
        if len(query["query"][0]) < 3:
            return Reply(b"Your query was too short or too long.\n", kind="text/html")
        inside = [
            r
            for r in rows
            if query["startdatetime"][0] <= r["seendate"].replace("T", "")[:14] < query["enddatetime"][0]
        ]
        document = json.dumps({"articles": inside}) if inside else "{}"
        return Reply(document.encode(), kind="application/json; charset=utf-8", tagged=False)

    return stand.put("/api/v2/doc/doc", answer), asked


def gdelt_row(stand: Newsstand, i: int, seen: str, **page_given: Any) -> dict[str, str]:
    address = stand.put(f"/g{i}", page(f"G{i}", story(f"g{i}"), **page_given))
    return {"url": address, "url_mobile": "", "title": f"G{i} ", "seendate": seen, "socialimage": "",
            "domain": "bag.test", "language": "English", "sourcecountry": "Skerrow"}  # fmt: skip


def test_gdelt(bridge: Collecting) -> None:
    rows = [gdelt_row(bridge.stand, 0, "20220308T120000Z"), gdelt_row(bridge.stand, 1, "20220309T120000Z", day=None)]
    endpoint, asked = gdelt(bridge.stand, rows)
    source = Source(name="gdelt", kind="gdelt", query='"winter timetable" sourcelang:english', urls=(endpoint,),
                    since="2022-03-08", until="2022-03-09", outlet="Post Bag")  # fmt: skip
    (health,) = bridge.run(source)
    assert (health.new, health.failed) == (2, None)
    assert asked[0]["mode"] == ["ArtList"]
    assert asked[0]["format"] == ["json"]
    assert {one["startdatetime"][0] for one in asked} == {"20220308000000", "20220309000000"}
    assert bridge.articles()["date"].dt.strftime("%Y-%m-%d").tolist() == ["2022-03-09", "2022-03-09"]


def test_a_query_that_gdelt_does_not_like_is_said_in_its_words(bridge: Collecting) -> None:
    endpoint, _ = gdelt(bridge.stand, [])
    (health,) = bridge.run(Source(name="gdelt", kind="gdelt", query="a", urls=(endpoint,)))
    assert health.failed is not None
    assert "Your query was too short or too long." in health.failed


def test_media_cloud_page_by_page_with_its_key(bridge: Collecting) -> None:
    stand, asked = bridge.stand, []
    stories = [
        {"id": f"s{i}", "media_name": "bag.test", "media_url": "bag.test", "title": f"M{i}", "language": "en",
         "publish_date": "2022-03-09", "url": stand.put(f"/m{i}", page(f"M{i}", story(f"m{i}"), day=None)),
         "indexed_date": "2022-03-10 01:02:03.000000"}
        for i in range(3)
    ]  # fmt: skip

    def answer(path: str) -> Reply:
        query = parse_qs(urlsplit(path).query)
        asked.append(query)
        begin = int(query.get("pagination_token", ["0"])[0])
        after = str(begin + 2) if begin + 2 < len(stories) else None
        document = {"stories": stories[begin : begin + 2], "pagination_token": after}
        return Reply(json.dumps(document).encode(), kind="application/json", tagged=False)

    endpoint = stand.put("/api/search/story-list", answer)
    source = Source(name="cloud", kind="mediacloud", query="ferry", collections=(1, 2), urls=(endpoint,),
                    outlet="Post Bag", since="2022-03-01", until="2022-03-10")  # fmt: skip
    (health,) = bridge.run(source)
    assert "PARALLAX_MEDIACLOUD_KEY" in (health.failed or "")
    from pydantic import SecretStr

    (health,) = bridge.run(source, mediacloud_key=SecretStr("secret"))
    assert (health.new, health.failed) == (3, None)
    assert asked[0]["cs"] == ["1,2"]
    assert (asked[0]["start"], asked[0]["end"]) == (["2022-03-01"], ["2022-03-10"])
    heads = [heads for path, heads in stand.heads if path.startswith("/api")]
    assert all(one["Authorization"] == "Token secret" for one in heads)
    assert not any("Authorization" in heads for path, heads in stand.heads if not path.startswith("/api"))


def test_one_source_that_fails_does_not_stop_the_others(bridge: Collecting) -> None:
    good = Source(name="good", kind="feed", urls=(feed_of(bridge.stand, 1),))
    bad = Source(name="bad", kind="feed", urls=(bridge.stand.put("/home", page("Home", story(1))),))
    gone = Source(name="gone", kind="files", paths=("none.jsonl",))
    told: list[tuple[int, int]] = []
    with bridge.library() as library:
        found = collect_sources(bridge.corpus, library, bridge.settings, sources=(bad, good, gone),
                                progress=lambda done, total: told.append((done, total)))  # fmt: skip
    assert [one.source for one in found] == ["bad", "good", "gone"]
    assert [one.new for one in found] == [0, 1, 0]
    assert "an HTML page, not a feed" in (found[0].failed or "")
    assert "no such file" in (found[2].failed or "")
    assert told[-1] == (3, 3)


def test_files_are_read_once_until_they_change(bridge: Collecting) -> None:
    path = bridge.corpus.folder / "articles.jsonl"
    row = {"outlet": "Post Bag", "date": "2022-03-09", "title": "A", "text": "Words."}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (source,) = bridge.corpus.file.sources
    assert [bridge.run(source)[0].new for _ in range(2)] == [1, 0]
    path.write_text(json.dumps(row) + "\n" + json.dumps({**row, "title": "B"}) + "\n{\n", encoding="utf-8")
    (health,) = bridge.run(source)
    assert (health.new, health.unchanged, health.refused) == (1, 1, {"not JSON": 1})


def test_a_pattern_and_days_leave_entries_out(bridge: Collecting) -> None:
    address = feed_of(bridge.stand, 3)
    some = Source(
        name="some", kind="feed", urls=(address,), url_pattern="a[01]$", since="2022-03-09", until="2022-03-09"
    )
    assert bridge.run(some)[0].new == 2
    none = Source(name="none", kind="feed", urls=(feed_of(bridge.stand, 3, path="/b"),), since="2022-03-10")
    assert (bridge.run(none)[0].new, bridge.run(none)[0].failed) == (0, None)


@pytest.mark.parametrize(
    ("kind", "needs"),
    [("files", "paths"), ("feed", "urls"), ("pages", "urls"), ("sitemap", "urls"), ("warc", "paths or urls"),
     ("gdelt", "query"), ("mediacloud", "query")],
)  # fmt: skip
def test_a_source_without_the_keys_of_its_kind_says_so(bridge: Collecting, kind: Any, needs: str) -> None:
    (health,) = bridge.run(Source(name="bare", kind=kind))
    assert health.failed == f"a source of kind {kind} needs {needs}; add it in corpus.toml"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('since = "March 9"', r"since is 'March 9'; give YYYY-MM-DD"),
        ('url_pattern = "("', "give a regular expression"),
    ],
)
def test_days_and_patterns_are_checked_when_the_corpus_is_read(
    make_corpus: Callable[..., Corpus], line: str, said: str
) -> None:
    head = 'name = "bridge"\ntitle = "A bridge"\n[[outlets]]\nname = "A"\n[[sources]]\nname = "s"\nkind = "feed"\n'
    with pytest.raises(InputError, match=said):
        make_corpus(corpus=head + line)
    assert make_corpus(corpus=head + "since = 2022-03-09").file.sources[0].since == "2022-03-09"


def test_trying_sources_stores_nothing(bridge: Collecting) -> None:
    good = Source(name="good", kind="feed", urls=(feed_of(bridge.stand, 9),))
    bad = Source(name="bad", kind="feed", urls=(bridge.stand.url("/none"),))
    archive = Source(name="archive", kind="warc", urls=(bridge.stand.put("/a.warc.gz", warc()),))
    corpus = bridge.corpus.model_copy(
        update={"file": bridge.corpus.file.model_copy(update={"sources": (good, bad, archive)})}
    )
    found = check_sources(corpus, bridge.settings)
    assert [(one.new, one.failed is None) for one in found] == [(3, True), (0, False), (0, True)]
    assert "HTTP 404" in (found[1].failed or "")
    assert len(bridge.articles()) == 0


def runs_of(*came: int | None) -> list[SourceRun]:
    """A run a day; null failed."""
    return [
        SourceRun(
            "bag",
            NIGHT + timedelta(days=i),
            1.0,
            listed=one,
            new=one or 0,
            failed=None if one is not None else "HTTP 500",
        )
        for i, one in enumerate(came)
    ]


@pytest.mark.parametrize(
    ("came", "flag"),
    [
        ((9, 9, 9, 9), None),
        ((9, 9, 9, 0), "gave nothing, usually 9"),
        ((9, 9, 9, 95), "gave 95, usually 9"),
        ((1, 1, 0, 0), None),
        ((9, 9, 0), None),
        ((9, 9, 9, None, None), None),
        ((9, 9, 9, None, None, None), "failing for 3 nights"),
    ],
)
def test_what_stands_out(came: tuple[int | None, ...], flag: str | None) -> None:
    *before, last = runs_of(*came)
    assert flag_of(last, before, failing=nights_failing([*before, last]), limit=3) == flag


def test_two_failures_in_one_night_count_once() -> None:
    first, second = runs_of(None, None)
    same_night = SourceRun("bag", first.started + timedelta(hours=2), 1.0, failed="HTTP 500")
    assert nights_failing([first, same_night]) == 1
    assert nights_failing([first, second]) == 2


def test_a_run_that_takes_too_long_is_ended_and_goes_on_the_next_time(bridge: Collecting) -> None:
    source = Source(name="bag", kind="feed", urls=(feed_of(bridge.stand, 30),))
    bridge.stand.pause_seconds = 0.05
    (health,) = bridge.run(source, source_seconds=0.7)
    assert "stopped after" in (health.failed or "")
    assert 0 < health.new < 30
    bridge.stand.pause_seconds = 0
    (health,) = bridge.run(source)
    assert health.failed is None
    assert len(bridge.articles()) == 30


def test_the_library_is_given(bridge: Collecting) -> None:
    with bridge.library() as library:
        assert isinstance(library, Library)


def test_a_fault_in_one_source_lets_the_others_end(bridge: Collecting, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no source's health can tell is raised, once what the others brought is stored."""
    good = Source(name="good", kind="feed", urls=(feed_of(bridge.stand, 3),))
    odd = Source(name="odd", kind="gdelt", query="ferry")

    def broken(_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("pipeline.collect.gdelt.read_gdelt", broken)
    with pytest.raises(ZeroDivisionError):
        bridge.run(odd, good)
    assert len(bridge.articles()) == 3


def test_addresses_and_answers_with_half_characters_harm_nothing(bridge: Collecting) -> None:
    items = [{"url": "https://bag.test/\\ud800", "title": "Ferry \\ud800", "content_text": "A teaser …"}]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Post Bag", "items": items})
    address = bridge.stand.put("/feed", Reply(feed.replace("\\\\", "\\").encode(), kind="application/feed+json"))
    bad = bridge.stand.put("/gdelt", b"no such word: \0 \xff")
    feeds = Source(name="bag", kind="feed", urls=(address,))
    search = Source(name="search", kind="gdelt", query="ferry", urls=(bad,))
    one, two = bridge.run(feeds, search)
    assert (one.failed, one.refused) == (None, {"bad address": 1})
    assert two.failed is not None
    with bridge.library() as library:
        assert "\0" not in str(runs(library.engine, bridge.corpus.name, source="search")[-1].failed)
