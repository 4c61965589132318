"""Readers: from a kind of source to articles as collected. One file a kind; one HTTP client for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Collected:
    """An article as it was found, before any reading.

    `id` is the source's own, where it gives one. `raw` is what was fetched (a page's bytes), kept so that
    extraction can be redone; null where the text itself was given.
    """

    outlet: str
    date: date
    text: str
    title: str | None = None
    byline: str | None = None
    url: str | None = None
    id: str | None = None
    source: str = "import"
    date_source: str = "given"
    raw: bytes | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True)
class Refused:
    """Something that could not become an article: where, what is wrong, and what to give instead.

    `reason` is a short name to count by: "bad date", "missing field", "not JSON", "paywall stub", …
    """

    where: str
    reason: str
    what: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.where if self.line is None else f"{self.where}:{self.line}"
        return f"{place}: {self.what}; {self.remedy}"
