"""`parallax evaluate`, `parallax bench`, `parallax codebook check`."""

from __future__ import annotations

from pathlib import Path

import typer

from pipeline.cli import print_json, say


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("evaluate")(evaluate_command)
    codebook = typer.Typer(help="Work with codebooks.", no_args_is_help=True)
    codebook.command("check")(check_codebook)
    app.add_typer(codebook, name="codebook")


def evaluate_command(
    task: str = typer.Argument(..., help="credit, naming, events, attribution, portrayal, frames, …"),
    gold: Path = typer.Argument(..., help="Labelled rows: .jsonl or .jsonl.gz (extraction: a folder)."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Say how far a measure agrees with human labels. Nothing is trained or tuned on them."""
    from pipeline.evaluate import evaluate

    document = evaluate(task, gold)
    if json:
        print_json(document)
        return
    value = "none" if document["value"] is None else f"{document['value']:.3f}"
    say(f"{document['task']}: {document['metric']} {value}, n = {document['n']:,}")
    for key, detail in document["detail"].items():
        say(f"  {key}: {detail}")


def check_codebook(
    file: Path = typer.Argument(..., help="A codebook.toml."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Read a codebook and say what is wrong where."""
    from pipeline.codebook import load_codebook

    codebook = load_codebook(file)
    sections = ("concepts", "propositions", "speakers", "entities", "frames", "axes")
    counts = {name: len(getattr(codebook, name)) for name in sections}
    if json:
        print_json({"file": str(file), "title": codebook.title, "hash": codebook.hash, "counts": counts})
    else:
        say(f"{file}: sound. " + ", ".join(f"{n} {name}" for name, n in counts.items()))
