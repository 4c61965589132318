"""Coding by hand: read at random what a measure found, and see how often it is right and what that makes of it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import address, choices, grouping, html, shell
from dashboard.address import View
from dashboard.coded import Choice, answered, desk_of, file_of, refusal, so_far, values_in
from dashboard.components import AS_FOUND, failure, heading, section, segment, select, state
from dashboard.context import Context
from dashboard.numbers import many
from dashboard.pages import Page
from dashboard.queries import item_labels
from dashboard.views.coding import ALL, STORE, card, progress, results
from pipeline.coding import gaps, next_rows, subjects
from pipeline.corrected import agreement
from pipeline.errors import ParallaxError
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot

WHAT = (("new", "Not read yet"), ("again", "Read by others"))
# What is read: every callback of the page depends on it.
_CHOSEN = (Input("coding-subject", "value"), Input("coding-event", "value"))
BY = (("outlet", "outlet"), ("kind", "kind"), ("country", "country"), ("own", "my groups"))


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    options = _options(snapshot)
    known = [item["value"] for group in options for item in group["items"]]
    about = (
        "Read a random sample of what a measure found, without its answer in view. Your answers say how often it is "
        "right in this corpus, and correct its values: a few dozen an outlet are an hour’s work."
    )
    if not known:
        nothing = state("There is nothing to code", "The codebook has no claim, no concept and no entity.")
        return html.Div([heading("Coding by hand", about=about), nothing], className="page page-coding")
    chosen = address.one_of(view, "subject", known, "") or None
    where = _events(snapshot, None, address.first(view, "event"))
    event = address.one_of(view, "event", [option["value"] for option in where], ALL)
    return html.Div(
        [
            heading("Coding by hand", about=about),
            html.Div(
                [
                    html.Div(select("coding-subject", "What", options, chosen, searchable=True,
                                    placeholder="Choose what to code"), className="wide"),
                    select("coding-event", "Where", where, event, searchable=True, filter=AS_FOUND),
                    dmc.TextInput(id="coding-coder", label="Who reads", placeholder="name or initials", size="sm",
                                  debounce=400, persistence=True, persistence_type="local"),
                    segment("coding-what", "Read", WHAT, address.one_of(view, "what", [v for v, _ in WHAT], "new")),
                ],
                className="controls",
            ),
            dcc.Store(id=STORE),
            dcc.Store(id="coding-given"),
            html.Div(id="coding-said", **{"aria-live": "assertive"}),
            html.Div(id="coding-card"),
            section("What comes of it", grouping.editor("coding", snapshot, address.first(view, "groups")),
                    html.Div(id="coding-results"), _taking(),
                    tools=segment("coding-by", "By", BY, address.one_of(view, "by", [v for v, _ in BY], "outlet")),
                    about="Over the corpus or the event above, wire copy counted once. Answers stay when a "
                    "refresh brings articles; those on a text or a question that has changed since are set aside "
                    "and counted."),
        ],
        className="page page-coding",
    )  # fmt: skip


def _events(snapshot: Snapshot, words: str | None, chosen: str | None) -> list[dict[str, str]]:
    """The whole corpus, and the events that hold the words."""
    return [{"value": ALL, "label": "The whole corpus"}, *choices.events(snapshot, words, chosen=chosen)]


def _taking() -> html.Element:
    """What is to be taken away: not from an address as tables are, since it changes with every answer."""
    links = (("answers", "Take all answers away"), ("values", "Take the values away"))
    more = {"type": "button", "className": "linklike"}
    buttons = [html.Button(words, id=f"coding-take-{name}", **more) for name, words in links]
    return html.Div([*buttons, dcc.Download(id="coding-file")], id="coding-take", className="take coding-take")


def _options(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What can be coded, by measure."""
    titles = {measure.name: measure.declaration.title for measure in all_measures()}
    groups: dict[str, list[dict[str, str]]] = {}
    for one in subjects(snapshot.codebook):
        title = titles[one.measure]
        groups.setdefault(title, []).append({"value": f"{one.measure}|{one.id}", "label": f"{title}: {one.asked}"})
    return [{"group": title, "items": items} for title, items in groups.items()]


def chooser(context: Context, snapshot: Snapshot) -> html.Element:
    """All that can be coded, by measure, and how many answers there are: what is shown until something is chosen."""
    answers = desk_of(context).codings().groupby(["measure", "subject"])["coder"].agg(["size", "nunique"])
    lists: list[Any] = []
    for group in _options(snapshot):
        items = []
        for option in group["items"]:
            asked, search = option["label"].partition(": ")[2], address.write({"subject": option["value"]})
            n, coders = answers.reindex([tuple(option["value"].split("|"))], fill_value=0).iloc[0]
            said = html.Span(f"{many(int(n), 'answer')} by {many(int(coders), 'coder')}", className="fine")
            items.append(html.Li([html.PageLink(asked, href=f"/coding{search}"), said if n else None]))
        lists += [html.H2(group["group"], className="codable-title"), html.Ul(items, className="codable columns")]
    return html.Div(lists)


def reading(context: Context, snapshot: Snapshot, choice: Choice, coder: str | None, *, again: bool) -> html.Element:
    """How far it is, and what is to be read next."""
    drawn, read = so_far(context, snapshot, choice)
    if not len(drawn):
        whole = html.PageLink("Read of the whole corpus", href="/coding" + address.write({"subject": choice.subject}))
        return state("Nothing was found", "The measure found no sentence for this here.",
                     action=whole if drawn.event else None)  # fmt: skip
    rows = next_rows(drawn, read, (coder or "").strip(), again=again)
    done = progress(snapshot, drawn, read, (coder or "").strip() or None)
    if rows:
        shown = card(snapshot, drawn, rows[0], may=refusal(context, coder))
    elif again:
        shown = state("Nothing that only others have read", "Two coders on one span say how far people agree.")
    else:
        shown = state("All of it is read", "Choose something else, or read what others have read.")
    return html.Div([done, shown])


def outcome(context: Context, snapshot: Snapshot, choice: Choice, by: str, own: str | None = None) -> Any:
    """What the answers say. own: the reader's groups, as an address holds them."""
    drawn, read = so_far(context, snapshot, choice)
    values, labels = values_in(snapshot, drawn, read, by, own), item_labels(snapshot)
    return results(agreement(drawn, read), read, values, drawn.subject, labels, gaps=gaps(drawn, read))


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""

    def where(words: str | None, chosen: str | None, held: str | None) -> list[dict[str, str]]:
        return _events(context.snapshot(held), words, chosen)

    app.callback(
        Output("coding-event", "data"), Input("coding-event", "searchValue"), State("coding-event", "value"),
        State("shell-snapshot", "data"), prevent_initial_call=True,
    )(where)  # fmt: skip
    _reading(app, context)
    _outcome(app, context)
    _take_away(app, context)
    grouping.register(app, "coding")
    shell.write_address(
        app, "coding", {"subject": "", "event": ALL, "what": "new", "by": "outlet", "groups": ""}, *_CHOSEN,
        Input("coding-what", "value"), Input("coding-by", "value"), Input("coding-groups", "data"),
    )  # fmt: skip


def _reading(app: Any, context: Context) -> None:
    """An answer is stored, and the next span shown."""

    def show(told: Any, subject: str, event: str, coder: str | None, what: str, held: str | None) -> tuple[Any, ...]:
        choice = Choice(subject, event)
        said, given = None, no_update
        if ctx.triggered_id == STORE and isinstance(told, dict):
            try:
                answered(context, str(told.get("value")), coder)
                given = told
            except ParallaxError as error:
                said = failure(error)
        try:
            snapshot = context.snapshot(held)
            if not choice:
                return chooser(context, snapshot), said, given
            return reading(context, snapshot, choice, coder, again=what == "again"), said, given
        except ParallaxError as error:
            return failure(error), said, given

    app.callback(
        Output("coding-card", "children"), Output("coding-said", "children"), Output("coding-given", "data"),
        Input(STORE, "data"), *_CHOSEN, Input("coding-coder", "value"), Input("coding-what", "value"),
        State("shell-snapshot", "data"),
    )(show)  # fmt: skip


def _outcome(app: Any, context: Context) -> None:
    """What comes of the answers, after each."""

    def follow(_: Any, subject: str, event: str, by: str, own: str | None, held: str | None) -> Any:
        choice = Choice(subject, event)
        if not choice:
            return state("Nothing is chosen", "What comes of the answers stands here once something is.")
        try:
            return outcome(context, context.snapshot(held), choice, by, own)
        except ParallaxError as error:
            return failure(error)

    app.callback(
        Output("coding-results", "children"), Input("coding-given", "data"), *_CHOSEN,
        Input("coding-by", "value"), Input("coding-groups", "data"), State("shell-snapshot", "data"),
    )(follow)  # fmt: skip


def _take_away(app: Any, context: Context) -> None:
    """Answers or values as a file."""

    def take(_: Any, __: Any, subject: str, event: str, by: str, own: str | None, held: str) -> tuple[Any, Any]:
        if ctx.triggered_id is None:
            raise PreventUpdate
        what = str(ctx.triggered_id).removeprefix("coding-take-")
        try:
            return file_of(context, context.snapshot(held), what, Choice(subject, event), by, own), None
        except ParallaxError as error:
            return no_update, failure(error)

    app.callback(
        Output("coding-file", "data"), Output("coding-said", "children", allow_duplicate=True),
        Input("coding-take-answers", "n_clicks"), Input("coding-take-values", "n_clicks"),
        State("coding-subject", "value"), State("coding-event", "value"), State("coding-by", "value"),
        State("coding-groups", "data"), State("shell-snapshot", "data"), prevent_initial_call=True,
    )(take)  # fmt: skip


PAGE = Page("coding", "/coding", "Coding", layout, register)
