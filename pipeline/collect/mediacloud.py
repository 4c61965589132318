"""Media Cloud: a search over its collections gives addresses; their pages give the articles.

The key comes from PARALLAX_MEDIACLOUD_KEY. The service's own client: https://github.com/mediacloud/api-client
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pipeline.collect import Collected, Refused
from pipeline.collect.rows import BadDateError, parse_day

if TYPE_CHECKING:
    from pipeline.collect.session import Session

ENDPOINT = "https://search.mediacloud.org/api/search/story-list"
PLATFORM = "onlinenews-mediacloud"
PAGE_SIZE = 1000  # the most that one answer holds
DAYS_BACK = 3  # where no `since` is given: a night that fails is made up for by the next two


def read_mediacloud(session: Session) -> Iterator[Collected | Refused]:
    """Kind `mediacloud`: the pages that `query` finds in `collections` between `since` and `until`."""
    stories = _stories(session)
    session.add_listed(len(stories))
    session.known(story["url"] for story in stories)
    for story in stories:
        found = session.page(
            story["url"], outlet=_outlet(story, session), day=_day(story.get("publish_date")),
            title=story.get("title") or None,
        )  # fmt: skip
        if found is not None:
            yield found


def _stories(session: Session) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    token: str | None = None
    while len(found) < session.source.max_articles:
        answer = _search(session, token)
        rows = [s for s in answer.get("stories") or [] if isinstance(s, dict) and isinstance(s.get("url"), str)]
        found |= {row["url"]: row for row in rows if row["url"] not in found and session.wants(row["url"], None)}
        token = answer.get("pagination_token")
        if not token or not rows:
            break
    return list(found.values())[: session.source.max_articles]


def _search(session: Session, token: str | None) -> dict[str, Any]:
    from pipeline.collect.session import SourceError

    key = session.settings.mediacloud_key
    if key is None:
        raise SourceError("Media Cloud needs a key; set PARALLAX_MEDIACLOUD_KEY")
    source, today = session.source, session.now.date()
    asked = {
        "q": source.query or "*",
        "start": source.since or str(today - timedelta(days=DAYS_BACK)),
        "end": source.until or str(today),
        "platform": PLATFORM,
        "page_size": str(min(PAGE_SIZE, source.max_articles)),
        **({"cs": ",".join(map(str, source.collections))} if source.collections else {}),
        **({"pagination_token": token} if token else {}),
    }
    endpoint = source.urls[0] if source.urls else ENDPOINT
    answer = session.service(
        f"{endpoint}?{urlencode(asked)}", headers={"Authorization": f"Token {key.get_secret_value()}"}
    )
    try:
        found = json.loads(answer.body)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SourceError("Media Cloud answered something else than JSON") from error
    if not isinstance(found, dict) or "stories" not in found:
        said = found.get("note") or found.get("detail") or found if isinstance(found, dict) else found
        raise SourceError(f"Media Cloud answered {str(said)[:120]!r}")
    return found


def _outlet(story: dict[str, Any], session: Session) -> str | None:
    """The outlet that the corpus lists under Media Cloud's name for it; else the page says it."""
    for name in (story.get("media_name"), story.get("media_url")):
        if isinstance(name, str) and session.corpus.outlet_name(name) != name.strip():
            return name
    names = {outlet.name for outlet in session.corpus.file.outlets}
    return story["media_name"] if story.get("media_name") in names else None


def _day(value: object) -> date | datetime | None:
    try:
        return parse_day(value)
    except BadDateError:
        return None
