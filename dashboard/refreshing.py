"""Refreshes that a reader starts: each a process of its own, one at a time, by whom the settings allow."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Literal

from dashboard.allowing import Asker, may
from pipeline.errors import WorkError
from pipeline.lock import held, held_by
from pipeline.runs import Run, read_runs
from pipeline.settings import Settings
from pipeline.snapshot import corpus_folder


@dataclass(frozen=True)
class Standing:
    """Whether a refresh is under way, and what there is to say of it.

    starting: its process has begun, its run not yet. running: `run` says how far it is; null where its holder
    keeps no ledger. failed: the last one that a reader started ended before it was a run, or badly; `words` why.
    """

    state: Literal["idle", "starting", "running", "failed"]
    words: str = ""
    run: Run | None = None

    @property
    def busy(self) -> bool:
        return self.state in ("starting", "running")


class Refresher:
    """Starts refreshes of one corpus. command: what to run; null where refreshing is not to be had from here."""

    def __init__(self, store: Path, corpus: str, settings: Settings, command: Sequence[str] | None) -> None:
        self.store, self.corpus, self.settings, self.command = store, corpus, settings, command
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    def refusal(self, asks: Asker) -> str | None:
        """Why whoever asks may not start a refresh; null where they may."""
        allowed = self.settings.refresh_from_page
        if self.command is None:
            return "This dashboard was started without the corpus’s folder; run `parallax refresh` in a terminal."
        if may(allowed, asks, self.settings):
            return None
        if allowed == "none":
            return "The settings keep refreshes out of the page (refresh_from_page)."
        return (
            "Only readers on the machine that serves this page may start one; the setting refresh_from_page opens it."
        )

    def start(self) -> None:
        """Starts a refresh. Raises WorkError, saying who is at it, where one is under way."""
        with self._lock:
            standing = self._standing()
            if standing.busy:
                raise WorkError(f"a refresh is under way already{self._holder()}; wait for it")
            if self.command is None:
                raise WorkError("this dashboard has no corpus folder; run `parallax refresh` in a terminal")
            self._said = TemporaryFile()  # noqa: SIM115 – the child writes to it after we have returned
            self._child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._said,
                start_new_session=True,  # ending the dashboard does not end it halfway
            )  # fmt: skip

    def standing(self) -> Standing:
        """How it stands now, whoever started it."""
        with self._lock:
            return self._standing()

    def _standing(self) -> Standing:
        status = None if self._child is None else self._child.poll()
        runs = read_runs(self.store, self.corpus)
        running = next((run for run in reversed(runs) if run.outcome == "running"), None)
        if running is not None:
            return Standing("running", self._holder(), running)
        if self._child is not None and status is None:
            return Standing("starting")
        if held(self._lock_path):
            return Standing("running", self._holder())
        if status:
            return Standing("failed", self._last_words(status))
        return Standing("idle")

    @property
    def _lock_path(self) -> Path:
        return corpus_folder(self.store, self.corpus) / "refresh.lock"

    def _holder(self) -> str:
        return held_by(self._lock_path)

    def _last_words(self, status: int) -> str:
        """The last line on the child's standard error: what it failed of, and what to do."""
        assert self._said is not None
        self._said.seek(0)
        lines = [line for line in self._said.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1][:600] if lines else f"its process ended with status {status} and said nothing"
