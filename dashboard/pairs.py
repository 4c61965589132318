"""What drives the distance between two outlets: each measure's divergence, and the items that make it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.figures.outlet_map import LEAST_N, MEASURES, distributions, outlets_of
from pipeline.snapshot import Snapshot
from pipeline.uncertainty import divergence

TOP = 5  # items named a measure: those that add most


@dataclass(frozen=True)
class Driver:
    """One measure of a pair. value: Jensen–Shannon divergence in base 2; null with too little evidence.

    floor: the mean divergence of two halves of one outlet's articles, of the two outlets the larger; null where
    neither has two articles. items: item, first and second (shares), part (of the divergence), largest first.
    """

    measure: str
    value: float | None
    floor: float | None
    n: tuple[int, int]
    items: pd.DataFrame


def drivers(snapshot: Snapshot, first: str, second: str) -> list[Driver]:
    """Every measure that is a distribution, the one that sets the two furthest apart first."""
    found = [_driver(snapshot, name, first, second) for name in MEASURES if name in snapshot.quantities]
    return sorted(found, key=lambda one: -(one.value if one.value is not None else -1.0))


def _driver(snapshot: Snapshot, measure: str, first: str, second: str) -> Driver:
    known, outlets = distributions(snapshot, measure), outlets_of(snapshot)
    places = [outlets.index(name) if name in outlets else None for name in (first, second)]
    p, q = (np.zeros(len(known.items)) if i is None else known.totals[i] for i in places)
    n = (int(p.sum()), int(q.sum()))
    if min(n) < LEAST_N:
        return Driver(measure, None, None, n, pd.DataFrame(columns=["item", "first", "second", "part"]))
    floors = [float(f) for i in places if i is not None and np.isfinite(f := known.itself[i])]
    return Driver(measure, divergence(p, q), max(floors, default=None), n, _parts(known.items, p, q))


def _parts(items: tuple[str, ...], p: np.ndarray, q: np.ndarray) -> pd.DataFrame:
    """What each item adds: the divergence is the sum of ½ (p log₂ p/m + q log₂ q/m) over the items."""
    p, q = p / p.sum(), q / q.sum()
    m = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (np.where(p > 0, p * np.log2(p / m), 0) + np.where(q > 0, q * np.log2(q / m), 0)) / 2
    whole = part.sum() or 1.0
    out = pd.DataFrame({"item": items, "first": p, "second": q, "part": part / whole})
    return out[part > 0].sort_values("part", ascending=False, kind="stable").head(TOP).reset_index(drop=True)
