"""Reads a claim and a sentence together: what does the sentence do with the claim?

[CLS] claim [SEP] sentence [SEP] in the word pieces of all-MiniLM-L6-v2, whose tokenizer Parallax has anyway; the mean
over all of them of what a transformer makes of each; one linear layer to the four labels. The transformer was
all-mpnet-base-v2 (Apache-2.0; MPNet, Song et al. 2020), of which `scripts/credit_networks.py` left a fifth, taught by
the whole. It ships with Parallax, its matrices in few bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.embed import load_tokenizer, readable, transformer_folder
from pipeline.errors import WorkError
from pipeline.packed import unpack
from pipeline.schema import CREDIT_LABELS

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

    from pipeline.pruned_transformer import PairReader

Encoded = tuple[list[int], list[int]]  # word pieces and segments of a pair
# Claim and sentence together: news sentences of 60 words and a claim of 15 fit; of longer ones the end
# of the sentence is cut.
MAX_TOKENS = 96
# Word pieces in one batch, padding included: larger batches are no faster on CPU and pad more.
BATCH_TOKENS = 1536
# In how many bits the vectors of word pieces and the layers' matrices ship.
PIECE_BITS, LAYER_BITS = 4, 5


class CrossEncoder:
    """Log-probabilities of the labels for pairs of a claim and a sentence.

    weights: of `PairReader`, as `scripts/train_credit.py` writes them: matrices in few bits as `.codes` and `.scales`
    (`packed.py`), all else as float16. device: where torch reads with them.
    """

    padding = 0  # the word piece that fills a batch's shorter pairs

    def __init__(self, weights: Mapping[str, np.ndarray], *, device: str = "cpu") -> None:
        self._weights, self._device = weights, device

    @cached_property
    def _network(self) -> Any:
        network = pair_reader(self._weights)
        # Rows are few of a batch: they are widened when they are read.
        network.pieces.half()
        return network.to(self._device).eval()

    def log_probabilities(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """float32, pairs × labels in the order of CREDIT_LABELS, for pairs of claim and sentence.

        Pairs are read in an order of their own, so that the same pair gets the same figures, to rounding,
        whatever stands around it.
        """
        import torch

        out = np.zeros((len(pairs), len(CREDIT_LABELS)), np.float32)
        if not len(pairs):
            return out
        encoded = encode_pairs(pairs, self._tokenizer)
        order = sorted(range(len(pairs)), key=lambda i: (len(encoded[i][0]), pairs[i]))
        with torch.inference_mode():
            for rows in batches(order, [len(ids) for ids, _ in encoded]):
                inputs = padded([encoded[i] for i in rows], self.padding)
                logits = self._scores(*(values.to(self._device) for values in inputs))
                out[rows] = torch.log_softmax(logits, 1).cpu().numpy()
        return out

    def _scores(self, ids: torch.Tensor, _segments: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """pairs × labels."""
        scores, _ = self._network(ids, mask)
        return scores  # type: ignore[no-any-return]

    @property
    def _tokenizer(self) -> Tokenizer:
        return pair_tokenizer()


def encode_pairs(pairs: Sequence[tuple[str, str]], tokenizer: Tokenizer) -> list[Encoded]:
    """Word pieces and segments (0 claim, 1 sentence) of each pair."""
    encoded = tokenizer.encode_batch([(readable(a), readable(b)) for a, b in pairs])
    return [(e.ids, e.type_ids) for e in encoded]


@cache
def pair_tokenizer() -> Tokenizer:
    return truncating(load_tokenizer(transformer_folder(), max_tokens=None), MAX_TOKENS)


def truncating(tokenizer: Tokenizer, pieces: int) -> Tokenizer:
    """The tokenizer without padding, cutting the longer of a pair first."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(pieces, strategy="longest_first")
    return tokenizer


def batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Rows in an order of rising length, cut so that no padded batch exceeds BATCH_TOKENS."""
    out: list[list[int]] = []
    for row in order:
        if out and (len(out[-1]) + 1) * lengths[row] <= BATCH_TOKENS:
            out[-1].append(row)
        else:
            out.append([row])
    return out


def padded(encoded: Sequence[Encoded], padding: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Word pieces, segments and mask of a batch, padded to its longest."""
    import torch

    shape = (len(encoded), max(len(ids) for ids, _ in encoded))
    ids, segments, mask = np.full(shape, padding), np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    for row, (pieces, kinds) in enumerate(encoded):
        ids[row, : len(pieces)], segments[row, : len(kinds)], mask[row, : len(pieces)] = pieces, kinds, 1
    return torch.from_numpy(ids), torch.from_numpy(segments), torch.from_numpy(mask)


def unpacked(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """float32: what ships, by the names of `PairReader`'s arrays."""
    out = {}
    for name, values in weights.items():
        matrix, _, part = name.rpartition(".")
        if part == "codes":
            bits = PIECE_BITS if matrix.startswith("pieces.") else LAYER_BITS
            out[matrix] = unpack(values, weights[f"{matrix}.scales"], bits)
        elif part != "scales":
            out[name] = values.astype(np.float32)
    return out


def pair_reader(packed: Mapping[str, np.ndarray]) -> PairReader:
    """The network with what ships. Raises WorkError where arrays are missing or unknown."""
    import torch

    from pipeline.pruned_transformer import PairReader, Shape

    try:
        weights = unpacked(packed)
        layers = sum(name.endswith(".attention.relative") for name in weights)
        shapes = [
            Shape(len(weights[f"layers.{i}.attention.relative"]), len(weights[f"layers.{i}.up.bias"]))
            for i in range(layers)
        ]
        network = PairReader(
            shapes,
            pieces=len(weights["pieces.weight"]),
            positions=len(weights["positions.weight"]),
            labels=len(weights["head.bias"]),
        )
        network.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()})
    except (KeyError, RuntimeError) as error:
        raise WorkError(
            "the cross-encoder's weights lack arrays or have unknown ones: they are of another version; "
            f"install Parallax anew ({error})"
        ) from error
    return network


def pair_network(transformer: Any, labels: int, *, segments: bool) -> Any:
    """A transformer under the mean over all word pieces and one linear layer. segments: whether it is told which
    pieces are the claim's and which the sentence's.
    """
    from torch import nn

    class PairNetwork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer
            self.dropout = nn.Dropout(0.1)
            self.head = nn.Linear(transformer.config.hidden_size, labels)

        def forward(self, ids: torch.Tensor, kinds: torch.Tensor, mask: torch.Tensor) -> Any:
            told = {"token_type_ids": kinds} if segments else {}
            hidden = self.transformer(input_ids=ids, attention_mask=mask, **told).last_hidden_state
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            return self.head(self.dropout(mean))

    return PairNetwork()
