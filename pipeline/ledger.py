"""What a refresh did, kept while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.schema import REFRESH

Told = Callable[[str, int, int], None]  # (stage, done, total)


@dataclass
class Ledger:
    """What a refresh did, kept while it runs: rows of REFRESH."""

    told: Told
    rows: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[list[int]]:
        """Times a stage; the block puts the number of rows it made into the list."""
        self.told(name, 0, 0)
        made, start = [0], time.perf_counter()
        yield made
        self.add("stage", name, made[0], seconds=time.perf_counter() - start)

    def add(
        self, what: str, name: str, count: int, *, seconds: float | None = None, detail: str | None = None
    ) -> None:
        self.rows.append({"what": what, "name": name, "count": count, "seconds": seconds, "detail": detail})

    def table(self) -> pd.DataFrame:
        return REFRESH.frame(self.rows)
