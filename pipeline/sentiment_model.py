"""Reads how a sentence treats a target in it: sentiment towards it, and the role it gives it.

The embeddings and lower layers of all-MiniLM-L6-v2 (Apache-2.0) read a sentence. A learnt marker is then added at its
targets' word pieces, and the upper layers, trained by `scripts/train_portrayal.py`, read on from there; roles have a
last layer of their own. A target's sentiment and role come from the mean over its pieces beside the mean over the
sentence. English only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.embed import TRANSFORMER_SHA256, WEIGHTS, load_tokenizer, readable, transformer_folder, verified

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

PORTRAYAL_SHA256 = "983bc01e6f8386be5ba2266dd148a4546e9c902c8f5b015a1e80a6bbf9d2ff2b"
POLARITIES = (-1, 0, 1)
ROLES = ("protagonist", "antagonist", "innocent", "none")
LAYERS, HEADS, WIDTH = 6, 12, 384
# Trained: layers 2 to 5. Two more would double what ships; one less costs accuracy.
FIRST_TRAINED = 2
# The layer beside the last one that reads roles, trained with the others: one more would slow reading.
ROLE_LAYER = "role_layer."
# A longer text is read only this near to each target: what stands further off says little about it.
WINDOW_CHARACTERS = 420
MAX_TOKENS = 256
# Word pieces in one batch, padding included: larger batches are no faster on CPU and pad more.
BATCH_TOKENS = 1536

Span = tuple[int, int]


@dataclass(frozen=True)
class Targets:
    """A sentence and the targets in it, each a [start, end) of its text."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Portrayal:
    """Row-aligned with the targets, those of one text after another. sentiment: targets × 3 probabilities of
    −1, 0, 1; roles: targets × 4, as ROLES.
    """

    sentiment: np.ndarray
    roles: np.ndarray

    @property
    def polarity(self) -> np.ndarray:
        """The likeliest of −1, 0 and 1, int64."""
        return np.asarray(np.array(POLARITIES, np.int64)[self.sentiment.argmax(1)])


@dataclass(frozen=True)
class Encoded:
    """A text's word pieces (with [CLS] and [SEP]), and for each target which of them it has."""

    ids: tuple[int, ...]
    pieces: tuple[tuple[int, ...], ...]


def windows(targets: Targets) -> list[Targets]:
    """The text whole if it is short; if not, one window for each target, cut at blanks."""
    if len(targets.text) <= 2 * WINDOW_CHARACTERS:
        return [targets]
    return [_window(targets.text, *span) for span in targets.spans]


def _window(text: str, start: int, end: int) -> Targets:
    begin, finish = max(start - WINDOW_CHARACTERS, 0), min(end + WINDOW_CHARACTERS, len(text))
    if begin > 0 and (blank := text.find(" ", begin, start)) >= 0:
        begin = blank + 1
    if finish < len(text) and (blank := text.rfind(" ", end, finish)) >= 0:
        finish = blank
    return Targets(text[begin:finish], ((start - begin, end - begin),))


def encode(texts: Sequence[Targets], tokenizer: Tokenizer) -> list[Encoded]:
    """The word pieces of each text. A target without a piece (cut off, or unreadable) is [CLS]'s."""
    out = []
    for text, found in zip(texts, tokenizer.encode_batch([readable(t.text) for t in texts]), strict=True):
        out.append(Encoded(tuple(found.ids), tuple(_pieces(found.offsets, span) for span in text.spans)))
    return out


def _pieces(offsets: Sequence[Span], span: Span) -> tuple[int, ...]:
    inside = tuple(i for i, (a, b) in enumerate(offsets) if a < span[1] and b > span[0] and b > a)
    return inside or (0,)


def layer(hidden: torch.Tensor, bias: torch.Tensor, w: dict[str, torch.Tensor], *, drop: float = 0.0) -> Any:
    """One BERT layer (Devlin et al. 2019): attention and feed-forward, each with residual and norm.

    hidden: batch × tokens × WIDTH; bias: batch × 1 × 1 × tokens, −inf at padding. drop: dropout, for training.
    """
    from torch.nn import functional as f

    n, t, _ = hidden.shape
    q, k, v = (
        f.linear(hidden, w[f"attention.self.{part}.weight"], w[f"attention.self.{part}.bias"])
        .view(n, t, HEADS, WIDTH // HEADS)
        .transpose(1, 2)
        for part in ("query", "key", "value")
    )
    mixed = f.scaled_dot_product_attention(q, k, v, attn_mask=bias, dropout_p=drop)
    mixed = mixed.transpose(1, 2).reshape(n, t, WIDTH)
    for inner, block in ((mixed, "attention.output"), (None, "output")):
        if inner is None:
            inner = f.gelu(f.linear(hidden, w["intermediate.dense.weight"], w["intermediate.dense.bias"]))
        out = f.linear(inner, w[f"{block}.dense.weight"], w[f"{block}.dense.bias"])
        out = f.dropout(out, drop) if drop else out
        hidden = f.layer_norm(
            hidden + out, (WIDTH,), w[f"{block}.LayerNorm.weight"], w[f"{block}.LayerNorm.bias"], 1e-12
        )
    return hidden


def padded(texts: Sequence[tuple[int, ...]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Word pieces as one matrix, and which of it is not padding."""
    import torch

    width = max(map(len, texts))
    ids = torch.tensor([[*text, *([0] * (width - len(text)))] for text in texts])
    return ids, torch.arange(width)[None] < torch.tensor([len(text) for text in texts])[:, None]


def padding_bias(mask: torch.Tensor) -> Any:
    """batch × 1 × 1 × tokens: 0 at word pieces, −inf at padding. mask: batch × tokens, flags."""
    import torch

    return torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))[:, None, None, :]


def flags(rows: Sequence[Encoded], width: int) -> tuple[torch.Tensor, torch.Tensor]:
    """targets × width: which word pieces each target has; and the row that each target is in."""
    import torch

    targets = [pieces for row in rows for pieces in row.pieces]
    marked = torch.zeros(len(targets), width, dtype=torch.bool)
    marked[
        [i for i, pieces in enumerate(targets) for _ in pieces], [piece for pieces in targets for piece in pieces]
    ] = True
    return marked, torch.tensor([i for i, row in enumerate(rows) for _ in row.pieces])


def with_marker(hidden: torch.Tensor, marked: torch.Tensor, row: torch.Tensor, marker: torch.Tensor) -> Any:
    """hidden, the marker added once at every piece that any target has."""
    anywhere = hidden.new_zeros(hidden.shape[:2]).index_add(0, row, marked.to(hidden.dtype)).clamp(max=1)
    return hidden + anywhere[:, :, None] * marker


def pooled(hidden: torch.Tensor, mask: torch.Tensor, marked: torch.Tensor, row: torch.Tensor) -> Any:
    """targets × 2·WIDTH: the mean over the target's pieces beside the mean over its text."""
    import torch

    def mean(values: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
        weight = where.to(values.dtype)[:, :, None]
        return (values * weight).sum(1) / weight.sum(1)

    return torch.cat([mean(hidden[row], marked), mean(hidden, mask)[row]], 1)


def published_weights() -> dict[str, torch.Tensor]:
    """The published weights, checked against their hash."""
    from safetensors.torch import load_file

    path = verified(transformer_folder() / "model.safetensors", TRANSFORMER_SHA256, what="the transformer's weights")
    return load_file(str(path))


def layer_weights(weights: dict[str, torch.Tensor], number: int, prefix: str) -> dict[str, torch.Tensor]:
    """The weights of one layer, by their names within it."""
    prefix = f"{prefix}{number}."
    return {name.removeprefix(prefix): w for name, w in weights.items() if name.startswith(prefix)}


def embedded(ids: torch.Tensor, weights: dict[str, torch.Tensor]) -> Any:
    """batch × tokens × WIDTH: the embeddings of word pieces at their positions."""
    from torch.nn import functional as f

    hidden = f.embedding(ids, weights["embeddings.word_embeddings.weight"])
    hidden = hidden + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
    hidden = hidden + weights["embeddings.token_type_embeddings.weight"][0]
    norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
    return f.layer_norm(hidden, (WIDTH,), *norm, 1e-12)


class SentimentModel:
    """The whole model, loaded when first asked. Another weights file is taken only with its own `sha256`."""

    name = "target-dependent sentiment and roles on all-MiniLM-L6-v2"

    def __init__(self, weights: Path = WEIGHTS / "portrayal.safetensors", *, sha256: str = PORTRAYAL_SHA256) -> None:
        self._path, self._sha256 = weights, sha256

    @property
    def hash(self) -> str:
        return f"portrayal-{self._sha256[:16]}"

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(transformer_folder(), max_tokens=MAX_TOKENS)

    @cached_property
    def _lower(self) -> dict[str, torch.Tensor]:
        return published_weights()

    @cached_property
    def _upper(self) -> dict[str, torch.Tensor]:
        from safetensors.torch import load_file

        path = verified(self._path, self._sha256, what="the portrayal weights")
        return {name: weight.float() for name, weight in load_file(str(path)).items()}

    @cached_property
    def _layers(self) -> list[dict[str, torch.Tensor]]:
        frozen = [layer_weights(self._lower, i, "encoder.layer.") for i in range(FIRST_TRAINED)]
        return frozen + [layer_weights(self._upper, i, "layer.") for i in range(FIRST_TRAINED, LAYERS)]

    def read(self, sentences: Sequence[Targets]) -> Portrayal:
        """Sentiment towards, and role of, each target, in their order.

        The targets of one text are read together: each is marked, and each answers for itself. Figures do
        not depend on other texts, but for rounding in the last digits.
        """
        import torch

        encoded = encode([w for targets in sentences for w in windows(targets)], self._tokenizer)
        first = np.cumsum([0, *(len(e.pieces) for e in encoded)])
        sentiment = np.zeros((int(first[-1]), len(POLARITIES)), np.float32)
        roles = np.zeros((int(first[-1]), len(ROLES)), np.float32)
        with torch.inference_mode():
            for rows in batches(encoded):
                where = np.concatenate([np.arange(first[i], first[i + 1]) for i in rows])
                for out, head, seen in zip(
                    (sentiment, roles), ("sentiment", "roles"), self._seen([encoded[i] for i in rows]), strict=True
                ):
                    scores = seen @ self._upper[f"{head}.weight"].T + self._upper[f"{head}.bias"]
                    out[where] = torch.softmax(scores, 1).numpy()
        return Portrayal(sentiment, roles)

    def _seen(self, rows: Sequence[Encoded]) -> tuple[Any, Any]:
        """targets × 2·WIDTH: what the layers make of a batch, for sentiment and for roles."""
        ids, mask = padded([row.ids for row in rows])
        marked, row = flags(rows, ids.shape[1])
        hidden, bias = embedded(ids, self._lower), padding_bias(mask)
        for number, weights in enumerate(self._layers[:-1]):
            if number == FIRST_TRAINED:
                hidden = with_marker(hidden, marked, row, self._upper["marker"])
            hidden = layer(hidden, bias, weights)
        ends = (self._layers[-1], layer_weights(self._upper, 0, ROLE_LAYER))
        of_sentiment, of_roles = (pooled(layer(hidden, bias, end), mask, marked, row) for end in ends)
        return of_sentiment, of_roles


def batches(encoded: Sequence[Encoded]) -> Iterator[list[int]]:
    """Positions of texts, those of similar length together, BATCH_TOKENS at most; those without targets out."""
    wanted = [i for i, e in enumerate(encoded) if e.pieces]
    part: list[int] = []
    for i in sorted(wanted, key=lambda i: (len(encoded[i].ids), encoded[i].ids)):
        if part and (len(part) + 1) * len(encoded[i].ids) > BATCH_TOKENS:
            yield part
            part = []
        part.append(i)
    if part:
        yield part
