"""GDELT DOC 2.0: a search over the world's news gives addresses; their pages give the articles.

The service's own description: https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pipeline.collect import Collected, Refused
from pipeline.collect.rows import shorten

if TYPE_CHECKING:
    from pipeline.collect.session import Session

ENDPOINT = "https://api.gdeltproject.org/api/v2/doc/doc"
MOST_RECORDS = 250  # what one answer holds at most
DAYS_BACK = 3  # where no `since` is given: a night that fails is made up for by the next two


def read_gdelt(session: Session) -> Iterator[Collected | Refused]:
    """Kind `gdelt`: the pages that `query` finds between `since` and `until`, day by day."""
    named: dict[str, dict[str, Any]] = {}
    for start, end in _days(session):
        for row in _search(session, start, end):
            if session.wants(row["url"], None):
                named.setdefault(row["url"], row)
        if len(named) >= session.source.max_articles:
            break
    rows = list(named.values())[: session.source.max_articles]
    session.add_listed(len(rows))
    session.known(row["url"] for row in rows)
    for row in rows:
        outlet = _outlet(row, session)
        # `seendate` is when GDELT came by, not when the article came out: the page's own date goes first.
        found = session.page(row["url"], outlet=outlet, title=row.get("title") or None)
        if isinstance(found, Refused) and found.reason == "no date":
            found = session.page_again(row["url"], outlet=outlet, day=_seen(row.get("seendate")))
        if found is not None:
            yield found


def _days(session: Session) -> Iterator[tuple[datetime, datetime]]:
    """Spans of a day, the newest first: an answer holds 250, which a day seldom exceeds."""
    until = datetime.fromisoformat(session.source.until).replace(tzinfo=UTC) if session.source.until else None
    end = until + timedelta(days=1) if until else session.now
    since = session.source.since
    first = datetime.fromisoformat(since).replace(tzinfo=UTC) if since else end - timedelta(days=DAYS_BACK)
    while end > first:
        start = max(first, end - timedelta(days=1))
        yield start, end
        end = start


def _search(session: Session, start: datetime, end: datetime) -> list[dict[str, Any]]:
    from pipeline.collect.session import SourceError

    asked = {
        "query": session.source.query or "",
        "mode": "ArtList",
        "format": "json",
        "maxrecords": str(min(MOST_RECORDS, session.source.max_articles)),
        "sort": "DateDesc",
        "startdatetime": f"{start:%Y%m%d%H%M%S}",
        "enddatetime": f"{end:%Y%m%d%H%M%S}",
    }
    endpoint = session.source.urls[0] if session.source.urls else ENDPOINT
    answer = session.service(f"{endpoint}?{urlencode(asked)}")
    text = answer.body.decode("utf-8", "replace").strip()
    try:
        # Titles come with backslashes and control characters that JSON does not allow.
        found = json.loads(text, strict=False) if text else {}
    except json.JSONDecodeError as error:
        # A query that it does not like is answered 200 with a sentence.
        raise SourceError(f'GDELT answered "{shorten(text, 120)}"; mend the query') from error
    rows = found.get("articles", []) if isinstance(found, dict) else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("url"), str)]


def _outlet(row: dict[str, Any], session: Session) -> str | None:
    """The outlet that the corpus lists for the domain; null leaves it to the page."""
    domain = str(row.get("domain") or "").removeprefix("www.")
    return domain if domain and session.corpus.outlet_name(domain) != domain else None


def _seen(value: object) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
