"""store/<corpus>/kept/: what was computed once, by kind and configuration, and which of it may go."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from pipeline.cache import Shelf, place_of
from pipeline.memory import Memory


class Kept:
    """The kept work of a corpus, for the one refresh that runs: whoever has it holds the refresh's lock.

    fresh: takes no notice of what was kept before, and in `prune` puts what was done in its place.
    """

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self._folder, self._fresh = folder, fresh
        self._shelves: dict[Path, Shelf] = {}
        self._memories: dict[Path, Memory] = {}

    def sweep(self) -> None:
        """Removes half-written files that a killed refresh left."""
        for path in self._folder.glob("*/*/*.tmp"):
            path.unlink()

    def shelf(self, kind: str, configuration: str) -> Shelf:
        """Rows by article."""
        shelf = Shelf(self._folder, kind, configuration, fresh=self._fresh)
        return self._shelves.setdefault(shelf.folder, shelf)

    def memory(self, kind: str, configuration: str) -> Memory:
        """Rows by single text."""
        folder = place_of(self._folder, kind, configuration)
        if folder not in self._memories:
            self._memories[folder] = Memory(folder, fresh=self._fresh)
        return self._memories[folder]

    @property
    def used(self) -> list[str]:
        """The configurations that were asked for: kind/hash, as a manifest names them."""
        return sorted(self._named(folder) for folder in (*self._shelves, *self._memories))

    def _named(self, folder: Path) -> str:
        return folder.relative_to(self._folder).as_posix()

    def prune(self, stay: Iterable[str]) -> list[str]:
        """Removes the configurations that were not asked for and are not among those that stay; returns them.

        Killed halfway, it leaves whole files: a batch is used or missing, never half.
        """
        wanted = {*stay, *self.used}
        gone = [path for path in self._folder.glob("*/*/") if self._named(path) not in wanted]
        for path in gone:
            shutil.rmtree(path)
        if self._fresh:
            self._replace_former()
        for kind in self._folder.glob("*/"):
            if not any(kind.iterdir()):
                kind.rmdir()
        return sorted(self._named(path) for path in gone)

    def _replace_former(self) -> None:
        places: dict[Path, Shelf | Memory] = {**self._shelves, **self._memories}
        for folder, place in places.items():
            for path in folder.glob("*"):
                if path.name not in place.written:
                    path.unlink()
