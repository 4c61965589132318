"""The stages as a refresh runs them: each takes what went before, keeps its work, and tells the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from pipeline import events, measuring, text, topics, words
from pipeline.cache import kept_rows
from pipeline.clean import clean, languages
from pipeline.collect.run import collect_sources
from pipeline.corpus import Corpus
from pipeline.errors import WorkError
from pipeline.kept import Kept
from pipeline.ledger import Ledger
from pipeline.library import open_library
from pipeline.measures import Tally
from pipeline.models import Models
from pipeline.names import NAMES_VERSION
from pipeline.reading import Reading
from pipeline.runs import LOOK_AT
from pipeline.schema import ARTICLES, ATTRIBUTIONS, PASSAGES, SENTENCES
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from pipeline.voice import attributions
from pipeline.wirecopy import find_wirecopy, signatures, superseded

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Work:
    """What every stage may need besides what went before. former: the snapshot that the new one follows, if any."""

    corpus: Corpus
    settings: Settings
    models: Models
    kept: Kept
    ledger: Ledger
    former: Snapshot | None
    clock: Clock

    def telling(self, stage: str) -> Callable[[int, int], None]:
        """Tells how far a stage is."""
        return lambda done, total: self.ledger.told(stage, done, total)


def collected(work: Work, *, collect: bool) -> pd.DataFrame:
    """The articles that the library has, once the sources were asked for new ones (or not)."""
    corpus, ledger = work.corpus, work.ledger
    with ledger.stage("collect") as made, open_library(work.settings, clock=work.clock) as library:
        if collect:
            for health in collect_sources(corpus, library, work.settings, progress=work.telling("collect")):
                ledger.add("source", health.source, health.new, seconds=health.seconds, detail=health.failed)
                if health.flag is not None:
                    ledger.add("note", f"{LOOK_AT}{health.source}", 1, detail=health.flag)
                for reason, count in health.refused.items():
                    ledger.add("drop", reason, count, detail=f"refused from {health.source}")
        articles = library.articles(corpus.name)
        made[0] = len(articles)
    if not len(articles):
        raise WorkError(
            f"corpus {corpus.name} has no articles: add some with `parallax import FILE --corpus {corpus.given}`"
        )
    return articles


def cleaned(articles: pd.DataFrame, work: Work) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles, with what is measured; and their signatures, by which copies are found."""
    language = work.corpus.codebook.language
    with work.ledger.stage("clean") as made:
        found = kept_rows(work.kept.shelf("language", "2"), articles, languages, told=work.telling("clean"))
        marks = kept_rows(work.kept.shelf("signatures", "1"), articles, signatures)
        out = clean(articles, found, lambda some: superseded(some, marks), expected=language)
        for reason, count in out.loc[~out["measured"], "reason"].value_counts().items():
            work.ledger.add("drop", str(reason), int(count), detail="kept and shown, not measured")
        made[0] = int(out["measured"].sum())
    if not made[0]:
        reasons = ", ".join(out["reason"].dropna().unique())
        raise WorkError(f"none of the {len(out)} articles of {work.corpus.name} can be measured: {reasons}")
    return out, marks


def read(articles: pd.DataFrame, work: Work) -> Reading:
    """The sentences, passages and attributions of the measured articles."""
    size = work.corpus.file.topics.passage_words
    with work.ledger.stage("read") as made:
        part = measuring.measured(articles)
        sentences = kept_rows(
            work.kept.shelf("sentences", f"{measuring.TEXT_VERSION}|{size}"),
            part,
            lambda some: text.split(some, passage_words=size)[0],
            told=work.telling("read"),
        )
        sentences = SENTENCES.check(sentences)
        spans = kept_rows(
            work.kept.shelf("attributions", f"{measuring.TEXT_VERSION}|{size}"),
            part,
            lambda some: attributions(some, sentences[sentences["article"].isin(set(some["article"]))]),
            told=work.telling("voices"),
        )
        made[0] = len(sentences)
    spans = ATTRIBUTIONS.check(spans) if len(spans) else ATTRIBUTIONS.empty()
    return Reading(part, sentences, spans, text.passages_of(sentences))


def copies(reading: Reading, marks: pd.DataFrame, work: Work) -> pd.DataFrame:
    """WIRECOPY: which articles carry one text."""
    with work.ledger.stage("wire copy") as made:
        wire = find_wirecopy(reading.articles, marks)
        made[0] = len(wire)
    return wire


def counted(articles: pd.DataFrame, reading: Reading, wire: pd.DataFrame) -> pd.DataFrame:
    """The articles with their words, sentences and wire group."""
    sizes = reading.sentences.groupby("article").agg(words=("words", "sum"), sentences=("words", "size"))
    return articles.assign(
        words=articles["article"].map(sizes["words"]).fillna(0).astype("int64"),
        sentences=articles["article"].map(sizes["sentences"]).fillna(0).astype("int64"),
        wire=articles["article"].map(wire.set_index("article")["wire"]).astype("str"),
        event=pd.Series(None, index=articles.index, dtype="str"),
    )


def embedded(reading: Reading, work: Work) -> tuple[np.ndarray, np.ndarray]:
    """Static vectors of the measured articles' title and lead, and of the passages, in their orders."""
    encoder, size = work.models.static, work.corpus.file.topics.passage_words
    with work.ledger.stage("embed") as made:

        def encode(some: pd.DataFrame) -> pd.DataFrame:
            part = measuring.part_of(reading, some)
            by_article = dict(zip(some["article"], some["text"], strict=True))
            cut = [
                by_article[a][s:e] for a, s, e in part.passages[["article", "start", "end"]].itertuples(index=False)
            ]
            leads = events.leads(some)
            vectors = encoder.encode(leads + cut).astype(np.float16)
            return pd.DataFrame(
                {
                    "article": [*some["article"], *part.passages["article"]],
                    "passage": [-1] * len(leads) + part.passages["passage"].tolist(),
                    "vector": [row.tobytes() for row in vectors],
                }
            )

        rows = kept_rows(
            work.kept.shelf("vectors", f"{encoder.hash}|{measuring.TEXT_VERSION}|{size}"),
            reading.articles,
            encode,
            told=work.telling("embed"),
        )
        made[0] = len(rows)
    vectors = np.frombuffer(b"".join(rows["vector"]), np.float16).reshape(len(rows), -1).astype(np.float32)
    is_lead = rows["passage"].to_numpy() < 0
    return vectors[is_lead], vectors[~is_lead]


def sharpened(reading: Reading, work: Work) -> np.ndarray:
    """float16, measured articles × dimensions: title and lead by the transformer, which tells what a piece is about
    from what it is near to. Made here once, so that nobody who brings a piece waits for sixty of them."""
    encoder = work.models.transformer
    with work.ledger.stage("leads") as made:

        def encode(some: pd.DataFrame) -> pd.DataFrame:
            vectors = encoder.encode(events.leads(some)).astype(np.float16)
            return pd.DataFrame({"article": some["article"].tolist(), "vector": [row.tobytes() for row in vectors]})

        shelf = work.kept.shelf("leads", encoder.hash)
        rows = kept_rows(shelf, reading.articles, encode, told=work.telling("leads"))
        made[0] = len(rows)
    return np.frombuffer(b"".join(rows["vector"]), np.float16).reshape(len(rows), -1)


def with_topics(
    reading: Reading, vectors: np.ndarray, work: Work, *, now: datetime
) -> tuple[Reading, topics.TopicModel, topics.Fit]:
    """Passages with their topics: those found before, or, where drift or time says so, found anew."""
    chosen, settings, ledger = work.corpus.file.topics, work.settings, work.ledger
    hashed = work.models.static.hash
    configuration = f"{hashed}|{measuring.TEXT_VERSION}|{NAMES_VERSION}|{chosen.passage_words}|{chosen.topics}"
    with ledger.stage("topics") as made:
        model, fit = _former_topics(work.former)
        why = topics.why_refit(
            fit, model, vectors, configuration=configuration, now=now,
            days=settings.topics_refit_days, share=settings.topics_refit_share,
        )  # fmt: skip
        if fit is None or model is None or why is not None:
            before = set() if model is None else set(model.table["topic"])
            renamed = fit is not None and fit.configuration != configuration
            model = topics.find_topics(
                _passage_texts(reading), vectors, topics=chosen.topics, previous=model, renamed=renamed
            )
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


def _former_topics(former: Snapshot | None) -> tuple[topics.TopicModel | None, topics.Fit | None]:
    if former is None:
        return None, None
    fit = former.manifest.get("topics_fit")
    return former.topic_model, None if fit is None else topics.Fit(**fit)


def tell_moves(articles: pd.DataFrame, reading: Reading, work: Work) -> None:
    """Notes how many untouched articles' topics and events are others than in the former snapshot."""
    former = work.former
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
            work.ledger.add("note", what, count, detail=f"of {len(both)}")


def worded(articles: pd.DataFrame, reading: Reading, work: Work) -> words.WordCounts:
    """Counts for every article, none for those not measured."""
    with work.ledger.stage("words") as made:
        shelf = work.kept.shelf("words", "1")
        rows = kept_rows(shelf, reading.articles, words.count_rows, told=work.telling("words"))
        unit = pd.Series(range(len(articles)), index=articles["article"]).loc[rows["article"]].to_numpy(np.int64)
        counts = words.join_rows(rows, unit, len(articles), minimum=2 if len(articles) < 2000 else 3)
        made[0] = len(counts.vocabulary)
    return counts


def with_events(
    articles: pd.DataFrame, leads: np.ndarray, counts: words.WordCounts, work: Work
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles with their events, and EVENTS."""
    with work.ledger.stage("events") as made:
        rows = np.flatnonzero(articles["measured"])
        part = articles.iloc[rows]
        close = events.closeness(leads, counts.counts[rows], part["date"])
        chosen = work.corpus.file.events
        labels = events.group(close, window_days=chosen.window_days, threshold=chosen.threshold)
        ids, table = events.describe(part, labels, close, counts.vocabulary)
        made[0] = len(table)
    return ARTICLES.check(articles.assign(event=ids.reindex(articles.index).astype("str"))), table


def measured(
    articles: pd.DataFrame, reading: Reading, counts: words.WordCounts, work: Work
) -> tuple[pd.DataFrame, dict[str, Tally]]:
    """EVIDENCE that is kept, and every quantity's tallies, rows in the order of the articles."""
    codebook, models = work.corpus.codebook, work.models
    with work.ledger.stage("measures") as made:
        evidence = measuring.gather_evidence(reading, codebook, models, work.kept, told=work.ledger.told)
        passing = measuring.topic_evidence(reading, codebook, models)
        every = pd.concat([evidence, passing], ignore_index=True)
        row = pd.Series(range(len(articles)), index=articles["article"])
        unit = row.reindex(every["article"]).to_numpy(np.int64)
        tallies = measuring.tallies_of(every, measuring.article_units(articles, reading.passages), unit, codebook)
        tallies |= measuring.word_tallies_of(counts, codebook, models)
        made[0] = len(every)
    return evidence, tallies


def with_intervals(articles: pd.DataFrame, wire: pd.DataFrame, tallies: dict[str, Tally], work: Work) -> pd.DataFrame:
    """PROFILE: the outlets' values with their intervals, wire copy counted once."""
    with work.ledger.stage("intervals") as made:
        seed, resamples = work.settings.seed, work.settings.resamples
        profile = measuring.profile(articles, tallies, _once(articles, wire), seed=seed, resamples=resamples)
        made[0] = len(profile)
    return profile


def _once(articles: pd.DataFrame, wire: pd.DataFrame) -> np.ndarray:
    """Which articles count where wire copy counts once: the measured ones that are not later copies."""
    later = set(wire.loc[~wire["first"], "article"])
    return np.asarray(articles["measured"].to_numpy(bool) & ~articles["article"].isin(later).to_numpy(bool))
