"""RSS, Atom and JSON Feed: entries that carry their article whole, and links to pages for the others."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from pipeline.collect import Collected, Refused
from pipeline.collect.length import count_words
from pipeline.collect.markup import BROKEN_MARKUP, plain
from pipeline.collect.rows import BadDateError, parse_day
from pipeline.corpus import Corpus

if TYPE_CHECKING:
    from pipeline.collect.session import Session

# A feed's text is taken for the whole article from here on, if it does not trail off; teasers are shorter.
WHOLE_WORDS = 150
_TRAILS_OFF = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|read (?:more|on|the (?:full|rest).*)|continue reading.*|more\W*)\s*$", re.IGNORECASE
)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
MAX_FEED_BYTES = 20 * 2**20  # a year of a large outlet's articles; parsing it takes minutes
_DECLARED = re.compile(rb"(\s*<\?xml[^>]*?encoding=[\"'])([\w.:-]+)", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z]")


class FeedError(Exception):
    """Why something is no feed that can be read. `remedy` is what to give instead."""

    def __init__(self, reason: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.reason, self.remedy = reason, remedy


@dataclass(frozen=True)
class Entry:
    """One entry. `whole`: its text is the article, not a teaser. Moments are UTC."""

    url: str | None
    title: str | None
    byline: str | None
    text: str
    whole: bool
    html: str
    published: datetime | None
    updated: datetime | None


@dataclass(frozen=True)
class Feed:
    """A feed with its own title."""

    title: str | None
    entries: tuple[Entry, ...]


def read_feeds(session: Session) -> Iterator[Collected | Refused]:
    """Kind `feed`: the entries of the source's `urls`; pages are fetched for those that are teasers."""
    from pipeline.collect.session import SourceError

    for url in session.source.urls:
        answer = session.listing(url)
        if answer is None:
            continue
        try:
            feed = parse_feed(answer.body, url=answer.url)
        except FeedError as error:
            raise SourceError(f"{url}: {error}; {error.remedy}") from error
        wanted = [entry for entry in feed.entries if session.wants(entry.url, entry.published)]
        entries = wanted[: session.source.max_articles]
        session.add_listed(len(entries))
        session.known(entry.url for entry in entries if entry.url)
        for entry in entries:
            if (found := _entry_article(entry, feed, session)) is not None:
                yield found


def read_saved_feed(
    data: bytes, corpus: Corpus, *, where: str, outlet: str | None, source: str
) -> Iterator[Collected | Refused]:
    """A feed from a file: the entries that carry their article whole."""
    from pipeline.errors import InputError

    try:
        feed = parse_feed(data, url="")
    except FeedError as error:
        raise InputError(str(error), remedy=error.remedy, where=where) from error
    for number, entry in enumerate(feed.entries, 1):
        yield _whole(entry, feed, corpus, where=f"{where}, entry {number}", outlet=outlet, source=source)


def parse_feed(data: bytes, *, url: str) -> Feed:
    """The entries of an RSS, Atom or JSON feed, however broken. Raises FeedError where there is none."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if len(data) > MAX_FEED_BYTES:
        raise FeedError("too large", f"the feed has {len(data):,} bytes", f"give one of {MAX_FEED_BYTES:,} at most")
    if not start:
        raise FeedError("empty body", "the feed is empty", "nothing to do")
    if start.startswith(b"{"):
        return _json_feed(data, url)
    _refuse_entities(data)
    import feedparser

    try:
        parsed = feedparser.parse(
            _declared_rightly(data), response_headers={"content-location": url} if url else None
        )
    except BROKEN_MARKUP as error:
        raise FeedError(
            "broken feed", f"the feed is too broken to read ({type(error).__name__})", "nothing to do"
        ) from error
    if not parsed.version and not parsed.entries:
        raise _not_a_feed(data, url)
    title = plain(parsed.feed.get("title") or "") or None
    language = str(parsed.feed.get("language") or "")[:2].lower()
    return Feed(title, tuple(_entry(entry, url, language) for entry in parsed.entries))


def _declared_rightly(data: bytes) -> bytes:
    """UTF-8 that declares to be something else, declared as what it is; other data as it comes."""
    declaration = _DECLARED.match(data)
    # The Japanese encodings of 1993 are made of ASCII characters, so they read as UTF-8 and are not.
    if declaration is None or declaration[2].lower().startswith((b"utf-8", b"iso-2022", b"hz")):
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return declaration[1] + b"utf-8" + data[declaration.end(2) :]


def _refuse_entities(data: bytes) -> None:
    """Feeds have no use for entities of their own; ten lines of them can unpack to gigabytes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    first = _FIRST_ELEMENT.search(data)
    if _ENTITY.search(data, 0, first.start() if first else len(data)):
        raise FeedError("entity declarations", "the feed declares XML entities of its own", "nothing to do")


def _not_a_feed(data: bytes, url: str) -> FeedError:
    text = data[:200_000].decode("utf-8", "replace")
    if re.search(r"<html|<!doctype html", text[:4096], re.IGNORECASE):
        pattern = r"<link[^>]+type=[\"']application/(?:rss|atom|feed)\+(?:xml|json)[\"'][^>]*>"
        named = re.search(pattern, text, re.IGNORECASE)
        href = re.search(r"href=[\"']([^\"']+)", named[0]) if named else None
        remedy = f"the page names its feed: {urljoin(url, href[1])}" if href else "give the feed's own address"
        return FeedError("HTML, not a feed", "an HTML page, not a feed", remedy)
    return FeedError("not a feed", "neither RSS, Atom nor JSON Feed", "give the feed's own address")


def _entry(entry: Any, base: str, language: str) -> Entry:
    contents = [
        c.get("value", "")
        for c in entry.get("content", ())
        if "html" in (c.get("type") or "html") or "text" in c.get("type", "")
    ]
    html = max([*contents, entry.get("summary") or ""], key=len, default="")
    text = plain(html)
    link = entry.get("link") or next((one.get("href") for one in entry.get("links", ())), None)
    return Entry(
        url=_link(link, base),
        title=plain(entry.get("title") or "") or None,
        byline=plain(entry.get("author") or "") or None,
        text=text,
        whole=_is_whole(text),
        html=html,
        published=_moment(entry, "published", language),
        updated=_moment(entry, "updated", language),
    )


def _is_whole(text: str) -> bool:
    return count_words(text) >= WHOLE_WORDS and not _TRAILS_OFF.search(text[-80:])


def _link(link: str | None, base: str) -> str | None:
    try:
        full = urljoin(base, (link or "").strip())
    except ValueError:
        return None
    return full if full.startswith(("http://", "https://")) else None


def _moment(entry: Any, name: str, language: str) -> datetime | None:
    """A moment as feedparser reads it; dates in the feed's own language ("Seg, 24 Set 2018 …") by dateparser."""
    parsed, said = entry.get(f"{name}_parsed"), entry.get(name)
    try:
        if parsed:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        if not said or len(said) > 60 or language in ("", "en"):  # trying all languages takes seconds
            return None
        import dateparser

        strict = {"REQUIRE_PARTS": ["day", "month", "year"], "RETURN_AS_TIMEZONE_AWARE": True}
        found = dateparser.parse(said, languages=[language], settings=strict)
    except (ValueError, OverflowError, TypeError):
        return None
    return found.astimezone(UTC) if isinstance(found, datetime) else None


def _json_feed(data: bytes, url: str) -> Feed:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org)."""
    try:
        feed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or a number of thousands of digits
        raise FeedError("not a feed", f"not JSON: {error}", "give a feed") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise FeedError("not a feed", "JSON without items, not a JSON Feed", "give a feed")
    items = tuple(_json_entry(item, url) for item in feed["items"] if isinstance(item, dict))
    return Feed(_string(feed.get("title")), items)


def _json_entry(item: dict[str, Any], base: str) -> Entry:
    html = _string(item.get("content_html"))
    text = plain(html) if html else _string(item.get("content_text")) or plain(_string(item.get("summary")) or "")
    authors = item.get("authors") or [item.get("author")]
    named = [_string(a.get("name")) for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
    return Entry(
        url=_link(_string(item.get("url")), base),
        title=_string(item.get("title")),
        byline=", ".join(name for name in named if name) or None,
        text=text,
        whole=_is_whole(text),
        html=html or text,
        published=_iso(item.get("date_published")),
        updated=_iso(item.get("date_modified")),
    )


def _string(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _iso(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _entry_article(entry: Entry, feed: Feed, session: Session) -> Collected | Refused | None:
    """The article of a live entry: its own text where that is whole, else its page."""
    outlet = session.source.outlet or feed.title
    if entry.whole and (entry.published or entry.updated):
        where = entry.url or f"{session.source.urls[0]}: {entry.title}"
        return _whole(
            entry, feed, session.corpus, where=where, outlet=outlet, source=session.source.name, now=session.now
        )
    if entry.url is None:
        where = f"{session.source.urls[0]}: {entry.title}"
        return Refused(where, "no link", "the entry has neither its article nor a link to it", "nothing to do")
    found = session.page(
        entry.url, outlet=outlet, day=entry.published, title=entry.title, changed_at=entry.updated or entry.published
    )
    if isinstance(found, Refused) and found.reason == "no date" and entry.updated:
        return session.page_again(entry.url, outlet=outlet, day=entry.updated)
    return found


def _whole(
    entry: Entry, feed: Feed, corpus: Corpus, *, where: str, outlet: str | None, source: str,
    now: datetime | None = None,
) -> Collected | Refused:  # fmt: skip
    name = outlet or feed.title
    if name is None:
        return Refused(where, "missing field", "the feed does not say its outlet", "give --outlet")
    if not entry.whole:
        what = f"the entry carries a teaser of {count_words(entry.text)} words, not its article"
        return Refused(where, "teaser", what, "collect the feed live, so that its pages are fetched")
    try:
        day = parse_day(entry.published or entry.updated)
    except BadDateError as error:
        no_date = not (entry.published or entry.updated)
        what = "the entry has no date" if no_date else str(error)
        return Refused(where, "no date" if no_date else error.reason, what, "nothing to do")
    return Collected(
        outlet=corpus.outlet_name(name), date=day, text=entry.text, title=entry.title, byline=entry.byline,
        url=entry.url, source=source, date_source="feed", raw=entry.html.encode("utf-8", "replace"), fetched_at=now,
    )  # fmt: skip
