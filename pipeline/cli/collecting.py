"""Commands that bring articles in and show what came: import, collect, sources check, articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import print_json, say
from pipeline.errors import InputError, WorkError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.collect.run import SourceHealth
    from pipeline.corpus import Corpus
    from pipeline.library import Added
    from pipeline.settings import Settings

MOST_LINES = 20  # refusals shown one by one; the JSON answer has them all


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("import")(import_files)
    app.command("collect")(collect_command)
    app.command("articles")(articles_command)
    sources = typer.Typer(help="The corpus's sources.", no_args_is_help=True)
    sources.command("check")(check_command)
    sources.command("runs")(runs_command)
    app.add_typer(sources, name="sources")


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


def collect_command(
    corpus: str = typer.Option(..., help="name under corpora/, or a folder with a corpus.toml"),
    store: Path | None = typer.Option(None, help="where the library lives; default .parallax/"),
    as_json: bool = typer.Option(False, "--json", help="one JSON document on standard output"),
) -> None:
    """Fetches the corpus's sources, stores what is new, and says how each did."""
    from pipeline.collect.run import collect_sources
    from pipeline.corpus import load_corpus
    from pipeline.library import open_library
    from pipeline.settings import load_settings

    target, settings = load_corpus(corpus), load_settings(store=store)
    with open_library(settings) as library:
        health = collect_sources(target, library, settings, progress=_progress)
    if as_json:
        print_json({"corpus": target.name, "sources": [one.as_json() for one in health]})
    for line in health_lines(health):
        say(line)
    if not health:
        say(f"{target.name} lists no sources; add some to its corpus.toml, or import files")
    if health and all(one.failed for one in health):
        raise WorkError(f"none of the {len(health)} sources of {target.name} gave anything; see the lines above")


def check_command(
    corpus: str = typer.Option(..., help="name under corpora/, or a folder with a corpus.toml"),
    as_json: bool = typer.Option(False, "--json", help="one JSON document on standard output"),
) -> None:
    """Tries every source for a few articles, stores nothing, and says which answer, and with what."""
    from pipeline.collect.check import check_sources
    from pipeline.corpus import load_corpus
    from pipeline.settings import load_settings

    target = load_corpus(corpus)
    health = check_sources(target, load_settings(), progress=_progress)
    if as_json:
        print_json({"corpus": target.name, "sources": [one.as_json() for one in health]})
    for line in health_lines(health):
        say(line)
    silent = [one.source for one in health if one.failed]
    if silent:
        raise WorkError(f"{len(silent)} of {len(health)} sources do not answer: {', '.join(silent)}")


def runs_command(
    corpus: str = typer.Option(..., help="name under corpora/, or a folder with a corpus.toml"),
    store: Path | None = typer.Option(None, help="where the library lives; default .parallax/"),
    as_json: bool = typer.Option(False, "--json", help="one JSON document on standard output"),
) -> None:
    """How each source did in every run so far."""
    from pipeline.corpus import load_corpus
    from pipeline.library import open_library
    from pipeline.library.runs import runs
    from pipeline.settings import load_settings

    target = load_corpus(corpus)
    with open_library(load_settings(store=store)) as library:
        found = runs(library.engine, target.name)
    if as_json:
        print_json([{**one.__dict__, "started": one.started.isoformat(timespec="seconds")} for one in found])
        return
    for one in found:
        outcome = one.failed or f"{one.new} new, {one.changed} changed, {one.unchanged} unchanged"
        print(f"{one.started:%Y-%m-%d %H:%M}  {one.source}: {outcome}")


def articles_command(
    corpus: str = typer.Option(..., help="name under corpora/, or a folder with a corpus.toml"),
    event: str | None = typer.Option(None, help="only those of one event of the current snapshot"),
    outlet: str | None = typer.Option(None, help="only those of one outlet"),
    store: Path | None = typer.Option(None, help="where the library lives; default .parallax/"),
    as_json: bool = typer.Option(False, "--json", help="one JSON document on standard output"),
) -> None:
    """Lists the articles: of the library, or of one event of the current snapshot."""
    from pipeline.corpus import load_corpus
    from pipeline.settings import load_settings

    target, settings = load_corpus(corpus), load_settings(store=store)
    found = _of_event(target.name, settings.store, event) if event else _of_library(target.name, settings)
    if outlet is not None:
        found = found[found["outlet"] == _known_outlet(outlet, target, set(found["outlet"]))]
    rows: list[dict[str, Any]] = [
        {
            **{
                name: row[name] if isinstance(row[name], str) else None
                for name in ("article", "outlet", "title", "url")
            },
            "date": f"{row['date']:%Y-%m-%d}",
            "words": len(row["text"].split()),
            "event": event,
        }
        for row in found.to_dict("records")
    ]
    if as_json:
        print_json(rows)
        return
    for one in rows:
        print(f"{one['date']}  {one['article']}  {one['outlet']}: {one['title'] or '(no title)'}")
    say(f"{len(rows)} articles")


def _known_outlet(name: str, corpus: Corpus, present: set[str]) -> str:
    """An outlet by its own name. Raises InputError where neither the corpus nor its articles know it."""
    own, listed = corpus.outlet_name(name), {outlet.name for outlet in corpus.file.outlets}
    if own not in listed | present:
        remedy = f"give one of: {', '.join(sorted(listed | present))}"
        raise InputError(f'no outlet "{name}" in {corpus.name}', remedy=remedy, where="--outlet")
    return own


def _of_library(corpus: str, settings: Settings) -> pd.DataFrame:
    from pipeline.library import open_library

    with open_library(settings) as library:
        return library.articles(corpus)


def _of_event(corpus: str, store: Path, event: str) -> pd.DataFrame:
    from pipeline.snapshot import open_snapshot

    snapshot = open_snapshot(store, corpus)
    if event not in set(snapshot.table("events")["event"]):
        raise InputError(f'no event "{event}" in snapshot {snapshot.id}', remedy="`parallax events` lists them")
    articles = snapshot.table("articles")
    return articles[articles["event"] == event]


def health_lines(health: Sequence[SourceHealth]) -> list[str]:
    """A line a source, for people."""
    lines = []
    for one in health:
        refused = ", ".join(f"{count} {reason}" for reason, count in one.refused.items())
        outcome = (
            f"failed: {one.failed}"
            if one.failed
            else f"{one.new} new, {one.changed} changed, {one.unchanged} unchanged"
            + (", nothing changed since last time" if one.listed is None else "")
        )
        more = (f"; refused {refused}" if refused else "") + (f"  [{one.flag}]" if one.flag else "")
        lines.append(f"{one.source}: {outcome}{more} ({one.bytes / 1024:.0f} KiB, {one.seconds:.1f} s)")
    return lines


def _progress(done: int, total: int) -> None:
    if total:
        say(f"collect: {done} of {total} sources")


def _day(value: str | None) -> date | None:
    from pipeline.collect.rows import BadDateError, parse_day

    try:
        return None if value is None else parse_day(value)
    except BadDateError as error:
        raise InputError(str(error), remedy="give YYYY-MM-DD", where="--date") from error


def _report(results: dict[str, Added], corpus: str, listed: set[str], *, as_json: bool) -> None:
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


def _counts(added: Added) -> dict[str, Any]:
    return {
        "new": added.new,
        "changed": added.changed,
        "unchanged": added.unchanged,
        "refused": len(added.refused),
        "reasons": added.reasons,
    }
