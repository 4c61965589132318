"""What drives the distance between two outlets, measure by measure, each item a way to its sentences."""

from __future__ import annotations

from typing import Any

from dashboard import html, queries
from dashboard.components import state
from dashboard.numbers import NONE, percent
from dashboard.pairs import Driver
from dashboard.queries import rows_of
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot


def drivers(found: list[Driver], snapshot: Snapshot, first: str, second: str) -> Any:
    """A block a measure, the one that sets the two furthest apart first."""
    if not any(one.value is not None for one in found):
        return state("Too little to go by", "On no measure have both outlets enough evidence for a distance.")
    titles, labels = {m.name: m.declaration.title for m in all_measures()}, queries.item_labels(snapshot)
    return html.Div([_block(one, titles[one.measure], labels, first, second) for one in found], className="drivers")


def _block(one: Driver, title: str, labels: dict[str, str], first: str, second: str) -> html.Element:
    if one.value is None:
        words = f"Too little evidence: n {one.n[0]} and {one.n[1]}."
        return html.Section([html.H3(title), html.P(words, className="fine")], className="driver")
    floor = NONE if one.floor is None else f"{one.floor:.2f}"
    within = one.floor is not None and one.value <= one.floor
    said = "no further than one outlet from itself" if within else "further than one outlet from itself"
    tick = [] if one.floor is None else [html.Span(className="floor", style={"left": f"{100 * one.floor:.1f}%"})]
    bar = [html.Span(className="filled", style={"width": f"{100 * one.value:.1f}%"}), *tick]
    head = html.Tr([html.Th(name, scope="col", className=css) for name, css in (
        ("Item", ""), (first, "num"), (second, "num"), ("Part of the distance", "num"))])  # fmt: skip
    rows = [
        html.Tr([html.Td(_opener(one.measure, row.item, labels)), html.Td(percent(row.first), className="num"),
                 html.Td(percent(row.second), className="num"), html.Td(percent(row.part), className="num")])
        for row in rows_of(one.items)
    ]  # fmt: skip
    caption = html.Caption(f"{title}: the items that add most to the distance", className="sr-only")
    return html.Section(
        [
            html.H3([title, html.Span(f"{one.value:.2f}", className="driver-value")]),
            html.Div(bar, className="bar", **{"aria-hidden": "true"}),
            html.P(f"Noise floor {floor}: {said}. n {one.n[0]} and {one.n[1]}.", className="fine"),
            html.Table([caption, html.Thead(head), html.Tbody(rows)], className="plain"),
        ],
        className="driver",
    )


def _opener(measure: str, item: str, labels: dict[str, str]) -> html.Element:
    return html.Button(labels.get(item, item), type="button", className="row-name",
                       **{"data-set": "shell-open", "data-value": f"{measure}|{item}",
                          "aria-haspopup": "dialog"})  # fmt: skip
