"""One at a time, and a lock that dies with its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import WorkError
from pipeline.lock import one_at_a_time

HOLDER = """
import sys
from pathlib import Path
from pipeline.lock import one_at_a_time
with one_at_a_time(Path(sys.argv[1]), what="refresh"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(store: Path) -> Path:
    return store / "refresh.lock"


def test_one_after_the_other_is_fine(lock: Path) -> None:
    for _ in range(2):
        with one_at_a_time(lock, what="refresh"):
            pass


def test_a_block_that_fails_lets_go(lock: Path) -> None:
    with pytest.raises(KeyError), one_at_a_time(lock, what="refresh"):
        raise KeyError
    with one_at_a_time(lock, what="refresh"):
        pass


def test_a_second_one_is_told_who_holds_it_and_a_killed_holder_holds_nothing(lock: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(WorkError, match=rf"another refresh is running: process {other.pid}, since \d{{4}}-"),
            one_at_a_time(lock, what="refresh"),
        ):
            pass
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with one_at_a_time(lock, what="refresh"):
            pass


def test_being_turned_away_leaves_the_holders_name_standing(lock: Path) -> None:
    with one_at_a_time(lock, what="refresh"):
        for _ in range(2):
            with pytest.raises(WorkError, match=f"process {os.getpid()}"), one_at_a_time(lock, what="refresh"):
                pass


def test_a_store_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(WorkError, match="give a store that can be written"),
        one_at_a_time(tmp_path / "file" / "x.lock", what="refresh"),
    ):
        pass
