"""Gives pipeline/weights/portrayal.safetensors a last layer and a head of its own for roles.

    python scripts/train_roles.py [--data FOLDER] [--check]

Run after `scripts/train_portrayal.py`, whose layers stay as they are: sentiment is not touched. Roles are learnt
from corpora/training/role_sentences.jsonl, which is ours, and, at a small weight, from what the sentiments of
NewsMTSC's sentences (FOLDER/gold/portrayal_train.jsonl.gz, MIT) say of a role. --check trains without the
sentences that hash to 0 of 10, writes nothing and prints how these are read. Some minutes on one core.
Prints the SHA-256 that `pipeline/sentiment_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as f
from train_portrayal import (
    CLIP,
    DECAY,
    HEAD_RATE,
    RATE,
    ROLE_SENTENCES,
    SMOOTHING,
    WARM_UP,
    Row,
    held_out,
    role_rows,
    sentiment_rows,
)

from pipeline.embed import WEIGHTS, load_tokenizer, transformer_folder
from pipeline.evaluate import macro_f1
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

PASSES, BATCH, DROPOUT = 6, 16, 0.15
HINTS = 1600  # of NewsMTSC's sentences, evenly drawn: above all they show what has no role
Weights = dict[str, torch.Tensor]


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
    allowed = torch.zeros(found.shape, dtype=torch.bool)
    for i, may in enumerate(may for one in part for may in one.row.roles):
        allowed[i, list(may)] = True
    weight = torch.tensor([one.row.role_weight for one in part for _ in one.row.roles])
    logs = torch.log_softmax(found, 1)
    likely = torch.logsumexp(logs.masked_fill(~allowed, float("-inf")), 1)
    return -(weight * ((1 - SMOOTHING) * likely + SMOOTHING * logs.mean(1))).sum() / len(found)


def batches(rows: Sequence[Seen], rng: random.Random) -> Iterator[list[Seen]]:
    order = sorted(rows, key=lambda one: len(one.hidden) + rng.uniform(-6, 6))
    parts = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(parts)
    yield from parts


def train(rows: Sequence[Seen], shipped: Weights, *, seed: int) -> Weights:
    """The layer and the head, as `ROLE_LAYER` + "0.…" and "roles.…"; the layer begins as the shipped last one."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    last = layer_weights(shipped, LAYERS - 1, "layer.")
    p = {f"{ROLE_LAYER}0.{name}": w.clone() for name, w in last.items()}
    p |= {"roles.weight": torch.randn(len(ROLES), 2 * WIDTH) * 0.02, "roles.bias": torch.zeros(len(ROLES))}
    p = {name: w.requires_grad_() for name, w in p.items()}
    inner, head = ([w for k, w in p.items() if k.startswith(ROLE_LAYER) is is_layer] for is_layer in (True, False))
    optimizer = torch.optim.AdamW(
        [{"params": inner, "lr": RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=DECAY
    )
    steps = PASSES * math.ceil(len(rows) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / (WARM_UP * steps), (steps - s) / ((1 - WARM_UP) * steps))
    )
    for number in range(PASSES):
        summed = 0.0
        for part in batches(rows, rng):
            loss = loss_of(scores(p, part, drop=DROPOUT), part)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(list(p.values()), CLIP)
            optimizer.step()
            schedule.step()
            summed += float(loss.detach())
        print(f"pass {number}: loss {summed * BATCH / len(rows):.3f}", file=sys.stderr)
    return {name: w.detach() for name, w in p.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=load_settings().evaluation_data)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = load_tokenizer(transformer_folder(), max_tokens=MAX_TOKENS)
    path = WEIGHTS / "portrayal.safetensors"
    shipped = {name: w.float() for name, w in load_file(path).items()}
    hints = sentiment_rows(options.data / "gold" / "portrayal_train.jsonl.gz", tokenizer)
    own, kept = role_rows(ROLE_SENTENCES, tokenizer), []
    if options.check:
        own, kept = held_out(own)
    rows = seen([*own, *hints[:: max(1, len(hints) // HINTS)]], shipped)
    p = train(rows, shipped, seed=options.seed)
    if options.check:
        with torch.inference_mode():
            found = np.concatenate([scores(p, [one], drop=0.0).argmax(1).numpy() for one in seen(kept, shipped)])
        true = [may[0] for row in kept for may in row.roles]
        print("role macro-F1", macro_f1(true, found.tolist(), range(len(ROLES))), len(true))
        return
    others = {k: w for k, w in shipped.items() if not k.startswith((ROLE_LAYER, "roles."))}
    save_file({k: w.half().contiguous() for k, w in (others | p).items()}, path)
    print(path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
