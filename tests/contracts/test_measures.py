"""What every measure owes: a whole declaration, evidence that stands in the text, values within bounds,
nothing from nothing, and no dependence on the order of articles."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import text, words
from pipeline.codebook import Codebook, Named, Proposition, load_codebook
from pipeline.measures import Measure, Tally, all_measures, all_quantities
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import ATTRIBUTIONS, EVIDENCE
from pipeline.tallies import dense
from pipeline.uncertainty import estimate
from pipeline.voice import attributions

FOLDER = Path(__file__).resolve().parents[2] / "corpora" / "harbour-strike"
TASKS = ("attribution", "credit", "events", "extraction", "frames", "naming", "narratives", "portrayal", "roles")
ARTICLES = 4
every = pytest.mark.parametrize("measure", all_measures(), ids=lambda measure: measure.name)


def reading_of(rows: list[tuple[str, str]]) -> Reading:
    """(article, text) read as a refresh reads them; topics are made up, three in turn."""
    articles = pd.DataFrame(rows, columns=["article", "text"]).astype("str")
    sentences, passages = text.split(articles, passage_words=40)
    spans = attributions(articles, sentences) if rows else ATTRIBUTIONS.empty()
    return Reading(articles, sentences, ATTRIBUTIONS.check(spans), passages.assign(topic=passages["passage"] % 3))


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return load_codebook(FOLDER / "codebook.toml")


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    lines = (FOLDER / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    step = len(articles) // ARTICLES
    return [(a["id"], a["text"]) for a in articles[::step][:ARTICLES]]


@pytest.fixture(scope="module")
def reading(rows: list[tuple[str, str]]) -> Reading:
    return reading_of(rows)


Found = Callable[[Measure], pd.DataFrame]


@pytest.fixture(scope="module")
def found(reading: Reading, codebook: Codebook, models: Models) -> Found:
    """Each measure's evidence, looked for once."""
    kept: dict[str, pd.DataFrame] = {}

    def of(measure: Measure) -> pd.DataFrame:
        if measure.name not in kept:
            kept[measure.name] = measure.evidence(reading, codebook, models)
        return kept[measure.name]

    return of


def tallies(
    measure: Measure, evidence: pd.DataFrame, reading: Reading, codebook: Codebook, models: Models
) -> list[Tally]:
    """A measure's tallies over the articles of a reading."""
    if measure.score_words is not None:
        return measure.score_words(words.count(reading.articles["text"]), codebook, models)
    assert measure.score is not None
    sizes = reading.sentences.groupby("article").agg(
        sentences=("words", "size"), passages=("passage", "nunique"), words=("words", "sum")
    )
    units = sizes.reindex(reading.articles["article"]).fillna(0).astype("int64").reset_index(drop=True)
    place = {article: i for i, article in enumerate(reading.articles["article"])}
    unit = evidence["article"].map(place).astype("int64")
    return measure.score(evidence.assign(unit=unit), units, codebook)


@every
def test_it_says_what_it_is(measure: Measure) -> None:
    declared = measure.declaration
    for told in (declared.name, declared.title, declared.summary, declared.reference, declared.limits):
        assert told.strip()
    assert declared.version >= 1
    assert set(declared.reads) <= set(Codebook.model_fields)
    assert set(declared.evaluated_by) <= set(TASKS)
    assert (measure.score is None) != (measure.score_words is None)
    for quantity in declared.quantities:
        assert quantity.title
        assert quantity.unit
        assert quantity.higher_means
        assert quantity.scale > 0
        assert quantity.minimum_n >= 1
        low, high = quantity.bounds
        assert low is None or high is None or low < high


def test_names_are_taken_once() -> None:
    quantities = [q.name for measure in all_measures() for q in measure.declaration.quantities]
    assert len(quantities) == len(set(quantities)) == len(all_quantities())
    assert len({measure.name for measure in all_measures()}) == len(all_measures())


def test_the_promised_measures_are_there() -> None:
    assert {m.name for m in all_measures()} >= {"naming", "credit", "voices", "emphasis", "keyness", "microframes"}


@every
def test_its_evidence_stands_in_the_text(measure: Measure, found: Found, reading: Reading) -> None:
    evidence = found(measure)
    assert list(EVIDENCE.check(evidence).columns) == list(evidence.columns)
    assert set(evidence["measure"]) <= {measure.name}
    assert np.isfinite(evidence["weight"]).all()
    places = reading.sentences.rename(columns={"start": "first", "end": "last"})
    inside = evidence.merge(places, on=["article", "sentence"], how="left", validate="many_to_one")
    assert inside["first"].notna().all()
    assert (inside["start"] < inside["end"]).all()
    assert ((inside["start"] >= inside["first"]) & (inside["end"] <= inside["last"])).all()


@every
def test_its_tallies_are_the_declared_quantities_and_its_values_within_bounds(
    measure: Measure, found: Found, reading: Reading, codebook: Codebook, models: Models
) -> None:
    made = tallies(measure, found(measure), reading, codebook, models)
    declared = {quantity.name: quantity for quantity in measure.declaration.quantities}
    assert [tally.quantity for tally in made] == list(declared)
    for tally in made:
        assert len(set(tally.items)) == len(tally.items)
        assert tally.numerator.shape == (ARTICLES, len(tally.items))
        above, below = dense(tally, np.arange(ARTICLES))
        assert (below >= 0).all()
        assert not above[below == 0].any()
        low, high = declared[tally.quantity].bounds
        values = declared[tally.quantity].scale * above.sum(0) / np.where(below.sum(0) > 0, below.sum(0), np.nan)
        values = values[~np.isnan(values)]
        assert low is None or (values >= low - 1e-9).all()
        assert high is None or (values <= high + 1e-9).all()


@every
def test_nothing_comes_from_nothing(measure: Measure, codebook: Codebook, models: Models) -> None:
    nothing = reading_of([])
    evidence = measure.evidence(nothing, codebook, models)
    assert len(evidence) == 0
    EVIDENCE.check(evidence)
    blank = reading_of([("a", "Hm.")])
    evidence = EVIDENCE.check(measure.evidence(blank, codebook, models))
    for tally in tallies(measure, evidence, blank, codebook, models):
        if not len(evidence):
            quantity = all_quantities()[tally.quantity]
            values = estimate(tally, quantity, np.array([0]), 1, seed=1, resamples=50)
            assert (np.isnan(values.value) == (values.n == 0)).all() or quantity.estimate == "log_odds"


@every
def test_an_empty_codebook_is_no_fault(measure: Measure, reading: Reading, models: Models) -> None:
    empty = Codebook(title="nothing")
    evidence = EVIDENCE.check(measure.evidence(reading, empty, models))
    for tally in tallies(measure, evidence, reading, empty, models):
        assert tally.numerator.shape == (ARTICLES, len(tally.items))


@every
def test_the_order_of_articles_changes_nothing(
    measure: Measure, found: Found, reading: Reading, rows: list[tuple[str, str]], codebook: Codebook, models: Models
) -> None:
    turned = reading_of(rows[::-1])
    evidence = measure.evidence(turned, codebook, models)
    by = ["article", "sentence", "start", "end", "item", "label", "voice"]
    one, other = (frame.sort_values(by).reset_index(drop=True) for frame in (found(measure), evidence))
    pd.testing.assert_frame_equal(one, other, rtol=1e-4, atol=1e-5)
    before = tallies(measure, found(measure), reading, codebook, models)
    after = tallies(measure, evidence, turned, codebook, models)
    for mine, theirs in zip(before, after, strict=True):
        assert mine.items == theirs.items
        pairs = zip(dense(mine, np.arange(ARTICLES)), dense(theirs, np.arange(ARTICLES)[::-1]), strict=True)
        assert all(np.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in pairs)


@pytest.mark.parametrize("measure", [m for m in all_measures() if m.declaration.kept], ids=lambda m: m.name)
def test_evidence_that_is_kept_depends_on_its_article_alone(
    measure: Measure, found: Found, rows: list[tuple[str, str]], codebook: Codebook, models: Models
) -> None:
    alone = measure.evidence(reading_of(rows[:1]), codebook, models)
    among = found(measure)[found(measure)["article"] == rows[0][0]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.reset_index(drop=True), among, rtol=1e-4, atol=1e-5)


def example_codebook(codebook: Codebook, items: list[str]) -> Codebook:
    """The codebook with those speaker groups only that an example names, and with a proposition and an entity
    for items that it lacks, worded as their ids."""
    known = {*codebook.labels(), *(t.term for concept in codebook.concepts for t in concept.terms)}
    plain = {item: item.replace("-", " ") for item in items if item not in known and "-" in item}
    claims = [Proposition(id=i, claim=f"{w.capitalize()}.", paraphrases=(w,)) for i, w in plain.items()]
    named = [Named(id=i, label=w.title(), names=(w.title(),)) for i, w in plain.items()]
    return codebook.model_copy(
        update={
            "speakers": tuple(group for group in codebook.speakers if group.id in items),
            "propositions": (*codebook.propositions, *claims),
            "entities": (*codebook.entities, *named),
        }
    )


EXAMPLES = [(m, example) for m in all_measures() for example in m.declaration.examples]


@pytest.mark.parametrize(("measure", "example"), EXAMPLES, ids=lambda x: getattr(x, "name", ""))
def test_its_worked_examples_hold(measure: Measure, example, codebook: Codebook, models: Models) -> None:
    reading = reading_of([("example", example.text)])
    book = example_codebook(codebook, [item for item, _ in example.found])
    assert example.says
    assert all(span in example.text for _, span in example.found)
    evidence = measure.evidence(reading, book, models)
    if measure.score_words is not None:
        made = tallies(measure, evidence, reading, book, models)
        assert all(t.numerator[0, t.items.index(item)] > 0 for t in made for item, _ in example.found)
    else:
        spans = {(row.item, example.text[row.start : row.end]) for row in evidence.itertuples()}
        assert set(example.found) <= spans
