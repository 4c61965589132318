"""Which claims are credited and which disputed: a dot with its interval a source, a block a claim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import PIECE, records, valued, values
from dashboard.figures._layout import PIECE_LABEL, empty, packed, plain, source_label, styles_of, with_legend
from dashboard.figures._sheet import Sheet, left_out, shown_sources
from dashboard.numbers import number
from dashboard.palette import Style, Theme
from pipeline.errors import InputError

CHART = Chart(
    name="credit",
    title="What is taken as read",
    needs=(),
    about="For each claim and source: (credits − disputes) ÷ (credits + reports + disputes), with its interval.",
    options=(Option("proposition", "one claim only, by its id"), Option("event", "one event only")),
    takes=("document", "snapshot"),
)
BOUNDS = (-1.0, 1.0)
CLAIMS = 8  # of one picture, those most written about


def data(source: Source, *, proposition: str | None = None, event: str | None = None) -> pd.DataFrame:
    """A row a proposition and source with sentences on it, the propositions most written about first."""
    frame = values(source, "credit", event=event)
    frame = frame[frame["n"] > 0]
    if proposition is not None:
        if proposition not in set(frame["item"]):
            known = ", ".join(sorted(frame["item"].unique())) or "none"
            raise InputError(f'no sentences on "{proposition}"', remedy=f"give one of: {known}")
        frame = frame[frame["item"] == proposition]
    total: dict[str, int] = {}
    for item, n in zip(frame["item"], frame["n"], strict=True):
        total[item] = total.get(item, 0) + n
    rank = {item: i for i, item in enumerate(sorted(total, key=lambda item: (-total[item], item)))}
    order = np.argsort([rank[item] for item in frame["item"]], kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A block a claim, a line a source, the piece first."""
    claims: dict[str, list[dict[str, Any]]] = {}
    for row in valued(records(frame)):
        claims.setdefault(row["item"], []).append(row)
    if not claims:
        return empty(theme, "None of the codebook's claims is credited, reported or disputed here.", width)
    drawn = list(claims.values())[:CLAIMS]
    every = [row for rows in drawn for row in rows]
    sources, more = shown_sources(every)
    expected = sum(row["source"] in sources for row in every)
    sheet = Sheet(theme, width, -1.06, 1.06, [source_label(s) for s in sources], expected)
    points: list[dict[str, Any]] = []
    for rows in drawn:
        sheet.heading(f"“{rows[0]['label']}”")
        points += _block(sheet, rows, sources)
    sheet.traces += _traces(points, every, theme)
    if more:
        sheet.remark(left_out(more))
    if len(claims) > CLAIMS:
        sheet.remark(f"{len(claims) - CLAIMS} more claims, with fewer sentences, are in the data and not drawn.")
    figure = sheet.figure(
        x_title="disputes  ←  credit  →  credits", tickvals=[-1, -0.5, 0, 0.5, 1],
        ticktext=[number(t, BOUNDS) for t in (-1, -0.5, 0, 0.5, 1)],
    )  # fmt: skip
    return with_legend(figure, width)


def _block(sheet: Sheet, rows: list[dict[str, Any]], sources: list[str]) -> list[dict[str, Any]]:
    """The block's values with their place; writes the lines' labels and n."""
    by_source = {row["source"]: row for row in rows}
    points = [{**by_source[s], "y": sheet.line(s)} for s in sources if s in by_source]
    sheet.n([point["y"] for point in points], [point["n"] for point in points])
    return points


def _traces(points: list[dict[str, Any]], rows: list[dict[str, Any]], theme: Theme) -> list[dict[str, Any]]:
    """Whiskers and marks, one trace of each for the piece and for every kind of outlet."""
    styles, kind_of = styles_of(rows, theme)
    groups = {PIECE: Style(theme.piece, "diamond"), **styles}
    out = []
    for group, style in groups.items():
        mine = [p for p in points if (PIECE if p["source"] == PIECE else kind_of[p["source"]]) == group]
        if not mine:
            continue
        ends = [v for p in mine for v in (p["low"], p["high"], np.nan)]
        levels = [v for p in mine for v in (p["y"], p["y"], np.nan)]
        out += [
            {
                "type": "scatter", "mode": "lines", "x": packed(ends), "y": packed(levels), "hoverinfo": "skip",
                "line": {"color": style.colour, "width": 2 if group == PIECE else 1.4}, "showlegend": False,
            },
            {
                "type": "scatter", "mode": "markers", "name": plain(PIECE_LABEL if group == PIECE else group),
                "showlegend": True, "cliponaxis": False,
                "x": packed(p["value"] for p in mine), "y": packed(p["y"] for p in mine),
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 12 if group == PIECE else 8,
                           "line": {"color": style.colour, "width": 1}},
                "text": [_hover(p) for p in mine], "hovertemplate": "%{text}<extra></extra>",
                "customdata": [[p["source"], p["quantity"], p["item"]] for p in mine],
            },
        ]  # fmt: skip
    return out


def _hover(point: dict[str, Any]) -> str:
    span = f"{number(point['low'], BOUNDS)} – {number(point['high'], BOUNDS)}"
    name = plain(source_label(point["source"]))
    return f"<b>{name}</b><br>{number(point['value'], BOUNDS)} ({span}), n {point['n']}"
