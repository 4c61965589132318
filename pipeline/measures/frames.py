"""Frames: which of the codebook's generic frames the sentences of a text take up."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook
from pipeline.frame_model import FrameHead
from pipeline.measures import Declaration, Example, Quantity, Tally, counts
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE

DECLARATION = Declaration(
    name="frames",
    title="Frames",
    summary="What share of its sentences a text gives to each generic frame: the economy, the law, morality, …",
    quantities=(
        Quantity(
            name="frames",
            title="Share of sentences in the frame",
            unit="share of sentences",
            bounds=(0.0, 1.0),
            higher_means="more of the text is told in the frame",
            minimum_n=5,
        ),
    ),
    reads=("frames",),
    version=1,
    reference="Boydstun, Card, Gross, Resnik, Smith 2014, Tracking the development of media frames within and "
    "across policy issues",
    limits="English. Read from the words of a sentence, not from its structure: a sentence that denies a frame "
    "takes it up too. The fourteen generic frames, by their ids, are read as trained, whatever the codebook's "
    "description; a frame with another id is read by its description's words, without measured agreement. "
    "A sentence may take up several frames, or none.",
    examples=(
        Example(
            text="Wheat prices jumped by a third after the harvest failed.",
            found=(("economic", "Wheat prices jumped by a third after the harvest failed."),),
            says="one of one sentence takes up the economic frame: 1",
        ),
    ),
    evaluated_by=("frames",),
)


@cache
def frame_head() -> FrameHead:
    """The head, loaded once for all batches of a refresh."""
    return FrameHead()


def configuration(models: Models) -> str:
    """Changes with the head and with the vectors that it reads."""
    return f"{frame_head().hash}-{models.static.hash}"


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:
    """One row a sentence and frame that it takes up; label and voice are null, weight 1."""
    if not codebook.frames or not len(reading.sentences):
        return EVIDENCE.empty()
    vectors = models.static.encode(reading.sentence_texts)
    rows, columns = np.nonzero(frame_head().margins(vectors, codebook.frames, models.static) > 0)
    ids = np.array([frame.id for frame in codebook.frames], dtype=object)
    places = reading.sentences[["article", "sentence", "start", "end"]].iloc[rows].reset_index(drop=True)
    fixed = {"measure": DECLARATION.name, "label": None, "voice": None, "weight": 1.0}
    return EVIDENCE.check(places.assign(item=ids[columns], **fixed))


def score(evidence: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> list[Tally]:
    """Sentences in each frame ÷ sentences."""
    items = tuple(frame.id for frame in codebook.frames)
    above = counts(evidence["unit"], evidence["item"], evidence["weight"], len(units), items)
    return [Tally("frames", items, above, units["sentences"].to_numpy(np.float64))]
