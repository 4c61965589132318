"""The whole flow: collect → library → clean → read → embed → topics → events → measures → snapshot."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
import structlog

from pipeline import retention, snapshot, steps
from pipeline.corpus import Corpus
from pipeline.errors import WorkError
from pipeline.intact import newest_intact
from pipeline.kept import Kept
from pipeline.ledger import Ledger, Told
from pipeline.lock import one_at_a_time
from pipeline.manifest import facts_of, outlets_of
from pipeline.models import Models
from pipeline.publish import publish
from pipeline.settings import Settings
from pipeline.steps import Clock, Work

log = structlog.get_logger(__name__)
# What a refresh reads of the former snapshot: damaged, an older one takes its place.
FORMER_FILES = ("articles.parquet", "passages.parquet", "topics.parquet", "topics.npy")


def utc_now() -> datetime:
    return datetime.now(UTC)


def refresh(
    corpus: Corpus,
    settings: Settings,
    *,
    full: bool = False,
    collect: bool = True,
    models: Models | None = None,
    told: Told = lambda stage, done, total: None,
    clock: Clock = utc_now,
) -> snapshot.Snapshot:
    """Brings a corpus up to date and publishes a snapshot. Incremental: what was kept is not done again.

    full: does everything again, whatever is kept. Raises WorkError (nothing to measure, disk full, another
    refresh running) and leaves the former snapshot in force.
    """
    with refresh_lock(settings, corpus.name):
        return refreshed(corpus, settings, Ledger(told), full=full, collect=collect, models=models, clock=clock)


def refresh_lock(settings: Settings, corpus: str) -> AbstractContextManager[None]:
    """Held while a corpus is refreshed: a second refresh is told who holds it and since when."""
    return one_at_a_time(settings.store / corpus / "refresh.lock", what=f"refresh of {corpus}")


def refreshed(
    corpus: Corpus,
    settings: Settings,
    ledger: Ledger,
    *,
    full: bool = False,
    collect: bool = True,
    models: Models | None = None,
    clock: Clock = utc_now,
    run: str | None = None,
) -> snapshot.Snapshot:
    """What `refresh` does, for one who holds the `refresh_lock` and keeps the ledger. run: the run's id."""
    started = clock()
    folder = snapshot.corpus_folder(settings.store, corpus.name)
    models, kept = models or Models(credit=corpus.file.models.credit), Kept(folder / "kept", fresh=full)
    _ = models.credit  # one that is not to be had is said before the work, not after
    kept.sweep()
    former = newest_intact(settings.store, corpus.name, FORMER_FILES)
    work = Work(corpus, settings, models, kept, ledger, former, clock)

    articles, marks = steps.cleaned(steps.collected(work, collect=collect), work)
    reading = steps.read(articles, work)
    wire = steps.copies(reading, marks, work)
    articles = steps.counted(articles, reading, wire)
    leads, passages = steps.embedded(reading, work)
    sharp = steps.sharpened(reading, work)
    reading, model, fit = steps.with_topics(reading, passages, work, now=started)
    counts = steps.worded(articles, reading, work)
    articles, event_table = steps.with_events(articles, leads, counts, work)
    evidence, tallies = steps.measured(articles, reading, counts, work)
    profile = steps.with_intervals(articles, wire, tallies, work)
    steps.tell_moves(articles, reading, work)
    ledger.told("publish", 0, 0)
    published = publish(
        settings.store,
        corpus.name,
        tables={
            "outlets": outlets_of(articles, corpus), "articles": articles, "sentences": reading.sentences,
            "attributions": reading.attributions, "passages": reading.passages, "topics": model.table,
            "events": event_table, "wirecopy": wire, "evidence": evidence, "profile": profile,
            "refresh": ledger.table(),
        },
        arrays={
            "leads": leads, "leads_sharp": sharp, "passages": passages.astype(np.float16), "topics": model.centroids,
        },
        tallies=tallies,
        words=counts,
        manifest={
            **facts_of(corpus, settings, models, started, clock()), "topics_fit": asdict(fit), "run": run,
            "kept": kept.used,
        },
        now=clock(),
    )  # fmt: skip
    _prune(settings, corpus.name, kept)
    return published


def _prune(settings: Settings, corpus: str, kept: Kept) -> None:
    """Removes old snapshots, and the kept work that belongs to none that is left nor to this refresh. The new one
    stands already: what cannot be removed is said, and left."""
    store = settings.store
    try:
        retention.prune(store, corpus, keep=settings.keep_snapshots, weeks=settings.keep_weeks)
        kept.prune(_kept_for_snapshots(settings, corpus))
    except OSError as error:
        log.warning("old snapshots or old work could not be removed", corpus=corpus, why=str(error))


def _kept_for_snapshots(settings: Settings, corpus: str) -> set[str]:
    """The configurations of kept work that the snapshots were made with, as their manifests name them."""
    found: set[str] = set()
    for identifier in snapshot.snapshot_ids(settings.store, corpus):
        try:
            found.update(snapshot.manifest_of(settings.store, corpus, identifier).get("kept", ()))
        except WorkError as error:
            log.warning("what a snapshot was made with cannot be read", snapshot=identifier, why=str(error))
    return found
