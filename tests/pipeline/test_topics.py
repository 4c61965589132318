"""Topics without chance: the same for any order, kept over refits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from pipeline.models import Models
from pipeline.schema import TOPICS
from pipeline.topics import Fit, TopicModel, find_topics, topic_count, why_refit

THEMES = {
    "bridge": ["bridge", "river", "engineer", "steel", "span", "traffic", "toll", "lane"],
    "fire": ["peat", "fire", "smoke", "moor", "firefighter", "trench", "wind", "ash"],
    "cup": ["cup", "goalkeeper", "penalty", "match", "striker", "referee", "fans", "stadium"],
}
TEXTS = [
    f"The {words[i % 8]} and the {words[(i + 3) % 8]} near the {words[(i * 5 + 1) % 8]} of the {words[0]}."
    for words in THEMES.values()
    for i in range(12)
]
TRUE = [name for name in THEMES for _ in range(12)]


@pytest.fixture(scope="module")
def vectors(models: Models) -> np.ndarray:
    return models.static.encode(TEXTS)


@pytest.fixture(scope="module")
def found(vectors: np.ndarray) -> TopicModel:
    return find_topics(TEXTS, vectors, topics=3)


def test_passages_on_one_theme_have_one_topic(found: TopicModel, vectors: np.ndarray) -> None:
    pairs = set(zip(TRUE, found.assign(vectors).tolist(), strict=True))
    assert len(pairs) == 3
    assert found.table["passages"].tolist() == [12, 12, 12]
    assert any("peat" in words for words in found.table["words"])


def test_neither_order_nor_seed_changes_the_topics(found: TopicModel, vectors: np.ndarray) -> None:
    order = np.random.default_rng(5).permutation(len(TEXTS))
    np.random.seed(99)  # what a library might draw from
    other = find_topics([TEXTS[i] for i in order], vectors[order], topics=3)
    mine, theirs = found.assign(vectors), other.assign(vectors)
    assert len(set(zip(mine.tolist(), theirs.tolist(), strict=True))) == 3
    assert set(other.table["words"]) == set(found.table["words"])


def test_a_refit_keeps_ids_and_labels_and_gives_new_topics_new_ids(
    found: TopicModel, vectors: np.ndarray, models: Models
) -> None:
    old = TopicModel(found.table.assign(topic=[7, 3, 5], label=["seven", "three", "five"]), found.centroids)
    same = find_topics(TEXTS, vectors, topics=3, previous=old)
    assert same.assign(vectors).tolist() == old.assign(vectors).tolist()
    assert set(same.table["label"]) == {"seven", "three", "five"}
    renamed = find_topics(TEXTS, vectors, topics=3, previous=old, renamed=True)
    assert set(renamed.table["topic"]) == {3, 5, 7}
    assert set(renamed.table["label"]) == set(found.table["label"])
    which = "first second third last slow quick long short new old loud soft".split()
    more = [f"The orchestra played the {word} sonata for violin and piano in the concert hall." for word in which]
    grown = find_topics(TEXTS + more, np.vstack([vectors, models.static.encode(more)]), topics=4, previous=old)
    assert set(grown.table["topic"]) == {3, 5, 7, 8}


def test_a_piece_is_assigned_to_the_nearest_topic_or_to_none(found: TopicModel, models: Models) -> None:
    near, far = found.assign(models.static.encode(["Smoke from the peat fire", ""])).tolist()
    assert near == found.assign(models.static.encode(TEXTS[12:13]))[0]
    assert far == -1


def test_a_topic_is_named_by_the_words_that_only_it_has(found: TopicModel) -> None:
    named = [set(words.split(", ")) for words in found.table["words"]]
    assert all(any(words >= {one, other} for words in named) for one, other, *_ in THEMES.values())


def test_passages_without_telling_words_have_no_topics(models: Models) -> None:
    texts = ["It is what it is."] * 20
    assert len(find_topics(texts, models.static.encode(texts)).table) == 0


@pytest.mark.parametrize("n", [0, 1, 7])
def test_a_few_passages_have_no_topics(vectors: np.ndarray, n: int) -> None:
    model = find_topics(TEXTS[:n], vectors[:n])
    assert len(model.table) == 0
    assert model.assign(vectors[:n]).tolist() == [-1] * n


def test_the_number_of_topics_grows_with_the_root_of_the_passages() -> None:
    few, some, many = (topic_count(n) for n in (0, 400, 40_000))
    assert few == 2
    assert many == topic_count(10**9)  # never more than a reader can take in
    assert topic_count(1600) == pytest.approx(2 * some, abs=1)


NOW = datetime(2026, 3, 9, tzinfo=UTC)
CENTROIDS = np.eye(2, dtype=np.float32)


def why(
    n: int, *, age: int = 0, likeness: float = 1.0, configuration: str = "c", fit: Fit | None = None
) -> str | None:
    """Whether 100 passages of yesterday and n − 100 of this likeness have topics found anew."""
    table = pd.DataFrame({"topic": [0, 1], "label": ["a", "b"], "words": ["a", "b"], "passages": [50, 50]})
    vectors = np.zeros((n, 2), np.float32)
    vectors[:100, 0], vectors[100:, 0] = 1.0, likeness
    fit = fit or Fit((NOW - timedelta(days=age)).isoformat(), 100, 1.0, "c")
    model = TopicModel(TOPICS.check(table), CENTROIDS)
    return why_refit(fit, model, vectors, configuration=configuration, now=NOW, days=30, share=0.5)


def test_topics_stay_where_little_is_new() -> None:
    assert why(100) is None
    assert why(110) is None
    assert why(140, likeness=0.9) is None
    assert why(100, age=300) is None  # nothing is new: found anew, they would be the same
    assert why(110, age=-5) is None  # the clock was set back


def test_topics_are_found_anew_for_a_reason_that_is_said() -> None:
    assert why(150) == "150 passages, found on 100"
    assert why(40) == "40 passages, found on 100"
    assert why(101, age=30) == "found 30 days ago"
    assert why(140, likeness=0.5) == "new passages drift: likeness 0.50, 1.00 when found"
    assert why(120, likeness=0.5) is None  # too few to tell
    assert why(100, configuration="other") == "other settings or vectors"
    assert why_refit(None, None, CENTROIDS, configuration="c", now=NOW, days=30, share=0.5) == "never found before"
