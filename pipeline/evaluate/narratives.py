"""Credit at the scale of documents: do those that push a narrative credit it more than those that do not?"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from pipeline.codebook import Proposition
from pipeline.credit_gate import SIMILARITY_NAMES
from pipeline.credit_model import CreditModel
from pipeline.evaluate import Result, need
from pipeline.models import Models
from pipeline.schema import CREDIT_LABELS
from pipeline.text import sentence_spans

METRIC = "mean AUC"
# The task's own limit: rarer sub-narratives say too little about a ranking.
LEAST_DOCUMENTS = 5
# A document pushes a narrative in a handful of sentences; one alone is noisy, and the mean over many
# measures the subject, not the narrative.
NEAREST = 5
# Less near sentences are not read closely: they seldom speak to the narrative, and each costs as much.
LEAST_SIMILARITY = 0.4
# What a sentence does with the narrative counts a quarter beside how near it is: read one by one, sentences of
# long opinionated texts are often misjudged, and a document on the narrative mostly pushes it.
BALANCE_WEIGHT = 0.25

# What a name that is no sentence claims, by its first words.
_CLAIMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"(?:criticism of|criticising|criticizing|ad hominem attacks on) (.+)",
        ("{} deserve criticism.", "{} are to blame.", "{} have failed."),
    ),
    (
        r"(?:discrediting|distrust towards|undermining) (.+)",
        ("{} cannot be trusted.", "{} are incompetent and corrupt."),
    ),
    (r"(?:questioning|controversy about|doubts about) (.+)", ("{} cannot be relied upon.", "{} are questionable.")),
    (
        r"(?:downplaying|minimising|minimizing) (.+)",
        ("{} is not a serious problem.", "The danger of {} is exaggerated."),
    ),
    (r"(?:praise of|overpraising|glorifying) (.+)", ("{} deserves praise.", "{} is strong and right.")),
    (r"(?:amplifying|exaggerating) (.+)", ("There is good reason for {}.", "{} must be taken seriously.")),
    (r"(?:blaming) (.+)", ("{} are to blame.", "{} are behind it.")),
    (r"(?:speculating) (.+)", ("{} can be foreseen.",)),
)


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """rows: text, subnarratives. A bare "Other" names no narrative and is left out."""
    need(rows, "text", lists=("subnarratives",))
    counts = Counter(name for row in rows for name in set(row["subnarratives"]))
    names = sorted(name for name, n in counts.items() if n >= LEAST_DOCUMENTS and name != "Other")
    if not names:
        return Result(0, None)
    propositions = [proposition_of(name, number) for number, name in enumerate(names)]
    values = document_values([str(row["text"]) for row in rows], propositions, Models().credit)
    areas: dict[str, float] = {}
    for column, name in enumerate(names):
        pushed = np.array([name in row["subnarratives"] for row in rows], bool)
        if not pushed.all():
            areas[name] = area_under_curve(values[pushed, column], values[~pushed, column])
    each = {name: {"auc": round(area, 4), "n": counts[name]} for name, area in areas.items()}
    value = float(np.mean(list(areas.values()))) if areas else None
    return Result(len(rows), value, {"narratives": len(areas), "each": each})


def proposition_of(name: str, number: int) -> Proposition:
    """A narrative's name ("domain: narrative: sub-narrative") as a proposition: all that is known of it.

    "Other" stands for its narrative as a whole.
    """
    parts = [part.strip() for part in name.split(": ") if part.strip()]
    last = parts[-2] if parts[-1] == "Other" and len(parts) > 1 else parts[-1]
    for pattern, forms in _CLAIMS:
        found = re.fullmatch(pattern, last, re.IGNORECASE)
        if found:
            claims = [_sentence(form.format(found[1])) for form in forms]
            return Proposition(id=f"narrative-{number}", claim=claims[0], paraphrases=(*claims[1:], last))
    return Proposition(id=f"narrative-{number}", claim=_sentence(last), paraphrases=(last,))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".") + "."


def document_values(texts: list[str], propositions: list[Proposition], model: CreditModel) -> np.ndarray:
    """float64, documents × propositions: how far each document credits each proposition; 0 without sentences.

    The mean, over the sentences nearest to the proposition, of nearness · (1 + ¼ (P(credits) − P(disputes))).
    """
    spans = [sentence_spans(text) for text in texts]
    sentences = [text[a:b] for text, found in zip(texts, spans, strict=True) for a, b in found]
    ends = np.cumsum([len(found) for found in spans])
    if not sentences:
        return np.zeros((len(texts), len(propositions)))
    similarities = model.gate(propositions).similarities(sentences)
    nearness = similarities[:, :, SIMILARITY_NAMES.index("transformer_largest")]
    documents = np.split(np.arange(len(sentences)), ends[:-1])
    near = np.zeros(nearness.shape, bool)
    for rows in documents:
        few = np.argsort(-nearness[rows], axis=0, kind="stable")[:NEAREST]
        np.put_along_axis(near, rows[few], True, axis=0)
    balance = _balances(sentences, propositions, similarities, near & (nearness >= LEAST_SIMILARITY), model)
    scores = np.where(near, nearness * (1 + BALANCE_WEIGHT * balance), 0.0)
    sums = np.stack([scores[rows].sum(0) for rows in documents])
    numbers = np.stack([near[rows].sum(0) for rows in documents])
    return np.asarray(sums / np.maximum(numbers, 1), float)


def _balances(
    sentences: list[str],
    propositions: list[Proposition],
    similarities: np.ndarray,
    wanted: np.ndarray,
    model: CreditModel,
) -> np.ndarray:
    """sentences × propositions: P(credits) − P(disputes) where wanted, else 0."""
    rows, columns = (places.tolist() for places in np.nonzero(wanted))
    pairs = [(sentences[i], propositions[j]) for i, j in zip(rows, columns, strict=True)]
    found = model.read(pairs, similarities[rows, columns])
    out = np.zeros(wanted.shape)
    out[rows, columns] = found[:, CREDIT_LABELS.index("credits")] - found[:, CREDIT_LABELS.index("disputes")]
    return out


def area_under_curve(higher: np.ndarray, lower: np.ndarray) -> float:
    """The chance that a value of the first kind exceeds one of the second; ties count half."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([higher, lower]))[: len(higher)]
    return float((ranks.sum() - len(higher) * (len(higher) + 1) / 2) / (len(higher) * len(lower)))
