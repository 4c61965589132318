"""The network of the thorough credit model as a `PairReader`: what the network that ships was taken from."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import torch

from pipeline.credit_model import THOROUGH_SHA256, CreditWeights
from pipeline.cross_encoder import MAX_TOKENS, PIECE_BITS
from pipeline.embed import WEIGHTS, load_tokenizer, transformer_folder
from pipeline.large_cross_encoder import LargeCrossEncoder, published_file
from pipeline.packed import pack, unpack
from pipeline.pruned_transformer import FIRST_POSITION, WIDTH, PairReader, Shape
from pipeline.schema import CREDIT_LABELS

DROPOUT = 0.1
SHAPES = [Shape(12, 3072)] * 12
# MPNet's own names of what a layer has.
NAMES = {
    "attention.query": "attention.attn.q", "attention.key": "attention.attn.k", "attention.value": "attention.attn.v",
    "attention.out": "attention.attn.o", "attention_norm": "attention.LayerNorm", "up": "intermediate.dense",
    "down": "output.dense", "norm": "output.LayerNorm",
}  # fmt: skip
# MiniLM's marks and MPNet's.
MARKS = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
PARTS = ("weight", "bias")


def thorough_reader() -> PairReader:
    """It reads MiniLM's word pieces, which are MPNet's but for the marks; their vectors in as few bits as ship."""
    weights = CreditWeights(WEIGHTS / "credit_thorough.safetensors", THOROUGH_SHA256)
    state = LargeCrossEncoder(weights.part("cross_encoder.")).arrays()
    published = json.loads(published_file("tokenizer.json"))["model"]["vocab"]
    own = load_tokenizer(transformer_folder(), max_tokens=None).get_vocab()
    vectors = state["transformer.embeddings.word_embeddings.weight"]
    rows = np.zeros((len(own), WIDTH), np.float32)
    for piece, number in own.items():
        rows[number] = vectors[published[MARKS.get(piece, piece)]]
    packed = pack(rows, PIECE_BITS)
    arrays = {"pieces.weight": unpack(packed["codes"], packed["scales"], PIECE_BITS)}
    positions = state["transformer.embeddings.position_embeddings.weight"]
    arrays["positions.weight"] = positions[FIRST_POSITION : FIRST_POSITION + MAX_TOKENS]
    arrays |= {f"norm.{part}": state[f"transformer.embeddings.LayerNorm.{part}"] for part in PARTS}
    arrays |= {f"head.{part}": state[f"head.{part}"] for part in PARTS}
    arrays |= layers(state, "transformer.")
    network = PairReader(SHAPES, pieces=len(own), positions=MAX_TOKENS, labels=len(CREDIT_LABELS), dropout=DROPOUT)
    network.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in arrays.items()})
    return network


def layers(state: Mapping[str, np.ndarray], prefix: str = "") -> dict[str, np.ndarray]:
    """The arrays of `PairReader`'s layers. state: MPNet's, under a prefix."""
    out = {}
    relative = state[f"{prefix}encoder.relative_attention_bias.weight"].T
    number = 0
    while f"{prefix}encoder.layer.{number}.output.dense.weight" in state:
        out[f"layers.{number}.attention.relative"] = relative
        for ours, theirs in NAMES.items():
            for part in PARTS:
                out[f"layers.{number}.{ours}.{part}"] = state[f"{prefix}encoder.layer.{number}.{theirs}.{part}"]
        number += 1
    return out
