"""One at a time: a lock that dies with its process, and that says who holds it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]

from filelock import FileLock, Timeout

from pipeline.errors import WorkError


@contextmanager
def one_at_a_time(path: Path, *, what: str) -> Iterator[None]:
    """Holds the lock for the block. Raises WorkError naming the holder and since when, if somebody has it.

    The operating system lets go of the lock when its process ends, however it ends.
    """
    holder = path.with_suffix(".holder")
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise WorkError(f"another {what} is running{held_by(path)}; wait for it or end it") from error
    except OSError as error:
        raise WorkError(f"cannot write {path.parent}: {error.strerror}; give a store that can be written") from error
    try:
        _sign(holder)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _sign(holder: Path) -> None:
    facts = {"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        holder.write_text(json.dumps(facts), encoding="utf-8")
    except OSError as error:
        raise WorkError(
            f"cannot write {holder}: {error.strerror}; make room, or give a store that can be written"
        ) from error


def held(path: Path) -> bool:
    """Whether somebody holds the lock just now; where the system has no such locks, whether somebody said so."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except (AttributeError, OSError):
        return path.with_suffix(".holder").exists()


def held_by(path: Path) -> str:
    """ ": process 12, since …", as the holder of a lock signed; empty where nobody did."""
    try:
        facts = json.loads(path.with_suffix(".holder").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return ""
    return f": process {facts['process']}, since {facts['since']}"
