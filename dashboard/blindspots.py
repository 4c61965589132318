"""Events that an outlet or a group left out, against what its volume would lead one to expect."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import queries
from dashboard.queries import rows_of
from pipeline.snapshot import Snapshot

EXAMINED = 100  # events looked at: the largest, where a gap says most
AROUND_DAYS = 3  # either side of an event, for an outlet's share of what was written then


def blind_spots(snapshot: Snapshot, group: Mapping[str, str], *, at_least: int = 3) -> pd.DataFrame:
    """(event, group) pairs without an article, the least likely first: event, title, group, outlets (of the group),
    share, `expected` articles (share × the event's), and `chance`, (1 − share) ^ articles, that there would be none.

    group: of each outlet. share: the group's of all articles in the days around. Only events of `at_least` outlets.
    """
    part = queries.measured(snapshot)
    part = part.assign(group=part["outlet"].map(group))
    covered = set(zip(part["event"], part["group"], strict=True))
    outlets = part.groupby("group")["outlet"].nunique()
    largest = queries.leading_events(snapshot, limit=EXAMINED)
    rows = []
    for event in rows_of(largest[largest["outlets"] >= at_least]):
        around = pd.Timedelta(days=AROUND_DAYS)
        near = part[part["date"].between(event.start - around, event.end + around)]
        for name, share in near["group"].value_counts(normalize=True).items():
            if (event.event, name) not in covered:
                expected, chance = share * event.articles, (1 - share) ** event.articles
                rows.append((event.event, event.title, name, int(outlets[name]), share, expected, chance))
    columns = ["event", "title", "group", "outlets", "share", "expected", "chance"]
    return pd.DataFrame(rows, columns=columns).sort_values("chance", kind="stable").reset_index(drop=True)
