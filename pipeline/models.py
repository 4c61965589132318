"""The seam to the models: what measures and stages may ask of them, loaded when first asked for."""

from __future__ import annotations

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


class Models:
    """The models of a corpus. Nothing is loaded before it is used."""

    def __init__(self, *, credit: str = "built-in") -> None:
        self._credit = credit

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
