"""The seam to the models: what measures and stages may ask of them, loaded when first asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from pipeline.credit_model import CreditModel


class Encoder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """For people and manifests."""

    @property
    def hash(self) -> str:
        """Changes with anything that changes the vectors."""

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: list[str]) -> np.ndarray:
        """float32, texts × dimensions, rows of length 1 (of zeros for a text without known words)."""


@dataclass(frozen=True)
class Pieces:
    """The word pieces of a text, without marks of begin and end. ids: int64, pieces. vectors: float32, pieces ×
    dimensions, in context, rows of length 1."""

    ids: np.ndarray
    vectors: np.ndarray


class PieceEncoder(Encoder, Protocol):
    """An encoder that also gives a vector a word piece."""

    def pieces(self, texts: list[str]) -> list[Pieces]: ...


class Remembers(Protocol):
    """Keeps what models said of single texts."""

    def rows(self, keys: Sequence[int], compute: Callable[[list[int]], np.ndarray]) -> np.ndarray:
        """The row of every key: those kept, and those that `compute` gives for the positions it is asked for."""


class Forgets:
    """Keeps nothing: for a piece, which is read once."""

    def rows(self, keys: Sequence[int], compute: Callable[[list[int]], np.ndarray]) -> np.ndarray:
        return compute(list(range(len(keys))))


FORGETS = Forgets()


class Recent:
    """Keeps the latest rows in memory, for a process that reads one piece after the other."""

    def __init__(self, most: int = 2000) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[int, np.ndarray](), threading.Lock()

    def rows(self, keys: Sequence[int], compute: Callable[[list[int]], np.ndarray]) -> np.ndarray:
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [i for i, key in enumerate(keys) if key not in known]
        if missing:
            known |= {keys[i]: row for i, row in zip(missing, compute(missing), strict=True)}
        with self._lock:
            for key in keys:
                self._kept[key] = known[key]
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return np.stack([known[key] for key in keys]) if known else compute([])


class Models:
    """The models of a corpus. Nothing is loaded before it is used."""

    def __init__(self, *, credit: str = "built-in") -> None:
        self._credit = credit
        self._memories: Mapping[str, Remembers] = {"leads": Recent()}

    def memory(self, kind: str) -> Remembers:
        """Where what they say of single texts is kept."""
        return self._memories.get(kind, FORGETS)

    def remembering(self, memories: Mapping[str, Remembers]) -> Models:
        """The same models, loaded once for both, which keep what they say there, by kind."""
        _ = self.static, self.transformer, self.credit  # none of them reads its weights yet
        other = copy(self)
        other._memories = memories
        return other

    @cached_property
    def static(self) -> Encoder:
        """Static vectors, for every sentence."""
        from pipeline.embed import StaticEncoder

        return StaticEncoder()

    @cached_property
    def transformer(self) -> PieceEncoder:
        """The transformer, for the few."""
        from pipeline.embed import TransformerEncoder

        return TransformerEncoder()

    @cached_property
    def credit(self) -> CreditModel:
        """Reads what a sentence does with a proposition."""
        from pipeline.credit_model import load_credit_model

        return load_credit_model(self._credit, self)
