"""Texts and propositions → what each text does with each: the gate, then the model, then refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.codebook import Proposition
from pipeline.credit_model import (
    NONE_WHERE_CHOSEN,
    REFUSAL,
    CreditModel,
    at_base_rate,
    in_running_text,
)
from pipeline.schema import CREDIT_LABELS


@dataclass(frozen=True)
class Readings:
    """Pairs that were read, by text and then by proposition.

    rows: positions of the texts. propositions: positions of the propositions. probabilities: float32,
    pairs × labels in the order of CREDIT_LABELS. Pairs that are not here were not near enough: `none`.
    """

    rows: np.ndarray
    propositions: np.ndarray
    probabilities: np.ndarray

    @property
    def labels(self) -> np.ndarray:
        """The likeliest label of each pair, as text."""
        return np.asarray(np.asarray(CREDIT_LABELS, object)[self.probabilities.argmax(1)])

    @property
    def refused(self) -> np.ndarray:
        """Whether the model is too unsure of each pair to say."""
        return np.asarray(self.probabilities.max(1) < REFUSAL, bool)


def read_texts(texts: Sequence[str], propositions: Sequence[Proposition], model: CreditModel) -> Readings:
    """Reads sentences for every proposition. A text that occurs twice is read once."""
    unique = list(dict.fromkeys(texts))
    if not unique or not propositions:
        return Readings(np.zeros(0, int), np.zeros(0, int), np.zeros((0, len(CREDIT_LABELS)), np.float32))
    near = model.gate(propositions).near(unique)
    pairs = [(unique[i], propositions[j]) for i, j in zip(near.rows, near.propositions, strict=True)]
    probabilities = in_running_text(model.read(pairs, near.similarities), pairs)
    return _spread(texts, unique, Readings(near.rows, near.propositions, probabilities))


def _spread(texts: Sequence[str], unique: Sequence[str], found: Readings) -> Readings:
    """What was read of the unique texts, given to every text that is the same."""
    number = {text: i for i, text in enumerate(unique)}
    begins = np.searchsorted(found.rows, np.arange(len(unique)), side="left")
    ends = np.searchsorted(found.rows, np.arange(len(unique)), side="right")
    which = np.array([number[text] for text in texts], np.int64)
    taken = [np.arange(begins[w], ends[w]) for w in which]
    pairs = np.concatenate([np.zeros(0, np.int64), *taken])
    rows = np.repeat(np.arange(len(texts)), ends[which] - begins[which])
    return Readings(rows, found.propositions[pairs], found.probabilities[pairs])


def read_pairs(
    texts: Sequence[str], numbers: np.ndarray, propositions: Sequence[Proposition], model: CreditModel
) -> np.ndarray:
    """Probabilities, float32 texts × labels, of each text for its own proposition (`numbers`),
    for texts that were chosen because they bear on it.

    A pair that the gate holds back is `none` with certainty.
    """
    out = np.zeros((len(texts), len(CREDIT_LABELS)), np.float32)
    out[:, CREDIT_LABELS.index("none")] = 1
    if not len(texts):
        return out
    gate = model.gate(propositions)
    similarities = gate.similarities(texts)[np.arange(len(texts)), numbers]
    rows = np.flatnonzero(gate.passes(similarities)).tolist()
    found = model.read([(texts[i], propositions[numbers[i]]) for i in rows], similarities[rows])
    out[rows] = at_base_rate(found, NONE_WHERE_CHOSEN)
    return out
