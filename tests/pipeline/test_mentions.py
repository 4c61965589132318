from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook import Named
from pipeline.mentions import Names

ENTITIES = (
    Named(id="us", label="US", names=("US", "U.S.", "United States")),
    Named(id="osk", label="Osk", names=("Osk", "Osk Mining", "the company")),
    Named(id="people", label="People", names=("refugees", "Workers' Guild")),
    Named(id="west", label="The West", names=("the West",)),
    Named(id="odd", label="Odd", names=("C++ (beta)", "É.ø")),
    Named(id="both-a", label="A", names=("Tarn",)),
    Named(id="both-b", label="B", names=("Tarn",)),
)


def found(text: str) -> list[tuple[str, str]]:
    return [(m.item, text[m.start : m.end]) for m in Names(ENTITIES).find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The US and the U.S. are the United States.", [("us", "US"), ("us", "U.S."), ("us", "United States")]),
        ("They told us so.", []),
        ("the US's plan, the US’ plan", [("us", "US"), ("us", "US")]),
        ("US-led, pro-US and USA", []),
        ("Osk Mining and Osk", [("osk", "Osk Mining"), ("osk", "Osk")]),
        ("Osk  Mining", [("osk", "Osk  Mining")]),
        ("The company and the company", [("osk", "The company"), ("osk", "the company")]),
        ("Oskar", []),
        ("Refugees and refugees", [("people", "Refugees"), ("people", "refugees")]),
        ("the Workers’ Guild", [("people", "Workers’ Guild")]),
        ("the workers' guild", []),
        ("The West, the West, the west", [("west", "The West"), ("west", "the West")]),
        ("C++ (beta) is out; É.ø too", [("odd", "C++ (beta)"), ("odd", "É.ø")]),
        ("Tarn", [("both-a", "Tarn"), ("both-b", "Tarn")]),
        ("", []),
    ],
)
def test_names_are_found_as_whole_words(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_without_entities_nothing_is_found() -> None:
    assert not list(Names(()).find("Osk"))


@given(st.text())
def test_any_text_can_be_read_and_mentions_lie_in_it(text: str) -> None:
    for mention in Names(ENTITIES).find(text):
        assert 0 <= mention.start < mention.end <= len(text)
