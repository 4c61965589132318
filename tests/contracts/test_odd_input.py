"""What no measure may stumble over: odd texts, odd codebooks, and rows in another order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.codebook import Axis, Codebook, Concept, Frame, Named, Proposition, Speakers, Term
from pipeline.measures import Measure, all_measures, all_quantities
from pipeline.models import Models
from pipeline.schema import EVIDENCE
from pipeline.uncertainty import estimate
from tests.contracts.test_measures import reading_of, tallies

every = pytest.mark.parametrize("measure", all_measures(), ids=lambda measure: measure.name)
STORY = (
    "The strike at the quay began on Monday. “Nobody wants this strike,” said Ada Holm, the director of Kestrel. "
    "Kestrel lied to the dockers, according to the union. The union said that the walkout would go on. "
)
ODD_TEXTS = {
    "no full stop": STORY.replace(".", "") * 12,
    "emoji": "🚢🔥 The strike 👩🏽‍🏭 began 🙂. “🙂🙂🙂” said 🚢. " + STORY,
    "right to left": "\u202bהשביתה נמשכת\u202c \u200fThe strike\u200f began. " + STORY,
    "zero width": "The st\u200drike be\u200bgan\ufeff. " + STORY,
    "open quotes": '“The strike began. ‘It goes on. "And on. «And on. ' + STORY * 3,
    "only marks": '“”‘’""!!! … — ((( ))) ???',
    "one word": "strike",
    "capitals": STORY.upper(),
    "control characters": "The strike\x00 began\x07.\r\n\t\v" + STORY,
}


def codebook_of(**parts: object) -> Codebook:
    """A small codebook with every section, some of them given."""
    whole: dict[str, object] = {
        "concepts": (Concept(id="action", label="the action", terms=(Term(term="strike"), Term(term="walkout"))),),
        "propositions": (
            Proposition(id="lied", claim="Kestrel lied.", paraphrases=("The firm did not tell the truth.",)),
        ),
        "speakers": (Speakers(id="union", label="the union", names=("union",)),),
        "entities": (Named(id="kestrel", label="Kestrel", names=("Kestrel",)),),
        "frames": (Frame(id="economic", label="Economic", description="costs and money"),),
        "axes": (
            Axis(id="calm-angry", label="calm – angry", positive=("calm", "quiet"), negative=("angry", "loud")),
        ),
    }
    return Codebook(title="Odd", **(whole | parts))  # type: ignore[arg-type]


MANY = tuple(
    Proposition(id=f"p{i}", claim=f"Quay {i} is closed.", paraphrases=(f"No ship lands at quay {i}.",))
    for i in range(500)
)
ODD_CODEBOOKS = {
    "a term that is everywhere": codebook_of(
        concepts=(Concept(id="all", label="all", terms=(Term(term="the"), Term(term="strike"))),),
        entities=(Named(id="the", label="the", names=("the",)),),
        speakers=(Speakers(id="all", label="all", names=("the", "a"), places=("the",)),),
    ),
    "a term that is nowhere": codebook_of(
        concepts=(Concept(id="none", label="none", terms=(Term(term="qwxz"), Term(term="zzxq"))),),
        entities=(Named(id="none", label="none", names=("Qwxz",)),),
        speakers=(Speakers(id="none", label="none", names=("Qwxz",)),),
    ),
    "500 propositions": codebook_of(propositions=MANY),
    "a claim in capitals": codebook_of(
        propositions=(Proposition(id="lied", claim="KESTREL LIED!", paraphrases=("THE FIRM LIED",)),)
    ),
    "axes without known words": codebook_of(
        axes=(Axis(id="odd", label="odd", positive=("qwxz", "zxqw"), negative=("wqzx", "xzqw")),)
    ),
}


def sound(measure: Measure, texts: list[str], codebook: Codebook, models: Models) -> pd.DataFrame:
    """The evidence of some texts, after holding it and the values to what is promised."""
    reading = reading_of([(f"a{i}", text) for i, text in enumerate(texts)])
    evidence = EVIDENCE.check(measure.evidence(reading, codebook, models))
    sizes = dict(zip(reading.articles["article"], map(len, texts), strict=True))
    lengths = evidence["article"].map(sizes).astype("int64")
    assert ((evidence["start"] >= 0) & (evidence["start"] < evidence["end"]) & (evidence["end"] <= lengths)).all()
    for tally in tallies(measure, evidence, reading, codebook, models):
        quantity = all_quantities()[tally.quantity]
        found = estimate(tally, quantity, np.zeros(len(texts), np.int64), 1, seed=1, resamples=20)
        if quantity.estimate != "log_odds":
            assert (np.isnan(found.value) == (found.n == 0)).all()
        low, high = quantity.bounds
        known = found.value[~np.isnan(found.value)]
        assert np.isfinite(known).all()
        assert low is None or (known >= low - 1e-9).all()
        assert high is None or (known <= high + 1e-9).all()
    return evidence


@every
@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_texts_are_read(measure: Measure, text: str, models: Models) -> None:
    sound(measure, [text], codebook_of(), models)


@every
@pytest.mark.parametrize("codebook", ODD_CODEBOOKS.values(), ids=ODD_CODEBOOKS)
def test_odd_codebooks_are_read(measure: Measure, codebook: Codebook, models: Models) -> None:
    sound(measure, [STORY, "It rains on the quay."], codebook, models)


@pytest.mark.parametrize("measure", [m for m in all_measures() if m.name != "portrayal"], ids=lambda m: m.name)
def test_a_text_of_200_000_words_is_read(measure: Measure, models: Models) -> None:
    rain = "Rain fell on the quay, and the wind turned to the north before noon. "
    sound(measure, [STORY + rain * 14_300], codebook_of(propositions=()), models)


@every
def test_the_order_of_sentences_changes_nothing(measure: Measure, models: Models) -> None:
    whole = reading_of([("a", STORY), ("b", STORY.upper()), ("c", "It rains on Kestrel. " + STORY)])
    mixed = replace(
        whole,
        sentences=whole.sentences.sample(frac=1, random_state=2).reset_index(drop=True),
        attributions=whole.attributions.sample(frac=1, random_state=3).reset_index(drop=True),
    )
    by = ["article", "sentence", "start", "end", "item", "label", "voice"]
    one, other = (
        measure.evidence(reading, codebook_of(), models).sort_values(by).reset_index(drop=True)
        for reading in (whole, mixed)
    )
    pd.testing.assert_frame_equal(one, other, rtol=1e-4, atol=1e-5)


@every
def test_the_order_of_outlets_changes_no_value(measure: Measure, models: Models) -> None:
    reading = reading_of([(f"a{i}", STORY + "It rains. " * i) for i in range(6)])
    evidence = measure.evidence(reading, codebook_of(), models)
    for tally in tallies(measure, evidence, reading, codebook_of(), models):
        quantity = all_quantities()[tally.quantity]
        groups = np.array([0, 0, 1, 1, 2, 2])
        here = estimate(tally, quantity, groups, 3, seed=1, resamples=50)
        there = estimate(tally, quantity, 2 - groups, 3, seed=1, resamples=50)
        np.testing.assert_allclose(here.value, there.value[::-1], rtol=1e-6, atol=1e-9)
        np.testing.assert_array_equal(here.n, there.n[::-1])
