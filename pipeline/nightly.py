"""A refresh as it is run by hand or by the clock: written down, told of, and counted, whatever its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from pipeline.corpus import Corpus
from pipeline.errors import ParallaxError, WorkError
from pipeline.ledger import Ledger, Told
from pipeline.metrics import write_metrics
from pipeline.models import Models
from pipeline.refresh import refresh_lock, refreshed, utc_now
from pipeline.runs import (
    Run,
    Trigger,
    begin_run,
    close_dead_runs,
    end_run,
    note_stage,
    note_told,
    summary,
    told_by,
)
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from pipeline.steps import Clock
from pipeline.telling import lines_of, tell

log = structlog.get_logger(__name__)


def run_refresh(
    corpus: Corpus,
    settings: Settings,
    *,
    trigger: Trigger = "hand",
    full: bool = False,
    collect: bool = True,
    models: Models | None = None,
    told: Told = lambda stage, done, total: None,
    clock: Clock = utc_now,
) -> Snapshot:
    """Refreshes a corpus; its run stands in the ledger whatever its end, and hooks are told of trouble.

    A run that was killed before is written down, and told of, now. Raises what `refresh` raises; a second
    refresh is turned away before it is a run.
    """
    with refresh_lock(settings, corpus.name):
        for dead in close_dead_runs(settings.store, corpus.name):
            _tell(dead, settings)
        run = begin_run(settings.store, corpus.name, trigger=trigger, now=clock())
        ledger = Ledger(_noted(run, settings.store, told, clock))
        with lines_of(run):
            log.info("refresh begun", trigger=trigger, full=full)
            try:
                published = refreshed(
                    corpus, settings, ledger, full=full, collect=collect, models=models, clock=clock, run=run.id
                )
            except BaseException as error:
                _end_failed(run, ledger, error, settings, clock)
                raise
            facts = summary(published)
            kept = {key: facts[key] for key in ("counts", "seconds", "failures", "sick", "drops", "notes")}
            _end(replace(run, outcome="published", ended=clock(), snapshot=published.id, **kept), settings)
    return published


def close_killed(corpus: str, settings: Settings) -> list[Run]:
    """Writes down and tells of runs that were killed, without a new one: for a scheduler that saw one die."""
    try:
        with refresh_lock(settings, corpus):
            dead = close_dead_runs(settings.store, corpus)
            for run in dead:
                _tell(run, settings)
            return dead
    except WorkError:
        return []  # another refresh began meanwhile, and has told of it


def _noted(run: Run, store: Path, told: Told, clock: Clock) -> Told:
    """`told`, which also writes down each stage as it begins."""
    stage = ""

    def noted(name: str, done: int, total: int) -> None:
        nonlocal stage
        if name != stage:
            stage = name
            note_stage(store, run, name, now=clock())
        told(name, done, total)

    return noted


def _end_failed(run: Run, ledger: Ledger, error: BaseException, settings: Settings, clock: Clock) -> None:
    """Writes down a failure with what was done until then; keeps the failure itself in view, whatever befalls."""
    if isinstance(error, ParallaxError):
        said = str(error)
    elif isinstance(error, KeyboardInterrupt):
        said = "interrupted by hand"
    else:
        said = f"{type(error).__name__}: {error}"
    facts: dict[str, Any] = told_by(ledger.rows)
    try:
        _end(replace(run, outcome="failed", ended=clock(), error=said, **facts), settings)
    except WorkError as second:
        log.error("the end of the run could not be written down", why=str(second), failure=said)


def _end(run: Run, settings: Settings) -> None:
    end_run(settings.store, run)
    if run.outcome == "published":
        log.info("refresh published", snapshot=run.snapshot, seconds=run.took_seconds, **run.counts)
    else:
        log.error("refresh failed", why=run.error)
    _tell(run, settings)


def _tell(run: Run, settings: Settings) -> None:
    """Hooks and metrics. What fails here is said, and changes nothing about the run."""
    if run.outcome == "killed":
        log.error("a refresh was killed", killed=run.id, why=run.error)
    try:
        told = tell(run, settings)
        if told:
            note_told(settings.store, run, told)
        write_metrics(settings)
    except (OSError, WorkError) as error:
        log.warning("what was told could not be written down", why=str(error))
