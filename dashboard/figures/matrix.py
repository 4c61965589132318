"""Every item of a measure against every outlet: a heat map with the values and their n."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import PIECE, family_of, quantity_of, snapshot_values, values
from dashboard.figures._layout import (
    SPACED,
    WIDTH,
    axis,
    empty,
    layout,
    packed_matrix,
    plain,
    shortened,
    source_label,
    text_width,
)
from dashboard.figures._sheet import left_out, shown_sources
from dashboard.numbers import number
from dashboard.palette import Theme
from pipeline.snapshot import Snapshot

CHART = Chart(
    name="matrix",
    title="Every item, every outlet",
    needs=(),
    about="The items of one measure down, the sources across: value and n in each cell, empty where there is none.",
    options=(
        Option("measure", "the measure or quantity (the first that there is)"),
        Option("event", "one event only"),
    ),
    takes=("document", "snapshot"),
)
PREFERRED = ("naming", "credit", "voices", "portrayal", "frames", "emphasis", "microframes")
ROWS = 40
LINE = 30
LEAST_CELL = 46  # pixels below which a cell holds no text


def data(source: Source, *, measure: str | None = None, event: str | None = None) -> pd.DataFrame:
    """A row an item and source of the measure."""
    chosen = measure or _first(source)
    if isinstance(source, Snapshot):
        return snapshot_values(source, chosen, event=event)
    if any(family_of(row) == chosen and quantity_of(row) == chosen for row in source["rows"]):
        return values(source, chosen)
    rows = [{**row, "family": chosen} for row in source["rows"] if quantity_of(row) == chosen]
    return values({**source, "rows": rows}, chosen)


def _first(source: Source) -> str:
    there = (
        set(source.table("profile")["quantity"])
        if isinstance(source, Snapshot)
        else {quantity_of(row) for row in source["rows"]}
    )
    return next((name for name in PREFERRED if name in there), "naming")


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """Items with most evidence on top, the piece in the first column."""
    frame = frame[frame["n"] > 0]
    if not len(frame):
        return empty(theme, "This measure has no values here.", width)
    sources, more = shown_sources(frame)
    total = frame.groupby("item", sort=False)["n"].sum().sort_values(ascending=False, kind="stable")
    items = _in_concepts(frame, list(total.index[:ROWS]))
    labels = dict(zip(frame["item"], frame["label"], strict=True))
    left = min(max(text_width(str(labels[item])) for item in items) + 18, 0.36 * (width or WIDTH))
    top = min(max(text_width(source_label(s), 11) for s in sources) * 0.72 + 22, 150)
    remarks = [left_out(more)] if more else []
    if len(total) > ROWS:
        remarks.append(f"{len(total) - ROWS} more items, with less evidence, are in the data and not drawn.")
    cell = ((width or WIDTH) - left - 70) / len(sources)
    bottom = 16 + 18 * len(remarks)
    return {
        "data": [_heat(frame, items, sources, labels, theme, texts=cell >= LEAST_CELL)],
        "layout": layout(
            theme, width=width, height=top + LINE * len(items) + bottom, margin=(left, 70, top, bottom),
            xaxis=axis(theme, range=[-0.5, len(sources) - 0.5], side="top", showgrid=False, tickangle=-45,
                       tickvals=list(range(len(sources))),
                       ticktext=[_column(s) for s in sources], tickfont={"color": theme.ink, "size": 11}),
            yaxis=axis(theme, range=[len(items) - 0.5, -0.5], showgrid=False, tickvals=list(range(len(items))),
                       ticktext=[shortened(labels[item], left - 16) for item in items],
                       tickfont={"color": theme.ink, "size": 12}, **SPACED),
            annotations=[_remark(text, i, theme) for i, text in enumerate(remarks)],
        ),
    }  # fmt: skip


def _remark(text: str, i: int, theme: Theme) -> dict[str, Any]:
    return {
        "text": plain(text), "x": 0, "y": 0, "xref": "paper", "yref": "paper", "yshift": -12 - 18 * i,
        "xanchor": "left", "yanchor": "top", "showarrow": False, "font": {"size": 11, "color": theme.muted},
    }  # fmt: skip


def _column(source: str) -> str:
    name = shortened(source_label(source), 150, 11)
    return f"<b>{name}</b>" if source == PIECE else name


def _in_concepts(frame: pd.DataFrame, items: list[str]) -> list[str]:
    """Items of one concept together, otherwise in the order given."""
    concept = dict(zip(frame["item"], frame["concept"], strict=True))
    first: dict[Any, int] = {}
    for i, item in enumerate(items):
        first.setdefault(concept[item], i)
    return sorted(items, key=lambda item: (first[concept[item]], items.index(item)))


def _heat(
    frame: pd.DataFrame, items: list[str], sources: list[str], labels: dict[str, str], theme: Theme, *, texts: bool
) -> dict[str, Any]:
    def pivot(column: str) -> pd.DataFrame:
        return frame.pivot_table(column, "item", "source", dropna=False).reindex(index=items, columns=sources)

    value, n, low, high = (pivot(name) for name in ("value", "n", "low", "high"))
    bounds = (float(frame["low_bound"].iloc[0]), float(frame["high_bound"].iloc[0]))
    least, most, signed = _scale(value.to_numpy(float), bounds)
    shown = [
        [f"{number(v, bounds)}<br>n {int(k):,}" if np.isfinite(v) else "" for v, k in zip(vs, ks, strict=True)]
        for vs, ks in zip(value.to_numpy(float), n.fillna(0).to_numpy(float), strict=True)
    ]
    hover = _hover(value, low, high, n, labels, bounds)
    colours = theme.diverging if signed else theme.sequential
    quantity = str(frame["quantity"].iloc[0])
    trace = {
        "type": "heatmap", "z": packed_matrix(value.to_numpy(float)), "zmin": least, "zmax": most, "xgap": 1,
        "ygap": 1, "colorscale": scale(colours), "hovertext": hover, "hoverinfo": "text", "hoverongaps": False,
        "customdata": [[[s, quantity, item] for s in sources] for item in items],
        "colorbar": {"thickness": 10, "len": 90, "lenmode": "pixels", "y": 1, "yanchor": "top",
                     "outlinewidth": 0, "x": 1.02, "tickfont": {"size": 10},
                     "tickvals": [least, most], "ticktext": [number(least, bounds), number(most, bounds)]},
    }  # fmt: skip
    return trace | ({"text": shown, "texttemplate": "%{text}", "textfont": {"size": 10}} if texts else {})


def _hover(
    value: pd.DataFrame,
    low: pd.DataFrame,
    high: pd.DataFrame,
    n: pd.DataFrame,
    labels: dict[str, str],
    bounds: tuple[float, float],
) -> list[list[str]]:
    cells = [part.to_numpy(float) for part in (value, low, high, n.fillna(0))]
    return [
        [
            f"<b>{plain(source_label(source))}</b><br>{plain(labels[item])}<br>{number(v[i, j], bounds)} "
            f"({number(lo[i, j], bounds)} – {number(hi[i, j], bounds)}), n {int(k[i, j]):,}"
            for j, source in enumerate(value.columns)
        ]
        for v, lo, hi, k in [cells]
        for i, item in enumerate(value.index)
    ]


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
