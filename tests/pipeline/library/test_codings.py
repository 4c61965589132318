"""Answers of coders in the library, on every database that holds one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import func, select

from pipeline.library import Library
from pipeline.library.codings import Coded, add_codings, codings_of
from pipeline.library.tables import codings

pytest_plugins = ("tests.databases",)

NOW = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
ONE = Coded("credit", "dear", "It is dear.", "a1", "h1", 0, 20, "AB", "credits", "reports")


def told(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(frame[["subject", "article", "coder", "answer"]].itertuples(index=False, name=None))


def test_the_last_answer_of_a_coder_on_a_span_counts_and_all_are_kept(library: Library) -> None:
    for minute, row in enumerate((ONE, replace(ONE, coder="CD"), replace(ONE, answer="none"))):
        add_codings(library.engine, "bridge", [row], now=NOW + timedelta(minutes=minute))
    assert told(codings_of(library.engine, "bridge")) == [
        ("dear", "a1", "CD", "credits"),
        ("dear", "a1", "AB", "none"),
    ]
    with library.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(codings)).scalar() == 3


def test_an_answer_that_is_taken_back_is_in_force_no_more(library: Library) -> None:
    add_codings(library.engine, "bridge", [ONE], now=NOW)
    add_codings(library.engine, "bridge", [replace(ONE, answer=None)], now=NOW)
    assert codings_of(library.engine, "bridge").empty
    add_codings(library.engine, "bridge", [replace(ONE, answer="none")], now=NOW)
    assert told(codings_of(library.engine, "bridge")) == [("dear", "a1", "AB", "none")]


def test_corpora_measures_and_subjects_are_apart(library: Library) -> None:
    others = [
        replace(ONE, subject="ugly"),
        replace(ONE, measure="naming", answer="own"),
        replace(ONE, asked="Other."),
    ]
    add_codings(library.engine, "bridge", [ONE, *others], now=NOW)
    add_codings(library.engine, "ferry", [ONE], now=NOW)
    assert len(codings_of(library.engine, "bridge")) == 4
    assert told(codings_of(library.engine, "bridge", measure="credit", subject="ugly")) == [
        ("ugly", "a1", "AB", "credits")
    ]
    assert len(codings_of(library.engine, "bridge", measure="credit", subject="dear")) == 2


def test_the_frame_has_its_types_even_when_empty(library: Library) -> None:
    empty = codings_of(library.engine, "bridge")
    add_codings(library.engine, "bridge", [ONE], now=NOW)
    full = codings_of(library.engine, "bridge")
    assert list(empty.columns) == list(full.columns)
    assert (empty["start"].dtype, full["start"].dtype) == ("int64", "int64")
    assert full["at"][0] == NOW
    add_codings(library.engine, "bridge", [], now=NOW)
