"""Which article a find is, and whether it says anything new: decided in memory for one batch."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from pipeline.collect import Collected, Refused
from pipeline.library.identity import address_key, article_id, canonical_url, content_hash
from pipeline.library.tables import addresses, versions


@dataclass(frozen=True)
class Seen:
    """What is stored of one version."""

    version: int
    outlet: str
    content: str
    date: date
    title: str | None
    byline: str | None
    url: str | None
    source: str
    fetched_at: datetime | None


@dataclass
class Known:
    """What is stored that a batch may touch, kept up to date while the batch is placed."""

    versions: dict[str, list[Seen]] = field(default_factory=dict)  # article → its versions, in order
    by_address: dict[tuple[str, str], str] = field(default_factory=dict)  # (outlet, address) → article
    by_content: dict[tuple[str, str], str] = field(default_factory=dict)  # (outlet, hash) → article

    def remember(self, article: str, seen: Seen, key: str | None) -> None:
        self.versions.setdefault(article, []).append(seen)
        self.by_content.setdefault((seen.outlet, seen.content), article)
        if key is not None:
            self.by_address.setdefault((seen.outlet, key), article)


@dataclass
class Rows:
    """What one batch adds to the tables."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)


def load_known(connection: Connection, corpus: str, batch: Sequence[Collected]) -> Known:
    """Reads what the library has under the batch's ids, addresses and contents."""
    known = Known()
    keys = sorted({key for found in batch if (key := address_key(found.url))})
    hashes = sorted({content_hash(found.title, found.text) for found in batch})
    ids = {article_id(found) for found in batch}
    a, v = addresses.c, versions.c
    for outlet, address, article in connection.execute(
        select(a.outlet, a.address, a.article).where(a.corpus == corpus, a.address.in_(keys))
    ):
        known.by_address[outlet, address] = article
        ids.add(article)
    ids.update(connection.scalars(select(v.article).where(v.corpus == corpus, v.content_hash.in_(hashes)).distinct()))
    rows = connection.execute(
        select(
            v.article, v.version, v.outlet, v.content_hash, v.date, v.title, v.byline, v.url, v.source, v.fetched_at
        )
        .where(v.corpus == corpus, v.article.in_(sorted(ids)))
        .order_by(v.article, v.version)
    )
    for article, *seen in rows:
        known.remember(article, Seen(*seen), None)
    return known


def place(found: Collected, corpus: str, known: Known, rows: Rows, now: datetime) -> str | Refused:
    """Adds what the find brings to `rows` and `known`: "new", "changed", "unchanged", or why it cannot be."""
    content, key = content_hash(found.title, found.text), address_key(found.url)
    article = _article(found, content, key, known)
    if isinstance(article, Refused):
        return article
    before = known.versions.get(article, [])
    if key is not None and (found.outlet, key) not in known.by_address:
        rows.addresses.append({"corpus": corpus, "outlet": found.outlet, "address": key, "article": article})
        known.by_address[found.outlet, key] = article
    if before and not _says_more(found, content, before):
        return "unchanged"
    if not before:
        rows.articles.append(
            {"corpus": corpus, "article": article, "outlet": found.outlet, "first_seen": found.fetched_at or now}
        )
    number = len(before) + 1
    rows.versions.append(_row(found, corpus, article, number, content, now))
    url = canonical_url(found.url) if found.url else None
    seen = Seen(
        number, found.outlet, content, found.date, found.title, found.byline, url, found.source, found.fetched_at
    )
    known.remember(article, seen, key)
    return "changed" if before else "new"


def _article(found: Collected, content: str, key: str | None, known: Known) -> str | Refused:
    own = article_id(found)
    if found.id and own in known.versions:
        return own if _same(found, known.versions[own]) else _taken(found, known.versions[own][-1])
    if key is not None and (same := known.by_address.get((found.outlet, key))):
        return same
    return known.by_content.get((found.outlet, content), own)


def _same(found: Collected, before: list[Seen]) -> bool:
    """Whether an id that is used again means the same article: same outlet, and title or day unchanged."""
    last = before[-1]
    return last.outlet == found.outlet and (last.title == found.title or last.date == found.date)


def _taken(found: Collected, last: Seen) -> Refused:
    return Refused(
        where=found.source,
        reason="id taken",
        what=f'"id" "{found.id}" is already {last.outlet}, {last.date}, "{last.title}"',
        remedy="give ids that are unique in the corpus, or none",
    )


def _says_more(found: Collected, content: str, before: list[Seen]) -> bool:
    """Whether a find is a new version.

    A file says nothing about now: it is new where no version has its words, or none at its address its day
    and byline (at another address the same words may well bear another day). A live source is compared
    with what the same source gave last, so that two sources that cut an article differently do not take
    turns every night, and a change taken back is seen.
    """
    if found.fetched_at is None:
        url = canonical_url(found.url) if found.url else None
        here = {(s.content, s.date, s.byline) for s in before if s.url == url}
        if content in {s.content for s in before}:
            return bool(here) and (content, found.date, found.byline) not in here
        return True
    if (content, found.fetched_at) in {(s.content, s.fetched_at) for s in before}:
        return False  # the very fetch that is stored: a web archive read again
    last = next((s for s in reversed(before) if s.source == found.source), before[-1])
    return last.content != content


def _row(found: Collected, corpus: str, article: str, number: int, content: str, now: datetime) -> dict[str, Any]:
    return {
        "corpus": corpus,
        "article": article,
        "version": number,
        "outlet": found.outlet,
        "date": found.date,
        "date_source": found.date_source,
        "title": found.title,
        "byline": found.byline,
        "url": canonical_url(found.url) if found.url else None,
        "text": found.text,
        "content_hash": content,
        "source": found.source,
        "fetched_at": found.fetched_at,
        "added_at": now,
        "raw": None if found.raw is None else zlib.compress(found.raw, 6),
    }
