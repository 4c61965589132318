"""What all charts share: layout, axes, text that fits, packed numbers, the order of sources, empty charts."""

from __future__ import annotations

import base64
import html
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from dashboard.figures._frame import PIECE
from dashboard.palette import NO_KIND, Style, Theme, kind_styles

WIDTH = 900  # pixels that a chart is laid out for where no width is given
PIECE_LABEL = "this piece"
SIZE = 12  # of text, in pixels


def packed(numbers: Iterable[float | None]) -> dict[str, str]:
    """Numbers as plotly's base64 arrays: about fifty times cheaper to send than a list. Null is NaN."""
    array = np.array([np.nan if v is None else v for v in numbers], dtype="<f8")
    return {"dtype": "f8", "bdata": base64.b64encode(array.tobytes()).decode("ascii")}


def packed_matrix(matrix: np.ndarray) -> dict[str, str]:
    """A matrix as a base64 array with its shape."""
    array = np.ascontiguousarray(matrix, dtype="<f8")
    shape = ", ".join(map(str, array.shape))
    return {"dtype": "f8", "bdata": base64.b64encode(array.tobytes()).decode("ascii"), "shape": shape}


def plain(text: object) -> str:
    """A name as it may stand in a chart: on one line, and never read as markup."""
    return html.escape(" ".join(str(text).split()), quote=False)


# Widths of letters in ems, as in faces with Helvetica's measures; the rest is a little over a half.
_NARROW = dict.fromkeys("iljtfI.,;:'’‘|!()[]{}/ \u202f", 0.29)
_BROAD = dict.fromkeys("mwMW—…%@", 0.87)
ROOM = 1.08  # for faces that are wider, as DejaVu Sans is


@lru_cache(maxsize=4096)  # pure, and asked for the same names again and again
def text_width(text: str, size: float = SIZE) -> float:
    """About how many pixels a line of text takes; East Asian wide characters count a whole em."""
    return sum(_em(c) for c in text) * size * ROOM


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return _NARROW.get(letter) or _BROAD.get(letter) or (0.69 if letter.isupper() else 0.54)


def shortened(text: object, pixels: float, size: float = SIZE) -> str:
    """A name cut to fit, with an ellipsis, ready for a chart."""
    line = " ".join(str(text).split())
    if text_width(line, size) <= pixels:
        return plain(line)
    while line and text_width(line + "…", size) > pixels:
        line = line[:-1]
    return plain(line.rstrip()) + "…"


def wrapped(text: object, pixels: float, *, lines: int = 3, size: float = SIZE) -> str:
    """A text on several lines that fit, ready for a chart."""
    chars = max(8, int(pixels / (0.54 * size)))
    parts = textwrap.wrap(" ".join(str(text).split()), chars, max_lines=lines, placeholder=" …")
    return "<br>".join(plain(part) for part in parts)


def layout(theme: Theme, *, width: int | None, height: float, margin: Sequence[float], **more: Any) -> dict[str, Any]:
    """A layout; margin is left, right, top, bottom in pixels."""
    left, right, top, bottom = (round(float(side)) for side in margin)
    out: dict[str, Any] = {
        "paper_bgcolor": theme.paper,
        "plot_bgcolor": theme.paper,
        "font": {"family": theme.font, "size": SIZE, "color": theme.ink},
        "hoverlabel": {"font": {"family": theme.font}, "align": "left"},
        # A legend does not push them: plotly makes room for its entries one below the other, however they then lie.
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0, "autoexpand": False},
        "height": round(height),
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "legend": {
            "orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom",
            "font": {"size": SIZE}, "itemsizing": "trace", "bgcolor": "rgba(0,0,0,0)",
        },
        **more,
    }  # fmt: skip
    return {**out, "width": width} if width else out


def axis(theme: Theme, **more: Any) -> dict[str, Any]:
    """An axis with the theme's lines."""
    return {
        "gridcolor": theme.line, "linecolor": theme.line, "zerolinecolor": theme.line, "zeroline": False,
        "showline": False, "ticks": "", "tickfont": {"color": theme.muted, "size": 11}, "automargin": False,
        "fixedrange": True, **more,
    }  # fmt: skip


# Labels of lines stand off what they name.
SPACED = {"ticks": "outside", "ticklen": 6, "tickcolor": "rgba(0,0,0,0)"}


def hidden_axis(**more: Any) -> dict[str, Any]:
    """An axis that only places things."""
    return {"visible": False, "fixedrange": True, **more}


def title(text: str, theme: Theme) -> dict[str, Any]:
    """The title of an axis."""
    return {"text": text, "font": {"size": 12, "color": theme.muted}, "standoff": 6}


def note(text: str, *, x: float | str, y: float, theme: Theme, **more: Any) -> dict[str, Any]:
    """A line of text without an arrow; placed by the plot's area unless told otherwise."""
    return {
        "text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "bottom", "align": "left", "font": {"size": SIZE, "color": theme.ink}, **more,
    }  # fmt: skip


def empty(theme: Theme, why: str, width: int | None) -> dict[str, Any]:
    """A picture that says there is nothing to show, and why."""
    axes = {"xaxis": hidden_axis(range=[0, 1]), "yaxis": hidden_axis(range=[0, 1])}
    words = note(
        wrapped(why, (width or WIDTH) - 80), x=0.5, y=0.5, theme=theme, xanchor="center", yanchor="middle",
        align="center", font={"size": 14, "color": theme.muted},
    )  # fmt: skip
    return {
        "data": [],
        "layout": layout(theme, width=width, height=180, margin=(40, 40, 30, 30), annotations=[words], **axes),
    }


def ordered_sources(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The piece, then the outlets by kind and name; those without a kind last."""
    kinds: dict[str, Any] = {}
    for row in rows:
        kinds.setdefault(row["source"], row["kind"])
    keys = [(source != PIECE, not isinstance(kind, str), str(kind), source) for source, kind in kinds.items()]
    return [key[-1] for key in sorted(keys)]


def source_label(source: str) -> str:
    return PIECE_LABEL if source == PIECE else source


def styles_of(rows: Iterable[Mapping[str, Any]], theme: Theme) -> tuple[dict[str, Style], dict[str, str]]:
    """The style of each kind among the rows, and the kind of each outlet."""
    kind = {
        row["source"]: row["kind"] if isinstance(row["kind"], str) else NO_KIND
        for row in rows
        if row["source"] != PIECE
    }
    return kind_styles((k for k in kind.values() if k != NO_KIND), theme), kind


def legend_rows(labels: Sequence[str], width: float) -> int:
    """How many lines a legend over the chart takes."""
    if not labels:
        return 0
    needs = [text_width(label) + 46 for label in labels]
    if sum(needs) <= width:
        return 1
    columns = max(1, int(width // max(needs)))  # on several lines plotly sets entries in columns of like width
    return -(-len(labels) // columns)


def with_legend(figure: dict[str, Any], width: int | None) -> dict[str, Any]:
    """The chart with a legend over it, of the traces that show themselves there: over the plot, or from the left edge
    where that is too narrow for one line."""
    area, whole = figure["layout"], width or WIDTH
    names = [str(trace["name"]) for trace in figure["data"] if trace.get("showlegend")]
    legend, rows = area["legend"], legend_rows(names, whole - area["margin"]["l"])
    if rows > 1:
        legend, rows = {**legend, "xref": "container", "x": 0}, legend_rows(names, whole)
    more = 12 + 20 * rows
    margin = {**area["margin"], "t": area["margin"]["t"] + more}
    layout = {**area, "showlegend": True, "legend": legend, "margin": margin, "height": area["height"] + more}
    return {**figure, "layout": layout}


def number(value: float, digits: int = 2) -> str:
    """A number for readers, with a true minus sign; a dash where there is none."""
    return "–" if not np.isfinite(value) else f"{value:.{digits}f}".replace("-", "−")


def interval(value: float, low: float, high: float, n: int) -> str:
    """A value with its interval and n, on one line."""
    if not np.isfinite(value):
        return f"no value, n {n}"
    return f"{number(value)} [{number(low)} – {number(high)}], n {n}"
