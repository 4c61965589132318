"""Makes pipeline/weights/credit.safetensors from corpora/training/credit_sentences.jsonl.

    python scripts/train_credit.py [--folds-only]

1. The cross-encoder is trained on all folds of claims but one, in turn, and judges the one left out.
2. The stack is fitted on those judgements, with cues, phrases and similarities; scored in the same folds.
3. The cross-encoder is trained on all sentences; weights, background and thresholds are written.

Claims never stand on both sides of a fold. Seeds are fixed. Prints macro-F1 on unseen claims, the gate's
recall, and the SHA-256 that `pipeline/credit_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from torch import nn

from pipeline.codebook import Proposition
from pipeline.credit_gate import SIMILARITY_NAMES, Wordings, wordings
from pipeline.credit_model import NONE_WHERE_CHOSEN, stack, where_none_is
from pipeline.cross_encoder import CrossEncoder, build_network, encode_pairs, padded
from pipeline.cues import cue_matrix
from pipeline.embed import WEIGHTS, StaticEncoder, TransformerEncoder
from pipeline.evaluate import macro_f1
from pipeline.phrases import Phrasing, phrases
from pipeline.schema import CREDIT_LABELS

SENTENCES = Path(__file__).resolve().parent.parent / "corpora" / "training" / "credit_sentences.jsonl"
SEED = 20220309
FOLDS = 3
# Claims so alike that one would give the other away: kept in one fold.
ALIKE = {"weapons_drag_on": "arms_prolong"}

BATCH = 16
HEAD_LEARNING_RATE, WEIGHT_DECAY = 1e-3, 0.01
WARM_UP = 0.1
LABEL_SMOOTHING = 0.05


@dataclass(frozen=True)
class Stage:
    """A stretch of training. Some rows are repeated under another claim, as `none`: without them every
    sentence under a strange claim is called something."""

    passes: int
    learning_rate: float
    frozen_layers: int  # the lowest layers stay as they are: they read word pieces, and cost much
    strange_share: float  # rows under a strange claim for each row
    plain: int  # plain sentences made from each claim's wordings
    nearest: int | None  # strange claims are drawn from so many nearest ones; none: as NEAR_SIMILARITY says


# First claims that a sentence is somewhat near to. Then the nearest: in running text on one subject every
# sentence is near to every proposition, and what tells them apart is what is said, not what about.
STAGES = (
    Stage(passes=3, learning_rate=1.5e-4, frozen_layers=2, strange_share=0.6, plain=0, nearest=None),
    Stage(passes=2, learning_rate=1e-4, frozen_layers=0, strange_share=1.0, plain=0, nearest=5),
    Stage(passes=3, learning_rate=1e-4, frozen_layers=0, strange_share=1.0, plain=4, nearest=5),
)
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
NEAR_SIMILARITY = (0.2, 0.45)
NEAR_SHARE = 0.75

# Each pair is judged under the claim and so many paraphrases.
WORDINGS = 2

# The stack's blocks are standardised, divided by the root of their size, and weighted: the cross-encoder knows
# most, and the others would only be learnt by heart.
BLOCKS = {"cues": 0.2, "phrases": 0.4, "similarities": 0.3, "judged": 4.0}
STACK_C = 1.0
PHRASES_C = 2.0
# A phrase in fewer sentences teaches nothing of others.
LEAST_SENTENCES = 3
# Of a sentence under a strange claim in the stack, against 1 for a row under its own: with it, two in five are
# `none`, which `credit_model.py` reckons with.
STRANGE_WEIGHT = 0.3

BACKGROUND = 400
# The static gate keeps this share of the training sentences that speak to their claim.
STATIC_RECALL = 0.98
# The transformer's, below which training sentences hardly ever speak to their claim. They are loose: what keeps
# the readings few is that a sentence has to stand out among a codebook's propositions.
SCORE, SIMILARITY = 0.0, 0.1


@dataclass(frozen=True)
class Material:
    """The training sentences, row-aligned."""

    texts: list[str]
    labels: np.ndarray  # positions in CREDIT_LABELS
    claims: np.ndarray  # positions in `propositions`
    propositions: list[Proposition]
    folds: np.ndarray

    def alike(self, one: int, other: int) -> bool:
        """Whether two claims say nearly the same."""
        first, second = (self.propositions[c].id.replace("-", "_") for c in (one, other))
        return ALIKE.get(first) == second or ALIKE.get(second) == first


def load(path: Path = SENTENCES) -> Material:
    """The sentences of the repository, with folds that keep claims whole."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["proposition"], row)
    names = list(first)
    propositions = [
        Proposition(id=name.replace("_", "-"), claim=row["claim"], paraphrases=tuple(row["paraphrases"]))
        for name, row in first.items()
    ]
    order = [name for name in names if name not in ALIKE]
    random.Random(SEED).shuffle(order)
    fold = {name: i % FOLDS for i, name in enumerate(order)}
    fold |= {name: fold[other] for name, other in ALIKE.items() if name in first}
    return Material(
        texts=[row["text"] for row in rows],
        labels=np.array([CREDIT_LABELS.index(row["label"]) for row in rows]),
        claims=np.array([names.index(row["proposition"]) for row in rows]),
        propositions=propositions,
        folds=np.array([fold[row["proposition"]] for row in rows]),
    )


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


def strange_claim(near: np.ndarray, own: int, claims: list[int], rng: random.Random, *, nearest: int | None) -> int:
    """Another claim than a sentence's own, mostly a near one. near: its similarity to every claim."""
    others = [c for c in claims if c != own]
    if nearest is None:
        low, high = NEAR_SIMILARITY
        close = [c for c in others if low <= near[c] < high]
    else:
        close = sorted(others, key=lambda c: -near[c])[:nearest]
    return rng.choice(close if close and rng.random() < NEAR_SHARE else others)


def examples(
    material: Material, near: Nearness, rows: np.ndarray, stage: Stage, rng: random.Random
) -> list[tuple[str, str, int]]:
    """(wording, sentence, label) for one pass: each row under a random wording of its claim, and some rows
    under other claims of the training part, but those alike."""
    claims = sorted({int(c) for c in material.claims[rows]})
    labels = [(int(material.claims[i]), i, int(material.labels[i])) for i in rows]
    largest = near.column("transformer_largest")
    for i in rng.sample(list(rows), k=int(len(rows) * stage.strange_share)):
        own = int(material.claims[i])
        allowed = [c for c in claims if not material.alike(own, c)]
        other = strange_claim(largest[i], own, allowed, rng, nearest=stage.nearest)
        labels.append((other, i, CREDIT_LABELS.index("none")))
    asked = [
        (rng.choice(wordings(material.propositions[claim])), material.texts[i], label) for claim, i, label in labels
    ]
    return asked + plain_examples([material.propositions[c] for c in claims], stage.plain, rng)


def plain_examples(propositions: list[Proposition], each: int, rng: random.Random) -> list[tuple[str, str, int]]:
    """(wording, sentence, label): one wording under another, said plainly, by somebody, or denied."""
    out = []
    for proposition in propositions:
        for _ in range(each):
            label = rng.choice(list(PLAIN))
            asked, said = rng.sample(wordings(proposition), 2)
            sentence = rng.choice(PLAIN[label]).format(said.rstrip("."), said[0].lower() + said[1:].rstrip("."))
            out.append((asked, sentence, CREDIT_LABELS.index(label)))
    return out


def batched(pairs: list[tuple[str, str, int]], rng: random.Random) -> list[list[tuple[str, str, int]]]:
    """Batches of pairs of like length, in random order: less padding."""
    rng.shuffle(pairs)
    out = []
    for begin in range(0, len(pairs), 16 * BATCH):
        chunk = sorted(pairs[begin : begin + 16 * BATCH], key=lambda pair: len(pair[0]) + len(pair[1]))
        out += [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
    rng.shuffle(out)
    return out


def train_cross_encoder(
    material: Material,
    near: Nearness,
    rows: np.ndarray,
    *,
    seed: int,
    stages: tuple[Stage, ...] = STAGES,
    begin: dict[str, np.ndarray] | None = None,
) -> dict[str, np.ndarray]:
    """The trained layers and head, in float16, by the names that `CrossEncoder` reads.

    begin: weights to go on from; none: the published ones.
    """
    torch.manual_seed(seed)
    network = build_network()
    if begin is not None:
        state = {name: torch.from_numpy(values.astype(np.float32)) for name, values in begin.items()}
        network.load_state_dict(state, strict=False)
    kept: list[dict[str, np.ndarray]] = []
    for number, stage in enumerate(stages):
        train_stage(network, stage, material, near, rows, random.Random(seed + number))
        state = network.state_dict().items()
        kept.append({name: v.numpy().copy() for name, v in state if "embeddings" not in name})
    # The mean of the last two stages' weights is as good on hard sentences as the one and on plain ones as the other.
    ends = kept[-2:]
    return {name: np.mean([end[name] for end in ends], axis=0).astype(np.float16) for name in ends[0]}


def train_stage(
    network: Any, stage: Stage, material: Material, near: Nearness, rows: np.ndarray, rng: random.Random
) -> None:
    """One stage, in place: AdamW, the learning rate up and then down to 0."""
    network.train()
    layers = freeze(network, stage.frozen_layers)
    optimiser = torch.optim.AdamW(
        [
            {"params": layers, "lr": stage.learning_rate},
            {"params": network.head.parameters(), "lr": HEAD_LEARNING_RATE},
        ],
        weight_decay=WEIGHT_DECAY,
    )
    drawn = [batched(examples(material, near, rows, stage, rng), rng) for _ in range(stage.passes)]
    steps = sum(map(len, drawn))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / steps))
    loss_of = nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING)
    for number, batches in enumerate(drawn, 1):
        begin, losses = time.perf_counter(), []
        for batch in batches:
            logits = network(*padded(encode_pairs([(claim, text) for claim, text, _ in batch])))
            loss = loss_of(logits, torch.tensor([label for *_, label in batch]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*layers, *network.head.parameters()], 1)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"  pass {number}: loss {np.mean(losses):.3f}, {time.perf_counter() - begin:.0f} s", flush=True)


def freeze(network: Any, lowest: int) -> list[Any]:
    """Freezes the embeddings and the lowest layers; gives the parameters of the layers that are left."""
    transformer = network.transformer
    for values in transformer.parameters():
        values.requires_grad = False
    left = [values for layer in transformer.encoder.layer[lowest:] for values in layer.parameters()]
    for values in left:
        values.requires_grad = True
    return left


def _rate(done: float) -> float:
    """The learning rate's factor: up over the first tenth, then down to 0."""
    return done / WARM_UP if done < WARM_UP else max(0.0, (1 - done) / (1 - WARM_UP))


@dataclass(frozen=True)
class Pairs:
    """Pairs of sentence and claim with the label of each; the first are the rows themselves, then as many
    sentences under a strange claim of their own fold."""

    rows: np.ndarray
    claims: np.ndarray
    labels: np.ndarray

    @property
    def own(self) -> slice:
        return slice(0, len(self.rows) // 2)


def all_pairs(material: Material, near: Nearness) -> Pairs:
    """What the stack is fitted and scored on."""
    rng = random.Random(SEED)
    largest = near.column("transformer_largest")
    rows = np.arange(len(material.texts))
    inside = [sorted({int(c) for c in material.claims[material.folds == fold]}) for fold in range(FOLDS)]
    strange = []
    for i in rows:
        own = int(material.claims[i])
        allowed = [c for c in inside[material.folds[i]] if not material.alike(own, c)]
        strange.append(strange_claim(largest[i], own, allowed, rng, nearest=STAGES[-1].nearest))
    none = np.full(len(rows), CREDIT_LABELS.index("none"))
    return Pairs(
        np.concatenate([rows, rows]),
        np.concatenate([material.claims, strange]),
        np.concatenate([material.labels, none]),
    )


def judged_by(weights: dict[str, np.ndarray], material: Material, pairs: Pairs, some: np.ndarray) -> np.ndarray:
    """float32, pairs × labels: log-probabilities of some of the pairs, in the mean over the first wordings."""
    network = CrossEncoder(weights)
    asked = [
        (wording, material.texts[pairs.rows[i]])
        for i in some
        for wording in wordings(material.propositions[pairs.claims[i]])[:WORDINGS]
    ]
    found = network.log_probabilities(asked)
    ends = np.cumsum([len(wordings(material.propositions[pairs.claims[i]])[:WORDINGS]) for i in some])
    return np.stack([part.mean(0) for part in np.split(found, ends[:-1])])


def fit_phrases(material: Material, pairs: Pairs, some: np.ndarray) -> dict[str, np.ndarray]:
    """The phrases' arrays, as `pipeline.phrases.Phrasing` reads them, from some of the pairs."""
    asked = phrase_pairs(material, pairs)
    vectoriser = TfidfVectorizer(analyzer=lambda pair: phrases(*pair), min_df=LEAST_SENTENCES, binary=True)
    found = vectoriser.fit_transform([asked[i] for i in np.flatnonzero(some)])
    strange = np.arange(len(asked)) >= len(asked) // 2
    model = LogisticRegression(C=PHRASES_C, max_iter=3000).fit(
        found, pairs.labels[some], np.where(strange, STRANGE_WEIGHT, 1)[some]
    )
    text = "\n".join(vectoriser.get_feature_names_out().tolist())
    return {
        "vocabulary": np.frombuffer(text.encode("utf-8"), np.uint8),
        "rarity": vectoriser.idf_.astype(np.float32),
        "coefficients": model.coef_.astype(np.float16),
        "intercepts": model.intercept_.astype(np.float32),
    }


def phrase_pairs(material: Material, pairs: Pairs) -> list[tuple[str, list[str]]]:
    """Sentence and wordings of each pair."""
    texts = [wordings(p) for p in material.propositions]
    return [(material.texts[i], texts[c]) for i, c in zip(pairs.rows, pairs.claims, strict=True)]


def phrase_folds(material: Material, pairs: Pairs) -> np.ndarray:
    """float32, pairs × labels: each pair judged by phrases learnt on the other folds."""
    asked = phrase_pairs(material, pairs)
    out = np.zeros((len(asked), len(CREDIT_LABELS)), np.float32)
    for fold in range(FOLDS):
        here = material.folds[pairs.rows] == fold
        model = Phrasing(fit_phrases(material, pairs, ~here))
        out[here] = model.log_probabilities([asked[i] for i in np.flatnonzero(here)])
    return out


def views(material: Material, near: Nearness, pairs: Pairs, judged: np.ndarray) -> dict[str, np.ndarray]:
    """What the stack reads of each pair, as far as possible from models that know neither claim nor sentence."""
    claims = [wordings(p)[0] for p in material.propositions]
    texts = [(material.texts[i], claims[c]) for i, c in zip(pairs.rows, pairs.claims, strict=True)]
    return {
        "cues": cue_matrix(texts),
        "phrases": phrase_folds(material, pairs),
        "similarities": near.similarities[pairs.rows, pairs.claims],
        "judged": judged,
    }


def fit_stack(blocks: dict[str, np.ndarray], pairs: Pairs, some: np.ndarray) -> dict[str, np.ndarray]:
    """The stack's arrays, as `pipeline.credit_model.stack` reads them, from some of the pairs."""
    values = np.hstack(list(blocks.values()))
    weights = np.concatenate([np.full(b.shape[1], BLOCKS[n] / np.sqrt(b.shape[1])) for n, b in blocks.items()])
    strange = np.arange(len(values)) >= len(values) // 2
    centre, scale = values[some & ~strange].mean(0), weights / (values[some & ~strange].std(0) + 1e-6)
    model = LogisticRegression(C=STACK_C, max_iter=3000).fit(
        (values[some] - centre) * scale, pairs.labels[some], np.where(strange, STRANGE_WEIGHT, 1)[some]
    )
    arrays = {"centre": centre, "scale": scale, "coefficients": model.coef_, "intercepts": model.intercept_}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def stacked(material: Material, blocks: dict[str, np.ndarray], pairs: Pairs) -> np.ndarray:
    """Probabilities of every pair by a stack fitted on the other folds."""
    out = np.zeros((len(pairs.rows), len(CREDIT_LABELS)), np.float32)
    for fold in range(FOLDS):
        here = material.folds[pairs.rows] == fold
        out[here] = stack([block[here] for block in blocks.values()], fit_stack(blocks, pairs, ~here))
    return out


def report(name: str, pairs: Pairs, probabilities: np.ndarray) -> None:
    """Prints macro-F1 on claims not trained on, and how often a strange claim's sentence is called something."""
    found = where_none_is(probabilities[pairs.own], NONE_WHERE_CHOSEN).argmax(1)
    labels = pairs.labels[pairs.own]
    score = macro_f1(labels.tolist(), found.tolist(), range(len(CREDIT_LABELS)))
    each = [float(np.mean(found[labels == i] == i)) for i in range(len(CREDIT_LABELS))]
    recalls = ", ".join(f"{label} {value:.2f}" for label, value in zip(CREDIT_LABELS, each, strict=True))
    none = CREDIT_LABELS.index("none")
    false = float(np.mean(probabilities[pairs.own.stop :].argmax(1) != none))
    print(
        f"{name}: macro-F1 {score:.3f} on {len(found)} rows of unseen claims (recall: {recalls}); "
        f"{false:.3f} of sentences under a strange claim called something",
        flush=True,
    )


def thresholds(material: Material, near: Nearness) -> np.ndarray:
    """The gate's thresholds, and what they keep."""
    about = material.labels != CREDIT_LABELS.index("none")
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


def judge_folds(material: Material, near: Nearness, pairs: Pairs) -> np.ndarray:
    """float32, pairs × labels: each pair judged by a cross-encoder that knows neither claim nor sentence."""
    judged = np.zeros((len(pairs.rows), len(CREDIT_LABELS)), np.float32)
    for fold in range(FOLDS):
        some = np.flatnonzero(material.folds[pairs.rows] == fold)
        print(f"fold {fold}: {len(some) // 2} rows left out", flush=True)
        kept = np.flatnonzero(material.folds != fold)
        judged[some] = judged_by(train_cross_encoder(material, near, kept, seed=SEED + fold), material, pairs, some)
    return judged


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes pipeline/weights/credit.safetensors.")
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--folds-only", action="store_true", help="measure on unseen claims, write nothing")
    options = parser.parse_args()
    torch.set_num_threads(1)
    material = load(options.sentences)
    print(f"{len(material.texts)} sentences, {len(material.propositions)} claims")
    near = nearness(material)
    limits = thresholds(material, near)
    pairs = all_pairs(material, near)
    judged = judge_folds(material, near, pairs)
    report("cross-encoder", pairs, np.exp(judged))
    blocks = views(material, near, pairs, judged)
    report("phrases", pairs, np.exp(blocks["phrases"]))
    report("stack", pairs, stacked(material, blocks, pairs))
    if not options.folds_only:
        every = np.ones(len(pairs.rows), bool)
        final = train_cross_encoder(material, near, np.arange(len(material.texts)), seed=SEED)
        parts = {
            "cross_encoder": final,
            "phrases": fit_phrases(material, pairs, every),
            "stack": fit_stack(blocks, pairs, every),
            "background": near.backgrounds,
            "gate": {"thresholds": limits},
        }
        write(parts)


def write(parts: dict[str, dict[str, np.ndarray]]) -> None:
    """Everything that ships, in one file, each array under its part's name."""
    arrays = {f"{part}.{name}": values for part, arrays in parts.items() for name, values in arrays.items()}
    path = WEIGHTS / "credit.safetensors"
    # safetensors writes the memory as it lies, whatever the order of an array's axes.
    save_file({name: np.ascontiguousarray(values) for name, values in arrays.items()}, path)
    path.chmod(0o644)
    print(path, f"{path.stat().st_size / 1e6:.1f} MB", hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
