"""Events that an outlet or a group left out, against what its volume would lead one to expect."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dashboard import queries
from dashboard.groups import coded_by
from dashboard.queries import rows_of
from pipeline.snapshot import Snapshot

EXAMINED = 100  # events looked at: the largest, where a gap says most
AROUND_DAYS = 3  # either side of an event, for an outlet's share of what was written then


def blind_spots(snapshot: Snapshot, group: Mapping[str, str], *, at_least: int = 3) -> pd.DataFrame:
    """(event, group) pairs without an article, the least likely first: event, title, group, outlets (of the group),
    share, `expected` articles (share × the event's), and `chance`, (1 − share) ^ articles, that there would be none.

    group: of each outlet. share: the group's of all articles in the days around. Only events of `at_least` outlets.
    """
    codes, names = coded_by(snapshot, group, snapshot.heads["measured"].to_numpy(bool))
    every = queries.outlets(snapshot)
    outlets = every.loc[every["articles"] > 0, "outlet"].map(group).value_counts()
    begin, written = _written(snapshot.heads["date"].to_numpy("datetime64[D]"), codes, len(names))
    largest = queries.leading_events(snapshot, limit=EXAMINED)
    largest = largest[largest["outlets"] >= at_least]
    there = queries.coverage(snapshot)
    there = there[there["event"].isin(largest["event"])]
    covered = set(zip(there["event"], there["outlet"].map(group), strict=True))
    rows = []
    for event in rows_of(largest):
        first, last = (int(np.datetime64(day, "D").astype(np.int64)) - begin for day in (event.start, event.end))
        near = written[min(last + AROUND_DAYS + 1, len(written) - 1)] - written[max(first - AROUND_DAYS, 0)]
        for i in np.argsort(-near, kind="stable"):
            if near[i] and (event.event, names[i]) not in covered:
                share = float(near[i] / near.sum())
                expected, chance = share * event.articles, (1 - share) ** event.articles
                rows.append((event.event, event.title, names[i], int(outlets[names[i]]), share, expected, chance))
    columns = ["event", "title", "group", "outlets", "share", "expected", "chance"]
    return pd.DataFrame(rows, columns=columns).sort_values("chance", kind="stable").reset_index(drop=True)


def _written(days: np.ndarray, groups: np.ndarray, n_groups: int) -> tuple[int, np.ndarray]:
    """The first day (as numpy counts them), and for each day how many articles of each group were written before
    it, one row more than there are days. groups: of each article, −1 for one that does not count."""
    at = days.astype(np.int64)
    begin = int(at.min()) if len(at) else 0
    at = at - begin
    counted = groups >= 0
    size = np.zeros((int(at.max(initial=0)) + 2, n_groups), np.int64)
    np.add.at(size, (at[counted] + 1, groups[counted]), 1)
    return begin, size.cumsum(0)
