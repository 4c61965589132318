"""Where things stand on a strip: a row's scale, and places that do not cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.numbers import is_share, number

# A share's scale ends at the first of these that holds everything: a strip to 100 % would squeeze small shares.
_ENDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
# Places nearer than this, in per cent of the strip, would cover one another, and go to another lane.
_APART = 1.7
_LANES = (0, 1, -1, 2, -2, 3, -3)


@dataclass(frozen=True)
class Scale:
    """The stretch of values that a strip shows."""

    low: float
    high: float
    bounds: tuple[float | None, float | None]

    def at(self, value: float) -> float:
        """Where a value stands, in per cent of the strip; what lies beyond stands at its end."""
        return round(100 * min(1.0, max(0.0, (value - self.low) / (self.high - self.low))), 2)

    @property
    def ends(self) -> tuple[str, str]:
        return number(self.low, self.bounds), number(self.high, self.bounds)


def scale_of(row: dict[str, Any]) -> Scale:
    """The scale of a row: it holds all outlets, and the piece with its interval."""
    bounds = (row["bounds"][0], row["bounds"][1])
    piece = row["piece"]
    some = [cell["value"] for cell in row["outlets"].values()] + [piece["value"], piece["low"], piece["high"]]
    values = [v for v in some if v is not None] or [0.0]
    if is_share(bounds):
        return Scale(0.0, next((end for end in _ENDS if end >= max(values)), 1.0), bounds)
    if bounds == (-1.0, 1.0) and max(abs(v) for v in values) > 0.5:
        return Scale(-1.0, 1.0, bounds)
    margin = 0.08 * ((max(values) - min(values)) or 1.0)
    low, high = min(values) - margin, max(values) + margin
    if bounds[0] is not None:
        low = max(low, bounds[0])
    if bounds[1] is not None:
        high = min(high, bounds[1])
    return Scale(low, high if high > low else low + 1, bounds)


def lanes(places: Sequence[float]) -> list[int]:
    """A lane for each place (0 the middle, then by turns above and below), so that neighbours stay apart."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    last = dict.fromkeys(_LANES, -100.0)
    out = [0] * len(places)
    for i in order:
        free = [lane for lane in _LANES if places[i] - last[lane] >= _APART]
        out[i] = free[0] if free else min(_LANES, key=lambda lane: last[lane])
        last[out[i]] = places[i]
    return out
