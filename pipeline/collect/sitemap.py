"""Sitemaps: the pages they list, newest first, by pattern and date."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import lxml.etree

from pipeline.collect import Collected, Refused
from pipeline.collect.unpack import UnpackError, unpack

if TYPE_CHECKING:
    from pipeline.collect.session import Session

_BEFORE = b"\xef\xbb\xbf \t\r\n"  # what may stand before the first element
MOST_SITEMAPS = 200  # an index may name 50,000; the newest few hold a season's news
MOST_BYTES = 50 * 2**20  # the protocol's own limit


@dataclass(frozen=True)
class Listed:
    """A page that a sitemap lists. Moments are UTC, null where it does not say."""

    url: str
    changed: datetime | None
    published: datetime | None
    title: str | None


def read_sitemaps(session: Session) -> Iterator[Collected | Refused]:
    """Kind `sitemap`: the pages under the source's `urls` that fit `url_pattern`, `since` and `until`."""
    found: dict[str, Listed] = {}
    waiting, seen, fresh = list(session.source.urls), set[str](), False
    while waiting and len(seen) < MOST_SITEMAPS:
        url = waiting.pop(0)
        seen.add(url)
        answer = session.listing(url)
        if answer is None:
            continue
        fresh = True
        pages, maps = parse_sitemap(answer.body, where=url)
        found |= {page.url: page for page in pages if _wanted(page, session)}
        waiting += [one for one in maps if one not in seen and one not in waiting]
    if not fresh:
        return
    oldest = datetime.min.replace(tzinfo=UTC)
    ordered = sorted(found.values(), key=lambda p: p.published or p.changed or oldest, reverse=True)
    chosen = ordered[: session.source.max_articles]
    session.add_listed(len(chosen))
    session.known(page.url for page in chosen)
    for page in chosen:
        article = session.page(page.url, day=page.published, title=page.title, changed_at=page.changed)
        if article is not None:
            yield article


def parse_sitemap(data: bytes, *, where: str) -> tuple[list[Listed], list[str]]:
    """The pages and the further sitemaps that a sitemap lists, packed with gzip or not. Raises SourceError."""
    from pipeline.collect.session import SourceError

    try:
        if data.startswith(b"\x1f\x8b"):
            data, _ = unpack([data], "gzip", most_bytes=MOST_BYTES)
        if not data.lstrip(_BEFORE).startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
            return [_listed(line) for line in _text_lines(data)], []
        # Entities stay as they are, and no file or address is followed.
        parser = lxml.etree.iterparse(
            io.BytesIO(data), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
        )
        return _walk(parser)
    except (UnpackError, lxml.etree.XMLSyntaxError, ValueError) as error:  # ValueError: bytes of another encoding
        raise SourceError(f"{where}: not a sitemap: {error}") from error


def _walk(parser: lxml.etree.iterparse) -> tuple[list[Listed], list[str]]:
    pages: list[Listed] = []
    maps: list[str] = []
    for _, element in parser:
        name = _local(element)
        if name not in ("url", "sitemap"):
            continue
        said = {_local(child): (child.text or "").strip() for child in element}
        # Pictures and videos have addresses, titles and dates of their own; the article's stand under "news".
        news = {_local(e): (e.text or "").strip() for child in element if _local(child) == "news" for e in child}
        url = said.get("loc", "")
        if url.startswith(("http://", "https://")) and name == "sitemap":
            maps.append(url)
        elif url.startswith(("http://", "https://")):
            moments = _moment(said.get("lastmod")), _moment(news.get("publication_date"))
            pages.append(Listed(url, *moments, news.get("title") or None))
        element.clear()
    return pages, maps


def _local(element: lxml.etree._Element) -> str:
    """A tag without its namespace, or the prefix of one that was never declared; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _text_lines(data: bytes) -> list[str]:
    lines = (line.strip() for line in data.decode("utf-8-sig", "replace").splitlines())
    return [line for line in lines if line.startswith(("http://", "https://"))]


def _listed(url: str) -> Listed:
    return Listed(url, None, None, None)


def _moment(value: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _wanted(page: Listed, session: Session) -> bool:
    """A page may have changed long after it was published: its change leaves out only what is older still."""
    since = session.source.since
    if since and not page.published and page.changed and page.changed.date() < date.fromisoformat(since):
        return False
    return session.wants(page.url, page.published)
