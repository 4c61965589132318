"""The reader's own groups of outlets: made, listed and taken apart on a page, kept in its address."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import groups, html, queries
from dashboard.components import state
from pipeline.snapshot import Snapshot


def editor(page: str, snapshot: Snapshot, written: str | None) -> html.Element:
    """A name, outlets, and the groups so far. written: the groups as an address holds them."""
    table = queries.outlets(snapshot)
    outlets = list(table.loc[table["articles"] > 0, "outlet"])
    kept = groups.written(groups.read_groups(written))
    return html.Details(
        [
            html.Summary("Groups of your own"),
            dcc.Store(id=f"{page}-groups", data=kept),
            dcc.Store(id=f"{page}-group-drop"),
            html.Div(id=f"{page}-group-list"),
            html.Div(
                [
                    dmc.TextInput(id=f"{page}-group-name", label="Name of the group", size="sm"),
                    dmc.MultiSelect(id=f"{page}-group-outlets", label="Its outlets", data=outlets, size="sm",
                                    searchable=True, clearable=True,
                                    clearButtonProps={"aria-label": "No outlet"}),
                    dmc.Button("Make the group", id=f"{page}-group-add", size="sm", variant="outline"),
                ],
                className="controls",
            ),
        ],
        className="settings own-groups",
        open=bool(kept),
    )  # fmt: skip


def register(app: Any, page: str) -> None:
    """The editor's callbacks: make a group, take one apart, list them."""

    def change(clicks: int | None, drop: Any, name: str | None, outlets: list[str] | None, kept: str) -> Any:
        own = groups.read_groups(kept)
        if ctx.triggered_id == f"{page}-group-drop":
            if not isinstance(drop, dict):
                raise PreventUpdate
            own.pop(drop["value"], None)
            return groups.written(own), no_update, no_update
        if not clicks or not (name or "").strip() or not outlets:
            raise PreventUpdate
        others = {n: [o for o in members if o not in outlets] for n, members in own.items()}
        others[" ".join((name or "").split())] = outlets
        return groups.written({n: members for n, members in others.items() if members}), "", []

    app.callback(
        Output(f"{page}-groups", "data"), Output(f"{page}-group-name", "value"),
        Output(f"{page}-group-outlets", "value"), Input(f"{page}-group-add", "n_clicks"),
        Input(f"{page}-group-drop", "data"), State(f"{page}-group-name", "value"),
        State(f"{page}-group-outlets", "value"), State(f"{page}-groups", "data"), prevent_initial_call=True,
    )(change)  # fmt: skip
    app.callback(Output(f"{page}-group-list", "children"), Input(f"{page}-groups", "data"))(
        lambda kept: _listed(page, groups.read_groups(kept))
    )


def _listed(page: str, own: groups.Groups) -> Any:
    if not own:
        return state("No group yet", "Name one, choose its outlets, make it; then group by it. The address keeps it.")
    return html.Ul(
        [
            html.Li(
                [
                    html.Span([html.Strong(name), f": {', '.join(outlets)}"]),
                    html.Button("Take it apart", type="button", className="linklike",
                                **{"data-set": f"{page}-group-drop", "data-value": name,
                                   "aria-label": f"Take it apart: {name}"}),
                ]
            )
            for name, outlets in own.items()
        ],
        className="edits",
    )  # fmt: skip
