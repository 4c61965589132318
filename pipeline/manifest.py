"""What a snapshot says of itself: its outlets, and what it was made with."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Any

import pandas as pd

from pipeline.corpus import Corpus
from pipeline.measures import all_measures
from pipeline.models import Models
from pipeline.schema import OUTLETS
from pipeline.settings import Settings


def outlets_of(articles: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The corpus's outlets, and those that only its articles name."""
    listed = [outlet.model_dump(include={"name", "country", "kind", "language"}) for outlet in corpus.file.outlets]
    known = {outlet["name"] for outlet in listed}
    rows = listed + [{"name": name} for name in sorted(set(articles["outlet"]) - known)]
    return OUTLETS.frame([{**row, "outlet": row["name"]} for row in rows])


def facts_of(
    corpus: Corpus, settings: Settings, models: Models, started: datetime, ended: datetime
) -> dict[str, Any]:
    libraries = (
        "parallax-framing",
        "bertopic",
        "sentence-transformers",
        "torch",
        "pandas",
        "numpy",
        "scikit-learn",
    )
    return {
        "corpus": corpus.file.model_dump(mode="json"),
        "corpus_hash": corpus.hash,
        "codebook": corpus.codebook.model_dump(mode="json"),
        "codebook_hash": corpus.codebook.hash,
        "encoder": {"name": models.static.name, "hash": models.static.hash},
        "transformer": models.transformer.hash,
        # What evidence rests on besides texts and codebook, by measure: the hashes of its weights.
        "models": {m.name: {"hash": facts} for m in all_measures() if (facts := m.configuration(models))},
        "libraries": {name: version(name) for name in libraries},
        "seed": settings.seed,
        "resamples": settings.resamples,
        "started": started.isoformat(),
        "ended": ended.isoformat(),
    }
