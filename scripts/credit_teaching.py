"""The pairs of a claim and a sentence that nobody labelled, which large networks judge and the one that ships learns.

Sentences near our claims, written and real; FNC-1's headlines, as claims, and sentences near them; Perspectrum's
claims and perspectives (Chen et al. 2019, CC BY-SA); and sentences of all these that can stand as claims themselves,
some of them denied or with two names exchanged, each with others that are near. What fits a stack is not among them:
no claim that is near to one kept for that, and no sentence that is under one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from claims_in_text import clauses, denied, stands_alone
from credit_material import DOCUMENTS, LEARNT, Material, read_packed, sentences
from exchanged_names import exchanged

from pipeline.credit_gate import wordings
from pipeline.embed import TransformerEncoder

ARGUMENTS = "train/stance_arguments.jsonl.gz"
# A claim of others is not used where it is this near (cosine) to a claim kept out.
TOO_NEAR = 0.6
# The nearest sentences and, of those that follow, some at random: so many of each.
REAL, SAID, WRITTEN_REAL, WRITTEN, ARGUED, HEADLINE = (150, 50), (10, 5), (50, 15), (60, 20), (15, 8), (45, 10)
SHOWN = (40, 10)  # of written sentences near a claim of running text
CLAIMED = (11, 5)  # of all sentences near one that is taken for a claim
FOLLOWING = 20  # times as many sentences as are taken for being nearest: among these, some at random

# Of the sentences that are taken for claims, so many in ten are also asked denied, and with names exchanged.
DENIED, EXCHANGED = 0.3, 0.3


class Pair(NamedTuple):
    """A claim's wordings and a sentence."""

    known: tuple[str, ...]
    text: str


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

    def joined(self, other: Texts) -> Texts:
        """Each text once."""
        known = set(self.texts)
        new = [i for i, text in enumerate(other.texts) if text not in known]
        return Texts(self.texts + [other.texts[i] for i in new], np.concatenate([self.vectors, other.vectors[new]]))

    def near(self, claim: np.ndarray, many: tuple[int, int], rng: random.Random) -> list[str]:
        """The nearest, and some of those that follow. claim: wordings × dimensions."""
        nearest, further = many
        likeness = (self.vectors @ claim.T).max(1)
        some = min(nearest * FOLLOWING, len(likeness))
        first = np.argpartition(-likeness, some - 1)[:some]
        order = first[np.argsort(-likeness[first])].tolist()
        rest = order[nearest:]
        return [self.texts[i] for i in order[:nearest] + rng.sample(rest, min(further, len(rest)))]


class Sources(NamedTuple):
    """Where sentences near a claim are taken from."""

    written: Texts
    real: Texts
    argued: Texts

    @property
    def all(self) -> Texts:
        return self.written.joined(self.real).joined(self.argued)


def unlabelled(material: Material, data: Path, rng: random.Random, encoder: TransformerEncoder) -> list[Pair]:
    """The pairs, each once."""
    claims = [tuple(wordings(proposition)) for proposition in material.propositions]
    vectors = encoder.encode([wording for known in claims for wording in known])
    each = np.split(vectors, np.cumsum([len(known) for known in claims])[:-1])
    kept = material.claims_of(material.parts != LEARNT)
    allowed = Allowed(np.concatenate([each[claim] for claim in kept]))
    out = {text for text, part in zip(material.texts, material.parts, strict=True) if part != LEARNT}
    arguments = list(read_packed(data / ARGUMENTS))
    sources = Sources(
        *(
            Texts.of([text for text in texts if text not in out], encoder)
            for texts in (
                material.some(material.of_kind("written") | material.of_kind("running")).texts,
                list(sentences(data)),
                [row["text"] for row in arguments],
            )
        )
    )
    headlines = Texts.of([row["claim"] for row in read_packed(data / DOCUMENTS)], encoder)
    pairs = [
        *_near_claims(material, claims, each, sources, rng),
        *_near_headlines(headlines, sources.real, allowed, rng),
        *_of_arguments(arguments, sources, allowed, encoder, rng),
        *_of_sentences(sources.all, allowed, encoder, rng),
    ]
    return list(dict.fromkeys(pairs))


def _near_claims(
    material: Material, claims: list[tuple[str, ...]], vectors: list[np.ndarray], sources: Sources, rng: random.Random
) -> Iterator[Pair]:
    """Sentences near our claims: real ones near claims on real ones, of all kinds near written claims."""
    written, real, argued = sources
    wanted = {
        "written": [(written, WRITTEN), (real, WRITTEN_REAL), (argued, ARGUED)],
        "running": [(written, SHOWN)],
        "near": [(real, REAL)],
        "unsure": [(real, REAL)],
        "said": [(real, SAID)],
    }
    for kind, takes in wanted.items():
        for number in material.claims_of(material.of_kind(kind) & (material.parts == LEARNT)):
            for texts, many in takes:
                yield from (Pair(claims[number], text) for text in texts.near(vectors[number], many, rng))


def _near_headlines(headlines: Texts, real: Texts, allowed: Allowed, rng: random.Random) -> Iterator[Pair]:
    """Real sentences near headlines, which are taken for claims."""
    for headline, vector in zip(headlines.texts, headlines.vectors, strict=True):
        if allowed(vector):
            yield from (Pair((headline,), text) for text in real.near(vector[None], HEADLINE, rng))


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
        if allowed(vector):
            near = sources.argued.near(vector[None], ARGUED, rng) + sources.real.near(vector[None], ARGUED, rng)
            yield from (Pair((claimed,), text) for text in own[claimed] + near)


def _of_sentences(texts: Texts, allowed: Allowed, encoder: TransformerEncoder, rng: random.Random) -> Iterator[Pair]:
    """Sentences, and what is said in some, as claims, with others that are near."""
    said = {clause: text for text in texts.texts for clause in clauses(text)}
    from_said = Texts.of(list(said), encoder)
    claims = [(t, v) for t, v in zip(texts.texts, texts.vectors, strict=True) if stands_alone(t)]
    for claim, vector in claims + list(zip(from_said.texts, from_said.vectors, strict=True)):
        if not allowed(vector):
            continue
        near = [text for text in texts.near(vector[None], CLAIMED, rng) if text != claim]
        if claim in said:
            near.append(said[claim])
        turned = [claim]
        if rng.random() < DENIED and (other := denied(claim)) is not None:
            turned.append(other)
        if rng.random() < EXCHANGED and (other := exchanged(claim, claim)) is not None:
            turned.append(other)
        yield from (Pair((asked,), text) for asked in turned for text in near)


class Allowed:
    """Which claims of others may be met: none near one that is kept out. kept: wordings × dimensions."""

    def __init__(self, kept: np.ndarray) -> None:
        self._kept = kept

    def __call__(self, vector: np.ndarray) -> bool:
        return bool((self._kept @ vector).max() <= TOO_NEAR)
