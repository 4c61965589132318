"""Outlets in groups: by themselves, by kind, by country, or in groups that a reader makes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

Groups = dict[str, list[str]]
BY = ("outlet", "kind", "country", "own")
NO_GROUP = "in no group"
LONGEST_NAME = 60
MOST = 24  # more groups are no summary


def read_groups(written: str | None) -> Groups:
    """Groups from `{"East": ["A", "B"], …}`; what has another form is left out: an address may hold anything."""
    try:
        found = json.loads(written or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name.strip()[:LONGEST_NAME]: [outlet for outlet in outlets if isinstance(outlet, str)]
        for name, outlets in list(found.items())[:MOST]
        if isinstance(outlets, list) and name.strip()
    }


def written(groups: Mapping[str, Sequence[str]]) -> str:
    """What `read_groups` reads; empty where there are none."""
    return json.dumps(dict(groups), ensure_ascii=False, separators=(",", ":")) if groups else ""


def group_of(snapshot: Snapshot, by: str, own: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The group of each outlet. own: the reader's groups; an outlet in several is in the first.

    Raises InputError for a way to group that there is not.
    """
    table = snapshot.table("outlets")
    if by not in BY:
        raise InputError(f'no way to group by "{by}"', remedy=f"give one of: {', '.join(BY)}")
    if by == "outlet":
        return {name: name for name in table["outlet"]}
    if by == "own":
        mine = {outlet: name for name, outlets in reversed(list(own.items())) for outlet in outlets}
        return {name: mine.get(name, NO_GROUP) for name in table["outlet"]}
    values = zip(table["outlet"], table[by], strict=True)
    return {name: value if isinstance(value, str) else f"no {by} given" for name, value in values}


def coded(
    snapshot: Snapshot, by: str, own: Mapping[str, Sequence[str]], counted: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """For each article its place among the groups that have any, −1 where it is not `counted`; and their names."""
    group = snapshot.heads["outlet"].map(group_of(snapshot, by, own))
    names = sorted(group[counted].unique())
    place = {name: i for i, name in enumerate(names)}
    codes = group.map(place).fillna(-1).to_numpy(np.int64)
    return np.where(counted, codes, -1), names
