from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.codebook import Codebook, Named
from pipeline.errors import InputError, WorkError
from pipeline.evaluate import portrayal as portrayal_task
from pipeline.evaluate import roles as roles_task
from pipeline.measures import portrayal
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.sentiment_model import WINDOW_CHARACTERS, SentimentModel, Targets, windows

BOOK = Codebook(
    title="test",
    entities=(
        Named(id="osk-mining", label="Osk Mining", names=("Osk Mining",)),
        Named(id="doctor", label="Dr Vell", names=("Dr Vell",)),
        Named(id="absent", label="Absent", names=("Nobody At All",)),
    ),
)
BAD = "Osk Mining poisoned the wells of the village and lied about it."
GOOD = "Dr Vell, a hero, risked her life to save the children and was praised by all."
FLAT = "Osk Mining will publish its report on Thursday."


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    return SentimentModel()


def rows_of(reading: Reading) -> pd.DataFrame:
    return portrayal.evidence(reading, BOOK, Models())


def labels(reading: Reading, item: str) -> set[str]:
    rows = rows_of(reading)
    return set(rows.loc[rows["item"] == item, "label"])


def test_blame_and_praise_are_told_apart(read: Callable[..., Reading]) -> None:
    reading = read(f"{BAD} {GOOD}")
    assert labels(reading, "osk-mining") == {"unfavourable", "antagonist"}
    assert labels(reading, "doctor") == {"favourable", "protagonist"}


def test_a_plain_mention_is_neutral(read: Callable[..., Reading]) -> None:
    assert "neutral" in labels(read(FLAT), "osk-mining")


def test_the_declared_example_holds(read: Callable[..., Reading]) -> None:
    (example,) = portrayal.DECLARATION.examples
    reading = read(example.text)
    rows = rows_of(reading)
    spans = {(item, example.text[a:b]) for item, a, b in rows[["item", "start", "end"]].to_numpy().tolist()}
    assert spans == set(example.found)


def test_weights_say_what_labels_say(read: Callable[..., Reading]) -> None:
    rows = rows_of(read(f"{BAD} {GOOD} {FLAT}"))
    weight = {"unfavourable": -1, "neutral": 0, "favourable": 1, "protagonist": 1, "antagonist": 1, "innocent": 1}
    assert (rows["weight"] == rows["label"].map(weight)).all()


def test_an_entity_without_mention_has_no_rows_and_no_value(read: Callable[..., Reading]) -> None:
    rows = rows_of(read(BAD))
    assert "absent" not in set(rows["item"])
    for tally in portrayal.score(rows.assign(unit=0), pd.DataFrame({"sentences": [1], "words": [12]}), BOOK):
        column = tally.items.index("absent")
        assert tally.denominator[[0], [column]].item() == 0
        assert tally.numerator[[0], [column]].item() == 0


def test_values_are_means_over_mentions_and_shares_of_roles() -> None:
    found = [
        ("favourable", 1.0),
        ("unfavourable", -1.0),
        ("unfavourable", -1.0),
        ("antagonist", 1.0),
        ("innocent", 1.0),
    ]
    rows = pd.DataFrame([{"item": "doctor", "label": a, "weight": b, "unit": 0} for a, b in found])
    tallies = portrayal.score(rows, pd.DataFrame({"sentences": [3], "words": [9]}), BOOK)
    figures = {t.quantity: (t.numerator[[0], [1]].item(), t.denominator[[0], [1]].item()) for t in tallies}
    assert figures == {
        "portrayal": (-1, 3),
        "portrayal_protagonist": (0, 2),
        "portrayal_antagonist": (1, 2),
        "portrayal_innocent": (1, 2),
    }


def test_sentences_read_are_spread_over_the_article_and_bounded(read: Callable[..., Reading]) -> None:
    text = " ".join(f"On day {i} Osk Mining met." for i in range(9))
    mentions = portrayal.mentions(read(text), BOOK)
    assert mentions["sentence"].tolist() == [0, 4, 8]


def test_entities_of_a_sentence_that_is_read_are_all_read(read: Callable[..., Reading]) -> None:
    alone = "Osk Mining met. "
    text = alone * 3 + "Osk Mining met Dr Vell. " + alone * 3
    mentions = portrayal.mentions(read(text), BOOK)
    assert sorted(zip(mentions["item"], mentions["sentence"], strict=True)) == [
        ("doctor", 3), ("osk-mining", 0), ("osk-mining", 3), ("osk-mining", 6),
    ]  # fmt: skip


def test_evidence_does_not_depend_on_the_other_articles(read: Callable[..., Reading]) -> None:
    columns = ["item", "sentence", "start", "end", "label", "voice", "weight"]
    alone = rows_of(read(BAD))[columns]
    beside = rows_of(read(GOOD, BAD, FLAT))
    second = beside.loc[beside["article"] == "a1", columns]
    assert json.loads(alone.to_json()) == json.loads(second.reset_index(drop=True).to_json())


@pytest.mark.parametrize("text", ["", " \n ", "🌾" * 30, "Nothing named here."])
def test_texts_that_name_nobody_give_no_rows(text: str, read: Callable[..., Reading]) -> None:
    assert rows_of(read(text)).empty


def test_odd_characters_around_a_name_are_no_trouble(model: SentimentModel) -> None:
    texts = ["\ud83d Osk Mining \x00 零零", "Osk Mining" + "a" * 3000, "é" * 900 + " Osk Mining " + "词" * 900]
    read = model.read([Targets(t, ((t.index("Osk"), t.index("Osk") + 10),)) for t in texts])
    assert read.sentiment.shape == (3, 3)
    assert np.allclose(read.sentiment.sum(1), 1, atol=1e-4)
    assert np.allclose(read.roles.sum(1), 1, atol=1e-4)


def test_the_order_of_sentences_does_not_matter(model: SentimentModel) -> None:
    sentences = [Targets(BAD, ((0, 10),)), Targets(GOOD, ((0, 7),)), Targets(FLAT * 8, ((0, 10), (47, 57)))]
    forward, back = model.read(sentences), model.read(sentences[::-1])
    assert np.allclose(forward.sentiment, back.sentiment[[3, 2, 0, 1]], atol=1e-4)


def test_no_sentences_give_no_rows(model: SentimentModel) -> None:
    assert model.read([]).polarity.shape == (0,)
    assert model.read([Targets(BAD, ())]).roles.shape == (0, 4)


def test_a_long_text_is_read_near_each_target() -> None:
    text = "word " * 400
    (first, second) = windows(Targets(text, ((0, 4), (1500, 1504))))
    assert [w.text[slice(*w.spans[0])] for w in (first, second)] == ["word", "word"]
    assert max(len(first.text), len(second.text)) <= 2 * WINDOW_CHARACTERS + 4


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "portrayal.safetensors"
    path.write_bytes(b"x")
    with pytest.raises(WorkError, match="SHA-256"):
        SentimentModel(path).read([Targets(BAD, ((0, 10),))])


def test_the_task_counts_targets() -> None:
    targets = [{"start": 0, "end": 10, "mention": "Osk Mining", "polarity": -1}]
    more = [{"start": 0, "end": 7, "mention": "Dr Vell", "polarity": 1}]
    result = portrayal_task.evaluate([{"text": BAD, "targets": targets}, {"text": GOOD, "targets": more}])
    assert (result.n, result.value) == (2, 1.0)
    assert result.detail["polarities"]["-1"]["n"] == 1
    assert portrayal_task.evaluate([{"text": BAD, "targets": []}]).value is None


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ({"start": 0, "end": 4}, "polarity"),
        ({"start": 0, "end": 400, "polarity": 0}, "400"),
        ({"start": 0, "end": 4, "polarity": 2}, "polarity 2"),
    ],
)
def test_the_task_names_a_wrong_target(target: dict[str, int], what: str) -> None:
    with pytest.raises(InputError, match=what):
        portrayal_task.evaluate([{"text": BAD, "targets": [target]}])


def test_roles_are_decided_over_all_mentions_of_an_entity() -> None:
    text = f"{BAD} It is a company. Osk Mining cheated the villagers. {GOOD}"
    entities = [
        {"mention": "Osk Mining", "start": 0, "end": 10, "role": "Antagonist"},
        {"mention": "Dr Vell", "start": text.index("Dr"), "end": text.index("Dr") + 7, "role": "Protagonist"},
    ]
    assert len(roles_task.surroundings(text, 0, 10)) == 2
    result = roles_task.evaluate([{"text": text, "entities": entities}, {"text": BAD, "entities": []}])
    assert (result.n, result.value) == (2, 1.0)
    assert result.detail["roles"]["Innocent"] == {"f1": None, "n": 0}
    assert roles_task.evaluate([]).value is None


def test_the_task_names_a_wrong_role() -> None:
    with pytest.raises(InputError, match="Bystander"):
        roles_task.evaluate([{"text": BAD, "entities": [{"start": 0, "end": 10, "role": "Bystander"}]}])
