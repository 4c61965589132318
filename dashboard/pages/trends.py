"""Trends: one item of one measure over time, an outlet a chart, with intervals."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import Input, Output, State, html

from dashboard import address, charts, queries, shell
from dashboard.address import View
from dashboard.components import heading, section, select, state
from dashboard.context import Context
from dashboard.pages import Page
from dashboard.views.matrix import measure_order
from pipeline.measures import all_measures, all_quantities
from pipeline.snapshot import Snapshot

STEPS = (("", "Best fit"), ("day", "Day"), ("week", "Week"), ("month", "Month"))


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    choices = quantities(snapshot)
    if not choices:
        return html.Div([heading("Trends"), state("Nothing to follow", "No measure has values in this snapshot.")])
    quantity = address.one_of(view, "quantity", [q["value"] for g in choices for q in g["items"]],
                              choices[0]["items"][0]["value"])  # fmt: skip
    items = item_options(snapshot, quantity)
    known = [option["value"] for option in items]
    item = address.one_of(view, "item", known, known[0]) if known else None
    steps = [{"value": v, "label": t} for v, t in STEPS]
    return html.Div(
        [
            heading("How it moves", about="One thing over time, each outlet on its own, all on one scale. Bands "
                                          "are 95 % "
                    "intervals: where they overlap, the difference may be chance."),
            html.Div(
                [
                    select("trends-quantity", "Measure", choices, quantity, searchable=True),
                    select("trends-item", "Item", items, item, searchable=True, className="wide"),
                    html.Div([html.Span("Step", className="control-label"),
                              dmc.SegmentedControl(id="trends-step", data=steps, size="xs",
                                                   value=address.one_of(view, "step", [s for s, _ in STEPS], ""),
                                                   attributes={"root": {"aria-label": "Step"}})]),
                ],
                className="controls",
            ),
            section("By outlet", charts.chart("trends", "trends", label="Values over time, an outlet a chart")),
        ],
        className="page page-trends",
    )  # fmt: skip


def quantities(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The quantities with values here, under their measure."""
    order = measure_order()
    groups = []
    for measure in sorted(all_measures(), key=lambda m: order[m.name]):
        some = [q for q in measure.declaration.quantities if q.name in snapshot.quantities and q.estimate == "ratio"]
        if some:
            items = [{"value": q.name, "label": q.title} for q in some]
            groups.append({"group": measure.declaration.title, "items": items})
    return groups


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


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""

    def items(quantity: str, now: str | None, held: str) -> tuple[list[dict[str, str]], str | None]:
        options = item_options(context.snapshot(held), quantity)
        known = [option["value"] for option in options]
        return options, now if now in known else (known[0] if known else None)

    app.callback(
        Output("trends-item", "data"), Output("trends-item", "value"), Input("trends-quantity", "value"),
        State("trends-item", "value"), State("shell-snapshot", "data"), prevent_initial_call=True,
    )(items)  # fmt: skip
    charts.draw(
        app, context, "trends", "trends",
        {"quantity": Input("trends-quantity", "value"), "item": Input("trends-item", "value"),
         "step": Input("trends-step", "value")},
    )  # fmt: skip
    shell.write_address(
        app, "trends", {"quantity": "", "item": "", "step": ""}, Input("trends-quantity", "value"),
        Input("trends-item", "value"), Input("trends-step", "value"),
    )  # fmt: skip


PAGE = Page("trends", "/trends", "Trends", layout, register)
