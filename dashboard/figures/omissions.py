"""What the piece leaves out: topics of the coverage that a text this long would touch by chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.figures import Chart
from dashboard.figures._frame import frame_of, records
from dashboard.figures._layout import SPACED, axis, empty, layout, packed, plain, shortened, text_width, title
from dashboard.numbers import count, number
from dashboard.palette import Theme

CHART = Chart(
    name="omissions",
    title="What it leaves out",
    needs=("piece",),
    about="Topics that the piece does not touch: the share of the other articles that do, and the chance that "
    "a text this long drawn from the coverage would miss them.",
)
SHARE = (0.0, 1.0)
ROWS = 15
LINE = 30
WORDS = 200  # pixels for the words beside a bar
LIKELY = 0.1  # adjusted p above which a gap may well be chance


def data(document: Mapping[str, Any]) -> pd.DataFrame:
    """A row a topic, the least likely omission first: value = share of articles on the ground that touch it."""
    rows = [
        {
            "quantity": "coverage", "item": o["topic"], "label": o["label"], "source": "ground", "kind": None,
            "value": o["coverage"], "low": None, "high": None, "n": o.get("articles"), "unit": "share of articles",
            "p": o["p"], "q": o.get("q"), "outlets": o.get("outlets"),
        }
        for o in document["omissions"]
    ]  # fmt: skip
    frame = frame_of(rows, ("p", "q", "outlets"))
    for name in ("p", "q", "outlets"):
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    return frame


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A bar a topic, at most fifteen."""
    if not len(frame):
        return empty(theme, "The piece touches every topic that a text this long could be expected to touch.", width)
    rows = frame.head(ROWS)
    total = width or 900
    left = min(max(text_width(label) for label in rows["label"]) + 16, total * 0.3)
    ys = [i + 0.5 for i in range(len(rows))]
    words = [_words(row) for row in records(rows)]
    ticks = [0, 0.25, 0.5, 0.75, 1]
    bars = {
        "type": "bar", "orientation": "h", "x": packed(rows["value"]), "y": packed(ys), "width": 0.5,
        "marker": {"color": theme.kinds[0]}, "showlegend": False,
        "text": [f"{plain(label)}<br>{w}" for label, w in zip(rows["label"], words, strict=True)],
        "textposition": "none", "hovertemplate": "%{text}<extra></extra>",
        "customdata": [["", "emphasis", item] for item in rows["item"]],
    }  # fmt: skip
    said = {
        "type": "scatter", "mode": "text", "x": packed(v + 0.012 for v in rows["value"]), "y": packed(ys),
        "text": words, "textposition": "middle right", "textfont": {"size": 11, "color": theme.muted},
        "hoverinfo": "skip", "showlegend": False, "cliponaxis": False,
    }  # fmt: skip
    right = 1 + WORDS / (total - left - WORDS)
    labels = [shortened(label, left - 14) for label in rows["label"]]
    return {
        "data": [bars, said],
        "layout": layout(
            theme, width=width, height=len(rows) * LINE + 70, margin=(left, 0, 12, 54),
            xaxis=axis(theme, range=[0, right], tickvals=ticks, showgrid=False,
                       ticktext=[number(t, SHARE) for t in ticks],
                       title=title("share of the other articles that touch the topic", theme)),
            yaxis=axis(theme, range=[len(rows), 0], tickvals=ys, ticktext=labels, showgrid=False,
                       tickfont={"color": theme.ink, "size": 12}, **SPACED),
        ),
    }  # fmt: skip


def _words(row: dict[str, Any]) -> str:
    said = f"{number(row['value'], SHARE)} of articles"
    if row["outlets"] == row["outlets"]:
        said += f", {count(int(row['outlets']))} outlets"
    return f"{said}, p {probability(row['p'])}"


def beyond_chance(row: Mapping[str, Any]) -> bool:
    """Whether chance would hardly explain an omission, all topics that were looked at considered."""
    adjusted = row.get("q")
    return bool((row["p"] if adjusted is None else adjusted) <= LIKELY)


def probability(p: float) -> str:
    """A probability for readers: never 0."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
