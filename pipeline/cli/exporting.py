"""`parallax export`. Here the commands and the dashboard's charts meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import print_json, say
from pipeline.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.export import Entry
    from dashboard.figures import TableModule
    from pipeline.settings import Settings
    from pipeline.snapshot import Snapshot

STORE = typer.Option(None, help="Where library, vectors and snapshots live.")
CORPUS = typer.Option(None, help="A name under corpora/, or a folder with a corpus.toml.")
SNAPSHOT = typer.Option(None, help="Id of a snapshot; default: the current one.")
FORCE = typer.Option(False, "--force", help="Replace a file that exists.")
PLAIN = typer.Option(False, "--without-browser", help="Draw pictures without Chromium.")
GROUND = typer.Option(None, help="event, neighbourhood or period; default: the best there is.")
LINK = typer.Option(None, help="Address under which it can be seen; default: on the dashboard of these settings.")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("export")(export_command)


def export_command(
    chart: str | None = typer.Argument(None, help="Name of a chart or a table; --list names them."),
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
    permalink: str | None = LINK,
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
    from dashboard.export import Entry
    from dashboard.export.files import check_free
    from dashboard.export.listed import named

    # What cannot be written is said before minutes of work, not after.
    module = named(chart)
    _check_form(module, out)
    check_free(out, force=force)
    opened, settings = opened_snapshot(corpus, store, snapshot)
    asked = Asked(piece=piece, event=event, ground=ground, against=tuple(against))
    rows = _rows(module, opened, settings, asked, _options(choose))
    said = _said(module, rows, opened, asked, link=permalink, settings=settings)
    entry = Entry(module, rows.frame, {**said, **({"left_out": rows.left_out} if rows.left_out else {})})
    written = _written(entry, out, theme, width, scale, drawn=without_browser, force=force)
    _told(written, rows.frame, entry.said, json=json)


def _check_form(module: TableModule, out: Path) -> None:
    """Refuses an ending that no file has, and a picture of a table."""
    from dashboard.export import DATA, FORMATS, form_of
    from dashboard.figures import ChartModule

    form = form_of(out, FORMATS)
    if form not in DATA and not isinstance(module, ChartModule):
        listed = ", ".join(f".{form}" for form in DATA)
        raise InputError(f"{module.name} is a table and has no .{form}", remedy=f"end the name in one of {listed}")


@dataclass(frozen=True)
class Rows:
    """What is taken away, and the options in force. piece: its id, where the rows are of a comparison. left_out:
    how many pieces of evidence the comparison left out."""

    frame: pd.DataFrame
    options: dict[str, str]
    piece: str | None = None
    left_out: int = 0


@dataclass(frozen=True)
class Asked:
    """What the options ask for besides the chart."""

    piece: str | None
    event: str | None
    ground: str | None
    against: tuple[str, ...]


def _written(
    entry: Entry, out: Path, theme: str, width: int, scale: float, *, drawn: bool, force: bool
) -> list[Path]:
    from dashboard.export import export_chart, export_table
    from dashboard.figures import ChartModule

    if not isinstance(entry.module, ChartModule):
        return export_table(entry.frame, out, entry.said, force=force)
    return export_chart(
        entry.module, entry.frame, out, entry.said, theme=_theme(theme), width=width, scale=scale,
        way="drawn" if drawn else "auto", force=force,
    )  # fmt: skip


def _list(*, json: bool) -> None:
    from dashboard.export.listed import all_tables
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
    print("Tables, as .csv .xlsx .parquet .json:")
    for table in all_tables():
        needs = "  (needs a piece)" if table.chart.needs else ""
        print(f"{table.name:<16} {table.chart.title}{needs}")
        for choice in table.chart.options:
            print(f"{'':<16}   --set {choice.name}=…  {choice.about}")


def opened_snapshot(corpus: str, store: Path | None, snapshot: str | None) -> tuple[Snapshot, Settings]:
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
    """The answer of `parallax compare --json`, its outlets with their kinds, its evidence with its sentences; and
    the piece's text."""
    from dashboard.export.evidence import with_sentences
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
    return with_sentences(with_kinds(result.document(), snapshot), snapshot, brought.text), brought.text


def _rows(module: TableModule, snapshot: Snapshot, settings: Settings, asked: Asked, options: dict[str, str]) -> Rows:
    """The rows, of the comparison where a piece is given, else of the corpus or one event."""
    known = {option.name for option in module.chart.options}
    if asked.piece is not None and "document" not in module.chart.takes:
        raise InputError(f"{module.name} is of the corpus", remedy="leave --piece out")
    if asked.piece is not None:
        document, _ = compared(
            snapshot, settings, asked.piece, ground=asked.ground, event=asked.event, against=list(asked.against)
        )
        left_out = int(document.get("evidence_left_out") or 0) if module.name == "evidence" else 0
        return Rows(module.tidy(document, options), options, document["piece"]["id"], left_out)
    if "piece" in module.chart.needs:
        remedy = "give --piece: a file, -, a URL, or an article's id"
        raise InputError(f"{module.name} needs a piece", remedy=remedy)
    if asked.event is not None and "event" in known:
        options = {**options, "event": asked.event}
    frame = module.tidy(snapshot, options)
    if module.name == "evidence" and asked.against:
        frame = frame[frame["source"].isin(list(asked.against))].reset_index(drop=True)
    return Rows(frame, options)


def _said(
    module: TableModule, rows: Rows, snapshot: Snapshot, asked: Asked, *, link: str | None, settings: Settings
) -> dict[str, Any]:
    """Where it comes from. A piece goes by its id: the path of a reader's file is nobody else's business."""
    from dashboard.export import provenance

    piece = None if asked.piece is None else kept(asked.piece, snapshot, asked)
    where = link or link_of(module.name, rows.options, piece, snapshot, settings)
    filters = {
        "piece": rows.piece,
        "event": asked.event,
        "ground": asked.ground,
        "against": asked.against,
        **rows.options,
    }
    return provenance(
        snapshot, chart=module.name, title=module.chart.title, n=len(rows.frame), filters=filters, permalink=where
    )


def kept(piece: str, snapshot: Snapshot, asked: Asked) -> dict[str, Any]:
    """What the dashboard's address says of a comparison: nothing of a text that is not in the snapshot."""
    if Path(piece).exists() or piece not in set(snapshot.table("articles")["article"]):
        return {}
    return {"piece": piece, "ground": asked.ground, "event": asked.event, "against": list(asked.against)}


def link_of(
    name: str, options: dict[str, str], piece: dict[str, Any] | None, snapshot: Snapshot, settings: Settings
) -> str | None:
    """Where the dashboard of these settings shows it."""
    from dashboard.links import permalink

    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return permalink(base.rstrip("/"), name, options, piece=piece, snapshot=snapshot.id)


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
