"""Where snapshot and library meet over hand coding: what there is to read, and answers given and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Engine

from pipeline.coding import (
    SPAN,
    Read,
    SamplingFrame,
    Subject,
    checked_answer,
    coder_name,
    frame_of,
    read_of,
    subjects,
)
from pipeline.library.codings import Coded, add_codings, codings_of, no_codings
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
        """The answers in force, of one subject or all. Raises WorkError where the library is not to be had.

        Whoever only looks does not make a library where there is none.
        """
        only = {} if subject is None else {"measure": subject.measure, "subject": subject.id}
        if self.settings.library_url is None and not (self.settings.store / "library.sqlite").is_file():
            return no_codings()
        with self._engine() as engine:
            return codings_of(engine, self.corpus, **only)

    def read(self, frame: SamplingFrame) -> Read:
        """The answers on a frame."""
        return read_of(frame, self.codings(frame.subject))

    def give(self, frame: SamplingFrame, coder: str, answers: Mapping[int, str | None]) -> None:
        """Stores a coder's answers by row of the frame, all or none; null takes an earlier one back.

        Raises InputError for an answer or a name that cannot be, WorkError where the library cannot be written.
        """
        name, subject = coder_name(coder), frame.subject
        spans = frame.spans.iloc[list(answers)].itertuples(index=False)
        rows = [
            Coded(
                measure=subject.measure, subject=subject.id, asked=subject.asked, article=span.article,
                content_hash=span.content_hash, start=int(span.start), end=int(span.end), coder=name,
                answer=None if answer is None else checked_answer(subject, answer), found=span.found,
                event=frame.event,
            )
            for span, answer in zip(spans, answers.values(), strict=True)
        ]  # fmt: skip
        with self._engine() as engine:
            add_codings(engine, self.corpus, rows, now=self.clock())

    def take_back(self, frame: SamplingFrame, coder: str) -> int | None:
        """Takes a coder's latest answer on a frame back, and gives the row that it was on; null without any."""
        seen = self.read(frame).seen
        mine = seen[seen["coder"] == coder_name(coder)]
        if mine.empty:
            return None
        row = int(mine.loc[mine["id"].idxmax(), "row"])
        self.give(frame, coder, {row: None})
        return row


def overview(snapshot: Snapshot, desk: Desk) -> pd.DataFrame:
    """What can be coded, a row a subject: measure, subject, asked; found, coded (spans); coders."""
    codings = desk.codings()
    rows = []
    for subject in subjects(snapshot.codebook):
        frame = frame_of(snapshot, subject)
        mine = codings[(codings["measure"] == subject.measure) & (codings["subject"] == subject.id)]
        seen = read_of(frame, mine).seen
        rows.append((subject.measure, subject.id, subject.asked, len(frame), seen["row"].nunique(),
                     seen["coder"].nunique()))  # fmt: skip
    return pd.DataFrame(rows, columns=["measure", "subject", "asked", "found", "coded", "coders"])


def rows_by_span(frame: SamplingFrame, wanted: Sequence[tuple[str, str, int, int]]) -> list[int | None]:
    """The rows of these spans, as SPAN names them; null for one that is not in the frame."""
    place = {tuple(span): row for row, span in enumerate(frame.spans[SPAN].itertuples(index=False, name=None))}
    return [place.get(span) for span in wanted]
