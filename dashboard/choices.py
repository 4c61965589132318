"""Lists to choose an article or an event from: of the many there are, those that hold the words that are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import pandas as pd

from dashboard import queries
from dashboard.numbers import days
from dashboard.queries import rows_of
from pipeline.snapshot import Snapshot

Options: TypeAlias = list[dict[str, str]]
MOST_ARTICLES, MOST_EVENTS = 200, 300


def articles(snapshot: Snapshot, words: str = "", *, chosen: str | None = None) -> Options:
    """The articles that hold these words, and the one that is chosen."""
    found = queries.find_articles(snapshot, words, keep=chosen, limit=MOST_ARTICLES)
    return _options(dict(zip(found["article"], queries.labels_of(found), strict=True)))


def events(
    snapshot: Snapshot, words: str | None = "", *, chosen: str | None = None, first: Mapping[str, str] | None = None
) -> Options:
    """The events that hold these words, and the one that is chosen; without words the largest, before them those of
    `first`, by their names."""
    every = snapshot.table("events")
    of_chosen = _named(every[every["event"] == chosen])
    if not words or words in of_chosen.values():  # the list of what is chosen is opened
        first, largest = first or {}, _named(queries.leading_events(snapshot, limit=MOST_EVENTS))
        return _options({**first, **of_chosen, **largest, **first})
    return _options({**of_chosen, **_named(queries.find_events(snapshot, words, limit=MOST_EVENTS)[0])})


def _named(events: pd.DataFrame) -> dict[str, str]:
    return {e.event: f"{e.title} · {days(e.start, e.end)}" for e in rows_of(events)}


def _options(named: Mapping[str, Any]) -> Options:
    return [{"value": value, "label": label} for value, label in named.items()]
