"""What the tests of faults share: the forge, a tiny corpus, and tables to compare."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from pipeline.benchmarks._synthetic import make_corpus
from pipeline.corpus import Corpus
from pipeline.intact import verify
from pipeline.schema import TABLES
from pipeline.settings import load_settings
from pipeline.snapshot import Snapshot, current_id, open_snapshot, snapshot_ids
from tests.faults.forge import Forge

NAME = "synthetic"


@pytest.fixture(scope="session")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """A warm process that refreshes in children of its own."""
    forge = Forge(tmp_path_factory.mktemp("forge") / "log")
    yield forge
    forge.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """24 articles of 7 outlets, a refresh of which takes a second."""
    return make_corpus(tmp_path / "corpus", range(24), sentences=6)


def more(corpus: Corpus, count: int) -> Corpus:
    """The same corpus with so many articles."""
    return make_corpus(corpus.folder, range(count), sentences=6)


@pytest.fixture(scope="session")
def stores(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """stores(24, 40): a store after undisturbed refreshes of 24, then 40 articles. To be copied, not changed."""
    kept: dict[tuple[int, ...], Path] = {}

    def make(*counts: int) -> Path:
        if counts not in kept:
            folder = tmp_path_factory.mktemp("undisturbed")
            if counts[:-1]:
                shutil.copytree(make(*counts[:-1]), folder / "store")
            made = make_corpus(folder / "corpus", range(counts[-1]), sentences=6)
            assert forge.refresh(made.folder, folder / "store") == 0, forge.said()
            kept[counts] = folder / "store"
        return kept[counts]

    return make


@pytest.fixture
def undisturbed(stores: Callable[..., Path]) -> Callable[..., dict[str, pd.DataFrame]]:
    """undisturbed(24, 40): the tables after those refreshes."""
    return lambda *counts: tables(stores(*counts))


@pytest.fixture
def yesterday(stores: Callable[..., Path], store: Path) -> Path:
    """A store of the test's own, with a snapshot of 24 articles."""
    shutil.copytree(stores(24), store)
    return store


def tables(store: Path) -> dict[str, pd.DataFrame]:
    """Every table of the snapshot in force, but for `refresh`, which holds seconds."""
    found = open_snapshot(store, NAME)
    return {name: found.table(name) for name in TABLES if name != "refresh"}


def same(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    assert found.keys() == expected.keys()
    for name, frame in found.items():
        pd.testing.assert_frame_equal(frame, expected[name], obj=name)


def all_intact(store: Path) -> list[str]:
    """The ids of the snapshots, each of which is what was published; the current one is among them."""
    ids = snapshot_ids(store, NAME)
    for identifier in ids:
        assert verify(Snapshot(store / NAME / "snapshots" / identifier)) == []
    current = current_id(store, NAME)
    assert current is None or current in ids
    return ids


def library_ids(store: Path) -> list[str]:
    """The articles that the library holds."""
    from pipeline.library import open_library

    with open_library(load_settings(store=store)) as library:
        return list(library.articles(NAME)["article"])
