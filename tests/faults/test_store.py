"""A store that fails: full, read-only, damaged, used twice. A clear message, and the next run right."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from pipeline.corpus import Corpus
from pipeline.errors import WorkError
from pipeline.intact import verify
from pipeline.nightly import run_refresh
from pipeline.runs import read_runs
from pipeline.settings import load_settings
from pipeline.snapshot import Snapshot, current_id, open_snapshot
from tests.faults.conftest import NAME, all_intact, more, same, tables
from tests.faults.forge import Forge

Tables = Callable[..., dict[str, pd.DataFrame]]
NOBODY = 65534


@pytest.mark.parametrize("file_bytes", [3_000, 20_000, 45_000])
def test_a_disk_that_is_full_at_some_file(
    forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Tables, file_bytes: int
) -> None:
    before = current_id(yesterday, NAME)
    more(corpus, 40)
    assert forge.refresh(corpus.folder, yesterday, file_bytes=file_bytes) == 1
    said = forge.said()
    assert said.startswith("WorkError: ")
    assert any(remedy in said for remedy in ("make room", "see the database's own log")), said
    assert current_id(yesterday, NAME) == before
    all_intact(yesterday)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    same(tables(yesterday), undisturbed(24, 40))


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = Path(tempfile.mkdtemp(prefix="parallax-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@pytest.mark.parametrize("free_bytes", [0, 100_000])
def test_a_full_disk(
    forge: Forge, corpus: Corpus, stores: Callable[..., Path], undisturbed: Tables, small_disk: Path, free_bytes: int
) -> None:
    store = small_disk / "store"
    shutil.copytree(stores(24), store)
    before = current_id(store, NAME)
    more(corpus, 40)
    room = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"x" * (room - free_bytes))
    assert forge.refresh(corpus.folder, store) == 1
    assert "WorkError: " in forge.said()
    assert current_id(store, NAME) == before
    all_intact(store)
    (small_disk / "ballast").unlink()
    assert forge.refresh(corpus.folder, store) == 0, forge.said()
    same(tables(store), undisturbed(24, 40))


def test_a_read_only_store_is_said_and_can_be_read(forge: Forge, stores: Callable[..., Path]) -> None:
    # Not under pytest's own folder, which others may not enter.
    with tempfile.TemporaryDirectory(prefix="parallax-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(stores(24), folder / "store")
        corpus = stores(24).parent / "corpus"
        shutil.copytree(corpus, folder / "corpus")
        for path in [folder / "store", *(folder / "store").rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        uid = NOBODY if os.geteuid() == 0 else 0
        try:
            assert forge.refresh(folder / "corpus", folder / "store", uid=uid) == 1
            assert "give a store that can be written" in forge.said(), forge.log.read_text()[-3000:]
            assert verify(open_snapshot(folder / "store", NAME)) == []
        finally:
            for path in [folder / "store", *(folder / "store").rglob("*")]:
                path.chmod(0o755)


def test_damaged_kept_work_is_done_again(forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Tables) -> None:
    files = sorted((yesterday / NAME / "kept").rglob("*.parquet"))
    assert len(files) > 5
    for i, path in enumerate(files):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data if i % 2 else data[:-20])
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    same(tables(yesterday), undisturbed(24))
    assert forge.log.read_text(encoding="utf-8").count("cache file damaged") >= len(files)


@pytest.mark.parametrize("name", ["evidence.parquet", "topics.npy", "articles.parquet", "manifest.json"])
def test_a_damaged_snapshot_is_said_and_the_next_is_right(
    forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Tables, name: str
) -> None:
    folder = open_snapshot(yesterday, NAME).folder
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / name).write_bytes(data)
    if name == "manifest.json":
        with pytest.raises(WorkError, match="run `parallax refresh`"):
            open_snapshot(yesterday, NAME)
    else:
        assert verify(Snapshot(folder)) == [f"{name} is not what was published"]
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    assert verify(open_snapshot(yesterday, NAME)) == []
    same(tables(yesterday), undisturbed(24))


def test_a_clock_that_is_set_back(forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Tables) -> None:
    before = current_id(yesterday, NAME)
    more(corpus, 40)
    assert forge.refresh(corpus.folder, yesterday, now="2001-01-01T02:00:00+00:00") == 0, forge.said()
    ids = all_intact(yesterday)
    assert before is not None
    assert current_id(yesterday, NAME) == ids[-1] > before
    same(tables(yesterday), undisturbed(24, 40))
    run = read_runs(yesterday, NAME)[-1]
    assert (run.outcome, run.started.year) == ("published", 2001)


def test_a_second_refresh_is_told_who_has_it_and_since_when(forge: Forge, corpus: Corpus, yesterday: Path) -> None:
    process = forge.begin(corpus.folder, yesterday, full=True)
    holder = yesterday / NAME / "refresh.holder"
    while not (holder.exists() and str(process) in holder.read_text()):
        time.sleep(0.005)
    os.kill(process, signal.SIGSTOP)
    try:
        before = len(read_runs(yesterday, NAME))
        with pytest.raises(
            WorkError, match=rf"another refresh of {NAME} is running: process {process}, since \d{{4}}-"
        ):
            run_refresh(corpus, load_settings(store=yesterday))
        assert len(read_runs(yesterday, NAME)) == before
    finally:
        os.kill(process, signal.SIGCONT)
    assert forge.end() == 0, forge.said()


def test_memory_that_runs_out_is_said(forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Tables) -> None:
    more(corpus, 40)
    before = current_id(yesterday, NAME)
    status = forge.refresh(corpus.folder, yesterday, memory_bytes=20 * 2**20)
    assert status != 0  # a library may end the process itself when it is refused memory
    assert current_id(yesterday, NAME) == before
    all_intact(yesterday)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    same(tables(yesterday), undisturbed(24, 40))
    failed, last = read_runs(yesterday, NAME)[-2:]
    assert failed.outcome in ("failed", "killed")
    assert failed.error
    assert last.outcome == "published"
