"""Charts on pages: drawn in the page's colours when the page knows them, with the links that take them away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, State
from dash.exceptions import PreventUpdate

from dashboard import html
from dashboard.components import graph, take
from dashboard.context import Context
from dashboard.screen import theme_of
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

# A page says its width in steps, so that a chart need not be made anew for every window.
SENTENCES = "sentences"
LEAST_WIDTH, MOST_WIDTH, WIDTH_STEP = 300, 1200, 50


def chart(page: str, name: str, *, label: str, marks: str = SENTENCES, event: str | None = None) -> html.Element:
    """The place of a chart, with the links that take it away.

    marks: what a click on a mark does: opens its sentences (of one event only, where one is given); follows an
    address that ends in `=`, with the mark's item at its end; or chooses its source in the control of this id.
    """
    opens = {"data-marks": marks, **({"data-event": event} if event else {})}
    return html.Div(
        [html.Div(graph(f"{page}-{name}", label=label), **opens),
         html.P("Click a mark for its sentences." if marks == SENTENCES else "Click a mark to open it.",
                className="fine chart-hint"),
         html.Div(id=f"{page}-{name}-take", className="take")],
        className="chart-block",
    )  # fmt: skip


def draw(app: Any, context: Context, page: str, name: str, options: Mapping[str, Input]) -> None:
    """Has a chart of the snapshot drawn anew whenever the scheme, the page's width or an option changes."""

    def drawn(scheme: str | None, width: int | None, *values: Any) -> tuple[Any, Any]:
        if scheme is None:
            raise PreventUpdate  # the page does not know yet whether it is light or dark
        *given, held = values
        chosen = {k: v for k, v in zip(options, given, strict=True) if v and v != "all"}
        found = figure(context.snapshot(held), name, chosen, scheme, width=width)
        return found, take(name, {**chosen, "snapshot": held})

    context.answers.lasting(f"{page}-{name}.figure")
    app.callback(
        Output(f"{page}-{name}", "figure"), Output(f"{page}-{name}-take", "children"),
        Input("shell-scheme", "data"), Input("shell-width", "data"), *options.values(),
        State("shell-snapshot", "data"),
    )(drawn)  # fmt: skip


def figure(
    source: Snapshot | Mapping[str, Any], name: str, options: Mapping[str, str], scheme: str, *, width: int | None
) -> dict[str, Any]:
    """A chart as a plotly figure; an option that is of no use gives a figure that says so.

    width: of its place in pixels, as the page says it; it is laid out for that, and fills its place.
    """
    from dashboard.figures import chart_named
    from dashboard.figures._layout import empty

    module, theme, room = chart_named(name), theme_of(scheme), _room(width)
    try:
        drawn = module.figure(module.tidy(source, options), theme=theme, width=room)
    except InputError as error:
        drawn = empty(theme, str(error), room)
    drawn["layout"].pop("width", None)
    return drawn


def _room(width: int | None) -> int | None:
    """The width that a chart is laid out for: what the page says, if it is one that a page would say."""
    if not isinstance(width, int) or width % WIDTH_STEP:
        return None
    return min(max(width, LEAST_WIDTH), MOST_WIDTH)
