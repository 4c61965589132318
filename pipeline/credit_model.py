"""What a sentence does with a proposition: credits, reports or disputes it, or none of these.

The built-in model stacks five views of a pair: cues of attribution, denial and distance in the wording; its
phrases; similarities; how far the sentence covers the claim; and a transformer that reads claim and sentence
together. Where a folder or hub name of an
NLI cross-encoder is given instead, its judgement takes the last place (`inference_model.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from pipeline.alignment import Alignment
from pipeline.codebook import Proposition
from pipeline.credit_gate import Gate, Thresholds, wordings
from pipeline.cross_encoder import CrossEncoder
from pipeline.cues import CUE_NAMES, cue_matrix
from pipeline.embed import WEIGHTS, verified
from pipeline.models import Models
from pipeline.phrases import Phrasing
from pipeline.schema import CREDIT_LABELS

CREDIT_SHA256 = "b6fe8fd8332bcff5ca764c09527f5474648c3e568f0faf84e3479075163823bd"
# Below this probability of the likeliest label the model refuses to say: the sentence is no evidence.
REFUSAL = 0.5

# The share of pairs that are `none`, where texts were chosen because they bear on a claim: one in four.
NONE_WHERE_CHOSEN = 0.25
# In running text a reader found .70 of the gate's pairs `none`, but the model, which learnt from written sentences,
# underrates it there. Running text also disputes a claim seldom without a cue word (denies, false, no evidence, not),
# and two in five of the training disputes have none, which makes the model see disputes where a text merely
# asserts. Share and odds were chosen, with REFUSAL, on 274 pairs from real articles: of those called something .62
# speak to the claim and .51 have the right label (.64 are found). On 278 others, read once: .63, .56 and .66. A
# share of .85 with a refusal at .6 gives .63 right there and finds .48; too few were left to say anything of a piece.
NONE_IN_RUNNING_TEXT = 0.8
UNCUED_DISPUTES_IN_RUNNING_TEXT = 0.1
DISPUTE_CUES = ("deny", "false", "doubt", "no_evidence", "distance", "negated_without_affirming")
# One wording is chancy, and each costs a reading: a second is read where the first does not make it this
# likely that the sentence has nothing to do with the claim.
CERTAINLY_NONE = 0.9


class CreditModel(Protocol):
    """Reads what sentences do with propositions, and says which pairs are worth reading."""

    @property
    def name(self) -> str:
        """For people and manifests."""

    @property
    def hash(self) -> str:
        """Changes with anything that changes the probabilities."""

    def gate(self, propositions: Sequence[Proposition]) -> Gate:
        """Picks the sentences near enough to be read."""

    def read(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:
        """float32, pairs × labels in the order of CREDIT_LABELS, each row summing to 1; with `none` as
        likely as not (`at_base_rate` for other texts).

        similarities: pairs × SIMILARITY_NAMES, as the gate gives them.
        """


def load_credit_model(choice: str, models: Models) -> CreditModel:
    """The model that a corpus file's `[models] credit` names: "built-in", or an NLI cross-encoder.

    Raises InputError where the folder or hub name does not hold one.
    """
    built_in = StackedModel(models)
    if choice == "built-in":
        return built_in
    from pipeline.inference_model import InferenceModel

    return InferenceModel(choice, built_in)


class CreditWeights:
    """The weights that ship, checked against their hash when first needed."""

    def __init__(self, path: Path, sha256: str) -> None:
        self._path, self.sha256 = path, sha256

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        from safetensors.numpy import load_file

        return dict(load_file(verified(self._path, self.sha256, what="the credit model's weights")))

    def part(self, prefix: str) -> dict[str, np.ndarray]:
        """The arrays under a prefix, by the rest of their names."""
        return {n.removeprefix(prefix): a for n, a in self.arrays.items() if n.startswith(prefix)}


class StackedModel:
    """The built-in model: a logistic regression on cues, phrases, similarities, coverage and the cross-encoder."""

    name = "built-in credit model"

    def __init__(
        self, models: Models, *, weights: Path = WEIGHTS / "credit.safetensors", sha256: str = CREDIT_SHA256
    ) -> None:
        self._models, self._weights = models, CreditWeights(weights, sha256)
        self._gate: tuple[tuple[Proposition, ...], Gate] | None = None

    @property
    def hash(self) -> str:
        encoders = f"{self._models.static.hash}+{self._models.transformer.hash}"
        return f"credit-{self._weights.sha256[:16]}+{encoders}"

    def gate(self, propositions: Sequence[Proposition]) -> Gate:
        """The last one is kept: it encodes every wording, and articles are read in batches."""
        if self._gate is None or self._gate[0] != tuple(propositions):
            self._gate = tuple(propositions), self._gate_of(propositions)
        return self._gate[1]

    def _gate_of(self, propositions: Sequence[Proposition]) -> Gate:
        arrays = self._weights.arrays
        backgrounds = (
            arrays["background.static"].astype(np.float32),
            arrays["background.transformer"].astype(np.float32),
        )
        static_score, score, similarity = (float(x) for x in arrays["gate.thresholds"])
        return Gate(
            propositions,
            self._models.static,
            self._models.transformer,
            backgrounds=backgrounds,
            thresholds=Thresholds(static_score, score, similarity),
        )

    @cached_property
    def _cross_encoder(self) -> CrossEncoder:
        return CrossEncoder(self._weights.part("cross_encoder."))

    @cached_property
    def _phrasing(self) -> Phrasing:
        return Phrasing(self._weights.part("phrases."))

    @cached_property
    def _alignment(self) -> Alignment:
        return Alignment(self._models.transformer, self._weights.arrays["alignment.rarity"])

    def _judged(self, pairs: Sequence[tuple[str, Proposition]]) -> np.ndarray:
        """float32, pairs × labels: log-probabilities under the claim, and where that leaves doubt the mean with
        those under the first paraphrase."""
        asked = [[(wordings(proposition)[i], sentence) for sentence, proposition in pairs] for i in range(2)]
        found = self._cross_encoder.log_probabilities(asked[0])
        doubtful = np.flatnonzero(found[:, CREDIT_LABELS.index("none")] < np.log(CERTAINLY_NONE))
        found[doubtful] += self._cross_encoder.log_probabilities([asked[1][i] for i in doubtful.tolist()])
        found[doubtful] /= 2
        return found

    def read(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:
        if not len(pairs):
            return np.zeros((0, len(CREDIT_LABELS)), np.float32)
        claims = [(sentence, wordings(proposition)[0]) for sentence, proposition in pairs]
        worded = [(sentence, wordings(proposition)) for sentence, proposition in pairs]
        views = (
            cue_matrix(claims),
            self._phrasing.log_probabilities(worded),
            similarities,
            self._alignment.features(worded),
            self._judged(pairs),
        )
        return stack(views, self._weights.part("stack."))


def at_base_rate(probabilities: np.ndarray, none: float) -> np.ndarray:
    """The same probabilities where this share of the pairs is `none`, and not one half (Bayes' rule)."""
    return _reweighed(probabilities, np.where(np.array(CREDIT_LABELS) == "none", none / (1 - none), 1.0))


def in_running_text(probabilities: np.ndarray, pairs: Sequence[tuple[str, Proposition]]) -> np.ndarray:
    """The same probabilities at the base rates of running text."""
    cues = cue_matrix([(sentence, proposition.claim) for sentence, proposition in pairs])
    cued = cues[:, [CUE_NAMES.index(name) for name in DISPUTE_CUES]].any(1)
    odds = np.ones(probabilities.shape)
    odds[~cued, CREDIT_LABELS.index("disputes")] = UNCUED_DISPUTES_IN_RUNNING_TEXT
    return at_base_rate(_reweighed(probabilities, odds), NONE_IN_RUNNING_TEXT)


def _reweighed(probabilities: np.ndarray, odds: np.ndarray) -> np.ndarray:
    weighed = probabilities * odds
    return np.asarray(weighed / weighed.sum(1, keepdims=True), np.float32)


def stack(views: Sequence[np.ndarray], weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """Probabilities from the views (cues, phrases, similarities, coverage, judgements; each pairs × columns):
    multinomial logistic regression on standardised columns.

    weights: `centre` and `scale` of the columns, `coefficients` (labels × columns), `intercepts`.
    """
    columns = (np.hstack(views) - weights["centre"]) * weights["scale"]
    logits = columns @ weights["coefficients"].T + weights["intercepts"]
    logits -= logits.max(1, keepdims=True)
    odds = np.exp(logits)
    return np.asarray(odds / odds.sum(1, keepdims=True), np.float32)
