"""Every item of a measure, or of all, against every outlet: a heat map with the values and their n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import PIECE, family_named, family_of, quantity_of, records, snapshot_values, values
from dashboard.figures._layout import (
    SPACED,
    WIDTH,
    axis,
    empty,
    layout,
    packed,
    packed_matrix,
    plain,
    shortened,
    source_label,
    text_width,
)
from dashboard.figures._sheet import left_out, shown_sources
from dashboard.numbers import is_share, number
from dashboard.palette import Theme, colour_at, ink_on
from pipeline.snapshot import Snapshot

CHART = Chart(
    name="matrix",
    title="Every item, every outlet",
    needs=(),
    about="Items down, under their measure, and the sources across: value and n in each cell, empty where there is "
    "none.",
    options=(
        Option("measure", "a measure or quantity, or all measures (the first that there is)"),
        Option("event", "one event only"),
    ),
    takes=("document", "snapshot"),
)
PREFERRED = ("naming", "credit", "voices", "portrayal", "frames", "emphasis", "microframes")
ALL = "all"
ROWS = 40
EACH = 14  # of each measure, where all are shown
LINE = 30
LEAST_CELL = 46  # pixels below which a cell holds no text


def data(source: Source, *, measure: str | None = None, event: str | None = None) -> pd.DataFrame:
    """A row an item and source of the measure; of all, a row a measure, item and source."""
    if measure == ALL:
        return pd.concat([data(source, measure=name, event=event) for name in _families(source)], ignore_index=True)
    chosen = measure or next(iter(_families(source)))
    if isinstance(source, Snapshot):
        return snapshot_values(source, chosen, event=event)
    if any(family_of(row) == chosen and quantity_of(row) == chosen for row in source["rows"]):
        return values(source, chosen)
    rows = [{**row, "family": chosen} for row in source["rows"] if quantity_of(row) == chosen]
    return values({**source, "rows": rows}, chosen)


def _families(source: Source) -> list[str]:
    """The measures with values of their own quantity, those that readers know best first; naming if there is none."""
    if isinstance(source, Snapshot):
        there = {name for name in source.table("profile")["quantity"].unique() if family_named(name) == name}
    else:
        there = {quantity_of(row) for row in source["rows"] if quantity_of(row) == family_of(row)}
    known = [name for name in PREFERRED if name in there]
    return [*known, *sorted(there - set(known))] or ["naming"]


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A block a measure under its name, the piece in the first column.

    Of one measure, colours are of its scale. Of several, whose scales differ, they are of the row's largest.
    """
    frame = frame[frame["n"] > 0]
    if not len(frame):
        return empty(theme, "This measure has no values here.", width)
    sources, more = shown_sources(records(frame[["source", "kind", "n"]]))
    parts = [rows for _, rows in frame.groupby("quantity", sort=False)]
    apart = len(parts) > 1 and PIECE in sources
    blocks = [_Block(rows, apart=apart) for rows in parts]
    most = ROWS if len(blocks) == 1 else EACH
    lines = [line for block in blocks for line in block.lines(most)]
    texts = [str(line.label) for line in lines if line.item is not None]
    left = min(max(text_width(text) for text in texts) + 18, 0.36 * (width or WIDTH))
    top = min(max(text_width(source_label(s), 11) for s in sources) * 0.72 + 22, 160)
    right = max(70 if len(blocks) == 1 else 24, _overhang(sources, (width or WIDTH) - left))  # 70: the scale's
    remarks = _remarks(blocks, most, more, apart=apart)
    cell = ((width or WIDTH) - left - right) / len(sources)
    bottom = 16 + 18 * len(remarks)
    names = [(i, line) for i, line in enumerate(lines) if line.item is not None]
    return {
        "data": _heat(blocks, lines, sources, theme, texts=cell >= LEAST_CELL),
        "layout": layout(
            theme, width=width, height=top + LINE * len(lines) + bottom, margin=(left, right, top, bottom),
            xaxis=axis(theme, range=[-0.5, len(sources) - 0.5], side="top", showgrid=False, tickangle=-45,
                       tickvals=list(range(len(sources))),
                       ticktext=[_column(s) for s in sources], tickfont={"color": theme.ink, "size": 11}),
            yaxis=axis(theme, range=[len(lines) - 0.5, -0.5], showgrid=False, tickvals=[i for i, _ in names],
                       ticktext=[shortened(line.label, left - 16) for _, line in names],
                       tickfont={"color": theme.ink, "size": 12}, **SPACED),
            annotations=[
                *(_heading(line, i, left, theme, (width or WIDTH) - 24)
                  for i, line in enumerate(lines) if line.item is None),
                *(_remark(text, i, theme) for i, text in enumerate(remarks)),
            ],
        ),
    }  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """A line of the picture: an item of a block, or (item null) the block's heading."""

    block: _Block
    item: str | None
    label: str


class _Block:
    """One quantity's values, items down, sources across. apart: items in the rows' own order, which is the order in
    which a piece stands out; else those with most evidence first."""

    def __init__(self, rows: pd.DataFrame, *, apart: bool) -> None:
        first = rows.iloc[0]
        self.quantity, self.title, self.unit = str(first["quantity"]), str(first["title"]), str(first["unit"])
        self.bounds = (float(first["low_bound"]), float(first["high_bound"]))
        self._rows = rows
        total = rows.groupby("item", sort=False)["n"].sum().sort_values(ascending=False, kind="stable")
        self.items = list(rows["item"].unique() if apart else total.index)

    def lines(self, most: int) -> list[_Line]:
        labels = dict(zip(self._rows["item"], self._rows["label"], strict=True))
        items = _in_concepts(self._rows, self.items[:most])
        return [_Line(self, None, self.title), *(_Line(self, item, str(labels[item])) for item in items)]

    def cells(self, sources: list[str]) -> dict[str, dict[str, list[float]]]:
        """value, low, high and n of each item, in the sources' order; NaN where there is none."""
        return {
            name: {
                str(item): row.tolist()
                for item, row in zip(wide.index, wide.to_numpy(float), strict=True)
            }
            for name in ("value", "low", "high", "n")
            for wide in [self._rows.pivot_table(name, "item", "source", dropna=False).reindex(columns=sources)]
        }  # fmt: skip


def _overhang(sources: list[str], room: float) -> float:
    """Pixels that the turned names of the last columns reach beyond the plot, whose width this takes from."""
    wide = [min(text_width(source_label(s), 11), 190) * 0.72 + 8 for s in reversed(sources)]
    # Column i from the right has its middle (i + ½) cells from the edge.
    need = [(w - (i + 0.5) * room / len(sources)) / (1 - (i + 0.5) / len(sources)) for i, w in enumerate(wide)]
    return min(max(*need, 0.0), 120.0)


def _remarks(blocks: list[_Block], most: int, more: int, *, apart: bool) -> list[str]:
    hidden = sum(max(len(block.items) - most, 0) for block in blocks)
    out = [left_out(more)] if more else []
    if len(blocks) > 1:
        out.append("A figure's colour is its size beside the row's largest: blue above zero, brown below.")
    if hidden:
        why = "nearer to the others" if apart else "with less evidence"
        out.append(f"{hidden:,} more items, {why}, are in the data and not drawn.")
    return out


def _heading(line: _Line, i: int, left: float, theme: Theme, room: float) -> dict[str, Any]:
    """A measure's name with its unit, from the picture's edge."""
    words = shortened(line.block.unit, room - text_width(line.label) * 1.1 - 12, 11)
    return {
        "text": f"<b>{plain(line.label)}</b>  {words}", "x": 0, "xref": "paper", "xshift": 16 - round(left), "y": i,
        "yref": "y", "xanchor": "left", "yanchor": "middle", "showarrow": False, "align": "left",
        "font": {"size": 12, "color": theme.ink},
    }  # fmt: skip


def _remark(text: str, i: int, theme: Theme) -> dict[str, Any]:
    return {
        "text": plain(text), "x": 0, "y": 0, "xref": "paper", "yref": "paper", "yshift": -12 - 18 * i,
        "xanchor": "left", "yanchor": "top", "showarrow": False, "font": {"size": 11, "color": theme.muted},
    }  # fmt: skip


def _column(source: str) -> str:
    name = shortened(source_label(source), 190, 11)
    return f"<b>{name}</b>" if source == PIECE else name


def _in_concepts(frame: pd.DataFrame, items: list[str]) -> list[str]:
    """Items of one concept together, otherwise in the order given."""
    concept = dict(zip(frame["item"], frame["concept"], strict=True))
    first: dict[Any, int] = {}
    for i, item in enumerate(items):
        first.setdefault(concept[item], i)
    return sorted(items, key=lambda item: (first[concept[item]], items.index(item)))


def _heat(
    blocks: list[_Block], lines: list[_Line], sources: list[str], theme: Theme, *, texts: bool
) -> list[dict[str, Any]]:
    """The coloured cells; and, where they are wide enough, their figures in black or white."""
    cells = {block.quantity: block.cells(sources) for block in blocks}
    none = [float("nan")] * len(sources)
    part = {
        name: [none if line.item is None else cells[line.block.quantity][name][line.item] for line in lines]
        for name in ("value", "low", "high", "n")
    }
    value = np.array(part["value"], dtype=float)
    bounds = [line.block.bounds for line in lines]
    one = len(blocks) == 1
    least, most, signed = _scale(value, bounds[0]) if one else (-1.0, 1.0, True)
    height = value if one else value / [[_largest(row, line.block)] for row, line in zip(value, lines, strict=True)]
    trace = {
        "type": "heatmap", "z": packed_matrix(height), "zmin": least, "zmax": most, "xgap": 1, "ygap": 1,
        "colorscale": scale(theme.diverging if signed else theme.sequential), "showscale": one,
        "hovertext": _hover(part, lines, sources), "hoverinfo": "text", "hoverongaps": False,
        "customdata": [[[s, line.block.quantity, line.item] for s in sources] for line in lines],
        "colorbar": {"thickness": 10, "len": 90, "lenmode": "pixels", "y": 1, "yanchor": "top",
                     "outlinewidth": 0, "x": 1.02, "tickfont": {"size": 10}, "tickvals": [least, most],
                     "ticktext": [number(least, bounds[0]), number(most, bounds[0])]},
    }  # fmt: skip
    if not texts:
        return [trace]
    there = [(i, j) for i, j in zip(*np.nonzero(np.isfinite(value)), strict=True)]
    words = [f"{number(value[i, j], bounds[i])}<br>n {int(part['n'][i][j]):,}" for i, j in there]
    colours = theme.diverging if signed else theme.sequential
    inks = [ink_on(colour_at(colours, (height[i, j] - least) / (most - least))) for i, j in there]
    figures = {
        "type": "scatter", "mode": "text", "x": packed(j for _, j in there), "y": packed(i for i, _ in there),
        "text": words, "textposition": "middle center", "textfont": {"size": 10, "color": inks}, "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip
    return [trace, figures]


def _largest(row: np.ndarray, block: _Block) -> float:
    """What a row's strongest colour stands for: of shares at least a twentieth, so that a hundredth stays pale."""
    shown = np.abs(row[np.isfinite(row)])
    return max(float(shown.max(initial=0.0)), 0.05 if is_share(block.bounds) else 0.0) or 1.0


def _hover(part: dict[str, list[list[float]]], lines: list[_Line], sources: list[str]) -> list[list[str]]:
    def words(line: _Line, i: int, j: int) -> str:
        v, low, high, n = (part[name][i][j] for name in ("value", "low", "high", "n"))
        bounds = line.block.bounds
        return (
            f"<b>{plain(source_label(sources[j]))}</b><br>{plain(line.label)}<br>{number(v, bounds)} "
            f"({number(low, bounds)} – {number(high, bounds)}), n {0 if n != n else int(n):,}"
        )

    return [[words(line, i, j) for j in range(len(sources))] for i, line in enumerate(lines)]


def _scale(values: np.ndarray, bounds: tuple[float, float]) -> tuple[float, float, bool]:
    """Where the colours begin and end, and whether they part at 0."""
    shown = values[np.isfinite(values)]
    far = float(np.abs(shown).max()) if len(shown) else 1.0
    if (np.isfinite(bounds[0]) and bounds[0] < 0) or not np.isfinite(bounds[0]):
        return -(far or 1.0), far or 1.0, True
    return 0.0, far or 1.0, False


def scale(colours: Sequence[str]) -> list[list[Any]]:
    """Colours as a plotly scale."""
    return [[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)]
