"""How the credit model reads texts that were chosen for their claim: the stack, fitted on claims that the
cross-encoder behind it has not met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from credit_material import NONE
from sklearn.linear_model import LogisticRegression

from pipeline.alignment import Alignment
from pipeline.codebook import Proposition
from pipeline.credit_gate import wordings
from pipeline.credit_model import judged, stack
from pipeline.cross_encoder import CrossEncoder
from pipeline.cues import cue_matrix
from pipeline.embed import TransformerEncoder
from pipeline.phrases import Phrasing
from pipeline.schema import CREDIT_LABELS

# The stack's blocks are standardised, divided by the root of their size, and weighted: the cross-encoder knows
# most, and the others would only be learnt by heart.
BLOCKS = {"cues": 0.2, "phrases": 0.4, "similarities": 0.3, "coverage": 2.0, "judged": 4.0}
C = 1.0
# It is scored in so many parts of the claims.
FOLDS = 5


@dataclass(frozen=True)
class Reader:
    """Reads what the stacks read of pairs. phrasing, judge: they know neither claims nor sentences."""

    phrasing: dict[str, np.ndarray]
    judge: CrossEncoder
    rarity: np.ndarray

    def views(self, texts: list[tuple[str, Proposition]], similarities: np.ndarray) -> dict[str, np.ndarray]:
        known = [(text, wordings(proposition)) for text, proposition in texts]
        return {
            "cues": cue_matrix([(text, own[0]) for text, own in known]),
            "phrases": Phrasing(self.phrasing).log_probabilities(known),
            "similarities": similarities,
            "coverage": Alignment(TransformerEncoder(), self.rarity).features(known),
            "judged": judged(self.judge, texts),
        }


@dataclass(frozen=True)
class Rows:
    """What a stack is fitted on, row-aligned. part: of the claims, so that each is scored by a stack that has not met
    it. usual: rows by which columns are centred and scaled."""

    blocks: dict[str, np.ndarray]
    labels: np.ndarray
    weights: np.ndarray
    part: np.ndarray
    usual: np.ndarray

    def some(self, wanted: np.ndarray) -> Rows:
        blocks = {name: block[wanted] for name, block in self.blocks.items()}
        return Rows(blocks, self.labels[wanted], self.weights[wanted], self.part[wanted], self.usual[wanted])

    def joined(self, other: Rows) -> Rows:
        blocks = {name: np.vstack([block, other.blocks[name]]) for name, block in self.blocks.items()}
        rest = ((getattr(self, n), getattr(other, n)) for n in ("labels", "weights", "part", "usual"))
        return Rows(blocks, *(np.concatenate(both) for both in rest))


def fit(rows: Rows) -> dict[str, np.ndarray]:
    """The stack's arrays, as `pipeline.credit_model.stack` reads them; `none` is as likely in them as not."""
    values = np.hstack(list(rows.blocks.values()))
    sizes = {name: block.shape[1] for name, block in rows.blocks.items()}
    weights = np.concatenate([np.full(size, BLOCKS[name] / np.sqrt(size)) for name, size in sizes.items()])
    centre = values[rows.usual].mean(0)
    scale = weights / (values[rows.usual].std(0) + 1e-6)
    none = rows.labels == NONE
    each = rows.weights * np.where(none, 1 / rows.weights[none].sum(), 1 / rows.weights[~none].sum())
    model = LogisticRegression(C=C, max_iter=3000).fit(
        (values - centre) * scale, rows.labels, each * len(values) / each.sum()
    )
    arrays = {"centre": centre, "scale": scale, "coefficients": model.coef_, "intercepts": model.intercept_}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def kept_out(rows: Rows) -> np.ndarray:
    """Probabilities of every row by a stack fitted on those of other claims."""
    out = np.zeros((len(rows.labels), len(CREDIT_LABELS)), np.float32)
    for part in range(FOLDS):
        here = rows.part == part
        out[here] = stack([block[here] for block in rows.blocks.values()], fit(rows.some(~here)))
    return out


def parts(claims: np.ndarray) -> np.ndarray:
    """The part in which each row is scored, whole claims in one."""
    return np.asarray(np.searchsorted(np.unique(claims), claims) % FOLDS)
