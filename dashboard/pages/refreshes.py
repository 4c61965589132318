"""Sources and refreshes: the runs and how they went, what comes next, which sources answer; refresh now."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, State, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import address, html, queries, shell
from dashboard.address import View
from dashboard.allowing import asker
from dashboard.components import facts, failure, heading, section, state, table, take_table
from dashboard.context import Context
from dashboard.numbers import count, duration, moment
from dashboard.pages import Page
from dashboard.refreshing import Standing
from dashboard.views import runs as ledger
from pipeline.collect.health import Health, health_of
from pipeline.errors import ParallaxError
from pipeline.runs import Run, read_runs
from pipeline.snapshot import Snapshot, manifest_of, snapshot_ids

SHOWN = 20  # snapshots listed
RUNS = 30  # runs listed, the newest
POLL_MILLISECONDS = 2500  # a stage takes seconds to minutes


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    runs = read_runs(context.store, context.corpus)[::-1]
    standing = context.refresher.standing()
    return html.Div(
        [
            heading("Sources and refreshes", about="How the refreshes of this corpus went, when the next one is due, "
                    "which sources answer, and what is not in the figures, by reason."),
            html.Div(now(context, standing), id="refreshes-now"),
            html.Div(id="refreshes-said", **{"aria-live": "assertive"}),
            dcc.Interval(id="refreshes-poll", interval=POLL_MILLISECONDS, disabled=not standing.busy),
            section("Runs", html.Div(_runs(runs), id="refreshes-runs"),
                    about=f"The ledger, newest first{_cut(len(runs))}. Times are in UTC. Open a duration for its "
                    "stages, a number for the reasons."),
            section("Sources", _sources(context, snapshot),
                    about="After the last time that each was asked. A source that fails night after night, falls "
                    "silent or floods is named first."),
            *_of_snapshot(context, snapshot),
        ],
        className="page page-refreshes",
    )  # fmt: skip


def now(context: Context, standing: Standing) -> html.Element:
    """How it stands: the refresh under way, or the last and the next, and the button."""
    may_not = context.refresher.refusal(asker())
    button = dmc.Button(
        "Refresh now", id="refreshes-start", size="sm", disabled=standing.busy or may_not is not None,
    )  # fmt: skip
    return html.Div(
        [
            html.Div(_words(context, standing), role="status", className="now-words"),
            html.Div([button, html.P(may_not, className="fine") if may_not else None], className="now-action"),
        ],
        className=f"now now-{standing.state}",
    )


def _words(context: Context, standing: Standing) -> list[Any]:
    run = standing.run
    if standing.state == "starting":
        return [html.P("A refresh is starting", className="state-title")]
    if standing.state == "running":
        where = f"At the stage “{run.stage}”" if run and run.stage else "At its beginning"
        since = f", since {moment(run.started.isoformat())}" if run else ""
        return [
            html.P("A refresh is under way", className="state-title"),
            html.P(f"{where}{since}{_held(standing)}. {_usual(context)}"),
            dmc.Progress(value=100, animated=True, striped=True, size="sm", className="progress-bar",
                         **{"aria-label": "A refresh is under way"}),
        ]  # fmt: skip
    failed = [state("The refresh did not end well", standing.words, kind="error")] if standing.words else []
    return [*failed, _last_and_next(context)]


def _held(standing: Standing) -> str:
    """ " (process 12, since …)" of the lock where no run says since when."""
    return f" ({standing.words.removeprefix(': ')})" if standing.words and standing.run is None else ""


def _usual(context: Context) -> str:
    ended = [run for run in read_runs(context.store, context.corpus) if run.outcome == "published"]
    return f"The last one that published took {duration(ended[-1].took_seconds)}." if ended else ""


def _last_and_next(context: Context) -> html.Element:
    from pipeline.schedule import status

    found = status(context.store, context.corpus, now=datetime.now(UTC))
    last, upcoming = found["last"], found["next"]
    late = ", overdue" if found["overdue"] else ""
    planned: Any = [html.Span("none planned; "), html.Code("parallax schedule"), " sees to it"]
    if upcoming:
        planned = f"{moment(upcoming)}{late} ({found['at']} {found['timezone']} each day, by {found['by']})"
    return facts(
        [
            ("Last refresh", f"{last['outcome']}, {moment(last['started'])}" if last else "none on record"),
            ("Took", duration(last["took_seconds"]) if last else None),
            ("Next", planned),
        ]
    )


def _cut(total: int) -> str:
    return f": {RUNS} of {count(total)}" if total > RUNS else ""


def _runs(runs: list[Run]) -> list[Any]:
    return [ledger.durations(runs), ledger.ledger(runs[:RUNS])]


def _sources(context: Context, snapshot: Snapshot) -> Any:
    try:
        found = _health(context)
    except ParallaxError as error:
        return failure(error)
    return ledger.sources(found, {source.name: source.kind for source in snapshot.corpus.sources})


def _health(context: Context) -> list[Health]:
    """How the sources stand, by the library; nothing where there is no library here. Raises WorkError."""
    from pipeline.library.engine import library_url, open_engine
    from pipeline.library.runs import runs

    url = library_url(context.settings.library_url, context.store)
    if context.settings.library_url is None and not (context.store / "library.sqlite").is_file():
        return []
    engine = open_engine(url)
    try:
        return health_of(runs(engine, context.corpus), limit=context.settings.failing_nights)
    finally:
        engine.dispose()


def _of_snapshot(context: Context, snapshot: Snapshot) -> list[Any]:
    """What the refresh did that made the snapshot in view; what it left out; the other snapshots."""
    table_, manifest = snapshot.table("refresh"), snapshot.manifest
    notes = table_[table_["what"] == "note"]
    return [
        section(
            "The snapshot in view",
            facts(
                [
                    ("snapshot", snapshot.id),
                    ("started", moment(manifest["started"]) if manifest.get("started") else None),
                    ("ended", moment(manifest["ended"]) if manifest.get("ended") else None),
                    *[(str(row.name), count(int(row.count))) for row in _named(notes)],
                ]
            ),
            _stages(table_),
            take_table("refresh", {"snapshot": snapshot.id}),
            about="Its stages, and how long each took.",
        ),
        section("Left out", _left(snapshot),
                take_table("refresh", {"what": "drop", "snapshot": snapshot.id}),
                about="Refused articles never came in; the others are kept and shown, and no measure reads them."),
        section("Snapshots", _snapshots(context, snapshot),
                take_table("snapshots", {"snapshot": snapshot.id}),
                about="Each is whole and never changes. Open an older one to see the figures as they were."),
    ]  # fmt: skip


def _named(frame: pd.DataFrame) -> list[Any]:
    """Rows with the names that pandas's own methods would hide."""
    return [SimpleNamespace(**{str(k): v for k, v in row.items()}) for row in frame.to_dict("records")]


def _stages(ledger: pd.DataFrame) -> Any:
    stages = ledger[ledger["what"] == "stage"]
    top = max(float(stages["seconds"].max() or 0), 1e-9) if len(stages) else 1.0
    rows = [
        html.Li(
            [
                html.Span(row.name, className="topic"),
                html.Span(f"{duration(row.seconds)} · {count(int(row.count))} rows", className="chance"),
                html.Span(html.Span(style={"width": f"{100 * (row.seconds or 0) / top:.1f}%"}), className="bar"),
            ]
        )
        for row in _named(stages)
    ]
    return html.Ol(rows, className="distances columns") if rows else state("No stage is on record", "")


def _left(snapshot: Snapshot) -> Any:
    drops = queries.left_out(snapshot)
    if not len(drops):
        return state("Nothing was left out", "Every article that came in is measured.")
    shown = pd.DataFrame(
        {"Reason": drops["name"], "Articles": [count(int(n)) for n in drops["count"]],
         "Detail": drops["detail"].fillna("")}
    )  # fmt: skip
    return table(shown, caption="Left out, by reason", numeric=["Articles"])


def _snapshots(context: Context, held: Snapshot) -> Any:
    rows: list[tuple[Any, str, str, str]] = []
    for identifier in reversed(snapshot_ids(context.store, context.corpus)[-SHOWN:]):
        try:
            manifest = manifest_of(context.store, context.corpus, identifier)
        except ParallaxError as error:
            rows.append((identifier, str(error), "", ""))
            continue
        link = html.PageLink(identifier, href="/refreshes" + address.write({"snapshot": identifier}))
        here = " in view" if identifier == held.id else ""
        newest = " newest" if identifier == context.newest() else ""
        made = moment(manifest["ended"]) if manifest.get("ended") else ""
        rows.append((link, made, count(manifest["rows"]["articles"]),
                     (newest + here).strip()))  # fmt: skip
    shown = pd.DataFrame(rows, columns=["Snapshot", "Made", "Articles", "State"])
    return table(shown, caption="Snapshots", numeric=["Articles"])


def register(app: Any, context: Context) -> None:
    """The page's callbacks: start a refresh, and follow whichever is under way."""

    def start(clicks: int | None) -> tuple[Any, ...]:
        if not clicks:
            raise PreventUpdate
        may_not = context.refresher.refusal(asker())
        if may_not is not None:
            return state("It was not started", may_not, kind="error"), no_update, no_update
        try:
            context.refresher.start()
        except ParallaxError as error:
            return failure(error), now(context, context.refresher.standing()), False
        return None, now(context, context.refresher.standing()), False

    def follow(ticks: int | None, path: str, search: str, held: str | None) -> tuple[Any, ...]:
        if not ticks:
            raise PreventUpdate  # Dash asks as the page is drawn, too: its answer could come after that to a click
        standing = context.refresher.standing()
        banner = shell.newer(context, held, path, search or "")
        runs = read_runs(context.store, context.corpus)[::-1]
        return now(context, standing), not standing.busy, _runs(runs), banner

    app.callback(
        Output("refreshes-said", "children"), Output("refreshes-now", "children"),
        Output("refreshes-poll", "disabled"), Input("refreshes-start", "n_clicks"), prevent_initial_call=True,
    )(start)  # fmt: skip
    app.callback(
        Output("refreshes-now", "children", allow_duplicate=True),
        Output("refreshes-poll", "disabled", allow_duplicate=True), Output("refreshes-runs", "children"),
        Output("shell-newer", "children", allow_duplicate=True), Input("refreshes-poll", "n_intervals"),
        State("shell-address", "pathname"), State("shell-address", "search"), State("shell-snapshot", "data"),
        prevent_initial_call=True,
    )(follow)  # fmt: skip
    shell.one_at_a_time(app, "refreshes-poll")


PAGE = Page("refreshes", "/refreshes", "Refreshes", layout, register)
