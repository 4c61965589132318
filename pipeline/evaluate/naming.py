"""Task `naming`: is the voice of a term's first occurrence told rightly?"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from pipeline import text as texts
from pipeline.codebook import Term
from pipeline.evaluate import Result, need, need_among, resampled
from pipeline.reading import Reading
from pipeline.schema import VOICES
from pipeline.terms import Matcher
from pipeline.voice import attributions

METRIC = "accuracy"
PASSAGE_WORDS = 150


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """Compares the voices with `voice`. A term that is not found counts as in the outlet's own voice."""
    need(rows, "text", "term", "voice")
    need_among(rows, "voice", VOICES)
    if not rows:
        return Result(n=0, value=None)
    true = np.array([row["voice"] for row in rows])
    found, missing = voices(rows)
    detail = {
        "interval": resampled(true.tolist(), found.tolist(), _accuracy),
        "voices": {voice: _scores(true, found, voice) for voice in VOICES},
        "confusion": {
            voice: {other: int(((true == voice) & (found == other)).sum()) for other in VOICES} for voice in VOICES
        },
        "term_not_found": missing,
    }
    return Result(n=len(rows), value=_accuracy(true, found), detail=detail)


def voices(rows: list[dict[str, Any]]) -> tuple[np.ndarray, int]:
    """The voice of each row's term, and how many terms were not found."""
    articles = pd.DataFrame({"article": [str(i) for i in range(len(rows))], "text": [row["text"] for row in rows]})
    sentences, _ = texts.split(articles, passage_words=PASSAGE_WORDS)
    reading = Reading(articles, sentences, attributions(articles, sentences))
    spans = [first(row["text"], row["term"]) for row in rows]
    known = [i for i, span in enumerate(spans) if span is not None]
    where = pd.DataFrame([span for span in spans if span is not None], columns=["start", "end"])
    out = np.full(len(rows), VOICES[0], dtype=object)
    out[known] = reading.voices(articles["article"].iloc[known], where["start"], where["end"])
    return out, len(rows) - len(known)


def first(text: str, term: str) -> tuple[int, int] | None:
    """Where a term first occurs: as a codebook's term would, else as a verb's form; null where nowhere."""
    found = Matcher.of([Term(term=term)]).find(text)
    if found:
        return found[0].start, found[0].end
    stem = re.escape(re.sub(r"(?:e|y|ion|ing|ed)$", "", term) or term)
    match = re.search(rf"\b{stem}\w*", text, re.IGNORECASE)
    return match.span() if match else None


def _accuracy(true: np.ndarray, found: np.ndarray) -> float:
    return float(np.mean(true == found))


def _scores(true: np.ndarray, found: np.ndarray, voice: str) -> dict[str, float | int | None]:
    both, hit, there = (int(x.sum()) for x in ((true == voice) & (found == voice), found == voice, true == voice))
    return {
        "precision": round(both / hit, 4) if hit else None,
        "recall": round(both / there, 4) if there else None,
        "f1": round(2 * both / (hit + there), 4) if hit + there else None,
        "n": there,
    }
