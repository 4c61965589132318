"""Trends: one item of one measure over time, by outlet or group, and two periods set side by side."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import numpy as np
from dash import Input, Output, State, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import address, charts, grouping, html, queries, shell
from dashboard.address import View
from dashboard.components import day_input, heading, section, segment, select, state
from dashboard.context import Context
from dashboard.figures.periods import halves, period_of
from dashboard.figures.trends import leading_events
from dashboard.lasting import lasting
from dashboard.numbers import day
from dashboard.pages import Page
from dashboard.queries import rows_of
from dashboard.views.matrix import quantity_choices
from pipeline.errors import InputError
from pipeline.measures import all_quantities
from pipeline.snapshot import Snapshot

STEPS = (("", "Best fit"), ("day", "Day"), ("week", "Week"), ("month", "Month"))
BY = (("", "outlet"), ("kind", "kind"), ("country", "country"), ("own", "my groups"))
BEGIN_WITH = 12  # items with most evidence, among which the page chooses the one that it begins with
MARKED = (("", "none"), ("5", "5 largest"), ("10", "10 largest"))


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    choices = quantity_choices(snapshot)
    if not choices:
        return html.Div([heading("Trends"), state("Nothing to follow", "No measure has values in this snapshot.")])
    quantity = address.one_of(view, "quantity", [q["value"] for g in choices for q in g["items"]],
                              choices[0]["items"][0]["value"])  # fmt: skip
    items = item_options(snapshot, quantity)
    known = [option["value"] for option in items]
    item = address.one_of(view, "item", known, telling(snapshot, quantity) or known[0]) if known else None
    return html.Div(
        [
            heading("How it moves", about="One thing over time, each outlet on its own, all on one scale. Whiskers "
                    "are 95 % intervals: where they overlap, the difference may be chance."),
            html.Div(
                [
                    select("trends-quantity", "Measure", choices, quantity, searchable=True),
                    select("trends-item", "Item", items, item, searchable=True, className="wide"),
                    segment("trends-step", "Step", STEPS, _of(view, "step", STEPS)),
                    segment("trends-by", "A chart for each", BY, _of(view, "by", BY)),
                    segment("trends-events", "Mark events", MARKED, _of(view, "events", MARKED)),
                ],
                className="controls",
            ),
            grouping.editor("trends", snapshot, address.first(view, "groups")),
            section("Over time", charts.chart("trends", "trends", label="Values over time, a chart each"),
                    html.Div(id="trends-marked")),
            _periods(snapshot, view),
        ],
        className="page page-trends",
    )  # fmt: skip


def _of(view: View, key: str, choices: tuple[tuple[str, str], ...]) -> str:
    return address.one_of(view, key, [value for value, _ in choices], "")


def _periods(snapshot: Snapshot, view: View) -> html.Element:
    """Two periods side by side: their days, and the chart."""
    given = _halves(snapshot)
    days = [d for key, half in zip(("first", "second"), given, strict=True) for d in _days(view, key, half)]
    labels = ("First period from", "until", "Second period from", "until")
    inputs = [
        day_input(f"trends-{name}", label, value, clearable=False)
        for name, label, value in zip(("since1", "until1", "since2", "until2"), labels, days, strict=True)
    ]
    return section(
        "Two periods",
        html.Div(inputs, className="controls controls-days"),
        dcc.Store(id="trends-first"),
        dcc.Store(id="trends-second"),
        html.Div(id="trends-wrong", **{"aria-live": "assertive"}),
        html.Div(id="trends-changed"),
        charts.chart("trends", "periods", label="Values in two periods, a line each"),
        about="The same item in two spans of days, both days within; to begin with the halves of the corpus.",
    )


@lasting
def _halves(snapshot: Snapshot) -> tuple[str, str]:
    dates = snapshot.heads["date"][snapshot.counted_once]
    return halves(dates) if len(dates) else ("", "")


def _days(view: View, key: str, otherwise: str) -> list[str | None]:
    try:
        start, end = period_of(address.first(view, key) or otherwise)
    except InputError:
        return [part or None for part in (otherwise.split("/") if otherwise else ("", ""))]
    return [start.date().isoformat(), end.date().isoformat()]


def changes(context: Context, held: str | None, options: dict[str, str]) -> Any:
    """What changed by more than chance would explain, in words; and how many could be compared."""
    from dashboard.figures import chart_named
    from dashboard.numbers import many

    try:
        frame = chart_named("periods").tidy(context.snapshot(held), options)
    except InputError:
        return None  # the chart says so
    some = frame[(frame["period"] == "second") & frame["difference"].notna()]
    if not len(some):
        return state("Nothing to compare", "No group has a value in both periods.")
    sure = some[(some["difference_low"] > 0) | (some["difference_high"] < 0)].sort_values("difference")
    if not len(sure):
        return html.P(f"Of {many(len(some), 'group')} with values in both periods none changed by more than chance "
                      "explains: every 95 % interval of the difference holds 0.", className="fine")  # fmt: skip
    rows = [
        html.Li(
            [html.Strong(row.source), f" {'rose' if row.difference > 0 else 'fell'} by ",
             html.Strong(_size(row.difference, row)),
             html.Span(f"95 % interval of the difference {_signed(row.difference_low, row)} to "
                       f"{_signed(row.difference_high, row)}; Newcombe 1998", className="figures")]
        )
        for row in rows_of(sure)
    ]  # fmt: skip
    return html.Div([html.H3("Changed by more than chance explains"), html.Ul(rows, className="spots")])


def _size(value: float, row: Any) -> str:
    """A difference without its sign; of shares in points, since "rose by 10 %" might be read as a tenth more."""
    from dashboard.numbers import is_share, number, percent

    bounds = (row.low_bound, row.high_bound)
    if is_share(bounds):
        return percent(abs(value)).removesuffix("%") + "points"
    return number(abs(value), bounds).lstrip("+")


def _signed(value: float, row: Any) -> str:
    return f"{'−' if value < 0 else '+'}{_size(value, row)}"


@lasting
def item_options(snapshot: Snapshot, quantity: str) -> list[dict[str, str]]:
    """The items of a quantity with evidence, those with most first."""
    if quantity not in snapshot.quantities or quantity not in all_quantities():
        return []
    tally, labels = snapshot.tally(quantity), queries.item_labels(snapshot)
    total = np.asarray(abs(tally.numerator).sum(0)).ravel()
    order = [i for i in np.argsort(-total, kind="stable") if total[i] > 0][:200]
    concepts = {t.term: c.label for c in snapshot.codebook.concepts for t in c.terms}
    return [
        {"value": item, "label": f"{labels.get(item, item)} ({concepts[item]})" if item in concepts
         else labels.get(item, item)}
        for item in (tally.items[i] for i in order)
    ]  # fmt: skip


@lasting
def telling(snapshot: Snapshot, quantity: str) -> str | None:
    """The item to begin with: of those with most evidence the one on which the outlets differ most, by the standard
    deviation of their values; the first where fewer than three outlets have enough evidence for any; null where
    there is none."""
    known = [option["value"] for option in item_options(snapshot, quantity)]
    profile = snapshot.table("profile")
    some = profile[(profile["quantity"] == quantity) & profile["item"].isin(known[:BEGIN_WITH])]
    some = some[some["n"] >= all_quantities()[quantity].minimum_n]
    spread = some.groupby("item")["value"].agg(["std", "count"])
    spread = spread[spread["count"] >= 3]["std"].dropna()
    return str(spread.idxmax()) if len(spread) else next(iter(known), None)


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""

    def items(quantity: str, now: str | None, held: str) -> tuple[list[dict[str, str]], str | None]:
        options = item_options(context.snapshot(held), quantity)
        known = [option["value"] for option in options]
        return options, now if now in known else telling(context.snapshot(held), quantity)

    app.callback(
        Output("trends-item", "data"), Output("trends-item", "value"), Input("trends-quantity", "value"),
        State("trends-item", "value"), State("shell-snapshot", "data"), prevent_initial_call=True,
    )(items)  # fmt: skip
    app.callback(
        Output("trends-first", "data"), Output("trends-second", "data"), Output("trends-wrong", "children"),
        *[Input(f"trends-{name}", "value") for name in ("since1", "until1", "since2", "until2")],
    )(_chosen_periods)  # fmt: skip
    app.callback(
        Output("trends-marked", "children"), Input("trends-events", "value"), State("shell-snapshot", "data")
    )(lambda most, held: marked(context.snapshot(held), most))
    what = {"quantity": Input("trends-quantity", "value"), "item": Input("trends-item", "value")}
    how = {"by": Input("trends-by", "value"), "groups": Input("trends-groups", "data")}
    spans = {"first": Input("trends-first", "data"), "second": Input("trends-second", "data")}
    step = {"step": Input("trends-step", "value"), "events": Input("trends-events", "value")}
    charts.draw(app, context, "trends", "trends", {**what, **step, **how})
    charts.draw(app, context, "trends", "periods", {**what, **spans, **how})

    context.answers.lasting("trends-changed.children")

    def changed(*given: Any) -> Any:
        *values, held = given
        names = (*what, *spans, *how)
        return changes(context, held, {k: v for k, v in zip(names, values, strict=True) if v})

    app.callback(
        Output("trends-changed", "children"), *what.values(), *spans.values(), *how.values(),
        State("shell-snapshot", "data"),
    )(changed)  # fmt: skip
    grouping.register(app, "trends")
    every = {**what, **step, **how, **spans}
    shell.write_address(app, "trends", dict.fromkeys(every, ""), *every.values())


def _chosen_periods(since1: Any, until1: Any, since2: Any, until2: Any) -> tuple[Any, Any, Any]:
    if not (since1 and until1 and since2 and until2):
        raise PreventUpdate
    found = [f"{since1}/{until1}", f"{since2}/{until2}"]
    try:
        for text in found:
            period_of(text)
    except InputError as error:
        return no_update, no_update, state("The periods do not stand", str(error), kind="error")
    return found[0], found[1], None


def marked(snapshot: Snapshot, most: str | None) -> Any:
    """The marked events by their numbers, each a link."""
    events = leading_events(snapshot, int(most or 0))
    if not len(events):
        return None
    rows = [
        html.Li([html.Span(f"{e.number}", className="event-number"),
                 html.PageLink(e.title, href="/events" + address.write({"event": e.event})),
                 html.Span(f" from {day(e.start)}", className="fine")])
        for e in rows_of(events)
    ]  # fmt: skip
    return html.Ol(rows, className="marked-events columns")


def likely(snapshot: Snapshot) -> list[str]:
    """The item of each measure with most evidence, then the second of each, and so on."""
    measures = [choice["value"] for group in quantity_choices(snapshot) for choice in group["items"]]
    items = [[(quantity, o["value"]) for o in item_options(snapshot, quantity)] for quantity in measures]
    return [
        address.write({"quantity": some[0], "item": some[1]})
        for turn in zip_longest(*items)
        for some in turn
        if some is not None
    ]


PAGE = Page("trends", "/trends", "Trends", layout, register, charts=True, likely=likely)
