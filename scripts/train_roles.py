"""Gives pipeline/weights/portrayal.safetensors a last layer and a head of its own for roles.

    python scripts/train_roles.py [--data FOLDER] [--check PART]

Run after `scripts/train_portrayal.py`, whose layers stay as they are: sentiment is not touched. Roles are learnt
from corpora/training/role_sentences.jsonl and role_passages.jsonl, which are ours, and, at a small weight, from
what the sentiments of NewsMTSC's sentences (FOLDER/gold/portrayal_train.jsonl.gz, MIT) say of a role. --check
trains without the passages of one of PARTS parts of the subjects, writes nothing and prints how the entities of
these are read: choices are made on that. Some ten minutes on one core.
Prints the SHA-256 that `pipeline/sentiment_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from portrayal_training import (
    BATCH,
    ROLE_SENTENCES,
    SMOOTHING,
    TRAINING,
    Learning,
    Row,
    Weights,
    batches,
    part_of,
    role_likelihood,
    role_rows,
    sentiment_rows,
)
from safetensors.torch import load_file, save_file
from torch.nn import functional as f

from pipeline.embed import WEIGHTS, load_tokenizer, transformer_folder
from pipeline.evaluate import macro_f1, read_rows
from pipeline.evaluate.roles import MAIN
from pipeline.sentiment_model import (
    FIRST_TRAINED,
    LAYERS,
    MAX_TOKENS,
    ROLE_LAYER,
    ROLES,
    WIDTH,
    embedded,
    flags,
    layer,
    layer_weights,
    padded,
    padding_bias,
    pooled,
    published_weights,
    with_marker,
)
from pipeline.settings import load_settings
from pipeline.text import sentence_spans

PASSES, DROPOUT = 4, 0.15
SEEDS = 4  # trainings from one beginning, whose weights are averaged
HINTS = 800  # of NewsMTSC's sentences, evenly drawn: above all they show what has no role
PARTS = 3  # of the subjects, for --check
ROLE_PASSAGES = TRAINING / "role_passages.jsonl"


@dataclass(frozen=True)
class Seen:
    """A row and what the layers below the last make of it, tokens × WIDTH."""

    row: Row
    hidden: torch.Tensor


def seen(rows: Sequence[Row], shipped: Weights) -> list[Seen]:
    published = published_weights()
    below = [layer_weights(published, i, "encoder.layer.") for i in range(FIRST_TRAINED)]
    below += [layer_weights(shipped, i, "layer.") for i in range(FIRST_TRAINED, LAYERS - 1)]
    out = []
    with torch.inference_mode():
        for row in rows:
            ids, mask = padded([row.encoded.ids])
            marked, of = flags([row.encoded], ids.shape[1])
            hidden = embedded(ids, published)
            for number, weights in enumerate(below):
                if number == FIRST_TRAINED:
                    hidden = with_marker(hidden, marked, of, shipped["marker"])
                hidden = layer(hidden, padding_bias(mask), weights)
            out.append(Seen(row, hidden[0].clone()))
    return out


def sentences(passage: dict[str, Any]) -> list[dict[str, Any]]:
    """The sentences of a passage that name somebody, each with its targets, as `parallax refresh` reads them."""
    out = []
    for start, end in sentence_spans(passage["text"]):
        targets = [
            {**t, "start": t["start"] - start, "end": t["end"] - start}
            for t in passage["targets"]
            if start <= t["start"] and t["end"] <= end
        ]
        if targets:
            out.append({"text": passage["text"][start:end], "targets": targets})
    return out


def scores(p: Weights, part: Sequence[Seen], *, drop: float) -> torch.Tensor:
    """targets × roles."""
    _, mask = padded([one.row.encoded.ids for one in part])
    hidden = torch.zeros(*mask.shape, WIDTH)
    for i, one in enumerate(part):
        hidden[i, : len(one.hidden)] = one.hidden
    marked, of = flags([one.row.encoded for one in part], mask.shape[1])
    hidden = layer(hidden, padding_bias(mask), layer_weights(p, 0, ROLE_LAYER), drop=drop)
    return f.linear(f.dropout(pooled(hidden, mask, marked, of), drop), p["roles.weight"], p["roles.bias"])


def loss_of(found: torch.Tensor, part: Sequence[Seen]) -> torch.Tensor:
    """Cross-entropy, smoothed; where a target may have several roles, over their sum."""
    logs, likely, weight = role_likelihood(found, [one.row for one in part])
    return -(weight * ((1 - SMOOTHING) * likely + SMOOTHING * logs.mean(1))).sum() / len(found)


def train(rows: Sequence[Seen], shipped: Weights) -> Weights:
    """The layer and the head, as `ROLE_LAYER` + "0.…" and "roles.…": the means of SEEDS trainings, which read at no
    cost about as their mean reading does (Wortsman et al. 2022)."""
    trained = [train_once(rows, shipped, seed=seed) for seed in range(SEEDS)]
    return {name: torch.stack([p[name] for p in trained]).mean(0) for name in trained[0]}


def train_once(rows: Sequence[Seen], shipped: Weights, *, seed: int) -> Weights:
    """One of them; the layer begins as the shipped last one, the head as the same for all."""
    torch.manual_seed(0)
    rng = random.Random(seed)
    last = layer_weights(shipped, LAYERS - 1, "layer.")
    p = {f"{ROLE_LAYER}0.{name}": w.clone() for name, w in last.items()}
    p |= {"roles.weight": torch.randn(len(ROLES), 2 * WIDTH) * 0.02, "roles.bias": torch.zeros(len(ROLES))}
    p = {name: w.requires_grad_() for name, w in p.items()}
    torch.manual_seed(seed)
    learning = Learning(p, layers=ROLE_LAYER, steps=PASSES * math.ceil(len(rows) / BATCH))
    for number in range(PASSES):
        summed = 0.0
        for part in batches(rows, rng, length=lambda one: len(one.hidden), jitter=6):
            loss = loss_of(scores(p, part, drop=DROPOUT), part)
            learning.step(loss)
            summed += float(loss.detach())
        print(f"seed {seed}, pass {number}: loss {summed * BATCH / len(rows):.3f}", file=sys.stderr)
    return {name: w.detach() for name, w in p.items()}


def check(p: Weights, passages: Sequence[dict[str, Any]], shipped: Weights, tokenizer: Any) -> str:
    """Accuracy and macro-F1 of the likeliest role, each entity of a passage counting once, over its sentences."""
    summed: dict[tuple[int, str], torch.Tensor] = {}
    role: dict[tuple[int, str], int] = {}
    for number, passage in enumerate(passages):
        for sentence in sentences(passage):
            (row,) = seen(role_rows([sentence], tokenizer), shipped)
            with torch.inference_mode():
                logs = torch.log_softmax(scores(p, [row], drop=0.0)[:, : len(MAIN)], 1)
            for target, log in zip(sentence["targets"], logs, strict=True):
                if target["role"] != "none":
                    key = (number, target["entity"])
                    summed[key] = summed.get(key, torch.zeros(len(MAIN))) + log
                    role[key] = ROLES.index(target["role"])
    found = [int(summed[key].argmax()) for key in role]
    true = list(role.values())
    right = sum(a == b for a, b in zip(true, found, strict=True))
    return f"accuracy {right / len(true):.3f}, macro-F1 {macro_f1(true, found, range(len(MAIN))):.3f}, n {len(true)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=load_settings().evaluation_data)
    parser.add_argument("--check", type=int, choices=range(PARTS), metavar="PART")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = load_tokenizer(transformer_folder(), max_tokens=MAX_TOKENS)
    path = WEIGHTS / "portrayal.safetensors"
    shipped = {name: w.float() for name, w in load_file(path).items()}
    hints = sentiment_rows(options.data / "gold" / "portrayal_train.jsonl.gz", tokenizer)
    passages = read_rows(ROLE_PASSAGES)
    kept = [row for row in passages if part_of(row["subject"], PARTS) == options.check]
    learnt = [row for row in passages if row not in kept]
    own = [*read_rows(ROLE_SENTENCES), *learnt, *(sentence for row in learnt for sentence in sentences(row))]
    rows = seen([*role_rows(own, tokenizer), *hints[:: max(1, len(hints) // HINTS)]], shipped)
    p = train(rows, shipped)
    if options.check is not None:
        print(check(p, kept, shipped, tokenizer))
        return
    others = {k: w for k, w in shipped.items() if not k.startswith((ROLE_LAYER, "roles."))}
    save_file({k: w.half().contiguous() for k, w in (others | p).items()}, path)
    print(path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
