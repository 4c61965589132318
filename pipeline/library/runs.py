"""What the library knows of sources: how each run went, and what servers said for next time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from pipeline.collect.rows import whole
from pipeline.library.engine import reading, writing
from pipeline.library.tables import fetches, source_runs


@dataclass(frozen=True)
class SourceRun:
    """One source in one run. `failed` is why it gave nothing; null where it answered.

    tried, answered: requests (or files). listed: articles that the source named; null where it said that
    nothing changed since last time, or failed. seconds: wall clock. bytes: as they came over the wire.
    """

    source: str
    started: datetime
    seconds: float
    tried: int = 0
    answered: int = 0
    listed: int | None = None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: dict[str, int] = field(default_factory=dict)  # reason → count
    failed: str | None = None
    bytes: int = 0

    @property
    def came(self) -> int:
        """Articles that the source gave, known or not."""
        return self.new + self.changed + self.unchanged


@dataclass(frozen=True)
class Validator:
    """What a server gave to ask with the next time, and what came of the address."""

    url: str
    etag: str | None
    last_modified: str | None
    outcome: str
    fetched_at: datetime


def add_run(engine: Engine, corpus: str, run: SourceRun) -> None:
    """Writes down one run of one source."""
    failed = None if run.failed is None else whole(run.failed)  # it may quote a stranger's answer
    row = {**run.__dict__, "corpus": corpus, "refused": json.dumps(run.refused), "failed": failed}
    with writing(engine) as connection:
        connection.execute(insert(source_runs), row)


def runs(engine: Engine, corpus: str, *, source: str | None = None) -> list[SourceRun]:
    """The runs of a corpus's sources, or of one, the oldest first."""
    c = source_runs.c
    query = select(source_runs).where(c.corpus == corpus).order_by(c.started, c.id)
    if source is not None:
        query = query.where(c.source == source)
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    for row in rows:
        del row["id"], row["corpus"]
        row["refused"] = json.loads(row["refused"])
    return [SourceRun(**row) for row in rows]


def validators(engine: Engine, corpus: str, urls: Sequence[str]) -> dict[str, Validator]:
    """What is known of addresses, by address; the unknown are missing."""
    c = fetches.c
    query = select(c.url, c.etag, c.last_modified, c.outcome, c.fetched_at).where(c.corpus == corpus)
    found: dict[str, Validator] = {}
    with reading(engine) as connection:
        for begin in range(0, len(urls), 500):  # databases bound the values of one query
            for row in connection.execute(query.where(c.url.in_(urls[begin : begin + 500]))):
                found[row.url] = Validator(*row)
    return found


def keep_validators(engine: Engine, corpus: str, kept: Sequence[Validator]) -> None:
    """Keeps what servers gave, in the place of what they gave before."""
    if not kept:
        return
    rows: list[dict[str, Any]] = [{**v.__dict__, "corpus": corpus} for v in {v.url: v for v in kept}.values()]
    with writing(engine) as connection:
        where = (fetches.c.corpus == corpus) & fetches.c.url.in_([row["url"] for row in rows])
        connection.execute(delete(fetches).where(where))
        connection.execute(insert(fetches), rows)
