"""Emphasis: what a text dwells on, by BERTopic's topics over passages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook
from pipeline.measures import Declaration, Quantity, Tally, counts
from pipeline.models import Models
from pipeline.reading import Reading, opens_passage
from pipeline.schema import EVIDENCE

DECLARATION = Declaration(
    name="emphasis",
    title="Emphasis",
    summary="What share of its passages a text gives to each topic of the corpus, and which topics of the "
    "event's coverage it leaves out.",
    quantities=(
        Quantity(
            name="emphasis",
            title="Share of passages on the topic",
            unit="share of passages",
            bounds=(0.0, 1.0),
            higher_means="more of the text is about the topic",
        ),
    ),
    reads=(),
    version=2,
    reference="Grootendorst 2022, BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
    limits="A passage has one topic, its nearest. Topics are named by their most telling words; read the "
    "passages before you name them yourself.",
    kept=False,
)


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:  # noqa: ARG001
    """One row a sentence of a passage that has a topic; item = the topic's id as text. The first of a passage
    weighs for all of it: they have their topic from it, and are no evidence of their own."""
    topics = reading.passages.set_index(["article", "passage"])["topic"]
    sentences = reading.sentences
    topic = topics.reindex(pd.MultiIndex.from_frame(sentences[["article", "passage"]])).fillna(-1).to_numpy(int)
    rows = sentences.loc[topic >= 0, ["article", "sentence", "start", "end"]]
    fixed = {"measure": DECLARATION.name, "label": None, "voice": None}
    weight = opens_passage(sentences)[topic >= 0].astype(float)
    return EVIDENCE.check(rows.assign(item=topic[topic >= 0].astype(str), weight=weight, **fixed))


def score(evidence: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> list[Tally]:  # noqa: ARG001
    """Passages on each topic ÷ passages."""
    items = tuple(sorted(evidence["item"].unique(), key=int))
    above = counts(evidence["unit"], evidence["item"], evidence["weight"], len(units), items)
    return [Tally("emphasis", items, above, units["passages"].to_numpy(np.float64))]
