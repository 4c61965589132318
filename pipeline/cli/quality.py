"""`parallax evaluate`, `parallax bench`, `parallax codebook check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from pipeline.cli import print_json, say


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("evaluate")(evaluate_command)
    app.command("bench")(bench_command)
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
    print(f"{document['task']}: {document['metric']} {value}, n = {document['n']:,}")
    for key, detail in document["detail"].items():
        print(f"  {key}: {detail}")


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
        print(f"{file}: sound. " + ", ".join(f"{n} {name}" for name, n in counts.items()))


def bench_command(
    names: list[str] = typer.Argument(None, help="Benchmarks by name; all where none is given."),
    articles: int = typer.Option(2000, min=100, help="Articles of the synthetic corpus that is refreshed."),
    large: int = typer.Option(10_000, min=1000, help="Articles of the synthetic snapshot that is served."),
    cache: Path | None = typer.Option(None, help="Folder in which that snapshot is kept for the next time."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Time things side by side, and print ratios."""
    import os
    import tempfile

    from pipeline.bench import Setting, run_benchmarks

    lines = []
    with tempfile.TemporaryDirectory(prefix="parallax-bench-") as folder:
        setting = Setting(Path(folder), articles=articles, large=large, cache=cache, told=say)
        for name, line in run_benchmarks(setting, names or (), packages=_benchmark_packages()):
            lines.append(line.as_json(name))
            say(_bench_line(lines[-1]))
    if json:
        print_json({"cores": os.cpu_count(), "articles": articles, "large": large, "lines": lines})


def _benchmark_packages() -> list[Any]:
    """The pipeline's benchmarks, and the dashboard's where it has some."""
    from importlib import import_module
    from importlib.util import find_spec

    return [import_module(n) for n in ("pipeline.benchmarks", "dashboard.benchmarks") if find_spec(n)]


def _side(line: dict[str, Any], side: dict[str, Any]) -> str:
    return f"{side['n']:,}" if line["of"] == "amount" else f"{side['seconds']:.3f} s, n = {side['n']:,}"


def _bench_line(line: dict[str, Any]) -> str:
    ours, rival = line["ours"], line["rival"]
    mine = f"{ours['name']} {_side(line, ours)} {line['unit']}"
    more = "".join(f"; {name} {value:.3f}" for name, value in line["more"].items())
    if rival is None:
        return f"{line['name']}: {line['title']}: no rival ({line['why']}); {mine}{more}"
    met = {True: ", met", False: ", NOT met", None: ""}[line["met"]]
    aim = (
        "" if line["target"] is None else f" (target {'≥' if line['of'] == 'rate' else '≤'} {line['target']:g}{met})"
    )
    theirs = f"{rival['name']} {_side(line, rival)}"
    better = "more" if line["of"] == "rate" else "less"
    ratio = f"{line['ratio']:.3g} in {line['of']}, {better} is better"
    return f"{line['name']}: {line['title']} = {ratio}{aim}; {mine}; {theirs}{more}"
