"""Compare: one piece beside what others wrote about the same event."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import address
from dashboard.address import View
from dashboard.context import Context, Request
from dashboard.pages import Page
from dashboard.pages import _compare_calls as calls
from dashboard.pages import _compare_parts as parts
from pipeline.errors import ParallaxError
from pipeline.snapshot import Snapshot


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:
    """The page: an invitation where the address names no piece, the comparison where it does."""
    request = request_of(snapshot, view)
    if request is None:
        return html.Div([parts.landing(snapshot), parts.bring(snapshot)], className="page page-compare")
    try:
        piece = context.piece(request)
    except ParallaxError as error:
        return html.Div([parts.landing(snapshot, error=error), parts.bring(snapshot)],
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


def request_of(snapshot: Snapshot, view: View) -> Request | None:
    """What the address asks for; null where it names no piece."""
    article, text = address.first(view, "piece"), address.first(view, "text")
    if not article and not text:
        return None
    ground = address.one_of(view, "ground", ("", "event", "neighbourhood", "period"), "")
    return Request(
        snapshot=snapshot.id,
        article=None if text else article,
        text=text,
        ground=ground or None,
        event=address.first(view, "event"),
        since=address.first(view, "since"),
        until=address.first(view, "until"),
        against=tuple(view.get("against", ())),
        wire=address.one_of(view, "wire", ("once", "everywhere"), "once"),
    )


PAGE = Page("compare", "/", "Compare", layout, calls.register)
