"""Naming: terms are found in every regular form, once, and in the voice that uses them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import text
from pipeline.codebook import Codebook, Concept, Term
from pipeline.evaluate import evaluate, read_rows
from pipeline.evaluate import naming as task
from pipeline.measures import naming
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.tallies import dense
from pipeline.terms import Matcher
from pipeline.voice import attributions

DATA = Path(__file__).resolve().parents[1] / "data"
ROWS = DATA / "naming.jsonl"
# The share that the project sets itself; the rows were labelled before the rules were run on them.
REACH = 0.93
TERMS = (
    Term(term="strike", forms=("industrial action",), not_in=("strike price", "hunger strike")),
    Term(term="walkout", forms=("walk-out",)),
    Term(term="general strike"),
    Term(term="DWU", forms=("Dock Workers' Union",)),
    Term(term="people's republic"),
    Term(term="crisis"),
    Term(term="act of war"),
    Term(term="U.S. blockade"),
    Term(term="—"),
)
CODEBOOK = Codebook(
    title="Strikes",
    concepts=(
        Concept(id="action", label="the action", terms=(Term(term="strike"), Term(term="walkout"))),
        Concept(id="workers", label="the workers", terms=(Term(term="docker"), Term(term="hothead"))),
    ),
)


def found(source: str) -> list[tuple[str, str]]:
    return [(TERMS[m.term].term, source[m.start : m.end]) for m in Matcher.of(TERMS).find(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("The strike began.", [("strike", "strike")]),
        ("STRIKES everywhere; the Strike's end.", [("strike", "STRIKES"), ("strike", "Strike")]),
        ("the strikes’ cost and the strike’s cost", [("strike", "strikes"), ("strike", "strike")]),
        ("industrial-action", [("strike", "industrial-action")]),
        ("industrial — action", [("strike", "industrial — action")]),
        ("A walk-out, a walkout, a walk out, walkouts.", [("walkout", w) for w in
                                                          ("walk-out", "walkout", "walk out", "walkouts")]),
        ("A general strike.", [("general strike", "general strike")]),
        ("The strike price rose during his hunger strike.", []),
        ("The DWU and two DWUs; dwu is nobody.", [("DWU", "DWU"), ("DWU", "DWUs")]),
        ("The dock workers' union met.", [("DWU", "dock workers' union")]),
        ("Two people's republics, one People’s Republic.", [("people's republic", "people's republics"),
                                                             ("people's republic", "People’s Republic")]),
        ("One crisis, two crises.", [("crisis", "crisis"), ("crisis", "crises")]),
        ("Acts of war.", [("act of war", "Acts of war")]),
        ("The general\nstrike of the dock\u00aders' union, a walk\u200bout.", [("general strike", "general\nstrike"),
                                                                        ("walkout", "walk\u200bout")]),
        ("The US blockade.", [("U.S. blockade", "US blockade")]),
        ("The U.S. blockades.", [("U.S. blockade", "U.S. blockades")]),
        ("An anti-strike law; a strike-torn city; strikebound ports.", [("strike", "strike")]),
        ("", []),
        ("😀 \u200fstrike\u200f —", [("strike", "strike")]),
    ],
)  # fmt: skip
def test_finds_terms_in_their_forms(source: str, expected: list[tuple[str, str]]) -> None:
    assert found(source) == expected


def test_a_term_counts_inside_a_phrase_that_excludes_another() -> None:
    terms = (Term(term="war", not_in=("act of war",)), Term(term="act of war"))
    assert [m.term for m in Matcher.of(terms).find("It was an act of war.")] == [1]


@given(st.text(max_size=120))
def test_matches_lie_in_the_text_in_order_and_apart(source: str) -> None:
    matches = Matcher.of(TERMS).find(source)
    borders = [x for m in matches for x in (m.start, m.end)]
    assert borders == sorted(borders)
    assert all(0 <= m.start < m.end <= len(source) for m in matches)


@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda t: t.strip() != ""), min_size=1, max_size=5))
def test_any_term_is_harmless(terms: list[str]) -> None:
    source = "The strike went on; " + " ".join(terms)
    for match in Matcher.of([Term(term=term) for term in terms]).find(source):
        assert 0 <= match.start < match.end <= len(source)


def reading(*given_texts: str) -> Reading:
    articles = pd.DataFrame({"article": [f"a{i}" for i in range(len(given_texts))], "text": list(given_texts)})
    sentences, passages = text.split(articles, passage_words=50)
    return Reading(articles, sentences, attributions(articles, sentences), passages)


def test_evidence_names_term_concept_sentence_and_voice(models: Models) -> None:
    rows = naming.evidence(
        reading("It rained. The strike goes on. “This walkout hurts us all,” she said. The so-called hotheads left."),
        CODEBOOK,
        models,
    )
    assert rows[["item", "label", "sentence", "voice"]].to_numpy().tolist() == [
        ["strike", "action", 1, "own"],
        ["walkout", "action", 2, "attributed"],
        ["hothead", "workers", 3, "distanced"],
    ]
    assert (rows["weight"] == 1).all()


def test_shares_are_of_the_concepts_namings_in_that_voice(models: Models) -> None:
    source = (
        "The strike began. The strike spread. A walkout followed. “No strike pays for us,” she said. Dockers sang."
    )
    given_texts = reading(source)
    rows = naming.evidence(given_texts, CODEBOOK, models).assign(unit=0)
    units = pd.DataFrame({"sentences": [5], "words": [18]})
    tallies = {t.quantity: t for t in naming.score(rows, units, CODEBOOK)}
    assert tallies["naming"].items == ("strike", "walkout", "docker", "hothead")
    assert tallies["naming"].numerator.toarray().tolist() == [[2, 1, 1, 0]]
    assert dense(tallies["naming"], np.arange(1))[1].tolist() == [[3, 3, 1, 1]]
    assert tallies["naming_attributed"].numerator.toarray().tolist() == [[1, 0, 0, 0]]
    assert dense(tallies["naming_distanced"], np.arange(1))[1].sum() == 0
    assert tallies["naming_per_1000_words"].numerator.toarray().tolist() == [[3, 1, 1, 0]]
    assert np.asarray(tallies["naming_per_1000_words"].denominator).tolist() == [18]


def test_no_concepts_no_text_no_namings(models: Models) -> None:
    assert naming.evidence(reading("The strike."), Codebook(title="None"), models).empty
    assert naming.evidence(reading(), CODEBOOK, models).empty
    assert naming.evidence(reading("It rains."), CODEBOOK, models).empty


# The second file was scored before any rule was mended by it: .826 of its first 155 rows, .792 of the next 53
# and .875 of the last 48, each read and mended after its first score.
# The third file's first scores were .900 (n 80), .806 (98) and .677 (65); where a label went against the voices'
# definition it was mended, and where the definition does not decide, the row was left out.
# The fourth file's first score was .73 of 150 rows; ten of them are left out: nine where the voices' definition does
# not decide (a name that a speaker denies in his own words, a name given in a participle: "billed by its maker as")
# and one of a claim that somebody only resents.
# The fifth file's first score was .87 of 200 rows; two are left out, whose labels go against rows of earlier files
# ("blamed the riots on", "speak of a").
# The sixth file's first score was .85 of 160 rows; one label was mended ("what he said was a X" is distance, as in
# earlier rows). As many rows of the same hands were only ever scored, .85 before and .869 after.
FLOORS = {"second": REACH, "third": REACH, "fourth": REACH, "fifth": REACH, "sixth": 0.968}
GUARDS = [(ROWS, REACH), *((DATA / f"naming_{part}.jsonl", floor) for part, floor in FLOORS.items())]


@pytest.mark.parametrize(("rows", "floor"), GUARDS, ids=[path.stem for path, _ in GUARDS])
def test_the_task_reaches_its_share_on_the_labelled_rows(rows: Path, floor: float) -> None:
    document = evaluate("naming", rows)
    assert document["n"] >= 120
    assert document["value"] >= floor


# No rule was mended by these rows, and none may be. The first 80 were scored when all rules stood (.912), and after
# two rounds of mending by others (.963); the other 200 came with the second of these (.915 before it and after).
def test_rows_that_no_rule_has_seen_do_not_fall() -> None:
    document = evaluate("naming", DATA / "naming_unseen.jsonl")
    assert document["n"] == 280
    assert document["value"] >= 0.9


def test_each_voice_is_told_on_the_labelled_rows() -> None:
    scores = task.evaluate(read_rows(ROWS)).detail["voices"]
    assert all(score["f1"] >= 0.9 for score in scores.values())


def test_the_task_takes_a_term_that_is_absent_as_the_outlets_own() -> None:
    result = task.evaluate([{"text": "It rains.", "term": "strike", "voice": "own"}])
    assert (result.value, result.detail["term_not_found"]) == (1.0, 1)
    assert task.evaluate([]).value is None
