"""Makes pipeline/weights/credit.safetensors, or credit_thorough.safetensors, from what is in corpora/training/.

    python scripts/train_credit.py [--data FOLDER] [--thorough] [--measure]

FOLDER (or the setting `evaluation_data`) has the real sentences, see `credit_material.py`. --thorough makes the model
that reads with the large transformer (`pipeline/large_cross_encoder.py`). Both need that transformer, the extra
`thorough`, and a GPU.

1. Two large cross-encoders are trained on all written claims but a third, and on real sentences of half the subjects;
   two more on everything but the real sentences of the first half. They judge pairs that nobody labelled
   (`credit_teaching.py`).
2. A first training of what ships learns from the labels that the first two have met, and from what they say. It
   judges what neither has seen.
3. The stack is fitted on its judgements of that third, with cues, phrases, similarities and coverage, and of plain
   sentences made of the claims; and scored, each fifth of the held-out claims by a stack fitted on the others. The
   stack for running text reads one fitted without the plain sentences, on its judgements of the other half of the
   real sentences.
4. A second training learns from all labels and from all four, and ships.

Pairs of the demonstration corpora's running text are always trained on and never scored. Seeds are fixed. Prints
macro-F1 on unseen claims, the gate's recall, how real sentences are read, and the SHA-256 that
`pipeline/credit_model.py` has to name. A quarter of an hour each with an H100 and some minutes of stacks on the CPU.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import credit_running
import credit_stack
import numpy as np
import torch
from credit_material import FOLDS, HALVES, HELD_OUT, NONE, RUNNING, SEED, THEME_SEEN, Material, load
from credit_teaching import Taught, teachers, unlabelled
from exchanged_names import exchanged
from pair_networks import LARGE, SMALL, Example, train
from safetensors.numpy import save_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.alignment import rarity_of
from pipeline.codebook import Proposition
from pipeline.credit_gate import SIMILARITY_NAMES, Wordings, wordings
from pipeline.credit_model import STACKED, at_base_rate, stack
from pipeline.cross_encoder import CrossEncoder
from pipeline.embed import WEIGHTS, StaticEncoder, TransformerEncoder, load_tokenizer, transformer_folder
from pipeline.evaluate import macro_f1
from pipeline.phrases import phrases
from pipeline.schema import CREDIT_LABELS
from pipeline.settings import load_settings

# Rows repeated under another claim, as `none`, for each row: without them every sentence under a strange claim is
# called something. Mostly under one of the nearest claims: in running text every sentence is near to some.
STRANGE_SHARE, STRANGE_NEAREST, NEAR_SHARE = 0.4, 5, 0.75
# Plain sentences made from each claim's wordings: in a pass, and for the stack, which else meets hardly any.
PLAIN_EACH, PLAIN_STACK = 2, 9
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

PHRASES_C = 2.0
# A phrase in fewer sentences teaches nothing of others.
LEAST_SENTENCES = 3
# Of a sentence under a strange claim in a fit, against 1 for a row under its own.
STRANGE_WEIGHT = 0.3
# What a pass of a training that ships has: of the pairs that nobody labelled at most so many, and the labelled rows
# so often. The large one takes minutes for what the small one does in seconds.
SMALL_PASS, LARGE_PASS = {"most": 10**9, "draws": 2}, {"most": 40_000, "draws": 1}

BACKGROUND = 400
# The static gate keeps this share of the training sentences that speak to their claim.
STATIC_RECALL = 0.98
# The transformer's, below which training sentences hardly ever speak to their claim. They are loose: what keeps
# the readings few is that a sentence has to stand out among a codebook's propositions.
SCORE, SIMILARITY = 0.0, 0.1


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
        seen = [Wordings.of(p, encoder, background) for p in material.propositions]
        tiers.append(np.stack([w.similarities(vectors) for w in seen], 1))
    return Nearness(np.concatenate(tiers, 2), backgrounds)


def strange_claim(near: np.ndarray, own: int, claims: list[int], rng: random.Random) -> int:
    """Another claim than a sentence's own, mostly one of the nearest. near: its similarity to every claim."""
    others = [c for c in claims if c != own]
    close = sorted(others, key=lambda c: -near[c])[:STRANGE_NEAREST]
    return rng.choice(close if rng.random() < NEAR_SHARE else others)


def examples(material: Material, near: Nearness, rows: np.ndarray, rng: random.Random) -> list[Example]:
    """The examples of one pass: each row under a random wording of its claim; as `none` that wording with two names
    exchanged; and some written rows under other claims of the training part, but those alike.

    near: of the material without real sentences."""
    written = [i for i in rows if material.folds[i] >= 0]
    claims = sorted({int(material.claims[i]) for i in written})
    labels = [(int(material.claims[i]), i, int(material.labels[i])) for i in rows]
    largest = near.column("transformer_largest")
    for i in rng.sample(written, k=int(len(written) * STRANGE_SHARE)):
        own = int(material.claims[i])
        allowed = [c for c in claims if not material.alike(own, c)]
        other = strange_claim(largest[i], own, allowed, rng)
        labels.append((other, i, CREDIT_LABELS.index("none")))
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


def plain_material(material: Material, claims: list[int]) -> Material:
    """Plain sentences of some claims, for the stack."""
    rng = random.Random(SEED)
    rows = [
        (claim, *plain_sentence(material.propositions[claim], rng)) for claim in claims for _ in range(PLAIN_STACK)
    ]
    return Material(
        texts=[text for _, _, text, _ in rows],
        labels=np.array([label for *_, label in rows]),
        claims=np.array([claim for claim, *_ in rows]),
        propositions=material.propositions,
        folds=np.full(len(rows), HELD_OUT),
    )


@dataclass(frozen=True)
class Pairs:
    """Pairs of sentence and claim with the label of each; the first are the rows themselves, then as many
    sentences under a strange claim of their own fold."""

    rows: np.ndarray
    claims: np.ndarray
    labels: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """Of each pair in a fit: strange ones count less, since running text is not mostly far from a claim."""
        return np.where(self.strange, STRANGE_WEIGHT, 1.0)

    @property
    def strange(self) -> np.ndarray:
        return np.arange(len(self.rows)) >= len(self.rows) // 2

    def some(self, wanted: np.ndarray) -> Pairs:
        """Those wanted (a mask that is the same for a row and its strange pair)."""
        return Pairs(self.rows[wanted], self.claims[wanted], self.labels[wanted])


def written_pairs(material: Material, near: Nearness) -> Pairs:
    """Every written row under its claim, and under a strange one."""
    rng = random.Random(SEED)
    largest = near.column("transformer_largest")
    rows = np.flatnonzero(material.folds != RUNNING)
    inside = [sorted({int(c) for c in material.claims[material.folds == fold]}) for fold in range(FOLDS)]
    strange = []
    for i in rows:
        own = int(material.claims[i])
        allowed = [c for c in inside[material.folds[i]] if not material.alike(own, c)]
        strange.append(strange_claim(largest[i], own, allowed, rng))
    return Pairs(
        np.concatenate([rows, rows]),
        np.concatenate([material.claims[rows], strange]),
        np.concatenate([material.labels[rows], np.full(len(rows), NONE)]),
    )


def texts_of(material: Material, pairs: Pairs) -> list[tuple[str, Proposition]]:
    """Sentence and proposition of each pair."""
    return [(material.texts[i], material.propositions[c]) for i, c in zip(pairs.rows, pairs.claims, strict=True)]


def fit_phrases(material: Material, pairs: Pairs) -> dict[str, np.ndarray]:
    """The phrases' arrays, as `pipeline.phrases.Phrasing` reads them."""
    vectoriser = TfidfVectorizer(analyzer=lambda pair: phrases(*pair), min_df=LEAST_SENTENCES, binary=True)
    found = vectoriser.fit_transform([(text, wordings(p)) for text, p in texts_of(material, pairs)])
    model = LogisticRegression(C=PHRASES_C, max_iter=3000).fit(found, pairs.labels, pairs.weights)
    text = "\n".join(vectoriser.get_feature_names_out().tolist())
    return {
        "vocabulary": np.frombuffer(text.encode("utf-8"), np.uint8),
        "rarity": vectoriser.idf_.astype(np.float32),
        "coefficients": model.coef_.astype(np.float16),
        "intercepts": model.intercept_.astype(np.float32),
    }


def fit_rarity(material: Material) -> np.ndarray:
    """How rare each word piece is among the training sentences."""
    tokenizer = load_tokenizer(transformer_folder(), max_tokens=None)
    return rarity_of(
        [np.array(e.ids[1:-1]) for e in tokenizer.encode_batch(material.texts)], tokenizer.get_vocab_size()
    )


def report(name: str, pairs: Pairs, probabilities: np.ndarray) -> None:
    """Prints macro-F1 on claims not trained on, and how often a strange claim's sentence is called something."""
    labels = pairs.labels[~pairs.strange]
    found = at_base_rate(probabilities[~pairs.strange], float(np.mean(labels == NONE))).argmax(1)
    score = macro_f1(labels.tolist(), found.tolist(), range(len(CREDIT_LABELS)))
    each = [float(np.mean(found[labels == i] == i)) for i in range(len(CREDIT_LABELS))]
    recalls = ", ".join(f"{label} {value:.2f}" for label, value in zip(CREDIT_LABELS, each, strict=True))
    false = float(np.mean(probabilities[pairs.strange].argmax(1) != NONE))
    print(
        f"{name}: macro-F1 {score:.3f} on {len(found)} rows of unseen claims (recall: {recalls}); "
        f"{false:.3f} of sentences under a strange claim called something",
        flush=True,
    )


def thresholds(material: Material, near: Nearness) -> np.ndarray:
    """The gate's thresholds, and what they keep."""
    about = material.labels != NONE
    places = (np.arange(len(about)), material.claims)
    static = float(np.quantile(near.column("static_score")[places][about], 1 - STATIC_RECALL))
    passes = near.column("static_score") >= static
    passes &= (near.column("transformer_score") >= SCORE) & (near.column("transformer_largest") >= SIMILARITY)
    own = passes[places]
    strange = (passes.sum() - own.sum()) / (passes.size - len(own))
    print(
        f"gate: static score {static:.2f}, score {SCORE}, similarity {SIMILARITY}; keeps {own[about].mean():.3f} of "
        f"what speaks to its claim, {own[~about].mean():.3f} of the rest, {strange:.4f} under strange claims"
    )
    return np.array([static, SCORE, SIMILARITY], np.float32)


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


def fitted(material: Material, near: Nearness, judge: CrossEncoder) -> dict[str, dict[str, np.ndarray]]:
    """What ships beside the cross-encoder, by part. judge: the first training's, which has seen neither the written
    claims kept out nor the second half of the real sentences. Prints how unseen claims are read."""
    written = material.without_real()
    limits = thresholds(written, near)
    pairs = written_pairs(written, near)
    held_out, seen = (pairs.some((written.folds[pairs.rows] == HELD_OUT) == side) for side in (True, False))
    rarity = fit_rarity(written)
    reader = credit_stack.Reader(fit_phrases(written, seen), judge, rarity)
    rows = rows_for_stack(written, near, held_out, reader)
    plain = plain_rows(written, near, np.unique(written.claims[held_out.rows]).tolist(), reader)
    found = credit_stack.kept_out(rows.joined(plain))[: len(rows.labels)]
    names = [written.propositions[c].id.replace("-", "_") for c in written.claims[held_out.rows]]
    unseen = np.array([name not in THEME_SEEN for name in names])
    report("cross-encoder", held_out, np.exp(rows.blocks["judged"]))
    report("stack", held_out, found)
    report("stack, unseen themes", held_out.some(unseen), found[unseen])
    first, phrasing = credit_stack.fit(rows), fit_phrases(written, pairs)
    real = np.flatnonzero(material.folds == HALVES[1])
    texts = [(material.texts[i], material.propositions[material.claims[i]]) for i in real]
    views = credit_stack.Reader(phrasing, judge, rarity).views(
        texts, own_similarities(material, real, near.backgrounds)
    )
    chosen, labels, claims = stack([views[n] for n in STACKED], first), material.labels[real], material.claims[real]
    credit_running.report("real sentences, as chosen texts", chosen, labels)
    credit_running.report(
        "real sentences, as running text", credit_running.kept_out(chosen, views, labels, claims), labels
    )
    return {
        "phrases": phrasing,
        "stack": credit_stack.fit(rows.joined(plain)),
        "first": first,
        "running": credit_running.fit(chosen, views, labels),
        "background": near.backgrounds,
        "alignment": {"rarity": rarity.astype(np.float16)},
        "gate": {"thresholds": limits},
    }


def rows_for_stack(written: Material, near: Nearness, pairs: Pairs, reader: credit_stack.Reader) -> credit_stack.Rows:
    """Pairs of claims kept out; a strange pair is of the part of its sentence's own claim."""
    views = reader.views(texts_of(written, pairs), near.similarities[pairs.rows, pairs.claims])
    return credit_stack.Rows(
        views, pairs.labels, pairs.weights, credit_stack.parts(written.claims[pairs.rows]), ~pairs.strange
    )


def plain_rows(
    written: Material, near: Nearness, claims: list[int], reader: credit_stack.Reader
) -> credit_stack.Rows:
    """Plain sentences of claims kept out."""
    plain = plain_material(written, claims)
    every = np.arange(len(plain.texts))
    texts = [(text, plain.propositions[claim]) for text, claim in zip(plain.texts, plain.claims, strict=True)]
    views = reader.views(texts, own_similarities(plain, every, near.backgrounds))
    return credit_stack.Rows(views, plain.labels, np.ones(len(every)), credit_stack.parts(plain.claims), every >= 0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the weights of a credit model.")
    parser.add_argument("--data", type=Path, help="folder of evaluation data")
    parser.add_argument("--thorough", action="store_true", help="the model that reads with the large transformer")
    parser.add_argument("--measure", action="store_true", help="measure on unseen claims, write nothing")
    options = parser.parse_args()
    data = options.data or load_settings().evaluation_data
    if data is None:
        parser.error("give --data, or set evaluation_data")
    torch.set_num_threads(1)
    material = load(data)
    print(f"{len(material.texts)} sentences, {len(material.propositions)} claims", flush=True)
    near = nearness(material.without_real())
    rows, folds = np.arange(len(material.texts)), material.folds

    def labelled(learnt: np.ndarray) -> Callable[[random.Random], list[Example]]:
        return lambda rng: examples(material, near, rows[learnt], rng)

    first = labelled((folds != HELD_OUT) & ~material.of_half(HALVES[1]))
    second = labelled(~material.of_half(HALVES[0]))
    recipe, a_pass = (LARGE, LARGE_PASS) if options.thorough else (SMALL, SMALL_PASS)
    pairs = unlabelled(material, data, random.Random(SEED))
    early = [pair for pair in pairs if pair.early]
    print(f"{len(pairs)} pairs that nobody labelled, {len(early)} for the first training", flush=True)
    ones = teachers(first, seed=SEED)
    judge = recipe.reader(train(recipe, Taught(ones, first, early, **a_pass), seed=SEED))
    ones += teachers(second, seed=SEED)
    shipped = train(recipe, Taught(ones, labelled(np.ones(len(folds), bool)), pairs, **a_pass), seed=SEED)
    parts = {**fitted(material, near, judge), "cross_encoder": shipped}
    if not options.measure:
        write(parts, WEIGHTS / ("credit_thorough.safetensors" if options.thorough else "credit.safetensors"))


def write(parts: dict[str, dict[str, np.ndarray]], path: Path) -> None:
    """Everything that ships, in one file, each array under its part's name."""
    arrays = {f"{part}.{name}": values for part, arrays in parts.items() for name, values in arrays.items()}
    # safetensors writes the memory as it lies, whatever the order of an array's axes.
    save_file({name: np.ascontiguousarray(values) for name, values in arrays.items()}, path)
    path.chmod(0o644)
    print(path, f"{path.stat().st_size / 1e6:.1f} MB", hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
