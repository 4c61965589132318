"""What teaches the small cross-encoder beside the labels: the large one's judgement of pairs that nobody labelled.

Two large transformers are trained on the same labelled rows, all their layers, and read many pairs of a sentence and
a claim; the small one learns their mean probabilities (Hinton et al. 2015, Distilling the knowledge in a neural
network). The pairs are, for claims that it may know: sentences near the claim, written and real; FNC-1's headlines,
as claims, and sentences near them; Perspectrum's claims and perspectives (Chen et al. 2019, CC BY-SA). No claim kept
out is among them, nor one of others that is near to it, nor a headline on a subject kept out. Sentences of claims
kept out are, under other claims.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from credit_material import DOCUMENTS, HALVES, HELD_OUT, Material, read_packed, sentences
from pair_networks import TEACHERS, Example, train

from pipeline.credit_gate import wordings
from pipeline.embed import TransformerEncoder

ARGUMENTS = "train/stance_arguments.jsonl.gz"
# A claim of others is not used where it is this near (cosine) to a claim kept out.
TOO_NEAR = 0.6
# The nearest sentences and, of those that follow, some at random: so many of each.
REAL, WRITTEN_REAL, WRITTEN, ARGUED, HEADLINE = (150, 50), (50, 15), (60, 20), (15, 8), (45, 10)
FOLLOWING = 20  # times as many sentences as are taken for being nearest: among these, some at random
LABELLED_DRAWS = 2  # of the labelled rows, beside each reading of the pairs

Pair = tuple[tuple[str, ...], str]  # a claim's wordings, and a sentence


@dataclass(frozen=True)
class Texts:
    """Sentences to take from, and their vectors."""

    texts: list[str]
    vectors: np.ndarray

    def near(self, claim: np.ndarray, many: tuple[int, int], rng: random.Random) -> list[str]:
        """The nearest, and some of those that follow. claim: wordings × dimensions."""
        nearest, further = many
        order = np.argsort(-(self.vectors @ claim.T).max(1)).tolist()
        rest = order[nearest : nearest * FOLLOWING]
        return [self.texts[i] for i in order[:nearest] + rng.sample(rest, min(further, len(rest)))]


def unlabelled(material: Material, data: Path, rng: random.Random) -> list[Pair]:
    """The pairs that the large ones judge, without what is kept out of the first training."""
    encoder = TransformerEncoder()

    def of(texts: Sequence[str]) -> Texts:
        unique = list(dict.fromkeys(texts))
        return Texts(unique, encoder.encode(unique))

    fold = dict(zip(material.claims.tolist(), material.folds.tolist(), strict=True))
    claims = [tuple(wordings(proposition)) for proposition in material.propositions]
    vectors = [encoder.encode(list(known)) for known in claims]
    real = of(list(sentences(data)))
    written = of([text for text, of_real in zip(material.texts, material.real, strict=True) if not of_real])
    arguments = list(read_packed(data / ARGUMENTS))
    argued = of([row["text"] for row in arguments])
    pairs: list[Pair] = []
    for number, (known, claim) in enumerate(zip(claims, vectors, strict=True)):
        if fold[number] in (HELD_OUT, HALVES[1]):
            continue
        of_written = [(written, WRITTEN), (real, WRITTEN_REAL), (argued, ARGUED)]
        wanted = [(real, REAL)] if fold[number] in HALVES else of_written
        pairs += [(known, text) for texts, many in wanted for text in texts.near(claim, many, rng)]
    allowed = Allowed([fold[number] for number in range(len(claims))], vectors)
    headlines = of([row["claim"] for row in read_packed(data / DOCUMENTS)])
    for headline, vector in zip(headlines.texts, headlines.vectors, strict=True):
        if allowed.headline(vector):
            pairs += [((headline,), text) for text in real.near(vector[None], HEADLINE, rng)]
    own: dict[str, list[str]] = {}
    for row in arguments:
        own.setdefault(row["claim"], []).append(row["text"])
    for claimed, vector in zip(own, encoder.encode(list(own)), strict=True):
        if allowed.claim(vector):
            near = argued.near(vector[None], ARGUED, rng) + real.near(vector[None], ARGUED, rng)
            pairs += [((claimed,), text) for text in own[claimed] + near]
    return list(dict.fromkeys(pairs))


class Allowed:
    """Which claims of others may be used: none near a claim kept out, no headline of a subject kept out."""

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


def taught(
    labelled: Callable[[random.Random], list[Example]], pairs: Sequence[Pair], *, seed: int
) -> Callable[[random.Random], list[Example]]:
    """Draws the examples of one pass of the small one: all pairs, each under one of its wordings, and labelled rows,
    with what the large ones say of each. labelled: draws the labelled rows of a pass."""
    readers = [recipe.reader(train(recipe, labelled, seed=seed + number)) for number, recipe in enumerate(TEACHERS)]

    def draw(rng: random.Random) -> list[Example]:
        rows = [Example(rng.choice(known), text) for known, text in pairs]
        for _ in range(LABELLED_DRAWS):
            rows += labelled(rng)
        asked = [(row.claim, row.text) for row in rows]
        odds = np.exp(np.mean([reader.log_probabilities(asked) for reader in readers], axis=0))
        soft = odds / odds.sum(1, keepdims=True)
        return [row._replace(soft=tuple(each)) for row, each in zip(rows, soft.tolist(), strict=True)]

    return draw
