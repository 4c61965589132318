"""The whole flow: collect → library → clean → read → embed → topics → events → measures → snapshot."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import structlog

from pipeline import events, measuring, retention, snapshot, text, topics, words
from pipeline.cache import Shelf, kept_rows, sweep
from pipeline.clean import clean, languages
from pipeline.collect.run import collect_sources
from pipeline.corpus import Corpus
from pipeline.errors import WorkError
from pipeline.ledger import Ledger, Told
from pipeline.library import open_library
from pipeline.lock import one_at_a_time
from pipeline.manifest import facts_of, outlets_of
from pipeline.measures import Tally
from pipeline.models import Encoder, Models
from pipeline.publish import publish
from pipeline.reading import Reading
from pipeline.runs import LOOK_AT
from pipeline.schema import ARTICLES, ATTRIBUTIONS, PASSAGES, SENTENCES
from pipeline.settings import Settings
from pipeline.voice import attributions
from pipeline.wirecopy import find_wirecopy, signatures, superseded

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
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
    models = models or Models(credit=corpus.file.models.credit)
    sweep(settings.store / corpus.name / "kept")
    shelf = _shelves(settings.store, corpus, fresh=full)
    former = snapshot.newest_intact(settings.store, corpus.name, FORMER_FILES)
    articles = _collect(corpus, settings, ledger, collect=collect, clock=clock)
    articles, marks = _clean(articles, corpus, shelf, ledger)
    reading = _read(articles, corpus, shelf, ledger)
    wire = _wire(reading, marks, ledger)
    articles = _count(articles, reading, wire)
    leads, passages = _embed(reading, models.static, corpus, shelf, ledger)
    reading, model, fit = _topics(reading, passages, former, corpus, settings, models, ledger, now=started)
    counts = _words(articles, reading, shelf, ledger)
    articles, event_table = _events(articles, leads, counts, corpus, ledger)
    evidence, tallies = _measure(articles, reading, counts, corpus, models, shelf, ledger)
    with ledger.stage("intervals") as made:
        once = _once(articles, wire)
        profile = measuring.profile(articles, tallies, once, seed=settings.seed, resamples=settings.resamples)
        made[0] = len(profile)
    _tell_moves(former, articles, reading, ledger)
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
        arrays={"leads": leads, "passages": passages.astype(np.float16), "topics": model.centroids},
        tallies=tallies,
        words=counts,
        manifest=facts_of(corpus, settings, models, started, clock()) | {"topics_fit": asdict(fit), "run": run},
        now=clock(),
    )  # fmt: skip
    _prune(settings, corpus.name)
    return published


ShelfOf = Callable[[str, str], Shelf]


def _shelves(store: Path, corpus: Corpus, *, fresh: bool) -> ShelfOf:
    return lambda kind, configuration: Shelf(store / corpus.name / "kept", kind, configuration, fresh=fresh)


def _prune(settings: Settings, corpus: str) -> None:
    """Removes old snapshots. The new one stands already: what cannot be removed is said, and left."""
    try:
        retention.prune(settings.store, corpus, keep=settings.keep_snapshots, weeks=settings.keep_weeks)
    except OSError as error:
        log.warning("old snapshots could not be removed", corpus=corpus, why=str(error))


def _collect(corpus: Corpus, settings: Settings, ledger: Ledger, *, collect: bool, clock: Clock) -> pd.DataFrame:
    with ledger.stage("collect") as made, open_library(settings, clock=clock) as library:
        if collect:
            for health in collect_sources(
                corpus, library, settings, progress=lambda done, total: ledger.told("collect", done, total)
            ):
                ledger.add("source", health.source, health.new, seconds=health.seconds, detail=health.failed)
                if health.flag is not None:
                    ledger.add("note", f"{LOOK_AT}{health.source}", 1, detail=health.flag)
                for reason, count in health.refused.items():
                    ledger.add("drop", reason, count, detail=f"refused from {health.source}")
        articles = library.articles(corpus.name)
        made[0] = len(articles)
    if not len(articles):
        raise WorkError(
            f"corpus {corpus.name} has no articles: add some with `parallax import FILE --corpus {corpus.name}`"
        )
    return articles


def _clean(
    articles: pd.DataFrame, corpus: Corpus, shelf: ShelfOf, ledger: Ledger
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles, with what is measured; and their signatures, by which copies are found."""
    with ledger.stage("clean") as made:
        found = kept_rows(shelf("language", "2"), articles, languages, told=_in("clean", ledger))
        marks = kept_rows(shelf("signatures", "1"), articles, signatures)
        out = clean(articles, found, lambda some: superseded(some, marks), expected=corpus.codebook.language)
        for reason, count in out.loc[~out["measured"], "reason"].value_counts().items():
            ledger.add("drop", str(reason), int(count), detail="kept and shown, not measured")
        made[0] = int(out["measured"].sum())
    if not made[0]:
        reasons = ", ".join(out["reason"].dropna().unique())
        raise WorkError(f"none of the {len(out)} articles of {corpus.name} can be measured: {reasons}")
    return out, marks


def _read(articles: pd.DataFrame, corpus: Corpus, shelf: ShelfOf, ledger: Ledger) -> Reading:
    size = corpus.file.topics.passage_words
    with ledger.stage("read") as made:
        part = measuring.measured(articles)
        sentences = kept_rows(
            shelf("sentences", f"{measuring.TEXT_VERSION}|{size}"),
            part,
            lambda some: text.split(some, passage_words=size)[0],
            told=_in("read", ledger),
        )
        sentences = SENTENCES.check(sentences)
        spans = kept_rows(
            shelf("attributions", f"{measuring.TEXT_VERSION}|{size}"),
            part,
            lambda some: attributions(some, sentences[sentences["article"].isin(set(some["article"]))]),
            told=_in("voices", ledger),
        )
        made[0] = len(sentences)
    spans = ATTRIBUTIONS.check(spans) if len(spans) else ATTRIBUTIONS.empty()
    return Reading(part, sentences, spans, text.passages_of(sentences))


def _wire(reading: Reading, marks: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    with ledger.stage("wire copy") as made:
        wire = find_wirecopy(reading.articles, marks)
        made[0] = len(wire)
    return wire


def _count(articles: pd.DataFrame, reading: Reading, wire: pd.DataFrame) -> pd.DataFrame:
    """The articles with their words, sentences and wire group."""
    sizes = reading.sentences.groupby("article").agg(words=("words", "sum"), sentences=("words", "size"))
    return articles.assign(
        words=articles["article"].map(sizes["words"]).fillna(0).astype("int64"),
        sentences=articles["article"].map(sizes["sentences"]).fillna(0).astype("int64"),
        wire=articles["article"].map(wire.set_index("article")["wire"]).astype("str"),
        event=pd.Series(None, index=articles.index, dtype="str"),
    )


def _embed(
    reading: Reading, encoder: Encoder, corpus: Corpus, shelf: ShelfOf, ledger: Ledger
) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of the measured articles' title and lead, and of the passages, in their orders."""
    with ledger.stage("embed") as made:

        def encode(some: pd.DataFrame) -> pd.DataFrame:
            part = measuring.part_of(reading, some)
            by_article = dict(zip(some["article"], some["text"], strict=True))
            cut = [
                by_article[a][s:e] for a, s, e in part.passages[["article", "start", "end"]].itertuples(index=False)
            ]
            titles = some["title"].where(some["title"].notna(), None)
            leads = [events.lead(title, body) for title, body in zip(titles, some["text"], strict=True)]
            vectors = encoder.encode(leads + cut).astype(np.float16)
            return pd.DataFrame(
                {
                    "article": [*some["article"], *part.passages["article"]],
                    "passage": [-1] * len(leads) + part.passages["passage"].tolist(),
                    "vector": [row.tobytes() for row in vectors],
                }
            )

        rows = kept_rows(
            shelf("vectors", f"{encoder.hash}|{measuring.TEXT_VERSION}|{corpus.file.topics.passage_words}"),
            reading.articles,
            encode,
            told=_in("embed", ledger),
        )
        made[0] = len(rows)
    vectors = np.frombuffer(b"".join(rows["vector"]), np.float16).reshape(len(rows), -1).astype(np.float32)
    is_lead = rows["passage"].to_numpy() < 0
    return vectors[is_lead], vectors[~is_lead]


def _topics(
    reading: Reading,
    vectors: np.ndarray,
    former: snapshot.Snapshot | None,
    corpus: Corpus,
    settings: Settings,
    models: Models,
    ledger: Ledger,
    *,
    now: datetime,
) -> tuple[Reading, topics.TopicModel, topics.Fit]:
    """Passages with their topics: those found before, or, where drift or time says so, found anew."""
    chosen = corpus.file.topics
    configuration = f"{models.static.hash}|{measuring.TEXT_VERSION}|{chosen.passage_words}|{chosen.topics}"
    with ledger.stage("topics") as made:
        model, fit = _former_topics(former)
        why = topics.why_refit(
            fit, model, vectors, configuration=configuration, now=now,
            days=settings.topics_refit_days, share=settings.topics_refit_share,
        )  # fmt: skip
        if fit is None or model is None or why is not None:
            before = set() if model is None else set(model.table["topic"])
            model = topics.find_topics(_passage_texts(reading), vectors, topics=chosen.topics, previous=model)
            fit = topics.Fit(now.isoformat(), len(vectors), model.likeness(vectors), configuration)
            ledger.add("note", "topics found anew", len(model.table), detail=why)
            if before:
                ledger.add("note", "topics new", len(set(model.table["topic"]) - before))
                ledger.add("note", "topics vanished", len(before - set(model.table["topic"])))
        assigned = model.assign(vectors)
        passages = PASSAGES.check(reading.passages.assign(topic=assigned))
        made[0] = len(model.table)
    return Reading(reading.articles, reading.sentences, reading.attributions, passages), model.sized(assigned), fit


def _passage_texts(reading: Reading) -> list[str]:
    texts = dict(zip(reading.articles["article"], reading.articles["text"], strict=True))
    return [texts[a][s:e] for a, s, e in reading.passages[["article", "start", "end"]].itertuples(index=False)]


def _former_topics(former: snapshot.Snapshot | None) -> tuple[topics.TopicModel | None, topics.Fit | None]:
    if former is None:
        return None, None
    fit = former.manifest.get("topics_fit")
    return former.topic_model, None if fit is None else topics.Fit(**fit)


def _tell_moves(former: snapshot.Snapshot | None, articles: pd.DataFrame, reading: Reading, ledger: Ledger) -> None:
    """Notes how many untouched articles' topics and events are others than in the former snapshot."""
    if former is None:
        return
    before = former.rows("articles", ["article", "content_hash", "measured", "event"])
    both = articles[["article", "content_hash", "measured", "event"]].merge(
        before, on=["article", "content_hash", "measured"], suffixes=("", "_before")
    )
    both = both[both["measured"]]
    passages = former.rows("passages", ["article", "passage", "topic"]).merge(
        reading.passages, on=["article", "passage"], suffixes=("_before", "")
    )
    moved = passages.loc[passages["topic"] != passages["topic_before"], "article"]
    for what, count in (
        ("untouched articles moved to other topics", int(both["article"].isin(moved).sum())),
        ("untouched articles moved to another event", int((both["event"] != both["event_before"]).sum())),
    ):
        if count:
            ledger.add("note", what, count, detail=f"of {len(both)}")


def _words(articles: pd.DataFrame, reading: Reading, shelf: ShelfOf, ledger: Ledger) -> words.WordCounts:
    """Counts for every article, none for those not measured."""
    with ledger.stage("words") as made:
        rows = kept_rows(shelf("words", "1"), reading.articles, words.count_rows, told=_in("words", ledger))
        unit = pd.Series(range(len(articles)), index=articles["article"]).loc[rows["article"]].to_numpy(np.int64)
        counts = words.join_rows(rows, unit, len(articles), minimum=2 if len(articles) < 2000 else 3)
        made[0] = len(counts.vocabulary)
    return counts


def _events(
    articles: pd.DataFrame, leads: np.ndarray, counts: words.WordCounts, corpus: Corpus, ledger: Ledger
) -> tuple[pd.DataFrame, pd.DataFrame]:
    with ledger.stage("events") as made:
        rows = np.flatnonzero(articles["measured"])
        part = articles.iloc[rows]
        close = events.closeness(leads, counts.counts[rows], part["date"])
        chosen = corpus.file.events
        labels = events.group(close, window_days=chosen.window_days, threshold=chosen.threshold)
        ids, table = events.describe(part, labels, close, counts.vocabulary)
        made[0] = len(table)
    return ARTICLES.check(articles.assign(event=ids.reindex(articles.index).astype("str"))), table


def _measure(
    articles: pd.DataFrame,
    reading: Reading,
    counts: words.WordCounts,
    corpus: Corpus,
    models: Models,
    shelf: ShelfOf,
    ledger: Ledger,
) -> tuple[pd.DataFrame, dict[str, Tally]]:
    with ledger.stage("measures") as made:
        codebook = corpus.codebook
        evidence = measuring.gather_evidence(reading, codebook, models, shelf, told=ledger.told)
        passing = measuring.topic_evidence(reading, codebook, models)
        every = pd.concat([evidence, passing], ignore_index=True)
        row = pd.Series(range(len(articles)), index=articles["article"])
        unit = row.reindex(every["article"]).to_numpy(np.int64)
        tallies = measuring.tallies_of(every, measuring.article_units(articles), unit, codebook)
        tallies |= measuring.word_tallies_of(counts, codebook, models)
        made[0] = len(every)
    return evidence, tallies


def _once(articles: pd.DataFrame, wire: pd.DataFrame) -> np.ndarray:
    """Which articles count where wire copy counts once: the measured ones that are not later copies."""
    copies = set(wire.loc[~wire["first"], "article"])
    return np.asarray(articles["measured"].to_numpy(bool) & ~articles["article"].isin(copies).to_numpy(bool))


def _in(stage: str, ledger: Ledger) -> Callable[[int, int], None]:
    return lambda done, total: ledger.told(stage, done, total)
