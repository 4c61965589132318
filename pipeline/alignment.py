"""How much of a claim a sentence covers, word piece by word piece.

One vector a text says what it is about, not whether all parts of a claim occur in it. Here every word piece of a
wording looks for its like among the sentence's, in context, and rare pieces count more: the recall of BERTScore
(Zhang et al. 2020, with its weights by rarity). A sentence that has the subject and not the claim leaves pieces
of the claim without a partner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.models import PieceEncoder, Pieces

# Of the wording that fits best: share covered; share covered in the mean of the wordings, and of the claim; the
# harmonic mean of the share covered and the share of the sentence that it takes; the least covered rare pieces.
ALIGNMENT_NAMES = ("covered", "covered_mean", "covered_claim", "matched", "weakest")
# A piece at least this rare (natural logarithm of one in so many sentences: 12) says what a wording is about.
RARE = 2.5
# A wording is as weak as the mean of so many of its least covered rare pieces.
WEAKEST = 3
# The vectors of so many pairs' sentences are held at once: bounds memory (some 50 kB each), not speed.
BATCH = 2048


class Alignment:
    """Measures how sentences cover wordings. rarity: of every word piece of the encoder's vocabulary, ≥ 0."""

    def __init__(self, encoder: PieceEncoder, rarity: np.ndarray) -> None:
        self._encoder, self._rarity = encoder, rarity.astype(np.float32)

    def features(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> np.ndarray:
        """float32, pairs × ALIGNMENT_NAMES, for pairs of a sentence and the wordings, the claim first.

        Cosines and shares, about 0 to 1, higher for more of the claim; 0 for a text without pieces.
        """
        asked = self._pieces(wording for _, wordings in pairs for wording in wordings)
        out = np.zeros((len(pairs), len(ALIGNMENT_NAMES)), np.float32)
        for begin in range(0, len(pairs), BATCH):
            some = pairs[begin : begin + BATCH]
            given = self._pieces(sentence for sentence, _ in some)
            for row, (sentence, wordings) in enumerate(some, begin):
                each = [self._covered(asked[wording], given[sentence]) for wording in wordings]
                covered, matched, weakest = np.array(each, np.float32).T
                out[row] = covered.max(), covered.mean(), covered[0], matched.max(), weakest.max()
        return out

    def _pieces(self, texts: Iterable[str]) -> dict[str, Pieces]:
        unique = list(dict.fromkeys(texts))
        return dict(zip(unique, self._encoder.pieces(unique), strict=True))

    def _covered(self, wording: Pieces, sentence: Pieces) -> tuple[float, float, float]:
        """Share covered, harmonic mean with the share taken, mean cosine of the weakest rare pieces."""
        asked, given = self._rarity[wording.ids], self._rarity[sentence.ids]
        if not asked.sum() or not given.sum():
            return 0.0, 0.0, 0.0
        cosine = wording.vectors @ sentence.vectors.T
        best = cosine.max(1)
        covered = float(best @ asked / asked.sum())
        taken = float(cosine.max(0) @ given / given.sum())
        rare = np.sort(best[asked > RARE])[:WEAKEST]
        together = covered + taken
        return (
            covered,
            2 * covered * taken / together if together > 0 else 0.0,
            float(rare.mean()) if len(rare) else 0.0,
        )


def rarity_of(ids: Sequence[np.ndarray], vocabulary: int) -> np.ndarray:
    """float32 (vocabulary,): ln((n + 1) / (texts with the piece + 1)), from the word pieces of n texts."""
    count = np.zeros(vocabulary)
    for some in ids:
        count[np.unique(some)] += 1
    return np.log((len(ids) + 1) / (count + 1)).astype(np.float32)
