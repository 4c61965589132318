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
from typing import Protocol, TypeAlias

import numpy as np

from pipeline.alignment import Alignment
from pipeline.codebook import Proposition
from pipeline.credit_gate import Gate, Thresholds, wordings
from pipeline.cross_encoder import CrossEncoder
from pipeline.cues import cue_matrix
from pipeline.embed import WEIGHTS, verified
from pipeline.models import Models
from pipeline.phrases import Phrasing
from pipeline.schema import CREDIT_LABELS

CREDIT_SHA256 = "85c2d4515c3c9d94bd5909c9b71f9ca5a0cc9f5283d87b8c851000732a530f11"
THOROUGH_SHA256 = "d686a31e79392426e6a08d5b3bdb17040b7e71742818c2445fbc369139e1adaa"
BUILT_IN, THOROUGH = "built-in", "thorough"
# Below this probability of the likeliest label the model is unsure what a text does that was chosen for its claim.
REFUSAL = 0.5
# A sentence of running text is evidence where it is at least this likely that it speaks to the claim: of the chances
# tried, .25 to .5, the one that finds best what speaks and little else, on subjects kept out of the fit.
SPEAKS = 0.3
# The share of pairs that are `none`, where texts were chosen because they bear on a claim: one in four.
NONE_WHERE_CHOSEN = 0.25
# One wording is chancy, and each costs a reading: a second is read where the first does not make it this
# likely that the sentence has nothing to do with the claim.
CERTAINLY_NONE = 0.9

# What the stacks read, in the order of their columns.
STACKED = ("cues", "phrases", "similarities", "coverage", "judged")
RUNNING = ("similarities", "coverage", "cues")
LEAST_PROBABILITY = 1e-6
Views: TypeAlias = Mapping[str, np.ndarray]  # by name, each pairs × its columns


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

    def read_running(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:
        """The same of sentences of running text, which nobody chose: `none` is as likely as it is there."""


def load_credit_model(choice: str, models: Models) -> CreditModel:
    """The model that a corpus file's `[models] credit` names: "built-in", "thorough", or an NLI cross-encoder.

    Raises InputError where the folder or hub name does not hold one, or what the thorough one reads with is missing.
    """
    if choice == THOROUGH:
        from pipeline.large_cross_encoder import published_file

        published_file("config.json")  # what is missing is said before hours of work, not after
        return ThoroughModel(models)
    built_in = StackedModel(models)
    if choice == BUILT_IN:
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
    _behind_running = "stack"  # the stack for chosen texts that the one for running text was fitted on

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

    def read(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:
        return self._stacked(self._views(pairs, similarities), "stack")

    def read_running(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:
        views = self._views(pairs, similarities)
        return self.in_running_text(self._stacked(views, self._behind_running), np.exp(views["judged"]), views)

    def _views(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> Views:
        worded = [(sentence, wordings(proposition)) for sentence, proposition in pairs]
        own = {"phrases": self._phrasing.log_probabilities(worded), "judged": judged(self._cross_encoder, pairs)}
        return {**self.around(pairs, similarities), **own}

    def around(self, pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> Views:
        """What is to be said of each pair whichever model judges it."""
        return {
            "cues": cue_matrix([(sentence, wordings(proposition)[0]) for sentence, proposition in pairs]),
            "similarities": similarities,
            "coverage": self._alignment.features([(sentence, wordings(p)) for sentence, p in pairs]),
        }

    def _stacked(self, views: Views, which: str) -> np.ndarray:
        """which: the name of a stack in the weights."""
        return stack([views[name] for name in STACKED], self._weights.part(f"{which}."))

    def in_running_text(self, probabilities: np.ndarray, judged: np.ndarray, views: Views) -> np.ndarray:
        """What probabilities for chosen texts come to in running text."""
        return in_running_text(probabilities, judged, views, self._weights.part("running."))


class ThoroughModel(StackedModel):
    """The built-in model with the whole transformer, some five times as slow: its own stacks, the same interface."""

    name = "thorough credit model"
    _behind_running = "first"

    def __init__(
        self,
        models: Models,
        *,
        weights: Path = WEIGHTS / "credit_thorough.safetensors",
        sha256: str = THOROUGH_SHA256,
    ) -> None:
        super().__init__(models, weights=weights, sha256=sha256)

    @property
    def hash(self) -> str:
        return f"thorough-{super().hash}"

    @cached_property
    def _cross_encoder(self) -> CrossEncoder:
        from pipeline.large_cross_encoder import LargeCrossEncoder

        return LargeCrossEncoder(self._weights.part("cross_encoder."))


def at_base_rate(probabilities: np.ndarray, none: float) -> np.ndarray:
    """The same probabilities where this share of the pairs is `none`, and not one half (Bayes' rule)."""
    weighed = probabilities * np.where(np.array(CREDIT_LABELS) == "none", none / (1 - none), 1.0)
    return np.asarray(weighed / weighed.sum(1, keepdims=True), np.float32)


def judged(encoder: CrossEncoder, pairs: Sequence[tuple[str, Proposition]]) -> np.ndarray:
    """float32, pairs × labels: log-probabilities under the claim, and where that leaves doubt the mean with those
    under the first paraphrase."""
    asked = [[(wordings(proposition)[i], sentence) for sentence, proposition in pairs] for i in range(2)]
    found = encoder.log_probabilities(asked[0])
    doubtful = np.flatnonzero(found[:, CREDIT_LABELS.index("none")] < np.log(CERTAINLY_NONE))
    found[doubtful] += encoder.log_probabilities([asked[1][i] for i in doubtful.tolist()])
    found[doubtful] /= 2
    return found


def in_running_text(
    probabilities: np.ndarray, judged: np.ndarray, views: Views, weights: Mapping[str, np.ndarray]
) -> np.ndarray:
    """What probabilities for chosen texts come to in running text. judged: the judgement behind them, of the model
    that reads claim and sentence together, pairs × labels. views: what `around` gives.

    How likely a sentence speaks to the claim is read by a second stack, fitted on pairs from real articles
    (`scripts/credit_running.py`); what it then does with the claim, by the geometric mean of that and the judgement,
    since the stack alone takes hardly anything for a dispute.
    """
    none = CREDIT_LABELS.index("none")
    running = stack(running_columns(probabilities, views), weights)
    both = np.sqrt(running * (judged + LEAST_PROBABILITY))
    both[:, none] = 0
    both *= (1 - running[:, [none]]) / both.sum(1, keepdims=True)
    both[:, none] = running[:, none]
    return np.asarray(both, np.float32)


def running_columns(probabilities: np.ndarray, views: Views) -> list[np.ndarray]:
    """What the stack for running text reads."""
    return [np.log(probabilities + LEAST_PROBABILITY), *(views[name] for name in RUNNING)]


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
