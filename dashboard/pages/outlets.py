"""Outlets: which are alike, and what sets each apart from the others."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State

from dashboard import address, charts, html, pairs, queries, shell
from dashboard.address import View
from dashboard.components import facts, heading, legend, section, select, state, take_table
from dashboard.context import Context
from dashboard.numbers import count, days
from dashboard.pages import Page
from dashboard.views import drivers
from dashboard.views.strips import LEAST_STANDOUT, strip_row
from dashboard.wording import said
from pipeline.snapshot import Snapshot

SHOWN = 14
MEASURES = (("", "All together"), ("naming", "Naming"), ("voices", "Voices"), ("frames", "Frames"),
            ("emphasis", "Emphasis"))  # fmt: skip


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    outlets = queries.outlets(snapshot)
    present = list(outlets.loc[outlets["articles"] > 0, "outlet"])
    if not present:
        return html.Div([heading("Outlets"), state("No outlet has an article here", "Import some, and refresh.")])
    chosen = address.one_of(view, "outlet", present, present[0])
    other = address.one_of(view, "other", present, next((name for name in present if name != chosen), chosen))
    measures = [(name, title) for name, title in MEASURES if not name or name in snapshot.quantities]
    return html.Div(
        [
            heading("Who writes alike", about="The nearer two outlets stand, the more alike they name, quote, "
                                              "frame and "
                    "choose. The rod shows how far an outlet is from itself: nearer than that is no difference."),
            html.Div(select("outlets-measure", "By", [{"value": v or "all", "label": t} for v, t in measures],
                            address.one_of(view, "measure", [v for v, _ in measures], "") or "all"),
                     className="controls"),
            charts.chart("outlets", "outlet-map", label="Outlets on a plane, near where they are alike",
                         marks="outlets-outlet"),
            section("One outlet",
                    html.Div(select("outlets-outlet", "Outlet", present, chosen, searchable=True),
                             className="controls"),
                    html.Div(id="outlets-profile"),
                    about="What sets it apart from the other outlets over the whole corpus, wire copy counted once."),
            section("What drives a distance",
                    html.Div(select("outlets-other", "Beside", present, other, searchable=True),
                             className="controls"),
                    html.Div(id="outlets-drivers"),
                    about="The outlet above beside another one: Jensen–Shannon divergence on each measure, and the "
                    "items that it is made of. The tick is the noise floor, the distance between two halves of one "
                    "outlet’s articles. Open an item for its sentences."),
        ],
        className="page page-outlets",
    )  # fmt: skip


def profile(snapshot: Snapshot, outlet: str) -> Any:
    """What sets one outlet apart, as strips in which it stands as the diamond."""
    table = queries.outlets(snapshot).set_index("outlet")
    if outlet not in table.index:
        return state("No such outlet", "Choose one from the list.")
    kinds = {n: k if isinstance(k, str) else None for n, k in table["kind"].items()}
    articles = snapshot.heads
    mine = articles[(articles["outlet"] == outlet) & articles["measured"]]
    ends = {axis.id: (axis.positive[0], axis.negative[0]) for axis in snapshot.codebook.axes}
    rows = [row for row in queries.outlet_profile(snapshot, outlet) if abs(row["standout"]) >= LEAST_STANDOUT][:SHOWN]
    strips = [strip_row(row, said(row, ends=ends.get(row["item"])), kinds, store="shell-open", whose=outlet)
              for row in rows]  # fmt: skip
    value = table.loc[outlet]
    described = facts(
        [
            ("kind", value["kind"] if isinstance(value["kind"], str) else None),
            ("country", value["country"] if isinstance(value["country"], str) else None),
            ("articles", count(len(mine))), ("words", count(int(mine["words"].sum()))),
            ("days", days(mine["date"].min(), mine["date"].max()) if len(mine) else None),
        ]
    )  # fmt: skip
    found = html.Ol(strips, className="strips") if strips else state(
        "Nothing sets it apart", "On every measure with enough evidence it lies among the others.")  # fmt: skip
    asked = {"outlet": outlet, "snapshot": snapshot.id}
    taken = [take_table("outlet-profile", asked), take_table("profile", asked, words="Take all its values away")]
    present = [kinds[name] for name in table.index[table["articles"] > 0]]
    return html.Div([described, legend(present, piece=outlet), found, *taken])


def apart(snapshot: Snapshot, first: str, second: str) -> Any:
    """What drives the distance between two outlets."""
    if first == second:
        return state("The same outlet twice", "Choose another one beside it.")
    return drivers.drivers(pairs.drivers(snapshot, first, second), snapshot, first, second)


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""
    context.answers.lasting("outlets-profile.children")
    context.answers.lasting("outlets-drivers.children")
    app.callback(
        Output("outlets-profile", "children"), Input("outlets-outlet", "value"), State("shell-snapshot", "data")
    )(lambda outlet, held: profile(context.snapshot(held), outlet))
    charts.draw(app, context, "outlets", "outlet-map", {"measure": Input("outlets-measure", "value")})
    app.callback(
        Output("outlets-drivers", "children"),
        Input("outlets-outlet", "value"),
        Input("outlets-other", "value"),
        State("shell-snapshot", "data"),
    )(lambda first, second, held: apart(context.snapshot(held), first, second))
    shell.write_address(
        app, "outlets", {"measure": "all", "outlet": "", "other": ""}, Input("outlets-measure", "value"),
        Input("outlets-outlet", "value"), Input("outlets-other", "value"),
    )  # fmt: skip


def likely(snapshot: Snapshot) -> list[str]:
    """Each outlet, those with most articles first."""
    table = queries.outlets(snapshot).sort_values("articles", ascending=False, kind="stable")
    return [address.write({"outlet": name}) for name in table["outlet"][table["articles"] > 0]]


PAGE = Page("outlets", "/outlets", "Outlets", layout, register, charts=True, likely=likely)
