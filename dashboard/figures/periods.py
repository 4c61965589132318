"""How a value changed between two periods: a line an outlet (or group), the earlier period hollow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import FOUND, frame_of, grouped_values, kinds_of, records, typed, valued
from dashboard.figures._layout import empty, packed, plain, source_label
from dashboard.figures._sheet import Sheet, left_out, shown_sources
from dashboard.figures.trends import chosen_item, described
from dashboard.groups import coded, read_groups
from dashboard.lasting import lasting
from dashboard.numbers import days as days_in_words
from dashboard.numbers import number
from dashboard.palette import Theme
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

CHART = Chart(
    name="periods",
    title="How it changed",
    needs=(),
    about="One item of one measure in two periods, an outlet (or group) a line, with 95 % intervals of both values "
    "and of their difference.",
    options=(
        Option("quantity", "the measure or quantity (the first that there is)"),
        Option("item", "the item (the one with most evidence)"),
        Option("first", "the earlier period, YYYY-MM-DD/YYYY-MM-DD (the first half)"),
        Option("second", "the later period (the second half)"),
        Option("by", "outlet, kind, country, or own (outlet)"),
        Option("groups", 'the groups of by=own: {"East": ["outlet", …], …}'),
    ),
    takes=("snapshot",),
)
EXTRA = ("title", "period", "days", "low_bound", "high_bound", "difference", "difference_low", "difference_high")
ROOM = 1.06  # over the greatest value, so that its mark is whole
PERIODS = ("first", "second")
NUMBERS = ("difference", "difference_low", "difference_high")


def data(
    source: Source,
    *,
    quantity: str | None = None,
    item: str | None = None,
    first: str | None = None,
    second: str | None = None,
    by: str = "outlet",
    groups: str = "",
) -> pd.DataFrame:
    """A row an outlet (or group) and period. `difference` is second less first, the same in both rows, empty
    where a period has no value; its interval is Newcombe's (1998, method 10), from those of the two values.
    """
    if not isinstance(source, Snapshot):
        raise InputError("chart periods needs a corpus", remedy="leave the piece out")
    return _compared(source, quantity, item, first, second, by, groups)


@lasting
def _compared(
    source: Snapshot, quantity: str | None, item: str | None, first: str | None, second: str | None, by: str,
    groups: str,
) -> pd.DataFrame:  # fmt: skip
    """The same of a corpus: kept, since the page draws it and says it in words."""
    name, chosen = chosen_item(source, quantity, item)
    once = source.counted_once
    if chosen is None or not once.any():
        return frame_of([], EXTRA)
    spans = _spans(source.heads["date"][once], first, second)
    codes, names = coded(source, by, read_groups(groups), once)
    kinds = kinds_of(source) if by == "outlet" else {}
    found = _values_in(source, name, chosen, spans, codes, len(names))
    said = [f"{start.date().isoformat()}/{end.date().isoformat()}" for start, end in spans]
    changes = {column: np.repeat(of, 2) for column, of in zip(NUMBERS, newcombe(*found), strict=True)}
    columns = {
        **{column: np.stack([one[column] for one in found], axis=1).ravel() for column in found[0]}, **changes,
        **described(source, name, chosen), "quantity": name, "item": chosen,
        "source": [group for group in names for _ in PERIODS], "kind": [kinds.get(g) for g in names for _ in PERIODS],
        "period": list(PERIODS) * len(names), "days": said * len(names),
    }  # fmt: skip
    return typed(columns, EXTRA)


def _values_in(
    source: Snapshot, quantity: str, item: str, spans: Sequence[tuple[pd.Timestamp, pd.Timestamp]],
    codes: np.ndarray, many: int,
) -> list[dict[str, np.ndarray]]:  # fmt: skip
    """Value, interval and n of each group in each span; at once where no article is in two of them."""
    dates = source.heads["date"].to_numpy()
    inside = [(dates >= start.to_datetime64()) & (dates <= end.to_datetime64()) for start, end in spans]
    if not (inside[0] & inside[1]).any():
        both = np.where(inside[0], codes, np.where(inside[1] & (codes >= 0), codes + many, -1))
        parts = [grouped_values(source, quantity, both, 2 * many, [item])]
    else:
        parts = [grouped_values(source, quantity, np.where(some, codes, -1), many, [item]) for some in inside]
    columns = {name: np.concatenate([part[name][:, 0] for part in parts]) for name in FOUND}
    return [{name: column[at : at + many] for name, column in columns.items()} for at in (0, many)]


def newcombe(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Second less first with its 95 % interval, from the intervals of both (value, low, high: numbers or arrays of
    them); NaN where either has no value."""
    change = second["value"] - first["value"]
    down = np.hypot(second["value"] - second["low"], first["high"] - first["value"])
    up = np.hypot(second["high"] - second["value"], first["value"] - first["low"])
    return change, change - down, change + up


def halves(dates: pd.Series) -> tuple[str, str]:
    """The first and the second half of the days, as options give them."""
    start, end = dates.min(), dates.max()
    middle = start + (end - start) // 2
    middle = middle.normalize()
    later = min(middle + pd.Timedelta(days=1), end)
    return f"{start.date()}/{middle.date()}", f"{later.date()}/{end.date()}"


def _spans(dates: pd.Series, first: str | None, second: str | None) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    given = [asked or half for asked, half in zip((first, second), halves(dates), strict=True)]
    return [period_of(text) for text in given]


def period_of(text: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The days of YYYY-MM-DD/YYYY-MM-DD, both within. Raises InputError."""
    parts = text.split("/")
    try:
        start, end = (pd.Timestamp(np.datetime64(part, "D")) for part in parts)
    except ValueError as error:
        raise InputError(f'"{text}" is no period', remedy="give YYYY-MM-DD/YYYY-MM-DD") from error
    if end < start:
        raise InputError(f"the period {text} ends before it begins", remedy="give the earlier day first")
    return start, end


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A line a source: hollow the first period, full the second, each with its interval."""
    every = records(frame)
    some = valued(every)
    if not some:
        return empty(theme, "This item has no values in either period.", width)
    bounds = (some[0]["low_bound"], some[0]["high_bound"])
    low, high = _range(some, bounds)
    sources, more = shown_sources(some)
    sheet = Sheet(theme, width, low, high, [source_label(s) for s in sources], len(sources))
    days = {row["period"]: row["days"] for row in every}
    sheet.heading(f"{every[0]['title']} · {every[0]['label']}")
    sheet.remark(f"hollow: {_said(days['first'])}; full: {_said(days['second'])}")
    at = {source: sheet.line(source) for source in sources}
    sheet.n(list(at.values()), [sum(row["n"] for row in some if row["source"] == source) for source in at])
    for period, shift in zip(PERIODS, (-0.22, 0.22), strict=True):
        mine = [row for row in some if row["period"] == period and row["source"] in at]
        sheet.traces += _points(mine, at, shift, theme)
    if more:
        sheet.remark(left_out(more))
    ticks = [low / ROOM, (low + high) / 2 / ROOM, high / ROOM]
    return sheet.figure(x_title=str(every[0]["unit"]), tickvals=ticks,
                        ticktext=[number(t, bounds) for t in ticks])  # fmt: skip


def _range(rows: list[dict[str, Any]], bounds: tuple[float, float]) -> tuple[float, float]:
    shown = [row[name] for row in rows for name in ("value", "low", "high")]
    far = float(np.nanmax(np.abs(shown))) or 1.0
    return (-far * ROOM if bounds[0] < 0 or not np.isfinite(bounds[0]) else 0.0), far * ROOM


def _said(days: str) -> str:
    return days_in_words(*days.split("/"))


def _points(found: list[dict[str, Any]], at: dict[str, float], shift: float, theme: Theme) -> list[dict[str, Any]]:
    """Whiskers and marks of one period."""
    colour = theme.kinds[0]
    ys = [at[row["source"]] + shift for row in found]
    marker: dict[str, Any] = {"color": colour, "symbol": "circle", "size": 8, "line": {"color": colour, "width": 1.5}}
    if shift < 0:
        marker["symbol"] = "circle-open"
    return [
        {"type": "scatter", "mode": "lines", "x": packed(v for r in found for v in (r["low"], r["high"], np.nan)),
         "y": packed(v for y in ys for v in (y, y, np.nan)), "hoverinfo": "skip", "showlegend": False,
         "line": {"color": colour, "width": 1.2}},
        {"type": "scatter", "mode": "markers", "x": packed(r["value"] for r in found), "y": packed(ys),
         "marker": marker, "showlegend": False, "cliponaxis": False, "text": [_hover(r) for r in found],
         "hovertemplate": "%{text}<extra></extra>",
         "customdata": [[r["source"], r["quantity"], r["item"]] for r in found]},
    ]  # fmt: skip


def _hover(row: dict[str, Any]) -> str:
    bounds = (row["low_bound"], row["high_bound"])
    span = f"{number(row['low'], bounds)} – {number(row['high'], bounds)}"
    value = number(row["value"], bounds)
    return f"<b>{plain(row['source'])}</b><br>{_said(row['days'])}: {value} ({span}), n {row['n']:,}"
