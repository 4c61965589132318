"""Spans to code as a sheet that a spreadsheet opens, and the answers read back from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.coding import SPAN, SamplingFrame, Subject, checked_answer, in_context
from pipeline.durable import replace_text
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot
from pipeline.spreadsheet import harmless

# What a coder reads comes first; what names the span, last. The measure's own answer is not among them.
COLUMNS = ("answer", "question", "before", "sentence", "span", "after", "measure", "subject", "event", *SPAN)
_DRAWN = "give a sheet that `parallax coding draw` wrote"


@dataclass(frozen=True)
class Filled:
    """A sheet's answers by span, and the rows that were left blank."""

    answers: dict[tuple[str, str, int, int], str]
    blank: int


def write_sheet(path: Path, snapshot: Snapshot, frame: SamplingFrame, rows: Sequence[int]) -> None:
    """Writes spans of a frame to a CSV, `answer` empty. Raises OSError where it cannot be written."""
    subject, spans = frame.subject, frame.spans.iloc[list(rows)]
    choices = ", ".join(f"{one.value}: {one.about}" for one in subject.coding.answers)
    seen = in_context(snapshot, spans)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for place, words in zip(spans[SPAN].itertuples(index=False), seen.itertuples(index=False), strict=True):
        sentence = f"{words.left}{words.span}{words.right}"
        cells = ("", f"{subject.question} ({choices})", words.before, sentence, words.span, words.after,
                 subject.measure, subject.id, frame.event or "", *place)  # fmt: skip
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    replace_text(path, "\ufeff" + out.getvalue())  # the mark by which spreadsheets know UTF-8


def answers_csv(answers: pd.DataFrame) -> str:
    """Answers, as `Desk.codings` gives them, as a CSV that a spreadsheet opens."""
    shown = answers.assign(**{name: answers[name].map(harmless) for name in ("subject", "asked", "coder")})
    return "\ufeff" + str(shown.to_csv(index=False, lineterminator="\r\n"))


def drawn_from(path: Path) -> tuple[str, str, str | None]:
    """The measure, subject and event of a sheet. Raises InputError for a file that is none, or has several."""
    rows = _rows(path)
    named = {(row["measure"], row["subject"], row["event"] or None) for row in rows}
    if len(named) != 1:
        what = "no rows" if not named else f"rows of {len(named)} subjects or events"
        raise InputError(what, remedy=_DRAWN, where=path)
    return named.pop()


def read_sheet(path: Path, subject: Subject) -> Filled:
    """The answers of a sheet on a subject. Raises InputError with file, line, value and remedy."""
    answers: dict[tuple[str, str, int, int], str] = {}
    rows = _rows(path)
    for line, row in enumerate(rows, 2):
        answer = (row["answer"] or "").strip().casefold()
        if answer:
            answers[_span(row, path, line)] = _answer(subject, answer, path, line)
    return Filled(answers, blank=sum(not (row["answer"] or "").strip() for row in rows))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except FileNotFoundError as error:
        raise InputError("no such file", remedy=_DRAWN, where=path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", remedy="save it as CSV in UTF-8", where=path) from error
    except csv.Error as error:
        raise InputError(f"no CSV: {error}", remedy="save it as CSV, separated by commas", where=path) from error
    if missing := [name for name in ("answer", "measure", "subject", "event", *SPAN) if rows and name not in rows[0]]:
        remedy = "keep the columns of the sheet that was drawn; separate them by commas"
        raise InputError(f"no column {', '.join(missing)}", remedy=remedy, where=path, line=1)
    return rows


def _span(row: dict[str, str], path: Path, line: int) -> tuple[str, str, int, int]:
    try:
        return row["article"].removeprefix("'"), row["content_hash"], int(row["start"]), int(row["end"])
    except (ValueError, TypeError) as error:
        what = f'start is "{row["start"]}", end "{row["end"]}"'
        raise InputError(what, remedy="leave the columns of the sheet as they were", where=path, line=line) from error


def _answer(subject: Subject, answer: str, path: Path, line: int) -> str:
    try:
        return checked_answer(subject, answer)
    except InputError as error:
        raise InputError(f'"answer" is "{answer}"', remedy=error.remedy, where=path, line=line) from error
