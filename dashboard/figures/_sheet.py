"""Charts made of lines from top to bottom: headings, keys, and a line a source. Used by bars and by dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.figures._frame import PIECE
from dashboard.figures._layout import (
    SPACED,
    WIDTH,
    axis,
    layout,
    note,
    ordered_sources,
    packed,
    plain,
    shortened,
    source_label,
    text_width,
    title,
    wrapped,
)
from dashboard.palette import Theme

LINE = 21.0  # pixels a source takes
LEAST_LINE = 12.0  # where there are many
MOST_SOURCES = 60  # a block of more is no longer read; the data has them all
RIGHT = 64  # pixels for n
NARROW = 560  # pixels below which headings and keys begin at the left edge, over the names too


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
    notes: list[dict[str, Any]] = field(default_factory=list)
    spans: list[list[float]] = field(default_factory=list)  # from where to where lines follow one another

    @property
    def left(self) -> float:
        longest = max((text_width(label) for label in self.labels), default=0)
        total = self.width or WIDTH
        return round(min(longest, (0.36 if total < NARROW else 0.28) * total)) + 18  # 2 more than labels are cut to

    @property
    def inner(self) -> float:
        return max((self.width or WIDTH) - self.left - RIGHT, 120)

    @property
    def line_height(self) -> float:
        return LINE if self.lines_expected <= 200 else LEAST_LINE

    @property
    def indent(self) -> float:
        """Pixels from the plotted area to where headings and keys begin."""
        return -self.left if (self.width or WIDTH) < NARROW else 0.0

    @property
    def room(self) -> float:
        """Pixels from there to the right edge."""
        return self.inner + RIGHT - 8 - self.indent

    def along(self, pixels: float) -> float:
        """The x that lies so many pixels from the left."""
        return self.low + pixels / self.inner * (self.high - self.low)

    def heading(self, text: str) -> None:
        """Words over the block that follows."""
        self.y += 0.55 if self.y else 0.0
        for line in wrapped(text, self.room, lines=2, size=13).split("<br>"):
            self._words(line, 2.0, self.y + 0.5, color=self.theme.ink, size=13)
            self.y += 0.85
        self.y += 0.3

    def key(self, colours: Mapping[str, str]) -> None:
        """What each colour stands for, on as many lines as it takes."""
        at = 2.0
        for name, colour in colours.items():
            need = text_width(name, 11) + 34
            if at > 2 and at + need > self.room:
                at, self.y = 2.0, self.y + 0.95
            self._words("■", at, self.y + 0.5, color=colour, size=14)
            self._words(plain(name), at + 15, self.y + 0.5, color=self.theme.muted, size=11)
            at += need
        self.y += 1.15

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
        self.traces.append(
            {
                "type": "scatter", "mode": "text", "x": packed(xs), "y": packed(ys),
                "text": [f"n {int(count):,}" for count in counts], "textposition": "middle right",
                "textfont": {"color": self.theme.muted, "size": 10}, "hoverinfo": "skip", "showlegend": False,
                "cliponaxis": False,
            }
        )  # fmt: skip

    def remark(self, text: str) -> None:
        """Words in small type."""
        for line in wrapped(text, self.room, size=11).split("<br>"):
            self._words(line, 2.0, self.y + 0.6, color=self.theme.muted, size=11)
            self.y += 0.9
        self.y += 0.3

    def _words(self, text: str, pixels: float, y: float, **font: Any) -> None:
        """A text so many pixels from where headings begin."""
        place = {"xref": "paper", "yref": "y", "yanchor": "middle", "xshift": round(self.indent + pixels)}
        self.notes.append(note(text, x=0, y=y, theme=self.theme, **{**place, "font": font}))

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
            title=title(wrapped(x_title, self.inner, lines=2), theme), showgrid=False, side="bottom",
        )  # fmt: skip
        y = axis(
            theme, range=[self.y, 0], tickvals=[y for y, _ in self.ticks], ticktext=bold, showgrid=False,
            tickfont={"color": theme.ink, "size": size}, **SPACED,
        )  # fmt: skip
        return {
            "data": self.traces,
            "layout": layout(
                theme, width=self.width, height=height + 66, margin=(self.left, 0, 12, 54), xaxis=x, yaxis=y,
                shapes=self._grid(tickvals), annotations=self.notes,
                **more,
            ),
        }  # fmt: skip


def shown_sources(rows: Sequence[Mapping[str, Any]], most: int = MOST_SOURCES) -> tuple[list[str], int]:
    """The sources in order, at most so many: the piece and the outlets with most evidence; and how many are
    left out."""
    order = ordered_sources(rows)
    if len(order) <= most:
        return order, 0
    n = dict.fromkeys(order, 0)
    for row in rows:
        n[row["source"]] += row["n"]
    outlets = sorted((source for source in order if source != PIECE), key=lambda source: -n[source])
    keep = {PIECE, *outlets[: most - 1]}
    return [source for source in order if source in keep], len(order) - len(keep & set(order))


def left_out(count: int) -> str:
    return f"{count:,} more outlets, with less evidence, are in the data and not drawn."
