"""Readings: the text of a sentence, the sentence of an offset, the voice of a span."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from pipeline.reading import Reading

Read = Callable[..., Reading]
FIRST = 'The mayor spoke. "The bridge is an eyesore," she said of the so-called crossing. Rain fell.'
SECOND = "Another text. The bridge is an eyesore, the union said."


@pytest.fixture
def reading(read: Read) -> Reading:
    return read(FIRST, SECOND, attributed=["The bridge is an eyesore"], distanced=["so-called crossing"])


def voice_of(reading: Reading, article: str, span: str) -> str:
    text = dict(zip(reading.articles["article"], reading.articles["text"], strict=True))[article]
    start = text.index(span)
    found = reading.voices(pd.Series([article]), pd.Series([start]), pd.Series([start + len(span)]))
    return str(found[0])


def test_sentence_texts_are_the_texts_slices(reading: Reading) -> None:
    assert reading.sentence_texts == [
        "The mayor spoke.",
        '"The bridge is an eyesore," she said of the so-called crossing.',
        "Rain fell.",
        "Another text.",
        "The bridge is an eyesore, the union said.",
    ]


@pytest.mark.parametrize(
    ("article", "span", "voice"),
    [
        ("a0", "eyesore", "attributed"),
        ("a0", "crossing", "distanced"),
        ("a0", "mayor", "own"),
        ("a0", "Rain", "own"),
        ("a1", "eyesore", "attributed"),
        ("a1", "union", "own"),
    ],
)
def test_a_span_has_the_voice_that_it_stands_in(reading: Reading, article: str, span: str, voice: str) -> None:
    assert voice_of(reading, article, span) == voice


def test_distance_inside_somebodys_words_is_distance(read: Read) -> None:
    reading = read(SECOND, attributed=["The bridge is an eyesore"], distanced=["eyesore"])
    assert voice_of(reading, "a0", "eyesore") == "distanced"
    assert voice_of(reading, "a0", "bridge") == "attributed"


def test_voices_that_overlap_are_one(read: Read) -> None:
    reading = read(FIRST, attributed=["mayor spoke", "The mayor", "spoke."])
    assert [voice_of(reading, "a0", span) for span in ("The", "mayor", "spoke", "Rain")] == [
        "attributed",
        "attributed",
        "attributed",
        "own",
    ]


def test_without_attributions_everything_is_the_outlets_own(read: Read) -> None:
    assert voice_of(read(FIRST), "a0", "eyesore") == "own"


def test_an_offset_belongs_to_its_sentence_or_to_none(reading: Reading) -> None:
    articles = pd.Series(["a0", "a0", "a0", "a1", "a1"])
    offsets = pd.Series([0, FIRST.index('"'), 16, 0, len(SECOND) - 1])
    assert reading.sentence_rows(articles, offsets).tolist() == [0, 1, -1, 3, 4]


def test_the_order_of_sentences_does_not_matter(reading: Reading) -> None:
    turned = Reading(reading.articles, reading.sentences.iloc[::-1].reset_index(drop=True))
    assert turned.sentence_rows(pd.Series(["a0"]), pd.Series([0])).tolist() == [4]


def test_an_empty_reading_answers_with_nothing(read: Read) -> None:
    reading = read()
    none = pd.Series([], dtype="int64")
    assert reading.sentence_texts == []
    assert len(reading.voices(pd.Series([], dtype="str"), none, none)) == 0
    assert len(reading.sentence_rows(pd.Series([], dtype="str"), none)) == 0
