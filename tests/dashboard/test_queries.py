"""Queries: snapshot → small DataFrames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import queries
from dashboard.among import rows_among
from dashboard.blindspots import blind_spots
from dashboard.groups import group_of
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import OUTLETS_GIVEN, made_snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return made_snapshot(Path(tmp_path_factory.mktemp("store")))


def test_articles_are_found_by_any_words_of_title_outlet_and_day(snapshot: Snapshot) -> None:
    assert set(queries.find_articles(snapshot, "news 00")["article"]) == {"a00"}
    assert set(queries.find_articles(snapshot, "大桥 05-05")["article"]) == {"a30"}
    assert len(queries.find_articles(snapshot, "no such words")) == 0
    assert "a41" in set(queries.find_articles(snapshot, "news 00", keep="a41")["article"])


def test_events_are_found_by_their_words_their_articles_and_their_days(snapshot: Snapshot) -> None:
    def found(words: str = "", **days: str) -> list[str]:
        events, there = queries.find_events(snapshot, words, **days)
        assert there == len(events)
        return list(events["event"])

    assert found() == ["e1", "e2"]  # the largest first
    assert found("BUDGET again") == found("bridge budget") == ["e2"]
    assert found("news 00") == ["e1"]  # a headline of its articles
    assert found("no such words") == []
    assert found(since="2024-05-11", until="2024-05-11") == ["e1", "e2"]
    assert found(since="2024-05-12") == found(until="2024-05-04") == []
    first, there = queries.find_events(snapshot, limit=1)
    assert (list(first["event"]), there) == (["e1"], 2)


def test_the_outlets_keep_the_corpus_s_order(snapshot: Snapshot) -> None:
    assert list(queries.outlets(snapshot)["outlet"]) == list(OUTLETS_GIVEN)
    assert set(queries.outlets(snapshot)["articles"]) == {5}


def test_days_without_articles_count_none(snapshot: Snapshot) -> None:
    found = queries.per_day(queries.event_articles(snapshot, "e1"))
    assert list(found["articles"]) == [8, 0, 8, 0, 8]
    assert len(queries.per_day(snapshot.table("articles").iloc[:0])) == 0


def test_an_article_without_a_title_is_called_by_how_it_begins(snapshot: Snapshot) -> None:
    every = snapshot.table("articles")
    looked = _with_articles(snapshot, every.assign(title=every["title"].mask(every["article"] == "a00")))
    found = queries.event_articles(looked, "e1").set_index("article")
    text = every.set_index("article")["text"]["a00"]
    assert found["headline"]["a00"] == f"{text[:90]} …"
    assert set(found["headline"].drop("a00")) == set(found["title"].drop("a00"))
    assert len(queries.event_articles(looked, "there is none")) == 0


def test_a_blind_spot_has_its_chance_under_the_volume_of_outlet_or_group(snapshot: Snapshot) -> None:
    articles = snapshot.table("articles")
    one = articles["outlet"] == "Morning Post Bag"
    gap = articles.assign(event=articles["event"].mask(one & (articles["event"] == "e1")))
    looked = _with_articles(snapshot, gap)
    found = blind_spots(looked, group_of(snapshot, "outlet", {}))
    first = found.iloc[0]
    assert (first["event"], first["group"]) == ("e1", "Morning Post Bag")
    assert first["share"] == pytest.approx(5 / 40)
    assert (first["expected"], first["chance"]) == pytest.approx((24 / 8, (7 / 8) ** 24))
    kinds = blind_spots(looked, group_of(snapshot, "kind", {}))
    assert list(kinds["group"]) == ["local"]
    own = {"Two": ["Morning Post Bag", "The Plumb Line"]}
    assert not len(blind_spots(looked, group_of(snapshot, "own", own)))


def _with_articles(snapshot: Snapshot, articles: pd.DataFrame) -> Snapshot:
    """The snapshot with other articles."""
    other = Snapshot(snapshot.folder)
    other._tables["articles"] = articles
    other.__dict__["heads"] = articles.drop(columns="text")
    return other


def _behind(*given: Any, **more: Any) -> pd.DataFrame:
    return pd.DataFrame(queries.sentences_behind(*given, **more))


def test_the_sentences_behind_a_figure_hold_its_spans(snapshot: Snapshot) -> None:
    found = _behind(snapshot, queries.behind(snapshot, "naming", "eyesore", event="e1"), limit=2)
    assert set(found["text"]) == {"eyesore"}
    assert (found["sentence_start"] <= found["start"]).all()
    assert (found["end"] <= found["sentence_end"]).all()
    assert found.groupby("source").size().max() <= 2


def test_the_first_spans_of_an_outlet_are_found_however_few_an_article_has(snapshot: Snapshot) -> None:
    few = _behind(snapshot, queries.behind(snapshot, "naming", "eyesore"), limit=5)
    size = few.groupby("source").size()
    every = snapshot.rows("evidence", measure=["naming"], item=["eyesore"])
    every = queries.sourced(snapshot, every).groupby("source").size()
    assert size.to_dict() == every.clip(upper=5).to_dict()
    assert snapshot.places(few["article"]).tolist() == sorted(snapshot.places(few["article"]))


def test_what_is_behind_a_figure_says_how_many_articles_of_each_outlet_have_some(snapshot: Snapshot) -> None:
    found = queries.behind(snapshot, "naming", "eyesore")
    every = snapshot.rows("evidence", measure=["naming"], item=["eyesore"])
    each = queries.sourced(snapshot, every).groupby("source")["article"].nunique()
    assert found.articles == each.to_dict()
    assert list(found.articles) == sorted(found.articles)


def test_the_sentences_of_one_outlet_are_those_it_has_among_all(snapshot: Snapshot) -> None:
    found = queries.behind(snapshot, "naming", "eyesore")
    every = _behind(snapshot, found)
    for outlet in found.articles:
        alone = _behind(snapshot, found, outlets=[outlet])
        assert alone["start"].tolist() == every.loc[every["source"] == outlet, "start"].tolist()
        assert set(alone["source"]) == {outlet}


def test_the_sentences_of_a_topic_are_those_of_its_passages(snapshot: Snapshot) -> None:
    found = _behind(snapshot, queries.behind(snapshot, "emphasis", "0"))
    assert len(found)
    assert set(found["measure"]) == {"emphasis"}


def test_an_event_s_rows_are_its_outlets_alone_and_leave_out_what_nobody_says(snapshot: Snapshot) -> None:
    rows = rows_among(snapshot, "e1", "naming")
    own = next(row for row in rows if row["item"] == "eyesore")
    assert set(own["outlets"]) <= set(snapshot.heads["outlet"][snapshot.heads["event"] == "e1"])
    assert own["piece"]["n"] == 0
    assert all(any(cell["value"] > 0 for cell in row["outlets"].values()) for row in rows)
    evidence = [sum(cell["n"] for cell in row["outlets"].values()) for row in rows]
    assert evidence == sorted(evidence, reverse=True)


def test_an_event_that_there_is_not_has_no_rows(snapshot: Snapshot) -> None:
    with pytest.raises(InputError, match="no event"):
        rows_among(snapshot, "nowhere", "naming")


def test_an_outlet_s_profile_is_furthest_first_and_only_of_ranked_quantities(snapshot: Snapshot) -> None:
    rows = queries.outlet_profile(snapshot, "Morning Post Bag")
    apart = [abs(row["standout"]) for row in rows]
    assert apart == sorted(apart, reverse=True)
    assert all("Morning Post Bag" not in row["outlets"] for row in rows)
