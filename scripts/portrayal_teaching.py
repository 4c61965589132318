"""What teaches portrayal beside the labels: a large network's judgement of many targets that nobody labelled.

Two of all-mpnet-base-v2 are trained, all their layers, on what is labelled: each reads a name, and the sentence with
the name marked, and gives sentiment and role. The small network learns their mean log-probabilities (Hinton et al.
2015, Distilling the knowledge in a neural network).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from pair_networks import LABEL_SMOOTHING, TEACHERS, scores, trained, without_embeddings
from portrayal_material import Text
from torch.nn import functional as f

from pipeline.large_cross_encoder import build_large_network, large_tokenizer, published_file
from pipeline.sentiment_model import POLARITIES, ROLES, Span

MAX_TOKENS = 192
SENTIMENT_COUNTS = 0.5  # beside a role, which is what is hard
# The one learns of our longer passages, too, at half the weight of others; the other does not.
LONG_COUNTS = (0.0, 0.5)


class Asked(NamedTuple):
    """A name, its sentence with the name marked, and what it is to learn."""

    claim: str
    text: str
    sentiment: int
    role: int
    weight: float


def asked(text: Text) -> list[Asked]:
    """One for each of its targets."""
    targets = zip(text.targets.spans, text.sentiments, text.roles, strict=True)
    return [
        Asked(*marked(text.targets.text, span), sentiment, role, text.weight) for span, sentiment, role in targets
    ]


def marked(text: str, span: Span) -> tuple[str, str]:
    start, end = span
    return text[start:end], f"{text[:start]}[ {text[start:end]} ]{text[end:]}"


def judged(learnt: Sequence[Text], texts: Sequence[Text]) -> np.ndarray:
    """float32, targets of `texts` × (POLARITIES, ROLES): the two's mean log-probabilities, taught by `learnt`."""
    wanted = [one for text in texts for one in asked(text)]
    found = []
    for seed, counts in enumerate(LONG_COUNTS):
        rows = [
            one._replace(weight=one.weight * (counts if text.source == "long" else 1.0))
            for text in learnt
            if counts or text.source != "long"
            for one in asked(text)
        ]
        found.append(log_probabilities(scores(_taught(rows, seed), wanted, RECIPE)))
    return np.asarray(np.mean(found, axis=0))


def log_probabilities(values: np.ndarray) -> np.ndarray:
    """Of scores, targets × (POLARITIES, ROLES)."""
    both = torch.from_numpy(values)
    return torch.cat([torch.log_softmax(part, 1) for part in both.split([len(POLARITIES), len(ROLES)], 1)], 1).numpy()


def _taught(rows: Sequence[Asked], seed: int) -> Any:
    def draw(_: random.Random) -> list[Asked]:
        return list(rows)

    return trained(RECIPE, draw, loss_of, seed=seed)


def loss_of(values: torch.Tensor, batch: Sequence[Asked]) -> torch.Tensor:
    """Cross-entropy, smoothed, with the sentiment and the role where they are known; the batch's mean."""
    weight = torch.tensor([one.weight for one in batch], device=values.device)
    total = torch.zeros(len(batch), device=values.device)
    sentiment, role = values.split([len(POLARITIES), len(ROLES)], 1)
    for part, known, counts in (
        (sentiment, [one.sentiment for one in batch], SENTIMENT_COUNTS),
        (role, [one.role for one in batch], 1.0),
    ):
        labels = torch.tensor(known, device=values.device)
        total = total + counts * f.cross_entropy(
            part, labels, ignore_index=-1, label_smoothing=LABEL_SMOOTHING, reduction="none"
        )
    return (weight * total).mean()


def _build() -> tuple[Any, list[Any]]:
    return without_embeddings(build_large_network(published_file, outputs=len(POLARITIES) + len(ROLES)))


@cache
def _tokenizer() -> Any:
    return large_tokenizer(published_file, MAX_TOKENS)


RECIPE = replace(TEACHERS[0], passes=3, build=_build, tokenizer=_tokenizer)
