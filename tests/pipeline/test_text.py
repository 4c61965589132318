"""Sentences with exact offsets, passages, words, language."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import text as texts
from pipeline.text import MAX_SENTENCE_CHARACTERS, language, sentence_spans, split, words

# Texts out of the marks that borders hang on.
AWKWARD = st.text(alphabet=" \n\t\xa0.!?…\"'”’»)(abAB19,:é中_", max_size=120)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["He lives in Washington, D.C.", "The senator left."],
        ["They met at No. 10's door.", "Then they left."],
        ["He met George W. Bush.", "They talked."],
        ["No.", "That is wrong."],
        ["Is it No. 5?", "Yes."],
        ["The U.S. Army said so.", "It was 3.5 km away."],
        ["See example.com for more.", "Go now."],
        ['"Stop!" he said.', '"Go away."', "She left."],
        ["Mr. Smith and Dr. Jones met Gen. Lee.", "They ate."],
        ["What?", "No!", "Really…", "Yes."],
        ["It opens at 5 p.m. Tuesday.", "Come early."],
        ["It opened at 5 p.m.", "The crowd waited."],
        ["“We will stay.”", "Nobody answered."],
        ["Prices rose… and fell.", "Who? asked he."],
        ["J. R. R. Tolkien wrote it.", "He did."],
        ["Acme Inc. Holdings fell.", "Two rose."],
        ["Line one\nline two goes on.", "Next."],
        ["(He left.)", "She stayed."],
    ],
    ids=lambda case: case[0][:24],
)
def test_sentences_end_where_a_reader_says(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_blank_that_is_missing_does_not_join_two_sentences() -> None:
    assert sentences("It crossed the lines.That former ally left.") == [
        "It crossed the lines.",
        "That former ally left.",
    ]


def test_an_empty_line_ends_a_sentence() -> None:
    assert sentences("Headline without a stop\n\nThe body begins.\r\n\r\nIt ends") == [
        "Headline without a stop",
        "The body begins.",
        "It ends",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t \xa0"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert sentence_spans(text) == []


def test_offsets_refer_to_the_whole_text_when_a_head_is_left_out() -> None:
    text = "date 2023-05-09\nIt rained. It stopped."
    spans = sentence_spans(text, 16)
    assert [text[a:b] for a, b in spans] == ["It rained.", "It stopped."]


@given(AWKWARD)
def test_spans_are_sorted_disjoint_within_the_text_and_miss_only_blanks(text: str) -> None:
    last = 0
    for start, end in sentence_spans(text):
        assert last <= start < end <= len(text)
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


@given(st.integers(1, 40), AWKWARD)
def test_a_sentence_without_end_is_cut_to_a_readable_length(limit: int, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "MAX_SENTENCE_CHARACTERS", limit)
        spans = sentence_spans(text)
    assert all(end - start <= limit for start, end in spans)
    assert "".join(text.split()) == "".join("".join(text[a:b].split()) for a, b in spans)


def test_two_megabytes_on_one_line_are_read_whole() -> None:
    text = "word " * 400_000
    spans = sentence_spans(text)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text) - 1
    assert max(end - start for start, end in spans) <= MAX_SENTENCE_CHARACTERS


def test_a_long_run_of_blanks_is_nothing_but_a_break() -> None:
    assert sentences("One." + " \n" * 100_000 + " " * 100_000 + "Two.") == ["One.", "Two."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("One two", 2), ("don’t non-NATO U.S. 3.5 — …", 4), ("a_b", 2), ("Überraschung, 中文", 2)],
)
def test_words_are_counted_as_a_person_counts_them(text: str, expected: int) -> None:
    assert words(text) == expected


def test_a_passage_is_a_run_of_whole_sentences_and_a_short_rest_joins_the_last() -> None:
    frame = pd.DataFrame({"article": ["a", "b"], "text": ["Six words are in this sentence. " * 5, "Short."]})
    found, passages = split(frame, passage_words=12)
    assert found["passage"].tolist() == [0, 0, 1, 1, 1, 0]
    assert passages[["article", "passage", "sentences"]].to_numpy().tolist() == [
        ["a", 0, 2],
        ["a", 1, 3],
        ["b", 0, 1],
    ]
    assert (passages["topic"] == -1).all()


def test_a_text_without_words_gives_no_rows() -> None:
    found, passages = split(pd.DataFrame({"article": ["a"], "text": ["\n \n"]}), passage_words=12)
    assert len(found) == len(passages) == 0


def test_reading_begins_where_the_body_does() -> None:
    frame = pd.DataFrame({"article": ["a"], "text": ["by A. Writer\nIt rained."], "body_start": [13]})
    found, _ = split(frame, passage_words=12)
    assert found[["start", "end"]].to_numpy().tolist() == [[13, 23]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The council voted on the bridge last night, and nobody was content with the result.", "en"),
        ("Der Rat stimmte gestern Abend über die Brücke ab, und niemand war damit zufrieden.", "de"),
        ("Городской совет вчера вечером проголосовал за мост, и никто не остался доволен.", "ru"),
        ("", None),
        ("12345 --- 67890", None),
        ("ok", None),
    ],
)
def test_the_language_is_told_or_left_open(text: str, code: str | None) -> None:
    assert language(text) == code
