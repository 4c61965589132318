"""Commands that bring articles in and show what came: import, collect, sources check, articles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import typer

from pipeline.cli import print_json, say
from pipeline.errors import InputError

MOST_LINES = 20  # refusals shown one by one; the JSON answer has them all


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("import")(import_files)


def import_files(
    files: list[Path] = typer.Argument(
        ..., help="articles: .jsonl(.gz) .csv .parquet .txt .html .warc(.gz) or a feed"
    ),
    corpus: str = typer.Option(..., help="name under corpora/, or a folder with a corpus.toml"),
    store: Path | None = typer.Option(None, help="where the library lives; default .parallax/"),
    outlet: str | None = typer.Option(None, help="outlet of texts, pages and feeds that do not say it"),
    day: str | None = typer.Option(None, "--date", help="day of texts and pages that do not say it, YYYY-MM-DD"),
    as_json: bool = typer.Option(False, "--json", help="one JSON document on standard output"),
) -> None:
    """Adds articles from files to the library."""
    from pipeline.collect.importing import import_all
    from pipeline.corpus import load_corpus
    from pipeline.library import open_library
    from pipeline.settings import load_settings

    target = load_corpus(corpus)
    settings = load_settings(store=store)
    batches = import_all(files, target, outlet=outlet, day=_day(day))
    with open_library(settings) as library:
        results = {str(path): library.add(target.name, found) for path, found in batches}
    _report(results, target.name, {outlet.name for outlet in target.file.outlets}, as_json=as_json)


def _day(value: str | None) -> date | None:
    from pipeline.collect.rows import BadDateError, parse_day

    try:
        return None if value is None else parse_day(value)
    except BadDateError as error:
        raise InputError(str(error), remedy="give YYYY-MM-DD", where="--date") from error


def _report(results: dict[str, Any], corpus: str, listed: set[str], *, as_json: bool) -> None:
    from pipeline.library import Added

    total = Added()
    for added in results.values():
        total = total.plus(added)
    unlisted = {name: n for name, n in sorted(total.outlets.items()) if name not in listed}
    if as_json:
        print_json(
            {
                "corpus": corpus,
                **_counts(total),
                "unlisted": unlisted,
                "refusals": [str(one) for one in total.refused],
                "files": [{"file": name, **_counts(added)} for name, added in results.items()],
            }
        )
    for one in total.refused[:MOST_LINES]:
        say(str(one))
    if len(total.refused) > MOST_LINES:
        say(f"… and {len(total.refused) - MOST_LINES} more refused (--json names them all)")
    for name, count in unlisted.items():
        say(f'note: {count} articles of "{name}", an outlet that the corpus file does not list')
    reasons = ", ".join(f"{count} {reason}" for reason, count in total.reasons.items())
    say(
        f"{corpus}: {total.new} new, {total.changed} changed, {total.unchanged} already there, "
        f"{len(total.refused)} refused" + (f" ({reasons})" if reasons else "")
    )


def _counts(added: Any) -> dict[str, Any]:
    return {
        "new": added.new,
        "changed": added.changed,
        "unchanged": added.unchanged,
        "refused": len(added.refused),
        "reasons": added.reasons,
    }
