"""Sentiment towards targets: rows {text, targets [{start, end, mention, polarity}]}."""

from __future__ import annotations

from functools import partial
from typing import Any

from pipeline.errors import InputError
from pipeline.evaluate import Result, f1, macro_f1, need, resampled
from pipeline.sentiment_model import POLARITIES, SentimentModel, Targets

METRIC = "macro-F1"


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """Macro-F1 over −1, 0 and 1, a target counting once. detail: accuracy, F1 and n of each, interval."""
    need(rows, "text", lists=("targets",))
    found = [(row["text"], target) for row in rows for target in row["targets"]]
    if not found:
        return Result(0, None)
    for number, (text, target) in enumerate(found, 1):
        _check(text, target, number)
    true = [int(target["polarity"]) for _, target in found]
    sentences = [Targets(r["text"], tuple((t["start"], t["end"]) for t in r["targets"])) for r in rows]
    said = SentimentModel().read(sentences).polarity.tolist()
    each = {str(label): {"f1": f1(true, said, label), "n": true.count(label)} for label in POLARITIES}
    detail = {
        "interval": resampled(true, said, partial(macro_f1, labels=POLARITIES)),
        "accuracy": sum(a == b for a, b in zip(true, said, strict=True)) / len(true),
        "polarities": each,
    }
    return Result(len(true), macro_f1(true, said, POLARITIES), detail)


def _check(text: str, target: dict[str, Any], number: int) -> None:
    """Raises InputError for a target without its keys, outside its text, or of another polarity."""
    for key in ("start", "end", "polarity"):
        if key not in target:
            raise InputError(f'target {number} has no "{key}"', remedy="give start, end and polarity")
    if not 0 <= target["start"] < target["end"] <= len(text):
        where = f"[{target['start']}, {target['end']})"
        raise InputError(f"target {number} is at {where} of {len(text)} characters", remedy="mend its offsets")
    if target["polarity"] not in POLARITIES:
        raise InputError(f"target {number} has the polarity {target['polarity']!r}", remedy="give −1, 0 or 1")
