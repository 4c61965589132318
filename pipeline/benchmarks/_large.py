"""A large snapshot made on the spot: published as a refresh publishes, without reading a text.

A pool of sentences is written once with what there is to find in each; an article is a run of them. So texts,
offsets, evidence and tallies agree, while a hundred thousand articles take a minute or two, not a night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline import measuring
from pipeline.benchmarks._pool import COUNTRIES, KINDS, Pool, codebook, make_pool
from pipeline.codebook import Codebook
from pipeline.measures import Tally
from pipeline.models import Models
from pipeline.publish import publish
from pipeline.schema import ARTICLES, EVENTS, OUTLETS, REFRESH, TOPICS
from pipeline.snapshot import Snapshot
from pipeline.words import WordCounts

NAME = "synthetic-large"
OUTLETS_MADE = 24
DAYS = 365
FIRST_DAY = "2024-01-01"
PASSAGE = 4  # sentences
RESAMPLES = 200
SEED = 20240101


@dataclass(frozen=True)
class Layout:
    """Which sentences of the pool each article is made of. `of`: the article of each sentence, `number` its
    position there, `pool` its sentence in the pool, `start` and `end` its place in the article's text."""

    of: np.ndarray
    number: np.ndarray
    pool: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """Sentences of each article."""
        return np.bincount(self.of)

    def only(self, keep: np.ndarray) -> Layout:
        """The sentences of some of the articles: a flag for each."""
        rows = np.flatnonzero(keep[self.of])
        return Layout(self.of[rows], self.number[rows], self.pool[rows], self.start[rows], self.end[rows])


def make_large(store: Path, articles: int, *, models: Models, seed: int = SEED) -> Snapshot:
    """Publishes a snapshot with so many articles in a store, under the corpus NAME; the same for the same seed."""
    rng = np.random.default_rng(seed)
    book = codebook()
    pool = make_pool(book, rng)
    heads = _heads(articles, rng)
    lay = _lay(heads, pool, rng)
    ids = pd.array(heads["article"].tolist(), dtype="str")
    table = _articles(heads, lay, pool)
    lay = lay.only(heads["measured"].to_numpy(bool))
    sentences = pd.DataFrame({"article": ids.take(lay.of), "sentence": lay.number, "start": lay.start, "end": lay.end,
                              "words": pool.words[lay.pool], "passage": lay.number // PASSAGE})  # fmt: skip
    passages = _passages(lay, pool, ids)
    evidence = _spans(pool.evidence, lay, ids)
    unit = lay.of[_expanded(pool.evidence, lay)[0]]
    counts = _counts(lay, pool, articles)
    tallies = _tallies(evidence, unit, lay, pool, table, counts, book, models)
    once = (heads["measured"] & ~heads["copy"]).to_numpy(bool)
    profile = measuring.profile(table, tallies, once, seed=seed, resamples=RESAMPLES)
    leads, centroids = _vectors(heads, pool, models, rng)
    topic = passages["topic"].to_numpy()
    return publish(
        store, NAME,
        tables={
            "outlets": _outlets(), "articles": table, "sentences": sentences,
            "attributions": _spans(pool.attributions, lay, ids), "passages": passages,
            "topics": _topics(pool, topic), "events": _events(table), "wirecopy": _wirecopy(heads),
            "evidence": evidence, "profile": profile, "refresh": _ledger(articles),
        },
        arrays={"leads": leads, "passages": centroids.astype(np.float16)[topic], "topics": centroids},
        tallies=tallies, words=counts, manifest=_manifest(book, models, seed),
    )  # fmt: skip


def _heads(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Who wrote when about what: outlets of very different size (the last has one article), events of one to
    some two hundred articles within four days, one article in thirty a copy of another, one in fifty unread."""
    sizes = np.minimum(rng.pareto(1.1, size=n) * 2 + 1, 200).astype(np.int64)
    event = np.repeat(np.arange(n), sizes)[:n]
    share = 1 / np.arange(1, OUTLETS_MADE)
    outlet = rng.choice(OUTLETS_MADE - 1, size=n, p=share / share.sum())
    outlet[-1] = OUTLETS_MADE - 1
    first = rng.integers(0, DAYS - 4, size=int(event[-1]) + 1)
    day = first[event] + np.minimum(rng.geometric(0.55, size=n) - 1, 3)
    copy = (rng.random(n) < 1 / 30) & (np.concatenate([[-1], event[:-1]]) == event)
    copy &= ~np.concatenate([[False], copy[:-1]])  # a copy is of the article before it, which is none
    return pd.DataFrame({
        "article": [f"s{i:07d}" for i in range(n)], "outlet": outlet, "event": event,
        "date": pd.Timestamp(FIRST_DAY) + pd.to_timedelta(day, unit="D"), "copy": copy,
        "measured": (rng.random(n) >= 1 / 50) | copy | np.concatenate([copy[1:], [False]]),
    })  # fmt: skip


def _lay(heads: pd.DataFrame, pool: Pool, rng: np.random.Generator) -> Layout:
    """Some twenty sentences an article, four a passage, passages mostly about the event's matter. An outlet
    draws from its own part of the pool more than from the rest, so that outlets differ."""
    n = len(heads)
    size = rng.integers(12, 33, size=n)
    copy = np.flatnonzero(heads["copy"])
    size[copy] = size[copy - 1]
    size[~heads["measured"].to_numpy()] = 1
    of = np.repeat(np.arange(n), size)
    begin = np.cumsum(size) - size
    number = np.arange(len(of)) - begin[of]
    main = (heads["event"].to_numpy() * 7919) % pool.matters
    other = rng.integers(0, pool.matters, size=len(of))
    strange = (rng.random(len(of)) < 0.25)[begin[of] + number // PASSAGE * PASSAGE]
    matter = np.where(strange, other[begin[of] + number // PASSAGE * PASSAGE], main[of])
    lean = 0.6 + heads["outlet"].to_numpy()[of] / OUTLETS_MADE
    chosen = matter * pool.each + (pool.each * rng.random(len(of)) ** lean).astype(np.int64)
    for i in copy:
        chosen[begin[i] : begin[i] + size[i]] = chosen[begin[i - 1] : begin[i - 1] + size[i]]
    length = pool.lengths[chosen] + 1
    start = np.cumsum(length) - length
    start -= start[begin[of]]
    return Layout(of, number, chosen, start, start + length - 1)


def _articles(heads: pd.DataFrame, lay: Layout, pool: Pool) -> pd.DataFrame:
    sizes = lay.sizes
    ends = np.cumsum(sizes)
    picked = lay.pool.tolist()
    texts = [" ".join([pool.texts[k] for k in picked[b - s : b]]) for b, s in zip(ends, sizes, strict=True)]
    measured = heads["measured"].to_numpy(bool)
    words = np.bincount(lay.of, weights=pool.words[lay.pool]).astype(np.int64)
    titles = [f"{pool.titles[picked[b - 1]]} ({i})" for i, b in enumerate(ends)]
    first = heads["copy"].shift(-1, fill_value=False)
    wire = [f"w{i - c:07d}" if c or f else None for i, (c, f) in enumerate(zip(heads["copy"], first, strict=True))]
    return ARTICLES.check(pd.DataFrame({
        "article": heads["article"], "outlet": [f"Outlet {k:02d}" for k in heads["outlet"]], "date": heads["date"],
        "title": titles, "byline": None, "url": [f"https://o.example/{a}" for a in heads["article"]], "text": texts,
        "content_hash": [hashlib.sha256(t.encode()).hexdigest() for t in texts], "language": "en",
        "words": np.where(measured, words, 0), "sentences": np.where(measured, sizes, 0), "measured": measured,
        "reason": pd.Series("too short", index=range(len(measured))).mask(measured).astype("str"),
        "event": pd.Series([f"e{k:07d}" for k in heads["event"]]).where(measured).astype("str"),
        "wire": pd.Series(wire, dtype="str"),
    }).astype({"byline": "str"}))  # fmt: skip


def _passages(lay: Layout, pool: Pool, ids: Any) -> pd.DataFrame:
    begins = np.flatnonzero(lay.number % PASSAGE == 0)
    ends = np.concatenate([begins[1:], [len(lay.of)]]) - 1
    return pd.DataFrame({
        "article": ids.take(lay.of[begins]), "passage": lay.number[begins] // PASSAGE, "start": lay.start[begins],
        "end": lay.end[ends], "sentences": ends - begins + 1, "topic": lay.pool[begins] // pool.each,
    })  # fmt: skip


def _expanded(spans: pd.DataFrame, lay: Layout) -> tuple[np.ndarray, np.ndarray]:
    """For each span of each sentence of each article: the row of the sentence, and the row in `spans`."""
    size = np.bincount(spans["pool"], minlength=int(lay.pool.max()) + 1)
    begin = np.cumsum(size) - size
    many = size[lay.pool]
    row = np.repeat(np.arange(len(lay.pool)), many)
    within = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    return row, begin[lay.pool[row]] + within


def _spans(spans: pd.DataFrame, lay: Layout, ids: Any) -> pd.DataFrame:
    """The pool's spans, once for each time that their sentence stands in an article."""
    row, which = _expanded(spans, lay)
    out = spans.drop(columns=["pool"]).take(which).reset_index(drop=True)
    out["start"] += lay.start[row]
    out["end"] += lay.start[row]
    number = "attribution" if "role" in out.columns else "sentence"
    return out.assign(**{"article": ids.take(lay.of[row]), number: lay.number[row]})


def _counts(lay: Layout, pool: Pool, articles: int) -> WordCounts:
    """Word counts of the articles: how often each sentence stands in each, times the sentence's own counts."""
    ones = np.ones(len(lay.of), np.float32)
    times = sparse.csr_array(sparse.coo_array((ones, (lay.of, lay.pool)), shape=(articles, len(pool.texts))))
    return WordCounts(pool.counts.vocabulary, sparse.csr_array(times @ pool.counts.counts))


def _tallies(
    evidence: pd.DataFrame, unit: np.ndarray, lay: Layout, pool: Pool, articles: pd.DataFrame, counts: WordCounts,
    book: Codebook, models: Models,
) -> dict[str, Tally]:  # fmt: skip
    """What the measures make of it; the sentences of topics are evidence that is not kept."""
    topics = pd.array([str(i) for i in range(pool.matters)], dtype="str")
    passing = pd.DataFrame({"measure": "emphasis", "item": topics.take(lay.pool // pool.each), "weight": 1.0})
    every = pd.concat([evidence[["measure", "item", "label", "voice", "weight"]], passing], ignore_index=True)
    units = articles[["sentences", "words"]].assign(passages=articles["sentences"]).reset_index(drop=True)
    found = measuring.tallies_of(every, units, np.concatenate([unit, lay.of]), book)
    return found | measuring.word_tallies_of(counts, book, models)


def _vectors(
    heads: pd.DataFrame, pool: Pool, models: Models, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors of leads, near their event's; and one of each topic's words."""
    events = rng.standard_normal((int(heads["event"].max()) + 1, models.static.dimensions), dtype=np.float32)
    leads = events[heads.loc[heads["measured"], "event"]]
    leads += 0.7 * rng.standard_normal(leads.shape, dtype=np.float32)
    leads /= np.linalg.norm(leads, axis=1, keepdims=True)
    return leads, models.static.encode(pool.labels).astype(np.float32)


def _outlets() -> pd.DataFrame:
    return OUTLETS.frame([
        {"outlet": f"Outlet {i:02d}", "kind": KINDS[i % len(KINDS)], "country": COUNTRIES[i % len(COUNTRIES)],
         "language": "en"}
        for i in range(OUTLETS_MADE)
    ])  # fmt: skip


def _topics(pool: Pool, topic: np.ndarray) -> pd.DataFrame:
    size = np.bincount(topic, minlength=pool.matters)
    return TOPICS.frame([
        {"topic": i, "label": label, "words": label, "passages": int(size[i])} for i, label in enumerate(pool.labels)
    ])  # fmt: skip


def _events(articles: pd.DataFrame) -> pd.DataFrame:
    part = articles[articles["measured"]]
    found = part.groupby("event", sort=True).agg(
        title=("title", "first"), start=("date", "min"), end=("date", "max"), articles=("article", "size"),
        outlets=("outlet", "nunique"),
    )  # fmt: skip
    return EVENTS.check(found.reset_index().assign(keywords=lambda e: e["title"].str.lower()))


def _wirecopy(heads: pd.DataFrame) -> pd.DataFrame:
    copy = np.flatnonzero(heads["copy"])
    rows = np.stack([copy - 1, copy], axis=1).ravel()
    return pd.DataFrame({
        "wire": [f"w{i:07d}" for i in np.repeat(copy - 1, 2)], "article": heads["article"].to_numpy()[rows],
        "first": np.arange(len(rows)) % 2 == 0, "containment": 1.0,
        "agency": pd.Series([None] * len(rows), dtype="str"),
    })  # fmt: skip


def _ledger(articles: int) -> pd.DataFrame:
    stages = (
        "collect",
        "clean",
        "read",
        "wire copy",
        "embed",
        "leads",
        "topics",
        "words",
        "events",
        "measures",
        "intervals",
    )
    rows: list[Mapping[str, Any]] = [{"what": "stage", "name": s, "count": articles, "seconds": 1.0} for s in stages]
    return REFRESH.frame([dict(row) for row in rows])


def _manifest(book: Codebook, models: Models, seed: int) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    named = [{"name": f"Outlet {i:02d}", "kind": KINDS[i % len(KINDS)]} for i in range(OUTLETS_MADE)]
    return {
        "corpus": {"name": NAME, "title": "Invented matters, many", "notice": "Invented texts.", "outlets": named},
        "corpus_hash": "synthetic", "codebook": book.model_dump(mode="json"), "codebook_hash": book.hash,
        "encoder": {"name": models.static.name, "hash": models.static.hash}, "seed": seed, "resamples": RESAMPLES,
        "libraries": {"numpy": version("numpy")}, "started": now, "ended": now,
    }  # fmt: skip
