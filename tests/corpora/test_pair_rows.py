"""What the networks learn, in arrays; and the claims that are found in texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.claims_in_text import clauses, denied, stands_alone
from scripts.pair_rows import BEGIN, BETWEEN, MAX_PIECES, Rows, batches


def rows_of(lengths: list[int]) -> Rows:
    """Texts of these lengths, whose word pieces are 1000 times their number and on."""
    pieces = np.concatenate([1000 * number + np.arange(n) for number, n in enumerate(lengths)])
    none = np.zeros((0, 4), np.int32)
    return Rows(
        pieces.astype(np.uint16), np.cumsum(lengths), np.array([0, 1, 2]), np.array([1, 3]),
        np.array([[0, 1], [1, 2]]), none, none,
    )  # fmt: skip


def test_a_pair_is_claim_and_sentence_between_marks() -> None:
    ids, mask = rows_of([3, 2, 4]).batch(np.array([0, 1]), np.array([1, 2]))
    assert ids[0].tolist() == [BEGIN, 0, 1, 2, BETWEEN, 1000, 1001, BETWEEN, 0]
    assert ids[1].tolist() == [BEGIN, 1000, 1001, BETWEEN, 2000, 2001, 2002, 2003, BETWEEN]
    assert mask.sum(1).tolist() == [8, 9]


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
def test_a_pair_that_is_too_long_loses_the_end_of_the_longer(first: int, second: int) -> None:
    rows = rows_of([200, 10])
    ids, mask = rows.batch(np.array([first]), np.array([second]))
    assert ids.shape == (1, MAX_PIECES)
    assert mask.all()
    assert set(range(1000, 1010)) <= set(ids[0].tolist())
    assert {0, 1, 80} <= set(ids[0].tolist())


def test_each_claim_has_its_own_wordings() -> None:
    rows = rows_of([3, 2, 4])
    drawn = rows.wordings(np.array([0] * 50 + [1] * 50), np.random.default_rng(0))
    assert set(drawn[:50]) == {0}
    assert set(drawn[50:]) == {1, 2}


def test_they_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = rows_of([3, 2, 4])
    rows.save(tmp_path / "rows.npz")
    back = Rows.load(tmp_path / "rows.npz")
    assert np.array_equal(back.pieces, rows.pieces)
    assert np.array_equal(back.pairs, rows.pairs)


def test_every_row_is_in_one_batch() -> None:
    lengths = np.random.default_rng(0).integers(5, 60, 1000)
    parts = list(batches(lengths, 32, np.random.default_rng(1)))
    assert sorted(np.concatenate(parts).tolist()) == list(range(1000))
    assert max(map(len, parts)) == 32
    assert np.mean([np.ptp(lengths[part]) for part in parts]) < 10


def test_what_somebody_said_is_a_claim() -> None:
    text = "The minister said that the new bridge would cost the town twice as much; nobody asked her why."
    assert clauses(text) == ["The new bridge would cost the town twice as much."]
    assert clauses('She said that "the bridge" would cost the town twice as much.') == []


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The bridge costs the town too much.", True),
        ("He says so every day of the week.", False),
        ("Why does the bridge cost so much?", False),
        ("Too short.", False),
    ],
)
def test_some_sentences_stand_alone(text: str, stands: bool) -> None:
    assert stands_alone(text) is stands


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("The bridge is too dear.", "The bridge is not too dear."),
        ("The bridge will not be built.", "The bridge will be built."),
        ("The town has been robbed.", "The town has not been robbed."),
        ("The town has a bridge.", None),
    ],
)
def test_a_claim_denied(claim: str, other: str | None) -> None:
    assert denied(claim) == other
