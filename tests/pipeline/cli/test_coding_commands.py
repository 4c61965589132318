"""`parallax coding`: from a drawn sheet to corrected values, as a person calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.dashboard.handmade import made_snapshot

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def where(make_corpus: Callable[..., object], store: Path) -> tuple[str, ...]:
    """A corpus with a snapshot: what every command is told."""
    corpus = make_corpus()
    made_snapshot(store)
    return "--corpus", str(corpus.folder), "--store", str(store)  # type: ignore[attr-defined]


def filled(sheet: Path, answers: list[str]) -> None:
    rows = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    rows["answer"] = (answers * len(rows))[: len(rows)]
    rows.to_csv(sheet, index=False, encoding="utf-8-sig")


def test_from_a_sheet_to_corrected_values(parallax: Run, where: tuple[str, ...], tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    status, _, said = parallax("coding", "draw", "credit", "bridge-too-dear", *where, "--coder", "AB", "--out", sheet)
    assert status == 0
    assert "fill in `answer`" in said
    filled(sheet, ["disputes", "none", ""])
    status, out, _ = parallax("coding", "add", sheet, *where, "--coder", "AB", "--json")
    added = json.loads(out)
    assert (status, added["gone"]) == (0, 0)
    assert added["added"] + added["blank"] == len(pd.read_csv(sheet))
    again = json.loads(parallax("coding", "add", sheet, *where, "--coder", "AB", "--json")[1])
    assert again == added
    report = json.loads(
        parallax("coding", "report", "credit", "bridge-too-dear", *where, "--by", "kind", "--json")[1]
    )
    assert report["coded"] == added["added"]
    assert report["right"] == 0
    assert {row["corrected"] for row in report["values"]} == {-1.0}
    assert "Values" in parallax("coding", "report", "credit", "bridge-too-dear", *where)[1]
    listed = json.loads(parallax("coding", "list", *where, "--json")[1])
    assert {row["coded"] for row in listed} == {0, added["added"]}
    out_file = tmp_path / "answers.csv"
    assert parallax("coding", "export", *where, "--out", out_file)[0] == 0
    assert len(pd.read_csv(out_file)) == added["added"]


def test_a_group_may_have_outlets_with_commas(parallax: Run, where: tuple[str, ...], tmp_path: Path) -> None:
    about, sheet = ("credit", "bridge-too-dear", *where), tmp_path / "sheet.csv"
    parallax("coding", "draw", *about, "--coder", "AB", "--out", sheet)
    filled(sheet, ["credits"])
    parallax("coding", "add", sheet, *where, "--coder", "AB")
    group = 'Both="Comma, Quote ""and"" Sons", Morning Post Bag'
    report = json.loads(parallax("coding", "report", *about, "--group", group, "--json")[1])
    assert [(row["group"], row["outlets"]) for row in report["values"]] == [("Both", 2)]


def test_an_event_is_drawn_from_and_reported_by_itself(parallax: Run, where: tuple[str, ...], tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    about = ("credit", "bridge-too-dear", *where)
    parallax("coding", "draw", *about, "--event", "e1", "--coder", "AB", "--out", sheet)
    filled(sheet, ["disputes"])
    added = json.loads(parallax("coding", "add", sheet, *where, "--coder", "AB", "--json")[1])
    whole = json.loads(parallax("coding", "report", *about, "--json")[1])
    event = json.loads(parallax("coding", "report", *about, "--event", "e1", "--json")[1])
    assert (event["coded"], event["elsewhere"], event["gone"]) == (added["added"], 0, 0)
    assert (whole["coded"], whole["elsewhere"]) == (0, added["added"])
    assert parallax("coding", "report", *about, "--event", "no-such")[0] == 2


def test_what_is_drawn_next_is_what_is_left(parallax: Run, where: tuple[str, ...], tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    words = ("coding", "draw", "credit", "bridge-too-dear", *where, "--coder", "AB", "--n", "5", "--out")
    parallax(*words, first)
    filled(first, ["reports"])
    parallax("coding", "add", first, *where, "--coder", "AB")
    parallax(*words, second)
    spans = [set(map(tuple, pd.read_csv(sheet)[["article", "start"]].to_numpy())) for sheet in (first, second)]
    assert len(spans[0]) == 5
    assert not spans[0] & spans[1]
    status, _, said = parallax(*words, second, "--again")
    assert (status, "no other coder" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("draw", "credit", "no-such", "--coder", "A", "--out", "x.csv"), "give one of: bridge-too-dear"),
        (("draw", "voices", "city", "--coder", "A", "--out", "x.csv"), "cannot be coded by hand"),
        (("draw", "credit", "bridge-too-dear", "--coder", " ", "--out", "x.csv"), "no coder is named"),
        (("add", "no-such.csv", "--coder", "A"), "no-such.csv: no such file"),
        (("report", "credit", "bridge-too-dear", "--by", "colour"), "give outlet, kind or country"),
        (("report", "credit", "bridge-too-dear", "--group", "East"), "give NAME=OUTLET,OUTLET"),
        (("report", "credit", "bridge-too-dear", "--group", "East=No Paper"), "no outlet No Paper"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    parallax: Run, where: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    status, _, error = parallax("coding", *words, *where)
    assert status == 2
    assert said in error
    assert len(error.strip().splitlines()) == 1
