"""Compare: one piece beside what others wrote about the same event."""

from __future__ import annotations

from typing import Any

from dash import dcc

from dashboard import html
from dashboard.address import View
from dashboard.asking import request_of
from dashboard.context import Context
from dashboard.pages import Page
from dashboard.pages import _compare_calls as calls
from dashboard.pages import _compare_parts as parts
from dashboard.pages._compare_landing import landing
from pipeline.errors import ParallaxError
from pipeline.snapshot import Snapshot


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:
    """The page: an invitation where the address names no piece, the comparison where it does."""
    request = request_of(snapshot, view)
    if request is None:
        return html.Div([landing(snapshot), parts.bring(snapshot)], className="page page-compare")
    try:
        piece = context.piece(request)
    except ParallaxError as error:
        return html.Div([landing(snapshot, error=error), parts.bring(snapshot)],
                        className="page page-compare")  # fmt: skip
    return html.Div(
        [
            parts.stores(request, view),
            html.Div(
                [parts.piece_card(piece), html.Div(parts.event_waiting(), id="compare-event-card", className="card")],
                className="pair",
            ),
            parts.controls(snapshot, request, view),
            html.Div(id="compare-progress", className="progress-frame", **{"aria-live": "polite"}),
            html.Div(id="compare-body", className="compare-body"),
            parts.evidence_drawer(),
            parts.bring(snapshot),
            dcc.Download(id="compare-download"),
        ],
        className="page page-compare",
    )


PAGE = Page("compare", "/", "Compare", layout, calls.register)
