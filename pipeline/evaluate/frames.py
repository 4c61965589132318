"""The generic frames of whole texts: rows {text, frames}, as in SemEval-2023 task 3."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.codebook import Frame
from pipeline.embed import StaticEncoder
from pipeline.errors import InputError
from pipeline.evaluate import Result, need
from pipeline.frame_model import FrameHead
from pipeline.models import Encoder
from pipeline.text import sentence_spans

METRIC = "micro-F1"
# A text takes up a frame if its strongest tenth of sentences does so on the mean, by the threshold that
# single sentences have. A tenth was chosen between a fifth and a tenth on the first 101 texts of SemEval's
# 303, which are the development third; the threshold itself comes from own sentences alone.
STRONGEST = 0.1
# Shorter stretches are bylines, captions and headings.
MINIMUM_CHARACTERS = 20
# Words by which the frames' long names go beyond their ids.
LONGER = frozenset({"", "and", "constitutionality", "jurisdiction", "jurisprudence", "evaluation", "reputation"})


def evaluate(rows: list[dict[str, Any]]) -> Result:
    """Micro-F1 over texts × frames. detail: each frame's F1, precision, recall and n; interval by text."""
    need(rows, "text", lists=("frames",))
    head, encoder = FrameHead(), StaticEncoder()
    frames = [Frame(id=name, label=name, description=name) for name in head.known]
    true = np.array([_flags(row["frames"], head.known, n) for n, row in enumerate(rows, 1)], bool)
    true = true.reshape(len(rows), len(frames))
    if not rows:
        return Result(0, None)
    found = np.array([decided(row["text"], frames, head, encoder) for row in rows], bool)
    detail = {
        "interval": _interval(true, found),
        "macro_f1": _mean([_f1(true[:, j], found[:, j]) for j in np.flatnonzero(true.any(0))]),
        "frames": {name: _figures(true[:, j], found[:, j]) for j, name in enumerate(head.known)},
    }
    return Result(len(rows), _f1(true, found), detail)


def decided(text: str, frames: Sequence[Frame], head: FrameHead, encoder: Encoder) -> np.ndarray:
    """Which frames a whole text takes up: a flag each."""
    sentences = [text[a:b] for a, b in sentence_spans(text) if b - a >= MINIMUM_CHARACTERS]
    if not sentences:
        return np.zeros(len(frames), bool)
    margins = np.sort(head.margins(encoder.encode(sentences), frames, encoder), axis=0)[::-1]
    strongest = max(1, round(len(sentences) * STRONGEST))
    return np.asarray(margins[:strongest].mean(0) > 0)


def frame_id(name: str, known: Sequence[str]) -> str | None:
    """The id of a frame by any of its names ("Legality_Constitutionality_and_jurisprudence"), or None."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold().replace("defence", "defense")).strip("-")
    for known_id in known:
        more = slug.removeprefix(known_id)
        if slug.startswith(known_id) and set(more.split("-")) <= LONGER:
            return known_id
    return None


def _flags(names: Sequence[str], known: Sequence[str], number: int) -> list[bool]:
    ids = [frame_id(name, known) for name in names]
    if None in ids:
        strange = names[ids.index(None)]
        raise InputError(f'row {number} has the frame "{strange}"', remedy=f"give some of {', '.join(known)}")
    return [name in ids for name in known]


def _f1(true: np.ndarray, found: np.ndarray) -> float:
    both = int(true.sum() + found.sum())
    return 2 * int((true & found).sum()) / both if both else 0.0


def _mean(values: Sequence[float]) -> float | None:
    """Null where there is nothing to take the mean of."""
    return float(np.mean(values)) if values else None


def _figures(true: np.ndarray, found: np.ndarray) -> dict[str, Any]:
    """n texts have the frame; F1, precision and recall are null where they cannot be had."""
    hits, said, n = int((true & found).sum()), int(found.sum()), int(true.sum())
    return {
        "f1": _f1(true, found) if n + said else None,
        "interval": _interval(true, found) if n + said else None,
        "precision": hits / said if said else None,
        "recall": hits / n if n else None,
        "n": n,
    }


def _interval(true: np.ndarray, found: np.ndarray, *, seed: int = 0) -> list[float]:
    """A 95 % interval of micro-F1 from 1,000 resamples of the texts."""
    draws = np.random.default_rng(seed).integers(0, len(true), (1000, len(true)))
    low, high = np.percentile([_f1(true[i], found[i]) for i in draws], [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]
