"""How a value moves: a small chart an outlet, with intervals."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import (
    concept_labels,
    family_named,
    frame_of,
    grouped_values,
    item_labels,
    kinds_of,
    records,
    typed,
    valued,
)
from dashboard.figures._grid import ROOM, UNDER, Grid
from dashboard.figures._layout import (
    WIDTH,
    empty,
    layout,
    note,
    packed,
    plain,
    shortened,
    text_width,
)
from dashboard.figures._sheet import left_out, shown_sources
from dashboard.figures._ticks import day_ticks
from dashboard.groups import coded, read_groups
from dashboard.lasting import lasting
from dashboard.numbers import numbers
from dashboard.palette import Theme
from pipeline.errors import InputError
from pipeline.measures import all_quantities
from pipeline.snapshot import Snapshot

CHART = Chart(
    name="trends",
    title="How it moves",
    needs=(),
    about="One item of one measure, an outlet (or group) a chart, by day, week or month, with 95 % intervals.",
    options=(
        Option("quantity", "the measure or quantity (the first that there is)"),
        Option("item", "the item (the one with most evidence)"),
        Option("step", "day, week or month (chosen by the length of the period)"),
        Option("by", "outlet, kind, country, or own (outlet)"),
        Option("groups", 'the groups of by=own: {"East": ["outlet", …], …}'),
        Option("events", "how many events are marked, those with most outlets (none)"),
    ),
    takes=("snapshot",),
)
STEPS = ("day", "week", "month")
EXTRA = ("title", "day", "low_bound", "high_bound", "events")
DRAWN = ("source", "kind", "quantity", "item", "day", "value", "low", "high", "n", "events")
SAME = ("title", "label", "unit", "low_bound", "high_bound")  # in every row
PREFERRED = ("naming", "credit", "voices", "frames", "emphasis", "microframes")
MOST = 24  # small charts on one picture
LEAST_PANEL = 232  # pixels a small chart is wide at least, so that an outlet's name and its n stand over it
_MARK = re.compile(r"(?:^|; )(\d+) (\d{4}-\d\d-\d\d) ")


def data(
    source: Source,
    *,
    quantity: str | None = None,
    item: str | None = None,
    step: str | None = None,
    by: str = "outlet",
    groups: str = "",
    events: str | int = 0,
) -> pd.DataFrame:
    """A row an outlet (or group) and step: value with interval and n; `day` is the step's first day; `events`
    names the marked events that begin in the step, each with its number and its day.
    """
    if not isinstance(source, Snapshot):
        raise InputError("chart trends needs a corpus", remedy="leave the piece out")
    name, chosen = chosen_item(source, quantity, item)
    once = source.counted_once
    if chosen is None or not once.any():
        return frame_of([], EXTRA)
    begins, steps = _stepped(source, step)
    places, names = coded(source, by, read_groups(groups), once)
    code = np.where(once, places * len(steps) + begins, -1)
    found = grouped_values(source, name, code, len(names) * len(steps), [chosen])
    kinds = kinds_of(source) if by == "outlet" else {}
    days, marked = np.datetime_as_string(steps, unit="D").tolist(), _marked(source, int(events), steps)
    columns = {
        **{column: of[:, 0] for column, of in found.items()}, "quantity": name, "item": chosen,
        **described(source, name, chosen), "source": [group for group in names for _ in days],
        "kind": [kinds.get(group) for group in names for _ in days],
        "day": days * len(names), "events": marked * len(names),
    }  # fmt: skip
    return typed(columns, EXTRA)


def chosen_item(snapshot: Snapshot, quantity: str | None, item: str | None) -> tuple[str, str | None]:
    """The quantity and item asked for, else the first quantity that there is and its item with most evidence."""
    name = quantity or next((q for q in PREFERRED if q in snapshot.quantities), None)
    if name is None or name not in snapshot.quantities:
        listed = ", ".join(snapshot.quantities) or "none"
        raise InputError(f'no quantity "{name}" in snapshot {snapshot.id}', remedy=f"give one of: {listed}")
    return name, _item(snapshot, name, item)


def described(snapshot: Snapshot, quantity: str, item: str) -> dict[str, Any]:
    """What is the same in every row: unit, labels, bounds."""
    declared, concept = all_quantities()[quantity], concept_labels(snapshot).get(item)
    return {
        "unit": declared.unit, "title": declared.title, "family": family_named(quantity),
        "label": f"{concept}: {item}" if concept else item_labels(snapshot).get(item, item),
        "low_bound": declared.bounds[0], "high_bound": declared.bounds[1],
    }  # fmt: skip


@lasting
def _stepped(snapshot: Snapshot, step: str | None) -> tuple[np.ndarray, np.ndarray]:
    """The step of each article, −1 where it does not count, as its place among the steps; and their first days."""
    dates, once = snapshot.heads["date"], snapshot.counted_once
    starts = _starts(dates.to_numpy(), _step(dates[once], step))
    steps = np.unique(starts[once])
    return np.where(once, np.searchsorted(steps, starts), -1).astype(np.int32), steps


@lasting
def leading_events(snapshot: Snapshot, most: int) -> pd.DataFrame:
    """EVENTS that most outlets cover, in the order of time, with `number` from 1."""
    order = ["outlets", "articles", "start"]
    table = snapshot.table("events").sort_values(order, ascending=[False, False, True]).head(max(most, 0))
    table = table.sort_values(["start", "event"], kind="stable")
    return table.assign(number=range(1, len(table) + 1))


def _marked(snapshot: Snapshot, most: int, steps: np.ndarray) -> list[str]:
    """For each step the marked events that begin in it: "1 2022-03-05 The bridge opens; …"."""
    out = [""] * len(steps)
    if most <= 0:
        return out
    for event in leading_events(snapshot, most).itertuples(index=False):
        i = int(np.searchsorted(steps, event.start.to_datetime64(), side="right")) - 1
        if i >= 0:
            text = f"{event.number} {event.start.date().isoformat()} {event.title}"
            out[i] = f"{out[i]}; {text}" if out[i] else text
    return out


def _item(snapshot: Snapshot, quantity: str, item: str | None) -> str | None:
    tally = snapshot.tally(quantity)
    if item is not None:
        if item not in tally.items:
            listed = ", ".join(tally.items[:12]) or "none"
            raise InputError(f'quantity {quantity} has no item "{item}"', remedy=f"give one of: {listed}")
        return item
    if not tally.items:
        return None
    totals = np.asarray(abs(tally.numerator).sum(0)).ravel()
    return str(tally.items[int(np.argmax(totals))])


def _step(dates: pd.Series, step: str | None) -> str:
    if step is not None and step not in STEPS:
        raise InputError(f'step is "{step}"', remedy=f"give one of: {', '.join(STEPS)}")
    days = (dates.max() - dates.min()).days
    return step or ("day" if days <= 21 else "week" if days <= 366 else "month")


def _starts(dates: np.ndarray, step: str) -> np.ndarray:
    """The first day of each date's day, week (Monday) or month."""
    days = dates.astype("datetime64[D]")
    if step == "month":
        return days.astype("datetime64[M]").astype("datetime64[D]")
    if step == "week":  # numpy's day 0 was a Thursday
        return days - (days.astype(np.int64) + 3) % 7
    return days


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """Small charts, all on one scale, those with most evidence where there are many."""
    every = records(frame, DRAWN)
    some = valued(every)
    if not some:
        return empty(theme, "This item has no values in any of the periods.", width)
    order, more = shown_sources(some, MOST)
    total = width or WIDTH
    columns = max(1, min(len(order), int((total - 60) // LEAST_PANEL)))
    lines = -(-len(order) // columns)
    grid = Grid(columns, lines, total)
    same = {name: frame[name].iat[0] for name in SAME}
    bounds = (same["low_bound"], same["high_bound"])
    ranges = _range(some, bounds), _days(some)
    days = day_ticks(*ranges[1], most=4)
    traces: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    notes = []
    panels: dict[str, list[dict[str, Any]]] = {}
    for row in every:
        panels.setdefault(row["source"], []).append(row)
    for i, source in enumerate(order):
        mine = sorted(panels[source], key=lambda row: str(row["day"]))
        traces += _panel(mine, i, theme, bounds)
        axes |= grid.axes(i, ranges, theme, bounds, days=days, last=i + columns >= len(order))
        n = sum(row["n"] for row in mine)
        x, y = grid.corner(i)
        words = f"<b>{shortened(source, grid.pixels - text_width(f'  n {n:,}') - 8, 12)}</b>  n {n:,}"
        notes.append(note(words, x=x, y=y, theme=theme, yshift=3))
    notes.append(_what(same, total, theme))
    shapes, marks = _markers({row["events"] for row in every}, axes, ranges[0], theme)
    notes += marks
    if more:
        notes.append(note(left_out(more), x=0, y=0, theme=theme, yanchor="top", yshift=-8))
    return {
        "data": traces,
        "layout": layout(
            theme,
            width=width,
            height=grid.height,
            margin=(grid.left, 12, grid.top, UNDER),
            annotations=notes,
            shapes=shapes,
            **axes,
        ),
    }


def _what(same: dict[str, Any], width: float, theme: Theme) -> dict[str, Any]:
    """What moves: the quantity and its item, over all the charts."""
    words = shortened(f"{same['label']} ({same['unit']})", width - text_width(str(same["title"])) * 1.1 - 90)
    text = f"<b>{plain(same['title'])}</b>  {words}"
    return note(text, x=0, y=1, theme=theme, yshift=27)


def _markers(
    texts: set[str], axes: dict[str, Any], heights: list[float], theme: Theme
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A line in every chart where a marked event begins, with its number at the top of it."""
    marked: dict[str, list[str]] = {}
    for label, day in sorted({m for text in texts for m in _MARK.findall(text)}):
        marked.setdefault(day, []).append(label)
    between = heights[0] + 0.72 * (heights[1] - heights[0])  # where values seldom lie: not at none, half or all
    shapes, notes = [], []
    for name in (name.removeprefix("xaxis") for name in axes if name.startswith("xaxis")):
        for day, labels in marked.items():
            place = {"xref": f"x{name}", "yref": f"y{name}"}
            line = {"color": theme.muted, "width": 1, "dash": "dot"}
            shapes.append({"type": "line", "layer": "below", "x0": day, "x1": day, "y0": heights[0],
                           "y1": heights[1], "line": line, **place})  # fmt: skip
            font = {"size": 9, "color": theme.muted}
            notes.append(note(", ".join(labels), x=day, y=between, theme=theme, yanchor="middle", xshift=2,
                              **{**place, "font": font}))  # fmt: skip
    return shapes, notes


def _range(rows: list[dict[str, Any]], bounds: tuple[float, float]) -> list[float]:
    shown = np.array([row[name] for row in rows for name in ("value", "low", "high")])
    shown = shown[np.isfinite(shown)]
    if bounds[0] < 0:
        far = float(np.abs(shown).max()) or 1.0
        return [-far * ROOM, far * ROOM]
    return [0.0, (float(shown.max()) or 1.0) * ROOM]


def _days(rows: list[dict[str, Any]]) -> list[str]:
    days = [row["day"] for row in rows]
    first, last = pd.Timestamp(min(days)), pd.Timestamp(max(days))
    pad = max((last - first) * 0.04, pd.Timedelta(hours=12))
    return [(first - pad).isoformat(), (last + pad).isoformat()]


def _panel(rows: list[dict[str, Any]], i: int, theme: Theme, bounds: tuple[float, float]) -> list[dict[str, Any]]:
    """Whiskers, then a line with dots; steps without evidence are gaps."""
    name = "" if i == 0 else str(i + 1)
    place = {"xaxis": f"x{name}", "yaxis": f"y{name}", "showlegend": False}
    days = [row["day"] for row in rows]
    ends = [v for row in rows for v in (row["low"], row["high"], np.nan)]
    colour = theme.kinds[0]
    said = [numbers([row[name] for row in rows], bounds) for name in ("value", "low", "high")]
    texts = [
        f"{row['day']}: {value} ({low} – {high}), n {row['n']:,}"
        for row, value, low, high in zip(rows, *said, strict=True)
    ]
    return [
        {"type": "scatter", "mode": "lines", "x": [d for day in days for d in (day, day, None)], "y": packed(ends),
         "line": {"color": colour, "width": 1.2}, "opacity": 0.7, "hoverinfo": "skip", **place},
        {"type": "scatter", "mode": "lines+markers", "x": days, "y": packed(row["value"] for row in rows),
         "text": texts, "line": {"color": colour, "width": 1.8},
         "marker": {"color": colour, "size": 5, "symbol": "circle"}, "cliponaxis": False,
         "hovertemplate": "%{text}<extra></extra>", "connectgaps": False,
         "meta": [rows[0]["source"], rows[0]["quantity"], rows[0]["item"]], **place},
    ]  # fmt: skip
