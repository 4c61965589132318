"""Processes that answer beside the serving one: one interpreter keeps one core busy, and readers come at once.

What follows from a snapshot and the arguments alone (`answers.py`) may be made anywhere. Processes forked before the
first reader came make it whenever one is idle; what else is asked, and what is asked while all are busy, the serving
process answers itself, as it does where a process is gone or there can be none.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Protocol

from flask import Flask

from dashboard.answers import ANSWERS, PATH, Answers, MakerGoneError
from dashboard.warm import settle, warm

log = logging.getLogger(__name__)
LONGEST_SECONDS = 60.0  # that an answer may take: the slowest takes a second, the first of a new snapshot some
WARM_SECONDS = 900.0  # that all pages of a new snapshot may take, for which nobody waits
_WARM = b""  # asks for no answer, but that a new snapshot be opened


class Shuts(Protocol):
    """What is open in the serving process and has no business here: its socket, its end of the pipe."""

    def close(self) -> None: ...


class Beside:
    """One such process."""

    def __init__(self, server: Flask, answers: Answers, shut: Sequence[Shuts]) -> None:
        forked = multiprocessing.get_context("fork")
        self._pipe, theirs = forked.Pipe()
        self._idle = threading.Lock()
        own = (server, answers, theirs, [self._pipe, *shut])
        self._process = forked.Process(target=_serve, args=own, daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, key: str, body: bytes) -> bytes | None:
        """The answer to what was asked; null where it is busy, or what it made is not to be kept.

        Raises MakerGoneError where the process is gone, or has to be given up.
        """
        if not self._idle.acquire(blocking=False):
            return None
        try:
            return self._said(key.encode("ascii") + body, LONGEST_SECONDS)
        finally:
            self._idle.release()

    def warm(self) -> None:
        """Has it open what is new."""
        with self._idle, suppress(MakerGoneError):  # whoever asks next is told
            self._said(_WARM, WARM_SECONDS)

    def _said(self, message: bytes, longest_seconds: float) -> bytes | None:
        try:
            self._pipe.send_bytes(message)
            if self._pipe.poll(longest_seconds):
                return self._pipe.recv_bytes() or None
            why = f"has not answered for {longest_seconds:.0f} s"
        except (EOFError, OSError) as error:
            why = f"is gone ({error or type(error).__name__})"
        log.warning("a process that answered beside this one %s; this one goes on without it", why)
        self._process.kill()
        raise MakerGoneError(why)


def beside(server: Flask, *, many: int, shut: Sequence[Shuts] = ()) -> Sequence[Beside]:
    """So many processes, from which a dashboard's answers are then had. To be called before anything runs in threads;
    none where the system cannot fork a process that has loaded what we load. shut: what is this process's alone."""
    if not sys.platform.startswith("linux"):
        return ()
    gc.collect()
    gc.freeze()  # what both have stays in one place as long as nobody touches it
    answers: Answers = server.extensions[ANSWERS]
    found = [Beside(server, answers, shut) for _ in range(many)]
    answers.made_by([one.ask for one in found])
    return found


def _serve(server: Flask, answers: Answers, pipe: Connection, shut: Sequence[Shuts]) -> None:
    """The life of such a process: it ends with the one that it serves, whose end of the pipe then closes."""
    for one in shut:
        one.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the other one
    client = server.test_client()
    while True:
        try:
            message = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        if message == _WARM:
            warm(server)
            settle()
            pipe.send_bytes(b"")
            continue
        key, body = message[: answers.KEY_LENGTH].decode("ascii"), message[answers.KEY_LENGTH :]
        client.post(PATH, data=body, content_type="application/json")
        pipe.send_bytes(answers.taken(key) or b"")
