"""Microframes: towards which end of a pair of opposed words a text's vocabulary leans (FrameAxis)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.codebook import Axis, Codebook
from pipeline.measures import Declaration, Quantity, Tally
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.words import WordCounts, content_words

DECLARATION = Declaration(
    name="microframes",
    title="Microframes",
    summary="How far a text's words lean towards one end of an axis, such as legitimate – illegitimate, beyond "
    "the lean of the corpus as a whole, and how strongly they speak to the axis at all.",
    quantities=(
        Quantity(
            name="microframes",
            title="Bias",
            unit="cosine",
            bounds=(-1.0, 1.0),
            higher_means="nearer the axis's positive end; the corpus's own bias is the baseline",
            minimum_n=50,
            counted=False,
        ),
        Quantity(
            name="microframes_intensity",
            title="Intensity",
            unit="squared cosine",
            bounds=(0.0, 1.0),
            higher_means="more words that speak to the axis, whichever way",
            minimum_n=50,
            counted=False,
            ranked=False,
        ),
    ),
    reads=("axes",),
    version=1,
    reference="Kwak, An, Jing & Ahn 2021, FrameAxis (PeerJ Computer Science 7:e644), eq. 1 – 3",
    limits="Word vectors know no negation and no speaker: what is leaned on may be denied or quoted.",
    kept=False,
)
SHOWN_COSINE = 0.3  # words nearer than this to an end are shown as evidence


def axis_vectors(axes: tuple[Axis, ...], models: Models) -> np.ndarray:
    """axes × dimensions: the mean of the positive words' vectors less that of the negative ones, unit length."""
    rows = [
        models.static.encode(list(a.positive)).mean(0) - models.static.encode(list(a.negative)).mean(0) for a in axes
    ]
    vectors = np.stack(rows) if rows else np.zeros((0, models.static.dimensions), np.float32)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def score_words(counts: WordCounts, codebook: Codebook, models: Models) -> list[Tally]:
    """Σ f · cos over a unit's words ÷ Σ f; and Σ f · (cos − the bias of all units)² ÷ Σ f."""
    single = counts.only(np.array([" " not in word for word in counts.vocabulary], bool))
    cosines = models.static.encode(list(single.vocabulary)) @ axis_vectors(codebook.axes, models).T
    frequency = single.counts.astype(np.float64)
    words = np.asarray(frequency.sum(1)).ravel()
    items = tuple(axis.id for axis in codebook.axes)
    baseline = (single.total @ cosines) / max(single.total.sum(), 1)
    bias = sparse.csr_array(frequency @ cosines)
    intensity = sparse.csr_array(frequency @ (cosines - baseline) ** 2)
    return [Tally("microframes", items, bias, words), Tally("microframes_intensity", items, intensity, words)]


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:
    """The sentences whose words lean furthest: item = axis, weight = the sum of its words' cosines."""
    rows = []
    axes = axis_vectors(codebook.axes, models)
    texts = [[w for w in content_words(text) if " " not in w] for text in reading.sentence_texts]
    vocabulary = sorted({word for text in texts for word in text})
    cosines = models.static.encode(vocabulary) @ axes.T if vocabulary else np.zeros((0, len(axes)))
    column = {word: i for i, word in enumerate(vocabulary)}
    for sentence, found in zip(reading.sentences.to_dict("records"), texts, strict=True):
        lean = cosines[[column[w] for w in found]] if found else np.zeros((0, len(axes)))
        for i, axis in enumerate(codebook.axes):
            strong = lean[np.abs(lean[:, i]) >= SHOWN_COSINE, i]
            if len(strong):
                label = axis.positive[0] if strong.sum() > 0 else axis.negative[0]
                place = {k: sentence[k] for k in ("article", "sentence", "start", "end")}
                rows.append(
                    {
                        **place,
                        "measure": DECLARATION.name,
                        "item": axis.id,
                        "label": label,
                        "weight": strong.sum(),
                    }
                )
    return EVIDENCE.frame(rows)
