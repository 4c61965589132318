"""Task `extraction`: how much of the article's body, and how little else, does the collector read off a page?"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.collect.extract import body_text
from pipeline.errors import InputError
from pipeline.evaluate import Result

METRIC = "mean token F1"

# What the makers of this benchmark print for the library that reads the pages here; their script counts runs of
# tokens and pools them otherwise than we do, so the two figures lie side by side and not on one scale.
PUBLISHED = {
    "library": "trafilatura 2.0.0",
    "f1": 0.958,
    "precision": 0.938,
    "recall": 0.978,
    "source": "https://github.com/scrapinghub/article-extraction-benchmark (README, latest evaluation)",
}

_TOKEN = re.compile(r"\w+")


def evaluate(folder: Path) -> Result:
    """Reads each ID.html(.gz) of the folder as the collector would and compares with ground-truth.json.

    Tokens are runs of word characters, in lower case, counted as multisets; a page's F1 is the harmonic
    mean of precision and recall, and 0 where nothing was read. The value is the mean over pages.
    """
    truth = _truth(folder)
    scores = {}
    for identifier, row in sorted(truth.items()):
        html = _page(folder, identifier)
        scores[identifier] = token_scores(row["articleBody"], body_text(html, url=row.get("url")))
    if not scores:
        return Result(n=0, value=None)
    table = np.array(list(scores.values()))
    draws = table[np.random.default_rng(0).integers(0, len(table), (1000, len(table))), 2].mean(1)
    worst = sorted(scores, key=lambda one: scores[one][2])[:5]
    detail: dict[str, Any] = {
        "precision": _rounded(table[:, 0].mean()),
        "recall": _rounded(table[:, 1].mean()),
        "interval": [_rounded(x) for x in np.percentile(draws, [2.5, 97.5])],
        "nothing_read": int((table[:, 1] == 0).sum()),
        "published": PUBLISHED,
        "worst": {one: _rounded(scores[one][2]) for one in worst},
    }
    return Result(n=len(table), value=float(table[:, 2].mean()), detail=detail)


def token_scores(true: str, found: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the tokens; two empty texts agree."""
    a, b = (Counter(_TOKEN.findall(text.lower())) for text in (true, found))
    if not a and not b:
        return 1.0, 1.0, 1.0
    both = (a & b).total()
    if not both:
        return 0.0, 0.0, 0.0
    precision, recall = both / b.total(), both / a.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def _truth(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "ground-truth.json"
    remedy = "give a folder of ID.html(.gz) with ground-truth.json: ID → {url, articleBody}"
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError("no such file", remedy=remedy, where=path) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"not JSON: {error}", remedy=remedy, where=path) from error
    if not isinstance(truth, dict):
        raise InputError("not an object", remedy=remedy, where=path)
    for identifier, row in truth.items():
        if not isinstance(row, dict) or not isinstance(row.get("articleBody"), str):
            raise InputError(f'"{identifier}" has no articleBody', remedy=remedy, where=path)
    return truth


def _page(folder: Path, identifier: str) -> bytes:
    for name in (f"{identifier}.html.gz", f"{identifier}.html"):
        path = folder / Path(name).name
        if path.is_file():
            data = path.read_bytes()
            return gzip.decompress(data) if name.endswith(".gz") else data
    raise InputError("no page", remedy="give ID.html or ID.html.gz for each ID", where=folder / identifier)


def _rounded(value: float) -> float:
    return round(float(value), 4)
