"""The drawer of sentences behind a figure of the corpus, which any page opens by writing into `shell-open`."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import MATCH, Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import coded, html, queries
from dashboard.components import state, take_table
from dashboard.context import Context
from dashboard.views import coding, evidence
from pipeline.errors import WorkError
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot


def frame() -> list[Any]:
    """What is asked for, and the drawer that shows it."""
    return [
        dcc.Store(id="shell-open"),
        dmc.Drawer(id="shell-sentences", title="", position="right", size="min(720px, 100%)", children=[],
                   zIndex=500),
    ]  # fmt: skip


def register(app: Any, context: Context) -> None:
    """Opening the drawer, an outlet in it, and how right a measure is by those who read some (in any drawer)."""
    context.answers.lasting("shell-sentences.title")
    place = Output({"type": evidence.PLACES, "outlet": MATCH}, "children")
    context.answers.lasting(str(place))

    def sentences(chosen: Any, held: str) -> tuple[Any, Any, bool]:
        if not isinstance(chosen, dict):
            return no_update, no_update, False
        return (*_sentences(context.snapshot(held), str(chosen["value"])), True)

    app.callback(
        Output("shell-sentences", "title"), Output("shell-sentences", "children"),
        Output("shell-sentences", "opened"),
        Input("shell-open", "data"), State("shell-snapshot", "data"), prevent_initial_call=True,
    )(sentences)  # fmt: skip

    def of_outlet(clicks: int | None, chosen: Any, held: str) -> Any:
        if not clicks or not isinstance(chosen, dict):
            raise PreventUpdate
        outlet = str(ctx.triggered_id["outlet"])
        snapshot, (key, _, event) = context.snapshot(held), _parts(str(chosen["value"]))
        return evidence.outlet_sentences(_behind(snapshot, key, event), snapshot, [outlet])[outlet]

    app.callback(
        place,
        Input({"type": evidence.SUMMARIES, "outlet": MATCH}, "n_clicks"),
        State("shell-open", "data"), State("shell-snapshot", "data"), prevent_initial_call=True,
    )(of_outlet)  # fmt: skip

    def right(there: dict[str, str], held: str | None) -> tuple[Any, Any]:
        measure, _, item = there["of"].partition("|")
        try:
            found = coded.read_here(context, context.snapshot(held), measure, item, there["event"] or None)
        except WorkError as error:  # the sentences are there all the same
            return f"How often this is right cannot be said: {error} ", no_update
        if found is None:
            return no_update, no_update
        return coding.right_here(found.agreement), coding.corrected_here(found.values, on_event=bool(there["event"]))

    of = {"of": MATCH, "event": MATCH, "drawer": MATCH}
    line, values = ({"type": kind, **of} for kind in (evidence.READ_BY_HAND, evidence.CORRECTED_HERE))
    app.callback(
        Output(line, "children"), Output(values, "children"), Input(line, "id"), State("shell-snapshot", "data")
    )(right)


def _sentences(snapshot: Snapshot, value: str) -> tuple[str, Any]:
    """Title and content of the drawer for `measure|item@outlet#event`, where outlet and event may be missing."""
    key, outlet, event = _parts(value)
    item = key.partition("|")[2]
    title, family = queries.item_labels(snapshot).get(item, item), _family(key)
    if any(m.name == family and m.score is None for m in all_measures()):
        why = "No sentence is counted for it. Set a piece beside the others to see where its words lean."
        return title, state("This figure rests on all words", why)
    panel = evidence.drawer_panel(_behind(snapshot, key, event), snapshot, first=outlet)
    if family == "emphasis":  # a topic's sentences are those of its passages: no evidence is kept of them
        return title, panel
    view = {"measure": family, "item": item, "event": event, "snapshot": snapshot.id}
    return title, html.Div(
        [
            evidence.read_by_hand(snapshot, family, item, drawer="corpus", event=event),
            panel,
            take_table("evidence", view),
        ]
    )


def _parts(value: str) -> tuple[str, str | None, str | None]:
    """`measure|item`, outlet and event of `measure|item@outlet#event`."""
    key, _, event = value.partition("#")
    key, _, outlet = key.partition("@")
    return key, outlet or None, event or None


def _family(key: str) -> str:
    """The measure whose evidence is behind `quantity|item`."""
    quantity = key.partition("|")[0]
    return {q.name: m.name for m in all_measures() for q in m.declaration.quantities}.get(quantity, quantity)


def _behind(snapshot: Snapshot, key: str, event: str | None) -> queries.Behind:
    return queries.behind(snapshot, _family(key), key.partition("|")[2], event=event)
