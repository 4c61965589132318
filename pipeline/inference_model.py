"""An NLI cross-encoder in the place of the built-in credit model: any sequence classifier with the labels
entailment, neutral and contradiction, from a folder or a hub.

It says whether a sentence entails or contradicts the claim; whose claim it is, it does not say. So its
judgement is joined with the wording's: what is entailed and attributed is reported, what is entailed
otherwise is credited, what is contradicted is disputed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.codebook import Proposition
from pipeline.credit_gate import Gate, wordings
from pipeline.credit_model import StackedModel
from pipeline.cross_encoder import MAX_TOKENS, batches
from pipeline.cues import CUE_NAMES, cue_matrix
from pipeline.embed import readable
from pipeline.errors import InputError
from pipeline.schema import CREDIT_LABELS

_RELATIONS = ("entailment", "neutral", "contradiction")
# Share of what is entailed that is reported, by whether the wording attributes, and by whether it denies
# ("denied that …" is entailed by no sentence but often judged so, since the words agree).
_REPORTED_IF_ATTRIBUTED, _REPORTED_OTHERWISE = 0.9, 0.1
_DISPUTED_IF_DENIED = 0.6


class InferenceModel:
    """Behind the same interface as the built-in model, whose gate it shares."""

    def __init__(self, source: str, built_in: StackedModel) -> None:
        self._source, self._built_in = source, built_in

    @property
    def name(self) -> str:
        return self._source

    @cached_property
    def hash(self) -> str:
        """Of the weights where they lie in a folder, else of the hub name."""
        folder = Path(self._source)
        found = hashlib.sha256(self._source.encode())
        for path in sorted(folder.glob("*")) if folder.is_dir() else []:
            if path.is_file():
                with path.open("rb") as file:
                    found.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
        return f"nli-{found.hexdigest()[:16]}+{self._built_in.hash}"

    def gate(self, propositions: Sequence[Proposition]) -> Gate:
        return self._built_in.gate(propositions)

    @cached_property
    def _loaded(self) -> tuple[Any, Any, list[int]]:
        """Tokenizer, network, and where its labels stand in the order of _RELATIONS."""
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(self._source)
            network = AutoModelForSequenceClassification.from_pretrained(self._source, use_safetensors=True)
        except (OSError, ValueError) as error:
            raise InputError(
                f'no model "{self._source}": {error}',
                remedy='give a folder or hub name of an NLI cross-encoder, or "built-in"',
                where="[models] credit",
            ) from error
        names = {str(name).casefold(): int(number) for number, name in network.config.id2label.items()}
        if any(relation not in names for relation in _RELATIONS):
            raise InputError(
                f'"{self._source}" tells apart {", ".join(names)}',
                remedy=f"give a model with the labels {', '.join(_RELATIONS)}",
                where="[models] credit",
            )
        return tokenizer, network.eval(), [names[relation] for relation in _RELATIONS]

    def read(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:  # noqa: ARG002
        if not len(pairs):
            return np.zeros((0, len(CREDIT_LABELS)), np.float32)
        claims = [(sentence, wordings(proposition)[0]) for sentence, proposition in pairs]
        relations = self._relations(claims)
        cues = cue_matrix(claims)
        attributed = cues[:, CUE_NAMES.index("attributed")] > 0
        denied = cues[:, CUE_NAMES.index("denied_or_false")] > 0
        return credit_of(relations, attributed, denied)

    def read_running(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:
        """By the stack of the built-in model, whose other views say what this one does not."""
        found = self.read(pairs, similarities)
        return self._built_in.in_running_text(found, found, self._built_in.around(pairs, similarities))

    def _relations(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Probabilities of _RELATIONS for pairs of premise (the sentence) and hypothesis (the claim)."""
        import torch

        tokenizer, network, places = self._loaded
        out = np.zeros((len(pairs), len(_RELATIONS)))
        lengths = [len(a) + len(b) for a, b in pairs]
        order = sorted(range(len(pairs)), key=lambda i: (lengths[i], pairs[i]))
        with torch.inference_mode():
            # Characters bound the batch here; a piece has some three of them.
            for rows in batches(order, [length // 3 + 4 for length in lengths]):
                premises, hypotheses = zip(*(pairs[i] for i in rows), strict=True)
                batch = tokenizer(
                    [readable(p) for p in premises],
                    [readable(h) for h in hypotheses],
                    truncation=True,
                    max_length=MAX_TOKENS,
                    padding=True,
                    return_tensors="pt",
                )
                out[rows] = torch.softmax(network(**batch).logits, 1).numpy()[:, places]
        return out


def credit_of(relations: np.ndarray, attributed: np.ndarray, denied: np.ndarray) -> np.ndarray:
    """Probabilities of the credit labels from those of entailment, neutral and contradiction.

    attributed, denied: for each pair, whether the sentence's wording attributes or denies something.
    """
    entailed, neutral, contradicted = relations.T
    reported = np.where(attributed, _REPORTED_IF_ATTRIBUTED, _REPORTED_OTHERWISE)
    turned = np.where(denied, _DISPUTED_IF_DENIED, 0.0) * entailed
    stands = entailed - turned
    columns = (stands * (1 - reported), stands * reported, contradicted + turned, neutral)
    return np.stack(columns, 1).astype(np.float32)
