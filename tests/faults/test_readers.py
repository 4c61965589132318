"""A hundred publishes under eight reading clients: no failed read, no answer that mixes two snapshots."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from scipy import sparse

from pipeline.intact import verify
from pipeline.measures import Tally
from pipeline.publish import publish
from pipeline.retention import pin, prune
from pipeline.schema import TABLES
from pipeline.snapshot import Snapshot as Opened
from pipeline.snapshot import snapshot_ids
from pipeline.words import count

ROOT = Path(__file__).resolve().parents[2]
PUBLISHES = 100
CORPUS = "bridge"
READER = """
import json, random, sys, threading, time
from pathlib import Path
from pipeline.snapshot import open_snapshot

store, seen, wrong, stop = Path(sys.argv[1]), [], [], threading.Event()

def read(number):
    rng = random.Random(number)
    while not stop.is_set():
        try:
            found = open_snapshot(store, "bridge")
            mark = found.table("outlets")["outlet"][0]
            time.sleep(0.1 + rng.random() * 0.3)  # some of it is read when two newer ones are published
            answers = {
                mark, found.table("topics")["label"][0], found.table("events")["title"][0],
                str(int(found.tally("share").numerator.sum())), str(int(found.array("leads")[0, 0])),
                found.words.vocabulary[0].removeprefix("n"),
            }
            seen.append(mark)
            if len(answers) > 1:
                wrong.append(f"mixed: {sorted(answers)}")
        except BaseException as error:
            wrong.append(f"{type(error).__name__}: {error}")

threads = [threading.Thread(target=read, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
print("reading", flush=True)
sys.stdin.read()
stop.set()
for thread in threads:
    thread.join()
print(json.dumps({"reads": len(seen), "marks": len(set(seen)), "wrong": wrong[:5]}))
"""


def put(store: Path, number: int) -> str:
    """A snapshot each part of which holds the number."""
    mark = str(number)
    tables = {name: table.empty() for name, table in TABLES.items()}
    tables["outlets"] = TABLES["outlets"].frame([{"outlet": mark}])
    tables["topics"] = TABLES["topics"].frame([{"topic": 0, "label": mark, "words": "w", "passages": 0}])
    tables["events"] = TABLES["events"].frame(
        [{"event": "e", "title": mark, "start": "2026-03-09", "end": "2026-03-09", "articles": 1, "outlets": 1,
          "keywords": ""}]
    )  # fmt: skip
    tally = Tally("share", ("x",), sparse.csr_array(np.array([[float(number)]])), np.array([1.0]))
    return publish(
        store, CORPUS, tables=tables, arrays={"leads": np.array([[number]], np.float32)}, tallies={"share": tally},
        words=count([f"n{number}"]), manifest={},
    ).id  # fmt: skip


def test_a_hundred_publishes_under_eight_readers(store: Path) -> None:
    pinned = put(store, 1)
    pin(store, CORPUS, pinned)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(store)], cwd=ROOT, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
    for number in range(2, PUBLISHES + 2):
        put(store, number)
        prune(store, CORPUS, keep=1)
    for reader in readers:
        out, _ = reader.communicate("")
        found = json.loads(out)
        assert found["wrong"] == []
        assert found["reads"] > 8
        assert found["marks"] > 3
    prune(store, CORPUS, keep=1)  # nobody reads any more
    ids = snapshot_ids(store, CORPUS)
    assert len(ids) == 2
    assert ids[0] == pinned
    assert all(verify(Opened(store / CORPUS / "snapshots" / identifier)) == [] for identifier in ids)
