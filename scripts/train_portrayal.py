"""Makes pipeline/weights/portrayal.safetensors: the upper layers that read sentiment and role of a target.

    python scripts/train_portrayal.py [--data FOLDER] [--check]

FOLDER (or the setting `evaluation_data`) has gold/portrayal_train.jsonl.gz: NewsMTSC's training sentences
(Hamborg and Donnay 2021, MIT). They shape the weights and are not part of Parallax. Roles are learnt from
corpora/training/role_sentences.jsonl, which is ours (the first FIRST_ROLES of them; `scripts/train_roles.py`,
run next, has them all). --check trains on nine tenths, writes nothing and
prints how the rest is read: choices are made on that. About a quarter of an hour on one core.
Prints the SHA-256 that `pipeline/sentiment_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from portrayal_training import (
    BATCH,
    ROLE_SENTENCES,
    SMOOTHING,
    Learning,
    Row,
    batches,
    part_of,
    role_likelihood,
    role_rows,
    sentiment_rows,
)
from safetensors.torch import save_file
from torch.nn import functional as f

from pipeline.embed import WEIGHTS, load_tokenizer, transformer_folder
from pipeline.evaluate import macro_f1, read_rows
from pipeline.sentiment_model import (
    FIRST_TRAINED,
    LAYERS,
    MAX_TOKENS,
    POLARITIES,
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

PASSES, DROPOUT = 4, 0.1
# The role sentences are few: each is drawn this often in a pass.
ROLE_REPEATS = 3
FIRST_ROLES = 397  # the sentences that there were when the shipped layers were trained


class Lower:
    """What the frozen layers make of each text, computed once, kept as float16."""

    def __init__(self, rows: Sequence[Row]) -> None:
        weights = published_weights()
        layers = [layer_weights(weights, i, "encoder.layer.") for i in range(FIRST_TRAINED)]
        unique = sorted({row.encoded.ids for row in rows}, key=len)
        self.kept: dict[tuple[int, ...], torch.Tensor] = {}
        with torch.inference_mode():
            for begin in range(0, len(unique), 32):
                part = unique[begin : begin + 32]
                ids, mask = padded(part)
                hidden = embedded(ids, weights)
                for w in layers:
                    hidden = layer(hidden, padding_bias(mask), w)
                for i, key in enumerate(part):
                    self.kept[key] = hidden[i, : len(key)].half().clone()

    def batch(self, rows: Sequence[Row]) -> tuple[torch.Tensor, torch.Tensor]:
        """hidden (batch × tokens × WIDTH) and mask."""
        _, mask = padded([row.encoded.ids for row in rows])
        hidden = torch.zeros(*mask.shape, WIDTH)
        for i, row in enumerate(rows):
            hidden[i, : len(row.encoded.ids)] = self.kept[row.encoded.ids]
        return hidden, mask


def parameters() -> dict[str, torch.Tensor]:
    """The trained layers as published, the marker at 0, and heads drawn small."""
    weights = published_weights()
    out = {
        f"layer.{i}.{k}": w
        for i in range(FIRST_TRAINED, LAYERS)
        for k, w in layer_weights(weights, i, "encoder.layer.").items()
    }
    out["marker"] = torch.randn(WIDTH) * 0.02
    for head, size in (("sentiment", len(POLARITIES)), ("roles", len(ROLES))):
        out[f"{head}.weight"] = torch.randn(size, 2 * WIDTH) * 0.02
        out[f"{head}.bias"] = torch.zeros(size)
    return {name: w.clone().requires_grad_() for name, w in out.items()}


def forward(
    p: dict[str, torch.Tensor], rows: Sequence[Row], lower: Lower, *, drop: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores of sentiment and of roles, a row a target."""
    hidden, mask = lower.batch(rows)
    marked, row = flags([r.encoded for r in rows], mask.shape[1])
    hidden, bias = with_marker(hidden, marked, row, p["marker"]), padding_bias(mask)
    for i in range(FIRST_TRAINED, LAYERS):
        hidden = layer(hidden, bias, layer_weights(p, i, "layer."), drop=drop)
    seen = f.dropout(pooled(hidden, mask, marked, row), drop)
    sentiment = f.linear(seen, p["sentiment.weight"], p["sentiment.bias"])
    return sentiment, f.linear(seen, p["roles.weight"], p["roles.bias"])


def loss_of(sentiment: torch.Tensor, roles: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
    """Cross-entropy over what each target is labelled for; where it may have several roles, over their sum."""
    wanted = torch.tensor([label for row in rows for label in row.sentiments])
    total = sentiment.sum() * 0
    if (wanted >= 0).any():
        total = f.cross_entropy(sentiment, wanted, ignore_index=-1, label_smoothing=SMOOTHING, reduction="sum")
    _, likely, weight = role_likelihood(roles, rows)
    return (total - (weight * likely).sum()) / len(roles)


def train(rows: Sequence[Row], role: Sequence[Row], lower: Lower, *, seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    rng = random.Random(seed)
    p = parameters()
    every = [*rows, *(list(role) * ROLE_REPEATS)]
    learning = Learning(p, layers="layer.", steps=PASSES * math.ceil(len(every) / BATCH))
    for n in range(PASSES):
        begin, summed = time.monotonic(), 0.0
        for i, part in enumerate(batches(every, rng, length=lambda row: len(row.encoded.ids), jitter=3)):
            loss = loss_of(*forward(p, part, lower, drop=DROPOUT), part)
            learning.step(loss)
            summed += float(loss.detach())
            if i % 100 == 99:
                print(
                    f"pass {n} batch {i + 1}: loss {summed / (i + 1):.3f}, {time.monotonic() - begin:.0f} s",
                    file=sys.stderr,
                )
    return {k: w.detach() for k, w in p.items()}


def predict(p: dict[str, torch.Tensor], rows: Sequence[Row], lower: Lower) -> tuple[np.ndarray, np.ndarray]:
    found = []
    with torch.inference_mode():
        for i in range(0, len(rows), 32):
            found.append([x.argmax(1).numpy() for x in forward(p, rows[i : i + 32], lower, drop=0.0)])
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def held_out(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Nine tenths, and the tenth whose text hashes to 0: a text's targets stay together."""
    tenth = [part_of(row.encoded.ids, 10) for row in rows]
    return [r for r, t in zip(rows, tenth, strict=True) if t], [r for r, t in zip(rows, tenth, strict=True) if not t]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=load_settings().evaluation_data)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = load_tokenizer(transformer_folder(), max_tokens=MAX_TOKENS)
    rows = sentiment_rows(options.data / "gold" / "portrayal_train.jsonl.gz", tokenizer)
    role = role_rows(read_rows(ROLE_SENTENCES)[:FIRST_ROLES], tokenizer)
    lower = Lower([*rows, *role])
    if options.check:
        (rows, kept), (role, kept_role) = held_out(rows), held_out(role)
        p = train(rows, role, lower, seed=options.seed)
        true, found = [x for r in kept for x in r.sentiments], predict(p, kept, lower)[0].tolist()
        print("sentiment macro-F1", macro_f1(true, found, range(3)), len(kept))
        if kept_role:
            true, found = [x[0] for r in kept_role for x in r.roles], predict(p, kept_role, lower)[1].tolist()
            print("role macro-F1", macro_f1(true, found, range(4)), len(kept_role))
        return
    p = train(rows, role, lower, seed=options.seed)
    path = WEIGHTS / "portrayal.safetensors"
    save_file({k: w.half().contiguous() for k, w in p.items()}, path)
    print(path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
