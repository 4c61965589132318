"""`parallax coding list|draw|add|report|export`: coding by hand, and what comes of it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import print_json, say
from pipeline.cli.options import CORPUS, JSON, STORE
from pipeline.cli.refreshing import corpus_name
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.coding import SamplingFrame
    from pipeline.coding_desk import Desk
    from pipeline.snapshot import Snapshot

_MEASURE = typer.Argument(..., help="credit, naming or portrayal.")
_SUBJECT = typer.Argument(..., help="Id of a claim, a concept or an entity; `parallax coding list` names them.")
_CODER = typer.Option(..., "--coder", help="Who reads: a name or initials.")
_EVENT = typer.Option(None, "--event", help="Of one event only; `parallax events` names them.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    coding = typer.Typer(help="Code by hand, and correct values by it.", no_args_is_help=True)
    coding.command("list")(list_command)
    coding.command("draw")(draw_command)
    coding.command("add")(add_command)
    coding.command("report")(report_command)
    coding.command("export")(export_command)
    app.add_typer(coding, name="coding")


def _open(corpus: str, store: Path | None) -> tuple[Snapshot, Desk]:
    from pipeline.coding_desk import Desk
    from pipeline.settings import load_settings
    from pipeline.snapshot import open_snapshot

    settings = load_settings(store=store)
    name = corpus_name(corpus)
    return open_snapshot(settings.store, name), Desk(settings, name)


def list_command(corpus: str = CORPUS, store: Path | None = STORE, json: bool = JSON) -> None:
    """Say what can be coded, and how much of it is."""
    from pipeline.coding_desk import overview

    rows = overview(*_open(corpus, store)).to_dict("records")
    if json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['coded']:>5} of {row['found']:<6,} {row['measure']:<10} {row['subject']:<36} {row['asked']}")


def draw_command(
    measure: str = _MEASURE,
    subject: str = _SUBJECT,
    corpus: str = CORPUS,
    out: Path = typer.Option(..., "--out", help="The sheet to write, .csv."),
    coder: str = _CODER,
    n: int = typer.Option(200, "--n", min=1, help="Spans to draw."),
    again: bool = typer.Option(False, "--again", help="What others have read already, to see how far you agree."),
    event: str | None = _EVENT,
    store: Path | None = STORE,
) -> None:
    """Draw spans at random and write them to a sheet, without the measure's answers."""
    from pipeline.coding import coder_name, frame_of, next_rows, subject_named
    from pipeline.coding_sheet import write_sheet

    snapshot, desk = _open(corpus, store)
    chosen = subject_named(snapshot.codebook, measure, subject)
    frame = frame_of(snapshot, chosen, event)
    rows = next_rows(frame, desk.read(frame), coder_name(coder), again=again)[:n]
    if not rows:
        what = "no other coder has read anything that you have not" if again else "everything that was found is read"
        raise InputError(what if len(frame) else f"{measure} found nothing of {subject} there",
                         remedy="choose another subject; `parallax coding list` says what there is")  # fmt: skip
    write_sheet(out, snapshot, frame, rows)
    say(f"{len(rows):,} of {len(frame):,} spans in {out}: fill in `answer` with one of "
        f"{', '.join(chosen.coding.values)} or unclear, then `parallax coding add`")  # fmt: skip


def add_command(
    file: Path = typer.Argument(..., help="A sheet that `parallax coding draw` wrote, filled in."),
    corpus: str = CORPUS,
    coder: str = _CODER,
    store: Path | None = STORE,
    json: bool = JSON,
) -> None:
    """Add the answers of a sheet. Added again they count once; what was left blank is left out."""
    from dataclasses import replace

    from pipeline.coding import frame_of, subject_named
    from pipeline.coding_desk import rows_by_span
    from pipeline.coding_sheet import drawn_from, read_sheet

    snapshot, desk = _open(corpus, store)
    measure, identifier, event = drawn_from(file)
    subject = subject_named(snapshot.codebook, measure, identifier)
    # Over the corpus, since a refresh may have other events; what it was drawn for is kept with it.
    filled, frame = read_sheet(file, subject), replace(frame_of(snapshot, subject), event=event)
    rows = rows_by_span(frame, list(filled.answers))
    found = {row: answer for row, answer in zip(rows, filled.answers.values(), strict=True) if row is not None}
    desk.give(frame, coder, found)
    document = {"added": len(found), "blank": filled.blank, "gone": len(rows) - len(found)}
    if json:
        print_json(document)
    else:
        print(f"{document['added']:,} answers added, {document['blank']:,} left blank, {document['gone']:,} on spans "
              "that the snapshot in force does not have")  # fmt: skip


def report_command(
    measure: str = _MEASURE,
    subject: str = _SUBJECT,
    corpus: str = CORPUS,
    by: str = typer.Option("outlet", "--by", help="outlet, kind or country."),
    group: list[str] = typer.Option(
        [], "--group", help='A group of your own, NAME=OUTLET,OUTLET (repeatable; an outlet with a comma in "…").'
    ),
    event: str | None = _EVENT,
    store: Path | None = STORE,
    json: bool = JSON,
) -> None:
    """Say how often the measure is right here, and its values once the answers are reckoned in."""
    from pipeline.coding import frame_of, subject_named

    snapshot, desk = _open(corpus, store)
    frame = frame_of(snapshot, subject_named(snapshot.codebook, measure, subject), event)
    document = report_of(snapshot, desk, frame, "group" if group else by, _groups(snapshot, by, group))
    if json:
        print_json(document)
    else:
        _print_report(document)


def report_of(
    snapshot: Snapshot, desk: Desk, frame: SamplingFrame, by: str, groups: dict[str, str]
) -> dict[str, Any]:
    """What `parallax coding report --json` prints. groups: the group of each outlet that is in one."""
    from pipeline.coding import gaps
    from pipeline.corrected import agreement, corrected

    read = desk.read(frame)
    found, subject = agreement(frame, read), frame.subject
    values = corrected(frame, read, snapshot.codebook, groups)
    rows = values.astype(object).where(values.notna(), None).to_dict("records")
    return {
        "measure": subject.measure, "subject": subject.id, "asked": subject.asked, "event": frame.event,
        "snapshot": snapshot.id, "found": len(frame), "coded": found.n, "unclear": read.unclear,
        "reworded": read.reworded, "gone": read.gone, "elsewhere": read.elsewhere, "gaps": gaps(frame, read),
        "right": found.right, "right_low": found.low, "right_high": found.high, "alpha": found.alpha,
        "read_twice": found.twice, "table": found.table.to_dict("index"), "by": by, "values": rows,
    }  # fmt: skip


def _groups(snapshot: Snapshot, by: str, given: list[str]) -> dict[str, str]:
    """The group of each outlet; where groups are given, of those alone. Raises InputError."""
    if given:
        return _given(given, set(snapshot.table("outlets")["outlet"]))
    if by not in ("outlet", "kind", "country"):
        raise InputError(f'--by is "{by}"', remedy="give outlet, kind or country")
    table = snapshot.table("outlets")
    names = table[by].fillna(f"no {by} given")
    return dict(zip(table["outlet"], names, strict=True))


def _given(given: list[str], known: set[str]) -> dict[str, str]:
    groups: dict[str, str] = {}
    for written in given:
        name, equals, outlets = written.partition("=")
        fields = next(csv.reader([outlets], skipinitialspace=True), [])
        members = [outlet.strip() for outlet in fields if outlet.strip()]
        if not equals or not name.strip() or not members:
            raise InputError(f'--group is "{written}"', remedy='give NAME=OUTLET,OUTLET, outlets with a comma in "…"')
        if strange := [outlet for outlet in members if outlet not in known]:
            names = ", ".join(" ".join(name.split()) for name in sorted(known))
            raise InputError(f"no outlet {', '.join(strange)}", remedy=f"give some of: {names}")
        groups |= dict.fromkeys(members, name.strip())
    return groups


def _print_report(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from pipeline.corrected import LEAST_CODED

    console = Console()
    console.print(f"{document['measure']}: {document['asked']}")
    console.print(
        f"{document['coded']:,} of {document['found']:,} spans coded; unclear {document['unclear']}, "
        f"on other words of the question {document['reworded']}, no longer found {document['gone']}, "
        f"drawn for another event {document['elsewhere']}"
    )
    if document["gaps"]:
        console.print(f"skipped, or come since: {document['gaps']:,} spans; `parallax coding draw` gives them first")
    if document["right"] is not None:
        console.print(f"the measure is right for {document['right']:.2f} ({document['right_low']:.2f} – "
                      f"{document['right_high']:.2f}) of them")  # fmt: skip
    if document["alpha"] is not None:
        console.print(f"coders agree: Krippendorff's alpha {document['alpha']:.2f}, {document['read_twice']} spans")
    if not document["values"]:
        console.print(f"no {document['by']} has enough coded spans for a corrected value yet: {LEAST_CODED}, or all")
        return
    table = Table("group", "item", "measured", "n", "corrected", "coded", title="Values, with 95 % intervals")
    for row in document["values"]:
        measured = _figure(row["value"], row["low"], row["high"])
        corrected = _figure(row["corrected"], row["corrected_low"], row["corrected_high"])
        coded = f"{row['coded']} of {row['found']}"
        table.add_row(row["group"], row["item"], measured, str(row["n"]), corrected, coded)
    console.print(table)


def _figure(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "–"
    return f"{value:.2f} ({low:.2f} – {high:.2f})"


def export_command(
    corpus: str = CORPUS,
    out: Path = typer.Option(..., "--out", help="The file to write, .csv."),
    store: Path | None = STORE,
) -> None:
    """Write all answers in force to a file: who answered what, when, and what the measure had said."""
    from pipeline.coding_sheet import answers_csv
    from pipeline.durable import replace_text

    _, desk = _open(corpus, store)
    answers = desk.codings()
    replace_text(out, answers_csv(answers))
    say(f"{len(answers):,} answers in {out}")
