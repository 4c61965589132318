"""A transformer whose layers have as many heads and inner units as are worth their cost, reading pairs of texts.

MPNet's (Song et al. 2020), layer by layer: attention over positions relative to one another, layer norms after each
part. What a layer lacks was taken out by `scripts/pruning.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

WIDTH, HEAD = 768, 64  # of a word piece's vector, and of what a head makes of it
BUCKETS, FAR = 32, 128  # relative positions are told apart in so many ways, and not beyond that far
FIRST_POSITION = 2  # MPNet counts positions from here


class Shape(NamedTuple):
    """What a layer has."""

    heads: int
    inner: int


class Gates(NamedTuple):
    """Factors of what a layer's heads (pairs × heads) and inner units (pairs × units) give."""

    heads: torch.Tensor
    inner: torch.Tensor


class Attention(nn.Module):
    def __init__(self, heads: int, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, heads * HEAD) for _ in range(3))
        self.out = nn.Linear(heads * HEAD, WIDTH)
        self.relative = nn.Parameter(torch.zeros(heads, BUCKETS))
        self.dropout = dropout

    def forward(
        self, hidden: torch.Tensor, buckets: torch.Tensor, unseen: torch.Tensor, gates: torch.Tensor | None
    ) -> torch.Tensor:
        pairs, pieces, _ = hidden.shape
        query, key, value = (
            part(hidden).view(pairs, pieces, -1, HEAD).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        added = (self.relative[:, buckets][None] + unseen[:, None, None, :]).to(query.dtype)
        found = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=added, dropout_p=self.dropout if self.training else 0.0
        )
        if gates is not None:
            found = found * gates[:, :, None, None]
        return torch.as_tensor(self.out(found.transpose(1, 2).reshape(pairs, pieces, -1)))


class Layer(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.attention = Attention(shape.heads, dropout)
        self.attention_norm, self.norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.up, self.down = nn.Linear(WIDTH, shape.inner), nn.Linear(shape.inner, WIDTH)
        self.drop = nn.Dropout(dropout)

    def forward(
        self, hidden: torch.Tensor, buckets: torch.Tensor, unseen: torch.Tensor, gates: Gates | None
    ) -> torch.Tensor:
        found = self.attention(hidden, buckets, unseen, None if gates is None else gates.heads)
        hidden = self.attention_norm(hidden + self.drop(found))
        inner = functional.gelu(self.up(hidden))
        if gates is not None:
            inner = inner * gates.inner[:, None, :]
        return torch.as_tensor(self.norm(hidden + self.drop(self.down(inner))))

    @property
    def shape(self) -> Shape:
        return Shape(self.attention.relative.shape[0], self.up.out_features)


class PairReader(nn.Module):
    """Scores of labels for a batch of pairs: the mean over all word pieces of the last layer, under a linear one."""

    def __init__(
        self, shapes: Sequence[Shape], *, pieces: int, positions: int, labels: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.pieces = nn.Embedding(pieces, WIDTH)
        self.positions = nn.Embedding(positions, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(Layer(shape, dropout) for shape in shapes)
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, labels)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, gates: Sequence[Gates] | None = None
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Scores, pairs × labels; and what each layer gives, pairs × word pieces × WIDTH.

        ids: pairs × word pieces. mask: the same, 1.0 where there is one.
        """
        length = ids.shape[1]
        places = torch.arange(length, device=ids.device)
        hidden = self.drop(self.norm(self.pieces(ids).float() + self.positions(places).float()))
        unseen = (1 - mask) * -1e4
        buckets = relative_buckets(places)
        given = []
        for number, layer in enumerate(self.layers):
            hidden = layer(hidden, buckets, unseen, None if gates is None else gates[number])
            given.append(hidden)
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self.head(self.drop(mean)), given

    @property
    def shapes(self) -> list[Shape]:
        return [layer.shape for layer in self.layers if isinstance(layer, Layer)]


def relative_buckets(places: torch.Tensor) -> torch.Tensor:
    """places × places: in which way each is relative to each (rows: from, columns: to). Half of the buckets are for
    what follows; half of either half are exact, the rest grow by logarithm up to FAR."""
    distance = places[None, :] - places[:, None]
    half, exact = BUCKETS // 2, BUCKETS // 4
    size = distance.abs()
    far = exact + (torch.log(size.clamp(min=1) / exact) / math.log(FAR / exact) * (half - exact)).long()
    return torch.where(distance > 0, half, 0) + torch.where(size < exact, size, far.clamp(max=half - 1))
