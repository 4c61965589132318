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
from pipeline.memory import key_of
from pipeline.models import FORGETS, Encoder, Remembers

# For each encoder: cosine to the claim; largest and mean cosine to claim and paraphrases; the largest in
# standard deviations above the background's.
SIMILARITY_NAMES = tuple(
    f"{tier}_{kind}" for tier in ("static", "transformer") for kind in ("claim", "largest", "mean", "score")
)


# A sentence is read for at most so many propositions, the nearest: it speaks to few, and a codebook of
# hundreds must not cost hundreds of readings a sentence. On the 300 labelled sentences of a demonstration corpus
# with 26 propositions the right one is among the nearest two in .77.
MOST_PROPOSITIONS = 2
# Where all propositions of a codebook share a subject, every sentence on it is near to all. In running text a
# sentence has to be this near (cosine, by the transformer) to a wording: lower lets in sentences that are on the
# subject and do not speak to the claim (.40 finds .66 of the labelled sentences and .45 .60, with a third more
# to read).
LEAST_SIMILARITY = 0.45
# And it has to be this much nearer than to the mean of the codebook's other propositions. Of 60 sentences of real
# articles that were called something, a reader agreed with 12 without this condition, and with 6 of the 13 that
# it leaves.
LEAST_CONTRAST = 0.22


@dataclass(frozen=True)
class Thresholds:
    """What a sentence needs to be read closely, chosen on the training sentences by `train_credit.py`.

    static_score, score: least standard deviations above the background, by static vectors and by the
    transformer. similarity: least cosine, by the transformer, to the claim or one of its paraphrases.
    """

    static_score: float
    score: float
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

    def near(self, texts: Sequence[str], vectors: Remembers = FORGETS) -> Near:
        """The pairs near enough to be read, by text and then by proposition: they pass the thresholds, and
        stand out among the propositions of the codebook. vectors: where the transformer's of sentences are kept."""
        coarse = self._static.encode(list(texts))
        scores = [first.scores(coarse) for first, _ in self._wordings]
        wanted = [score >= self._thresholds.static_score for score in scores]
        rows = np.flatnonzero(np.any(wanted, axis=0)) if wanted else np.zeros(0, np.int64)
        fine = self._fine([texts[i] for i in rows.tolist()], vectors)
        largest = [second.similarities(fine)[:, 1] for _, second in self._wordings]
        outstanding = stands_out(np.stack(largest, 1))
        found = [
            self._pairs(rows[places], number, coarse[rows[places]], fine[places])
            for number, passes in enumerate(wanted)
            if len(places := np.flatnonzero(outstanding[:, number] & passes[rows]))
        ]
        near = _joined(found)
        kept = self.passes(near.similarities)
        return Near(near.rows[kept], near.propositions[kept], near.similarities[kept])

    def _fine(self, texts: Sequence[str], vectors: Remembers) -> np.ndarray:
        """float32, texts × dimensions, by the transformer; as half floats keep them, kept or not."""
        found = vectors.rows(
            [key_of(text) for text in texts],
            lambda rows: self._transformer.encode([texts[i] for i in rows]).astype(np.float16),
        )
        return found.astype(np.float32)

    def similarities(self, texts: Sequence[str]) -> np.ndarray:
        """float32, texts × propositions × SIMILARITY_NAMES: of every text, however far."""
        coarse, fine = self._static.encode(list(texts)), self._transformer.encode(list(texts))
        every = [np.hstack([a.similarities(coarse), b.similarities(fine)]) for a, b in self._wordings]
        return np.stack(every, 1)

    def passes(self, similarities: np.ndarray) -> np.ndarray:
        """Which rows of similarities (… × SIMILARITY_NAMES) pass the thresholds, each for itself."""
        limits = self._thresholds
        columns = {name: similarities[..., i] for i, name in enumerate(SIMILARITY_NAMES)}
        return np.asarray(
            (columns["static_score"] >= limits.static_score)
            & (columns["transformer_score"] >= limits.score)
            & (columns["transformer_largest"] >= limits.similarity)
        )

    def _pairs(self, rows: np.ndarray, number: int, coarse: np.ndarray, fine: np.ndarray) -> Near:
        first, second = self._wordings[number]
        similarities = np.hstack([first.similarities(coarse), second.similarities(fine)])
        return Near(rows, np.full(len(rows), number), similarities)


def stands_out(similarities: np.ndarray) -> np.ndarray:
    """Which propositions each sentence is nearest to, near enough for running text, and nearer than to the rest.

    similarities: sentences × propositions, the largest cosine to claim and paraphrases. With no more than
    MOST_PROPOSITIONS there is no rest.
    """
    out = np.zeros(similarities.shape, bool)
    nearest = np.argsort(-similarities, 1, kind="stable")[:, :MOST_PROPOSITIONS]
    np.put_along_axis(out, nearest, True, 1)
    near = out & (similarities >= LEAST_SIMILARITY)
    if similarities.shape[1] <= MOST_PROPOSITIONS:
        return np.asarray(near)
    rest = np.sort(similarities, 1)[:, :-MOST_PROPOSITIONS].mean(1, keepdims=True)
    return np.asarray(near & (similarities - rest >= LEAST_CONTRAST))


def _joined(parts: Sequence[Near]) -> Near:
    if not parts:
        return Near(np.zeros(0, int), np.zeros(0, int), np.zeros((0, len(SIMILARITY_NAMES)), np.float32))
    rows = np.concatenate([p.rows for p in parts])
    propositions = np.concatenate([p.propositions for p in parts])
    order = np.lexsort((propositions, rows))
    return Near(rows[order], propositions[order], np.concatenate([p.similarities for p in parts])[order])
