"""Articles on the same story, near in time, are one event."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from pipeline import events, words
from pipeline.benchmarks._synthetic import article
from pipeline.models import Models

STORIES = {
    "bridge": "The city council voted to build the bridge over the river Skarn, and the builder will begin in May.",
    "fire": "A peat fire on the moor near Holt sent smoke over the villages, and firefighters dug all night.",
    "cup": "The home side won the cup final on penalties after their goalkeeper saved the last three shots.",
}
SAID = ("Residents watched.", "Nobody was hurt.", "Officials gave no comment.")


def frame(rows: list[tuple[str, str]]) -> pd.DataFrame:
    """Articles (story, day) by outlets that each add a sentence."""
    return pd.DataFrame(
        {
            "article": [f"a{i}" for i in range(len(rows))],
            "outlet": [f"outlet {i % 3}" for i in range(len(rows))],
            "title": [story for story, _ in rows],
            "date": pd.to_datetime([day for _, day in rows]),
            "text": [f"{STORIES[story]} {SAID[i % 3]}" for i, (story, _) in enumerate(rows)],
        }
    )


def close_of(articles: pd.DataFrame, models: Models) -> tuple[events.Closeness, tuple[str, ...]]:
    leads = [events.lead(None, text) for text in articles["text"]]
    counts = words.count(articles["text"])
    return events.closeness(models.static.encode(leads), counts.counts, articles["date"]), counts.vocabulary


def grouped(articles: pd.DataFrame, models: Models, **options: float) -> list[str]:
    """Each article's group, named by its first article."""
    chosen = {"window_days": 3, "threshold": 0.65, **options}
    labels = events.group(close_of(articles, models)[0], **chosen)
    first = {label: articles["article"].iloc[i] for i, label in reversed(list(enumerate(labels)))}
    return [first[label] for label in labels]


ROWS = [("bridge", "2023-05-09"), ("fire", "2023-05-09"), ("bridge", "2023-05-10"), ("fire", "2023-05-11"),
        ("cup", "2023-05-10")]  # fmt: skip


def test_stories_are_told_apart(models: Models) -> None:
    assert grouped(frame(ROWS), models) == ["a0", "a1", "a0", "a1", "a4"]


def test_the_same_words_a_fortnight_later_are_another_event(models: Models) -> None:
    rows = [("bridge", "2023-05-09"), ("bridge", "2023-05-23")]
    assert grouped(frame(rows), models) == ["a0", "a1"]
    assert grouped(frame(rows), models, window_days=14) == ["a0", "a0"]


def test_the_order_of_articles_changes_no_group(models: Models) -> None:
    articles = frame(ROWS * 3).assign(article=[f"a{i}" for i in range(15)])
    shuffled = articles.sample(frac=1, random_state=3)

    def sets(some: pd.DataFrame) -> set[frozenset[str]]:
        names = pd.Series(grouped(some, models), index=some["article"])
        return {frozenset(names.index[names == name]) for name in names.unique()}

    assert sets(articles) == sets(shuffled)


@pytest.mark.parametrize("block", [2, 7, 512])
def test_groups_are_those_of_linkage_over_all_pairs(
    models: Models, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(events, "BLOCK", block)
    monkeypatch.setattr(events, "SMALL_BLOCK", 2)
    made = pd.DataFrame([article(number, articles_a_day=9) for number in range(90)])
    made = made.sample(frac=1, random_state=1).assign(article=made["id"], date=pd.to_datetime(made["date"]))
    close, _ = close_of(made, models)
    every = np.arange(len(made))
    distance = 1 - close.likeness(every, every).astype(float)
    distance[np.abs(close.days[:, None] - close.days[None, :]) > 3] = 2
    condensed = distance[np.triu_indices(len(made), 1)]
    expected = fcluster(linkage(condensed, "average"), 0.5, "distance")
    found = events.group(close, window_days=3, threshold=0.5)
    assert 5 < found.max() + 1 < 60
    assert len(set(zip(found, expected, strict=True))) == len(set(found)) == len(set(expected))


def test_what_is_too_large_for_one_matrix_is_parted_first(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pd.DataFrame([article(number, articles_a_day=9) for number in range(90)])
    made = made.assign(article=made["id"], date=pd.to_datetime(made["date"]))
    close, _ = close_of(made, models)
    whole = events.group(close, window_days=3, threshold=0.5)
    monkeypatch.setattr(events, "LINKAGE_LIMIT", 25)
    parted = events.group(close, window_days=3, threshold=0.5)
    assert adjusted_rand_score(whole, parted) > 0.7
    assert np.bincount(parted).max() <= np.bincount(whole).max()


def test_what_does_not_come_apart_stays_one_group(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LINKAGE_LIMIT", 1)
    assert grouped(frame(ROWS), models) == ["a0", "a1", "a0", "a1", "a4"]


def test_an_event_is_described_and_keeps_its_id_while_it_grows(models: Models) -> None:
    def described(articles: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
        close, vocabulary = close_of(articles, models)
        labels = events.group(close, window_days=3, threshold=0.65)
        return events.describe(articles, labels, close, vocabulary)

    before, _ = described(frame(ROWS[:3]))
    after, table = described(frame(ROWS))
    assert after[:3].tolist() == before.tolist()
    bridge = table.set_index("event").loc[after[0]]
    assert (bridge["title"], bridge["articles"], bridge["outlets"]) == ("bridge", 2, 2)
    assert (bridge["start"], bridge["end"]) == (pd.Timestamp("2023-05-09"), pd.Timestamp("2023-05-10"))
    assert "bridge" in bridge["keywords"]


def test_an_event_s_words_are_those_that_the_others_have_less_of(models: Models) -> None:
    articles = frame([row for row in ROWS for _ in range(2)])
    close, vocabulary = close_of(articles, models)
    labels = np.arange(len(articles)) // 2
    _, table = events.describe(articles, labels, close, vocabulary)
    found = [set(words.split(", ")) for words in table["keywords"]]
    assert all(found)
    everywhere = set.intersection(*(set(text.split()) for text in articles["text"]))
    assert not any(words & everywhere for words in found)


def test_a_round_up_does_not_name_an_event(models: Models) -> None:
    titles = [
        "What to know today",
        "Skarn bridge: council votes",
        "What to know today",
        "Peat fire on the moor near Holt",
    ]
    articles = frame(ROWS[:1] * 3 + ROWS[1:2]).assign(title=titles, article=[*"abcd"])
    close, vocabulary = close_of(articles, models)
    _, table = events.describe(articles, np.array([0, 0, 0, 1]), close, vocabulary)
    assert table["title"].tolist() == ["Skarn bridge: council votes", "Peat fire on the moor near Holt"]


def test_an_event_s_title_goes_without_the_section_of_its_site(models: Models) -> None:
    def title_of(titles: list[str]) -> str:
        articles = frame(ROWS[:1] * len(titles)).assign(
            title=titles, outlet="O", article=[*map(str, range(len(titles)))]
        )
        close, vocabulary = close_of(articles, models)
        return str(events.describe(articles, np.zeros(len(titles), int), close, vocabulary)[1]["title"].iloc[0])

    assert title_of(["A ferry sank | Harbour News"] * 5) == "A ferry sank"
    assert title_of(["A ferry sank - Harbour News"] * 5) == "A ferry sank"
    assert title_of(["A ferry sank - mayor"] * 5 + [f"Ferry {i}" for i in range(120)]) == "A ferry sank - mayor"
    assert title_of(["A ferry sank | What we know"] * 4) == "A ferry sank | What we know"
    assert title_of(["Harbour News"] * 6) == "Harbour News"


def test_one_article_is_an_event_of_its_own(models: Models) -> None:
    assert grouped(frame(ROWS[:1]), models) == ["a0"]


def test_no_articles_have_no_events() -> None:
    none = pd.Series([], dtype="datetime64[s]")
    close = events.closeness(np.zeros((0, 4), np.float32), words.count([]).counts, none)
    assert len(events.group(close, window_days=3, threshold=0.65)) == 0


def test_a_lead_is_the_title_and_the_first_words() -> None:
    assert events.lead("Title", "one  two\nthree") == "Title. one two three"
    assert events.lead(None, "head body", begin=5) == "body"
    assert len(events.lead(None, "word " * 500).split()) == events.LEAD_WORDS
