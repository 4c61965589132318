"""The trial on the Codebook page: its form, its callbacks, and the entries that a reader has collected."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import address, html, shell
from dashboard.address import View
from dashboard.components import failure, select, state
from dashboard.context import Context
from dashboard.editing import KINDS, Edit, Kind, edited, made, read_edit
from dashboard.toml import as_toml
from dashboard.trial import Tried, try_edit
from dashboard.views.trial import caught
from pipeline.codebook import Codebook
from pipeline.errors import ParallaxError
from pipeline.snapshot import Snapshot

TITLES = {"term": "A term", "claim": "A claim", "paraphrase": "A paraphrase of a claim"}
STAGES = {"waiting": "Waiting for its turn", "load": "Loading the models, once", "read": "Reading the sentences"}
POLL_MILLISECONDS = 600


def edits_of(view: View) -> list[Edit]:
    """The collected entries that an address holds."""
    return [edit for written in view.get("edit", ()) if (edit := read_edit(written)) is not None]


def tried_of(view: View) -> Edit | None:
    """The entry that an address has tried."""
    return read_edit(address.first(view, "try", "") or "")


def form(book: Codebook, view: View) -> html.Element:
    """What to try, where it would go, and the button. The address fills it."""
    tried = tried_of(view) or Edit("term", "")
    concepts = [{"value": c.id, "label": c.label} for c in book.concepts]
    claims = [{"value": p.id, "label": p.claim} for p in book.propositions]
    return html.Div(
        [
            dmc.SegmentedControl(
                id="codebook-kind", data=[{"value": k, "label": TITLES[k]} for k in KINDS], value=tried.kind,
                size="sm", attributes={"root": {"aria-label": "What to try"}}, className="views",
            ),
            html.Div(
                [
                    dmc.TextInput(id="codebook-text", label="In so many words", size="sm", value=tried.text,
                                  placeholder="a name of the thing, or a sentence that states the claim"),
                    html.Div(select("codebook-concept", "A name of", concepts, _one(concepts, tried.into)),
                             id="codebook-concept-frame"),
                    html.Div(select("codebook-claim", "Another way to put", claims, _one(claims, tried.into),
                                    searchable=True), id="codebook-claim-frame"),
                    html.Div(dmc.Textarea(id="codebook-more", label="Irregular forms, or paraphrases", autosize=True,
                                          minRows=2, maxRows=8, size="sm", value="\n".join(tried.more),
                                          description="one a line; may stay empty"), id="codebook-more-frame"),
                ],
                className="trial-fields",
            ),
            dmc.Button("Try it", id="codebook-go", size="sm"),
        ],
        className="trial",
    )  # fmt: skip


def _one(options: Sequence[dict[str, str]], chosen: str | None) -> str | None:
    known = [option["value"] for option in options]
    return chosen if chosen in known else (known[0] if known else None)


def stores(view: View) -> html.Element:
    """What the page remembers while it is open."""
    tried = tried_of(view)
    # A link to a term shows what it catches; a claim would load the models, and waits for a click.
    asked = tried is not None and tried.kind == "term"
    return html.Div(
        [
            dcc.Store(id="codebook-edits", data=[edit.written() for edit in edits_of(view)]),
            dcc.Store(id="codebook-drop"),
            dcc.Store(id="codebook-asked", data=asked),
            dcc.Store(id="codebook-tried", data=tried.written() if tried else None),
            dcc.Store(id="codebook-key"),
            dcc.Store(id="codebook-done"),
            dcc.Interval(id="codebook-poll", interval=POLL_MILLISECONDS, disabled=True),
            dcc.Download(id="codebook-file"),
        ]
    )


def collected(snapshot: Snapshot, written: Sequence[str]) -> Any:
    """The entries that the file to be taken away has more than the snapshot's codebook."""
    edits = [edit for one in written if (edit := read_edit(one)) is not None]
    if not edits:
        return html.P("No entry added yet: try one, then add it.", className="fine")
    names = {c.id: c.label for c in snapshot.codebook.concepts} | snapshot.codebook.labels()
    return html.Ol([_entry(number, edit, names) for number, edit in enumerate(edits)], className="edits")


def _entry(number: int, edit: Edit, names: dict[str, str]) -> html.Element:
    where = {"term": f"a name of {names.get(edit.into, edit.into)}", "claim": "a new claim",
             "paraphrase": f"another way to put “{names.get(edit.into, edit.into)}”"}[edit.kind]  # fmt: skip
    more = f" ({'; '.join(edit.more)})" if edit.more else ""
    return html.Li(
        [
            html.Span([html.Strong(edit.text), f"{more}, {where}"]),
            html.Button("Take it out", type="button", className="linklike",
                        **{"data-set": "codebook-drop", "data-value": str(number),
                           "aria-label": f"Take it out: “{edit.text}”"}),
        ]
    )  # fmt: skip


def _typed(kind: Kind, text: str | None, concept: str | None, claim: str | None, more: str | None) -> Edit:
    into = {"term": concept, "claim": None, "paraphrase": claim}[kind]
    return made(kind, text, into, [] if kind == "paraphrase" else (more or "").split("\n"))


def _key(snapshot: Snapshot, written: Sequence[str], edit: Edit) -> str:
    return hashlib.sha256("\n".join([snapshot.id, *written, edit.written()]).encode()).hexdigest()[:20]


def register(app: Any, context: Context) -> None:
    """The callbacks of the trial."""
    _form(app)
    _trying(app, context)
    _collecting(app, context)


def _form(app: Any) -> None:
    def fields(kind: str) -> tuple[dict[str, str], ...]:
        shown = {"term": ("concept", "more"), "claim": ("more",), "paraphrase": ("claim",)}[kind]
        return tuple({} if name in shown else {"display": "none"} for name in ("concept", "claim", "more"))

    app.callback(
        Output("codebook-concept-frame", "style"), Output("codebook-claim-frame", "style"),
        Output("codebook-more-frame", "style"), Input("codebook-kind", "value"),
    )(fields)  # fmt: skip


def _trying(app: Any, context: Context) -> None:
    typed = [State(f"codebook-{name}", "value") for name in ("kind", "text", "concept", "claim", "more")]

    def ask(clicks: int | None, submits: int | None, again: Any, *given: Any) -> tuple[Any, ...]:
        if not (clicks or submits or again):
            raise PreventUpdate
        *fields, written, held = given
        snapshot = context.snapshot(held)
        try:
            edit = _typed(*fields)
            edits = [found for one in written if (found := read_edit(one)) is not None]
            edited(snapshot.codebook, edits)
        except ParallaxError as error:
            return failure(error), None, True, no_update, None
        key = _key(snapshot, written, edit)
        context.jobs.ask(
            key, lambda told: try_edit(context.snapshot(snapshot.id), edits, edit, context.models, told=told)
        )
        return _waiting("waiting", 0, 0), key, False, edit.written(), None

    def follow(ticks: int | None, key: str | None) -> tuple[Any, ...]:
        if not ticks:
            raise PreventUpdate  # Dash asks as the page is drawn, too: its answer could come after that to a click
        # Light, whatever the answer weighs: a tick that is slower than the next one would never be heard.
        job = context.jobs.get(key)
        if job is None or job.state == "cancelled":
            return state("Cancelled", "Try it again when you like.") if key else no_update, True, no_update
        if job.state == "failed":
            return failure(job.error or ParallaxError("failed")), True, no_update
        if job.state == "done":
            return no_update, True, key
        return _waiting(job.stage, job.done, job.total), False, no_update

    def show(key: str | None, held: str) -> Any:
        job = context.jobs.get(key)
        if job is None or job.state != "done":
            raise PreventUpdate
        return _answer(job.result, context.snapshot(held))

    def cancel(clicks: int | None, key: str | None) -> Any:
        if clicks:
            context.jobs.cancel(key)
        return no_update

    app.callback(
        Output("codebook-found", "children"), Output("codebook-key", "data"), Output("codebook-poll", "disabled"),
        Output("codebook-tried", "data"), Output("codebook-done", "data"),
        Input("codebook-go", "n_clicks"), Input("codebook-text", "n_submit"), Input("codebook-asked", "data"),
        *typed, State("codebook-edits", "data"), State("shell-snapshot", "data"),
    )(ask)  # fmt: skip
    app.callback(
        Output("codebook-found", "children", allow_duplicate=True),
        Output("codebook-poll", "disabled", allow_duplicate=True),
        Output("codebook-done", "data", allow_duplicate=True),
        Input("codebook-poll", "n_intervals"), State("codebook-key", "data"), prevent_initial_call=True,
    )(follow)  # fmt: skip
    app.callback(
        Output("codebook-found", "children", allow_duplicate=True), Input("codebook-done", "data"),
        State("shell-snapshot", "data"), prevent_initial_call=True,
    )(show)  # fmt: skip
    shell.one_at_a_time(app, "codebook-poll")
    app.callback(
        Output("codebook-cancel", "disabled"), Input("codebook-cancel", "n_clicks"), State("codebook-key", "data"),
        prevent_initial_call=True,
    )(cancel)  # fmt: skip


def _waiting(stage: str, done: int, total: int) -> html.Element:
    share = 100 * done / total if total else 0
    return html.Div(
        [
            html.Span(STAGES.get(stage, stage.capitalize()), className="stage"),
            dmc.Progress(value=max(share, 6), size="sm", className="progress-bar",
                         **{"aria-label": "Progress of the trial"}),
            html.Button("Cancel", id="codebook-cancel", className="linklike", type="button"),
        ],
        className="progress",
    )  # fmt: skip


def _answer(tried: Tried, snapshot: Snapshot) -> html.Element:
    add = (
        None if tried.known else dmc.Button("Add it to the codebook", id="codebook-add", size="sm", variant="outline")
    )
    return html.Div([html.Div(add, className="trial-add"), caught(tried, snapshot)])


def _collecting(app: Any, context: Context) -> None:
    def add(clicks: int | None, written: list[str], key: str | None, held: str) -> tuple[Any, Any]:
        job = context.jobs.get(key)
        if not clicks or job is None or job.state != "done":
            raise PreventUpdate
        tried: Tried = job.result
        more = [*written, tried.edit.written()]
        try:
            edited(context.snapshot(held).codebook, [e for one in more if (e := read_edit(one)) is not None])
        except ParallaxError as error:
            return no_update, failure(error)
        return more, state("Added", "It stands in the file below; try another, or take the file away.")

    def drop(chosen: Any, written: list[str]) -> list[str]:
        if not isinstance(chosen, dict):
            raise PreventUpdate
        return [one for number, one in enumerate(written) if str(number) != chosen["value"]]

    def download(clicks: int | None, written: list[str], held: str) -> dict[str, str]:
        if not clicks:
            raise PreventUpdate
        edits = [edit for one in written if (edit := read_edit(one)) is not None]
        return {"content": as_toml(edited(context.snapshot(held).codebook, edits)), "filename": "codebook.toml"}

    # Apart, because the button to add is there only with an answer.
    app.callback(
        Output("codebook-edits", "data"), Output("codebook-found", "children", allow_duplicate=True),
        Input("codebook-add", "n_clicks"), State("codebook-edits", "data"), State("codebook-done", "data"),
        State("shell-snapshot", "data"), prevent_initial_call=True,
    )(add)  # fmt: skip
    app.callback(
        Output("codebook-edits", "data", allow_duplicate=True), Input("codebook-drop", "data"),
        State("codebook-edits", "data"), prevent_initial_call=True,
    )(drop)  # fmt: skip
    app.callback(
        Output("codebook-collected", "children"), Input("codebook-edits", "data"), State("shell-snapshot", "data")
    )(lambda written, held: collected(context.snapshot(held), written))
    app.callback(
        Output("codebook-file", "data"), Input("codebook-download", "n_clicks"), State("codebook-edits", "data"),
        State("shell-snapshot", "data"), prevent_initial_call=True,
    )(download)  # fmt: skip
