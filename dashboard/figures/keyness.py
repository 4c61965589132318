"""The words that the piece uses more, and less, than the others do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option
from dashboard.figures._frame import PIECE, document_values
from dashboard.figures._layout import SPACED, axis, empty, layout, packed, plain, shortened, text_width, title
from dashboard.figures._ticks import ticks
from dashboard.numbers import number
from dashboard.palette import Theme

CHART = Chart(
    name="keyness",
    title="Its words",
    needs=("piece",),
    about="Words and phrases by their log-odds z against the other outlets: to the right those used more.",
    options=(Option("words", "how many at either end (15)"),),
)
WORDS = 15
LINE = 19
LIKELY = 1.959964  # |z| below it is within what chance gives at 95 % for a single word


def data(document: Mapping[str, Any], *, words: str | int = WORDS) -> pd.DataFrame:
    """A row a word: value = z of the piece against the ground's other outlets, largest first."""
    frame = document_values(document, family="keyness", main=True)
    frame = frame[(frame["source"] == PIECE) & frame["value"].notna()]
    frame = frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    ends = min(int(words), (len(frame) + 1) // 2)
    over = frame[frame["value"] > 0].head(ends)
    under = frame[frame["value"] < 0].tail(ends)
    return pd.concat([over, under], ignore_index=True)


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """Lollipops, the most over-used word on top."""
    if not len(frame):
        return empty(theme, "There are too few words here to tell the piece's from the others'.", width)
    left = min(max(text_width(label) for label in frame["label"]) + 20, 260)
    ys = [i + 0.5 for i in range(len(frame))]
    most = float(np.ceil(max(frame["value"].abs().max() * 1.08, 3)))
    stems_x = [v for value in frame["value"] for v in (0.0, value, np.nan)]
    stems_y = [v for y in ys for v in (y, y, np.nan)]
    stems = {
        "type": "scatter", "mode": "lines", "x": packed(stems_x), "y": packed(stems_y), "hoverinfo": "skip",
        "line": {"color": theme.muted, "width": 1.4}, "showlegend": False,
    }  # fmt: skip
    over = frame["value"] > 0
    marks = [
        {
            "type": "scatter", "mode": "markers", "x": packed(frame.loc[side, "value"]),
            "y": packed(np.array(ys)[side.to_numpy(bool)]), "showlegend": False, "name": name,
            "marker": {"color": colour, "size": 9, "symbol": symbol},
            "text": [f"{plain(w)}: z {number(v)}, n {n:,}" for w, v, n in
                     frame.loc[side, ["label", "value", "n"]].itertuples(index=False)],
            "hovertemplate": "%{text}<extra></extra>",
            "customdata": [[PIECE, "keyness", item] for item in frame.loc[side, "item"]],
        }
        for side, name, colour, symbol in (
            (over, "used more", theme.piece, "diamond"), (~over, "used less", theme.kinds[0], "circle")
        )
    ]  # fmt: skip
    chance = {"type": "rect", "xref": "x", "yref": "paper", "x0": -LIKELY, "x1": LIKELY, "y0": 0, "y1": 1,
              "layer": "below", "line": {"width": 0}, "fillcolor": theme.band}  # fmt: skip
    return {
        "data": [stems, *marks],
        "layout": layout(
            theme, width=width, height=len(frame) * LINE + 72, margin=(left, 24, 12, 56), shapes=[chance],
            xaxis=axis(theme, range=[-most, most], **ticks(-most, most),
                       title=title("used less  ←  log-odds z (shaded: within chance)  →  used more", theme)),
            yaxis=axis(theme, range=[len(frame), 0], tickvals=ys, showgrid=False,
                       ticktext=[shortened(label, left - 16) for label in frame["label"]],
                       tickfont={"color": theme.ink, "size": 12}, **SPACED),
        ),
    }  # fmt: skip
