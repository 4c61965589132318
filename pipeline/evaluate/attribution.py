"""Task `attribution`: are the words that a text attributes to somebody found, and to whom, by which cue?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from pipeline import text as texts
from pipeline.errors import InputError
from pipeline.evaluate import Result, need
from pipeline.voice import Scope, attributions

METRIC = "F1 over the characters of content spans"
ROLES = ("content", "source", "cue")
PASSAGE_WORDS = 150
# The first texts of the labelled file were read while the rules were written; the rest were not.
SEEN = 100


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """Marks the rows' texts and compares characters with `attributions`.

    Compared in the wide scope, which the labels have (wants, plans, stances); the narrow one, by which voices
    are told, stands beside it.
    """
    need(rows, "text", lists=("attributions",))
    _check(rows)
    counts = {role: _counts(rows, role, found(rows, "all")) for role in ROLES}
    narrow = _counts(rows, "content", found(rows, "speech"))
    content = counts["content"]
    detail: dict[str, Any] = {role: _scores(counts[role]) for role in ROLES}
    detail["content_speech_only"] = _scores(narrow)
    detail["interval"] = _interval(content)
    detail["read_while_written"] = min(SEEN, len(rows))
    if len(rows) > SEEN:
        detail["unread"] = {"n": len(rows) - SEEN} | {role: _scores(counts[role][SEEN:]) for role in ROLES}
    detail["attributions_true"] = sum(len(row["attributions"]) for row in rows)
    return Result(n=len(rows), value=_scores(content)["f1"], detail=detail)


def _check(rows: list[dict[str, Any]]) -> None:
    """Raises InputError for the first attribution without its three roles, or outside its text."""
    for number, row in enumerate(rows, 1):
        for one in row["attributions"]:
            try:
                spans = [(int(a), int(b)) for role in ROLES for a, b in one[role]]
            except (KeyError, TypeError, ValueError) as error:
                remedy = 'give {"source": [[start, end]], "cue": [[start, end]], "content": [[start, end]]}'
                raise InputError(f"row {number} has the attribution {str(one)[:60]}", remedy=remedy) from error
            if any(not 0 <= a <= b <= len(row["text"]) for a, b in spans):
                what = f"row {number} has an attribution outside its {len(row['text'])} characters"
                raise InputError(what, remedy="mend its offsets")


def found(rows: list[dict[str, Any]], scope: Scope) -> pd.DataFrame:
    """The attributions of the rows' texts; `article` is the row's number as text."""
    articles = pd.DataFrame({"article": [str(i) for i in range(len(rows))], "text": [row["text"] for row in rows]})
    sentences, _ = texts.split(articles, passage_words=PASSAGE_WORDS)
    return attributions(articles, sentences, scope=scope)


def _counts(rows: list[dict[str, Any]], role: str, marked: pd.DataFrame) -> np.ndarray:
    """texts × (characters in both, found, true), int64."""
    spans: dict[str, list[tuple[int, int]]] = {}
    of_role = marked[marked["role"] == role]
    for article, a, b in zip(of_role["article"], of_role["start"], of_role["end"], strict=True):
        spans.setdefault(article, []).append((a, b))
    out = np.zeros((len(rows), 3), np.int64)
    for i, row in enumerate(rows):
        true = _mask(len(row["text"]), ((a, b) for one in row["attributions"] for a, b in one[role]))
        hit = _mask(len(row["text"]), spans.get(str(i), []))
        out[i] = (true & hit).sum(), hit.sum(), true.sum()
    return out


def _mask(length: int, spans: Iterable[tuple[int, int]]) -> np.ndarray:
    mask = np.zeros(length, bool)
    for a, b in spans:
        mask[a:b] = True
    return mask


def _scores(counts: np.ndarray) -> dict[str, float | None]:
    both, hit, true = (int(x) for x in counts.sum(0))
    scores = {
        "f1": 2 * both / (hit + true) if hit + true else None,
        "precision": both / hit if hit else None,
        "recall": both / true if true else None,
    }
    return {name: None if score is None else round(score, 4) for name, score in scores.items()}


def _interval(counts: np.ndarray) -> list[float] | None:
    """95 % of the F1 over resampled texts; null where there are none."""
    if not len(counts):
        return None
    rng = np.random.default_rng(0)
    drawn = counts[rng.integers(0, len(counts), (1000, len(counts)))].sum(1)
    f1 = 2 * drawn[:, 0] / np.maximum(drawn[:, 1] + drawn[:, 2], 1)
    return [round(float(x), 4) for x in np.percentile(f1, [2.5, 97.5])]
