"""Keyness: the words and phrases that a text uses more, or less, than the others do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook
from pipeline.measures import Declaration, Example, Quantity, Tally
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.words import WordCounts

DECLARATION = Declaration(
    name="keyness",
    title="Keyness",
    summary="Which words and two-word phrases set a text apart from the others on the same ground.",
    quantities=(
        Quantity(
            name="keyness",
            title="Log-odds z",
            unit="standard errors",
            bounds=(None, None),
            higher_means="used more here than by the others",
            minimum_n=2,
            ranked=False,
            estimate="log_odds",
        ),
    ),
    reads=(),
    version=1,
    reference="Monroe, Colaresi & Quinn 2008, Fightin' Words (Political Analysis 16), eq. 15, 19 and 22",
    limits="Counts words, not meanings. With many words some pass z = 1.96 by chance: read the ends of the list.",
    examples=(
        Example(
            text="The peat fire spread. Peat burns slowly, and peat smoke lingers.",
            found=(("peat", "peat"),),
            says="beside texts of the same fire that hardly say “peat”, its z is high",
        ),
    ),
    kept=False,
)


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:  # noqa: ARG001
    """Nothing: `spans_of` finds the places of the words that a reader asks for."""
    return EVIDENCE.empty()


def score_words(counts: WordCounts, codebook: Codebook, models: Models) -> list[Tally]:  # noqa: ARG001
    """Each word's count in each unit; the log-odds are taken where groups are compared (`uncertainty.py`)."""
    total = np.asarray(counts.counts.sum(1)).ravel().astype(np.float64)
    return [Tally("keyness", counts.vocabulary, counts.counts, total)]
