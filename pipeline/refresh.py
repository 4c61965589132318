"""The whole flow: collect → library → clean → read → embed → topics → events → measures → snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import events, measuring, snapshot, text, topics, words
from pipeline.cache import Shelf, kept_rows
from pipeline.clean import clean, languages
from pipeline.collect.run import collect_sources
from pipeline.corpus import Corpus
from pipeline.errors import WorkError
from pipeline.library import open_library
from pipeline.lock import one_at_a_time
from pipeline.measures import Tally
from pipeline.models import Encoder, Models
from pipeline.reading import Reading
from pipeline.schema import ARTICLES, ATTRIBUTIONS, OUTLETS, PASSAGES, REFRESH, SENTENCES
from pipeline.settings import Settings
from pipeline.voice import attributions
from pipeline.wirecopy import find_wirecopy, superseded

Told = Callable[[str, int, int], None]  # (stage, done, total)


@dataclass
class Ledger:
    """What a refresh did, kept while it runs: rows of REFRESH."""

    told: Told
    rows: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[list[int]]:
        """Times a stage; the block puts the number of rows it made into the list."""
        self.told(name, 0, 0)
        made, start = [0], time.perf_counter()
        yield made
        self.add("stage", name, made[0], seconds=time.perf_counter() - start)

    def add(
        self, what: str, name: str, count: int, *, seconds: float | None = None, detail: str | None = None
    ) -> None:
        self.rows.append({"what": what, "name": name, "count": count, "seconds": seconds, "detail": detail})

    def table(self) -> pd.DataFrame:
        return REFRESH.frame(self.rows)


def refresh(
    corpus: Corpus,
    settings: Settings,
    *,
    full: bool = False,
    collect: bool = True,
    models: Models | None = None,
    told: Told = lambda stage, done, total: None,
) -> snapshot.Snapshot:
    """Brings a corpus up to date and publishes a snapshot. Incremental: what was kept is not done again.

    full: does everything again, whatever is kept. Raises WorkError (nothing to measure, disk full, another
    refresh running) and leaves the former snapshot in force.
    """
    started = datetime.now(UTC)
    models = models or Models(credit=corpus.file.models.credit)
    ledger = Ledger(told)
    with one_at_a_time(settings.store / corpus.name / "refresh.lock", what=f"refresh of {corpus.name}"):
        shelf = _shelves(settings.store, corpus, fresh=full)
        articles = _collect(corpus, settings, ledger, collect=collect)
        articles = _clean(articles, corpus, shelf, ledger)
        reading = _read(articles, corpus, shelf, ledger)
        wire = _wire(reading, ledger)
        articles = _count(articles, reading, wire)
        leads, passages = _embed(reading, models.static, corpus, shelf, ledger)
        reading, model = _topics(reading, passages, corpus, settings, ledger)
        counts = _words(articles, ledger)
        articles, event_table = _events(articles, leads, counts, corpus, ledger)
        evidence, tallies = _measure(articles, reading, counts, corpus, models, shelf, ledger)
        with ledger.stage("intervals") as made:
            once = _once(articles, wire)
            profile = measuring.profile(articles, tallies, once, seed=settings.seed, resamples=settings.resamples)
            made[0] = len(profile)
        published = snapshot.publish(
            settings.store,
            corpus.name,
            tables={
                "outlets": _outlets(articles, corpus), "articles": articles, "sentences": reading.sentences,
                "attributions": reading.attributions, "passages": reading.passages, "topics": model.table,
                "events": event_table, "wirecopy": wire, "evidence": evidence, "profile": profile,
                "refresh": ledger.table(),
            },
            arrays={"leads": leads, "passages": passages.astype(np.float16), "topics": model.centroids},
            tallies=tallies,
            words=counts,
            manifest=_manifest(corpus, settings, models, started),
        )  # fmt: skip
        snapshot.prune(settings.store, corpus.name, keep=settings.keep_snapshots)
    return published


ShelfOf = Callable[[str, str], Shelf]


def _shelves(store: Path, corpus: Corpus, *, fresh: bool) -> ShelfOf:
    return lambda kind, configuration: Shelf(store / corpus.name / "kept", kind, configuration, fresh=fresh)


def _collect(corpus: Corpus, settings: Settings, ledger: Ledger, *, collect: bool) -> pd.DataFrame:
    with ledger.stage("collect") as made, open_library(settings) as library:
        if collect:
            for health in collect_sources(
                corpus, library, settings, progress=lambda done, total: ledger.told("collect", done, total)
            ):
                ledger.add("source", health.source, health.new, seconds=health.seconds, detail=health.failed)
                for reason, count in health.refused.items():
                    ledger.add("drop", reason, count, detail=f"refused from {health.source}")
        articles = library.articles(corpus.name)
        made[0] = len(articles)
    if not len(articles):
        raise WorkError(
            f"corpus {corpus.name} has no articles: add some with `parallax import FILE --corpus {corpus.name}`"
        )
    return articles


def _clean(articles: pd.DataFrame, corpus: Corpus, shelf: ShelfOf, ledger: Ledger) -> pd.DataFrame:
    with ledger.stage("clean") as made:
        found = kept_rows(shelf("language", "1"), articles, languages, told=_in("clean", ledger))
        out = clean(articles, found, superseded, expected=corpus.codebook.language)
        for reason, count in out.loc[~out["measured"], "reason"].value_counts().items():
            ledger.add("drop", str(reason), int(count), detail="kept and shown, not measured")
        made[0] = int(out["measured"].sum())
    if not made[0]:
        reasons = ", ".join(out["reason"].dropna().unique())
        raise WorkError(f"none of the {len(out)} articles of {corpus.name} can be measured: {reasons}")
    return out


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


def _wire(reading: Reading, ledger: Ledger) -> pd.DataFrame:
    with ledger.stage("wire copy") as made:
        wire = find_wirecopy(reading.articles)
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
    reading: Reading, vectors: np.ndarray, corpus: Corpus, settings: Settings, ledger: Ledger
) -> tuple[Reading, topics.TopicModel]:
    with ledger.stage("topics") as made:
        texts = dict(zip(reading.articles["article"], reading.articles["text"], strict=True))
        cut = [texts[a][s:e] for a, s, e in reading.passages[["article", "start", "end"]].itertuples(index=False)]
        previous = _previous_topics(settings, corpus)
        model = topics.find_topics(cut, vectors, topics=corpus.file.topics.topics, previous=previous)
        passages = PASSAGES.check(reading.passages.assign(topic=model.assign(vectors)))
        made[0] = len(model.table)
        if previous is not None and len(previous.table):
            before, now = set(previous.table["topic"]), set(model.table["topic"])
            ledger.add("note", "topics new", len(now - before))
            ledger.add("note", "topics vanished", len(before - now))
    return Reading(reading.articles, reading.sentences, reading.attributions, passages), model


def _previous_topics(settings: Settings, corpus: Corpus) -> topics.TopicModel | None:
    if snapshot.current_id(settings.store, corpus.name) is None:
        return None
    former = snapshot.open_snapshot(settings.store, corpus.name)
    return topics.TopicModel(former.table("topics"), np.array(former.array("topics")))


def _words(articles: pd.DataFrame, ledger: Ledger) -> words.WordCounts:
    """Counts for every article, none for those not measured."""
    with ledger.stage("words") as made:
        texts = articles["text"].where(articles["measured"], "")
        counts = words.count(texts, minimum=2 if len(articles) < 2000 else 3)
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
    return articles["measured"].to_numpy(bool) & ~articles["article"].isin(copies).to_numpy(bool)


def _outlets(articles: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The corpus's outlets, and those that only its articles name."""
    listed = [outlet.model_dump(include={"name", "country", "kind", "language"}) for outlet in corpus.file.outlets]
    known = {outlet["name"] for outlet in listed}
    rows = listed + [{"name": name} for name in sorted(set(articles["outlet"]) - known)]
    return OUTLETS.frame([{**row, "outlet": row["name"]} for row in rows])


def _manifest(corpus: Corpus, settings: Settings, models: Models, started: datetime) -> dict[str, Any]:
    libraries = (
        "parallax-framing",
        "bertopic",
        "sentence-transformers",
        "torch",
        "pandas",
        "numpy",
        "scikit-learn",
    )
    return {
        "corpus": corpus.file.model_dump(mode="json"),
        "corpus_hash": corpus.hash,
        "codebook": corpus.codebook.model_dump(mode="json"),
        "codebook_hash": corpus.codebook.hash,
        "encoder": {"name": models.static.name, "hash": models.static.hash},
        "libraries": {name: version(name) for name in libraries},
        "seed": settings.seed,
        "resamples": settings.resamples,
        "started": started.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
    }


def _in(stage: str, ledger: Ledger) -> Callable[[int, int], None]:
    return lambda done, total: ledger.told(stage, done, total)
