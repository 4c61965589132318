"""Coding by hand: what is read in which order, which answers count, and what they make of a measure's values."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.codebook import Codebook
from pipeline.coding import (
    Read,
    SamplingFrame,
    Subject,
    alpha,
    coding_of,
    frame_of,
    gaps,
    in_context,
    next_rows,
    read_of,
    subject_named,
    subjects,
)
from pipeline.coding_desk import Desk, overview, rows_by_span
from pipeline.coding_sheet import drawn_from, read_sheet, write_sheet
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


def found(labels: list[str], *, outlets: list[str], articles: list[int] | None = None) -> SamplingFrame:
    """Spans of one claim as `frame_of` gives them: the machine's labels, an article each unless they are named."""
    rows = np.arange(len(labels))
    spans = pd.DataFrame({
        "measure": "credit", "item": DEAR.id, "article": [f"a{i}" for i in (articles or rows)], "sentence": rows,
        "start": rows, "end": rows + 1, "label": labels, "voice": "own", "weight": 1.0, "outlet": outlets,
        "content_hash": [f"h{i}" for i in rows], "found": labels, "place": rows,
    })  # fmt: skip
    return SamplingFrame(DEAR, None, spans)


def said(*answers: tuple[int, str], coder: str = "AB") -> pd.DataFrame:
    rows = [(row, coder, answer, number) for number, (row, answer) in enumerate(answers)]
    return pd.DataFrame(rows, columns=["row", "coder", "answer", "id"]).astype({"row": "int64"})


def read(*frames: pd.DataFrame) -> Read:
    answers = pd.concat(frames, ignore_index=True)
    return Read(answers, answers, reworded=0, gone=0)


def by_outlet(frame: SamplingFrame, given: Read) -> pd.DataFrame:
    return corrected(frame, given, BOOK, {name: name for name in frame.spans["outlet"]}).set_index("group")


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
    spans = frame_of(snapshot, subject_named(snapshot.codebook, "naming", "the-bridge")).spans
    assert sorted(spans["place"]) == list(spans["place"])
    outlets = spans["outlet"].nunique()
    assert spans["outlet"].head(outlets).nunique() == outlets
    in_order = spans.sort_values(["outlet", "place"]).groupby("outlet")["article"].agg(list)
    assert any(articles != sorted(articles) for articles in in_order)


def test_the_order_of_spans_does_not_depend_on_which_others_there_are(snapshot: Snapshot, tmp_path: Path) -> None:
    subject = subject_named(snapshot.codebook, "naming", "the-bridge")
    spans = frame_of(snapshot, subject).spans
    fewer = made_snapshot(tmp_path)
    kept = fewer.table("articles")["article"].isin([f"a{i}{j}" for i in range(8) for j in (0, 2, 4)])
    fewer.heads["measured"] = kept.to_numpy()
    some = frame_of(fewer, subject).spans
    assert 0 < len(some) < len(spans)
    for outlet, rows in some.groupby("outlet"):
        mine = spans[(spans["outlet"] == outlet) & spans["article"].isin(set(rows["article"]))]
        assert list(mine["article"]) == list(rows["article"])


def test_the_frame_of_an_event_has_its_spans_in_the_same_order(snapshot: Snapshot) -> None:
    whole, part = frame_of(snapshot, DEAR).spans, frame_of(snapshot, DEAR, "e1").spans
    inside = set(snapshot.heads["article"][snapshot.heads["event"] == "e1"])
    assert set(part["article"]) == {article for article in whole["article"] if article in inside}
    for outlet, rows in part.groupby("outlet"):
        mine = whole[(whole["outlet"] == outlet) & whole["article"].isin(inside)]
        assert list(mine["article"]) == list(rows["article"])
    with pytest.raises(InputError, match="no event"):
        frame_of(snapshot, DEAR, "no-such")


def test_a_span_stands_in_its_context_and_not_with_the_answer_of_the_measure(snapshot: Snapshot) -> None:
    shown = in_context(snapshot, frame_of(snapshot, DEAR).spans.head(3))
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


@pytest.fixture
def frame(snapshot: Snapshot) -> SamplingFrame:
    return frame_of(snapshot, DEAR)


def test_answers_stay_on_their_spans_and_the_last_counts(frame: SamplingFrame, desk: Desk) -> None:
    desk.give(frame, "AB", {0: "credits", 1: "none"})
    desk.give(frame, " AB ", {0: "disputes"})
    desk.give(frame, "CD", {0: "credits"})
    answers = desk.read(frame).answers
    assert sorted(answers[["row", "coder", "answer"]].itertuples(index=False, name=None)) == [
        (0, "AB", "disputes"), (0, "CD", "credits"), (1, "AB", "none"),
    ]  # fmt: skip
    assert desk.take_back(frame, "AB") == 0
    assert sorted(desk.read(frame).answers["row"]) == [0, 1]
    assert desk.take_back(frame, "EF") is None
    assert len(desk.codings()) == 2


def test_who_reads_on_gets_what_nobody_has_read_or_what_others_have(frame: SamplingFrame, desk: Desk) -> None:
    desk.give(frame, "AB", {0: "credits", 2: "unclear"})
    given = desk.read(frame)
    assert next_rows(frame, given, "AB")[0] == 1
    assert next_rows(frame, given, "CD")[0] == 1
    assert next_rows(frame, given, "CD", again=True) == [0, 2]
    assert next_rows(frame, given, "AB", again=True) == []


def test_answers_to_other_words_or_on_texts_that_changed_are_set_aside_and_counted(
    frame: SamplingFrame, desk: Desk
) -> None:
    desk.give(replace(frame, subject=replace(DEAR, asked="The bridge is dear.")), "AB", {0: "credits"})
    desk.give(frame, "AB", {1: "credits", 2: "none"})
    hashes = [one if i != 2 else "another" for i, one in enumerate(frame.spans["content_hash"])]
    given = desk.read(replace(frame, spans=frame.spans.assign(content_hash=hashes)))
    assert (given.reworded, given.gone, list(given.answers["row"])) == (1, 1, [1])


def test_an_answer_that_there_is_not_and_a_coder_without_a_name_are_refused(frame: SamplingFrame, desk: Desk) -> None:
    with pytest.raises(InputError, match="credits, reports, disputes, none, unclear"):
        desk.give(frame, "AB", {0: "agrees"})
    for name in ("", "  ", "x" * 61):
        with pytest.raises(InputError, match="name or initials"):
            desk.give(frame, name, {0: "credits"})
    assert desk.codings().empty


def test_the_overview_counts_what_is_found_and_read(snapshot: Snapshot, frame: SamplingFrame, desk: Desk) -> None:
    desk.give(frame, "AB", {0: "credits"})
    desk.give(frame, "CD", {0: "credits", 1: "none"})
    rows = overview(snapshot, desk).set_index(["measure", "subject"])
    assert tuple(rows.loc[("credit", DEAR.id), ["found", "coded", "coders"]]) == (len(frame), 2, 2)
    assert rows.loc[("naming", "the-bridge"), "coded"] == 0


def test_the_same_codings_in_another_order_are_read_alike(frame: SamplingFrame, desk: Desk) -> None:
    desk.give(frame, "AB", dict.fromkeys(range(5), "credits"))
    codings = desk.codings(DEAR)
    one, other = (read_of(frame, rows).answers for rows in (codings, codings.iloc[::-1]))
    pd.testing.assert_frame_equal(one, other)


def test_what_comes_before_the_last_one_read_is_counted_and_read_first(frame: SamplingFrame, desk: Desk) -> None:
    places = frame.spans["place"]
    desk.give(frame, "AB", dict.fromkeys(range(20), "credits"))
    assert gaps(frame, desk.read(frame)) == 0
    desk.give(frame, "AB", dict.fromkeys(np.flatnonzero(places == 1).tolist()))
    now = desk.read(frame)
    later = set(frame.spans["outlet"][(places == 2) & (frame.spans.index < 20)])
    assert gaps(frame, now) == len(later) > 0
    assert places[next_rows(frame, now, "AB")[0]] == 1


def test_what_is_read_of_an_event_counts_for_the_corpus_only_where_the_order_has_come_past_it(
    snapshot: Snapshot, frame: SamplingFrame, desk: Desk
) -> None:
    part = frame_of(snapshot, DEAR, "e1")
    desk.give(part, "AB", dict.fromkeys(range(len(part)), "credits"))
    assert len(desk.read(part).answers) == len(part)
    at_first = desk.read(frame)
    todo = next_rows(frame, at_first, "AB")
    assert len(todo) == len(frame) - len(part)  # nobody reads a span twice
    outlets = frame.spans["outlet"]
    through = set(frame.spans.index[~outlets.isin(set(outlets[todo]))])  # outlets of which nothing is left
    assert set(at_first.answers["row"]) == through
    assert at_first.elsewhere == len(part) - len(through)
    one = next(row for row in todo if (outlets[todo] == outlets[row]).sum() > 1)
    mine = frame.spans[outlets == outlets[one]]
    passed = mine.index[mine["place"] < frame.spans["place"][one]]
    desk.give(frame, "AB", {one: "none"})
    assert set(desk.read(frame).answers["row"]) == {*through, *passed, one}
    desk.give(frame, "AB", {row: "none" for row in todo if row != one})
    assert set(desk.read(frame).answers["row"]) == set(range(len(frame)))
    # What was read of the whole is a sample of every event of it.
    assert len(desk.read(frame_of(snapshot, DEAR, "e2")).answers) == len(frame_of(snapshot, DEAR, "e2"))


def test_an_event_s_answers_are_no_sample_of_another_s(snapshot: Snapshot, desk: Desk) -> None:
    first, second = frame_of(snapshot, DEAR, "e1"), frame_of(snapshot, DEAR, "e2")
    desk.give(first, "AB", dict.fromkeys(range(len(first)), "credits"))
    assert (len(desk.read(second).seen), desk.read(second).gone) == (0, 0)


# Sheets


def test_a_sheet_comes_back_with_its_answers(snapshot: Snapshot, frame: SamplingFrame, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, snapshot, frame, range(4))
    rows = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert "credits" not in "".join(rows["sentence"])
    rows["answer"] = ["Credits ", "", "none", "unclear"]
    rows.to_csv(sheet, index=False, encoding="utf-8-sig")
    filled = read_sheet(sheet, DEAR)
    assert drawn_from(sheet) == ("credit", DEAR.id, None)
    assert (list(filled.answers.values()), filled.blank) == (["credits", "none", "unclear"], 1)
    assert rows_by_span(frame, list(filled.answers)) == [0, 2, 3]


def test_a_sheet_says_which_event_it_was_drawn_for(snapshot: Snapshot, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, snapshot, frame_of(snapshot, DEAR, "e1"), range(4))
    assert drawn_from(sheet) == ("credit", DEAR.id, "e1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows.assign(answer="yes"), r"sheet.csv:2: \"answer\" is \"yes\"; give one of: credits"),
        (lambda rows: rows.assign(answer="none", start="x"), r"sheet.csv:2: start is \"x\""),
        (lambda rows: rows.drop(columns="end"), r"sheet.csv:1: no column end"),
        (lambda rows: rows.head(0), "no rows"),
        (lambda rows: rows.assign(subject=["a", "b", "b", "b"]), "rows of 2 subjects or events"),
    ],
)
def test_a_sheet_that_is_wrong_says_where(snapshot: Snapshot, tmp_path: Path, change: Any, words: str) -> None:
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, snapshot, frame_of(snapshot, DEAR), range(4))
    rows = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    change(rows).to_csv(sheet, index=False)
    with pytest.raises(InputError, match=words):
        read_sheet(sheet, subject_named(BOOK, *drawn_from(sheet)[:2]))


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
    figures = agreement(spans, given)
    assert (figures.n, figures.right, figures.twice) == (2, 0.25, 1)
    assert figures.table.loc["credits"].to_dict() == {"credits": 0.5, "reports": 0.5, "disputes": 0.0, "none": 1.0}
    assert figures.low < 0.25 < figures.high  # type: ignore[operator]
    assert agreement(spans, read(said())).right is None


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
    group = corrected(spans, given, BOOK, {"A": "x", "B": "x", "C": "y"}).set_index("group")
    assert (group.loc["x", "outlets"], group.loc["x", "found"], group.loc["x", "coded"]) == (2, 35, 19)


def test_naming_is_corrected_over_all_names_of_the_thing(snapshot: Snapshot, desk: Desk) -> None:
    frame = frame_of(snapshot, subject_named(snapshot.codebook, "naming", "the-bridge"))
    items = frame.spans["item"]
    desk.give(frame, "AB", {row: "own" if item == "crossing" else "distanced" for row, item in enumerate(items)})
    together = dict.fromkeys(frame.spans["outlet"], "all")
    rows = corrected(frame, desk.read(frame), snapshot.codebook, together)
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
