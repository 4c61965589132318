"""Counts of words and phrases."""

from __future__ import annotations

import numpy as np

from pipeline.words import content_words, count, tfidf, tokens

TEXTS = ["Peat fire. Peat smoke drifts.", "The fire is out", ""]


def test_words_are_told_apart_without_case_apostrophes_or_possession() -> None:
    assert tokens("The Mayor’s dog; the MAYOR's cat. Don’t!") == [
        "the",
        "mayor",
        "dog",
        "the",
        "mayor",
        "cat",
        "don't",
    ]


def test_phrases_are_neighbours_that_both_say_something() -> None:
    assert content_words("The peat fire of 2022 spread") == ["peat", "fire", "spread", "peat fire"]


def test_counts_are_units_by_sorted_vocabulary() -> None:
    found = count(TEXTS)
    assert found.vocabulary == tuple(sorted(found.vocabulary))
    assert found.counts.shape == (3, len(found.vocabulary))
    assert found.counts[0, found.column["peat"]] == 2
    assert found.counts[2].sum() == 0
    assert found.total[found.column["fire"]] == 2


def test_rare_words_are_left_out_unless_asked_for() -> None:
    assert count(TEXTS, minimum=2).vocabulary == ("fire",)
    assert count(TEXTS, minimum=2, always=["smoke", "unseen"]).vocabulary == ("fire", "smoke")


def test_no_texts_give_no_words() -> None:
    assert count([]).counts.shape == (0, 0)
    assert count(["", "the"]).counts.shape == (2, 0)


def test_only_keeps_chosen_columns() -> None:
    found = count(TEXTS)
    some = found.only(np.array([word == "fire" for word in found.vocabulary]))
    assert some.vocabulary == ("fire",)
    assert some.counts.toarray().ravel().tolist() == [1, 1, 0]


def test_tfidf_rows_have_length_one_and_rare_words_weigh_more() -> None:
    found = count(TEXTS)
    frequency = np.asarray((found.counts > 0).sum(0)).ravel()
    rows = tfidf(found.counts, frequency, 3)
    assert np.allclose(np.linalg.norm(rows.toarray(), axis=1), [1, 1, 0])
    assert rows[0, found.column["smoke"]] > rows[0, found.column["fire"]]
