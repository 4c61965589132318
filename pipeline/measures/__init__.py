"""What a measure is, and finding the measures: each module of this package is one.

A measure module has
  DECLARATION  a `Declaration`
  evidence(reading, codebook, models) → rows of schema.EVIDENCE, which depend on each article alone,
                                        so that they can be kept by the article's content
  score(evidence, units, codebook)    → a `Tally` for each quantity

A measure of words, not of spans, has instead of score
  score_words(counts, codebook, models) → a `Tally` for each quantity, from the units' word counts
and its evidence finds the spans of `items` when a reader asks for them: evidence(reading, codebook, models)
is then given a reading of a few articles only. `configuration(models)`, where a module has it, names what
else its evidence depends on (a model's hash); `memories(models)` names what it keeps of single texts, by kind,
with what that rests on, to be had as `models.memory(kind)`.

`units` is a DataFrame with one row a unit (an article, or a sentence of the piece), columns `sentences`,
`passages` (of a sentence 1 where it is the first of one) and `words`; evidence comes with a further column
`unit`, the row of its unit. Values, intervals, distances
and rankings follow from the tallies in one place (`uncertainty.py`), the same for every measure.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.codebook import Codebook
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.words import WordCounts


@dataclass(frozen=True)
class Quantity:
    """One kind of value that a measure gives, for each of its items.

    value = scale · Σ numerator ÷ Σ denominator over the units of a group; null where the denominator is 0.
    n is Σ denominator: the pieces of evidence, sentences or words that the value rests on.
    `minimum_n`: below it a value is shown but not ranked.
    """

    name: str
    title: str
    unit: str
    bounds: tuple[float | None, float | None]
    higher_means: str
    scale: float = 1.0
    minimum_n: int = 3
    ranked: bool = True  # whether it takes part in what sets a piece apart
    estimate: Literal["ratio", "log_odds"] = "ratio"
    counted: bool = True  # each of n is one thing counted, so that intervals for counts hold; false for means


@dataclass(frozen=True)
class Example:
    """A worked example: a text, what the measure finds there, and the values that follow."""

    text: str
    found: tuple[tuple[str, str], ...]  # (item, span of the text)
    says: str


NOT_IT = "none"  # the answer that a span is no evidence: the last of every measure's answers


@dataclass(frozen=True)
class Answer:
    """One answer of a coder: its value in the evidence, what a button calls it, and when it is right."""

    value: str
    title: str
    about: str


@dataclass(frozen=True)
class Coding:
    """How people code by hand what a measure found: a span at a time, without the measure's answer in view.

    question: what they are asked, with {asked} in the place of the claim, the thing or the name. subject: the
    column of the evidence that says of what it is. column: where the answer goes; `NOT_IT` takes the row away.
    quantities: those whose values follow from such answers. weights: what a row weighs by its answer, where not 1.
    """

    question: str
    subject: Literal["item", "label"]
    column: Literal["label", "voice"]
    answers: tuple[Answer, ...]
    quantities: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def values(self) -> tuple[str, ...]:
        """The answers as the evidence has them, `NOT_IT` among them."""
        return tuple(answer.value for answer in self.answers)


@dataclass(frozen=True)
class Declaration:
    """What a measure says of itself; the methods page and the contract tests read it."""

    name: str
    title: str
    summary: str
    quantities: tuple[Quantity, ...]
    reads: tuple[str, ...]  # the codebook's sections
    version: int  # raise it with any change that changes evidence
    reference: str
    limits: str
    examples: tuple[Example, ...] = ()
    evaluated_by: tuple[str, ...] = ()  # tasks of `parallax evaluate`
    kept: bool = True  # evidence is kept by an article's content; false where it depends on the corpus
    coding: Coding | None = None  # how people code it by hand; null where they cannot


@dataclass(frozen=True)
class Tally:
    """What each unit adds to a quantity's values.

    numerator: units × items. denominator: units × items, or one number a unit shared by all items. squares: units ×
    items, the sum of squares of what each thing counted adds to the numerator, where that may be negative; null for
    shares, to which each adds 0 or 1, and for what is not counted.
    """

    quantity: str
    items: tuple[str, ...]
    numerator: sparse.csr_array
    denominator: sparse.csr_array | np.ndarray = field(repr=False)
    squares: sparse.csr_array | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Measure:
    """A measure module, by its parts."""

    declaration: Declaration
    evidence: Callable[[Reading, Codebook, Models], pd.DataFrame]
    score: Callable[[pd.DataFrame, pd.DataFrame, Codebook], list[Tally]] | None
    score_words: Callable[[WordCounts, Codebook, Models], list[Tally]] | None
    configuration: Callable[[Models], str]
    memories: Callable[[Models], dict[str, str]]

    @property
    def name(self) -> str:
        return self.declaration.name


def _measure(module: ModuleType) -> Measure:
    return Measure(
        declaration=module.DECLARATION,
        evidence=module.evidence,
        score=getattr(module, "score", None),
        score_words=getattr(module, "score_words", None),
        configuration=getattr(module, "configuration", lambda models: ""),
        memories=getattr(module, "memories", lambda models: {}),
    )


@cache
def all_measures() -> tuple[Measure, ...]:
    """Every measure of this package, by the name of its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(_measure(importlib.import_module(f"{__name__}.{name}")) for name in names)


def measure_named(name: str) -> Measure | None:
    """The measure of that name; null where there is none."""
    return next((measure for measure in all_measures() if measure.name == name), None)


@cache
def all_quantities() -> dict[str, Quantity]:
    """Every quantity of every measure, by name."""
    return {q.name: q for measure in all_measures() for q in measure.declaration.quantities}


def counts(
    units: pd.Series, items: pd.Series, weights: pd.Series | None, n_units: int, order: Sequence[str]
) -> sparse.csr_array:
    """Evidence summed to a units × items matrix, items in the given order; others are left out."""
    codes = pd.Categorical(items, categories=list(order)).codes
    known = codes >= 0
    data = np.ones(len(items)) if weights is None else weights.to_numpy(float)
    where = (units.to_numpy(np.int64)[known], codes[known].astype(np.int64))
    return sparse.csr_array(sparse.coo_array((data[known], where), shape=(n_units, len(order))))
