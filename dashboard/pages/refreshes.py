"""Sources and refreshes: what the last refresh did, what failed, what was left out and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import dcc, html

from dashboard import address, queries
from dashboard.address import View
from dashboard.components import facts, heading, section, state, table, take_table
from dashboard.context import Context
from dashboard.numbers import count, duration, moment
from dashboard.pages import Page
from pipeline.errors import ParallaxError
from pipeline.snapshot import Snapshot, snapshot_ids

SHOWN = 20  # snapshots listed


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    ledger = snapshot.table("refresh")
    manifest = snapshot.manifest
    notes = ledger[ledger["what"] == "note"]
    return html.Div(
        [
            heading("Sources and refreshes", about="What the refresh that made this snapshot did, stage by "
                                                   "stage; which "
                    "sources answered; and what is not in the figures, by reason."),
            facts(
                [
                    ("snapshot", snapshot.id),
                    ("started", moment(manifest["started"]) if manifest.get("started") else None),
                    ("ended", moment(manifest["ended"]) if manifest.get("ended") else None),
                    *[(str(row.name), count(int(row.count))) for row in _named(notes)],
                ]
            ),
            section("Stages", _stages(ledger), take_table("refresh", {"what": "stage", "snapshot": snapshot.id})),
            section("Sources", _sources(ledger), take_table("refresh", {"what": "source", "snapshot": snapshot.id})),
            section("Left out", _left(snapshot),
                    take_table("refresh", {"what": "drop", "snapshot": snapshot.id}),
                    about="Refused articles never came in; the others are kept and shown, and no measure reads "
                          "them."),
            section("Snapshots", _snapshots(context, snapshot),
                    take_table("snapshots", {"snapshot": snapshot.id}),
                    about="Each is whole and never changes. Open an older one to see the figures as they were."),
        ],
        className="page page-refreshes",
    )  # fmt: skip


def _named(frame: pd.DataFrame) -> list[Any]:
    """Rows with the names that pandas's own methods would hide."""
    from types import SimpleNamespace

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


def _sources(ledger: pd.DataFrame) -> Any:
    sources = ledger[ledger["what"] == "source"]
    if not len(sources):
        return state("No source was asked", "This refresh used what the library had already.")
    failed = sources["detail"].notna()
    shown = pd.DataFrame(
        {
            "Source": sources["name"],
            "State": ["failed" if bad else "answered" for bad in failed],
            "New articles": [count(int(n)) for n in sources["count"]],
            "Took": [duration(s) for s in sources["seconds"]],
            "What went wrong": sources["detail"].fillna(""),
        }
    )
    return table(shown, caption="Sources of the refresh", numeric=["New articles", "Took"])


def _left(snapshot: Snapshot) -> Any:
    drops = queries.left_out(snapshot)
    if not len(drops):
        return state("Nothing was left out", "Every article that came in is measured.")
    shown = pd.DataFrame(
        {"Reason": drops["name"], "Articles": [count(int(n)) for n in drops["count"]], "": drops["detail"].fillna("")}
    )
    return table(shown, caption="Left out, by reason", numeric=["Articles"])


def _snapshots(context: Context, held: Snapshot) -> Any:
    rows = []
    for identifier in reversed(snapshot_ids(context.store, context.corpus)[-SHOWN:]):
        try:
            manifest = context.snapshot(identifier).manifest
        except ParallaxError as error:
            rows.append((identifier, str(error), "", ""))
            continue
        link = dcc.Link(identifier, href="/refreshes" + address.write({"snapshot": identifier}))
        here = " in view" if identifier == held.id else ""
        newest = " newest" if identifier == context.newest() else ""
        made = moment(manifest["ended"]) if manifest.get("ended") else ""
        rows.append((link, made, count(manifest["rows"]["articles"]),
                     (newest + here).strip()))  # fmt: skip
    shown = pd.DataFrame(rows, columns=["Snapshot", "Made", "Articles", "State"])
    return table(shown, caption="Snapshots", numeric=["Articles"])


def register(app: Any, context: Context) -> None:
    """The page has no callbacks."""


PAGE = Page("refreshes", "/refreshes", "Refreshes", layout, register)
