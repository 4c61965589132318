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
# Texts that cast roles cast antagonists above all: how often we take each main role to occur, set by judgement
# after the first 93 of SemEval's 279 texts; and how often what we train on has it, labels and what the teachers say.
ASSUMED, TRAINED = np.array([0.2, 0.6, 0.2]), np.array([0.255, 0.469, 0.277])
LEAST = 1e-6  # a mention can make a role unlikely, but not rule it out


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """Accuracy of the main role, an entity counting once. detail: macro-F1, F1 and n of each, interval, and
    `most_common`, the accuracy of giving everyone the commonest role.
    """
    need(rows, "text", lists=("entities",))
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
    """The role of each (text, entity), which has one: the likeliest by the geometric mean over its mentions, each
    taken to have one, at the assumed shares. The geometric mean, because a mention that leaves little doubt should
    outweigh several that say little."""
    sentences: list[Targets] = []
    owner: list[int] = []
    for number, (text, entity) in enumerate(entities):
        near = surroundings(text, entity["start"], entity["end"])
        sentences += near
        owner += [number] * len(near)
    summed = np.zeros((len(entities), len(MAIN)))
    cast = model.read(sentences).roles[:, : len(MAIN)]
    np.add.at(summed, owner, np.log(np.maximum(cast / cast.sum(1, keepdims=True), LEAST)))
    mentions = np.bincount(owner, minlength=len(entities))[:, None]
    return [MAIN[i] for i in (summed / mentions + np.log(ASSUMED / TRAINED)).argmax(1)]


def surroundings(text: str, start: int, end: int) -> list[Targets]:
    """The marked mention and the nearest others of the same name, each in its sentence, as the model learnt them."""
    spans = sentence_spans(text) or [(0, len(text))]
    begins = [begin for begin, _ in spans]
    out = []
    for first, last in [(start, end), *again(text, start, end)[:MENTIONS_READ]]:
        row = max(bisect_right(begins, first) - 1, 0)
        begin, finish = min(spans[row][0], first), max(spans[row][1], last)
        out.append(Targets(text[begin:finish], ((first - begin, last - begin),)))
    return out


def again(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where else the mention, or the last of its capitalised words, stands in the text, the nearest first."""
    whole = text[start:end]
    last = whole.split()[-1] if whole.split() else whole
    forms = [re.escape(whole), re.escape(last)] if last[:1].isupper() else [re.escape(whole)]
    found = [m.span() for m in re.finditer(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", text)]
    return sorted((p for p in found if p[1] <= start or p[0] >= end), key=lambda p: abs(p[0] - start))


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
