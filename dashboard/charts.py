"""Charts on pages: drawn in the page's colours when the page knows them, and taken away as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import Input, Output, State, html
from dash.exceptions import PreventUpdate
from flask import Response, request

from dashboard import address
from dashboard.asking import request_of
from dashboard.components import graph
from dashboard.context import Analysis, Context
from dashboard.screen import theme_of
from pipeline.errors import InputError, ParallaxError
from pipeline.snapshot import Snapshot

FORMS = (("png", "PNG"), ("svg", "SVG"), ("pdf", "PDF"), ("html", "HTML"), ("csv", "CSV"), ("xlsx", "Excel"))
TYPES = {
    "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "html": "text/html",
    "csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
# What an address may say besides a chart's own options: it shapes the comparison that the chart is drawn from.
PIECE_KEYS = ("piece", "text", "ground", "event", "since", "until", "against", "wire")
PATIENCE_SECONDS = 300


def chart(page: str, name: str, *, label: str) -> html.Div:
    """The place of a chart, with the links that take it away."""
    return html.Div(
        [graph(f"{page}-{name}", label=label), html.Div(id=f"{page}-{name}-take", className="take")],
        className="chart-block",
    )


def draw(app: Any, context: Context, page: str, name: str, options: Mapping[str, Input]) -> None:
    """Has a chart of the snapshot drawn anew whenever the scheme or an option changes."""

    def drawn(scheme: str | None, *values: Any) -> tuple[Any, Any]:
        if scheme is None:
            raise PreventUpdate  # the page does not know yet whether it is light or dark
        *given, held = values
        chosen = {k: v for k, v in zip(options, given, strict=True) if v and v != "all"}
        return figure(context.snapshot(held), name, chosen, scheme), take(name, {**chosen, "snapshot": held})

    context.answers.lasting(f"{page}-{name}.figure")
    app.callback(
        Output(f"{page}-{name}", "figure"), Output(f"{page}-{name}-take", "children"),
        Input("shell-scheme", "data"), *options.values(), State("shell-snapshot", "data"),
    )(drawn)  # fmt: skip


def figure(
    source: Snapshot | Mapping[str, Any], name: str, options: Mapping[str, str], scheme: str
) -> dict[str, Any]:
    """A chart as a plotly figure; an option that is of no use gives a figure that says so."""
    from dashboard.figures import chart_named
    from dashboard.figures._layout import empty

    module = chart_named(name)
    try:
        return module.figure(module.tidy(source, options), theme=theme_of(scheme))
    except InputError as error:
        return empty(theme_of(scheme), str(error), None)


def take(name: str, view: Mapping[str, str | Sequence[str] | None]) -> list[Any]:
    """The links that take a chart away as a file."""
    links = [html.A(title, href=f"/take/{name}.{form}{address.write(view)}", download="") for form, title in FORMS]
    return [html.Span("Take it away: "), *links]


def serve_files(server: Any, context: Context) -> None:
    """`/take/CHART.FORM?…`: a chart of the snapshot, or of the comparison that the address describes."""

    def taken(name: str, form: str) -> Response:
        view = address.read(request.query_string.decode("ascii", "replace"))
        try:
            data = _bytes(context, name, form, view)
        except ParallaxError as error:
            return Response(f"{error}\n", status=400, mimetype="text/plain")
        response = Response(data, content_type=TYPES[form])
        response.headers["Content-Disposition"] = f'attachment; filename="parallax-{name}.{form}"'
        return response

    def report(form: str) -> Response:
        view = address.read(request.query_string.decode("ascii", "replace"))
        try:
            data = _report(context, form, view)
        except ParallaxError as error:
            return Response(f"{error}\n", status=400, mimetype="text/plain")
        response = Response(data, content_type=TYPES[form])
        response.headers["Content-Disposition"] = f'attachment; filename="parallax-report.{form}"'
        return response

    server.add_url_rule("/take/<name>.<form>", "take", taken)
    server.add_url_rule("/report.<form>", "report", report)


def _bytes(context: Context, name: str, form: str, view: address.View) -> bytes:
    from dashboard.export import chart_bytes, provenance
    from dashboard.figures import chart_named

    if form not in TYPES:
        raise InputError(f'no form "{form}"', remedy=f"give one of: {', '.join(TYPES)}")
    module = chart_named(name)
    snapshot = context.snapshot(address.first(view, "snapshot"))
    known = {option.name for option in module.chart.options}
    options = {key: values[0] for key, values in view.items() if key in known}
    source: Any = snapshot
    if view.get("piece") or view.get("text"):
        source = _document(context, snapshot, view)
        options = {key: value for key, value in options.items() if key not in PIECE_KEYS}
    frame = module.tidy(source, options)
    filters = {key: ", ".join(view[key]) for key in (*PIECE_KEYS, *known) if key in view}
    said = provenance(snapshot, chart=name, title=module.chart.title, n=len(frame), filters=filters)
    return chart_bytes(module, frame, form, said)


def _report(context: Context, form: str, view: address.View) -> bytes:
    from dashboard.report import FORMS, report_bytes

    if form not in FORMS:
        raise InputError(f'no form "{form}"', remedy=f"give one of: {', '.join(FORMS)}")
    snapshot = context.snapshot(address.first(view, "snapshot"))
    analysis = _finished(context, snapshot, view)
    return report_bytes(analysis.document, snapshot, form, text=analysis.text)


def _document(context: Context, snapshot: Snapshot, view: address.View) -> dict[str, Any]:
    """The comparison that an address describes, with the kinds of its outlets."""
    from dashboard.figures._frame import with_kinds

    return with_kinds(_finished(context, snapshot, view).document, snapshot)


def _finished(context: Context, snapshot: Snapshot, view: address.View) -> Analysis:
    """The comparison that an address describes, made if need be."""
    asked = request_of(snapshot, view)
    if asked is None:
        raise InputError("the address names no piece", remedy="give piece=ID")
    job = context.ask(asked)
    if job.future is None:
        raise InputError("the comparison was cancelled", remedy="open its page again")
    analysis: Analysis = job.future.result(timeout=PATIENCE_SECONDS)
    return analysis
