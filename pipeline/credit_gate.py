"""How near a sentence is to a proposition, and whether it is near enough to be read closely.

Similarity is the cosine of vectors, static and of the transformer. How large it is depends on the
proposition, so it is also given in standard deviations above a fixed background: the similarities of that
proposition to a fixed set of training sentences, never to the texts being measured. So a sentence's
nearness rests on the sentence and the proposition alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.codebook import Proposition
from pipeline.models import Encoder

# For each encoder: cosine to the claim; largest and mean cosine to claim and paraphrases; the largest in
# standard deviations above the background's.
SIMILARITY_NAMES = tuple(
    f"{tier}_{kind}" for tier in ("static", "transformer") for kind in ("claim", "largest", "mean", "score")
)


@dataclass(frozen=True)
class Thresholds:
    """What a sentence needs to be read closely, chosen on the training sentences by `train_credit.py`.

    static_score: least standard deviations above the background of its static similarity.
    similarity: least cosine, by the transformer, to the claim or one of its paraphrases.
    """

    static_score: float
    similarity: float


@dataclass(frozen=True)
class Wordings:
    """The wordings of a proposition as one encoder sees them, and its background there."""

    vectors: np.ndarray  # wordings × dimensions, the claim first
    centre: float
    spread: float

    @classmethod
    def of(cls, proposition: Proposition, encoder: Encoder, background: np.ndarray) -> Wordings:
        """background: fixed sentences × dimensions, by the same encoder."""
        vectors = encoder.encode(wordings(proposition))
        largest = (background @ vectors.T).max(1)
        return cls(vectors, float(largest.mean()), float(max(largest.std(), 1e-6)))

    def scores(self, sentences: np.ndarray) -> np.ndarray:
        """Standard deviations above the background, of each sentence vector."""
        return np.asarray(((sentences @ self.vectors.T).max(1) - self.centre) / self.spread)

    def similarities(self, sentences: np.ndarray) -> np.ndarray:
        """float32, sentences × 4: as SIMILARITY_NAMES has them for one encoder."""
        cosine = sentences @ self.vectors.T
        largest = cosine.max(1)
        columns = (cosine[:, 0], largest, cosine.mean(1), (largest - self.centre) / self.spread)
        return np.stack(columns, 1).astype(np.float32)


def wordings(proposition: Proposition) -> list[str]:
    """Claim and paraphrases; one all in capitals in lower case, which is what its cues are read from too."""
    texts = (proposition.claim, *proposition.paraphrases)
    return [text.capitalize() if text.isupper() else text for text in texts]


@dataclass(frozen=True)
class Near:
    """Pairs near enough to be read: rows of the texts, positions of the propositions, their similarities."""

    rows: np.ndarray
    propositions: np.ndarray
    similarities: np.ndarray  # float32, pairs × SIMILARITY_NAMES


class Gate:
    """Picks, from many sentences, those near to propositions: first by static vectors, then closely."""

    def __init__(
        self,
        propositions: Sequence[Proposition],
        static: Encoder,
        transformer: Encoder,
        *,
        backgrounds: tuple[np.ndarray, np.ndarray],
        thresholds: Thresholds,
    ) -> None:
        self._static, self._transformer, self._thresholds = static, transformer, thresholds
        self._wordings = [
            (Wordings.of(p, static, backgrounds[0]), Wordings.of(p, transformer, backgrounds[1]))
            for p in propositions
        ]

    def near(self, texts: Sequence[str]) -> Near:
        """The pairs that pass both thresholds, by text and then by proposition."""
        coarse = self._static.encode(list(texts))
        wanted = [np.flatnonzero(w.scores(coarse) >= self._thresholds.static_score) for w, _ in self._wordings]
        rows = np.unique(np.concatenate([np.zeros(0, np.int64), *wanted]))
        place = np.full(len(texts), -1)
        place[rows] = np.arange(len(rows))
        fine = self._transformer.encode([texts[i] for i in rows])
        found = []
        for number, (few, (_, close)) in enumerate(zip(wanted, self._wordings, strict=True)):
            largest = (fine[place[few]] @ close.vectors.T).max(1) if len(few) else np.zeros(0)
            kept = few[largest >= self._thresholds.similarity]
            found.append(self._pairs(kept, number, coarse[kept], fine[place[kept]]))
        return _joined(found)

    def measured(self, texts: Sequence[str], propositions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Similarities of given pairs, and which of them pass both thresholds."""
        coarse, fine = self._static.encode(list(texts)), self._transformer.encode(list(texts))
        out = np.zeros((len(texts), len(SIMILARITY_NAMES)), np.float32)
        for number in np.unique(propositions):
            rows = np.flatnonzero(propositions == number)
            out[rows] = self._pairs(rows, int(number), coarse[rows], fine[rows]).similarities
        limits = self._thresholds
        return out, (out[:, 3] >= limits.static_score) & (out[:, 5] >= limits.similarity)

    def _pairs(self, rows: np.ndarray, number: int, coarse: np.ndarray, fine: np.ndarray) -> Near:
        first, second = self._wordings[number]
        similarities = np.hstack([first.similarities(coarse), second.similarities(fine)])
        return Near(rows, np.full(len(rows), number), similarities)


def _joined(parts: Sequence[Near]) -> Near:
    if not parts:
        return Near(np.zeros(0, int), np.zeros(0, int), np.zeros((0, len(SIMILARITY_NAMES)), np.float32))
    rows = np.concatenate([p.rows for p in parts])
    propositions = np.concatenate([p.propositions for p in parts])
    order = np.lexsort((propositions, rows))
    return Near(rows[order], propositions[order], np.concatenate([p.similarities for p in parts])[order])
