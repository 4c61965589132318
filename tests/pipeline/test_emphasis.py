"""Emphasis: passages on a topic ÷ passages, for a piece as for an outlet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline import measuring
from pipeline.codebook import Codebook
from pipeline.measures import emphasis
from pipeline.models import Models
from pipeline.reading import Reading, opens_passage
from pipeline.schema import PASSAGES
from pipeline.text import split
from pipeline.uncertainty import estimate

TEXTS = {
    "a0": "The ferry stopped today. Nobody was told of it. The queue grew all morning. The mayor came by at noon. "
    "The budget is small. Nobody knows why it is.",
    "a1": "The budget is small this year.",
}
CODEBOOK, MODELS = Codebook(title="none"), Models()


def read(topics: list[int]) -> Reading:
    articles = pd.DataFrame({"article": list(TEXTS), "text": list(TEXTS.values()), "body_start": 0})
    sentences, passages = split(articles, passage_words=12)
    return Reading(articles, sentences, passages=PASSAGES.check(passages.assign(topic=topics)))


def test_the_sentences_of_a_passage_count_once_together() -> None:
    reading = read([0, 1, 1])
    assert reading.passages["sentences"].tolist() == [3, 3, 1]
    found = emphasis.evidence(reading, CODEBOOK, MODELS)
    assert found["weight"].tolist() == [1.0, 0.0, 0.0] * 2 + [1.0]
    sizes = reading.articles.assign(sentences=[6, 1], words=[29, 6])
    units = measuring.article_units(sizes, reading.passages)
    (tally,) = emphasis.score(found.assign(unit=[0] * 6 + [1]), units, CODEBOOK)
    quantity = emphasis.DECLARATION.quantities[0]
    outlets = estimate(tally, quantity, np.array([0, 1]), 2, seed=1, resamples=50)
    assert outlets.value.tolist() == [[0.5, 0.5], [0.0, 1.0]]
    assert outlets.n.tolist() == [[2, 2], [1, 1]]


def test_a_piece_of_one_passage_says_little_of_what_it_dwells_on() -> None:
    reading = read([0, 1, 1])
    own = reading.sentences[reading.sentences["article"] == "a0"].iloc[:3].reset_index(drop=True)
    units = own.assign(sentences=1, passages=opens_passage(own))
    found = emphasis.evidence(reading, CODEBOOK, MODELS).iloc[:3].assign(unit=range(3))
    (tally,) = emphasis.score(found, units, CODEBOOK)
    quantity = emphasis.DECLARATION.quantities[0]
    piece = estimate(tally, quantity, np.zeros(3, int), 1, seed=1, resamples=50)
    assert (piece.value[0, 0], piece.n[0, 0]) == (1.0, 1)
    assert piece.low[0, 0] < 0.25
    assert quantity.minimum_n > 1
