"""What teaches the cross-encoders beside the labels: large ones' judgement of pairs that nobody labelled.

Large transformers are trained on labelled rows, all their layers, and read many pairs of a sentence and a claim; what
ships learns their mean probabilities (Hinton et al. 2015, Distilling the knowledge in a neural network). The pairs
are sentences near our claims, written and real; FNC-1's headlines, as claims, and sentences near them; Perspectrum's
claims and perspectives (Chen et al. 2019, CC BY-SA). Of each pair it is known whether the first training may meet it:
its claim is then not kept out, nor one of others that is near to one kept out, nor a headline on a subject kept out.
Sentences of claims kept out are among them, under other claims.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from credit_material import DOCUMENTS, HALVES, HELD_OUT, RUNNING, Material, read_packed, sentences
from pair_networks import TEACHERS, Example, train

from pipeline.credit_gate import wordings
from pipeline.cross_encoder import CrossEncoder
from pipeline.embed import TransformerEncoder

ARGUMENTS = "train/stance_arguments.jsonl.gz"
# A claim of others is not used where it is this near (cosine) to a claim kept out.
TOO_NEAR = 0.6
# The nearest sentences and, of those that follow, some at random: so many of each.
REAL, SAID, WRITTEN_REAL, WRITTEN, ARGUED, HEADLINE = (150, 50), (10, 5), (50, 15), (60, 20), (15, 8), (45, 10)
SHOWN = (40, 10)  # of written sentences near a claim of running text
FOLLOWING = 20  # times as many sentences as are taken for being nearest: among these, some at random

Draw = Callable[[random.Random], list[Example]]


class Pair(NamedTuple):
    """A claim's wordings and a sentence. early: whether the first training may meet them."""

    known: tuple[str, ...]
    text: str
    early: bool


@dataclass(frozen=True)
class Texts:
    """Sentences to take from, and their vectors."""

    texts: list[str]
    vectors: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str], encoder: TransformerEncoder) -> Texts:
        """Each text once."""
        unique = list(dict.fromkeys(texts))
        return cls(unique, encoder.encode(unique))

    def near(self, claim: np.ndarray, many: tuple[int, int], rng: random.Random) -> list[str]:
        """The nearest, and some of those that follow. claim: wordings × dimensions."""
        nearest, further = many
        order = np.argsort(-(self.vectors @ claim.T).max(1)).tolist()
        rest = order[nearest : nearest * FOLLOWING]
        return [self.texts[i] for i in order[:nearest] + rng.sample(rest, min(further, len(rest)))]


class Sources(NamedTuple):
    """Where sentences near a claim are taken from."""

    written: Texts
    real: Texts
    argued: Texts


def unlabelled(material: Material, data: Path, rng: random.Random) -> list[Pair]:
    """The pairs that the large ones judge."""
    encoder = TransformerEncoder()
    claims = [tuple(wordings(proposition)) for proposition in material.propositions]
    vectors = [encoder.encode(list(known)) for known in claims]
    allowed = Allowed(material.claim_folds, vectors)
    real = Texts.of(list(sentences(data)), encoder)
    arguments = list(read_packed(data / ARGUMENTS))
    argued = Texts.of([row["text"] for row in arguments], encoder)
    written = Texts.of(
        [text for text, of_real in zip(material.texts, material.real, strict=True) if not of_real], encoder
    )
    sources = Sources(written, real, argued)
    pairs = [
        *_near_claims(material, claims, vectors, sources, rng),
        *_near_headlines([row["claim"] for row in read_packed(data / DOCUMENTS)], real, allowed, encoder, rng),
        *_of_arguments(arguments, sources, allowed, encoder, rng),
    ]
    return list(dict.fromkeys(pairs))


def _near_claims(
    material: Material, claims: list[tuple[str, ...]], vectors: list[np.ndarray], sources: Sources, rng: random.Random
) -> Iterator[Pair]:
    """Sentences near our claims: real ones near claims on real ones, of all kinds near written claims."""
    written, real, argued = sources
    folds = material.claim_folds

    def wanted(number: int) -> list[tuple[Texts, tuple[int, int]]]:
        if number in material.said:
            return [(real, SAID)]
        if folds[number] in HALVES:
            return [(real, REAL)]
        if folds[number] == RUNNING:
            return [(written, SHOWN)]
        return [(written, WRITTEN), (real, WRITTEN_REAL), (argued, ARGUED)]

    for number, (known, claim) in enumerate(zip(claims, vectors, strict=True)):
        early = folds[number] not in (HELD_OUT, HALVES[1])
        for texts, many in wanted(number):
            yield from (Pair(known, text, early) for text in texts.near(claim, many, rng))


def _near_headlines(
    headlines: list[str], real: Texts, allowed: Allowed, encoder: TransformerEncoder, rng: random.Random
) -> Iterator[Pair]:
    """Real sentences near headlines, which are taken for claims."""
    every = Texts.of(headlines, encoder)
    for headline, vector in zip(every.texts, every.vectors, strict=True):
        early = allowed.headline(vector)
        yield from (Pair((headline,), text, early) for text in real.near(vector[None], HEADLINE, rng))


def _of_arguments(
    arguments: list[dict[str, Any]],
    sources: Sources,
    allowed: Allowed,
    encoder: TransformerEncoder,
    rng: random.Random,
) -> Iterator[Pair]:
    """Perspectrum's claims with their own perspectives, and with others and real sentences that are near."""
    own: dict[str, list[str]] = {}
    for row in arguments:
        own.setdefault(row["claim"], []).append(row["text"])
    for claimed, vector in zip(own, encoder.encode(list(own)), strict=True):
        early = allowed.claim(vector)
        near = sources.argued.near(vector[None], ARGUED, rng) + sources.real.near(vector[None], ARGUED, rng)
        yield from (Pair((claimed,), text, early) for text in own[claimed] + near)


class Allowed:
    """Which claims of others the first training may meet: none near one kept out, no headline on its subjects."""

    def __init__(self, folds: list[int], vectors: list[np.ndarray]) -> None:
        self._vectors = np.concatenate(vectors)
        self._folds = np.repeat(folds, [len(known) for known in vectors])

    def claim(self, vector: np.ndarray) -> bool:
        return bool((self._vectors[self._folds == HELD_OUT] @ vector).max() <= TOO_NEAR)

    def headline(self, vector: np.ndarray) -> bool:
        """A headline is of the half that the nearest claim on real sentences is of."""
        of_real = np.flatnonzero(np.isin(self._folds, HALVES))
        nearest = of_real[(self._vectors[of_real] @ vector).argmax()]
        return self.claim(vector) and self._folds[nearest] != HALVES[1]


def teachers(labelled: Draw, *, seed: int) -> list[CrossEncoder]:
    """Large ones, trained on the labelled rows that are drawn for each pass."""
    return [recipe.reader(train(recipe, labelled, seed=seed + number)) for number, recipe in enumerate(TEACHERS)]


@dataclass(frozen=True)
class Taught:
    """Draws the examples of one pass: pairs, each under one of its wordings, and labelled rows, with what the large
    ones say of each in the mean.

    most: so many of the pairs a pass. draws: of the labelled rows, so often a pass.
    """

    readers: Sequence[CrossEncoder]
    labelled: Draw
    pairs: Sequence[Pair]
    most: int
    draws: int

    def __call__(self, rng: random.Random) -> list[Example]:
        some = rng.sample(self.pairs, min(self.most, len(self.pairs)))
        rows = [Example(rng.choice(pair.known), pair.text) for pair in some]
        for _ in range(self.draws):
            rows += self.labelled(rng)
        asked = [(row.claim, row.text) for row in rows]
        odds = np.exp(np.mean([reader.log_probabilities(asked) for reader in self.readers], axis=0))
        soft = odds / odds.sum(1, keepdims=True)
        return [row._replace(soft=tuple(each)) for row, each in zip(rows, soft.tolist(), strict=True)]
