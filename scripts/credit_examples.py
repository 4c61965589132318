"""The labelled examples that the credit networks learn: each row under a wording of its claim, and what else is made
of it; and how near sentences are to claims, by which that is chosen."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from credit_material import KINDS, LEARNT, NONE, SEED, Material
from exchanged_names import exchanged
from pair_networks import Example

from pipeline.codebook import Proposition
from pipeline.credit_gate import SIMILARITY_NAMES, Wordings, wordings
from pipeline.embed import StaticEncoder, TransformerEncoder
from pipeline.schema import CREDIT_LABELS

# Rows repeated under another claim, as `none`, for each row: without them every sentence under a strange claim is
# called something. Mostly under one of the nearest claims: in running text every sentence is near to some.
STRANGE_SHARE, STRANGE_NEAREST, NEAR_SHARE = 0.4, 5, 0.75
# Plain sentences made from each claim's wordings in a pass.
PLAIN_EACH = 2
# The training sentences are mostly hard ones; these are the plain ones, made from the wordings: {0} as it
# stands, {1} within a sentence.
PLAIN = {
    "credits": ("{0}.", "{0}.", "It is a fact that {1}.", "Clearly, {1}.", "{0}, and everybody knows it.",
                '{0}, in what experts call a "textbook case".'),
    "reports": ("The minister said that {1}.", "{0}, according to officials.", '"{0}," she told reporters.',
                "He claimed that {1}.", "Critics say {1}."),
    "disputes": ("The ministry denied that {1}.", "It is not true that {1}.", "There is no evidence that {1}.",
                 "He rejected the claim that {1}.", "The idea that {1} is false."),
}  # fmt: skip
# Sentences that nearness is measured against.
BACKGROUND = 400


@dataclass(frozen=True)
class Nearness:
    """How near every sentence is to every claim; and the background that this is measured against."""

    similarities: np.ndarray  # rows × claims × SIMILARITY_NAMES
    backgrounds: dict[str, np.ndarray]

    def column(self, name: str) -> np.ndarray:
        """rows × claims: one similarity."""
        return np.asarray(self.similarities[:, :, SIMILARITY_NAMES.index(name)])


def nearness(material: Material) -> Nearness:
    """Everything that the gate and the stack read of similarity."""
    sample = np.sort(np.random.default_rng(SEED).choice(len(material.texts), BACKGROUND, replace=False))
    tiers, backgrounds = [], {}
    for tier, encoder in (("static", StaticEncoder()), ("transformer", TransformerEncoder())):
        vectors = encoder.encode(material.texts)
        backgrounds[tier] = vectors[sample].astype(np.float16)
        background = backgrounds[tier].astype(np.float32)
        claims = material.propositions[: int(material.claims.max()) + 1]
        seen = [Wordings.of(claim, encoder, background) for claim in claims]
        tiers.append(np.stack([w.similarities(vectors) for w in seen], 1))
    return Nearness(np.concatenate(tiers, 2), backgrounds)


def strange_claim(near: np.ndarray, own: int, claims: list[int], rng: random.Random) -> int:
    """Another claim than a sentence's own, mostly one of the nearest. near: its similarity to every claim."""
    others = [c for c in claims if c != own]
    close = sorted(others, key=lambda c: -near[c])[:STRANGE_NEAREST]
    return rng.choice(close if rng.random() < NEAR_SHARE else others)


def examples(material: Material, near: Nearness, rng: random.Random) -> list[Example]:
    """The labelled examples of one pass, of the part that is learnt: each row under a random wording of its claim; as
    `none` that wording with two names exchanged; and some written rows under other claims, but those alike.

    near: of the written rows."""
    learnt = np.flatnonzero(material.parts == LEARNT).tolist()
    written = [i for i in learnt if material.kinds[i] == KINDS.index("written")]
    claims = material.claims_of(np.isin(np.arange(len(material.texts)), written))
    labels = [(int(material.claims[i]), i, int(material.labels[i])) for i in learnt]
    largest = near.column("transformer_largest")
    for i in rng.sample(written, k=int(len(written) * STRANGE_SHARE)):
        own = int(material.claims[i])
        allowed = [c for c in claims if not material.alike(own, c)]
        labels.append((strange_claim(largest[i], own, allowed, rng), i, NONE))
    asked = [
        Example(rng.choice(wordings(material.propositions[claim])), material.texts[i], label)
        for claim, i, label in labels
    ]
    turned = [
        Example(other, row.text, NONE)
        for row in asked
        if row.label != NONE and (other := exchanged(row.claim, row.text)) is not None
    ]
    return asked + turned + plain_examples([material.propositions[c] for c in claims], rng)


def plain_examples(propositions: list[Proposition], rng: random.Random) -> list[Example]:
    """One wording under another, said plainly, by somebody, or denied."""
    found = [(p, *plain_sentence(p, rng)) for p in propositions for _ in range(PLAIN_EACH)]
    return [Example(rng.choice([w for w in wordings(p) if w != said]), text, label) for p, said, text, label in found]


def plain_sentence(proposition: Proposition, rng: random.Random) -> tuple[str, str, int]:
    """A wording, a plain sentence made of it, and its label."""
    label = rng.choice(list(PLAIN))
    said = rng.choice(wordings(proposition))
    sentence = rng.choice(PLAIN[label]).format(said.rstrip("."), said[0].lower() + said[1:].rstrip("."))
    return said, sentence, CREDIT_LABELS.index(label)


def own_similarities(material: Material, rows: np.ndarray, backgrounds: dict[str, np.ndarray]) -> np.ndarray:
    """Some rows × SIMILARITY_NAMES: how near each is to its claim."""
    tiers = []
    for tier, encoder in (("static", StaticEncoder()), ("transformer", TransformerEncoder())):
        vectors = encoder.encode([material.texts[i] for i in rows])
        background = backgrounds[tier].astype(np.float32)
        parts: dict[int, np.ndarray] = {}
        for claim in np.unique(material.claims[rows]).tolist():
            mine = np.flatnonzero(material.claims[rows] == claim)
            wording = Wordings.of(material.propositions[claim], encoder, background)
            parts |= dict(zip(mine.tolist(), wording.similarities(vectors[mine]), strict=True))
        tiers.append(np.stack([parts[i] for i in range(len(rows))]))
    return np.hstack(tiers)
