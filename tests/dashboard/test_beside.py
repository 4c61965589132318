"""Processes that answer beside the serving one, and whose turn it is.

What forks does so in a process of its own, which has no threads.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue

import pytest

from dashboard.answers import Turns
from tests.dashboard.handmade import made_snapshot

forks = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks only where it is safe")

_BEGIN = """
import json, os, signal, sys
from pathlib import Path
from dashboard.answers import ANSWERS
from dashboard.app import create_app
from dashboard.beside import beside
from dashboard.visits import Reader
from pipeline.settings import Settings

store = Path(sys.argv[1])

def reader(server):
    client = server.test_client()
    def ask(path, sent):
        answer = client.get(path) if sent is None else client.post(path, json=sent)
        return json.loads(answer.data) if answer.data else {}
    return Reader(ask)

def opened(server):
    return [a.answer for path in ("/trends", "/topics", "/events") for a in reader(server).open(path)]

server = create_app(store, "bridge", Settings(store=store)).server
alone = create_app(store, "bridge", Settings(store=store)).server
for one in (server, alone):
    one.test_client().get("/")
others = beside(server, many=2)
pids = [one._process.pid for one in others]
"""


def _run(code: str, store: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _BEGIN + code, str(store)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("store"))
    made_snapshot(folder)
    return folder


@forks
def test_what_another_process_answers_is_what_this_one_would(store: Path) -> None:
    done = _run(
        """
made = []
for other in others:
    def ask(key, body, ask=other.ask):
        found = ask(key, body)
        made.append(found is not None)
        return found
    other.ask = ask
answers = server.extensions[ANSWERS]
answers._turns._idle.clear()
answers.made_by([other.ask for other in others])
assert opened(server) == opened(alone)
before = len(made)
assert sum(made) > 5
assert opened(server) == opened(alone)
assert len(made) == before  # kept: nobody is asked again
""",
        store,
    )
    assert done.returncode == 0, done.stderr


@forks
def test_a_process_that_is_gone_is_done_without_and_that_is_said(store: Path) -> None:
    done = _run(
        """
for pid in pids:
    os.kill(pid, signal.SIGKILL)
assert opened(server) == opened(alone)
""",
        store,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("goes on without it") == 2


@forks
def test_they_end_with_the_process_that_they_serve(store: Path) -> None:
    done = _run("print(*pids, flush=True); os.kill(os.getpid(), signal.SIGKILL)", store)
    pids = done.stdout.split()
    assert len(pids) == 2
    end = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < end, "they live on"
        time.sleep(0.05)


def test_turns_are_had_in_the_order_in_which_they_are_asked_for_and_the_lowest_place_first() -> None:
    turns, had = Turns(), SimpleQueue[tuple[int, int]]()
    for place in (3, 1, 2):
        turns.give(place, None)
    assert [turns.take()[0] for _ in range(3)] == [1, 2, 3]
    threads = []
    for reader in range(5):
        threads.append(threading.Thread(target=lambda n=reader: had.put((n, turns.take()[0]))))
        threads[-1].start()
        while len(turns._waiting) <= reader:
            time.sleep(0.001)
    for place in range(5):
        turns.give(place, None)
        assert had.get(timeout=10) == (place, place)
    for thread in threads:
        thread.join()
