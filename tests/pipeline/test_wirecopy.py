"""One text in several places: copies across outlets, and later versions within one."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest

from pipeline.wirecopy import agency, find_wirecopy, superseded
from tests.newsstand import SUBJECTS, story

WORDS = sorted({word for line in SUBJECTS for word in line.lower().replace(",", "").split()})


def invented(seed: int, words: int = 200) -> str:
    """A text of its own for each seed: the same words in another order."""
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words))


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    defaults = {"date": "2022-03-09", "title": "T", "byline": None, "outlet": "A"}
    out = pd.DataFrame([{"article": f"a{i}", **defaults, **row} for i, row in enumerate(rows)])
    return out.assign(date=pd.to_datetime(out["date"]))


def firsts(found: pd.DataFrame) -> list[str]:
    return found.loc[found["first"], "article"].tolist()


def test_a_copy_is_found_and_the_earliest_is_first() -> None:
    text = invented(1)
    found = find_wirecopy(
        frame({"text": text, "date": "2022-03-10"}, {"text": text, "outlet": "B"}, {"text": invented(2)})
    )
    assert sorted(found["article"]) == ["a0", "a1"]
    assert firsts(found) == ["a1"]
    assert found["wire"].nunique() == 1
    assert found["containment"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "copy"),
    [
        (lambda text: "A local reporter adds a line at the beginning. " + text, True),
        (lambda text: text[: len(text) // 2], True),  # cut to fit
        (lambda text: text[: len(text) // 5], False),  # a quotation
        (lambda text: text.upper() + "!", True),
        (lambda text: text.replace("the", "a certain", 1), True),
        (lambda text: " ".join(reversed(text.split())), False),
        (lambda text: invented(9), False),
    ],
)
def test_what_counts_as_a_copy(change: Any, copy: bool) -> None:
    text = invented(1)
    assert (len(find_wirecopy(frame({"text": text}, {"text": change(text), "outlet": "B"}))) == 2) is copy


def test_the_agencys_own_goes_first_on_the_same_day_then_one_that_names_it() -> None:
    text = invented(1)
    own = find_wirecopy(frame({"text": text}, {"text": text, "outlet": "Reuters"}))
    assert firsts(own) == ["a1"]
    named = find_wirecopy(frame({"text": text}, {"text": text, "outlet": "B", "byline": "By Xinhua"}))
    assert firsts(named) == ["a1"]
    assert named["agency"].tolist() == ["Xinhua", "Xinhua"]
    neither = find_wirecopy(frame({"text": text}, {"text": text, "outlet": "B"}))
    assert firsts(neither) == ["a0"]
    assert neither["agency"].isna().all()


def test_two_stories_in_one_long_round_up_are_not_one_text() -> None:
    one, two = invented(1, 300), invented(2, 300)
    both = frame(
        {"text": one}, {"text": two, "outlet": "B"}, {"text": f"{one} {two}", "outlet": "C", "date": "2022-03-10"}
    )
    found = find_wirecopy(both)
    assert found.groupby("wire").size().max() == 2


def test_greetings_are_no_copies() -> None:
    assert len(find_wirecopy(frame({"text": "Good morning."}, {"text": "Good morning.", "outlet": "B"}))) == 0


def test_nothing_and_one_article() -> None:
    assert len(find_wirecopy(frame({"text": story(1)}))) == 0
    empty = frame({"text": story(1)}).head(0)
    assert list(find_wirecopy(empty).columns[:2]) == ["wire", "article"]
    assert len(superseded(empty)) == 0


def test_the_order_of_rows_does_not_matter() -> None:
    texts = [invented(i // 3) for i in range(12)]
    rows = frame(*({"text": text, "outlet": f"O{i % 3}"} for i, text in enumerate(texts)))
    shuffled = rows.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(find_wirecopy(rows), find_wirecopy(shuffled))


def test_hundreds_of_the_same_text_stay_one_group() -> None:
    text = invented(1)
    rows = frame(*({"text": text, "outlet": f"O{i}"} for i in range(150)))
    assert find_wirecopy(rows)["wire"].nunique() == 1


def test_within_an_outlet_the_later_version_replaces_the_earlier() -> None:
    text = invented(1)
    rows = frame({"text": text}, {"text": text + " " + invented(2, 40), "date": "2022-03-10"}, {"text": invented(3)})
    assert superseded(rows).to_dict("records") == [{"article": "a0", "by": "a1"}]
    assert len(find_wirecopy(rows)) == 0


def test_a_chain_of_versions_leaves_the_last() -> None:
    rows = frame(*({"text": invented(1) + " more" * i, "date": f"2022-03-0{i + 1}"} for i in range(4)))
    assert set(superseded(rows)["by"]) == {"a3"}


def test_what_was_seen_later_is_later_on_the_same_day_and_else_the_longer() -> None:
    text = invented(1)
    seen = frame({"text": text + " and more"}, {"text": text})
    assert superseded(seen)["by"].tolist() == ["a0"]
    seen["first_seen"] = pd.to_datetime(["2022-03-09T08:00Z", "2022-03-09T09:00Z"])
    assert superseded(seen)["by"].tolist() == ["a1"]


def test_the_same_words_a_month_later_or_in_another_outlet_replace_nothing() -> None:
    text = invented(1)
    assert len(superseded(frame({"text": text}, {"text": text, "date": "2022-04-09"}))) == 0
    assert len(superseded(frame({"text": text}, {"text": text, "outlet": "B"}))) == 0


@pytest.mark.parametrize(
    ("byline", "text", "name"),
    [
        (None, "SKERROW (AP) — The ferry company said on Monday.", "AP"),
        (None, "SKERROW, March 9 (Xinhua) -- The ferry company.", "Xinhua"),
        (None, "SKERROW, March 9. /TASS/. The ferry company.", "TASS"),
        ("A. Sailor, Reuters", "The ferry company.", "Reuters"),
        ("Associated Press", "The ferry company.", "AP"),
        ("A. Sailor", "The ferry company told Reuters on Monday.", None),
        (None, "The ferry company. " * 20 + "(AP)", None),
        (None, "The APA of psychologists met.", None),
    ],
)
def test_agencies_are_read_from_bylines_and_datelines(byline: str | None, text: str, name: str | None) -> None:
    assert agency(byline, text) == name


@pytest.mark.parametrize(
    ("byline", "dateline"),
    [("Long Wire", ""), ("By Long Wire", ""), (None, "(Long Wire) KIRN – "), (None, "/Long Wire/ ")],
)
def test_an_outlet_that_another_names_as_its_source_is_the_agency_and_goes_first(
    byline: str | None, dateline: str
) -> None:
    text = invented(1)
    rows = frame(
        {"text": dateline + text, "outlet": "Gazette", "byline": byline},
        {"text": text, "outlet": "Long Wire", "byline": "A. Hand"},
    )
    found = find_wirecopy(rows).set_index("article")
    assert found.index[found["first"]].tolist() == ["a1"]
    assert found.at["a0", "agency"] == "Long Wire"


def test_an_outlets_own_name_as_its_byline_makes_no_agency() -> None:
    found = find_wirecopy(
        frame({"text": invented(1), "byline": "A"}, {"text": invented(1), "outlet": "Long (B)", "byline": "Long (B)"})
    )
    assert firsts(found) == ["a0"]
    assert found["agency"].isna().all()
