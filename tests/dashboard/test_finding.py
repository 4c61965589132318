"""Finding headlines: words, whole ones first; in scripts without blanks wherever they stand."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dashboard.finding import Headlines, pattern_of

LABELS = (
    "Bucharest hosts a summit · Hill Radio · 2024-03-30",
    "Senators return from Bucha · The Plumb Line · 2024-04-04",
    "NATO's  envoys meet · Hill Radio · 2024-04-05",
    "新大桥开通 · 晨报 · 2024-05-05",
    "A café opens · Hill Radio · 2024-05-06",
)


@pytest.fixture(scope="module")
def headlines() -> Headlines:
    return Headlines.of(np.arange(len(LABELS)) + 10, LABELS)


@pytest.mark.parametrize(("words", "lines"), [
    ("bucha", [1, 0]),  # whole words first, then what begins so
    ("bucha radio", [0]),
    ("BUCH", [0, 1]),
    ("nato", [2]),  # and not "Senators"
    ("ators", []),
    ("大桥 05", [3]),
    ("04", [1, 2]),
    ("radio hill", [0, 2, 4]),
    ("café", [4]),
    ("hosts meet", []),
    ("", [0, 1, 2, 3, 4]),
])  # fmt: skip
def test_a_word_is_a_word_there_or_begins_one(headlines: Headlines, words: str, lines: list[int]) -> None:
    assert list(headlines.with_words(words)) == lines


def test_whole_words_alone(headlines: Headlines) -> None:
    assert headlines.with_whole("bucha") == [1]
    assert headlines.with_whole("buch") == []


@pytest.mark.parametrize(("word", "whole", "text", "there"), [
    ("nato", True, "nato's envoys", True),
    ("nato", False, "senators", False),
    ("buch", False, "bucharest", True),
    ("buch", True, "bucharest", False),
    ("u.s.", True, "the u.s. and", True),
    ("大桥", True, "新大桥开通", True),
])  # fmt: skip
def test_the_pattern_says_the_same(word: str, whole: bool, text: str, there: bool) -> None:
    assert (re.search(pattern_of(word, whole=whole), text) is not None) == there
