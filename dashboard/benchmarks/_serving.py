"""A dashboard served by a process of its own, as `parallax serve` does, and what that process takes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.bench import Setting
from pipeline.benchmarks._large import NAME
from pipeline.benchmarks._synthetic import make_corpus
from pipeline.errors import WorkError

HEAVY = ("torch", "bertopic", "sentence_transformers", "transformers", "umap")
PATIENCE_SECONDS = 300.0
# `parallax serve`, which on a signal says which of the heavy libraries it has imported.
_PROGRAM = f"""
import json, signal, sys
from pipeline.cli import main
def tell(*_):
    sys.stderr.write("LOADED " + json.dumps([name for name in {HEAVY!r} if name in sys.modules]) + "\\n")
    sys.stderr.flush()
signal.signal(signal.SIGUSR1, tell)
sys.argv[0] = "parallax"
main()
"""


@dataclass(frozen=True)
class Serving:
    """The process, and the port that it listens on at 127.0.0.1."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def others(self) -> list[int]:
        """The processes that answer beside it, by their ids."""
        mine = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in mine.split()]

    def memory_bytes(self, pid: int | None = None) -> dict[str, int]:
        """What it, or another, occupies (`VmRSS`), of that its own (`RssAnon`), and the most ever (`VmHWM`)."""
        lines = Path(f"/proc/{pid or self.process.pid}/status").read_text(encoding="ascii").splitlines()
        facts = dict(line.split(":", 1) for line in lines)
        return {name: 1024 * int(facts[name].split()[0]) for name in ("VmRSS", "RssAnon", "VmHWM")}

    def cpu_seconds(self) -> float:
        """How long its threads, and those of the processes beside it, have run on a core: what is left of a time when
        others use the machine too."""
        total = 0
        for pid in (self.process.pid, *self.others):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                try:
                    total += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
                except FileNotFoundError:
                    continue  # a thread that has just ended
        return total / 1e9

    def settle(self) -> None:
        """Waits until it has done what it does by itself when it begins."""
        before = self.cpu_seconds()
        for _ in range(int(PATIENCE_SECONDS)):
            time.sleep(1)
            now = self.cpu_seconds()
            if now - before < 0.05:
                return
            before = now

    def loaded(self) -> list[str]:
        """The heavy libraries that it has imported."""
        self.process.send_signal(signal.SIGUSR1)
        return list(json.loads(_awaited(self.log, r"LOADED (\[.*\])", self.process)))


def shared_out(pid: int) -> int:
    """Bytes that a process occupies, what it shares with others divided among them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return 1024 * int(line.split()[1])
    raise WorkError(f"/proc/{pid}/smaps_rollup does not say what the process occupies")


@contextmanager
def serving(setting: Setting) -> Iterator[Serving]:
    """`parallax serve` of the large synthetic snapshot, as long as the block runs. Raises WorkError."""
    store = setting.large_store
    make_corpus(setting.folder / "served", (), name=NAME)
    log = setting.folder / "serve.log"
    command = [sys.executable, "-c", _PROGRAM, "serve", "--corpus", str(setting.folder / "served"), "--store",
               str(store), "--port", "0"]  # fmt: skip
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, stderr=out, stdout=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
    try:
        port = int(_awaited(log, r"http://127\.0\.0\.1:(\d+)/", process))
        found = Serving(process, port, log)
        found.settle()
        yield found
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _awaited(log: Path, pattern: str, process: subprocess.Popen[str]) -> str:
    """What the process writes, once it has. Raises WorkError where it ends instead."""
    for _ in range(int(PATIENCE_SECONDS / 0.1)):
        said = log.read_text(encoding="utf-8")
        if found := re.search(pattern, said):
            return found[1]
        if process.poll() is not None:
            raise WorkError(f"the dashboard ended with status {process.returncode}: {said[-300:]}")
        time.sleep(0.1)
    raise WorkError(f"the dashboard did not begin within {PATIENCE_SECONDS:.0f} s")
