"""Piece and ground side by side: everything that values are computed from, row-aligned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline import measuring, words
from pipeline.ground import Ground
from pipeline.measures import Tally
from pipeline.models import Models
from pipeline.piece import Piece
from pipeline.reading import Reading, opens_passage
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot
from pipeline.tallies import reindexed, rows_of, stacked


@dataclass(frozen=True)
class Sides:
    """Piece and ground, row-aligned: tallies hold the piece's sentences first, then the ground's articles.

    groups: 0 for the piece's sentences, 1 … for the outlets in `names`, −1 for later wire copies.
    """

    tallies: dict[str, Tally]
    groups: np.ndarray
    names: list[str]
    articles: pd.DataFrame
    reading: Reading
    prior: dict[str, np.ndarray]


def piece_evidence(piece: Piece, reading: Reading, snapshot: Snapshot, models: Models) -> pd.DataFrame:
    """The piece's evidence: as kept where the corpus has it, made now where it does not."""
    if piece.article is None:
        return measuring.evidence_of(reading, snapshot.codebook, models)
    kept = EVIDENCE.check(snapshot.rows("evidence", article=[piece.article]))
    passing = measuring.topic_evidence(reading, snapshot.codebook, models)
    return pd.concat([kept, passing], ignore_index=True)


def sides_of(
    reading: Reading,
    own: pd.DataFrame,
    ground: Ground,
    snapshot: Snapshot,
    models: Models,
    *,
    wire: str,
    measured: bool,
) -> Sides:
    articles = snapshot.table("articles").iloc[ground.rows].reset_index(drop=True)
    names = sorted(articles["outlet"].unique())
    once = np.ones(len(articles), bool) if wire == "everywhere" else _first_copies(articles, snapshot)
    outlet = pd.Categorical(articles["outlet"], categories=names).codes.astype(np.int64) + 1
    own_sentences = reading.sentences.assign(sentences=1, passages=opens_passage(reading.sentences).astype(int))
    units = own_sentences[["sentences", "passages", "words"]]
    if not measured:
        units = units.iloc[:0]
    groups = np.concatenate([np.zeros(len(units), np.int64), np.where(once, outlet, -1)])
    mine = measuring.tallies_of(own, units, own["sentence"].to_numpy(np.int64), snapshot.codebook)
    tallies = {}
    for name, tally in mine.items():
        if name in snapshot.quantities:
            theirs = rows_of(snapshot.tally(name), ground.rows)
            items = list(dict.fromkeys([*theirs.items, *tally.items]))
            tallies[name] = stacked([reindexed(tally, items), reindexed(theirs, items)])
    counts, background = _joint_words(reading, ground, snapshot, measured=measured)
    tallies |= measuring.word_tallies_of(counts, snapshot.codebook, models)
    texts = snapshot.rows("sentences", article=list(articles["article"]))
    passages = snapshot.rows("passages", article=list(articles["article"]))
    return Sides(
        tallies, groups, names, articles, Reading(articles, texts, passages=passages), {"keyness": background}
    )


def _first_copies(articles: pd.DataFrame, snapshot: Snapshot) -> np.ndarray:
    """Which articles count where wire copy counts once: of each group, the earliest on this ground."""
    wire = snapshot.table("wirecopy").set_index("article")["first"]
    first = articles["article"].map(wire).astype("boolean").fillna(True).to_numpy(bool)
    order = pd.DataFrame({"wire": articles["wire"], "later": ~first, "date": articles["date"]})
    order = order.sort_values(["later", "date"], kind="stable")
    keep = order["wire"].isna() | ~order.duplicated("wire")
    return np.asarray(keep.sort_index(), bool)


def _joint_words(
    reading: Reading, ground: Ground, snapshot: Snapshot, *, measured: bool
) -> tuple[words.WordCounts, np.ndarray]:
    """Word counts of the piece's sentences and the ground's articles over the words of either; and how often
    each occurs in the rest of the corpus."""
    theirs = snapshot.words.counts[ground.rows]
    mine = words.count(reading.sentence_texts if measured else [])
    used = np.asarray(theirs.sum(0)).ravel() > 0
    known = snapshot.words.only(used)
    vocabulary = tuple(sorted({*known.vocabulary, *mine.vocabulary}))
    place = {word: i for i, word in enumerate(vocabulary)}

    def spread(counts: sparse.csr_array, names: tuple[str, ...]) -> sparse.csr_array:
        columns = np.array([place[w] for w in names], np.int64)
        coo = sparse.coo_array(counts)
        row, column = coo.coords
        return sparse.csr_array((coo.data, (row, columns[column])), shape=(counts.shape[0], len(vocabulary)))

    both = sparse.vstack([spread(mine.counts, mine.vocabulary), spread(theirs[:, used], known.vocabulary)])
    background = np.zeros(len(vocabulary))
    columns = np.array([place[w] for w in known.vocabulary], np.int64)
    background[columns] = known.total - np.asarray(theirs[:, used].sum(0)).ravel()
    return words.WordCounts(vocabulary, sparse.csr_array(both)), background
