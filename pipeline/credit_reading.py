"""Texts and propositions → what each text does with each: the gate, then the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.codebook import Proposition
from pipeline.credit_gate import Near, wordings
from pipeline.credit_model import (
    NONE_WHERE_CHOSEN,
    SPEAKS,
    CreditModel,
    at_base_rate,
)
from pipeline.memory import key_of
from pipeline.models import FORGETS, Remembers
from pipeline.schema import CREDIT_LABELS

BATCH = 400  # sentences between two words of progress: some seconds' work


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
        """What each sentence does, as text."""
        return np.asarray(np.asarray(CREDIT_LABELS, object)[likeliest(self.probabilities)])


def likeliest(probabilities: np.ndarray) -> np.ndarray:
    """Positions in CREDIT_LABELS: `none` for what does not likely enough speak to its claim (SPEAKS), else the
    likeliest of the other labels."""
    none = CREDIT_LABELS.index("none")
    said = np.where(np.arange(len(CREDIT_LABELS)) == none, 0, probabilities).argmax(1)
    return np.where(1 - probabilities[:, none] >= SPEAKS, said, none)


@dataclass(frozen=True)
class Memories:
    """Where single results are kept. vectors: sentences by the transformer. readings: pairs' probabilities."""

    vectors: Remembers = FORGETS
    readings: Remembers = FORGETS


def read_texts(
    texts: Sequence[str], propositions: Sequence[Proposition], model: CreditModel, memories: Memories | None = None
) -> Readings:
    """Reads sentences for every proposition. A text that occurs twice is read once."""
    memories = memories or Memories()
    unique = list(dict.fromkeys(texts))
    if not unique or not propositions:
        return Readings(np.zeros(0, int), np.zeros(0, int), np.zeros((0, len(CREDIT_LABELS)), np.float32))
    near = model.gate(propositions).near(unique, memories.vectors)
    return _spread(texts, unique, _read(unique, propositions, near, model, memories.readings))


def read_for(
    texts: Sequence[str],
    propositions: Sequence[Proposition],
    number: int,
    model: CreditModel,
    *,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Readings:
    """What `read_texts` says of one proposition, given by its position, without reading for the others, which
    are there because sentences go to the nearest. told(done, total) is called as the work goes on.
    """
    unique = list(dict.fromkeys(texts))
    gate = model.gate(propositions)
    parts = [Readings(np.zeros(0, int), np.zeros(0, int), np.zeros((0, len(CREDIT_LABELS)), np.float32))]
    for begin in range(0, len(unique), BATCH):
        told(begin, len(unique))
        some = unique[begin : begin + BATCH]
        near = gate.near(some)
        mine = near.propositions == number
        near = Near(near.rows[mine], near.propositions[mine], near.similarities[mine])
        found = _read(some, propositions, near, model, FORGETS)
        parts.append(Readings(found.rows + begin, found.propositions, found.probabilities))
    joined = (np.concatenate([getattr(part, name) for part in parts])
              for name in ("rows", "propositions", "probabilities"))  # fmt: skip
    return _spread(texts, unique, Readings(*joined))


def _read(
    texts: Sequence[str], propositions: Sequence[Proposition], near: Near, model: CreditModel, kept: Remembers
) -> Readings:
    """The pairs that came through the gate, read closely. What is said of a pair follows from its words alone."""
    pairs = [(texts[i], propositions[j]) for i, j in zip(near.rows, near.propositions, strict=True)]
    claims = ["\0".join(wordings(proposition)) for proposition in propositions]

    def read(rows: list[int]) -> np.ndarray:
        some = [pairs[i] for i in rows]
        return model.read_running(some, near.similarities[rows])

    keys = [key_of(texts[i], claims[j]) for i, j in zip(near.rows, near.propositions, strict=True)]
    return Readings(near.rows, near.propositions, kept.rows(keys, read))


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
