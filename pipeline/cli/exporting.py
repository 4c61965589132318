"""`parallax export` and `parallax report`. Here the commands and the dashboard's charts meet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from pipeline.cli import print_json, say
from pipeline.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.figures import ChartModule
    from pipeline.settings import Settings
    from pipeline.snapshot import Snapshot

STORE = typer.Option(None, help="Where library, vectors and snapshots live.")
CORPUS = typer.Option(None, help="A name under corpora/, or a folder with a corpus.toml.")
SNAPSHOT = typer.Option(None, help="Id of a snapshot; default: the current one.")
FORCE = typer.Option(False, "--force", help="Replace a file that exists.")
PLAIN = typer.Option(False, "--without-browser", help="Draw pictures without Chromium.")
GROUND = typer.Option(None, help="event, neighbourhood or period; default: the best there is.")
EVIDENCE = "evidence"  # not a chart: the spans behind a comparison or a snapshot, as a table


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("export")(export_command)
    app.command("report")(report_command)


def export_command(
    chart: str | None = typer.Argument(None, help="Name of a chart, or evidence; --list names them."),
    corpus: str | None = CORPUS,
    piece: str | None = typer.Option(None, help="The piece: a file, -, a URL, or an article's id."),
    event: str | None = typer.Option(None, help="Id of an event."),
    out: Path | None = typer.Option(None, help="The file: .png .svg .pdf .html .csv .xlsx .parquet .json."),
    store: Path | None = STORE,
    snapshot: str | None = SNAPSHOT,
    ground: str | None = GROUND,
    against: list[str] = typer.Option([], help="Only these outlets (repeatable)."),
    choose: list[str] = typer.Option([], "--set", help="An option of the chart, NAME=VALUE (repeatable)."),
    theme: str = typer.Option("print", help="print, light or dark."),
    width: int = typer.Option(900, help="Width of a picture in pixels at scale 1."),
    scale: float = typer.Option(2.0, help="Pixels of a PNG for each of the layout's."),
    without_browser: bool = PLAIN,
    force: bool = FORCE,
    listed: bool = typer.Option(False, "--list", help="Name the charts and their options."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Take a chart, or the data behind it, away as a file."""
    if listed:
        _list(json=json)
        return
    if chart is None or corpus is None or out is None:
        raise InputError("a chart, --corpus and --out are needed", remedy="give them, or --list to see the charts")
    from dashboard.export import DATA, FORMATS, export_chart, export_table, form_of
    from dashboard.export.files import check_free

    # What cannot be written is said before minutes of work, not after.
    form_of(out, DATA if chart == EVIDENCE else FORMATS)
    check_free(out, force=force)
    opened, settings = _open(corpus, store, snapshot)
    filters: dict[str, Any] = {
        "piece": piece,
        "event": event,
        "ground": ground,
        "against": against,
        **_options(choose),
    }
    if chart == EVIDENCE:
        frame = _evidence(opened, settings, piece, ground, event, against)
        said = _provenance(opened, EVIDENCE, "The evidence", frame, filters)
        written = export_table(frame, out, said, force=force)
    else:
        module, frame = _data(chart, opened, settings, piece, ground, event, against, _options(choose))
        said = _provenance(opened, chart, module.chart.title, frame, filters)
        way: Literal["auto", "drawn"] = "drawn" if without_browser else "auto"
        written = export_chart(
            module, frame, out, said, theme=_theme(theme), width=width, scale=scale, way=way, force=force
        )
    _told(written, frame, said, json=json)


def report_command(
    piece: str = typer.Argument(..., help="A file, - for standard input, a URL, or an article's id."),
    corpus: str = typer.Option(..., help="A name under corpora/, or a folder with a corpus.toml."),
    out: Path = typer.Option(..., help="The file: .html or .pdf."),
    store: Path | None = STORE,
    snapshot: str | None = SNAPSHOT,
    ground: str | None = GROUND,
    event: str | None = typer.Option(None, help="Id of the event to compare with."),
    against: list[str] = typer.Option([], help="Only these outlets (repeatable)."),
    permalink: str | None = typer.Option(None, help="Address under which the comparison can be seen."),
    force: bool = FORCE,
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Write the whole comparison of a piece as one HTML file or an accessible PDF."""
    from dashboard.export.files import check_free, form_of, write_files
    from dashboard.report import FORMS, report_bytes

    form = form_of(out, FORMS)
    check_free(out, force=force)
    opened, settings = _open(corpus, store, snapshot)
    document, text = compared(opened, settings, piece, ground=ground, event=event, against=against)
    data = report_bytes(document, opened, form, text=text, permalink=permalink)
    write_files({out: data}, force=force)
    facts = {"files": [str(out)], "snapshot": opened.id, "piece": document["piece"], "bytes": len(data)}
    if json:
        print_json(facts)
    else:
        say(f"{out}: report on {document['piece']['title'] or document['piece']['id']}, snapshot {opened.id}")


def _list(*, json: bool) -> None:
    from dashboard.figures import all_charts

    rows: list[dict[str, Any]] = [
        {
            "name": m.name, "title": m.chart.title, "needs": list(m.chart.needs), "about": m.chart.about,
            "takes": list(m.chart.takes), "options": [{"name": o.name, "about": o.about} for o in m.chart.options],
        }
        for m in all_charts()
    ]  # fmt: skip
    if json:
        print_json(rows)
        return
    for row in rows:
        needs = f"  (needs a {' and a '.join(row['needs'])})" if row["needs"] else ""
        print(f"{row['name']:<16} {row['title']}{needs}")
        for option in row["options"]:
            print(f"{'':<16}   --set {option['name']}=…  {option['about']}")
    print(f"{EVIDENCE:<16} The spans behind the values, as a table")


def _open(corpus: str, store: Path | None, snapshot: str | None) -> tuple[Snapshot, Settings]:
    from pipeline.cli.refreshing import corpus_name
    from pipeline.settings import load_settings
    from pipeline.snapshot import open_snapshot

    settings = load_settings(store=store)
    return open_snapshot(settings.store, corpus_name(corpus), snapshot), settings


def compared(
    snapshot: Snapshot,
    settings: Settings,
    piece: str,
    *,
    ground: str | None = None,
    event: str | None = None,
    against: list[str] | None = None,
) -> tuple[dict[str, Any], str]:
    """The answer of `parallax compare --json`, its outlets with their kinds; and the piece's text."""
    from dashboard.figures._frame import with_kinds
    from pipeline.cli.comparing import bring
    from pipeline.compare import compare
    from pipeline.models import Models

    if ground not in (None, "event", "neighbourhood", "period"):
        raise InputError(f'--ground is "{ground}"', remedy="give one of: event, neighbourhood, period")
    brought = bring(piece, snapshot, settings)
    result = compare(
        brought,
        snapshot,
        models=Models(credit=snapshot.corpus.models.credit),
        settings=settings,
        ground=ground,  # type: ignore[arg-type]
        event=event,
        against=against or (),
    )
    return with_kinds(result.document(), snapshot), brought.text


def _data(
    chart: str,
    snapshot: Snapshot,
    settings: Settings,
    piece: str | None,
    ground: str | None,
    event: str | None,
    against: list[str],
    options: dict[str, str],
) -> tuple[ChartModule, pd.DataFrame]:
    """The chart and its data: of the comparison where a piece is given, else of the corpus or one event."""
    from dashboard.figures import chart_named

    module = chart_named(chart)
    has_event = any(option.name == "event" for option in module.chart.options)
    if piece is not None and "document" not in module.chart.takes:
        raise InputError(f"chart {chart} is of the corpus", remedy="leave --piece out")
    if piece is not None:
        document, _ = compared(snapshot, settings, piece, ground=ground, event=event, against=against)
        return module, module.tidy(document, options)
    if "piece" in module.chart.needs:
        raise InputError(f"chart {chart} needs a piece", remedy="give --piece: a file, -, a URL, or an article's id")
    if event is not None and has_event:
        options = {**options, "event": event}
    return module, module.tidy(snapshot, options)


def _evidence(
    snapshot: Snapshot,
    settings: Settings,
    piece: str | None,
    ground: str | None,
    event: str | None,
    against: list[str],
) -> pd.DataFrame:
    """The spans behind the values, with their sentences' text."""
    from dashboard.export.evidence import document_evidence, snapshot_evidence

    if piece is not None:
        document, _ = compared(snapshot, settings, piece, ground=ground, event=event, against=against)
        return document_evidence(document)
    return snapshot_evidence(snapshot, event=event, outlets=against)


def _options(choose: list[str]) -> dict[str, str]:
    """Options given as NAME=VALUE."""
    out = {}
    for given in choose:
        name, found, value = given.partition("=")
        if not found or not name:
            raise InputError(f'--set is "{given}"', remedy="give NAME=VALUE; `parallax export --list` names them")
        out[name] = value
    return out


def _theme(name: str) -> Any:
    from dashboard.palette import THEMES

    if name not in THEMES:
        raise InputError(f'--theme is "{name}"', remedy=f"give one of: {', '.join(THEMES)}")
    return THEMES[name]


def _provenance(
    snapshot: Snapshot, chart: str, title: str, frame: pd.DataFrame, filters: Mapping[str, Any]
) -> dict[str, Any]:
    from dashboard.export import provenance

    return provenance(snapshot, chart=chart, title=title, n=len(frame), filters=filters)


def _told(written: list[Path], frame: pd.DataFrame, said: Mapping[str, Any], *, json: bool) -> None:
    from dashboard.export.fonts import missing_scripts

    pictured = any(path.suffix in (".png", ".svg", ".pdf") for path in written)
    texts = [str(v) for name in ("source", "label") if name in frame for v in frame[name].unique()]
    missing = missing_scripts(texts) if pictured else []
    if json:
        print_json(
            {"files": [str(p) for p in written], "rows": len(frame), "missing_fonts": missing, "provenance": said}
        )
        return
    say(f"{', '.join(map(str, written))}: {len(frame):,} rows, snapshot {said['snapshot']}")
    for script in missing:
        say(f"no font here has letters of {script}")
