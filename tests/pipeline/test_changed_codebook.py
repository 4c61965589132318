"""A codebook with one proposition more: its own pairs are read, and the tables are those of a full refresh."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.corpus import Corpus, load_corpus
from pipeline.errors import WorkError
from pipeline.lock import one_at_a_time
from pipeline.models import Models
from pipeline.refresh import refresh
from pipeline.schema import TABLES
from pipeline.settings import load_settings
from pipeline.snapshot import Snapshot
from tests.conftest import CODEBOOK

LATE = """
[[propositions]]
id = "bridge-late"
claim = "The bridge is being built too slowly."
paraphrases = ["The works on the crossing fall behind."]
"""
TEXTS = (
    "The mayor said that the bridge costs too much. Lamps were hung there. The bridge is being built too slowly.",
    "The city council denied that the crossing opens years late. The bridge is a waste of public money.",
    "Castor Works has built bridges before. The city cannot afford the bridge, said the union.",
)


@pytest.fixture
def corpus(make_corpus: Callable[..., Corpus]) -> Corpus:
    outlets = ("Morning Post Bag", "The Plumb Line", "Hill Radio")
    rows: list[dict[str, Any]] = [
        {"outlet": outlet, "date": "2024-05-06", "title": f"{outlet} on the bridge", "text": text}
        for outlet, text in zip(outlets, TEXTS, strict=True)
    ]
    return make_corpus(rows)


def same(found: Snapshot, expected: Snapshot) -> None:
    for name in TABLES:
        if name != "refresh":  # it holds seconds
            pd.testing.assert_frame_equal(found.table(name), expected.table(name), obj=name)


def kept(store: Path, corpus: Corpus) -> dict[str, set[str]]:
    """The configurations of kept work, by kind."""
    folder = store / corpus.name / "kept"
    return {kind.name: {path.name for path in kind.iterdir()} for kind in folder.iterdir()}


def test_one_proposition_more_gives_what_a_full_refresh_gives(
    corpus: Corpus, store: Path, tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(store=store, resamples=50)
    refresh(corpus, settings, models=models)
    shutil.copytree(store, tmp_path / "whole")
    (corpus.folder / "codebook.toml").write_text(CODEBOOK + LATE, encoding="utf-8")
    more, asked, encode = load_corpus(corpus.folder), list[str](), models.transformer.encode

    def encoding(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return encode(texts)

    with monkeypatch.context() as patch:
        patch.setattr(models.transformer, "encode", encoding)
        found = refresh(more, settings, models=models)
    assert "The bridge is being built too slowly." in asked  # the claim itself, one of the texts' sentences too
    assert "The mayor said that the bridge costs too much." not in asked
    credit = found.table("evidence").query("measure == 'credit'")
    assert set(credit["item"]) == {"bridge-too-dear", "bridge-late"}
    same(found, refresh(more, load_settings(store=tmp_path / "whole", resamples=50), models=models, full=True))


def test_work_under_a_codebook_of_no_kept_snapshot_is_removed(corpus: Corpus, store: Path, models: Models) -> None:
    settings = load_settings(store=store, resamples=50, keep_snapshots=2, keep_weeks=0)
    (corpus.folder / "codebook.toml").write_text(CODEBOOK[: CODEBOOK.index("[[propositions]]")], encoding="utf-8")
    seen: list[set[str]] = []
    for term in ("eyesore", "lamps", "lamps", "lamps"):
        path = corpus.folder / "codebook.toml"
        path.write_text(path.read_text().replace('"eyesore"', f'"{term}"'), encoding="utf-8")
        refresh(load_corpus(corpus.folder), settings, models=models)
        seen.append(kept(store, corpus)["evidence-naming"])
    first, both, two_nights, after = seen
    assert len(first) == 1
    assert first < both == seen[1]
    assert two_nights == after == both - first  # its snapshot went, and with it the work
    assert len(kept(store, corpus)["sentences"]) == 1


def test_nothing_is_removed_while_another_refresh_runs(corpus: Corpus, store: Path) -> None:
    stale = store / corpus.name / "kept" / "vectors" / "of another model"
    stale.mkdir(parents=True)
    lock = store / corpus.name / "refresh.lock"
    with one_at_a_time(lock, what="refresh"), pytest.raises(WorkError, match="another refresh"):
        refresh(corpus, load_settings(store=store))
    assert stale.is_dir()
