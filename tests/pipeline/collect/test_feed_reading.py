"""Feeds as they are in the wild: what can be read is, what cannot is named, and nothing blows up."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.collect import Collected, Refused
from pipeline.collect.extract import NoArticle, Page, extract
from pipeline.collect.feeds import FeedError, parse_feed, read_saved_feed
from pipeline.collect.markup import plain
from pipeline.corpus import Corpus
from pipeline.errors import InputError
from tests.newsstand import page, rfc822, rss, story

ENTRY = {"title": "A", "link": "/a", "pubDate": rfc822("2022-03-09"), "description": story(1, paragraphs=9)}
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 20) for i in range(12))
    + b"]><rss version='2.0'><channel><title>&m;</title><item><title>&m;</title></item></channel></rss>"
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<rss version='2.0'><channel><title>&a;</title></channel></rss>"
)


def test_an_rss_entry() -> None:
    feed = parse_feed(rss("Post Bag", [ENTRY]), url="https://bag.test/feed/rss")
    (entry,) = feed.entries
    assert (feed.title, entry.url, entry.title, entry.whole) == ("Post Bag", "https://bag.test/a", "A", True)
    assert entry.published == datetime(2022, 3, 9, 8, tzinfo=UTC)


def test_an_atom_entry() -> None:
    words = f'<content type="html">&lt;p&gt;{story(1, paragraphs=9)}&lt;/p&gt;</content>'
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://bag.test/x/"><title>Post Bag</title><entry>
      <title type="html">A &amp;amp; B</title><link rel="alternate" href="a.html"/>{words}
      <updated>2022-03-09T08:00:00Z</updated><author><name>A. Sailor</name></author></entry></feed>"""
    (entry,) = parse_feed(atom.encode(), url="https://bag.test/feed").entries
    assert (entry.url, entry.title, entry.byline) == ("https://bag.test/x/a.html", "A & B", "A. Sailor")
    assert (entry.published, entry.updated) == (None, datetime(2022, 3, 9, 8, tzinfo=UTC))


def test_a_json_feed() -> None:
    document = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Post Bag", "items": [
      {"id": "1", "url": "/a", "title": "A", "content_html": "<p>Words</p><p>more</p>", "authors": [{"name": "B"}],
       "date_published": "2022-03-09T08:00:00+01:00"}, {"id": 2}, "nonsense"]}"""
    feed = parse_feed(document, url="https://bag.test/feed")
    assert [entry.text for entry in feed.entries] == ["Words\nmore", ""]
    assert feed.entries[0].url == "https://bag.test/a"


@pytest.mark.parametrize("end", ["…", "...", "[…]", "Read more", "Continue reading The ferry →"])
def test_a_text_that_trails_off_is_a_teaser(end: str) -> None:
    feed = parse_feed(rss("B", [{**ENTRY, "description": f"{story(1, paragraphs=9)} {end}"}]), url="")
    assert not feed.entries[0].whole


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty body"),
        (b"  \n", "empty body"),
        (page("Home", story(1)), "HTML, not a feed"),
        (b"<note>words</note>", "not a feed"),
        (b"words and words", "not a feed"),
        (b'{"items": 5}', "not a feed"),
        (b'{"items"', "not a feed"),
        (b"\x89PNG\x00\x01\x02", "not a feed"),
        (BOMB, "entity declarations"),
        (BOMB.decode().encode("utf-16"), "entity declarations"),
        (EXTERNAL, "entity declarations"),
    ],
)
def test_what_is_no_feed_is_named(data: bytes, why: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(FeedError) as caught:
        parse_feed(data, url="https://bag.test/feed")
    assert caught.value.reason == why
    assert time.perf_counter() - begun < 5


def test_a_page_in_place_of_a_feed_names_the_feed_it_links_to() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    with pytest.raises(FeedError) as caught:
        parse_feed(page("Home", story(1), head=head), url="https://bag.test/")
    assert "https://bag.test/feed.xml" in caught.value.remedy


def test_broken_xml_gives_the_entries_that_can_be_read() -> None:
    whole = rss("B", [ENTRY, {**ENTRY, "link": "/b"}, {**ENTRY, "link": "/c"}])
    assert len(parse_feed(whole[:-250], url="https://bag.test/").entries) >= 2
    assert len(parse_feed(whole.replace(b"</title>", b"</titel>"), url="https://bag.test/").entries) >= 1
    assert len(parse_feed(whole.replace(b"ferry", b"ferry & fuel &nbsp; \x0b"), url="https://bag.test/").entries) == 3


@pytest.mark.parametrize(("declared", "real"), [("utf-8", "cp1252"), ("iso-8859-1", "utf-8"), ("nonsense", "utf-8")])
def test_a_wrongly_declared_encoding_loses_no_entry(declared: str, real: str) -> None:
    data = (
        rss("Café", [{**ENTRY, "title": "Fährt"}])
        .decode()
        .replace('version="1.0"', f'version="1.0" encoding="{declared}"')
    )
    (entry,) = parse_feed(data.encode(real), url="").entries
    assert entry.title is not None


def test_dates_in_the_feeds_own_language() -> None:
    data = rss("Jornal", [{**ENTRY, "pubDate": "Seg, 24 Set 2018 19:42:40 -0300"}])
    data = data.replace(b"<channel>", b"<channel><language>pt-br</language>")
    published = parse_feed(data, url="").entries[0].published
    assert published is not None
    assert published.date() == datetime(2018, 9, 24).date()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("plain  words", "plain words"),
        ("<p>One</p><p>two<br>three</p>", "One\ntwo\nthree"),
        ("<b>bo</b>ld &amp; <i>fine</i>", "bold & fine"),
        ("a<script>evil()</script>b<style>x</style>c", "abc"),
        ("a<!-- aside -->b", "ab"),
        ("<ul><li>one<li>two</ul>end", "one\ntwo\nend"),
        ("<unclosed <p>words", None),
        ("", ""),
        ("<p></p>", ""),
        ("5 < 6 & 7 > 6", None),
    ],
)
def test_markup_becomes_words(given: str, words: str | None) -> None:
    assert words is None or plain(given) == words
    assert "<p>" not in plain(given)


PAYWALL = page("Cut", "\n".join(story(1).split("\n")[:2]), foot="Subscribe to continue reading this story.")
COOKIES = page("Consent", "We use cookies. " * 12 + "Accept all cookies or manage cookies to go on.")
ROBOT = page("Wait", "Please enable JavaScript. Checking your browser before you go on.")
TOLD = page("Cut", story(1), head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>')


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (PAYWALL, "paywall stub"),
        (TOLD.replace(b"</p><p>", b" ", 9)[:1100], "paywall stub"),
        (COOKIES, "cookie wall"),
        (ROBOT, "block page"),
        (page("Short", "A caption."), "no article on the page"),
        (b"", "empty body"),
        (b"   ", "empty body"),
        (b"%PDF-1.7 and so on", "not HTML"),
        (b'{"json": true}', "not HTML"),
    ],
)
def test_pages_without_an_article_are_recognised(html: bytes, why: str) -> None:
    found = extract(html)
    assert isinstance(found, NoArticle)
    assert found.reason == why


@pytest.mark.parametrize("foot", ["We use cookies.", "Already a subscriber? Log in.", "Please enable JavaScript."])
def test_notices_at_the_foot_of_a_whole_article_are_no_wall(foot: str) -> None:
    assert isinstance(extract(page("Cut", story(1, paragraphs=14), foot=foot)), Page)


def evaluation_data() -> Path:
    where = os.environ.get("PARALLAX_EVALUATION_DATA")
    if not where:
        pytest.skip("PARALLAX_EVALUATION_DATA does not name a folder of evaluation data")
    return Path(where)


def test_real_and_broken_feeds_give_articles_or_reasons(make_corpus: Callable[..., Corpus]) -> None:
    files, corpus, found = sorted((evaluation_data() / "pages" / "feeds").iterdir()), make_corpus(), []
    assert files
    for path in files:
        with contextlib.suppress(InputError):  # no feed, and said so; anything else would be a crash
            found += read_saved_feed(path.read_bytes(), corpus, where=path.name, outlet="Post Bag", source="import")
    taken = [one for one in found if isinstance(one, Collected)]
    assert taken
    assert all(one.text.strip() and one.date for one in taken)
    assert all(one.reason and one.remedy for one in found if isinstance(one, Refused))


def test_real_pages_are_read_at_the_floor_that_is_promised() -> None:
    from pipeline.evaluate import evaluate

    answer = evaluate("extraction", evaluation_data() / "pages" / "articles")
    assert answer["n"] > 0
    assert answer["value"] >= 0.93
