"""`parallax compare` and `parallax events`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import print_json
from pipeline.cli.refreshing import corpus_name
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.piece import Piece
    from pipeline.settings import Settings
    from pipeline.snapshot import Snapshot


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("compare")(compare_command)
    app.command("events")(events_command)


def day(value: str | None, option: str) -> date | None:
    """A day given as an option. Raises InputError."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InputError(f'{option} is "{value}"', remedy="give YYYY-MM-DD") from error


def compare_command(
    piece: str = typer.Argument(..., help="A file, - for standard input, a URL, or an article's id."),
    corpus: str = typer.Option(..., help="A name under corpora/, or a folder with a corpus.toml."),
    store: Path | None = typer.Option(None, help="Where library, vectors and snapshots live."),
    ground: str | None = typer.Option(None, help="event, neighbourhood or period; default: the best there is."),
    event: str | None = typer.Option(None, help="Id of the event to compare with."),
    since: str | None = typer.Option(None, help="First day of the ground, YYYY-MM-DD."),
    until: str | None = typer.Option(None, help="Last day of the ground, YYYY-MM-DD."),
    against: list[str] = typer.Option([], help="Only these outlets (repeatable)."),
    wire: str = typer.Option("once", help="Count wire copy once or everywhere."),
    snapshot: str | None = typer.Option(None, help="Id of a snapshot; default: the current one."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Set one piece of writing beside what other outlets wrote about the same event."""
    from pipeline.compare import compare
    from pipeline.models import Models
    from pipeline.settings import load_settings
    from pipeline.snapshot import open_snapshot

    _among("--ground", ground, ("event", "neighbourhood", "period"))
    _among("--wire", wire, ("once", "everywhere"))
    settings = load_settings(store=store)
    opened = open_snapshot(settings.store, corpus_name(corpus), snapshot)
    result = compare(
        bring(piece, opened, settings),
        opened,
        models=Models(credit=opened.corpus.models.credit),
        settings=settings,
        ground=ground,  # type: ignore[arg-type]
        event=event,
        since=day(since, "--since"),
        until=day(until, "--until"),
        against=against,
        wire=wire,  # type: ignore[arg-type]
    )
    document = result.document()
    if json:
        print_json(document)
    else:
        print_comparison(document)


def bring(piece: str, snapshot: Snapshot, settings: Settings) -> Piece:
    """The piece that an argument names: an article's id, a file, - or a URL."""
    from pipeline.piece import article_piece, text_piece

    if piece in set(snapshot.table("articles")["article"]) and not Path(piece).exists():
        return article_piece(snapshot, piece)
    from pipeline.collect.piece import read_piece

    found = read_piece(piece, settings=settings)
    return text_piece(
        found.text, title=found.title, outlet=found.outlet, date=found.date, body_start=found.body_start
    )


def _among(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise InputError(f'{option} is "{value}"', remedy=f"give one of: {', '.join(allowed)}")


def print_comparison(document: dict[str, Any]) -> None:
    """A comparison for people, on standard output."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    piece, event = document["piece"], document["event"]
    if document["notice"]:
        console.print(document["notice"], style="italic")
    console.print(f"{piece['title'] or 'The piece'} · {piece['words']} words · {piece['date'] or 'no date'}")
    if not piece["measured"]:
        console.print(f"Its language is {piece['language']}: it is placed, not measured.")
    if event:
        console.print(f"Event: {event['title']} ({event['start']} – {event['end']}), match {event['match']:.2f}")
    n = sum(outlet["articles"] for outlet in document["outlets"])
    console.print(
        f"Ground: {document['ground']} – {document['why']}; {n} articles, {len(document['outlets'])} outlets"
    )
    table = Table("what", "piece", "95 %", "n", "median", "standout", title="What sets this piece apart")
    for row in [r for r in document["rows"] if r["ranked"]][:15]:
        p = row["piece"]
        table.add_row(
            f"{row['measure']}: {row['label']}", f"{p['value']:.2f}", f"{p['low']:.2f} – {p['high']:.2f}",
            str(p["n"]), f"{row['median']:.2f}", f"{row['standout']:+.1f}",
        )  # fmt: skip
    console.print(table)
    for omission in document["omissions"][:8]:
        console.print(
            f"Leaves out: {omission['label']} – {omission['outlets']} outlets, "
            f"{omission['coverage']:.0%} of articles, p {omission['p']:.3f}"
        )


def events_command(
    corpus: str = typer.Option(..., help="A name under corpora/, or a folder with a corpus.toml."),
    store: Path | None = typer.Option(None, help="Where library, vectors and snapshots live."),
    least: int = typer.Option(1, help="Only events of at least so many outlets."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """List the events of a corpus, largest first."""
    from pipeline.settings import load_settings
    from pipeline.snapshot import open_snapshot

    settings = load_settings(store=store)
    table = open_snapshot(settings.store, corpus_name(corpus)).table("events")
    table = table[table["outlets"] >= least].sort_values(["articles", "event"], ascending=[False, True])
    rows = [
        {"id": r.event, "title": r.title, "start": r.start.date().isoformat(), "end": r.end.date().isoformat(),
         "articles": int(r.articles), "outlets": int(r.outlets), "keywords": r.keywords}
        for r in table.itertuples(index=False)
    ]  # fmt: skip
    if json:
        print_json(rows)
        return
    for row in rows:
        size = f"{row['outlets']:>3} outlets {row['articles']:>4}"
        print(f"{row['id']}  {row['start']} – {row['end']}  {size}  {row['title']}")
