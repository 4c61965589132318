"""What models said of single texts is kept by what it follows from: it outlives a changed codebook.

Evidence is kept by article and codebook (`cache.py`): with one proposition more all of it is to be found again.
What it rests on is as it was, a sentence's vector, what was read of a sentence and a claim, and lies here.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from pipeline.cache import intact, put
from pipeline.packing import mapped, save

PART = 2000  # rows computed between two files: a killed refresh loses some ten seconds' work
# What opening a damaged file may end with, by what the damage struck: the ZIP's directory, its method of packing, an
# array's header. Nothing is swallowed: a file that is not what its name says is logged and removed, any other raises.
UNREADABLE = (
    BadZipFile, EOFError, KeyError, NotImplementedError, OSError, OverflowError, SyntaxError, ValueError,
    struct.error,
)  # fmt: skip


def key_of(*parts: str) -> int:
    """64 bits of a hash: of ten million texts two share one with a chance of 1 in 400,000."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).digest()[:8], "little")


class Memory:
    """Rows of numbers by key. A batch is one uncompressed .npz file of sorted keys and their rows, named by its
    own hash; it is mapped, so that a few rows of a large one cost little."""

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        """fresh: takes no notice of what was kept before."""
        self.folder = folder
        self.written: set[str] = set()  # names of files
        self._batches = [] if fresh else [Batch(path) for path in sorted(folder.glob("*.npz"))]

    def rows(self, keys: Sequence[int], compute: Callable[[list[int]], np.ndarray]) -> np.ndarray:
        """The row of every key: those kept, and those that `compute` gives for the positions it is asked for.

        What is computed is on disk part by part, all of it before this returns; what a key that comes twice stands
        for is computed once.
        Raises WorkError where it cannot be written.
        """
        unique, first, place = np.unique(np.array(keys, np.uint64), return_index=True, return_inverse=True)
        missing, found = np.ones(len(unique), bool), list[tuple[np.ndarray, np.ndarray]]()
        for batch in self._batches:
            mine = np.flatnonzero(missing)[batch.holds(unique[missing])]
            rows = batch.rows(unique[mine]) if len(mine) else None
            if rows is not None:
                found.append((mine, rows))
                missing[mine] = False
        asked = np.flatnonzero(missing)
        for part in np.split(asked, range(PART, len(asked), PART)) if len(asked) or not found else []:
            made = compute(first[part].tolist())
            self._keep(unique[part], made)
            found.append((part, made))
        out = np.empty((len(unique), *found[-1][1].shape[1:]), found[-1][1].dtype)
        for where, rows in found:
            out[where] = rows
        return out[place]

    def _keep(self, keys: np.ndarray, rows: np.ndarray) -> None:
        if len(keys):
            path = put(self.folder, ".npz", lambda file: save(file, {"keys": keys, "rows": rows}))
            self.written.add(path.name)
            self._batches.append(Batch(path))


class Batch:
    """One file of a memory. Only its keys are read before a row of it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checked = False
        self._arrays: dict[str, np.ndarray] = self._opened()

    def holds(self, keys: np.ndarray) -> np.ndarray:
        """Whether each of the keys is here."""
        own = self._arrays["keys"]
        if not len(own):
            return np.zeros(len(keys), bool)
        return np.asarray(own[np.minimum(np.searchsorted(own, keys), len(own) - 1)] == keys)

    def rows(self, keys: np.ndarray) -> np.ndarray | None:
        """The rows of keys that are here; null (said in the log, the file removed) where it is damaged."""
        if not self._checked and not intact(self._path):
            self._arrays = _nothing()
            return None
        self._checked = True
        return np.array(self._arrays["rows"][np.searchsorted(self._arrays["keys"], keys)])

    def _opened(self) -> dict[str, np.ndarray]:
        try:
            arrays = mapped(self._path)
            return {"keys": np.array(arrays["keys"]), "rows": arrays["rows"]}
        except UNREADABLE:
            if intact(self._path):
                raise
            return _nothing()


def _nothing() -> dict[str, np.ndarray]:
    return {"keys": np.zeros(0, np.uint64)}
