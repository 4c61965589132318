"""Words for people: what is read as one word, names of two words, which of them a topic gets, telling words."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.names import Terms, naming, telling, terms_of


def names(texts: list[str]) -> set[str]:
    return set(terms_of(texts).names.tolist())


def named(texts: list[str], weights: dict[str, float]) -> list[str]:
    """The names of a topic that all these passages are of. weights: of terms; the others have none."""
    terms = terms_of(texts)
    telling = np.array([weights.get(name, 0.0) for name in terms.names])
    return naming(terms, np.asarray(terms.has.sum(0)).ravel(), telling, len(texts))


def test_a_word_is_one_in_every_inflection_and_is_shown_as_it_is_mostly_written() -> None:
    texts = ["Two ferries left.", "All ferries left.", "The ferry left.", "The ferries’ crews left."]
    assert names(texts) == {"ferries", "left"}
    assert names(["The council’s tram", "The Council's tram", "A council tram", "Trams"]) == {"council", "tram"}
    assert names(["gas lens", "gas lens"]) == {"gas", "lens"}  # no plurals of words that are there


def test_a_name_keeps_its_capitals_and_the_first_word_of_a_sentence_does_not() -> None:
    texts = ["Tolls rose at NATO.", "We pay tolls, NATO says.", "Tolls fell. Tolls rose. They raised tolls."]
    assert names(texts) == {"NATO", "tolls", "rose"}


def test_words_that_mostly_stand_beside_one_another_are_one_name() -> None:
    texts = [f"Mayor Jane Roe {verb} the mayor." for verb in ("met", "saw", "left", "beat", "drew", "held")]
    texts += [f"The mayor slept, and Jane Roe {verb} me." for verb in ("met", "saw", "left")]
    found = names(texts)
    assert "Jane Roe" in found
    assert "Mayor Jane" not in found  # the title says less of her than her name does
    assert named(texts, {"Jane": 3, "Roe": 2, "mayor": 1})[:2] == ["Jane Roe", "mayor"]


def test_a_name_of_three_words_is_one_where_hardly_a_passage_has_it_shorter() -> None:
    texts = [f"The Harbour People's Council {verb} it." for verb in ("met", "saw", "left", "beat", "drew", "held")]
    assert "Harbour People's Council" in names(texts)


def test_no_name_reaches_over_a_comma_a_sentence_or_a_function_word() -> None:
    between = (", ", ". ", " and ", "; ")
    texts = [f"{i} of bread{gap}cheese {i}." for gap in between for i in range(6)]
    assert names(texts) == {"bread", "cheese"}


def test_days_and_what_people_do_in_every_story_name_no_topic_but_may_be_part_of_a_name() -> None:
    places = ("north", "south", "east", "west", "end", "top")
    texts = [f"On Tuesday they know the New Quay {place}." for place in places]
    assert names(texts) == {"New Quay", "Quay"}


def test_names_do_not_depend_on_the_order_of_the_passages() -> None:
    texts = [f"Jane Roe {verb} the ferries near Old Quay." for verb in ("met", "saw", "left", "beat", "drew", "held")]
    texts += ["A ferry sank.", "The quay.", "Jane slept, Old Tom woke."]
    there, back = terms_of(texts), terms_of(texts[::-1])
    assert there.names.tolist() == back.names.tolist()
    assert there.part_of.tolist() == back.part_of.tolist()
    assert (there.has.toarray() == back.has.toarray()[::-1]).all()


def test_a_topic_is_named_once_by_words_of_one_family() -> None:
    texts = ["The ferry ferryman and the diplomat of diplomacy took bread"] * 4
    telling = {"ferry": 5, "ferryman": 4, "diplomacy": 3, "diplomat": 2, "bread": 1}
    assert named(texts, telling) == ["ferry", "diplomacy", "bread"]


@pytest.mark.parametrize(
    ("within", "called"),
    [
        ([10, 1, 9, 6, 4], ["dd", "cc", "aa"]),  # the second word is in one of forty passages, the last in four
        ([10, 1, 9, 3, 0], ["dd", "cc", "aa"]),  # a lower bar, or no label would have three words
        ([1, 0, 0, 0, 0], ["aa"]),
        ([0, 0, 0, 0, 0], []),
    ],
)
def test_a_topic_is_named_by_words_that_many_of_its_passages_have(within: list[int], called: list[str]) -> None:
    terms = terms_of(["aa bb cc dd ee"])
    terms = Terms(terms.names[:5], terms.has[:, :5], np.arange(5))
    assert naming(terms, np.array(within), np.array([0.1, 0.9, 0.2, 0.5, 0.8]), 40) == called


def test_telling_words_are_written_as_the_texts_write_them_and_none_twice() -> None:
    texts = [
        "Roe’s Minsk agreements hold. Agreements fail at NATO, the Minsk\nagreements too.",
        "A toll; tolls. Nato? NATO!",
    ]
    words = ["roe", "minsk", "agreements", "minsk agreements", "nato", "tuesday", "tolls", "toll", "unseen"]
    assert telling(words, texts, 5) == ["Roe", "Minsk agreements", "NATO", "tolls", "unseen"]
    assert telling(words, texts, 2) == ["Roe", "Minsk agreements"]
    assert telling([], texts, 2) == []


@pytest.mark.parametrize("texts", [[], [""], ["It is what it is."], ["7 8 9"], ["…", "?!"]])
def test_passages_without_words_have_no_names(texts: list[str]) -> None:
    terms = terms_of(texts)
    assert len(terms.names) == 0
    assert terms.passages() == [""] * len(texts)
