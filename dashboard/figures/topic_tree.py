"""Which topics belong together: their tree, from the likeness of what they speak of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Source
from dashboard.figures._frame import frame_of, records
from dashboard.figures._layout import (
    SPACED,
    WIDTH,
    axis,
    empty,
    layout,
    packed,
    shortened,
    text_width,
    title,
    wrapped,
)
from dashboard.figures._ticks import ticks
from dashboard.palette import Theme
from dashboard.themes import tree_of
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

CHART = Chart(
    name="topic-tree",
    title="Which topics belong together",
    needs=(),
    about="The topics as a tree, by Ward's linkage of their centroids (of length 1): the further right two branches "
    "meet, the less alike they are.",
    takes=("snapshot",),
)
EXTRA = ("title", "left", "right")
LINE = 21.0  # pixels a topic takes
RIGHT = 20  # pixels
CAPTION = "Ward distance at which branches meet; larger dot: more passages"


def data(source: Source) -> pd.DataFrame:
    """A row a node: first the topics from top to bottom (value 0), then the merges (value: the distance at
    which `left` and `right`, items of other rows, meet). n: passages below it.
    """
    if not isinstance(source, Snapshot):
        raise InputError("chart topic-tree needs a corpus", remedy="leave the piece out")
    tree, table = tree_of(source), source.table("topics")
    if tree is None:
        return frame_of([], EXTRA)
    names, size = [str(t) for t in tree.topics], [int(n) for n in table["passages"]]
    shared = {"quantity": "topic-tree", "source": "corpus", "unit": "Ward distance", "title": CHART.title,
              "left": "", "right": ""}  # fmt: skip
    rows = [
        {**shared, "item": names[i], "label": table["label"].iloc[i], "value": 0.0, "n": size[i]} for i in tree.leaves
    ]
    for a, b, height, _ in tree.merges:
        left, right = names[int(a)], names[int(b)]
        names.append(f"{left}+{right}" if len(left) + len(right) < 40 else f"node {len(names)}")
        size.append(size[int(a)] + size[int(b)])
        rows.append({**shared, "item": names[-1], "label": names[-1], "value": float(height), "n": size[-1],
                     "left": left, "right": right})  # fmt: skip
    return frame_of(rows, EXTRA)


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A line a topic; branches are brackets that meet to the right."""
    leaves, merges = frame[frame["left"] == ""], frame[frame["left"] != ""]
    if len(leaves) < 2:
        return empty(theme, "There are too few topics for a tree.", width)
    left = min(max(text_width(label) for label in leaves["label"]) + 18, 0.45 * (width or WIDTH))
    room = (width or WIDTH) - left - RIGHT
    at = {item: (0.0, i + 0.5) for i, item in enumerate(leaves["item"])}
    xs: list[float] = []
    ys: list[float] = []
    for row in records(merges):
        (x1, y1), (x2, y2) = at[row["left"]], at[row["right"]]
        xs += [x1, row["value"], row["value"], x2, np.nan]
        ys += [y1, y1, y2, y2, np.nan]
        at[row["item"]] = (row["value"], (y1 + y2) / 2)
    most = float(merges["value"].max()) or 1.0
    lines = {"type": "scatter", "mode": "lines", "x": packed(xs), "y": packed(ys), "hoverinfo": "skip",
             "showlegend": False, "line": {"color": theme.kinds[0], "width": 1.6}}  # fmt: skip
    sizes = {"type": "scatter", "mode": "markers", "x": packed([0.0] * len(leaves)), "showlegend": False,
             "y": packed(i + 0.5 for i in range(len(leaves))), "cliponaxis": False,
             "marker": {"color": theme.kinds[0], "symbol": "circle", "opacity": 1,
                        "size": [round(4 + 10 * float(np.sqrt(n / leaves["n"].max())), 1) for n in leaves["n"]]},
             "text": [f"{shortened(row['label'], 400)}: {row['n']:,} passages" for row in records(leaves)],
             "hovertemplate": "%{text}<extra></extra>",
             "customdata": [["", "emphasis", item] for item in leaves["item"]]}  # fmt: skip
    return {
        "data": [lines, sizes],
        "layout": layout(
            theme, width=width, height=len(leaves) * LINE + 82, margin=(left, RIGHT, 10, 72),
            xaxis=axis(theme, range=[-0.02 * most, 1.04 * most], showgrid=True, **ticks(0, 1.04 * most),
                       title=title(wrapped(CAPTION, room, lines=3), theme)),
            yaxis=axis(theme, range=[len(leaves), 0], tickvals=[i + 0.5 for i in range(len(leaves))], showgrid=False,
                       ticktext=[shortened(label, left - 16) for label in leaves["label"]],
                       tickfont={"color": theme.ink, "size": 12}, **SPACED),
        ),
    }  # fmt: skip
