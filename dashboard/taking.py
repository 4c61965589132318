"""What readers take away: a chart or a table of an address as a file, several as a ZIP, a comparison's report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from dashboard import address
from dashboard.address import View
from dashboard.asking import request_of
from dashboard.context import Analysis, Context
from dashboard.links import PIECE_KEYS, permalink
from pipeline.errors import InputError, ParallaxError
from pipeline.snapshot import Snapshot

TYPES = {
    "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "html": "text/html",
    "csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
REPORT = "report"  # the whole comparison: neither a chart nor a table
SIDECAR = "csv-metadata.json"
MOST = 40  # things in one ZIP: with pictures of each a minute's work


@dataclass(frozen=True)
class Size:
    """How large pictures are: pixels across at scale 1, and a PNG's pixels for each of these."""

    width: int = 900
    scale: float = 2.0


@dataclass(frozen=True)
class Wanted:
    """One thing to take away: its name, and the address of the view that it is in."""

    name: str
    view: View

    @classmethod
    def read(cls, text: str) -> Wanted:
        """`naming?event=e1` → the chart naming of event e1."""
        name, _, search = text.partition("?")
        return cls(name, address.read(search))


def prepared(context: Context, wanted: Wanted, base: str) -> Any:
    """An `Entry` of `dashboard.export`: the rows of a chart or table, and where they come from."""
    from dashboard.export import Entry, provenance
    from dashboard.export.listed import named

    module, view = named(wanted.name), wanted.view
    snapshot = context.snapshot(address.first(view, "snapshot"))
    known = {option.name for option in module.chart.options}
    options = {key: values[0] for key, values in view.items() if key in known}
    piece, source, left_out = None, None, 0
    if view.get("piece") or view.get("text"):
        source = document_of(context, snapshot, view)
        piece, left_out = view, int(source.get("evidence_left_out") or 0)
        options = {key: value for key, value in options.items() if key not in PIECE_KEYS}
    frame = module.tidy(snapshot if source is None else source, options)
    said = provenance(
        snapshot, chart=wanted.name, title=module.chart.title, n=len(frame),
        filters={key: ", ".join(view[key]) for key in (*PIECE_KEYS, *sorted(known)) if key in view},
        permalink=permalink(base, wanted.name, options, piece=piece, snapshot=snapshot.id),
    )  # fmt: skip
    more = {"left_out": left_out} if wanted.name == "evidence" and left_out else {}
    return Entry(module, frame, {**said, **more})


def file_of(context: Context, wanted: Wanted, form: str, base: str, *, size: Size | None = None) -> bytes:
    """One chart or table in one form. Raises InputError for a form that there is not."""
    from dashboard.export import entry_bytes
    from dashboard.export.tables import csv_sidecar

    size = size or Size()
    if form not in (*TYPES, SIDECAR):
        raise InputError(f'no form "{form}"', remedy=f"give one of: {', '.join(TYPES)}")
    entry = prepared(context, wanted, base)
    if form == SIDECAR:
        name = file_name(wanted.name, "csv")
        return csv_sidecar(name, entry_bytes(entry, "csv"), entry.frame, entry.said)
    return entry_bytes(entry, form, width=size.width, scale=size.scale)


def report_of(context: Context, view: View, form: str, base: str) -> bytes:
    """The report on the comparison of an address, as "html" or "pdf"."""
    from dashboard.report import FORMS, report_bytes

    if form not in FORMS:
        raise InputError(f'no form "{form}"', remedy=f"give one of: {', '.join(FORMS)}")
    snapshot = context.snapshot(address.first(view, "snapshot"))
    text = finished(context, snapshot, view).text
    link = permalink(base, REPORT, {}, piece=view, snapshot=snapshot.id)
    return report_bytes(document_of(context, snapshot, view), snapshot, form, text=text, permalink=link)


def zip_of(
    context: Context, wanted: Sequence[str], forms: Sequence[str], base: str, *, size: Size | None = None
) -> bytes:
    """Several things as one ZIP. Raises InputError where nothing is chosen, or one of them is not to be had."""
    from dashboard.export import FORMATS, basket
    from dashboard.report import FORMS

    size = size or Size()
    if not wanted or not forms:
        raise InputError("nothing is chosen" if not wanted else "no form is chosen", remedy="choose at least one")
    if len(wanted) > MOST:
        raise InputError(f"{len(wanted)} things are chosen", remedy=f"take at most {MOST} at once")
    for form in forms:
        if form not in FORMATS:
            raise InputError(f'no form "{form}"', remedy=f"give one of: {', '.join(FORMATS)}")
    things = [Wanted.read(text) for text in wanted]
    entries = [prepared(context, thing, base) for thing in things if thing.name != REPORT]
    reports: dict[str, bytes] = {}
    for number, thing in enumerate((thing for thing in things if thing.name == REPORT), 1):
        for form in [form for form in FORMS if form in forms] or ["html"]:
            reports[f"report-{number:02}.{form}"] = report_of(context, thing.view, form, base)
    return basket(entries, forms, more=reports, width=size.width, scale=size.scale)


def document_of(context: Context, snapshot: Snapshot, view: View) -> dict[str, Any]:
    """The comparison that an address describes, with the kinds of its outlets and its evidence's sentences."""
    from dashboard.export.evidence import with_sentences
    from dashboard.figures._frame import with_kinds

    analysis = finished(context, snapshot, view)
    return with_sentences(with_kinds(analysis.document, snapshot), snapshot, analysis.text)


def finished(context: Context, snapshot: Snapshot, view: View) -> Analysis:
    """The comparison that an address describes, made if need be."""
    asked = request_of(snapshot, view)
    if asked is None:
        raise InputError("the address names no piece", remedy="give piece=ID")
    return context.finished(asked)


def file_name(name: str, form: str) -> str:
    return f"parallax-{name}.{form}"


def base_of(context: Context) -> str:
    """The address of the dashboard, as readers reach it."""
    return (context.settings.public_url or request.host_url).rstrip("/")


def serve_files(server: Any, context: Context) -> None:
    """`/take/NAME.FORM?…`, `/report.FORM?…` and `/basket.zip?take=NAME?…&form=…`."""

    def taken(name: str, form: str) -> Response:
        wanted = Wanted(name, _asked())
        response = _answer(
            lambda: file_of(context, wanted, form, base_of(context), size=_size(wanted.view)), file_name(name, form)
        )
        if form == "csv" and response.status_code == 200:
            # Where a CSV says what its columns are and where it comes from (W3C CSV on the Web).
            response.headers["Link"] = f'<{name}.{SIDECAR}{address.write(wanted.view)}>; rel="describedby"'
        return response

    def notes(name: str) -> Response:
        return _answer(
            lambda: file_of(context, Wanted(name, _asked()), SIDECAR, base_of(context)), file_name(name, SIDECAR)
        )

    def report(form: str) -> Response:
        return _answer(lambda: report_of(context, _asked(), form, base_of(context)), file_name(REPORT, form))

    def zipped() -> Response:
        view = _asked()
        return _answer(
            lambda: zip_of(context, view.get("take", []), view.get("form", []), base_of(context), size=_size(view)),
            file_name("basket", "zip"),
        )

    server.add_url_rule("/take/<name>.csv-metadata.json", "take_notes", notes)
    server.add_url_rule("/take/<name>.<form>", "take", taken)
    server.add_url_rule("/report.<form>", "report", report)
    server.add_url_rule("/basket.zip", "basket", zipped)


def _asked() -> View:
    return address.read(request.query_string.decode("ascii", "replace"), longest=ZIP_LONGEST)


# The address of a ZIP names up to MOST views.
ZIP_LONGEST = 60_000


def _size(view: View) -> Size:
    """The size that an address asks for. Raises InputError for what is no number."""
    width, scale = address.first(view, "width"), address.first(view, "scale")
    first = Size()
    try:
        return Size(first.width if width is None else int(width), first.scale if scale is None else float(scale))
    except ValueError as error:
        raise InputError(f'width is "{width}", scale "{scale}"', remedy="give numbers") from error


def _answer(make: Callable[[], bytes], name: str) -> Response:
    """A file, or in plain text why there is none: 400 for the reader's mistakes, 503 for what failed here."""
    form = name.rpartition(".")[2]
    try:
        data = make()
    except ParallaxError as error:
        status = 400 if isinstance(error, InputError) else 503
        return Response(f"{error}\n", status=status, mimetype="text/plain")
    response = Response(data, content_type={**TYPES, "zip": "application/zip"}[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
