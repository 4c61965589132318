"""The basket: charts, tables and reports that a reader gathers, and takes away together as one ZIP.

It lies in the reader's browser; the server is told what is in it when it is shown or taken. A thing is the
address of its view (`naming?event=e1&snapshot=…`), so that it stays what it was when it was put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import html
from dashboard.components import PICTURES, failure
from dashboard.context import Context
from dashboard.numbers import many
from dashboard.taking import MOST, REPORT, Size, Wanted, base_of, zip_of
from pipeline.errors import InputError, ParallaxError

FORMS = (*PICTURES, ("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet"), ("json", "JSON"))
FIRST = ("png", "csv")  # the forms chosen at first: one to look at, one to count with
SCALES = ("1", "2", "3", "4")


def button() -> html.Element:
    """What opens the basket. The page's script notes what the view holds when it is pressed."""
    return html.Button("Take away", id="shell-basket-button", type="button", className="linklike",
                       **{"data-collect": "shell-view", "aria-haspopup": "dialog"})  # fmt: skip


def stores() -> list[dcc.Store]:
    """The basket itself, what is done to it, and what the view in sight holds."""
    return [
        dcc.Store(id="shell-basket", storage_type="local", data=[]),
        dcc.Store(id="shell-basket-act"),
        dcc.Store(id="shell-view"),
    ]


def drawer() -> dmc.Drawer:
    """The basket's content, the forms, and the two ways to take it."""
    return dmc.Drawer(
        id="shell-basket-drawer", title="Take away", position="right", size="min(520px, 100%)", zIndex=500,
        children=[
            html.Div(id="shell-basket-list"),
            dmc.CheckboxGroup(
                id="shell-basket-forms", label="Forms", value=list(FIRST), size="sm",
                children=dmc.Group([dmc.Checkbox(label=title, value=form, size="sm") for form, title in FORMS],
                                   mt="xs"),
            ),
            dmc.Select(id="shell-basket-scale", label="Size of a PNG", value="2", size="sm", mt="md",
                       data=[{"value": s, "label": f"{900 * int(s)} pixels across"} for s in SCALES]),
            html.Div(
                [
                    dmc.Button("Download the basket", id="shell-basket-go", size="sm"),
                    dmc.Button("Download this view", id="shell-view-go", size="sm", variant="default"),
                ],
                className="basket-actions",
            ),
            html.Div(id="shell-basket-said", **{"aria-live": "polite"}),
            dcc.Download(id="shell-basket-file"),
        ],
    )  # fmt: skip


def changed(basket: Sequence[str], act: str, view: Sequence[str]) -> list[str]:
    """The basket after something was done to it: `add THING`, `drop THING`, `add-view` or `empty`."""
    what, _, thing = act.partition(" ")
    if what == "empty":
        return []
    if what == "drop":
        return [held for held in basket if held != thing]
    new = list(view) if what == "add-view" else [thing]
    out = list(dict.fromkeys([*basket, *new]))
    if len(out) > MOST:
        raise InputError(f"the basket holds {MOST} things at most", remedy="take it away, or empty it, first")
    return out


def called(thing: str) -> tuple[str, str]:
    """What a thing is called, and what was chosen about it."""
    from dashboard.export.listed import named

    wanted = Wanted.read(thing)
    chosen = [f"{key} {', '.join(values)}" for key, values in wanted.view.items() if key not in ("snapshot", "wire")]
    if wanted.name == REPORT:
        return "The whole comparison as a report", ", ".join(chosen)
    try:
        return named(wanted.name).chart.title, ", ".join(chosen)
    except InputError as error:
        return wanted.name, str(error)


def listed(basket: Sequence[str], view: Sequence[str]) -> list[Any]:
    """What the basket and the view in sight hold."""
    things = [html.Li([*_called(thing), _act("remove", f"drop {thing}", f"Remove {called(thing)[0]}")])
              for thing in basket]  # fmt: skip
    words = "Nothing yet: “into the basket” stands under every chart and table."
    return [
        html.H3("In the basket"),
        html.Ul(things, className="basket") if things else html.P(words, className="fine"),
        html.P([_act("Empty it", "empty")]) if things else None,
        html.H3("In this view"),
        html.P(f"{many(len(view), 'thing')} to take: " + "; ".join(dict.fromkeys(called(t)[0] for t in view)) + "."
               if view else "Nothing to take away.", className="fine"),
        html.P([_act("Put all of it into the basket", "add-view")]) if view else None,
    ]  # fmt: skip


def _called(thing: str) -> list[Any]:
    title, chosen = called(thing)
    return [html.Span(title, className="topic"), html.Span(chosen, className="figures")]


def _act(words: str, act: str, label: str | None = None) -> html.Element:
    more = {"aria-label": label} if label else {}
    return html.Button(words, type="button", className="linklike",
                       **{"data-set": "shell-basket-act", "data-value": act, **more})  # fmt: skip


def register(app: Any, context: Context) -> None:
    """What the basket does."""

    def act(done: Any, basket: list[str] | None, view: Any) -> list[str]:
        if not isinstance(done, dict):
            raise PreventUpdate
        return changed(basket or [], str(done["value"]), _things(view))

    def show(basket: list[str] | None, view: Any) -> tuple[Any, ...]:
        held = basket or []
        opened = True if ctx.triggered_id == "shell-view" and isinstance(view, dict) else no_update
        return listed(held, _things(view)), f"Take away ({len(held)})" if held else "Take away", opened, None

    def go(_: Any, __: Any, basket: list[str] | None, view: Any, forms: list[str], scale: str) -> tuple[Any, Any]:
        whole = ctx.triggered_id == "shell-view-go"
        try:
            data = zip_of(
                context, _things(view) if whole else basket or [], forms, base_of(context),
                size=Size(scale=float(scale)),
            )  # fmt: skip
        except ParallaxError as error:
            return no_update, failure(error)
        return dcc.send_bytes(data, f"parallax-{'view' if whole else 'basket'}.zip"), None

    app.callback(
        Output("shell-basket", "data"),
        Input("shell-basket-act", "data"), State("shell-basket", "data"), State("shell-view", "data"),
        prevent_initial_call=True,
    )(act)  # fmt: skip
    app.callback(
        Output("shell-basket-list", "children"), Output("shell-basket-button", "children"),
        Output("shell-basket-drawer", "opened"), Output("shell-basket-said", "children"),
        Input("shell-basket", "data"), Input("shell-view", "data"),
    )(show)  # fmt: skip
    app.callback(
        Output("shell-basket-file", "data"), Output("shell-basket-said", "children", allow_duplicate=True),
        Input("shell-basket-go", "n_clicks"), Input("shell-view-go", "n_clicks"), State("shell-basket", "data"),
        State("shell-view", "data"), State("shell-basket-forms", "value"), State("shell-basket-scale", "value"),
        prevent_initial_call=True,
        running=[(Output("shell-basket-go", "loading"), True, False),
                 (Output("shell-view-go", "loading"), True, False)],
    )(go)  # fmt: skip


def _things(view: Any) -> list[str]:
    """What the page's script found in the view, each once."""
    found = view.get("value") if isinstance(view, dict) else None
    return list(dict.fromkeys(str(thing) for thing in found)) if isinstance(found, list) else []
