"""Forty sources, ten of them faulty, five nights running."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.collect.run import SourceHealth, collect_sources
from pipeline.corpus import Corpus, Source
from pipeline.library import open_library
from pipeline.library.runs import runs
from tests.newsstand import (
    Newsstand,
    Reply,
    gzip_bomb,
    local_fetcher,
    open_newsstand,
    page,
    quick,
    raw,
    rfc822,
    rss,
    story,
    trickle,
)

pytest_plugins = ("tests.databases",)

NIGHTS = [datetime(2022, 3, 10 + n, 3, 15, tzinfo=UTC) for n in range(5)]
GOOD = 30
AT_FIRST = 5  # articles that a good source has on the first night
BUSY = 5  # good sources that bring one more each night
STYLE = f"<style>{'.page {{ margin: 0 auto }} ' * 250}</style>"  # real pages are mostly not words
# A trickle goes on for 30 seconds; a good source's answer may take a busy machine some.
PATIENCE = 6.0
BOMB = (
    b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
)
ATOM = "application/rss+xml"


def host(i: int) -> str:
    return f"outlet-{i:02}.test"


def entry(link: str, title: str, day: str | None = "2022-03-09") -> dict[str, str]:
    dated = {"pubDate": rfc822(day)} if day else {}
    return {"title": title, "link": link, "description": "A teaser …", **dated}


def good_feed(stand: Newsstand, i: int, count: int) -> None:
    """A feed of an outlet's articles; links are relative, as many are."""
    entries = []
    for n in range(count):
        html = page(f"Report {i}-{n}", story(f"{i}-{n} café"), head=STYLE)
        kind = "text/html; charset=iso-8859-1" if i == 1 else "text/html"  # it is UTF-8 all the same
        stand.put(f"/{n}", Reply(html, kind=kind), host=host(i))
        entries.append(entry(f"/{n}", f"Report {i}-{n}"))
    feed = rss(f"Outlet {i}", entries)
    if i == 2:
        feed = feed.replace(b"teaser", b"teaser & more &nbsp; \x0c")  # not XML
    if i == 3:
        feed = feed.replace(b'"1.0"?>', b'"1.0" encoding="utf-16"?>')
    stand.put("/feed", Reply(feed, kind=ATOM), host=host(i))


def faulty_feeds(stand: Newsstand, night: int) -> dict[int, str]:
    """Sets the faulty sources up, and says what each one's fault must be called."""

    def put(i: int, reply: Reply) -> None:
        stand.put("/feed", reply, host=host(i))

    put(30, Reply(page("Home", story("home"))))
    put(31, raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 52428800\r\n\r\n"))
    put(32, Reply(b"", 302, headers={"Location": "/feed"}))
    put(33, trickle())
    put(34, gzip_bomb(8 * 2**20))
    put(35, Reply(BOMB, kind=ATOM))
    put(36, Reply(b"", kind=ATOM))
    put(39, Reply(b"", 500)) if night < 2 else good_feed(stand, 39, AT_FIRST)
    walls = {
        "/0": page("Cookies", "We use cookies. Accept all cookies to go on."),
        "/1": page("Stub", "Two lines of it.", foot="Subscribe to continue reading."),
        "/2": b"",
        "/3": page("A whole one", story("37-3")),
    }
    for path, html in walls.items():
        stand.put(path, html, host=host(37))
    put(37, Reply(rss("Outlet 37", [entry(path, path) for path in walls]), kind=ATOM))
    ahead = str(date.today() + timedelta(days=400))
    stand.put("/0", page("No date", story("38-0"), day=None), host=host(38))
    stand.put("/1", page("Future", story("38-1"), day=None), host=host(38))
    stand.put("/2", page("Future, but the page knows", story("38-2")), host=host(38))
    dates = [entry("/0", "a", None), entry("/1", "b", ahead), entry("/2", "c", ahead)]
    put(38, Reply(rss("Outlet 38", dates), kind=ATOM))
    return {
        30: "HTML page, not a feed", 31: "too large", 32: "too many redirects", 33: "timed out", 34: "too large",
        35: "entities of its own", 36: "is empty",
    }  # fmt: skip


def one_night(stand: Newsstand, corpus: Corpus, store: Path, url: str, night: int) -> list[SourceHealth]:
    for i in range(GOOD):
        good_feed(stand, i, AT_FIRST + (night if i < BUSY else 0))
    hosts = tuple(host(i) for i in range(40))
    settings = quick(
        store, library_url=url, allow_hosts=hosts, request_seconds=PATIENCE, response_bytes=2**20, collect_workers=12
    )
    sources = [Source(name=f"source {i:02}", kind="feed", urls=(stand.url("/feed", host(i)),)) for i in range(40)]
    fetcher = local_fetcher(settings)
    with open_library(settings, clock=lambda: NIGHTS[night]) as library:
        return collect_sources(corpus, library, settings, sources=sources, fetcher=fetcher)


def test_forty_sources_five_nights(make_corpus: Callable[..., Corpus], store: Path, library_url: str) -> None:
    corpus, sent = make_corpus(), []
    with open_newsstand() as stand:
        for night in range(5):
            faults = faulty_feeds(stand, night)
            before = stand.sent
            health = one_night(stand, corpus, store, library_url, night)
            sent.append(stand.sent - before)
            for i, fault in faults.items():
                assert fault in (health[i].failed or ""), (night, i)
                assert health[i].nights_failing == night + 1
            assert [health[i].failed for i in [*range(GOOD), 37, 38]] == [None] * (GOOD + 2), night
            assert (health[39].failed is None) == (night >= 2)

    # each fault that is a page's has its name
    assert health[37].refused == {"cookie wall": 1, "paywall stub": 1, "empty body": 1} or health[37].listed is None
    assert all(health[i].flag == "failing for 5 nights" for i in faults)
    assert [one.flag for one in health[:GOOD]] == [None] * GOOD

    # every good article once, whole, and in its first version
    with open_library(quick(store, library_url=library_url)) as library:
        frame = library.articles(corpus.name)
        history = runs(library.engine, corpus.name)
    expected = {f"Report {i}-{n}" for i in [*range(GOOD), 39] for n in range(AT_FIRST + (4 if i < BUSY else 0))}
    assert sorted(frame["title"]) == sorted(expected | {"A whole one", "Future, but the page knows"})
    assert set(frame["version"]) == {1}
    assert all("note 5 of report" in text for text in frame["text"])
    assert all("café" in text for text in frame.loc[frame["title"].str.startswith("Report"), "text"])
    assert len(history) == 200

    # conditional requests: the second night costs a fraction of the first
    assert sent[1] < 0.1 * sent[0], sent


def test_the_refusals_of_the_first_night_are_named(make_corpus: Callable[..., Corpus], store: Path) -> None:
    corpus = make_corpus()
    with open_newsstand() as stand:
        faulty_feeds(stand, 0)
        settings = quick(store, allow_hosts=(host(37), host(38)))
        sources = [Source(name=str(i), kind="feed", urls=(stand.url("/feed", host(i)),)) for i in (37, 38)]
        with open_library(settings) as library:
            found = collect_sources(corpus, library, settings, sources=sources, fetcher=local_fetcher(settings))
    assert found[0].refused == {"cookie wall": 1, "paywall stub": 1, "empty body": 1}
    assert found[1].refused == {"no date": 1, "date in the future": 1}
    assert [one.new for one in found] == [1, 1]
