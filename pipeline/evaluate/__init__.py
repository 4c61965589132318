"""Agreement with human labels: each module of this package is one task of `parallax evaluate`.

A task module has `METRIC`, the name of its figure, and `evaluate(rows) → Result`. `rows` are the rows of
a labelled file (for `extraction`, the folder's path). Nothing is trained or tuned on them.
"""

from __future__ import annotations

import gzip
import importlib
import json
import pkgutil
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import InputError


@dataclass(frozen=True)
class Result:
    """A figure with what it rests on: n labelled things, and more beside it."""

    n: int
    value: float | None  # null where it cannot be had
    detail: dict[str, Any] = field(default_factory=dict)


def task_names() -> tuple[str, ...]:
    """The tasks, by the names of their modules."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")))


def evaluate(task: str, gold: Path) -> dict[str, Any]:
    """Runs one task on a labelled file: the document that `parallax evaluate --json` prints."""
    if task not in task_names():
        raise InputError(f'no task "{task}"', remedy=f"give one of: {', '.join(task_names())}")
    module = importlib.import_module(f"{__name__}.{task}")
    try:
        result: Result = module.evaluate(gold if task == "extraction" else read_rows(gold))
    except InputError as error:
        if error.where is not None:
            raise
        raise InputError(error.what, remedy=error.remedy, where=gold) from error  # a row's fault: name its file
    return {
        "task": task,
        "n": result.n,
        "metric": module.METRIC,
        "value": None if result.value is None else round(float(result.value), 4),
        "detail": result.detail,
    }


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a .jsonl or .jsonl.gz file. Raises InputError with file, line and remedy; for no rows too."""
    rows: list[dict[str, Any]] = []
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputError("no such file", remedy="give a .jsonl or .jsonl.gz file", where=path) from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", remedy="give UTF-8 JSON Lines", where=path) from error
    for number, line in enumerate(text.split("\n"), 1):  # splitlines() would cut inside texts, at U+2028
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            remedy = "give one JSON object a line"
            raise InputError(f"not JSON: {error}", remedy=remedy, where=path, line=number) from error
        if not isinstance(row, dict):
            raise InputError("not an object", remedy="give one JSON object a line", where=path, line=number)
        rows.append(row)
    if not rows:
        raise InputError("has no rows", remedy="give one JSON object a line", where=path)
    return rows


def need(rows: Sequence[dict[str, Any]], *texts: str, lists: Sequence[str] = (), present: Sequence[str] = ()) -> None:
    """Raises InputError for the first row in which one of the keys is missing, or is no text, or no list.

    present: keys whose value may be anything, null too.
    """
    forms: dict[str, tuple[type, str]] = {
        **dict.fromkeys(present, (object, "anything")),
        **dict.fromkeys(texts, (str, "text")),
        **dict.fromkeys(lists, (list, "a list")),
    }
    for number, row in enumerate(rows, 1):
        for key, (form, name) in forms.items():
            if key not in row:
                raise InputError(f'row {number} has no "{key}"', remedy=f"give {', '.join(forms)} in each row")
            if not isinstance(row[key], form):
                raise InputError(f'row {number}: "{key}" is {str(row[key])[:60]!r}', remedy=f"give {name}")


def need_among(rows: Sequence[dict[str, Any]], key: str, allowed: Sequence[str]) -> None:
    """Raises InputError for the first row whose label is none of the task's."""
    for number, row in enumerate(rows, 1):
        if row[key] not in allowed:
            raise InputError(f'row {number}: "{key}" is "{row[key]}"', remedy=f"give one of: {', '.join(allowed)}")


def f1(true: Sequence[Any], found: Sequence[Any], label: Any) -> float | None:
    """F1 of one label; null where it neither occurs nor is found."""
    t, p = np.asarray(true) == label, np.asarray(found) == label
    total = int(t.sum() + p.sum())
    return None if total == 0 else 2 * int((t & p).sum()) / total


def macro_f1(true: Sequence[Any], found: Sequence[Any], labels: Sequence[Any]) -> float:
    """The mean F1 over the labels that occur or are found."""
    scores = [s for label in labels if (s := f1(true, found, label)) is not None]
    return float(np.mean(scores)) if scores else 0.0


def resampled(true: Sequence[Any], found: Sequence[Any], score: Any, *, seed: int = 0) -> list[float]:
    """A 95 % interval of score(true, found) from 1,000 resamples of the rows."""
    t, p = np.asarray(true), np.asarray(found)
    rng = np.random.default_rng(seed)
    draws = [score(t[i], p[i]) for i in rng.integers(0, len(t), (1000, len(t)))]
    return [round(float(x), 4) for x in np.percentile(draws, [2.5, 97.5])]
