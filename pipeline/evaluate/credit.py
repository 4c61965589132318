"""Credit against labels that people gave to single sentences: macro-F1 over the four labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import ValidationError

from pipeline.codebook import Proposition
from pipeline.credit_model import REFUSAL
from pipeline.credit_reading import read_pairs
from pipeline.errors import InputError
from pipeline.evaluate import Result, f1, macro_f1, need, need_among, resampled
from pipeline.models import Models
from pipeline.schema import CREDIT_LABELS

METRIC = "macro-F1"


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """rows: proposition, claim, paraphrases, text, label. Every row gets a label, also where unsure."""
    need(rows, "proposition", "claim", "text", "label", lists=("paraphrases",))
    need_among(rows, "label", CREDIT_LABELS)
    if not rows:
        return Result(0, None)
    propositions, numbers = _propositions(rows)
    model = Models().credit
    found = read_pairs([row["text"] for row in rows], numbers, propositions, model)
    true = [row["label"] for row in rows]
    likeliest = [CREDIT_LABELS[i] for i in found.argmax(1)]
    sure = np.asarray(found.max(1) >= REFUSAL, bool)
    return Result(
        len(rows),
        macro_f1(true, likeliest, CREDIT_LABELS),
        {
            "interval": resampled(true, likeliest, lambda t, p: macro_f1(t, p, CREDIT_LABELS)),
            "labels": {label: _figures(true, likeliest, label) for label in CREDIT_LABELS},
            "confusion": {t: {p: _count(true, likeliest, t, p) for p in CREDIT_LABELS} for t in CREDIT_LABELS},
            "propositions": _by_proposition(rows, true, likeliest),
            "refused_share": round(float(1 - sure.mean()), 4),
            "accuracy_where_sure": _accuracy(np.asarray(true)[sure], np.asarray(likeliest)[sure]),
            "model": model.name,
        },
    )


def _propositions(rows: list[dict[str, Any]]) -> tuple[list[Proposition], np.ndarray]:
    """The propositions of the rows, and which is each row's: told apart by all that is known of them."""
    known: dict[tuple[str, ...], int] = {}
    propositions: list[Proposition] = []
    numbers = np.zeros(len(rows), np.int64)
    for i, row in enumerate(rows):
        key = (str(row["claim"]), *map(str, row["paraphrases"]))
        if key not in known:
            known[key] = len(propositions)
            propositions.append(_proposition(key, i + 1))
        numbers[i] = known[key]
    return propositions, numbers


def _proposition(wordings: tuple[str, ...], row: int) -> Proposition:
    try:
        return Proposition(id=f"row-{row}", claim=wordings[0], paraphrases=wordings[1:] or wordings[:1])
    except ValidationError as error:
        raise InputError(
            f'row {row}: claim "{wordings[0]}" is no proposition', remedy="give a claim and paraphrases"
        ) from error


def _count(true: list[str], found: list[str], label: str, other: str) -> int:
    return sum(t == label and p == other for t, p in zip(true, found, strict=True))


def _figures(true: list[str], found: list[str], label: str) -> dict[str, float | int | None]:
    """Precision, recall and F1 of one label; null where it is not found, or does not occur."""
    hits, n_true, n_found = _count(true, found, label, label), true.count(label), found.count(label)
    score = f1(true, found, label)
    return {
        "precision": round(hits / n_found, 4) if n_found else None,
        "recall": round(hits / n_true, 4) if n_true else None,
        "f1": None if score is None else round(score, 4),
        "n": n_true,
    }


def _by_proposition(rows: list[dict[str, Any]], true: list[str], found: list[str]) -> dict[str, Any]:
    """Share right and n of each proposition."""
    out = {}
    for name in dict.fromkeys(str(row["proposition"]) for row in rows):
        here = [i for i, row in enumerate(rows) if str(row["proposition"]) == name]
        right = [true[i] == found[i] for i in here]
        out[name] = {"accuracy": round(float(np.mean(right)), 4), "n": len(here)}
    return out


def _accuracy(true: np.ndarray, found: np.ndarray) -> float | None:
    return round(float((true == found).mean()), 4) if len(true) else None
