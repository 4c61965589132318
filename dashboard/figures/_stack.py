"""Stacked bars: the shares of a whole, a bar a source, in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures._frame import records, valued
from dashboard.figures._layout import empty, packed, plain, source_label
from dashboard.figures._sheet import Sheet, left_out, shown_sources
from dashboard.numbers import number
from dashboard.palette import Theme, part_colours

MOST_PARTS = 9  # colours that can be told apart, less one for the others
MOST_BLOCKS = 6  # of one picture
OTHERS = "others"
UNNAMED = "named"  # heads what belongs to no block
UNRESOLVED = "unresolved"  # what a measure could not put under any part: grey, and last
SHARE = (0.0, 1.0)
SHOWN = ("quantity", "item", "label", "source", "kind", "value", "low", "high", "n")
Row = dict[str, Any]  # a row of the chart's data


def stacked_bars(
    frame: pd.DataFrame, *, block: str | None, theme: Theme, width: int | None, x_title: str, why_empty: str
) -> dict[str, Any]:
    """Bars of the parts' shares. block: the column whose values head the blocks, that with most evidence first;
    null for one block."""
    rows = valued(records(frame, (*SHOWN, block) if block else SHOWN))
    if not rows:
        return empty(theme, why_empty, width)
    sources, more = shown_sources(rows)
    blocks: dict[str, list[Row]] = {}
    for row in rows:
        name = row[block] if block else ""
        blocks.setdefault(name if isinstance(name, str) else UNNAMED, []).append(row)
    lines = len(sources) * min(len(blocks), MOST_BLOCKS)
    sheet = Sheet(theme, width, 0.0, 1.0, [source_label(s) for s in sources], lines)
    for name in sorted(blocks, key=lambda name: (-sum(row["n"] for row in blocks[name]), name))[:MOST_BLOCKS]:
        if block:
            sheet.heading(name)
        _block(sheet, blocks[name], sources)
    if more:
        sheet.remark(left_out(more))
    if len(blocks) > MOST_BLOCKS:
        sheet.remark(f"{len(blocks) - MOST_BLOCKS} more, with less evidence, are in the data and not drawn.")
    ticks = [0, 0.25, 0.5, 0.75, 1]
    figure = sheet.figure(x_title=x_title, tickvals=ticks, ticktext=[number(t, SHARE) for t in ticks], bargap=0.3)
    figure["layout"]["barmode"] = "stack"
    return figure


def _block(sheet: Sheet, rows: list[Row], sources: list[str]) -> None:
    parts = _parts(rows)
    colours = part_colours(parts, sheet.theme)
    if len(parts) > MOST_PARTS:
        parts = parts[:MOST_PARTS]
        colours = {part: colours[part] for part in parts} | {OTHERS: sheet.theme.muted}
    if UNRESOLVED in colours:
        colours = {part: c for part, c in colours.items() if part != UNRESOLVED} | {UNRESOLVED: sheet.theme.line}
    sheet.key(colours)
    n: dict[str, int] = {}
    for row in rows:
        n[row["source"]] = max(n.get(row["source"], 0), row["n"])
    ys = {source: sheet.line(source) for source in sources if source in n}
    cells: dict[str, dict[str, list[Row]]] = {part: {} for part in colours}
    for row in rows:
        part = row["label"] if row["label"] in colours else OTHERS
        if row["source"] in ys and part in cells:
            cells[part].setdefault(row["source"], []).append(row)
    for part, colour in colours.items():
        mine = cells[part]
        sheet.traces.append(
            {
                "type": "bar", "orientation": "h", "name": plain(part), "showlegend": False, "width": 0.74,
                "x": packed(sum(row["value"] for row in some) for some in mine.values()),
                "y": packed(ys[s] for s in mine),
                "marker": {"color": colour, "line": {"color": sheet.theme.paper, "width": 1}},
                "text": [_hover(some, part) for some in mine.values()], "textposition": "none",
                "customdata": [[s, some[0]["quantity"], some[0]["item"] if len(some) == 1 else ""]
                               for s, some in mine.items()],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    sheet.n(list(ys.values()), [n[source] for source in ys])


def _parts(rows: list[Row]) -> list[str]:
    """The parts, the largest over all sources first."""
    size: dict[str, float] = {}
    for row in rows:
        size[row["label"]] = size.get(row["label"], 0.0) + row["value"]
    return sorted((part for part in sorted(size) if size[part] > 0), key=lambda part: -size[part])


def _hover(rows: list[Row], part: str) -> str:
    first, total = rows[0], sum(row["value"] for row in rows)
    value = f"{plain(source_label(first['source']))}<br>{plain(part)}: {number(total, SHARE)}"
    if len(rows) > 1 or not np.isfinite(first["low"]):
        return f"{value}, n {max(row['n'] for row in rows)}"
    return f"{value} ({number(first['low'], SHARE)} – {number(first['high'], SHARE)}), n {first['n']}"
