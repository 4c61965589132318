"""Task `events`: are articles on the same event put together, and others kept apart?"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipeline import events, words
from pipeline.corpus import EventSettings
from pipeline.errors import InputError
from pipeline.evaluate import Result, need
from pipeline.models import Models

METRIC = "B-cubed F1"


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """Groups the rows' articles with a corpus's default settings and compares with `event`."""
    need(rows, "text", "date", present=("event", "title"))
    _need_days(rows)
    frame = pd.DataFrame(rows)
    true = pd.factorize(frame["event"])[0]
    found = group(frame)
    precision, recall, f1 = b_cubed(true, found)
    detail = {
        "precision": precision,
        "recall": recall,
        "pairwise_f1": pairwise_f1(true, found),
        "events_true": int(true.max()) + 1,
        "events_found": int(found.max()) + 1,
        "interval": _interval(true, found),
    }
    return Result(n=len(frame), value=f1, detail={k: _rounded(v) for k, v in detail.items()})


def _need_days(rows: list[dict[str, Any]]) -> None:
    """Raises InputError for the first row whose date is none."""
    for number, row in enumerate(rows, 1):
        try:
            date.fromisoformat(row["date"][:10])
        except ValueError as error:
            raise InputError(f'row {number}: "date" is "{row["date"]}"', remedy="give YYYY-MM-DD") from error


def group(frame: pd.DataFrame, settings: EventSettings | None = None) -> np.ndarray:
    """A group number for each row of title, text, date, as a refresh would give."""
    settings = settings or EventSettings()
    leads = Models().static.encode(
        [events.lead(title, text) for title, text in zip(frame["title"], frame["text"], strict=True)]
    )
    counts = words.count(frame["title"].fillna("") + ". " + frame["text"], minimum=2)
    close = events.closeness(leads, counts.counts, pd.to_datetime(frame["date"]))
    return events.group(close, window_days=settings.window_days, threshold=settings.threshold)


def b_cubed(true: np.ndarray, found: np.ndarray) -> tuple[float, float, float]:
    """Bagga & Baldwin (1998): precision, recall and F1, averaged over articles."""
    together = pd.DataFrame({"t": true, "f": found})
    both = together.groupby(["t", "f"])["t"].transform("size").to_numpy(float)
    precision = float((both / together.groupby("f")["t"].transform("size")).mean())
    recall = float((both / together.groupby("t")["t"].transform("size")).mean())
    return precision, recall, 2 * precision * recall / (precision + recall)


def pairwise_f1(true: np.ndarray, found: np.ndarray) -> float | None:
    """F1 over pairs of articles; null where no pair belongs together."""
    upper = np.triu_indices(len(true), 1)
    t, f = (true[:, None] == true)[upper], (found[:, None] == found)[upper]
    return None if not t.sum() + f.sum() else 2 * float((t & f).sum()) / float(t.sum() + f.sum())


def _interval(true: np.ndarray, found: np.ndarray) -> list[float]:
    """95 % of B-cubed F1 over resampled true events."""
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(true == event) for event in range(int(true.max()) + 1)]
    draws = []
    for _ in range(300):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        draws.append(b_cubed(true[chosen], found[chosen])[2])
    return [float(x) for x in np.percentile(draws, [2.5, 97.5])]


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [round(x, 4) for x in value]
    return round(value, 4) if isinstance(value, float) else value
