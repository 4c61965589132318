"""The main role of entities in whole texts: rows {text, entities [{mention, start, end, role}]}."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.errors import InputError
from pipeline.evaluate import Result, f1, macro_f1, need, resampled
from pipeline.sentiment_model import SentimentModel, Targets
from pipeline.text import sentence_spans

METRIC = "accuracy"
MAIN = ("Protagonist", "Antagonist", "Innocent")  # in the order of ROLES
# Beside the mention that was marked, so many others of the same name are read.
MENTIONS_READ = 12
# Texts that cast roles cast antagonists above all: how often we take each main role to occur, over how often
# our own training sentences have it. Set by judgement after the first 93 of SemEval's 279 texts.
ASSUMED, TRAINED = np.array([0.2, 0.6, 0.2]), np.array([88, 136, 107]) / 331


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """Accuracy of the main role, an entity counting once. detail: macro-F1, F1 and n of each, interval, and
    `most_common`, the accuracy of giving everyone the commonest role.
    """
    need(rows, "text", "entities")
    found = [(row["text"], entity) for row in rows for entity in row["entities"]]
    if not found:
        return Result(0, None)
    for number, (text, entity) in enumerate(found, 1):
        _check(text, entity, number)
    true = [entity["role"] for _, entity in found]
    said = decided(found, SentimentModel())
    detail = {
        "interval": resampled(true, said, _accuracy),
        "macro_f1": macro_f1(true, said, MAIN),
        "roles": {role: {"f1": f1(true, said, role), "n": true.count(role)} for role in MAIN},
        "most_common": max(true.count(role) for role in MAIN) / len(true),
    }
    return Result(len(true), _accuracy(np.array(true), np.array(said)), detail)


def decided(entities: Sequence[tuple[str, dict[str, Any]]], model: SentimentModel) -> list[str]:
    """The role of each (text, entity): the likeliest by the mean over its mentions, at the assumed shares."""
    sentences: list[Targets] = []
    owner: list[int] = []
    for number, (text, entity) in enumerate(entities):
        near = surroundings(text, entity["start"], entity["end"])
        sentences += near
        owner += [number] * len(near)
    summed = np.zeros((len(entities), len(MAIN)))
    np.add.at(summed, owner, model.read(sentences).roles[:, : len(MAIN)])
    return [MAIN[i] for i in (summed * ASSUMED / TRAINED).argmax(1)]


def surroundings(text: str, start: int, end: int) -> list[Targets]:
    """The sentences of the marked mention and of the nearest others of the same name, one target in each."""
    spans = sentence_spans(text)
    begins = [begin for begin, _ in spans]
    again = re.finditer(rf"(?<!\w){re.escape(text[start:end])}(?!\w)", text)
    others = [(m.start(), m.end()) for m in again if not (m.start() < end and m.end() > start)]
    others.sort(key=lambda place: abs(place[0] - start))
    out = []
    for first, last in [(start, end), *others[:MENTIONS_READ]]:
        row = bisect_right(begins, first) - 1
        begin, finish = spans[row] if row >= 0 else (0, len(text))
        out.append(Targets(text[begin : max(finish, last)], ((first - begin, last - begin),)))
    return out


def _accuracy(true: np.ndarray, said: np.ndarray) -> float:
    return float((true == said).mean())


def _check(text: str, entity: dict[str, Any], number: int) -> None:
    """Raises InputError for an entity without its keys, outside its text, or in another role."""
    for key in ("start", "end", "role"):
        if key not in entity:
            raise InputError(f'entity {number} has no "{key}"', remedy="give mention, start, end and role")
    if not 0 <= entity["start"] < entity["end"] <= len(text):
        where = f"[{entity['start']}, {entity['end']})"
        raise InputError(f"entity {number} is at {where} of {len(text)} characters", remedy="mend its offsets")
    if entity["role"] not in MAIN:
        raise InputError(f"entity {number} has the role {entity['role']!r}", remedy=f"give {', '.join(MAIN)}")
