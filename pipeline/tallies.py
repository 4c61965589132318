"""Tallies by item and by unit: taken apart, and put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from pipeline.measures import Tally


def column(tally: Tally, place: int) -> tuple[np.ndarray, np.ndarray]:
    """Numerator and denominator of one item, a number a unit."""
    above = column_of(tally.numerator, place)
    if isinstance(tally.denominator, np.ndarray):
        return above, tally.denominator.astype(np.float64)
    return above, column_of(tally.denominator, place)


def column_of(matrix: sparse.csr_array, place: int) -> np.ndarray:
    """One column of a matrix as float64. Several times faster than slicing, which builds a matrix first."""
    at = np.flatnonzero(matrix.indices == place)
    out = np.zeros(matrix.shape[0])
    out[np.searchsorted(matrix.indptr, at, side="right") - 1] = matrix.data[at]
    return out


def dense(tally: Tally, rows: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
    """Numerators and denominators of some units, as rows × items arrays (denominators may be rows × 1)."""
    above = tally.numerator[rows].toarray()
    if isinstance(tally.denominator, np.ndarray):
        return above, np.broadcast_to(tally.denominator[rows][:, None], above.shape)
    return above, tally.denominator[rows].toarray()


def rows_of(tally: Tally, rows: np.ndarray) -> Tally:
    """The same of some units, in this order."""
    below = tally.denominator
    below = below[rows] if isinstance(below, np.ndarray) else sparse.csr_array(below[rows])
    squares = None if tally.squares is None else sparse.csr_array(tally.squares[rows])
    return replace(tally, numerator=sparse.csr_array(tally.numerator[rows]), denominator=below, squares=squares)


def stacked(tallies: list[Tally]) -> Tally:
    """Tallies of the same quantity and items, one below the other."""

    def one_below_the_other(matrices: list[Any]) -> Any:
        if isinstance(matrices[0], np.ndarray):
            return np.concatenate(matrices)
        return None if any(m is None for m in matrices) else sparse.csr_array(sparse.vstack(matrices))

    parts = {
        name: one_below_the_other([getattr(tally, name) for tally in tallies])
        for name in ("numerator", "denominator", "squares")
    }
    return replace(tallies[0], **parts)


def reindexed(tally: Tally, items: Sequence[str]) -> Tally:
    """The tally with the given items in the given order; items that it lacks have no evidence."""
    column = {item: i for i, item in enumerate(tally.items)}
    places = [(j, column[item]) for j, item in enumerate(items) if item in column]
    to, of = np.array(places, dtype=np.int64).reshape(-1, 2).T
    choose = sparse.csr_array(
        sparse.coo_array((np.ones(len(places)), (of, to)), shape=(len(tally.items), len(items)))
    )
    below = tally.denominator if isinstance(tally.denominator, np.ndarray) else tally.denominator @ choose
    squares = None if tally.squares is None else tally.squares @ choose
    return Tally(tally.quantity, tuple(items), tally.numerator @ choose, below, squares)
