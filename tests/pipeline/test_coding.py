"""Coding by hand: what is read in which order, which answers count, and what they make of a measure's values."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.codebook import Codebook
from pipeline.coding import (
    Read,
    Subject,
    alpha,
    coding_of,
    gaps,
    in_context,
    next_rows,
    read_of,
    spans_of,
    subject_named,
    subjects,
)
from pipeline.coding_desk import Desk, overview, rows_by_span
from pipeline.coding_sheet import read_sheet, subject_of, write_sheet
from pipeline.corrected import agreement, corrected
from pipeline.errors import InputError
from pipeline.measures import NOT_IT, all_measures
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import CODEBOOK, made_snapshot

BOOK = Codebook.model_validate(tomllib.loads(CODEBOOK))
DEAR = Subject("credit", "bridge-too-dear", "The bridge costs too much.")
SIDE = {"credits": 1.0, "reports": 0.0, "disputes": -1.0}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return made_snapshot(tmp_path_factory.mktemp("store"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Settings(store=tmp_path), "bridge")


def found(labels: list[str], *, outlets: list[str], articles: list[int] | None = None) -> pd.DataFrame:
    """Spans of one claim as `spans_of` gives them: the machine's labels, an article each unless they are named."""
    n = len(labels)
    rows = np.arange(n)
    return pd.DataFrame({
        "measure": "credit", "item": DEAR.id, "article": [f"a{i}" for i in (articles or rows)], "sentence": rows,
        "start": rows, "end": rows + 1, "label": labels, "voice": "own", "weight": 1.0, "outlet": outlets,
        "content_hash": [f"h{i}" for i in rows], "found": labels, "place": rows,
    })  # fmt: skip


def said(*answers: tuple[int, str], coder: str = "AB") -> pd.DataFrame:
    rows = [(row, coder, answer, number) for number, (row, answer) in enumerate(answers)]
    return pd.DataFrame(rows, columns=["row", "coder", "answer", "id"]).astype({"row": "int64"})


def read(*frames: pd.DataFrame) -> Read:
    return Read(pd.concat(frames, ignore_index=True), reworded=0, gone=0)


def by_outlet(spans: pd.DataFrame, given: Read) -> pd.DataFrame:
    return corrected(spans, given, DEAR, BOOK, {name: name for name in spans["outlet"]}).set_index("group")


# What is to be read


def test_every_measure_that_can_be_coded_says_how(snapshot: Snapshot) -> None:
    for measure in all_measures():
        coding = measure.declaration.coding
        if coding is None:
            continue
        assert coding.values[-1] == NOT_IT
        assert "{asked}" in coding.question
        assert set(coding.quantities) <= {q.name for q in measure.declaration.quantities}
    assert {subject.measure for subject in subjects(snapshot.codebook)} == {"credit", "naming", "portrayal"}


def test_outlets_take_turns_and_each_is_shuffled(snapshot: Snapshot) -> None:
    spans = spans_of(snapshot, subject_named(snapshot.codebook, "naming", "the-bridge"))
    assert sorted(spans["place"]) == list(spans["place"])
    outlets = spans["outlet"].nunique()
    assert spans["outlet"].head(outlets).nunique() == outlets
    in_order = spans.sort_values(["outlet", "place"]).groupby("outlet")["article"].agg(list)
    assert any(articles != sorted(articles) for articles in in_order)


def test_the_order_of_spans_does_not_depend_on_which_others_there_are(snapshot: Snapshot, tmp_path: Path) -> None:
    subject = subject_named(snapshot.codebook, "naming", "the-bridge")
    spans = spans_of(snapshot, subject)
    fewer = made_snapshot(tmp_path)
    kept = fewer.table("articles")["article"].isin([f"a{i}{j}" for i in range(8) for j in (0, 2, 4)])
    fewer.heads["measured"] = kept.to_numpy()
    some = spans_of(fewer, subject)
    assert 0 < len(some) < len(spans)
    for outlet, rows in some.groupby("outlet"):
        mine = spans[(spans["outlet"] == outlet) & spans["article"].isin(set(rows["article"]))]
        assert list(mine["article"]) == list(rows["article"])


def test_a_span_stands_in_its_context_and_not_with_the_answer_of_the_measure(snapshot: Snapshot) -> None:
    spans = spans_of(snapshot, DEAR).head(3)
    shown = in_context(snapshot, spans)
    assert list(shown["span"]) == ["The eyesore costs too much."] * 3
    assert (shown["before"].str.len() + shown["after"].str.len() > 0).all()
    assert "found" not in shown.columns


@pytest.mark.parametrize(
    ("measure", "item", "words"),
    [
        ("credit", "no-such", "bridge-too-dear"),
        ("frames", "x", "cannot be coded by hand"),
        ("x", "x", "is no measure"),
    ],
)
def test_what_cannot_be_coded_is_refused_with_what_can(measure: str, item: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        subject_named(BOOK, measure, item)


# Answers


def test_answers_stay_on_their_spans_and_the_last_counts(snapshot: Snapshot, desk: Desk) -> None:
    spans = spans_of(snapshot, DEAR)
    desk.give(spans, DEAR, "AB", {0: "credits", 1: "none"})
    desk.give(spans, DEAR, " AB ", {0: "disputes"})
    desk.give(spans, DEAR, "CD", {0: "credits"})
    answers = desk.read(spans, DEAR).answers
    assert sorted(answers[["row", "coder", "answer"]].itertuples(index=False, name=None)) == [
        (0, "AB", "disputes"), (0, "CD", "credits"), (1, "AB", "none"),
    ]  # fmt: skip
    assert desk.take_back(spans, DEAR, "AB") == 0
    assert sorted(desk.read(spans, DEAR).answers["row"]) == [0, 1]
    assert desk.take_back(spans, DEAR, "EF") is None
    assert len(desk.codings()) == 2


def test_who_reads_on_gets_what_nobody_has_read_or_what_others_have(snapshot: Snapshot, desk: Desk) -> None:
    spans = spans_of(snapshot, DEAR)
    desk.give(spans, DEAR, "AB", {0: "credits", 2: "unclear"})
    given = desk.read(spans, DEAR)
    assert next_rows(spans, given, "AB")[0] == 1
    assert next_rows(spans, given, "CD")[0] == 1
    assert next_rows(spans, given, "CD", again=True) == [0, 2]
    assert next_rows(spans, given, "AB", again=True) == []


def test_answers_to_other_words_or_on_texts_that_changed_are_set_aside_and_counted(
    snapshot: Snapshot, desk: Desk
) -> None:
    spans = spans_of(snapshot, DEAR)
    desk.give(spans, Subject("credit", DEAR.id, "The bridge is dear."), "AB", {0: "credits"})
    desk.give(spans, DEAR, "AB", {1: "credits", 2: "none"})
    changed = spans.assign(content_hash=[h if i != 2 else "another" for i, h in enumerate(spans["content_hash"])])
    given = desk.read(changed, DEAR)
    assert (given.reworded, given.gone, list(given.answers["row"])) == (1, 1, [1])


def test_an_answer_that_there_is_not_and_a_coder_without_a_name_are_refused(snapshot: Snapshot, desk: Desk) -> None:
    spans = spans_of(snapshot, DEAR)
    with pytest.raises(InputError, match="credits, reports, disputes, none, unclear"):
        desk.give(spans, DEAR, "AB", {0: "agrees"})
    for name in ("", "  ", "x" * 61):
        with pytest.raises(InputError, match="name or initials"):
            desk.give(spans, DEAR, name, {0: "credits"})
    assert desk.codings().empty


def test_the_overview_counts_what_is_found_and_read(snapshot: Snapshot, desk: Desk) -> None:
    spans = spans_of(snapshot, DEAR)
    desk.give(spans, DEAR, "AB", {0: "credits"})
    desk.give(spans, DEAR, "CD", {0: "credits", 1: "none"})
    rows = overview(snapshot, desk).set_index(["measure", "subject"])
    assert tuple(rows.loc[("credit", DEAR.id), ["found", "coded", "coders"]]) == (len(spans), 2, 2)
    assert rows.loc[("naming", "the-bridge"), "coded"] == 0


def test_the_same_codings_in_another_order_are_read_alike(snapshot: Snapshot, desk: Desk) -> None:
    spans = spans_of(snapshot, DEAR)
    desk.give(spans, DEAR, "AB", dict.fromkeys(range(5), "credits"))
    codings = desk.codings(DEAR)
    one, other = (read_of(spans, DEAR, frame).answers for frame in (codings, codings.iloc[::-1]))
    pd.testing.assert_frame_equal(one, other)


def test_what_comes_before_the_last_one_read_is_counted_and_read_first(snapshot: Snapshot, desk: Desk) -> None:
    spans = spans_of(snapshot, DEAR)
    desk.give(spans, DEAR, "AB", dict.fromkeys(range(20), "credits"))
    whole = desk.read(spans, DEAR)
    assert gaps(spans, whole) == 0
    came = spans[spans["place"] != 1].reset_index(drop=True)  # as it was before these came
    desk.give(spans, DEAR, "AB", dict.fromkeys(np.flatnonzero(spans["place"] == 1).tolist()))
    assert gaps(came, desk.read(came, DEAR)) == 0
    now = desk.read(spans, DEAR)
    later = set(spans["outlet"][(spans["place"] == 2) & (spans.index < 20)])
    assert gaps(spans, now) == len(later) > 0
    assert spans["place"][next_rows(spans, now, "AB")[0]] == 1


# Sheets


def test_a_sheet_comes_back_with_its_answers(snapshot: Snapshot, tmp_path: Path) -> None:
    spans = spans_of(snapshot, DEAR).head(4)
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, snapshot, DEAR, spans)
    rows = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert "credits" not in "".join(rows["sentence"])
    rows["answer"] = ["Credits ", "", "none", "unclear"]
    rows.to_csv(sheet, index=False, encoding="utf-8-sig")
    filled = read_sheet(sheet, DEAR)
    assert subject_of(sheet) == ("credit", DEAR.id)
    assert (list(filled.answers.values()), filled.blank) == (["credits", "none", "unclear"], 1)
    assert rows_by_span(spans, list(filled.answers)) == [0, 2, 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows.assign(answer="yes"), r"sheet.csv:2: \"answer\" is \"yes\"; give one of: credits"),
        (lambda rows: rows.assign(answer="none", start="x"), r"sheet.csv:2: start is \"x\""),
        (lambda rows: rows.drop(columns="end"), r"sheet.csv:1: no column end"),
        (lambda rows: rows.head(0), "no rows"),
        (lambda rows: rows.assign(subject=["a", "b", "b", "b"]), "rows of 2 subjects"),
    ],
)
def test_a_sheet_that_is_wrong_says_where(snapshot: Snapshot, tmp_path: Path, change: Any, words: str) -> None:
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, snapshot, DEAR, spans_of(snapshot, DEAR).head(4))
    rows = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    change(rows).to_csv(sheet, index=False)
    with pytest.raises(InputError, match=words):
        read_sheet(sheet, subject_named(BOOK, *subject_of(sheet)))


# Agreement


def test_krippendorff_s_own_examples() -> None:
    """Computing Krippendorff's alpha-reliability (2011): two coders, ten and twelve units."""
    for first, second, value in (("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbccceddd", 0.692)):
        answers = pd.concat([
            pd.DataFrame({"row": range(len(one)), "coder": str(i), "answer": list(one)})
            for i, one in enumerate((first, second))
        ])  # fmt: skip
        assert alpha(answers) == (pytest.approx(value, abs=0.001), len(first))


def test_there_is_no_alpha_where_there_is_nothing_to_agree_on() -> None:
    assert alpha(said((0, "none"), (1, "credits"))) == (None, 0)
    both = pd.concat([said((0, "none")), said((0, "none"), coder="CD")])
    assert alpha(both) == (None, 1)


def test_how_often_the_measure_is_right_counts_spans_and_not_answers() -> None:
    spans = found(["credits", "credits", "reports"], outlets=["A"] * 3)
    given = read(said((0, "credits"), (1, "none"), (2, "unclear")), said((0, "reports"), coder="CD"))
    figures = agreement(spans, given, DEAR)
    assert (figures.n, figures.right, figures.twice) == (2, 0.25, 1)
    assert figures.table.loc["credits"].to_dict() == {"credits": 0.5, "reports": 0.5, "disputes": 0.0, "none": 1.0}
    assert figures.low < 0.25 < figures.high  # type: ignore[operator]
    assert agreement(spans, read(said()), DEAR).right is None


# Corrected values


def test_where_all_is_read_the_value_is_the_coders() -> None:
    spans = found(["credits"] * 6 + ["disputes"] * 6, outlets=["A"] * 12)
    answers = ["disputes"] * 4 + ["none"] * 4 + ["credits", "reports", "reports", "reports"]
    row = by_outlet(spans, read(said(*enumerate(answers)))).loc["A"]
    assert row["value"] == 0
    assert row["corrected"] == pytest.approx((1 - 4) / 8)
    assert (row["corrected_n"], row["found"], row["coded"]) == (8, 12, 12)


def test_a_measure_that_is_never_wrong_keeps_its_value() -> None:
    labels = ["credits"] * 30 + ["reports"] * 50 + ["disputes"] * 20
    spans = found(labels, outlets=["A"] * 100)
    rows = np.random.default_rng(3).choice(100, 40, replace=False)
    sure = by_outlet(spans, read(said(*[(int(row), labels[row]) for row in rows]))).loc["A"]
    assert sure["corrected"] == pytest.approx(sure["value"], abs=0.02)
    # The sample alone would be some 0.44 wide: 2 · 1.96 · √(0.49 ÷ 40).
    assert sure["corrected_high"] - sure["corrected_low"] < 0.4


def test_two_coders_on_a_span_count_for_one() -> None:
    spans = found(["credits"] * 10, outlets=["A"] * 10)
    one = said(*[(row, "credits") for row in range(10)])
    other = said(*[(row, "disputes") for row in range(10)], coder="CD")
    row = by_outlet(spans, read(one, other)).loc["A"]
    assert row["corrected"] == pytest.approx(0)
    assert row["corrected_n"] == 10


def test_what_nobody_can_tell_counts_for_nothing() -> None:
    spans = found(["credits"] * 24, outlets=["A"] * 24)
    told = said(*[(row, "disputes") for row in range(12)])
    unclear = said(*[(row, "unclear") for row in range(12, 24)])
    row = by_outlet(spans, read(told, unclear)).loc["A"]
    assert (row["corrected"], row["coded"]) == (-1, 12)


def test_outlets_with_too_little_read_have_no_corrected_value() -> None:
    spans = found(["credits"] * 40, outlets=["A"] * 20 + ["B"] * 15 + ["C"] * 5)
    given = read(said(*[(row, "reports") for row in (*range(10), *range(20, 29), *range(35, 40))]))
    rows = by_outlet(spans, given)
    assert list(rows.index) == ["A", "C"]  # ten of A; nine of B's fifteen; all of C's five
    group = corrected(spans, given, DEAR, BOOK, {"A": "x", "B": "x", "C": "y"}).set_index("group")
    assert (group.loc["x", "outlets"], group.loc["x", "found"], group.loc["x", "coded"]) == (2, 35, 19)


def test_naming_is_corrected_over_all_names_of_the_thing(snapshot: Snapshot, desk: Desk) -> None:
    subject = subject_named(snapshot.codebook, "naming", "the-bridge")
    spans = spans_of(snapshot, subject)
    answers = {row: "own" if item == "crossing" else "distanced" for row, item in enumerate(spans["item"])}
    desk.give(spans, subject, "AB", answers)
    rows = corrected(
        spans, desk.read(spans, subject), subject, snapshot.codebook, dict.fromkeys(spans["outlet"], "all")
    )
    assert rows.set_index("item")["corrected"].to_dict() == {"crossing": 1.0, "eyesore": 0.0}


def test_portrayal_takes_its_weight_from_the_answer() -> None:
    answers = coding_of("portrayal").weights
    assert answers == {"favourable": 1.0, "neutral": 0.0, "unfavourable": -1.0}


def _drawn(rng: np.random.Generator, articles: int) -> tuple[pd.DataFrame, list[str]]:
    """Spans of one outlet by a measure that is wrong half of the time and in one direction, and what is true of them.

    True: credits .15, reports .35, disputes .2, none .3 of what is found, alike within an article."""
    labels = np.array(["credits", "reports", "disputes", "none"])
    sizes = 1 + rng.poisson(1.5, articles)
    tilts = rng.dirichlet(np.array([0.15, 0.35, 0.2, 0.3]) * 3, articles)
    true = [str(rng.choice(labels, p=tilt)) for tilt, size in zip(tilts, sizes, strict=True) for _ in range(size)]
    machine = [label if label != "none" and rng.random() < 0.5 else str(rng.choice(labels[:3], p=[0.7, 0.2, 0.1]))
               for label in true]  # fmt: skip
    article = np.repeat(np.arange(articles), sizes).tolist()
    return found(machine, outlets=["A"] * len(true), articles=article), true


def test_the_corrected_value_is_true_where_the_measure_is_not_and_its_interval_holds() -> None:
    rng = np.random.default_rng(11)
    truth = (0.15 - 0.2) / 0.7
    held, values, measured = 0, [], []
    rounds = 120
    for _ in range(rounds):
        spans, true = _drawn(rng, 120)
        rows = rng.choice(len(spans), 60, replace=False)
        row = by_outlet(spans, read(said(*[(int(i), true[i]) for i in rows]))).loc["A"]
        held += row["corrected_low"] <= truth <= row["corrected_high"]
        values.append(row["corrected"])
        measured.append(row["value"])
    assert np.mean(measured) > truth + 0.3
    error = np.std(values) / np.sqrt(rounds)
    assert abs(np.mean(values) - truth) < 3 * error
    # Fewer than this of 120 would come by chance once in a hundred times, were each interval right for .95.
    assert held >= stats.binom.ppf(0.01, rounds, 0.95)
