"""What sets a piece apart: a row a value, the outlets' beside it, and how far it stands out of their spread."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pipeline.measures import Measure, Quantity, Tally, all_measures
from pipeline.names import as_written
from pipeline.piece import Piece
from pipeline.settings import Settings
from pipeline.sides import Sides
from pipeline.snapshot import Snapshot
from pipeline.tallies import column_of
from pipeline.uncertainty import Estimate, divergence, estimate, noise_floor

SHOWN_WORDS = 25  # of keyness: the most over-used and the most under-used words, as many of each
LEAST_OUTLETS = 3  # outlets with evidence below which there is no spread to rank by


def rows_of(side: Sides, piece: Piece, snapshot: Snapshot, settings: Settings) -> list[dict[str, Any]]:
    """A row a quantity and item with evidence on either side; the most telling first within a measure."""
    labels = snapshot.codebook.labels()
    topics = dict(zip(snapshot.table("topics")["topic"].astype(str), snapshot.table("topics")["label"], strict=True))
    concepts = {term.term: concept.label for concept in snapshot.codebook.concepts for term in concept.terms}
    out = []
    for measure in all_measures():
        for quantity in measure.declaration.quantities:
            tally = side.tallies.get(quantity.name)
            if tally is None or not tally.items:
                continue
            found = estimate(
                tally, quantity, side.groups, len(side.names) + 1, seed=settings.seed, resamples=settings.resamples,
                background=side.prior.get(quantity.name),
            )  # fmt: skip
            floor = noise_floor(
                tally,
                quantity,
                np.where(side.groups > 0, side.groups - 1, -1),
                len(side.names),
                seed=settings.seed,
            )
            base = _words(tally, side) if quantity.estimate == "log_odds" else None
            for i in _shown(quantity, found):
                item = tally.items[i]
                row = _row(measure, quantity, item, i, found, floor, side.names, piece, base)
                row["label"] = (topics if measure.name == "emphasis" else labels).get(item, item)
                if quantity.estimate == "log_odds":
                    row["label"] = as_written(item, _texts_with(tally, i, piece, side))
                row["concept"] = concepts.get(item) if measure.name == "naming" else None
                out.append(row)
    return sorted(out, key=lambda row: (row["standout"] is None, -abs(row["standout"] or 0)))


def _texts_with(tally: Tally, i: int, piece: Piece, side: Sides) -> list[str]:
    """The texts that have a word, the piece's first."""
    having = column_of(tally.numerator, i)[-len(side.articles) :] > 0
    return [piece.text, *side.articles["text"][having]]


def _words(tally: Tally, side: Sides) -> np.ndarray:
    """int64 (groups,): the words of the piece and of each outlet, on which a word's log-odds rest even where it
    does not occur."""
    words = np.asarray(tally.denominator, float)
    return np.array([int(words[side.groups == group].sum()) for group in range(len(side.names) + 1)])


def _shown(quantity: Quantity, found: Estimate) -> list[int]:
    """The items worth a row: any with evidence; of words, the most over- and under-used by the piece."""
    some = np.flatnonzero((found.n > 0).any(0))
    if quantity.estimate != "log_odds":
        # A share that is nought everywhere says nothing; a balance of nought does.
        balance = (quantity.bounds[0] or 0) < 0
        return [int(i) for i in some if balance or np.nansum(np.abs(found.value[:, i])) > 0]
    value = found.value[0]
    if np.isnan(value).all():
        return []
    enough = some[(found.n[:, some].sum(0) >= 3)]
    order = enough[np.argsort(-value[enough], kind="stable")]
    ends = [*order[:SHOWN_WORDS], *order[::-1][:SHOWN_WORDS]]
    return list(dict.fromkeys(int(i) for i in ends))


def _row(
    measure: Measure,
    quantity: Quantity,
    item: str,
    i: int,
    found: Estimate,
    floor: np.ndarray,
    names: list[str],
    piece: Piece,
    base: np.ndarray | None,
) -> dict[str, Any]:
    """One row. base: the n of each group, where it is not that of the item."""
    others = [g for g, name in enumerate(names, 1) if name != piece.outlet]
    values, n = found.value[others, i], found.n[others, i]
    solid = np.isfinite(values) & (n >= quantity.minimum_n)
    some = np.isfinite(values)
    median = float(np.median(values[some])) if some.any() else None
    mine = found.value[0, i]
    difference = float(mine - median) if median is not None and np.isfinite(mine) else None
    enough = solid.sum() >= LEAST_OUTLETS and found.n[0, i] >= quantity.minimum_n
    standout = None
    if difference is not None and enough and quantity.ranked:
        standout = difference / _spread(values[solid], found.standard_error[others, i][solid],
                                        found.standard_error[0, i], floor[i])  # fmt: skip
    return {
        "measure": measure.name if quantity.name == measure.name else quantity.name,
        "family": measure.name,
        "item": item,
        "title": quantity.title,
        "unit": quantity.unit,
        "bounds": list(quantity.bounds),
        "piece": _cell(found, 0, i, base),
        "outlets": {name: _cell(found, g, i, base) for g, name in enumerate(names, 1)},
        "median": number(median),
        "difference": number(difference),
        "standout": number(standout),
        "noise": number(floor[i]),
        "ranked": standout is not None,
        "enough": bool(enough),
    }


def _spread(values: np.ndarray, errors: np.ndarray, own_error: float, floor: float) -> float:
    """What a difference is measured in: the outlets' spread (1.4826 × median absolute deviation) together
    with the piece's own standard error, the outlets' typical one, and the noise floor where it is wider.

    Outlets that agree to the digit would otherwise make any difference infinite.
    """
    deviation = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    typical = max(float(np.median(errors)), 0.0 if np.isnan(floor) else float(floor) / 2)
    return float(np.sqrt(deviation**2 + own_error**2 + typical**2))


def _cell(found: Estimate, group: int, i: int, base: np.ndarray | None) -> dict[str, Any]:
    cell = {name: number(getattr(found, name)[group, i]) for name in ("value", "low", "high")}
    return {**cell, "n": int(found.n[group, i] if base is None else base[group])}


def number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 5)


DISTANCE_MEASURES = ("naming", "voices", "frames", "emphasis")


def distances_of(side: Sides) -> list[dict[str, Any]]:
    """Jensen–Shannon divergence (base 2, 0 – 1) between the piece's and each outlet's distribution.

    floor: how far a single article of the outlet is from the outlet's others, in the mean; null where it has
    fewer than two with evidence.
    """
    out = []
    for name in DISTANCE_MEASURES:
        tally = side.tallies.get(name)
        if tally is None:
            continue
        mine = np.asarray(tally.numerator[np.flatnonzero(side.groups == 0)].sum(0)).ravel()
        for group, outlet in enumerate(side.names, 1):
            counts = tally.numerator[np.flatnonzero(side.groups == group)].toarray()
            value, floor = divergence(mine, counts.sum(0)), _of_one_article(counts)
            out.append({"measure": name, "outlet": outlet, "value": number(value), "floor": number(floor)})
    return out


def _of_one_article(counts: np.ndarray) -> float | None:
    """The mean divergence of each article (a row) from all others together."""
    whole = counts.sum(0)
    found = [divergence(row, whole - row) for row in counts if row.sum() > 0]
    some = [value for value in found if value is not None]
    return float(np.mean(some)) if len(some) > 1 else None
