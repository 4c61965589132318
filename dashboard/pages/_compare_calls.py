"""The callbacks of the Compare page: ask, follow, draw, open."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from dashboard import address, choices, grouping, html, queries, shell
from dashboard.behind import behind
from dashboard.bringing import bring_piece
from dashboard.components import failure
from dashboard.context import Analysis, Context, Request
from dashboard.groups import read_groups
from dashboard.pages import _compare_parts as parts
from dashboard.pages import _compare_views as views
from dashboard.views import evidence
from pipeline.errors import ParallaxError


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""
    _choosing(app, context)
    _asking(app, context)
    _drawing(app, context)
    shell.write_address(
        app, "compare",
        {"ground": "", "event": "", "since": "", "until": "", "against": "", "wire": "once", "view": "apart",
         "by": "kind", "open": "", "beside": "", "show": "", "groups": ""},
        Input("compare-ground", "value"), Input("compare-event", "value"), Input("compare-since", "value"),
        Input("compare-until", "value"), Input("compare-against", "value"), Input("compare-wire", "value"),
        Input("compare-view", "value"), Input("compare-by", "value"), Input("compare-open", "data"),
        Input("compare-beside", "data"), Input("compare-show", "data"), Input("compare-groups", "data"),
    )  # fmt: skip
    grouping.register(app, "compare")


def _choosing(app: Any, context: Context) -> None:
    context.answers.lasting("compare-piece.data")

    def find(words: str | None, chosen: str | None, held: str) -> list[dict[str, str]]:
        return choices.articles(context.snapshot(held), words or "", chosen=chosen)

    def go(chosen: str | None, search: str) -> str:
        view = address.read(search)
        if not chosen or address.first(view, "piece") == chosen:
            raise PreventUpdate
        return address.write({"piece": chosen, "snapshot": view.get("snapshot")})

    def opened(clicks: int | None) -> bool:
        if clicks:
            context.prepare()
        return bool(clicks)

    def brought(clicks: int | None, upload: str | None, *given: Any) -> tuple[Any, Any]:
        if not clicks and not upload:
            raise PreventUpdate
        *fields, name, search = given
        frozen = address.read(search).get("snapshot")
        try:
            key = bring_piece(
                context, *fields, upload=upload if ctx.triggered_id == "compare-upload" else None, name=name
            )
        except ParallaxError as error:
            return no_update, failure(error)
        return address.write({"text": key, "snapshot": frozen}), None

    app.callback(
        Output("compare-piece", "data"), Input("compare-piece", "searchValue"), State("compare-piece", "value"),
        State("shell-snapshot", "data"), prevent_initial_call=True,
    )(find)  # fmt: skip
    app.callback(
        Output("shell-address", "search", allow_duplicate=True), Input("compare-piece", "value"),
        State("shell-address", "search"), prevent_initial_call=True,
    )(go)  # fmt: skip
    app.callback(
        Output("compare-bring", "opened"), Input("compare-bring-open", "n_clicks"), prevent_initial_call=True
    )(opened)
    app.callback(
        Output("shell-address", "search", allow_duplicate=True), Output("compare-bring-error", "children"),
        Input("compare-bring-go", "n_clicks"), Input("compare-upload", "contents"),
        State("compare-text", "value"), State("compare-url", "value"), State("compare-title", "value"),
        State("compare-outlet", "value"), State("compare-date", "value"), State("compare-upload", "filename"),
        State("shell-address", "search"), prevent_initial_call=True,
    )(brought)  # fmt: skip


def _asking(app: Any, context: Context) -> None:
    def request(
        ground: str, event: str | None, since: str, until: str, against: list[str], wire: str, piece: Any
    ) -> dict[str, Any]:
        chosen = {
            "ground": ground or None, "event": event, "since": since or None, "until": until or None,
            "against": list(against or ()), "wire": wire,
        }  # fmt: skip
        return {**piece, **chosen}

    def follow(asked: dict[str, Any] | None, _: int, done: str | None) -> tuple[Any, ...]:
        if not asked:
            raise PreventUpdate
        wanted = Request(**{**asked, "against": tuple(asked["against"])})
        if done == wanted.key and ctx.triggered_id == "compare-poll":
            return None, True, no_update
        # A tick only looks; it is the reader who asks, so that what was cancelled stays so.
        job = context.jobs.get(wanted.key) if ctx.triggered_id == "compare-poll" else context.ask(wanted)
        if job is None or job.cancelled:
            return parts.cancelled(), True, no_update
        if job.state == "failed":
            return failure(job.error or ParallaxError("failed")), True, None
        if job.state == "done":
            return None, True, wanted.key
        warm = context.warm or wanted.text is None  # the models are for a text that is brought
        return parts.progress(job.stage, job.done, job.total, warm=warm), False, no_update

    def cancel(clicks: int | None, asked: dict[str, Any] | None) -> tuple[Any, bool]:
        if not clicks or not asked:
            raise PreventUpdate
        context.jobs.cancel(Request(**{**asked, "against": tuple(asked["against"])}).key)
        return parts.cancelled(), True

    app.callback(
        Output("compare-request", "data"),
        Input("compare-ground", "value"), Input("compare-event", "value"), Input("compare-since", "value"),
        Input("compare-until", "value"), Input("compare-against", "value"), Input("compare-wire", "value"),
        State("compare-piece-key", "data"),
    )(request)  # fmt: skip
    app.callback(
        Output("compare-progress", "children"), Output("compare-poll", "disabled"), Output("compare-done", "data"),
        Input("compare-request", "data"), Input("compare-poll", "n_intervals"), State("compare-done", "data"),
        prevent_initial_call=True,
    )(follow)  # fmt: skip
    shell.one_at_a_time(app, "compare-poll")
    app.callback(
        Output("compare-progress", "children", allow_duplicate=True),
        Output("compare-poll", "disabled", allow_duplicate=True), Input("compare-cancel", "n_clicks"),
        State("compare-request", "data"), prevent_initial_call=True,
    )(cancel)  # fmt: skip


def _drawing(app: Any, context: Context) -> None:
    def card(done: str | None, words: str | None, chosen: str | None) -> tuple[Any, Any]:
        analysis = _needed(context, done)
        snapshot = context.snapshot(analysis.request.snapshot)
        per_day = queries.per_day(views.ground_articles(analysis, snapshot))
        return parts.event_card(analysis.document, per_day), events(words, chosen, done)

    def events(words: str | None, chosen: str | None, done: str | None) -> list[dict[str, str]]:
        analysis = _needed(context, done)
        matching = {c["id"]: f"{c['title']} · match {c['match']:.2f}" for c in analysis.document["candidates"] if c}
        return choices.events(context.snapshot(analysis.request.snapshot), words, chosen=chosen, first=matching)

    def body(done: str | None, view: str, by: str, show: Any, other: Any, own: str | None) -> Any:
        analysis = _needed(context, done)
        return views.draw(analysis, context.snapshot(analysis.request.snapshot), view=view, by=by,
                          show=_chosen(show), beside=_chosen(other), own=read_groups(own))  # fmt: skip

    def open_evidence(chosen: Any, done: str | None) -> tuple[Any, Any, bool]:
        value = _chosen(chosen)
        if not value:
            raise PreventUpdate
        analysis = _needed(context, done)
        key, _, outlet = value.partition("@")
        snapshot = context.snapshot(analysis.request.snapshot)
        mine = behind(context, analysis, snapshot, key, views.ground_articles(analysis, snapshot))
        panel = evidence.panel(analysis, snapshot, key, mine, first=outlet or None)
        return evidence.title_of(analysis, key), html.Div([panel, views.taken_sentences(analysis, key)]), True

    def beside(chosen: str | None, now: Any) -> str:
        if not chosen or chosen == _chosen(now):
            raise PreventUpdate
        return chosen

    app.callback(
        Output("compare-event-card", "children"), Output("compare-event", "data"), Input("compare-done", "data"),
        State("compare-event", "searchValue"), State("compare-event", "value"),
    )(card)  # fmt: skip
    app.callback(
        Output("compare-event", "data", allow_duplicate=True), Input("compare-event", "searchValue"),
        State("compare-event", "value"), State("compare-done", "data"), prevent_initial_call=True,
    )(events)  # fmt: skip
    app.callback(
        Output("compare-body", "children"),
        Input("compare-done", "data"), Input("compare-view", "value"), Input("compare-by", "value"),
        Input("compare-show", "data"), Input("compare-beside", "data"), Input("compare-groups", "data"),
    )(body)  # fmt: skip
    app.callback(
        Output("compare-drawer", "title"), Output("compare-drawer", "children"), Output("compare-drawer", "opened"),
        Input("compare-open", "data"), Input("compare-done", "data"),
    )(open_evidence)  # fmt: skip
    # Without an output, so that the drawer's answer does not wait for itself: as one circle, what a reader opens
    # while another answer is on its way would be lost.
    closed = ClientsideFunction(namespace="parallax", function_name="closed")
    app.clientside_callback(closed, Input("compare-drawer", "opened"), prevent_initial_call=True)
    app.callback(
        Output("compare-beside", "data"), Input("compare-beside-select", "value"), State("compare-beside", "data"),
        prevent_initial_call=True,
    )(beside)  # fmt: skip


def _chosen(data: Any) -> str | None:
    """The value in a store that the page's script writes."""
    return data.get("value") if isinstance(data, dict) else data


def _needed(context: Context, done: str | None) -> Analysis:
    analysis = context.analysis(done)
    if analysis is None:
        raise PreventUpdate
    return analysis
