"""Pairs of texts as word pieces, in arrays: what the networks are trained on where there need be nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path

import numpy as np

MAX_PIECES = 96  # of a pair, as `pipeline.cross_encoder` reads them
BEGIN, BETWEEN = 101, 102  # [CLS] and [SEP] of MiniLM's vocabulary


@dataclass(frozen=True)
class Rows:
    """Texts, and pairs of them.

    pieces: uint16, the word pieces of all texts, one after another; ends: where each text's end.
    known: the texts that are wordings of each claim, one claim after another; known_ends: where each claim's end.
    pairs: pairs × 2, a claim and a text, which nobody labelled.
    draws: rows × 4, of labelled rows: the pass they are drawn for, a wording, a text, a label.
    checks: rows × 4, the same of pairs that no network learns: a part, a wording, a text, a label.
    """

    pieces: np.ndarray
    ends: np.ndarray
    known: np.ndarray
    known_ends: np.ndarray
    pairs: np.ndarray
    draws: np.ndarray
    checks: np.ndarray

    def save(self, path: Path) -> None:
        np.savez_compressed(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Rows:
        with np.load(path) as arrays:
            return cls(**{name: arrays[name] for name in arrays.files})

    def wordings(self, claims: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One wording of each claim, at random."""
        begins = np.concatenate([[0], self.known_ends[:-1]])[claims]
        return np.asarray(self.known[rng.integers(begins, self.known_ends[claims])])

    def lengths(self, texts: np.ndarray) -> np.ndarray:
        return np.diff(self.ends, prepend=0)[texts]

    def batch(self, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Word pieces and mask of pairs, padded to the longest. A pair that is too long loses the end of the longer
        of its texts."""
        one, other = self.lengths(first), self.lengths(second)
        over = np.maximum(one + other + 3 - MAX_PIECES, 0)
        one, other = np.where(one > other, one - over, one), np.where(one > other, other, other - over)
        ends = one + other + 3
        ids = np.zeros((len(first), int(ends.max())), np.int64)
        every = np.arange(len(first))
        ids[:, 0] = BEGIN
        ids[every, 1 + one] = ids[every, ends - 1] = BETWEEN
        self._place(ids, first, one, np.ones(len(first), np.int64))
        self._place(ids, second, other, one + 2)
        return ids, (np.arange(ids.shape[1]) < ends[:, None]).astype(np.float32)

    def _place(self, ids: np.ndarray, texts: np.ndarray, lengths: np.ndarray, at: np.ndarray) -> None:
        """Writes the beginning of each text into its row. at: from which column on."""
        row = np.repeat(np.arange(len(texts)), lengths)
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        begins = self.ends[texts] - np.diff(self.ends, prepend=0)[texts]
        ids[row, at[row] + within] = self.pieces[begins[row] + within]


def batches(lengths: np.ndarray, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Rows of like length together, in random order."""
    order = rng.permutation(len(lengths))
    chunks = (order[begin : begin + 16 * size] for begin in range(0, len(order), 16 * size))
    sorted_ones = (chunk[np.argsort(lengths[chunk], kind="stable")] for chunk in chunks)
    parts = list(chain.from_iterable(np.split(c, range(size, len(c), size)) for c in sorted_ones))
    yield from (parts[i] for i in rng.permutation(len(parts)))


class Numbered:
    """Texts by number, in the order in which they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def texts(self) -> Sequence[str]:
        return list(self._numbers)
