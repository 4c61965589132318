"""Work in the background of the serving process: threads, progress, cancel, results kept by what they answer."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.errors import ParallaxError

Told = Callable[[str, int, int], None]  # (stage, done, total)
Work = Callable[[Told], Any]
State = Literal["waiting", "running", "done", "failed", "cancelled"]

log = logging.getLogger(__name__)
# Comparisons are small (some hundred kB); this many are kept, so that going back costs nothing.
KEPT = 48


class StoppedError(ParallaxError):
    """The reader cancelled the work."""


@dataclass
class Job:
    """One piece of work: where it stands, and its result or its error once it has ended."""

    key: str
    stage: str = "waiting"
    done: int = 0
    total: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    future: Future[Any] | None = None

    def told(self, stage: str, done: int, total: int) -> None:
        """Takes note of progress. Raises StoppedError where the reader has cancelled."""
        if self.stop.is_set():
            raise StoppedError("cancelled")
        self.stage, self.done, self.total = stage, done, total

    @property
    def error(self) -> BaseException | None:
        """What went wrong; null while it runs, and where nothing did."""
        if self.future is None or not self.future.done() or self.future.cancelled():
            return None
        return self.future.exception()

    @property
    def state(self) -> State:
        if self.future is None or not self.future.done():
            return "running" if self.future is not None and self.future.running() else "waiting"
        if self.future.cancelled() or isinstance(self.error, StoppedError):
            return "cancelled"
        return "failed" if self.error else "done"

    @property
    def cancelled(self) -> bool:
        """Whether the reader has cancelled it; it may still run, until its next word of progress."""
        return self.state == "cancelled" or (self.stop.is_set() and self.state in ("waiting", "running"))

    @property
    def result(self) -> Any:
        """The result. Raises what the work raised."""
        if self.future is None:
            raise CancelledError
        return self.future.result()


class Jobs:
    """Runs work once for each key, however many ask for it at once, and keeps the latest results."""

    def __init__(self, *, workers: int = 1, kept: int = KEPT) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="parallax")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._kept = kept

    def ask(self, key: str, work: Work) -> Job:
        """The job of this key: the one that runs or has run, or a new one where there is none to reuse.

        Work that was cancelled or failed is done again when it is asked for again, also while what was cancelled
        has not come to its next word yet.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.cancelled or job.state == "failed":
                job = self._jobs[key] = Job(key)
                job.future = self._pool.submit(work, job.told)
                job.future.add_done_callback(_log_fault)
            self._jobs.move_to_end(key)
            self._forget()
            return job

    def get(self, key: str | None) -> Job | None:
        """The job of this key; null where there is none."""
        with self._lock:
            return self._jobs.get(key) if key else None

    def cancel(self, key: str | None) -> None:
        """Stops the job at its next word of progress; one that waits never starts."""
        job = self.get(key)
        if job is not None and job.future is not None:
            job.stop.set()
            job.future.cancel()

    def _forget(self) -> None:
        ended = [k for k, job in self._jobs.items() if job.state in ("done", "failed", "cancelled")]
        for key in ended[: max(0, len(self._jobs) - self._kept)]:
            del self._jobs[key]


def _log_fault(future: Future[Any]) -> None:
    """A fault of ours goes to the log with its trace; the reader is told that it did."""
    if not future.cancelled() and (error := future.exception()) and not isinstance(error, ParallaxError):
        log.error("work in the background failed", exc_info=error)
