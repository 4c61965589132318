"""`parallax report`: the comparison of a piece as one file."""

from __future__ import annotations

from pathlib import Path

import typer

from pipeline.cli import print_json, say
from pipeline.cli.exporting import (
    FORCE,
    GROUND,
    LINK,
    SNAPSHOT,
    STORE,
    Asked,
    compared,
    kept,
    link_of,
    opened_snapshot,
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("report")(report_command)


def report_command(
    piece: str = typer.Argument(..., help="A file, - for standard input, a URL, or an article's id."),
    corpus: str = typer.Option(..., help="A name under corpora/, or a folder with a corpus.toml."),
    out: Path = typer.Option(..., help="The file: .html or .pdf."),
    store: Path | None = STORE,
    snapshot: str | None = SNAPSHOT,
    ground: str | None = GROUND,
    event: str | None = typer.Option(None, help="Id of the event to compare with."),
    against: list[str] = typer.Option([], help="Only these outlets (repeatable)."),
    permalink: str | None = LINK,
    force: bool = FORCE,
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Write the whole comparison of a piece as one HTML file or an accessible PDF."""
    from dashboard.export.files import check_free, form_of, write_files
    from dashboard.report import FORMS, report_bytes

    form = form_of(out, FORMS)
    check_free(out, force=force)
    opened, settings = opened_snapshot(corpus, store, snapshot)
    document, text = compared(opened, settings, piece, ground=ground, event=event, against=against)
    asked = Asked(piece=piece, event=event, ground=ground, against=tuple(against))
    link = permalink or link_of("report", {}, kept(piece, opened, asked), opened, settings)
    data = report_bytes(document, opened, form, text=text, permalink=link)
    write_files({out: data}, force=force)
    facts = {"files": [str(out)], "snapshot": opened.id, "piece": document["piece"], "bytes": len(data)}
    if json:
        print_json(facts)
    else:
        say(f"{out}: report on {document['piece']['title'] or document['piece']['id']}, snapshot {opened.id}")
