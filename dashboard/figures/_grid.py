"""Small charts side by side, all on one scale: where each lies, and its axes."""

from __future__ import annotations

from typing import Any

from dashboard.figures._layout import axis
from dashboard.numbers import number
from dashboard.palette import Theme

PANEL = 128  # pixels from one line of charts to the next
UNDER = 24  # pixels under the last charts
ROOM = 1.06  # over the greatest value, so that its dot is whole


class Grid:
    """Where the small charts lie on the picture."""

    def __init__(self, columns: int, lines: int, width: float) -> None:
        self.columns, self.lines = columns, lines
        self.left, self.top = 46.0, 50.0
        self.pixels = (width - self.left - 12) / columns - 18
        self.area = lines * PANEL
        self.height = self.area + self.top + UNDER
        self.gap_x = 18 / (width - self.left - 12)
        self.gap_y = 30 / self.area  # for days, and the name of the next

    def spans(self, i: int) -> tuple[list[float], list[float]]:
        row, column = divmod(i, self.columns)
        wide, high = 1 / self.columns, 1 / self.lines
        return (
            [column * wide, (column + 1) * wide - self.gap_x],
            [1 - (row + 1) * high + self.gap_y, 1 - row * high],
        )

    def corner(self, i: int) -> tuple[float, float]:
        across, up = self.spans(i)
        return across[0], up[1]

    def axes(
        self, i: int, ranges: tuple[list[float], list[str]], theme: Theme, bounds: tuple[float, float], *,
        days: dict[str, Any], last: bool,
    ) -> dict[str, Any]:  # fmt: skip
        """Of the chart in place i. ranges: of values and of days; days: where those are marked, as in all charts."""
        across, up = self.spans(i)
        name = "" if i == 0 else str(i + 1)
        low, high = ranges[0]
        values = [low / ROOM, (low + high) / 2 / ROOM, high / ROOM]
        texts = [number(v, bounds) for v in values] if i % self.columns == 0 else ["", "", ""]
        return {
            f"xaxis{name}": axis(theme, type="date", domain=across, range=ranges[1], anchor=f"y{name}",
                                 showgrid=False, showline=True, showticklabels=last, **days),
            f"yaxis{name}": axis(theme, domain=up, range=ranges[0], anchor=f"x{name}", tickvals=values,
                                 ticktext=texts),
        }  # fmt: skip
