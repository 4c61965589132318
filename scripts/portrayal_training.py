"""What `train_portrayal.py` and `train_roles.py` share: rows, batches, the loss of roles, the steps."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch

from pipeline.evaluate import read_rows
from pipeline.sentiment_model import POLARITIES, ROLES, Encoded, Targets, encode, windows

BATCH, WARM_UP = 16, 0.1
RATE, HEAD_RATE, DECAY, CLIP = 1e-4, 1e-3, 0.01, 1.0
SMOOTHING = 0.05
# A sentiment says something of the role: who is spoken of ill is antagonist or innocent, who plainly, none.
ROLES_OF = {-1: (1, 2), 0: (3,), 1: (0,)}
HINT_WEIGHT = 0.3
TRAINING = Path(__file__).resolve().parents[1] / "corpora" / "training"
ROLE_SENTENCES = TRAINING / "role_sentences.jsonl"

Weights = dict[str, torch.Tensor]
Some = TypeVar("Some")


@dataclass(frozen=True)
class Row:
    """A text and, for each target, its sentiment (index into POLARITIES; −1: not labelled) and the roles that
    it may have (indices into ROLES), which count `role_weight`.
    """

    encoded: Encoded
    sentiments: tuple[int, ...]
    roles: tuple[tuple[int, ...], ...]
    role_weight: float


def sentiment_rows(path: Path, tokenizer: Any) -> list[Row]:
    """NewsMTSC's sentences."""
    labels = POLARITIES.index
    return [
        Row(
            encoded,
            tuple(labels(t["polarity"]) for t in targets),
            tuple(ROLES_OF[t["polarity"]] for t in targets),
            HINT_WEIGHT,
        )
        for encoded, targets in _encoded(read_rows(path), tokenizer)
    ]


def role_rows(texts: Sequence[dict[str, Any]], tokenizer: Any) -> list[Row]:
    """Our own role texts: {"text", "targets": [{"start", "end", "role"}]}."""
    labels = ROLES.index
    return [
        Row(encoded, (-1,) * len(targets), tuple((labels(t["role"]),) for t in targets), 1.0)
        for encoded, targets in _encoded(texts, tokenizer)
    ]


def _encoded(texts: Sequence[dict[str, Any]], tokenizer: Any) -> Iterator[tuple[Encoded, list[dict[str, Any]]]]:
    """Each text with its targets; of a text too long for one window, the windows."""
    for row in texts:
        whole = Targets(row["text"], tuple((t["start"], t["end"]) for t in row["targets"]))
        parts, targets = encode(windows(whole), tokenizer), list(row["targets"])
        for part in parts:
            yield part, [targets.pop(0) for _ in part.pieces]


def part_of(key: object, parts: int) -> int:
    """Which of so many parts a thing falls into, by its hash: the same in every run."""
    return hashlib.sha256(json.dumps(key).encode()).digest()[0] % parts


def role_likelihood(scores: torch.Tensor, rows: Sequence[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Log-probabilities of roles (targets × roles); those of the roles a target may have, summed; its weight."""
    allowed = torch.zeros(scores.shape, dtype=torch.bool)
    for i, may in enumerate(may for row in rows for may in row.roles):
        allowed[i, list(may)] = True
    weight = torch.tensor([row.role_weight for row in rows for _ in row.roles])
    logs = torch.log_softmax(scores, 1)
    return logs, torch.logsumexp(logs.masked_fill(~allowed, float("-inf")), 1), weight


def batches(
    rows: Sequence[Some], rng: random.Random, *, length: Callable[[Some], int], jitter: int
) -> list[list[Some]]:
    """One pass: rows of similar length together, batches in random order."""
    order = sorted(rows, key=lambda row: length(row) + rng.uniform(-jitter, jitter))
    parts = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(parts)
    return parts


class Learning:
    """AdamW over weights, with warm-up and decline. layers: how the names of those begin that learn slowly."""

    def __init__(self, p: Weights, *, layers: str, steps: int) -> None:
        self._all = list(p.values())
        inner, head = ([w for k, w in p.items() if k.startswith(layers) is slow] for slow in (True, False))
        groups = [{"params": inner, "lr": RATE}, {"params": head, "lr": HEAD_RATE}]
        self._optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda s: min((s + 1) / (WARM_UP * steps), (steps - s) / ((1 - WARM_UP) * steps))
        )

    def step(self, loss: torch.Tensor) -> None:
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._all, CLIP)
        self._optimizer.step()
        self._schedule.step()
