"""Voices: quoted and reported words go to the speaker's group, each word once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline import text
from pipeline.codebook import Codebook, Speakers
from pipeline.measures import voices
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import ATTRIBUTIONS
from pipeline.speakers import Groups
from pipeline.voice import attributions

CODEBOOK = Codebook(
    title="Strikes",
    speakers=(
        Speakers(id="union", label="the union", names=("union", "Rosa Ohm", "Ohm", "DWU", "picket")),
        Speakers(id="firm", label="the firm", names=("Kestrel", "director", "union affairs director")),
        Speakers(id="state", label="the state", names=("harbour master",), places=("Vessia", "Vessian")),
    ),
)


def reading(source: str) -> Reading:
    articles = pd.DataFrame({"article": ["a"], "text": [source]})
    sentences, passages = text.split(articles, passage_words=50)
    return Reading(articles, sentences, attributions(articles, sentences), passages)


def evidence(source: str, models: Models) -> pd.DataFrame:
    return voices.evidence(reading(source), CODEBOOK, models)


@pytest.mark.parametrize(
    ("speaker", "group"),
    [
        ("Rosa Ohm, a crane driver", "union"),
        ("the union's lawyer", "union"),
        ("KESTREL", "firm"),
        ("Kestrel's union affairs director", "firm"),
        ("a man with a letter for Kestrel", "firm"),
        ("the Vessian foreign minister", "state"),
        ("Vessia", "state"),
        ("Vessia's ministry of ports", "state"),
        ("a spokeswoman for Vessia", "state"),
        ("the former Vessian minister, now director of Kestrel", "firm"),
        ("Vessians", None),
        ("a baker from Vessia", None),
        ("William Pickets", None),
        ("the dwu", None),
        ("a passer-by", None),
        ("", None),
    ],
)
def test_a_name_or_an_office_and_its_place_tell_the_group(speaker: str, group: str | None) -> None:
    assert Groups(CODEBOOK.speakers).of(speaker) == group


@pytest.mark.parametrize(
    ("source", "groups"),
    [
        ("Vessian minister Ada Holm came by boat. “It is raining on all of us,” Holm said.", ["state"]),
        ("Ada Holm, the director, came by boat. “It is raining on all of us,” Holm said.", ["firm"]),
        ("The Vessian ministry said it rains. The ministry said it pours.", ["state", "state"]),
        ("The ministry said it rains. The Vessian ministry said it pours.", [voices.UNRESOLVED, "state"]),
        ("“It is raining on all of us,” Holm said.", [voices.UNRESOLVED]),
    ],
)
def test_an_article_says_who_its_speakers_are(source: str, groups: list[str], models: Models) -> None:
    assert evidence(source, models)["item"].tolist() == groups


def test_words_go_to_the_speakers_group(models: Models) -> None:
    rows = evidence(
        "“We shall stay out,” Rosa Ohm said. “We shall not pay one crown,” said the director of Kestrel. "
        "“It rains on everybody,” a passer-by said.",
        models,
    )
    assert rows[["item", "weight"]].to_numpy().tolist() == [["union", 4], ["firm", 6], [voices.UNRESOLVED, 4]]
    assert rows["label"].tolist() == ["Rosa Ohm", "the director of Kestrel", "a passer-by"]


def test_a_pronoun_is_resolved(models: Models) -> None:
    rows = evidence("“We stay out,” Rosa Ohm said. “We have won this one,” she said.", models)
    assert set(rows["item"]) == {"union"}


def test_a_quotation_over_sentences_has_a_row_in_each(models: Models) -> None:
    rows = evidence("“We stay out. Nobody goes in,” Rosa Ohm said.", models)
    assert rows[["sentence", "weight"]].to_numpy().tolist() == [[0, 3], [1, 3]]


def test_a_word_inside_two_spans_counts_once(models: Models) -> None:
    given = reading("The union said the director said it rained.")
    spans = [(0, "union", 15, 43), (1, "director", 33, 43)]
    rows = [
        {"article": "a", "attribution": n, "role": "content", "start": a, "end": b, "speaker": who}
        for n, who, a, b in spans
    ]
    nested = Reading(given.articles, given.sentences, ATTRIBUTIONS.frame(rows), given.passages)
    found = voices.evidence(nested, CODEBOOK, models)
    assert found[["item", "weight"]].to_numpy().tolist() == [["union", 5]]


def test_shares_are_of_attributed_words_and_of_all_words(models: Models) -> None:
    rows = evidence("“We shall stay out,” Rosa Ohm said. “It rains,” a passer-by said.", models).assign(unit=0)
    shares, attributed = voices.score(rows, pd.DataFrame({"sentences": [2], "words": [12]}), CODEBOOK)
    assert shares.items == ("union", "firm", "state", voices.UNRESOLVED)
    assert shares.numerator.toarray().tolist() == [[4, 0, 0, 2]]
    assert np.asarray(shares.denominator).tolist() == [6]
    assert (attributed.items, attributed.numerator.toarray().tolist()) == ((voices.ALL,), [[6]])
    assert np.asarray(attributed.denominator).tolist() == [12]


def test_a_text_without_voices_has_none(models: Models) -> None:
    assert evidence("It rains.", models).empty
