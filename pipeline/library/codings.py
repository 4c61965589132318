"""What people answered who read spans by hand: append-only, so that no decision is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Engine, func, insert, select

from pipeline.library.engine import reading, writing
from pipeline.library.tables import codings


@dataclass(frozen=True)
class Coded:
    """One coder's answer on one span; `answer` is null where an earlier one is taken back. found: the measure's.
    event: the event that the span was drawn for; null where it was the whole corpus."""

    measure: str
    subject: str
    asked: str
    article: str
    content_hash: str
    start: int
    end: int
    coder: str
    answer: str | None
    found: str
    event: str | None = None


_SPAN = ("measure", "subject", "asked", "article", "content_hash", "start", "end")


def add_codings(engine: Engine, corpus: str, rows: Sequence[Coded], *, now: datetime) -> None:
    """Stores answers, all or none. Raises WorkError where the database fails."""
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(codings), [{**asdict(row), "corpus": corpus, "at": now} for row in rows])


def codings_of(
    engine: Engine, corpus: str, *, measure: str | None = None, subject: str | None = None
) -> pd.DataFrame:
    """The answers in force, the earliest first: those of `Coded`, with id and `at` (UTC)."""
    c = codings.c
    last = select(func.max(c.id)).where(c.corpus == corpus).group_by(*(c[name] for name in _SPAN), c.coder)
    for column, value in ((c.measure, measure), (c.subject, subject)):
        last = last if value is None else last.where(column == value)
    query = select(codings).where(c.id.in_(last), c.answer.is_not(None)).order_by(c.id)
    with reading(engine) as connection:
        result = connection.execute(query)
        found = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    return _typed(found)


def no_codings() -> pd.DataFrame:
    """What `codings_of` gives where nobody has answered."""
    return _typed(pd.DataFrame(columns=codings.c.keys()))


def _typed(found: pd.DataFrame) -> pd.DataFrame:
    texts = dict.fromkeys((*_SPAN[:5], "coder", "answer", "found", "event"), "str")
    return found.drop(columns="corpus").astype({**texts, "id": "int64", "start": "int64", "end": "int64"})
