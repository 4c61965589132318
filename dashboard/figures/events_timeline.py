"""What was reported when: the events of a corpus, or the articles on one of them, day by day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import frame_of, kinds_of
from dashboard.figures._layout import (
    SPACED,
    WIDTH,
    axis,
    empty,
    layout,
    packed,
    plain,
    shortened,
    text_width,
    title,
)
from dashboard.figures._ticks import day_ticks
from dashboard.palette import Theme
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

CHART = Chart(
    name="events-timeline",
    title="When it was reported",
    needs=(),
    about="Articles a day: the largest events of the corpus, or, of one event, its outlets.",
    options=(Option("event", "the outlets that reported one event"), Option("rows", "how many events (25)")),
    takes=("document", "snapshot"),
)
ROWS = 25
LINE = 26


def data(source: Source, *, event: str | None = None, rows: str | int = ROWS) -> pd.DataFrame:
    """A row an event (or an outlet of the event) and day: value = articles; `day` is the date.

    The answer to a comparison says only when its event began and ended, and how many articles it has.
    """
    if not isinstance(source, Snapshot):
        return _of_document(source["event"])
    articles = source.heads
    articles = articles[articles["event"].notna()]
    titles = source.table("events").set_index("event")["title"]
    if event is not None:
        if event not in titles.index:
            raise InputError(f'no event "{event}" in snapshot {source.id}', remedy="`parallax events` lists them")
        by, articles = "outlet", articles[articles["event"] == event]
    else:
        largest = articles["event"].value_counts(sort=True).head(int(rows)).index
        by, articles = "event", articles[articles["event"].isin(largest)]
    counts = articles.groupby([by, "date"]).size().reset_index(name="value")
    counts = counts.sort_values(["date", by], kind="stable")
    kinds = kinds_of(source)
    out = [
        {
            "quantity": "articles", "item": event or name, "label": titles[event or name],
            "source": name if event else "corpus", "kind": kinds.get(name) if event else None, "value": n,
            "low": None, "high": None, "n": n, "unit": "articles", "day": day.date().isoformat(),
        }
        for name, day, n in counts.itertuples(index=False)
    ]  # fmt: skip
    return frame_of(out, ("day",))


def _of_document(event: dict[str, Any] | None) -> pd.DataFrame:
    if event is None:
        return frame_of([], ("day",))
    shared = {"quantity": "articles", "item": event["id"], "label": event["title"], "source": "corpus",
              "value": event["articles"], "n": event["articles"], "unit": "articles"}  # fmt: skip
    return frame_of([{**shared, "day": event[end]} for end in ("start", "end")], ("day",))


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A line an event (or outlet), a disc a day by the number of articles, the earliest on top."""
    if not len(frame):
        return empty(theme, "No event was found here.", width)
    by = "source" if frame["source"].nunique() > 1 or (frame["source"] != "corpus").all() else "item"
    names = {key: str(rows["label" if by == "item" else "source"].iloc[0]) for key, rows in frame.groupby(by)}
    order = list(frame.groupby(by)["day"].min().sort_values(kind="stable").index)
    at = {key: i + 0.5 for i, key in enumerate(order)}
    left = min(max(text_width(name) for name in names.values()) + 18, 0.42 * (width or WIDTH))
    ys = [at[key] for key in frame[by]]
    spans = frame.groupby(by)["day"].agg(["min", "max"]).loc[order]
    xs = [day for pair in spans.itertuples(index=False) for day in (*pair, None)]
    lines = {
        "type": "scatter", "mode": "lines", "x": xs, "y": packed(v for k in order for v in (at[k], at[k], np.nan)),
        "line": {"color": theme.line, "width": 3}, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
    most = float(frame["value"].max())
    discs = {
        "type": "scatter", "mode": "markers", "x": list(frame["day"]), "y": packed(ys), "showlegend": False,
        "marker": {"color": theme.kinds[0], "symbol": "circle", "opacity": 1,
                   "size": [round(5 + 15 * float(np.sqrt(v / most)), 1) for v in frame["value"]],
                   "line": {"color": theme.paper, "width": 1}},
        "text": [f"{plain(names[k])}<br>{d}: {int(v)} articles"
                 for k, d, v in frame[[by, "day", "value"]].itertuples(index=False)],
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": frame[["source", "quantity", "item"]].to_numpy().tolist(),
    }  # fmt: skip
    days = pd.to_datetime(frame["day"])
    pad = max((days.max() - days.min()) * 0.04, pd.Timedelta(hours=18))
    span = [(days.min() - pad).isoformat(), (days.max() + pad).isoformat()]
    return {
        "data": [lines, discs],
        "layout": layout(
            theme, width=width, height=len(order) * LINE + 74, margin=(left, 30, 14, 56),
            xaxis=axis(theme, type="date", range=span, **day_ticks(*span, most=8),
                       title=title("larger disc: more articles", theme)),
            yaxis=axis(theme, range=[len(order), 0], tickvals=list(at.values()), showgrid=False,
                       ticktext=[shortened(names[key], left - 16) for key in order],
                       tickfont={"color": theme.ink, "size": 12}, **SPACED),
        ),
    }  # fmt: skip
