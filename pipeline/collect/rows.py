"""One row of a table of articles (a JSON object, a line of CSV, a row of Parquet) → Collected or Refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.collect import Collected, Refused
from pipeline.corpus import Corpus

REQUIRED = ("outlet", "date", "text")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_DAMAGED = re.compile(r"[\x00\ud800-\udfff]")
DAMAGE = "has characters that are none (U+0000 or half a surrogate pair)"
EARLIEST = date(1600, 1, 1)  # the first newspapers; before it, a year was misread


class BadDateError(ValueError):
    """A date that cannot be a day of publication; the message says why."""

    def __init__(self, what: str, reason: str = "bad date") -> None:
        super().__init__(what)
        self.reason = reason


def parse_day(value: object, *, today: date | None = None) -> date:
    """The day that YYYY-MM-DD (a time after it is ignored), a date or a moment gives.

    Raises BadDateError. A day ahead of the latest time zone's is in the future.
    """
    if isinstance(value, datetime):
        day = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, str) and (match := _DAY.fullmatch(value.strip())):
        try:
            day = date.fromisoformat(match[1])
        except ValueError as error:
            raise BadDateError(f'"date" is "{shorten(value)}", a day that no month has') from error
    else:
        raise BadDateError(f'"date" is {_shown(value)}')
    latest = (today or datetime.now(UTC).date()) + timedelta(days=1)
    if day > latest:
        raise BadDateError(f'"date" is "{day}", in the future', "date in the future")
    if day < EARLIEST:
        raise BadDateError(f'"date" is "{day}", before there were newspapers')
    return day


def read_row(row: Mapping[str, Any], corpus: Corpus, *, where: str, line: int, source: str) -> Collected | Refused:
    """The article that a row gives; columns that Parallax does not know are ignored."""
    missing = [name for name in REQUIRED if _absent(row.get(name))]
    if missing:
        empty = [name for name in missing if name in row and row[name] is not None]
        what = f"{_listed(missing)} {'is empty' if empty == missing else 'is missing'}"
        reason = "empty text" if empty == missing == ["text"] else "missing field"
        return Refused(where, reason, what, f"give {_listed(REQUIRED)} in each row", line)
    for name in ("outlet", "text", "title", "byline", "url"):
        if not isinstance(row.get(name), str | None):
            what = f'"{name}" is {_shown(row[name])}'
            return Refused(where, "wrong type", what, f'give "{name}" as text', line)
        if damaged(row.get(name)):
            return Refused(where, "damaged text", f'"{name}" {DAMAGE}', "give whole Unicode text", line)
    try:
        day = parse_day(row["date"])
    except BadDateError as error:
        remedy = "give the day of publication" if error.reason != "bad date" else "give YYYY-MM-DD"
        return Refused(where, error.reason, str(error), remedy, line)
    if problem := _bad_address(row.get("url")):
        return Refused(where, "bad address", problem, "give http(s)://…, or no url", line)
    return Collected(
        outlet=corpus.outlet_name(row["outlet"]),
        date=day,
        text=row["text"],
        title=_optional(row.get("title")),
        byline=_optional(row.get("byline")),
        url=_optional(row.get("url")),
        id=_identifier(row.get("id")),
        source=source,
    )


def damaged(value: str | None) -> bool:
    """Whether a text has characters that no database takes: zeros, or halves of surrogate pairs."""
    return value is not None and _DAMAGED.search(value) is not None


def whole(value: str) -> str:
    """The text with a mark in place of each character that no database takes."""
    return _DAMAGED.sub("\ufffd", value)


def _bad_address(url: str | None) -> str | None:
    if not url or not url.strip():
        return None
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return f'"url" is "{shorten(url)}"'
    good = parts.scheme.lower() in ("http", "https") and parts.hostname
    return None if good else f'"url" is "{shorten(url)}"'


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _optional(value: str | None) -> str | None:
    return value.strip() if value and value.strip() else None


def _identifier(value: object) -> str | None:
    return None if _absent(value) or isinstance(value, bool) else str(value).strip()


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def shorten(value: str, limit: int = 60) -> str:
    """The value in one line of bounded length, for messages."""
    flat = " ".join(value.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _shown(value: object) -> str:
    return f'"{shorten(value)}"' if isinstance(value, str) else shorten(repr(value))
