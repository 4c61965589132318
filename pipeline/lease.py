"""A reader's hold on a snapshot: what somebody reads is not removed under them.

A shared lock of the operating system on the manifest; it ends with its process, however that ends. Where
there are no such locks (Windows, some network file systems) there is no hold, and only the policy protects.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]


def hold(file: Path, reader: object) -> bool:
    """Holds the file as long as `reader` lives. False where it is about to be removed."""
    if fcntl is None:
        return True
    handle = os.open(file, os.O_RDONLY)
    weakref.finalize(reader, os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # no locks on this file system
    return True


@contextmanager
def unread(file: Path) -> Iterator[bool]:
    """Whether nobody holds the file; while the block runs, nobody can."""
    if fcntl is None:
        yield True
        return
    handle = os.open(file, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
        except OSError:
            free = True  # no locks on this file system
        yield free
    finally:
        os.close(handle)
