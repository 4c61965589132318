"""Outlets in groups: by themselves, by kind, by country, or in groups that a reader makes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dashboard.lasting import lasting
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
    return coded_by(snapshot, group_of(snapshot, by, own), counted)


def coded_by(snapshot: Snapshot, group: Mapping[str, str], counted: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The same with the group of each outlet."""
    codes, outlets = outlet_codes(snapshot)
    size = np.bincount(codes[counted], minlength=len(outlets))
    names = sorted({group[outlets[i]] for i in np.flatnonzero(size)})
    place = {name: i for i, name in enumerate(names)}
    places = np.array([place.get(group[outlet], -1) for outlet in outlets], np.int64)
    return np.where(counted, places[codes] if len(outlets) else -1, -1), names


def event_rows(snapshot: Snapshot, event: str) -> np.ndarray:
    """The rows of an event's articles, in their order; none for an event that there is not."""
    order, begins = _by_event(snapshot)
    first, end = begins.get(event, (0, 0))
    return order[first:end]


@lasting
def _by_event(snapshot: Snapshot) -> tuple[np.ndarray, dict[str, tuple[int, int]]]:
    """The rows of `articles` by event, and from where to where each event's lie among them."""
    codes, names = pd.factorize(snapshot.heads["event"])
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(names) + 1))
    spans = zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    return order, dict(zip(names.tolist(), spans, strict=True))


@lasting
def outlet_codes(snapshot: Snapshot) -> tuple[np.ndarray, list[str]]:
    """For each article the place of its outlet among the outlets that have any; and their names."""
    codes, names = pd.factorize(snapshot.heads["outlet"])
    return codes.astype(np.int64), list(names)
