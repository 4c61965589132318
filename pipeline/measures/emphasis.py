"""Emphasis: what a text dwells on, by BERTopic's topics over passages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook
from pipeline.measures import Declaration, Quantity, Tally, counts
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE

DECLARATION = Declaration(
    name="emphasis",
    title="Emphasis",
    summary="What share of its sentences a text gives to each topic of the corpus, and which topics of the "
    "event's coverage it leaves out.",
    quantities=(
        Quantity(
            name="emphasis",
            title="Share of sentences on the topic",
            unit="share of sentences",
            bounds=(0.0, 1.0),
            higher_means="more of the text is about the topic",
            minimum_n=5,
        ),
    ),
    reads=(),
    version=1,
    reference="Grootendorst 2022, BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
    limits="A passage has one topic, its nearest. Topics are named by their most telling words; read the "
    "passages before you name them yourself.",
    kept=False,
)


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:  # noqa: ARG001
    """One row a passage that has a topic; item = the topic's id as text, weight = its sentences."""
    passages = reading.passages[reading.passages["topic"] >= 0]
    first = reading.sentences.groupby(["article", "passage"], sort=False)["sentence"].min()
    keys = pd.MultiIndex.from_frame(passages[["article", "passage"]])
    return EVIDENCE.check(
        pd.DataFrame(
            {
                "measure": DECLARATION.name,
                "item": passages["topic"].astype("str"),
                "article": passages["article"],
                "sentence": first.reindex(keys).to_numpy(),
                "start": passages["start"],
                "end": passages["end"],
                "label": None,
                "voice": None,
                "weight": passages["sentences"].astype(float),
            }
        )
    )


def score(evidence: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> list[Tally]:  # noqa: ARG001
    """Sentences on each topic ÷ sentences. Where units are sentences, a passage counts at its first one."""
    items = tuple(sorted(evidence["item"].unique(), key=int))
    above = counts(evidence["unit"], evidence["item"], evidence["weight"], len(units), items)
    return [Tally("emphasis", items, above, units["sentences"].to_numpy(np.float64))]
