"""`parallax refresh`, `parallax verify`, `parallax runs`, `parallax settings`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import print_json, say
from pipeline.logs import set_up_logs

if TYPE_CHECKING:
    from pipeline.snapshot import Snapshot


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("refresh")(refresh_command)
    app.command("verify")(verify_command)
    app.command("runs")(runs_command)
    app.command("settings")(settings_command)


def refresh_command(
    corpus: str = typer.Option(..., help="A name under corpora/, or a folder with a corpus.toml."),
    store: Path | None = typer.Option(None, help="Where library, vectors and snapshots live."),
    full: bool = typer.Option(False, "--full", help="Do everything again, whatever is kept."),
    no_collect: bool = typer.Option(False, "--no-collect", help="Use what the library has."),
    scheduled: bool = typer.Option(False, "--scheduled", hidden=True, help="Run by a schedule, not by hand."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Bring a corpus up to date: collect, read, measure, publish a snapshot."""
    from pipeline.corpus import load_corpus
    from pipeline.nightly import run_refresh
    from pipeline.runs import summary
    from pipeline.settings import load_settings

    loaded, settings = load_corpus(corpus), load_settings(store=store)
    set_up_logs(settings.log_format)
    progress = Progress()
    with progress:
        published = run_refresh(
            loaded,
            settings,
            trigger="schedule" if scheduled else "hand",
            full=full,
            collect=not no_collect,
            told=progress.told,
        )
    document = summary(published)
    if json:
        print_json(document)
        return
    counts = document["counts"]
    say(f"snapshot {document['snapshot']}: " + ", ".join(f"{n:,} {name}" for name, n in counts.items()))
    for reason, n in document["drops"].items():
        say(f"  not measured or refused: {n} – {reason}")
    for source, why in document["failures"].items():
        say(f"  failed: {source} – {why}")
    say("seconds: " + ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in document["seconds"].items()))


def runs_command(
    corpus: str = typer.Option(..., help="A name under corpora/, or a folder with a corpus.toml."),
    store: Path | None = typer.Option(None, help="Where library, vectors and snapshots live."),
    last: int = typer.Option(20, min=1, help="How many, the newest first."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Say how the refreshes of a corpus went: one row a run, whatever its end."""
    from pipeline.runs import read_runs
    from pipeline.settings import load_settings

    name = corpus_name(corpus)
    found = list(reversed(read_runs(load_settings(store=store).store, name)))
    if json:
        print_json({"corpus": name, "total": len(found), "runs": [run.as_json() for run in found[:last]]})
        return
    if not found:
        say(f"{name} was never refreshed here: run `parallax refresh --corpus {corpus}`")
    for run in found[:last]:
        took = "" if run.took_seconds is None else f"{run.took_seconds:8,.0f} s"
        said = run.error or ", ".join(f"{n:,} {table}" for table, n in run.counts.items())
        failed = "".join(f"; failed: {source}" for source in run.failures)
        print(f"{run.started:%Y-%m-%d %H:%M} UTC  {run.outcome:<9} {took:>10}  {run.trigger:<8} {said}{failed}")


def settings_command(json: bool = typer.Option(False, "--json", help="Print one JSON document.")) -> None:
    """Print every setting in force, secrets masked."""
    from pipeline.settings import Settings, load_settings, shown

    values = shown(load_settings())
    if json:
        print_json(values)
        return
    for name, value in values.items():
        print(f"{name} = {value!r}  # {Settings.model_fields[name].description}")


class Progress:
    """Progress on standard error: a bar on a terminal, a line a stage elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self._terminal = sys.stderr.isatty()
        columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Bars(*columns, console=Console(stderr=True), disable=not self._terminal)
        self._task: Any = None
        self._stage = ""
        self._since = time.perf_counter()

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def told(self, stage: str, done: int, total: int) -> None:
        """A stage has done so many of so many; a new name begins a new line."""
        if stage != self._stage:
            if not self._terminal:
                say(f"{time.perf_counter() - self._since:6.1f} s  {stage}")
            self._stage, self._task = stage, self._bars.add_task(stage, total=total or None)
        self._bars.update(self._task, completed=done, total=total or None)


def verify_command(
    snapshot: str | None = typer.Argument(
        None, help="Id of a snapshot, or an exported file; default: the current one."
    ),
    corpus: str | None = typer.Option(None, help="A name under corpora/, or a folder with a corpus.toml."),
    store: Path | None = typer.Option(None, help="Where library, vectors and snapshots live."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Hold a snapshot against its manifest, or an exported file against the snapshot it came from."""
    from pipeline.errors import InputError, WorkError
    from pipeline.intact import verify
    from pipeline.settings import load_settings
    from pipeline.snapshot import open_snapshot

    settings = load_settings(store=store)
    if snapshot is not None and Path(snapshot).exists():
        _verify_file(Path(snapshot), settings.store, json=json)
        return
    if snapshot is not None and Path(snapshot).suffix:
        raise InputError("there is no such file", remedy="give an exported file, or a snapshot's id", where=snapshot)
    checked = []
    for name in [corpus_name(corpus)] if corpus else _corpora(settings.store, snapshot):
        found = open_snapshot(settings.store, name, snapshot)
        checked.append({"corpus": name, "snapshot": found.id, "faults": verify(found)})
    if not checked and snapshot is not None:
        raise InputError(f'no snapshot "{snapshot}" in {settings.store}', remedy="`parallax runs` lists them")
    if not checked:
        where = f"no snapshot {snapshot} in" if snapshot else "no snapshot in"
        raise WorkError(f"{where} {settings.store}: run `parallax refresh --corpus …` first, or give another --store")
    faults = [f"{c['corpus']} {c['snapshot']}: {fault}" for c in checked for fault in c["faults"]]
    if json:
        print_json({"checked": checked, "intact": not faults, "file": None})
    else:
        for c in checked:
            say(f"{c['corpus']} {c['snapshot']}: " + ("intact" if not c["faults"] else "; ".join(c["faults"])))
    if faults:
        raise WorkError(f"{len(faults)} faults; run `parallax refresh` to publish a sound snapshot: {faults[0]}")


def _verify_file(path: Path, store: Path, *, json: bool) -> None:
    """Says where an exported file comes from, and whether that snapshot is there and intact.

    Raises InputError for a file that says nothing of itself, WorkError where the snapshot is gone or faulty; the
    document is printed all the same.
    """
    from dashboard.export import read_provenance
    from pipeline.errors import WorkError
    from pipeline.intact import verify
    from pipeline.snapshot import Snapshot, corpus_folder, snapshot_ids

    facts = read_provenance(path)
    corpus, identifier = str(facts.get("corpus")), facts.get("snapshot")
    # A corpus's name is a folder's; whatever else a file says leads nowhere.
    there = Path(corpus).name == corpus and identifier in snapshot_ids(store, corpus)
    faults = []
    if there:
        held = Snapshot(corpus_folder(store, corpus) / "snapshots" / str(identifier))
        faults = [*verify(held), *_strange(facts, held)]
    checked = [{"corpus": corpus, "snapshot": identifier, "there": there, "faults": faults}]
    if json:
        print_json({"checked": checked, "intact": there and not faults, "file": facts})
    else:
        for name in ("title", "by", "date", "corpus", "snapshot", "filters"):
            say(f"{name}: {facts.get(name) or '–'}")
        say(f"permalink: {facts.get('permalink') or facts.get('no_permalink') or '–'}")
    if not there:
        raise WorkError(f"{path}: snapshot {identifier} of corpus {corpus} is not in {store}; give another --store")
    if faults:
        raise WorkError(f"{path}: {len(faults)} faults in snapshot {identifier}: {faults[0]}")
    if not json:
        say(f"{path}: its snapshot is there and intact")


def _strange(facts: dict[str, Any], held: Snapshot) -> list[str]:
    """What a file says of its snapshot and the snapshot says otherwise."""
    return [
        f"the file says {name} {facts.get(name)}, the snapshot {held.manifest.get(name)}"
        for name in ("corpus_hash", "codebook_hash", "seed")
        if facts.get(name) != held.manifest.get(name)
    ]


def corpus_name(corpus: str) -> str:
    """A corpus's own name, from its name or folder."""
    from pipeline.corpus import load_corpus

    return load_corpus(corpus).name


def _corpora(store: Path, snapshot: str | None) -> list[str]:
    """The corpora of a store that have a snapshot (that one, where it is named)."""
    from pipeline.snapshot import current_id, snapshot_ids

    names = sorted(path.parent.name for path in store.glob("*/current"))
    if snapshot is None:
        return [name for name in names if current_id(store, name)]
    return [name for name in names if snapshot in snapshot_ids(store, name)]
