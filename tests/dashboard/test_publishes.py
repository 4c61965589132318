"""A hundred publishes under eight clients of the dashboard: no failed request, no answer that mixes two snapshots."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.retention import prune
from tests.faults.test_readers import CORPUS, PUBLISHES, ROOT, put

CLIENTS = 8
SERVER = """
import sys
from pathlib import Path
from dashboard.app import create_app
from pipeline.cli.serving import listen, run
from pipeline.settings import Settings

store = Path(sys.argv[1])
app = create_app(store, "bridge", Settings(store=store))
listening = listen("127.0.0.1", 0)
app.server.test_client().get("/")
listening.listen()
print(listening.getsockname()[1], flush=True)
run(app.server, listening)
"""
# Path → what in its answer holds the mark.
MARKED = {"/api/v1/outlets": "outlet", "/api/v1/topics": "label", "/api/v1/events": "title"}


@pytest.fixture
def port(store: Path) -> Iterator[int]:
    """The port of a dashboard that serves the store."""
    put(store, 1)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(store)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert server.stdout is not None
    yield int(server.stdout.readline())
    ended = server.poll()
    server.terminate()
    _, said = server.communicate()
    assert (ended, said) == (None, "")


def read(port: int, seed: int, enough: threading.Event, seen: list[tuple[str, str]], wrong: list[str]) -> None:
    """Asks until it is enough; keeps (snapshot, mark) of each answer, and what went wrong."""
    rng = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not enough.is_set():
        path = rng.choice([*MARKED, "/readyz"])
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            wrong.append(f"{path}: {type(error).__name__}: {error}")
            return
        if answer.status != 200:
            wrong.append(f"{path}: {answer.status} {body[:200]}")
        elif path in MARKED:
            (row,) = json.loads(body)["rows"]
            seen.append(((answer.getheader("ETag") or "").strip('"').split("-")[0], row[MARKED[path]]))
    connection.close()


def test_a_hundred_publishes_under_eight_clients(store: Path, port: int) -> None:
    enough = threading.Event()
    seen: list[tuple[str, str]] = []
    wrong: list[str] = []
    clients = [threading.Thread(target=read, args=(port, i, enough, seen, wrong)) for i in range(CLIENTS)]
    for client in clients:
        client.start()
    marks = {}
    for number in range(2, PUBLISHES + 2):
        marks[put(store, number)] = str(number)
        prune(store, CORPUS, keep=1)
    enough.set()
    for client in clients:
        client.join()
    assert wrong == []
    later = [(snapshot, mark) for snapshot, mark in seen if snapshot in marks]
    assert all(marks[snapshot] == mark for snapshot, mark in later)
    assert len({mark for _, mark in later}) > 10  # clients did read while it was published
