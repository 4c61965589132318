"""What sets the piece apart: a strip a row, the piece among the outlets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option
from dashboard.figures._frame import PIECE, document_values, family_of, piece_labels, quantity_of, records
from dashboard.figures._layout import (
    PIECE_LABEL,
    WIDTH,
    empty,
    hidden_axis,
    layout,
    legend_rows,
    packed,
    plain,
    shortened,
    styles_of,
    text_width,
)  # fmt: skip
from dashboard.numbers import number
from dashboard.palette import Style, Theme
from dashboard.wording import said

CHART = Chart(
    name="strips",
    title="What sets this piece apart",
    needs=("piece",),
    about="A strip a row: the piece as a diamond with its 95 % interval, the outlets as dots by kind, their "
    "median as a line, and the noise floor (how far one outlet is from itself) as a band around it.",
    options=(
        Option("measure", "all rows of one measure instead of those that stand out most"),
        Option("rows", "how many rows, the most telling first (12)"),
    ),
)
ROWS = 12
STRIP = 58  # pixels a strip takes, with its line of text
ENDS = 46  # pixels at either end for where the strip begins and ends
GAP = 20  # pixels between a headline and its figures
BIN = 90  # dots nearer than a ninetieth of the strip lie above one another


def data(document: Mapping[str, Any], *, measure: str | None = None, rows: str | int = ROWS) -> pd.DataFrame:
    """A row a quantity, item and source; `standout` is the piece's difference from the outlets' median in
    units of their spread, `headline` says it in words, `row` is the strip from 0, the most telling first."""
    wanted = [
        row
        for row in document["rows"]
        if (row["standout"] is not None if measure is None else family_of(row) == measure)
        and (measure is None or quantity_of(row) == measure)
        and row["bounds"] is not None
    ]
    wanted = wanted[: int(rows)]
    frame = document_values({**document, "rows": wanted})
    place = [i for i, row in enumerate(wanted) for _ in range(1 + len(row["outlets"]))]
    words = [_headline(document, row) for row in wanted]
    return frame.assign(
        row=np.array(place, dtype="int64"), headline=pd.Series([words[i] for i in place], dtype="str")
    )


def _headline(document: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """What the piece does; only what the strip is of, where the piece has no value or lies at the median."""
    if not row["difference"]:
        return f"{row.get('title') or row['measure']}: {row.get('label') or row['item']}"
    return said(dict(row), piece_labels(document, row), row.get("ends")).finding


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """Strips from the top, the most telling first."""
    if not len(frame):
        return empty(theme, "Nothing in this piece stands apart from the outlets that it is compared with.", width)
    strips = [_Strip(rows.reset_index(drop=True)) for _, rows in frame.groupby("row", sort=True)]
    total = width or WIDTH
    styles, kind_of = styles_of(records(frame), theme)
    traces = [_bands(strips, theme), _medians(strips, theme), _lines(strips, theme)]
    traces += _dots(strips, styles, kind_of)
    traces += [*_piece(strips, theme), *_texts(strips, theme, total)]
    labels = [PIECE_LABEL, *styles, "noise floor", "median outlet"]
    inner = total - 16 - 2 * ENDS
    top = 14 + 20 * legend_rows(labels, total - 60)
    return {
        "data": traces,
        "layout": layout(
            theme, width=width, height=top + len(strips) * STRIP + 16, margin=(8, 8, top, 16), showlegend=True,
            xaxis=hidden_axis(range=[-ENDS / inner, 1 + ENDS / inner]),
            yaxis=hidden_axis(range=[len(strips) - 0.02, -0.02]),
        ),
    }  # fmt: skip


class _Strip:
    """One row's values, placed on a strip from 0 to 1."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows, self.first = rows, rows.iloc[0]
        self.piece = rows[rows["source"] == PIECE].iloc[0]
        self.outlets = rows[(rows["source"] != PIECE) & rows["value"].notna()]
        self.y = float(self.first["row"]) + 0.68
        self.low, self.high = self._range()

    def _range(self) -> tuple[float, float]:
        low, high = self.first["low_bound"], self.first["high_bound"]
        if np.isfinite(low) and np.isfinite(high) and not self._narrow(low, high):
            return float(low), float(high)
        shown = self.rows[["value", "low", "high"]].to_numpy(float)
        shown = shown[np.isfinite(shown)]
        least, most = (float(shown.min()), float(shown.max())) if len(shown) else (0.0, 1.0)
        pad = 0.06 * (most - least) or 0.5
        least = 0.0 if low == 0 else max(least - pad, low) if np.isfinite(low) else least - pad
        return _round(least, up=False), _round(most + pad, up=True)

    def _narrow(self, low: float, high: float) -> bool:
        """Whether the values take less than an eighth of what is possible: then the strip is cut to them."""
        shown = self.rows[["value", "low", "high"]].to_numpy(float)
        shown = shown[np.isfinite(shown)]
        return bool(len(shown)) and float(shown.max() - min(shown.min(), 0)) < (high - low) / 8

    def at(self, value: float) -> float:
        return (float(value) - self.low) / (self.high - self.low)

    @property
    def bounds(self) -> tuple[float, float]:
        return self.first["low_bound"], self.first["high_bound"]

    def heights(self) -> np.ndarray:
        """Where the dots lie, so that those of one value stand in a pile, not on one another."""
        places = np.rint(self.outlets["value"].map(self.at).to_numpy(float) * BIN).astype(int)
        order = pd.Series(places).groupby(places).cumcount().to_numpy(float)
        most = max(float(order.max(initial=0)), 1.0)
        step = min(0.105, 0.26 / most)  # a pile never reaches the text above it
        heights: np.ndarray = self.y - order * step
        return heights


def _round(value: float, *, up: bool) -> float:
    size = 10.0 ** (np.floor(np.log10(abs(value))) - 1) if value else 1.0
    return float((np.ceil if up else np.floor)(value / size) * size)


def _segments(points: Iterator[tuple[float, float, float, float]]) -> tuple[list[float], list[float]]:
    """Lines from point to point, with gaps between them."""
    xs: list[float] = []
    ys: list[float] = []
    for x0, y0, x1, y1 in points:
        xs += [x0, x1, np.nan]
        ys += [y0, y1, np.nan]
    return xs, ys


def _line_trace(points: Iterator[tuple[float, float, float, float]], **more: Any) -> dict[str, Any]:
    xs, ys = _segments(points)
    return {"type": "scatter", "mode": "lines", "x": packed(xs), "y": packed(ys), "hoverinfo": "skip", **more}


def _bands(strips: list[_Strip], theme: Theme) -> dict[str, Any]:
    def ends() -> Iterator[tuple[float, float, float, float]]:
        for s in strips:
            if np.isfinite(s.first["noise"]) and np.isfinite(s.first["median"]):
                left, right = (s.at(s.first["median"] + sign * s.first["noise"]) for sign in (-1, 1))
                yield max(left, 0), s.y, min(right, 1), s.y

    return _line_trace(
        ends(), line={"color": theme.band, "width": 22}, name="noise floor", showlegend=True, legendrank=3
    )


def _lines(strips: list[_Strip], theme: Theme) -> dict[str, Any]:
    return _line_trace(
        ((0.0, s.y, 1.0, s.y) for s in strips), line={"color": theme.line, "width": 1.2}, showlegend=False
    )


def _medians(strips: list[_Strip], theme: Theme) -> dict[str, Any]:
    def ends() -> Iterator[tuple[float, float, float, float]]:
        for s in strips:
            if np.isfinite(s.first["median"]):
                x = s.at(s.first["median"])
                yield x, s.y - 0.17, x, s.y + 0.17

    return _line_trace(
        ends(), line={"color": theme.muted, "width": 1.6}, name="median outlet", showlegend=True, legendrank=4
    )


def _dots(strips: list[_Strip], styles: dict[str, Style], kind_of: dict[str, str]) -> list[dict[str, Any]]:
    parts = [s.outlets.assign(x=s.outlets["value"].map(s.at), y=s.heights()) for s in strips]
    every = pd.concat(parts, ignore_index=True)
    every["shown"] = every["source"].map(kind_of)
    traces = []
    for kind, style in styles.items():
        mine = every[every["shown"] == kind]
        if len(mine):
            traces.append(
                {
                    "type": "scatter", "mode": "markers", "name": plain(kind), "showlegend": True, "legendrank": 2,
                    "x": packed(mine["x"]), "y": packed(mine["y"]), "text": _hover(mine),
                    "customdata": mine[["source", "quantity", "item"]].values.tolist(),
                    "hovertemplate": "%{text}<extra></extra>",
                    "marker": {"color": style.colour, "symbol": style.symbol, "size": 9, "opacity": 0.9,
                               "line": {"width": 1, "color": style.colour}},
                }
            )  # fmt: skip
    return traces


def _hover(rows: pd.DataFrame) -> list[str]:
    out = []
    for row in records(rows):
        bounds = (row["low_bound"], row["high_bound"])
        span = f"{number(row['low'], bounds)} – {number(row['high'], bounds)}"
        name = PIECE_LABEL if row["source"] == PIECE else row["source"]
        out.append(f"<b>{plain(name)}</b><br>{number(row['value'], bounds)} ({span}), n {row['n']}")
    return out


def _piece(strips: list[_Strip], theme: Theme) -> list[dict[str, Any]]:
    some = [s for s in strips if np.isfinite(s.piece["value"])]
    whisker = _line_trace(
        (
            (s.at(s.piece["low"]), s.y, s.at(s.piece["high"]), s.y)
            for s in some
            if np.isfinite(s.piece["low"]) and np.isfinite(s.piece["high"])
        ),
        line={"color": theme.piece, "width": 2}, showlegend=False,
    )  # fmt: skip
    frame = pd.DataFrame([s.piece for s in some]) if some else pd.DataFrame(columns=["source"])
    diamond = {
        "type": "scatter", "mode": "markers", "name": PIECE_LABEL, "showlegend": True, "legendrank": 1,
        "x": packed(s.at(s.piece["value"]) for s in some), "y": packed(s.y for s in some),
        "text": _hover(frame), "hovertemplate": "%{text}<extra></extra>",
        "customdata": [[PIECE, s.piece["quantity"], s.piece["item"]] for s in some],
        "marker": {"color": theme.piece, "symbol": "diamond", "size": 13,
                   "line": {"width": 1.2, "color": theme.paper}},
    }  # fmt: skip
    return [whisker, diamond]


def _texts(strips: list[_Strip], theme: Theme, width: float) -> list[dict[str, Any]]:
    """Over each strip what the piece does, and its figures; at either end where the strip begins and ends."""
    inner = width - 16 - 2 * ENDS
    right = [_beside(s, inner) for s in strips]
    left = [
        shortened(s.first["headline"], inner - text_width(r, 11) - GAP, 13)
        for s, r in zip(strips, right, strict=True)
    ]
    y = packed(s.y - 0.47 for s in strips)
    ends = packed(s.y for s in strips)

    def words(text: list[str], x: float, y: dict[str, str], side: str, **font: Any) -> dict[str, Any]:
        return {
            "type": "scatter", "mode": "text", "x": packed([x] * len(text)), "y": y, "text": text,
            "textposition": f"middle {side}", "textfont": font, "hoverinfo": "skip", "showlegend": False,
            "cliponaxis": False,
        }  # fmt: skip

    return [
        words(left, 0, y, "right", color=theme.ink, size=13),
        words(right, 1, y, "left", color=theme.muted, size=11),
        words([_end(s, s.low) for s in strips], -0.012, ends, "left", color=theme.muted, size=10),
        words([_end(s, s.high) for s in strips], 1.012, ends, "right", color=theme.muted, size=10),
    ]


def _end(strip: _Strip, value: float) -> str:
    return number(value, strip.bounds) if value else "0"


def _beside(strip: _Strip, inner: float) -> str:
    """The figures beside a headline: without the median, which is drawn, where the headline leaves no room."""
    whole = _figures(strip)
    fits = text_width(strip.first["headline"], 13) + text_width(whole, 11) + GAP <= inner
    return whole if fits else whole.partition(" · ")[0]


def _figures(strip: _Strip) -> str:
    p, bounds = strip.piece, strip.bounds
    value = f"{number(p['value'], bounds)}, n {p['n']}" if np.isfinite(p["value"]) else "no value, n 0"
    return f"piece {value} · median {number(strip.first['median'], bounds)}"
