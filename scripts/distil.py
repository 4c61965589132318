"""Makes pipeline/weights/static.safetensors: static vectors distilled from all-MiniLM-L6-v2.

    python scripts/distil.py

After Model2Vec (Tulkens and van Dongen 2024): each word piece is read by the transformer on its own;
the vectors are centred, reduced by PCA, and weighted by how rare the piece is (SIF, Arora et al. 2017).
Rows follow the transformer's own vocabulary, so its tokenizer serves. Stored as int8 with a scale a row.
Takes half a minute on one core. Prints the SHA-256 that `pipeline/embed.py` has to name.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from pipeline.embed import TRANSFORMER_SHA256, WEIGHTS, transformer_folder, verified

DIMENSIONS = 256
# SIF: a piece of probability p weighs a / (a + p).
SIF = 1e-4
# The vocabulary's words stand by frequency from here on ("the"); before it come single characters.
FIRST_WORD = 1996
WORD_RANK_OF_PUNCTUATION = 5  # as frequent as the most frequent words
WORD_RANK_OF_CHARACTER = 200  # single letters and digits
WORD_RANK_OF_RARE_CHARACTER = 1500  # of other scripts


def piece_vectors(folder: Path, size: int, *, batch: int = 512) -> np.ndarray:
    """size × 384: the last layer at each word piece, read alone between [CLS] and [SEP]."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
    out = []
    with torch.inference_mode():
        for begin in range(0, size, batch):
            ids = torch.arange(begin, min(begin + batch, size))
            rows = torch.stack([torch.full_like(ids, 101), ids, torch.full_like(ids, 102)], 1)
            hidden = model(input_ids=rows, attention_mask=torch.ones_like(rows)).last_hidden_state
            out.append(hidden[:, 1].numpy())
    return np.concatenate(out)


def probabilities(vocabulary: list[str]) -> np.ndarray:
    """How likely each piece is, by Zipf's law (Mandelbrot's form) on its rank."""
    ranks = np.array([_rank(i, piece) for i, piece in enumerate(vocabulary)], float)
    return np.asarray(0.1 / (ranks + 2.7))


def _rank(position: int, piece: str) -> float:
    if position >= FIRST_WORD:
        return position - FIRST_WORD + 1
    if re.fullmatch(r"[.,;:!?'\"()\-’“”‘—–]", piece):
        return WORD_RANK_OF_PUNCTUATION
    return WORD_RANK_OF_CHARACTER if len(piece) == 1 and piece.isascii() else WORD_RANK_OF_RARE_CHARACTER


def reduced(vectors: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The vectors centred and turned onto their main axes; those of unknown pieces become 0."""
    centre = vectors[known].mean(0)
    _, _, axes = np.linalg.svd(vectors[known] - centre, full_matrices=False)
    return np.asarray((vectors - centre) @ axes[:DIMENSIONS].T * known[:, None])


def quantised(vectors: np.ndarray) -> dict[str, np.ndarray]:
    """int8 vectors and a float32 scale a row."""
    scales = np.maximum(np.abs(vectors).max(1), 1e-12) / 127
    return {
        "vectors": np.ascontiguousarray(np.rint(vectors / scales[:, None]).astype(np.int8)),
        "scales": scales.astype(np.float32),
    }


def main() -> None:
    torch.set_num_threads(1)
    folder = transformer_folder()
    verified(folder / "model.safetensors", TRANSFORMER_SHA256, what="the transformer's weights")
    numbers = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    vocabulary = sorted(numbers, key=numbers.__getitem__)
    known = np.array([not re.fullmatch(r"\[(unused\d+|PAD|UNK|CLS|SEP|MASK)\]", piece) for piece in vocabulary])
    weights = SIF / (SIF + probabilities(vocabulary))
    vectors = reduced(piece_vectors(folder, len(vocabulary)), known) * weights[:, None]
    path = WEIGHTS / "static.safetensors"
    save_file(quantised(vectors), path)
    print(path, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
