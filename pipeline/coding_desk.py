"""Where snapshot and library meet over hand coding: what there is to read, and answers given and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Engine

from pipeline.coding import SPAN, Read, Subject, checked_answer, coder_name, read_of, spans_of, subjects
from pipeline.library.codings import Coded, add_codings, codings_of
from pipeline.library.engine import library_url, open_engine
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot

Clock = Callable[[], datetime]


class Desk:
    """The codings of one corpus. Several people and processes may use one library at once."""

    def __init__(self, settings: Settings, corpus: str, *, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self.settings, self.corpus, self.clock = settings, corpus, clock

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        engine = open_engine(library_url(self.settings.library_url, self.settings.store))
        try:
            yield engine
        finally:
            engine.dispose()

    def codings(self, subject: Subject | None = None) -> pd.DataFrame:
        """The answers in force, of one subject or all. Raises WorkError where the library is not to be had."""
        only = {} if subject is None else {"measure": subject.measure, "subject": subject.id}
        with self._engine() as engine:
            return codings_of(engine, self.corpus, **only)

    def read(self, spans: pd.DataFrame, subject: Subject) -> Read:
        """The answers on spans of `spans_of`."""
        return read_of(spans, subject, self.codings(subject))

    def give(self, spans: pd.DataFrame, subject: Subject, coder: str, answers: Mapping[int, str | None]) -> None:
        """Stores a coder's answers by row of the spans, all or none; null takes an earlier one back.

        Raises InputError for an answer or a name that cannot be, WorkError where the library cannot be written.
        """
        name = coder_name(coder)
        rows = [
            Coded(
                measure=subject.measure, subject=subject.id, asked=subject.asked, article=span.article,
                content_hash=span.content_hash, start=int(span.start), end=int(span.end), coder=name,
                answer=None if answer is None else checked_answer(subject, answer), found=span.found,
            )
            for span, answer in zip(spans.iloc[list(answers)].itertuples(index=False), answers.values(), strict=True)
        ]  # fmt: skip
        with self._engine() as engine:
            add_codings(engine, self.corpus, rows, now=self.clock())

    def take_back(self, spans: pd.DataFrame, subject: Subject, coder: str) -> int | None:
        """Takes a coder's latest answer on a subject back, and gives the row that it was on; null without any."""
        answers = self.read(spans, subject).answers
        mine = answers[answers["coder"] == coder_name(coder)]
        if mine.empty:
            return None
        row = int(mine.loc[mine["id"].idxmax(), "row"])
        self.give(spans, subject, coder, {row: None})
        return row


def overview(snapshot: Snapshot, desk: Desk) -> pd.DataFrame:
    """What can be coded, a row a subject: measure, subject, asked; found, coded (spans); coders."""
    codings = desk.codings()
    rows = []
    for subject in subjects(snapshot.codebook):
        spans = spans_of(snapshot, subject)
        mine = codings[(codings["measure"] == subject.measure) & (codings["subject"] == subject.id)]
        read = read_of(spans, subject, mine)
        rows.append((subject.measure, subject.id, subject.asked, len(spans), read.answers["row"].nunique(),
                     read.answers["coder"].nunique()))  # fmt: skip
    return pd.DataFrame(rows, columns=["measure", "subject", "asked", "found", "coded", "coders"])


def rows_by_span(spans: pd.DataFrame, wanted: Sequence[tuple[str, str, int, int]]) -> list[int | None]:
    """The rows of these spans, as SPAN names them; null for one that is not found here."""
    place = {tuple(span): row for row, span in enumerate(spans[SPAN].itertuples(index=False, name=None))}
    return [place.get(span) for span in wanted]
