"""Makes pipeline/weights/credit.safetensors from what is in corpora/training/, in three steps.

    python scripts/credit_rows.py ROWS [--data FOLDER]
    python scripts/credit_networks.py ROWS NETWORK
    python scripts/train_credit.py NETWORK [--data FOLDER] [--measure]

FOLDER (or the setting `evaluation_data`) has the real sentences, see `credit_material.py`. The first step writes what
the networks learn, as word pieces: 20 minutes on a CPU. The second trains them, on another machine if need be: it
wants a GPU, an H200 for 20 minutes. The third fits what reads beside the network, on claims and sentences that
no network has met, prints how these are read, each part by a fit on the others, writes the weights, and prints the
SHA-256 that `pipeline/credit_model.py` has to name: ten minutes on a CPU. Seeds are fixed.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from dataclasses import dataclass
from pathlib import Path

import credit_running
import credit_stack
import numpy as np
import torch
from credit_examples import Nearness, nearness, own_similarities, plain_sentence, strange_claim
from credit_material import FOR_RUNNING, FOR_STACK, KINDS, LEARNT, NONE, SEED, Material, data_of, load
from safetensors.numpy import load_file, save_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.alignment import rarity_of
from pipeline.codebook import Proposition
from pipeline.credit_gate import wordings
from pipeline.credit_model import STACKED, at_base_rate, stack
from pipeline.cross_encoder import LAYER_BITS, PIECE_BITS, CrossEncoder
from pipeline.embed import WEIGHTS, load_tokenizer, transformer_folder
from pipeline.evaluate import macro_f1
from pipeline.packed import pack
from pipeline.phrases import phrases
from pipeline.schema import CREDIT_LABELS

# Plain sentences made from each claim's wordings, for the stack, which else meets hardly any.
PLAIN_STACK = 9

PHRASES_C = 2.0
# A phrase in fewer sentences teaches little of others, and each takes its room in the file.
LEAST_SENTENCES = 6
# Of a sentence under a strange claim in a fit, against 1 for a row under its own.
STRANGE_WEIGHT = 0.3
# The gate. The static score keeps .98 of what speaks to its claim in credit_sentences.jsonl; to keep as much of
# credit_by_claim.jsonl, which mostly lacks the claim's words, would let nearly all of a text through. Below the
# transformer's, sentences hardly ever speak to their claim. They are loose: what keeps the readings few is that a
# sentence has to stand out among a codebook's propositions.
STATIC_SCORE, SCORE, SIMILARITY = -0.25, 0.0, 0.1


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
        parts=np.full(len(rows), FOR_STACK),
        kinds=np.full(len(rows), KINDS.index("written")),
    )


@dataclass(frozen=True)
class Pairs:
    """Pairs of sentence and claim with the label of each; the first are the rows themselves, then as many
    sentences under a strange claim of their own part."""

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


def written_pairs(material: Material, near: Nearness, part: int) -> Pairs:
    """Every written row of one part under its claim, and under a strange one."""
    rng = random.Random(SEED)
    largest = near.column("transformer_largest")
    rows = np.flatnonzero(material.parts == part)
    inside = material.claims_of(material.parts == part)
    strange = []
    for i in rows:
        own = int(material.claims[i])
        strange.append(strange_claim(largest[i], own, [c for c in inside if not material.alike(own, c)], rng))
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


def tell_gate(material: Material, near: Nearness) -> None:
    """Prints what the gate keeps."""
    about = material.labels != NONE
    places = (np.arange(len(about)), material.claims)
    passes = near.column("static_score") >= STATIC_SCORE
    passes &= (near.column("transformer_score") >= SCORE) & (near.column("transformer_largest") >= SIMILARITY)
    own = passes[places]
    strange = (passes.sum() - own.sum()) / (passes.size - len(own))
    print(
        f"gate: static score {STATIC_SCORE}, score {SCORE}, similarity {SIMILARITY}; keeps {own[about].mean():.3f} "
        f"of what speaks to its claim, {own[~about].mean():.3f} of the rest, {strange:.4f} under strange claims"
    )


def fitted(material: Material, judge: CrossEncoder) -> dict[str, dict[str, np.ndarray]]:
    """What ships beside the cross-encoder, by part. judge: the one that ships, which has met neither the claims that
    fit the stacks nor their sentences. Prints how these are read."""
    written = material.some(material.of_kind("written") | material.of_kind("running"))
    near = nearness(written)
    tell_gate(written, near)
    rarity = fit_rarity(written)
    phrasing = fit_phrases(written, written_pairs(written, near, LEARNT))
    reader = credit_stack.Reader(phrasing, judge, rarity)
    pairs = written_pairs(written, near, FOR_STACK)
    rows = rows_for_stack(written, near, pairs, reader)
    plain = plain_rows(written, near, written.claims_of(written.parts == FOR_STACK), reader)
    report("cross-encoder", pairs, np.exp(rows.blocks["judged"]))
    report("stack", pairs, credit_stack.kept_out(rows.joined(plain))[: len(rows.labels)])
    chosen = credit_stack.fit(rows.joined(plain))
    return {
        "phrases": phrasing,
        "stack": chosen,
        "running": fitted_running(material, reader, chosen, near.backgrounds),
        "background": near.backgrounds,
        "alignment": {"rarity": rarity.astype(np.float16)},
        "gate": {"thresholds": np.array([STATIC_SCORE, SCORE, SIMILARITY], np.float32)},
    }


def fitted_running(
    material: Material,
    reader: credit_stack.Reader,
    chosen: dict[str, np.ndarray],
    backgrounds: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """The stack for running text. chosen: the one for chosen texts."""
    real = np.flatnonzero((material.parts == FOR_RUNNING) & material.of_kind("near"))
    texts = [(material.texts[i], material.propositions[material.claims[i]]) for i in real]
    views = reader.views(texts, own_similarities(material, real, backgrounds))
    found, labels, claims = stack([views[n] for n in STACKED], chosen), material.labels[real], material.claims[real]
    credit_running.report("real sentences, as chosen texts", found, labels)
    kept_out = credit_running.kept_out(found, views, labels, claims)
    credit_running.report("real sentences, as running text", kept_out, labels)
    return credit_running.fit(found, views, labels)


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
    parser = argparse.ArgumentParser(description="Makes the weights of the built-in credit model.")
    parser.add_argument("network", type=Path, help="what `credit_networks.py` wrote")
    parser.add_argument("--data", type=Path, help="folder of evaluation data")
    parser.add_argument("--measure", action="store_true", help="measure on unseen claims, write nothing")
    options = parser.parse_args()
    data = data_of(parser, options.data)
    torch.set_num_threads(1)
    material = load(data)
    print(f"{len(material.texts)} sentences, {len(material.propositions)} claims", flush=True)
    network = packed_network(load_file(options.network))
    parts = {**fitted(material, CrossEncoder(network)), "cross_encoder": network}
    if not options.measure:
        write(parts, WEIGHTS / "credit.safetensors")


def packed_network(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """As `CrossEncoder` takes it. arrays: float16, by the names of `PairReader`."""
    out = {}
    for name, values in arrays.items():
        if name == "pieces.weight" or (name.startswith("layers.") and name.endswith(".weight") and values.ndim > 1):
            bits = PIECE_BITS if name == "pieces.weight" else LAYER_BITS
            out |= {f"{name}.{part}": array for part, array in pack(values, bits).items()}
        else:
            out[name] = values
    return out


def write(parts: dict[str, dict[str, np.ndarray]], path: Path) -> None:
    """Everything that ships, in one file, each array under its part's name."""
    arrays = {f"{part}.{name}": values for part, arrays in parts.items() for name, values in arrays.items()}
    # safetensors writes the memory as it lies, whatever the order of an array's axes.
    save_file({name: np.ascontiguousarray(values) for name, values in arrays.items()}, path)
    path.chmod(0o644)
    print(path, f"{path.stat().st_size / 1e6:.1f} MB", hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
