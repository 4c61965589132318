"""Killed at any moment: every snapshot verifies, nothing is lost or doubled, the end is as if undisturbed.

`make soak` does it 200 times; here it is 20.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.corpus import Corpus
from pipeline.runs import read_runs
from pipeline.snapshot import current_id
from tests.faults.conftest import NAME, all_intact, library_ids, more, same, tables
from tests.faults.forge import Forge

KILLS = int(os.environ.get("SOAK_KILLS", "20"))


def test_killed_at_random_moments(
    forge: Forge, corpus: Corpus, store: Path, undisturbed: Callable[..., dict[str, pd.DataFrame]], tmp_path: Path
) -> None:
    expected = undisturbed(24)
    takes_seconds = {}
    for full in (True, False):
        begun = time.perf_counter()
        assert forge.refresh(corpus.folder, tmp_path / "timed", full=full) == 0, forge.said()
        takes_seconds[full] = time.perf_counter() - begun
    rng = random.Random(20220309)
    statuses: list[int] = []
    while statuses.count(-9) < KILLS and len(statuses) < 4 * KILLS:
        # Half of them do everything again, so that every stage has work to be killed at.
        full = rng.random() < 0.5
        moment = rng.uniform(0, takes_seconds[full])
        statuses.append(forge.killed_after(moment, corpus.folder, store, full=full))
        all_intact(store)
    assert statuses.count(-9) == KILLS
    assert forge.refresh(corpus.folder, store) == 0, forge.said()
    same(tables(store), expected)
    ids = library_ids(store)
    assert len(ids) == len(set(ids)) == 24
    entries = read_runs(store, NAME)
    assert {run.outcome for run in entries} <= {"killed", "published"}
    assert entries[-1].outcome == "published"
    # One that was killed after it had said that it published is told as published.
    assert sum(run.outcome == "published" for run in entries) >= statuses.count(0) + 1
    assert all(run.snapshot is not None for run in entries if run.outcome == "published")
    assert not list((store / NAME).glob("kept/*/*/*.tmp"))
    assert not list((store / NAME / "snapshots").glob(".*"))


@pytest.mark.parametrize("stage", ["collect", "embed", "topics", "measures", "publish"])
def test_killed_in_a_stage_yesterdays_figures_stand_and_the_next_makes_up_for_it(
    forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Callable[..., dict[str, pd.DataFrame]], stage: str
) -> None:
    """As the kernel does when memory runs out."""
    before = current_id(yesterday, NAME)
    more(corpus, 40)
    assert forge.refresh(corpus.folder, yesterday, kill_at=stage) == -9
    assert current_id(yesterday, NAME) == before
    all_intact(yesterday)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    same(tables(yesterday), undisturbed(24, 40))
    killed, last = read_runs(yesterday, NAME)[-2:]
    assert (killed.outcome, killed.stage, killed.snapshot) == ("killed", stage, None)
    assert f"ended in {stage} without a word" in (killed.error or "")
    assert last.outcome == "published"
