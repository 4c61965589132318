"""A piece beside the sources: values, what sets it apart, what it leaves out, and the evidence of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline import measuring, words
from pipeline.ground import Ground, GroundKind, choose_ground
from pipeline.measures import Measure, Quantity, Tally, all_measures, reindexed
from pipeline.models import Models
from pipeline.omissions import omissions_of
from pipeline.piece import Piece, language_of, read_piece_text
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from pipeline.uncertainty import Estimate, divergence, estimate, noise_floor, stacked

Told = Callable[[str, int, int], None]
SHOWN_WORDS = 25  # of keyness: the most over-used and the most under-used words, as many of each
SHOWN_EVIDENCE = 40  # spans a row and source in the answer; the rest is counted
LEAST_OUTLETS = 3  # outlets with evidence below which there is no spread to rank by


@dataclass(frozen=True)
class Comparison:
    """A piece beside the outlets of its ground. `rows`, `omissions`, `evidence` as `document` gives them."""

    piece: Piece
    language: str | None
    measured: bool
    snapshot: Snapshot
    ground: Ground
    outlets: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    omissions: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    evidence_left_out: int
    distances: list[dict[str, Any]]
    words: int
    sentences: int

    def document(self) -> dict[str, Any]:
        """What `parallax compare --json` prints: plain numbers, texts and null."""
        return {
            "piece": self._piece(),
            "snapshot": self.snapshot.id,
            "corpus": self.snapshot.corpus.name,
            "notice": self.snapshot.corpus.notice,
            "ground": self.ground.kind,
            "why": self.ground.why,
            "event": self._event(self.ground.event, self.ground.match),
            "candidates": [self._event(event, match) for event, match in self.ground.candidates],
            "outlets": self.outlets,
            "rows": self.rows,
            "omissions": self.omissions,
            "distances": self.distances,
            "evidence": self.evidence,
            "evidence_left_out": self.evidence_left_out,
        }

    def _piece(self) -> dict[str, Any]:
        piece = self.piece
        return {
            "id": piece.id,
            "title": piece.title,
            "outlet": piece.outlet,
            "date": piece.date.isoformat() if piece.date else None,
            "words": self.words,
            "sentences": self.sentences,
            "language": self.language,
            "measured": self.measured,
            "article": piece.article,
        }

    def _event(self, event: str | None, match: float | None) -> dict[str, Any] | None:
        if event is None:
            return None
        table = self.snapshot.table("events")
        row = table[table["event"] == event].iloc[0]
        shared = list(self.ground.shared) if event == self.ground.event else []
        return {
            "id": event,
            "title": row["title"],
            "start": row["start"].date().isoformat(),
            "end": row["end"].date().isoformat(),
            "articles": int(row["articles"]),
            "outlets": int(row["outlets"]),
            "match": _number(match),
            "keywords": row["keywords"],
            "shared": shared,
        }


def compare(
    piece: Piece,
    snapshot: Snapshot,
    *,
    models: Models,
    settings: Settings,
    ground: GroundKind | None = None,
    event: str | None = None,
    since: date | None = None,
    until: date | None = None,
    against: Sequence[str] = (),
    wire: Literal["once", "everywhere"] = "once",
    told: Told = lambda stage, done, total: None,
) -> Comparison:
    """Sets a piece beside the sources. told(stage, done, total) is called as the work goes on.

    A piece in another language than the codebook's is placed, and has no values. Raises InputError for a
    ground that there is not.
    """
    told("match", 0, 4)
    chosen = choose_ground(
        piece, snapshot, models=models, settings=settings, kind=ground, event=event, since=since, until=until,
        against=against,
    )  # fmt: skip
    language = language_of(piece)
    measured = language is None or language == snapshot.codebook.language
    told("read", 1, 4)
    reading = read_piece_text(piece, snapshot, models)
    own = _piece_evidence(piece, reading, snapshot, models) if measured else EVIDENCE.empty()
    told("measure", 2, 4)
    side = _sides(reading, own, chosen, snapshot, models, wire=wire, measured=measured)
    rows = _rows(side, piece, snapshot, settings)
    told("evidence", 3, 4)
    evidence, left_out = _evidence(side, own, rows, piece, reading, snapshot, models)
    units = side.articles
    told("done", 4, 4)
    return Comparison(
        piece=piece,
        language=language,
        measured=measured,
        snapshot=snapshot,
        ground=chosen,
        outlets=[
            {
                "outlet": name,
                "articles": int((units["outlet"] == name).sum()),
                "words": int(units.loc[units["outlet"] == name, "words"].sum()),
            }
            for name in side.names
        ],
        rows=rows,
        omissions=omissions_of(side.reading, units, reading, snapshot) if measured else [],
        evidence=evidence,
        evidence_left_out=left_out,
        distances=_distances(side),
        words=int(reading.sentences["words"].sum()),
        sentences=len(reading.sentences),
    )


@dataclass(frozen=True)
class _Sides:
    """Piece and ground, row-aligned: tallies hold the piece's sentences first, then the ground's articles.

    groups: 0 for the piece's sentences, 1 … for the outlets in `names`, −1 for later wire copies.
    """

    tallies: dict[str, Tally]
    groups: np.ndarray
    names: list[str]
    articles: pd.DataFrame
    reading: Reading
    prior: dict[str, np.ndarray]


def _piece_evidence(piece: Piece, reading: Reading, snapshot: Snapshot, models: Models) -> pd.DataFrame:
    """The piece's evidence: as kept where the corpus has it, made now where it does not."""
    if piece.article is None:
        return measuring.evidence_of(reading, snapshot.codebook, models)
    kept = EVIDENCE.check(snapshot.rows("evidence", article=[piece.article]))
    passing = measuring.topic_evidence(reading, snapshot.codebook, models)
    return pd.concat([kept, passing], ignore_index=True)


def _sides(
    reading: Reading,
    own: pd.DataFrame,
    ground: Ground,
    snapshot: Snapshot,
    models: Models,
    *,
    wire: str,
    measured: bool,
) -> _Sides:
    articles = snapshot.table("articles").iloc[ground.rows].reset_index(drop=True)
    names = sorted(articles["outlet"].unique())
    once = np.ones(len(articles), bool) if wire == "everywhere" else _first_copies(articles, snapshot)
    outlet = pd.Categorical(articles["outlet"], categories=names).codes.astype(np.int64) + 1
    units = reading.sentences.assign(sentences=1)[["sentences", "words"]]
    if not measured:
        units = units.iloc[:0]
    groups = np.concatenate([np.zeros(len(units), np.int64), np.where(once, outlet, -1)])
    mine = measuring.tallies_of(own, units, own["sentence"].to_numpy(np.int64), snapshot.codebook)
    tallies = {}
    for name, tally in mine.items():
        if name in snapshot.quantities:
            theirs = _rows_of(snapshot.tally(name), ground.rows)
            items = list(dict.fromkeys([*theirs.items, *tally.items]))
            tallies[name] = stacked([reindexed(tally, items), reindexed(theirs, items)])
    counts, background = _joint_words(reading, ground, snapshot, measured=measured)
    tallies |= measuring.word_tallies_of(counts, snapshot.codebook, models)
    texts = snapshot.rows("sentences", article=list(articles["article"]))
    passages = snapshot.rows("passages", article=list(articles["article"]))
    return _Sides(
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


def _rows_of(tally: Tally, rows: np.ndarray) -> Tally:
    below = tally.denominator[rows]
    return Tally(tally.quantity, tally.items, sparse.csr_array(tally.numerator[rows]), below)


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


def _rows(side: _Sides, piece: Piece, snapshot: Snapshot, settings: Settings) -> list[dict[str, Any]]:
    """A row a quantity and item with evidence on either side; the most telling first within a measure."""
    labels = snapshot.codebook.labels()
    topics = dict(zip(snapshot.table("topics")["topic"].astype(str), snapshot.table("topics")["label"], strict=True))
    concepts = {term.term: concept.label for concept in snapshot.codebook.concepts for term in concept.terms}
    out = []
    for measure in all_measures():
        for quantity in measure.declaration.quantities:
            tally = side.tallies.get(quantity.name)
            if tally is None or not tally.items:
                continue
            found = estimate(
                tally, quantity, side.groups, len(side.names) + 1, seed=settings.seed, resamples=settings.resamples,
                background=side.prior.get(quantity.name),
            )  # fmt: skip
            floor = noise_floor(
                tally,
                quantity,
                np.where(side.groups > 0, side.groups - 1, -1),
                len(side.names),
                seed=settings.seed,
            )
            for i in _shown(quantity, found):
                item = tally.items[i]
                row = _row(measure, quantity, item, i, found, floor, side.names, piece)
                row["label"] = topics.get(item, item) if measure.name == "emphasis" else labels.get(item, item)
                row["concept"] = concepts.get(item) if measure.name == "naming" else None
                out.append(row)
    return sorted(out, key=lambda row: (row["standout"] is None, -abs(row["standout"] or 0)))


def _shown(quantity: Quantity, found: Estimate) -> list[int]:
    """The items worth a row: any with evidence; of words, the most over- and under-used by the piece."""
    some = np.flatnonzero((found.n > 0).any(0))
    if quantity.estimate != "log_odds":
        # A share that is nought everywhere says nothing; a balance of nought does.
        balance = (quantity.bounds[0] or 0) < 0
        return [int(i) for i in some if balance or np.nansum(np.abs(found.value[:, i])) > 0]
    value = found.value[0]
    if np.isnan(value).all():
        return []
    enough = some[(found.n[:, some].sum(0) >= 3)]
    order = enough[np.argsort(-value[enough], kind="stable")]
    ends = [*order[:SHOWN_WORDS], *order[::-1][:SHOWN_WORDS]]
    return list(dict.fromkeys(int(i) for i in ends))


def _row(
    measure: Measure,
    quantity: Quantity,
    item: str,
    i: int,
    found: Estimate,
    floor: np.ndarray,
    names: list[str],
    piece: Piece,
) -> dict[str, Any]:
    others = [g for g, name in enumerate(names, 1) if name != piece.outlet]
    values, n = found.value[others, i], found.n[others, i]
    solid = np.isfinite(values) & (n >= quantity.minimum_n)
    some = np.isfinite(values)
    median = float(np.median(values[some])) if some.any() else None
    mine = found.value[0, i]
    difference = float(mine - median) if median is not None and np.isfinite(mine) else None
    enough = solid.sum() >= LEAST_OUTLETS and found.n[0, i] >= quantity.minimum_n
    standout = None
    if difference is not None and enough and quantity.ranked:
        standout = difference / _spread(values[solid], found.standard_error[others, i][solid],
                                        found.standard_error[0, i], floor[i])  # fmt: skip
    return {
        "measure": measure.name if quantity.name == measure.name else quantity.name,
        "family": measure.name,
        "item": item,
        "title": quantity.title,
        "unit": quantity.unit,
        "bounds": list(quantity.bounds),
        "piece": _cell(found, 0, i),
        "outlets": {name: _cell(found, g, i) for g, name in enumerate(names, 1)},
        "median": _number(median),
        "difference": _number(difference),
        "standout": _number(standout),
        "noise": _number(floor[i]),
        "ranked": standout is not None,
        "enough": bool(enough),
    }


def _spread(values: np.ndarray, errors: np.ndarray, own_error: float, floor: float) -> float:
    """What a difference is measured in: the outlets' spread (1.4826 × median absolute deviation) together
    with the piece's own standard error, the outlets' typical one, and the noise floor where it is wider.

    Outlets that agree to the digit would otherwise make any difference infinite.
    """
    deviation = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    typical = max(float(np.median(errors)), 0.0 if np.isnan(floor) else float(floor) / 2)
    return float(np.sqrt(deviation**2 + own_error**2 + typical**2))


def _cell(found: Estimate, group: int, i: int) -> dict[str, Any]:
    cell = {name: _number(getattr(found, name)[group, i]) for name in ("value", "low", "high")}
    return {**cell, "n": int(found.n[group, i])}


def _number(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 5)


def _evidence(
    side: _Sides,
    own: pd.DataFrame,
    rows: list[dict[str, Any]],
    piece: Piece,
    reading: Reading,
    snapshot: Snapshot,
    models: Models,
) -> tuple[list[dict[str, Any]], int]:
    """The spans behind the rows: the piece's all, the outlets' up to a number a row, and how many are left out."""
    keep = side.articles[side.groups[side.groups != 0] > 0]
    theirs = EVIDENCE.check(snapshot.rows("evidence", article=list(keep["article"])))
    theirs = pd.concat([theirs, measuring.topic_evidence(side.reading, snapshot.codebook, models)], ignore_index=True)
    shown = {(row["family"], row["item"]) for row in rows}
    source = dict(zip(keep["article"], keep["outlet"], strict=True))
    theirs = theirs[theirs["article"].isin(source)].assign(source=lambda e: e["article"].map(source))
    limited = theirs.groupby(["measure", "item", "source"], sort=False).head(SHOWN_EVIDENCE)
    texts = {piece.id: piece.text, **dict(zip(keep["article"], keep["text"], strict=True))}
    spans = _sentence_spans(side, reading.sentences)
    out = [
        {
            "measure": row.measure,
            "item": row.item,
            "source": row.source,
            "article": row.article,
            "start": int(row.start),
            "end": int(row.end),
            "text": texts[row.article][row.start : row.end],
            "label": row.label if isinstance(row.label, str) else None,
            "voice": row.voice if isinstance(row.voice, str) else None,
            "weight": _number(row.weight),
            "sentence_start": spans[row.article, row.sentence][0],
            "sentence_end": spans[row.article, row.sentence][1],
        }
        for row in pd.concat([own.assign(source="piece"), limited], ignore_index=True).itertuples(index=False)
        if (row.measure, row.item) in shown
    ]  # fmt: skip
    return out, len(theirs) - len(limited)


def _sentence_spans(side: _Sides, piece_sentences: pd.DataFrame) -> dict[tuple[str, int], tuple[int, int]]:
    """Where each sentence lies, by article and number, for marking evidence in its context."""
    columns = ["article", "sentence", "start", "end"]
    rows = pd.concat([side.reading.sentences[columns], piece_sentences[columns]])
    return {(a, n): (int(s), int(e)) for a, n, s, e in rows.itertuples(index=False)}


DISTANCE_MEASURES = ("naming", "voices", "frames", "emphasis")


def _distances(side: _Sides) -> list[dict[str, Any]]:
    """Jensen–Shannon divergence (base 2, 0 – 1) between the piece's and each outlet's distribution."""
    out = []
    for name in DISTANCE_MEASURES:
        tally = side.tallies.get(name)
        if tally is None:
            continue
        totals = [tally.numerator[np.flatnonzero(side.groups == g)].sum(0) for g in range(len(side.names) + 1)]
        for outlet, total in zip(side.names, totals[1:], strict=True):
            value = divergence(np.asarray(totals[0]).ravel(), np.asarray(total).ravel())
            out.append({"measure": name, "outlet": outlet, "value": _number(value)})
    return out
