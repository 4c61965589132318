"""Charts made of lines from top to bottom: headings, keys, and a line a source. Used by bars and by dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dashboard.figures._frame import PIECE
from dashboard.figures._layout import (
    SPACED,
    WIDTH,
    axis,
    layout,
    ordered_sources,
    packed,
    plain,
    shortened,
    source_label,
    text_width,
    title,
)
from dashboard.palette import Theme

LINE = 21.0  # pixels a source takes
LEAST_LINE = 12.0  # where there are many
MOST_SOURCES = 60  # a block of more is no longer read; the data has them all
RIGHT = 64  # pixels for n


@dataclass
class Sheet:
    """A chart in the making. y grows downwards in units of a line; x is the quantity's own."""

    theme: Theme
    width: int | None
    low: float
    high: float
    labels: Sequence[str]
    lines_expected: int = 0
    y: float = 0.0
    ticks: list[tuple[float, str]] = field(default_factory=list)
    traces: list[dict[str, Any]] = field(default_factory=list)
    spans: list[list[float]] = field(default_factory=list)  # from where to where lines follow one another

    @property
    def left(self) -> float:
        longest = max((text_width(label) for label in self.labels), default=0)
        return round(min(longest, 0.28 * (self.width or WIDTH))) + 18  # 2 more than labels are cut to

    @property
    def inner(self) -> float:
        return max((self.width or WIDTH) - self.left - RIGHT, 120)

    @property
    def line_height(self) -> float:
        return LINE if self.lines_expected <= 200 else LEAST_LINE

    def along(self, pixels: float) -> float:
        """The x that lies so many pixels from the left."""
        return self.low + pixels / self.inner * (self.high - self.low)

    def heading(self, text: str) -> None:
        """A line of its own over the block that follows."""
        self.y += 0.55 if self.y else 0.0
        words = shortened(text, self.inner + RIGHT - 8, 13)
        self._text([words], [self.low], self.y + 0.5, "right", color=self.theme.ink, size=13)
        self.y += 1.15

    def key(self, colours: Mapping[str, str]) -> None:
        """What each colour stands for, on as many lines as it takes."""
        places: list[tuple[float, float, str, str]] = []
        at = 6.0
        for name, colour in colours.items():
            need = text_width(name, 11) + 34
            if at > 6 and at + need > self.inner + RIGHT:
                at, self.y = 6.0, self.y + 0.95
            places.append((self.along(at), self.y + 0.5, name, colour))
            at += need
        self.y += 1.15
        if not places:
            return
        squares = {
            "type": "scatter", "mode": "markers", "hoverinfo": "skip", "showlegend": False, "cliponaxis": False,
            "x": packed(p[0] for p in places), "y": packed(p[1] for p in places),
            "marker": {"symbol": "square", "size": 10, "color": [p[3] for p in places]},
        }  # fmt: skip
        self.traces.append(squares)
        for x, y, name, _ in places:
            offset = x + 9 / self.inner * (self.high - self.low)
            self._text([plain(name)], [offset], y, "right", color=self.theme.muted, size=11)

    def line(self, source: str) -> float:
        """Where the next source lies."""
        y = self.y + 0.5
        if not self.spans or self.spans[-1][1] < self.y:
            self.spans.append([self.y, self.y])
        self.spans[-1][1] = self.y + 1.0
        self.ticks.append((y, source))
        self.y += 1.0
        return y

    def n(self, ys: Sequence[float], counts: Sequence[int]) -> None:
        """n at the right end of each line."""
        xs = [self.high + (self.along(6) - self.low)] * len(ys)
        texts = [f"n {int(count):,}" for count in counts]
        self._text(texts, xs, ys, "right", color=self.theme.muted, size=10)

    def remark(self, text: str) -> None:
        """A last line in small type."""
        self._text([plain(text)], [self.low], self.y + 0.6, "right", color=self.theme.muted, size=11)
        self.y += 1.2

    def _text(
        self, texts: Sequence[str], xs: Sequence[float], y: float | Sequence[float], side: str, **font: Any
    ) -> None:
        ys = [y] * len(texts) if isinstance(y, float | int) else y
        self.traces.append(
            {
                "type": "scatter", "mode": "text", "x": packed(xs), "y": packed(ys), "text": list(texts),
                "textposition": f"middle {side}", "textfont": font, "hoverinfo": "skip", "showlegend": False,
                "cliponaxis": False,
            }
        )  # fmt: skip

    def _grid(self, values: Sequence[float]) -> list[dict[str, Any]]:
        """Lines at the ticks, below and beside the sources only: headings and keys stay clear."""
        line = {"color": self.theme.line, "width": 1}
        return [
            {"type": "line", "xref": "x", "yref": "y", "x0": value, "x1": value, "y0": first, "y1": last,
             "layer": "below", "line": line}
            for value in values
            for first, last in self.spans
        ]  # fmt: skip

    def figure(
        self, *, x_title: str, tickvals: Sequence[float], ticktext: Sequence[str], **more: Any
    ) -> dict[str, Any]:
        """The whole chart."""
        theme, height = self.theme, self.y * self.line_height
        size = 12 if self.line_height == LINE else 9
        labels = [shortened(source_label(source), self.left - 16, size) for _, source in self.ticks]
        bold = [f"<b>{label}</b>" if s == PIECE else label for label, (_, s) in zip(labels, self.ticks, strict=True)]
        right = self.high + (self.along(RIGHT) - self.low)
        x = axis(
            theme, range=[self.low, right], tickvals=list(tickvals), ticktext=list(ticktext),
            title=title(x_title, theme), showgrid=False, side="bottom",
        )  # fmt: skip
        y = axis(
            theme, range=[self.y, 0], tickvals=[y for y, _ in self.ticks], ticktext=bold, showgrid=False,
            tickfont={"color": theme.ink, "size": size}, **SPACED,
        )  # fmt: skip
        return {
            "data": self.traces,
            "layout": layout(
                theme, width=self.width, height=height + 66, margin=(self.left, 0, 12, 54), xaxis=x, yaxis=y,
                shapes=self._grid(tickvals),
                **more,
            ),
        }  # fmt: skip


def shown_sources(frame: pd.DataFrame, most: int = MOST_SOURCES) -> tuple[list[str], int]:
    """The sources in order, at most so many: the piece and the outlets with most evidence; and how many are
    left out."""
    order = ordered_sources(frame)
    if len(order) <= most:
        return order, 0
    n = frame.groupby("source")["n"].sum()
    keep = set(n.drop(PIECE, errors="ignore").nlargest(most - 1).index) | {PIECE}
    return [source for source in order if source in keep], len(order) - len(keep & set(order))


def left_out(count: int) -> str:
    return f"{count:,} more outlets, with less evidence, are in the data and not drawn."
