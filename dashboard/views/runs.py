"""The ledger of refreshes and the health of sources, as tables for reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard import html
from dashboard.components import state, table
from dashboard.numbers import NONE, count, duration, many, moment
from pipeline.collect.health import Health
from pipeline.runs import Run

BARS = 40


def when(value: datetime | None) -> str:
    """A moment of the ledger in words; the dash where there is none."""
    return NONE if value is None else moment(value.isoformat())


def ledger(runs: Sequence[Run]) -> Any:
    """The runs, the newest first, each with what it took and brought, and what it left out."""
    if not runs:
        return state("No refresh is on record", "This snapshot came from elsewhere, or its ledger was removed.")
    shown = pd.DataFrame(
        {
            "Began": [when(run.started) for run in runs],
            "Came to": [html.Span(run.outcome, className=f"outcome outcome-{run.outcome}") for run in runs],
            "Took": [_unfolding(duration(run.took_seconds), run.seconds, duration) for run in runs],
            "By": [{"hand": "hand", "schedule": "schedule"}[run.trigger] for run in runs],
            "Articles": [count(run.counts["articles"]) if "articles" in run.counts else NONE for run in runs],
            "Left out": [_left_out(run) for run in runs],
            "What went wrong": [_wrong(run) for run in runs],
        }
    )
    return table(shown, caption="Refreshes, the newest first", numeric=["Articles"])


def _unfolding(summary: str, entries: dict[str, Any], said: Any) -> Any:
    if not entries:
        return summary
    lines = [html.Li([html.Span(name), html.Span(said(value), className="num")]) for name, value in entries.items()]
    return html.Details([html.Summary(summary), html.Ul(lines)], className="unfolding")


def _left_out(run: Run) -> Any:
    total = sum(run.drops.values())
    if run.outcome != "published" and not total:
        return NONE
    return _unfolding(count(total), run.drops, count) if total else "none"


def _wrong(run: Run) -> Any:
    parts: list[Any] = [html.P(run.error)] if run.error else []
    parts += [html.P(f"{source}: {why}") for source, why in run.failures.items()]
    parts += [html.P(f"{source}: {flag}") for source, flag in run.sick.items() if source not in run.failures]
    if run.outcome == "running" and run.stage:
        parts.append(html.P(f"in stage {run.stage}"))
    return html.Div(parts) if parts else ""


def durations(runs: Sequence[Run]) -> Any:
    """How long each took, a bar a run, the oldest first; runs that did not publish stand out."""
    some = [run for run in reversed(runs[:BARS]) if run.took_seconds is not None]
    if len(some) < 2:
        return None
    top = max(run.took_seconds or 0.0 for run in some) or 1.0
    bars = [
        html.Span(
            style={"height": f"{max(4.0, 100 * (run.took_seconds or 0) / top):.0f}%"},
            className=f"ran ran-{run.outcome}",
            **{"data-tip": f"{when(run.started)}: {run.outcome}, {duration(run.took_seconds)}"},
        )
        for run in some
    ]
    words = f"How long the last {len(some)} refreshes took, at most {duration(top)}"
    return html.Div([html.Div(bars, className="spark spark-runs", role="img", **{"aria-label": words}),
                     html.P(f"{words}. Striped: not published.", className="fine")])  # fmt: skip


def sources(found: Sequence[Health], kinds: dict[str, str]) -> Any:
    """How each source stands after its last run. kinds: of the sources that the corpus has now."""
    if not found:
        return state("No source was asked yet", "The library holds what was imported by hand.")
    shown = pd.DataFrame(
        {
            "Source": [one.last.source for one in found],
            "Kind": [kinds.get(one.last.source, NONE) for one in found],
            "State": [_state(one) for one in found],
            "Last asked": [when(one.last.started) for one in found],
            "Last answered": [when(one.answered) for one in found],
            "New": [count(one.last.new) for one in found],
            "Refused": [_unfolding(count(sum(one.last.refused.values())), one.last.refused, count) for one in found],
            "Took": [duration(one.last.seconds) for one in found],
            "What to look at": [one.flag or one.last.failed or "" for one in found],
        }
    )
    return table(shown, caption="Health of the sources", numeric=["New", "Refused", "Took"])


def _state(one: Health) -> html.Element:
    if one.last.failed is None:
        return html.Span("answers", className="outcome outcome-published" if one.flag is None else "outcome")
    nights = f"failing, {many(one.nights_failing, 'night')}" if one.nights_failing > 1 else "failed"
    return html.Span(nights, className="outcome outcome-failed")
