"""Makes pipeline/weights/portrayal.safetensors: the upper layers that read sentiment towards and role of a target.

    python scripts/train_portrayal.py [--data FOLDER] [--judged FILE] [--check PART]

Learns, at once, from what is labelled (`portrayal_material.py`) and from what two large networks say of many targets
(`portrayal_teaching.py`), which FILE keeps: it is read where it exists, else written; a part that is left out wants a
FILE of its own. --check trains everything without one part of the labelled texts, writes no weights and prints how
these are read: choices are made on that.
Some ten minutes with a GPU; days without one.
Prints the SHA-256 that `pipeline/sentiment_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pair_networks import DEVICE, HEAD_LEARNING_RATE, LABEL_SMOOTHING, WEIGHT_DECAY, up_and_down
from portrayal_material import PARTS, Text, labelled, unlabelled
from portrayal_teaching import judged
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as f

from pipeline.embed import WEIGHTS, load_tokenizer, transformer_folder
from pipeline.evaluate import macro_f1
from pipeline.sentiment_model import (
    FIRST_TRAINED,
    LAYERS,
    MAX_TOKENS,
    POLARITIES,
    ROLE_LAYER,
    ROLES,
    WIDTH,
    Encoded,
    embedded,
    encode,
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

PASSES, BATCH, LEARNING_RATE, DROPOUT = 6, 48, 3e-4, 0.1
SENTIMENT_COUNTS = 0.7  # beside a role
SEEDS = 3  # trainings from one beginning, whose weights are averaged
# Roles of these are learnt as labelled, too; of real texts only what the large ones make of them.
AS_LABELLED = ("sentences", "passages")

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Row:
    """A text's word pieces and, for each target, its labels (−1: not to be learnt) and what the large ones say."""

    encoded: Encoded
    sentiments: tuple[int, ...]
    roles: tuple[int, ...]
    taught: np.ndarray  # targets × (POLARITIES, ROLES), probabilities


def rows_of(texts: Sequence[Text], taught: np.ndarray) -> list[Row]:
    """taught: log-probabilities of the targets of all texts, one after another."""
    tokenizer = load_tokenizer(transformer_folder(), max_tokens=MAX_TOKENS)
    ends = np.cumsum([len(text.targets.spans) for text in texts])
    split = np.split(np.exp(taught), ends[:-1])
    return [
        Row(encoded, text.sentiments, text.roles if text.source in AS_LABELLED else (-1,) * len(text.roles), mine)
        for encoded, text, mine in zip(encode([text.targets for text in texts], tokenizer), texts, split, strict=True)
    ]


def parameters(published: Weights) -> Weights:
    """The trained layers as published, the last of them twice, and a marker and heads drawn small."""
    out = {
        f"layer.{i}.{k}": w
        for i in range(FIRST_TRAINED, LAYERS)
        for k, w in layer_weights(published, i, "encoder.layer.").items()
    }
    out |= {f"{ROLE_LAYER}0.{k}": w for k, w in layer_weights(published, LAYERS - 1, "encoder.layer.").items()}
    out["marker"] = torch.randn(WIDTH) * 0.02
    for head, size in (("sentiment", len(POLARITIES)), ("roles", len(ROLES))):
        out[f"{head}.weight"] = torch.randn(size, 2 * WIDTH) * 0.02
        out[f"{head}.bias"] = torch.zeros(size)
    return {name: w.to(DEVICE).clone().requires_grad_() for name, w in out.items()}


def forward(p: Weights, rows: Sequence[Row], published: Weights, *, drop: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores of sentiment and of roles, a row a target."""
    ids, mask = padded([row.encoded.ids for row in rows])
    marked, row = flags([row.encoded for row in rows], ids.shape[1])
    bias = padding_bias(mask).to(DEVICE)
    ids, mask, marked, row = (values.to(DEVICE) for values in (ids, mask, marked, row))
    with torch.no_grad():
        hidden = embedded(ids, published)
        for i in range(FIRST_TRAINED):
            hidden = layer(hidden, bias, layer_weights(published, i, "encoder.layer."))
    hidden = with_marker(hidden, marked, row, p["marker"])
    for i in range(FIRST_TRAINED, LAYERS - 1):
        hidden = layer(hidden, bias, layer_weights(p, i, "layer."), drop=drop)
    found = []
    for head, last in (
        ("sentiment", layer_weights(p, LAYERS - 1, "layer.")),
        ("roles", layer_weights(p, 0, ROLE_LAYER)),
    ):
        seen = f.dropout(pooled(layer(hidden, bias, last, drop=drop), mask, marked, row), drop)
        found.append(f.linear(seen, p[f"{head}.weight"], p[f"{head}.bias"]))
    return found[0], found[1]


def loss_of(sentiment: torch.Tensor, roles: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
    """Cross-entropy with the labels, smoothed, and with what the large ones say; the mean over targets."""
    taught = torch.from_numpy(np.concatenate([row.taught for row in rows])).to(DEVICE)
    total = torch.zeros(len(taught), device=DEVICE)
    for found, soft, labels, counts in (
        (sentiment, taught[:, : len(POLARITIES)], [x for row in rows for x in row.sentiments], SENTIMENT_COUNTS),
        (roles, taught[:, len(POLARITIES) :], [x for row in rows for x in row.roles], 1.0),
    ):
        known = torch.tensor(labels, device=DEVICE)
        total = total + counts * f.cross_entropy(
            found, known, ignore_index=-1, label_smoothing=LABEL_SMOOTHING, reduction="none"
        )
        total = total + counts * f.cross_entropy(found, soft, reduction="none")
    return total.mean()


def train(rows: Sequence[Row]) -> Weights:
    """The means of SEEDS trainings' weights, which read about as their mean reading does (Wortsman et al. 2022)."""
    each = [train_once(rows, seed=seed) for seed in range(SEEDS)]
    return {name: torch.stack([p[name] for p in each]).mean(0) for name in each[0]}


def train_once(rows: Sequence[Row], *, seed: int) -> Weights:
    torch.manual_seed(seed)
    torch.set_float32_matmul_precision("high")
    rng = random.Random(seed)
    published = {name: w.to(DEVICE) for name, w in published_weights().items()}
    p = parameters(published)
    inner, outer = ([w for k, w in p.items() if ("layer." in k) is slow] for slow in (True, False))
    groups = [{"params": inner, "lr": LEARNING_RATE}, {"params": outer, "lr": HEAD_LEARNING_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    steps = PASSES * math.ceil(len(rows) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: up_and_down((step + 1) / steps))
    for number in range(1, PASSES + 1):
        begin, losses = time.perf_counter(), []
        for part in batched(rows, rng):
            loss = loss_of(*forward(p, part, published, drop=DROPOUT), part)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(list(p.values()), 1)
            optimiser.step()
            schedule.step()
            losses.append(loss.detach())
        mean = float(torch.stack(losses).mean())
        print(f"  pass {number}: loss {mean:.3f}, {time.perf_counter() - begin:.0f} s", flush=True)
    return {k: w.detach() for k, w in p.items()}


def batched(rows: Sequence[Row], rng: random.Random) -> list[list[Row]]:
    """Batches of texts of like length, in random order: less padding."""
    order = sorted(rows, key=lambda row: len(row.encoded.ids) + rng.uniform(-3, 3))
    out = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(out)
    return out


def report(p: Weights, texts: Sequence[Text], rows: Sequence[Row]) -> None:
    """Prints macro-F1 of sentiment and of roles in the texts of each source, and of what the large ones say."""
    published = {name: w.to(DEVICE) for name, w in published_weights().items()}
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for text, row in zip(texts, rows, strict=True):
        with torch.inference_mode():
            said = forward(p, [row], published, drop=0.0)
        taught = np.split(row.taught, [len(POLARITIES)], 1)
        for what, known, small, large in zip(
            ("sentiment", "roles"), (text.sentiments, text.roles), said, taught, strict=True
        ):
            each = zip(known, small.argmax(1).tolist(), large.argmax(1).tolist(), strict=True)
            found[text.source, what] += [one for one in each if one[0] >= 0]
    for (source, what), read in sorted(found.items()):
        if read:
            true, by_small, by_large = zip(*read, strict=True)
            kinds = range(len(POLARITIES if what == "sentiment" else ROLES))
            print(
                f"{source}, {what}: macro-F1 {macro_f1(true, by_small, kinds):.3f}, "
                f"of the large ones {macro_f1(true, by_large, kinds):.3f}, n {len(true)}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=load_settings().evaluation_data)
    parser.add_argument("--judged", type=Path)
    parser.add_argument("--check", type=int, choices=range(PARTS), metavar="PART")
    options = parser.parse_args()
    known, free = labelled(options.data), unlabelled(options.data)
    learnt = [text for text in known if text.part != options.check]
    texts = [*known, *free]
    if options.judged and options.judged.is_file():
        taught = np.load(options.judged)
    else:
        taught = judged(learnt, texts)
        if options.judged:
            with options.judged.open("wb") as file:
                np.save(file, taught)
    rows = rows_of(texts, taught)
    p = train([row for row, text in zip(rows, texts, strict=True) if text.part != options.check])
    if options.check is not None:
        kept = [(text, row) for text, row in zip(known, rows, strict=False) if text.part == options.check]
        report(p, *zip(*kept, strict=True))
        return
    path = WEIGHTS / "portrayal.safetensors"
    save_file({k: w.half().cpu().contiguous() for k, w in p.items()}, path)
    print(path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
