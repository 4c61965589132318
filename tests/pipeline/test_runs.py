"""The ledger of refreshes: a row a run whatever its end, true after kills, cut lines and clocks set back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import runs
from pipeline.errors import WorkError
from pipeline.runs import Run, begin_run, close_dead_runs, end_run, ledger_path, note_stage, note_told, read_runs

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)


def begin(store: Path, *, now: datetime = NOW) -> Run:
    return begin_run(store, "bridge", trigger="schedule", now=now)


def dead(store: Path, stage: str | None = None) -> Run:
    """A run whose process is gone."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    run = replace(begin(store), process=ended.pid, born="long ago")
    runs._append(
        store, "bridge", {"event": "began", "id": run.id, "process": run.process, "born": run.born}, durable=True
    )
    if stage:
        note_stage(store, run, stage, now=NOW + timedelta(seconds=7))
    return run


def test_a_store_without_runs_has_none(store: Path) -> None:
    assert read_runs(store, "bridge") == []
    assert len(runs.runs_table(store, "bridge")) == 0


def test_a_run_that_works_is_running_and_then_what_it_ended_as(store: Path) -> None:
    run = begin(store)
    note_stage(store, run, "embed", now=NOW)
    (working,) = read_runs(store, "bridge")
    assert (working.outcome, working.stage, working.ended, working.took_seconds) == ("running", "embed", None, None)
    ended = replace(
        run, outcome="published", ended=NOW + timedelta(seconds=90), snapshot="s", counts={"articles": 3},
        failures={"Quay": "timeout"},
    )  # fmt: skip
    end_run(store, ended)
    note_told(store, run, {"mail": "done"})
    (found,) = read_runs(store, "bridge")
    assert found == replace(ended, told={"mail": "done"}, stage="embed")
    assert found.as_json()["took_seconds"] == 90
    assert list(runs.runs_table(store, "bridge")["outcome"]) == ["published"]


@pytest.mark.parametrize(("stage", "where"), [("measures", "in measures"), (None, "before its first stage")])
def test_a_run_whose_process_is_gone_was_killed(store: Path, stage: str | None, where: str) -> None:
    run = dead(store, stage)
    (found,) = read_runs(store, "bridge")
    assert found.outcome == "killed"
    assert where in (found.error or "")
    assert found.ended == (NOW + timedelta(seconds=7) if stage else NOW)
    assert [one.id for one in close_dead_runs(store, "bridge")] == [run.id]
    assert close_dead_runs(store, "bridge") == []
    assert read_runs(store, "bridge")[0].outcome == "killed"


def test_a_number_given_to_another_process_is_not_taken_for_the_run(store: Path) -> None:
    run = dead(store)
    runs._append(store, "bridge", {"event": "began", "id": run.id, "process": os.getpid()}, durable=True)
    if not Path("/proc/self/stat").exists():
        pytest.skip("this system does not say when a process began")
    assert read_runs(store, "bridge")[0].outcome == "killed"


def test_a_run_on_another_machine_counts_as_running_until_somebody_has_its_lock(store: Path) -> None:
    run = dead(store)
    runs._append(
        store, "bridge", {"event": "began", "id": run.id, "host": f"not-{socket.gethostname()}"}, durable=True
    )
    assert read_runs(store, "bridge")[0].outcome == "running"
    assert [one.outcome for one in close_dead_runs(store, "bridge")] == ["killed"]
    assert read_runs(store, "bridge")[0].outcome == "killed"


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_cut_short_harms_no_other(store: Path, cut: int) -> None:
    first = begin(store)
    end_run(store, replace(first, outcome="published", ended=NOW))
    second = begin(store, now=NOW + timedelta(days=1))
    path = ledger_path(store, "bridge")
    path.write_bytes(path.read_bytes()[:-cut])
    third = begin(store, now=NOW + timedelta(days=2))
    end_run(store, replace(third, outcome="failed", ended=NOW, error="e"))
    found = {run.id: run.outcome for run in read_runs(store, "bridge")}
    found.pop(second.id, None)
    assert found == {first.id: "published", third.id: "failed"}


def test_two_runs_of_one_moment_are_two(store: Path) -> None:
    assert len({begin(store).id for _ in range(3)}) == 3
    assert len(read_runs(store, "bridge")) == 3


def test_a_store_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(WorkError, match=r"ledger of refreshes .* cannot be written"):
        begin(tmp_path / "store")


def test_each_corpus_has_its_own(store: Path) -> None:
    begin(store)
    begin_run(store, "ferry", trigger="hand", now=NOW)
    assert [run.corpus for run in read_runs(store, "bridge")] == ["bridge"]
