"""Trains what reads two texts together, such as a claim and a sentence: a large transformer's layers, or what is
added to them.

AdamW, the learning rate up and then down to 0; on a GPU where there is one: a quarter of an hour on an H100 for
either with its teachers. Without a GPU it is a matter of days.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import torch
from torch import nn

from pipeline.cross_encoder import CrossEncoder, encode_pairs, padded
from pipeline.large_cross_encoder import (
    ADAPTED,
    PADDING,
    LargeCrossEncoder,
    build_large_network,
    large_tokenizer,
    published_file,
)

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
HEAD_LEARNING_RATE, WEIGHT_DECAY = 1e-3, 0.01
WARM_UP = 0.1
LABEL_SMOOTHING = 0.05
# What is added to a layer of the large transformer is a product of this rank, counted so many times.
RANK, COUNTED = 16, 2.0

READ_AT_ONCE = 256  # pairs

Weights = Mapping[str, np.ndarray]
Some = TypeVar("Some", bound="Pair")


class Pair(Protocol):
    """What is read together, a claim or a name first."""

    @property
    def claim(self) -> str: ...

    @property
    def text(self) -> str: ...


class Example(NamedTuple):
    """One wording of a claim, a sentence, and what it is to learn: a label, the probabilities of all, or both."""

    claim: str
    text: str
    label: int = -1
    soft: tuple[float, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """How a cross-encoder is trained, kept and read with."""

    passes: int
    batch: int
    learning_rate: float
    decay: float  # of the layers' weights; the head's is WEIGHT_DECAY
    padding: int
    build: Callable[[], tuple[Any, list[Any]]]  # the network, and its parameters that learn slowly
    tokenizer: Callable[[], Any]
    weights: Callable[[Any], dict[str, np.ndarray]]  # float16, as the reader takes them
    reader: Callable[[Weights], CrossEncoder]


def train(recipe: Recipe, draw: Callable[[random.Random], list[Example]], *, seed: int) -> dict[str, np.ndarray]:
    """The trained weights. draw: gives the examples of one pass."""
    return recipe.weights(trained(recipe, draw, loss_of, seed=seed))


def trained(
    recipe: Recipe,
    draw: Callable[[random.Random], list[Some]],
    loss_of: Callable[[torch.Tensor, Sequence[Some]], torch.Tensor],
    *,
    seed: int,
) -> Any:
    """The trained network. loss_of: of the scores of a batch (pairs × outputs), and its pairs."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network, layers = recipe.build()
    network.to(DEVICE).train()
    head = list(network.head.parameters())
    optimiser = torch.optim.AdamW(
        [
            {"params": layers, "lr": recipe.learning_rate, "weight_decay": recipe.decay},
            {"params": head, "lr": HEAD_LEARNING_RATE, "weight_decay": WEIGHT_DECAY},
        ]
    )
    drawn = [batched(draw(rng), recipe.batch, rng) for _ in range(recipe.passes)]
    steps = sum(map(len, drawn))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: up_and_down(step / steps))
    for number, batches in enumerate(drawn, 1):
        begin, losses = time.perf_counter(), []
        for batch in batches:
            inputs = padded(
                encode_pairs([(row.claim, row.text) for row in batch], recipe.tokenizer()), recipe.padding
            )
            with torch.autocast(DEVICE, torch.bfloat16, enabled=DEVICE == "cuda"):
                logits = network(*(values.to(DEVICE) for values in inputs))
            loss = loss_of(logits.float(), batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*layers, *head], 1)
            optimiser.step()
            schedule.step()
            losses.append(loss.detach())
        mean = float(torch.stack(losses).mean())
        print(f"  pass {number}: loss {mean:.3f}, {time.perf_counter() - begin:.0f} s", flush=True)
    return network.eval()


def scores(network: Any, pairs: Sequence[Pair], recipe: Recipe) -> np.ndarray:
    """float32, pairs × outputs: what a trained network makes of them."""
    encoded = encode_pairs([(pair.claim, pair.text) for pair in pairs], recipe.tokenizer())
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i][0]))
    found: list[torch.Tensor] = []
    with torch.inference_mode(), torch.autocast(DEVICE, torch.bfloat16, enabled=DEVICE == "cuda"):
        for begin in range(0, len(order), READ_AT_ONCE):
            inputs = padded([encoded[i] for i in order[begin : begin + READ_AT_ONCE]], recipe.padding)
            found.append(network(*(values.to(DEVICE) for values in inputs)).float().cpu())
    out = np.empty((len(pairs), found[0].shape[1]), np.float32)
    out[order] = torch.cat(found).numpy()
    return out


def loss_of(logits: torch.Tensor, batch: Sequence[Example]) -> torch.Tensor:
    """Cross-entropy with the labels, smoothed, and with the probabilities, where there are some; the batch's mean."""
    labels = torch.tensor([row.label for row in batch], device=logits.device)
    with_labels = nn.CrossEntropyLoss(ignore_index=-1, label_smoothing=LABEL_SMOOTHING, reduction="sum")
    none = (0.0,) * logits.shape[1]
    soft = torch.tensor([row.soft or none for row in batch], device=logits.device)
    return (with_labels(logits, labels) - (soft * torch.log_softmax(logits, 1)).sum()) / len(batch)


def batched(pairs: list[Some], size: int, rng: random.Random) -> list[list[Some]]:
    """Batches of pairs of like length, in random order: less padding."""
    rng.shuffle(pairs)
    out = []
    for begin in range(0, len(pairs), 16 * size):
        chunk = sorted(pairs[begin : begin + 16 * size], key=lambda pair: len(pair.claim) + len(pair.text))
        out += [chunk[i : i + size] for i in range(0, len(chunk), size)]
    rng.shuffle(out)
    return out


def up_and_down(done: float) -> float:
    """The learning rate's factor: up over the first tenth, then down to 0."""
    return done / WARM_UP if done < WARM_UP else max(0.0, (1 - done) / (1 - WARM_UP))


def _teacher() -> tuple[Any, list[Any]]:
    return without_embeddings(build_large_network(published_file))


def without_embeddings(network: Any) -> tuple[Any, list[Any]]:
    """A network whose embeddings stay as they are, and what of it learns."""
    network.transformer.embeddings.requires_grad_(False)
    return network, list(network.transformer.encoder.parameters())


def _whole_weights(network: Any) -> dict[str, np.ndarray]:
    state = network.state_dict().items()
    return {name: v.cpu().numpy().astype(np.float16) for name, v in state if "embeddings" not in name}


class Added(nn.Module):
    """A linear layer, which stays as it is, and the product that is learnt beside it."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.randn(RANK, linear.in_features) / linear.in_features**0.5)
        self.b = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, inputs: torch.Tensor) -> Any:
        return self.linear(inputs) + (inputs @ self.a.T @ self.b.T) * COUNTED


def _large() -> tuple[Any, list[Any]]:
    """Everything published is frozen; each adapted layer has a product beside it."""
    network = build_large_network(published_file)
    network.transformer.requires_grad_(False)
    added = []
    for layer in network.transformer.encoder.layer:
        for name in ADAPTED:
            parent = layer.get_submodule(name.rpartition(".")[0])
            module = Added(layer.get_submodule(name))
            setattr(parent, name.rpartition(".")[2], module)
            added += [module.a, module.b]
    return network, added


def _large_weights(network: Any) -> dict[str, np.ndarray]:
    learnt = ((name, values) for name, values in network.named_parameters() if values.requires_grad)
    counted = ((name, values * COUNTED if name.endswith(".b") else values) for name, values in learnt)
    return {name: values.detach().cpu().numpy().astype(np.float16) for name, values in counted}


@cache
def _large_tokenizer() -> Any:
    return large_tokenizer(published_file)


LARGE = Recipe(
    passes=2,
    batch=32,
    learning_rate=4e-4,
    decay=0.0,
    padding=PADDING,
    build=_large,
    tokenizer=_large_tokenizer,
    weights=_large_weights,
    reader=lambda weights: LargeCrossEncoder(weights, device=DEVICE),
)
# Their weights stay where they are made: two trainings that differ in their rate, length and seed.
TEACHERS = tuple(
    replace(LARGE, passes=passes, learning_rate=rate, decay=WEIGHT_DECAY, build=_teacher, weights=_whole_weights)
    for passes, rate in ((4, 3e-5), (3, 4e-5))
)
