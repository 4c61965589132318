"""How much of a claim a sentence covers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.alignment import ALIGNMENT_NAMES, BATCH, Alignment, rarity_of
from pipeline.models import Models, Pieces

WORDS = "the bridge mayor costs too much paint green is of".split()


class WordPieces:
    """A piece a known word, each like itself and nothing else."""

    name, hash, dimensions = "words", "words-1", len(WORDS)

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.stack([self.pieces([text])[0].vectors.sum(0) for text in texts])

    def pieces(self, texts: list[str]) -> list[Pieces]:
        known = [[WORDS.index(word) for word in text.split() if word in WORDS] for text in texts]
        return [Pieces(np.array(ids, np.int64), np.eye(len(WORDS), dtype=np.float32)[ids]) for ids in known]


RARITY = np.array([0.1, 3.0, 3.0, 3.0, 1.0, 1.0, 3.0, 3.0, 0.1, 0.1])


def features(sentence: str, *wordings: str) -> dict[str, float]:
    row = Alignment(WordPieces(), RARITY).features([(sentence, wordings)])[0]
    return dict(zip(ALIGNMENT_NAMES, row.tolist(), strict=True))


def test_a_sentence_with_the_whole_claim_covers_it() -> None:
    found = features("the mayor paint the bridge costs too much", "the bridge costs too much")
    assert found["covered"] == pytest.approx(1)
    assert found["weakest"] == pytest.approx(1)
    assert found["matched"] < 1  # it says more than the claim


def test_the_subject_alone_covers_little() -> None:
    about, full = (features(s, "bridge costs too much") for s in ("paint the bridge green", "bridge costs too much"))
    assert about["covered"] < full["covered"]
    assert about["weakest"] < full["weakest"]


def test_a_rare_piece_counts_more_than_a_common_one() -> None:
    assert features("costs", "the costs")["covered"] > features("the", "the costs")["covered"]


def test_the_wording_that_fits_best_counts() -> None:
    found = features("the mayor is green", "bridge costs", "mayor green")
    assert found["covered"] == pytest.approx(1)
    assert found["covered_claim"] == 0
    assert found["covered_mean"] == pytest.approx(0.5)


@pytest.mark.parametrize("sentence", ["", "unknown words only"])
def test_a_text_without_pieces_covers_nothing(sentence: str) -> None:
    assert set(features(sentence, "bridge costs").values()) == {0.0}
    assert set(features("bridge costs", sentence).values()) == {0.0}


def test_many_pairs_are_read_as_one_is() -> None:
    alignment = Alignment(WordPieces(), RARITY)
    pairs = [(f"{WORDS[i % 10]} {WORDS[i % 7]}", (WORDS[i % 3], WORDS[i % 5])) for i in range(BATCH + 20)]
    together = alignment.features(pairs)
    for i in (0, BATCH - 1, BATCH, BATCH + 19):
        assert np.allclose(together[i], alignment.features([pairs[i]])[0])


def test_rarity_falls_with_the_number_of_texts() -> None:
    rarity = rarity_of([np.array([0, 0, 1]), np.array([0]), np.array([0, 2])], 4)
    assert rarity[0] == 0
    assert rarity[1] == rarity[2] == pytest.approx(np.log(2))
    assert rarity[3] == pytest.approx(np.log(4))


def test_the_transformer_gives_a_vector_a_piece(models: Models) -> None:
    bridge, nothing = models.transformer.pieces(["The bridge costs too much.", ""])
    assert bridge.vectors.shape == (len(bridge.ids), models.transformer.dimensions)
    assert np.allclose(np.linalg.norm(bridge.vectors, axis=1), 1, atol=1e-5)
    assert len(nothing.ids) == 0
