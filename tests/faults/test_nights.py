"""Nights: what they cost, what they say, and thirty of them whose entries tell the truth."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file, save_file

from pipeline.benchmarks._synthetic import article
from pipeline.corpus import Corpus
from pipeline.embed import WEIGHTS
from pipeline.intact import verify
from pipeline.runs import read_runs, summary
from pipeline.snapshot import current_id, open_snapshot
from tests.faults.conftest import NAME, all_intact, library_ids, more, same, tables
from tests.faults.forge import Forge
from tests.newsstand import open_newsstand, page, rss, story, trickle

NIGHTS = 30
STATIC = WEIGHTS / "static.safetensors"


@pytest.mark.parametrize("count", [26, 40])
def test_full_gives_the_same_as_incremental(
    forge: Forge, corpus: Corpus, yesterday: Path, stores: Callable[..., Path], tmp_path: Path, count: int
) -> None:
    """With topics kept (26 articles after 24) and found anew (40)."""
    more(corpus, count)
    whole = tmp_path / "whole"
    shutil.copytree(stores(24), whole)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    assert forge.refresh(corpus.folder, whole, full=True) == 0, forge.said()
    same(tables(yesterday), tables(whole))


def kinds(store: Path) -> dict[str, int]:
    """How many batches of each kind of work are kept."""
    return {path.name: len([*path.glob("*/*")]) for path in (store / NAME / "kept").iterdir()}


def test_a_night_does_what_is_new_and_moves_nothing_else(
    forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Callable[..., dict[str, pd.DataFrame]]
) -> None:
    before = kinds(yesterday)
    more(corpus, 26)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    assert kinds(yesterday) == {kind: batches + 1 for kind, batches in before.items()}
    found, old = tables(yesterday), undisturbed(24)
    untouched = set(old["articles"]["article"])
    for name in ("sentences", "attributions", "passages", "evidence"):
        part = found[name][found[name]["article"].isin(untouched)].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, old[name], obj=name)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    assert kinds(yesterday) == {kind: batches + 1 for kind, batches in before.items()}


def test_a_changed_codebook_redoes_the_measures_and_not_the_vectors(
    forge: Forge, corpus: Corpus, yesterday: Path
) -> None:
    before = kinds(yesterday)
    path = corpus.folder / "codebook.toml"
    path.write_text(path.read_text().replace('term = "eyesore"', 'term = "timetable"'))
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    after = kinds(yesterday)
    assert after["evidence-naming"] == before["evidence-naming"] + 1
    assert {k: after[k] for k in ("vectors", "sentences", "words")} == {
        k: before[k] for k in ("vectors", "sentences", "words")
    }
    evidence = open_snapshot(yesterday, NAME).table("evidence")
    assert "timetable" in "".join(evidence.loc[evidence["measure"] == "naming", "item"])


def test_another_models_weights_redo_the_vectors_and_what_rests_on_them(
    forge: Forge, corpus: Corpus, yesterday: Path, tmp_path: Path
) -> None:
    arrays = load_file(STATIC)
    arrays["vectors"] = arrays["vectors"][:, ::-1].copy()  # turned: as good as before, and other numbers
    save_file(arrays, tmp_path / "turned.safetensors")
    before, old = kinds(yesterday), np.array(open_snapshot(yesterday, NAME).array("leads"))
    weights = str(tmp_path / "turned.safetensors")
    assert forge.refresh(corpus.folder, yesterday, weights=weights) == 0, forge.said()
    redone = {kind for kind, batches in kinds(yesterday).items() if batches > before[kind]}
    assert "vectors" in redone
    assert not redone & {"language", "signatures", "sentences", "attributions", "words", "evidence-naming"}
    found = open_snapshot(yesterday, NAME)
    assert np.allclose(found.array("leads"), old[:, ::-1], atol=1e-3)
    assert "topics found anew" in found.table("refresh")["name"].tolist()
    assert forge.refresh(corpus.folder, tmp_path / "new", weights=weights) == 0, forge.said()
    mine, new = tables(yesterday), tables(tmp_path / "new")
    same({n: mine[n] for n in ("events", "evidence")}, {n: new[n] for n in ("events", "evidence")})


def test_topics_found_anew_say_why_and_how_many_untouched_articles_they_moved(
    forge: Forge, corpus: Corpus, yesterday: Path, undisturbed: Callable[..., dict[str, pd.DataFrame]]
) -> None:
    more(corpus, 40)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    found = open_snapshot(yesterday, NAME)
    ledger = found.table("refresh").set_index("name")
    assert "passages, found on" in ledger.loc["topics found anew", "detail"]
    both = found.table("passages").merge(undisturbed(24)["passages"], on=["article", "passage"])
    moved = both.loc[both["topic_x"] != both["topic_y"], "article"].nunique()
    assert moved > 0
    assert ledger.loc["untouched articles moved to other topics", "count"] == moved
    assert summary(found)["notes"]["untouched articles moved to other topics"] == moved
    assert read_runs(yesterday, NAME)[-1].notes["untouched articles moved to other topics"] == moved


def test_topics_are_found_anew_when_they_are_old(forge: Forge, corpus: Corpus, yesterday: Path) -> None:
    more(corpus, 25)
    later = (datetime.now(UTC) + timedelta(days=31)).isoformat()
    assert forge.refresh(corpus.folder, yesterday, now=later) == 0, forge.said()
    ledger = open_snapshot(yesterday, NAME).table("refresh").set_index("name")
    assert ledger.loc["topics found anew", "detail"] == "found 31 days ago"


SOURCES = """
[[sources]]
name = "quay"
kind = "feed"
outlet = "Quay Courier"
urls = ["{feed}"]

[[sources]]
name = "gone"
kind = "feed"
outlet = "Fell Gazette"
urls = ["http://127.0.0.1:1/feed.xml"]
"""


def test_a_source_that_hangs_and_one_that_is_gone_stop_nothing(forge: Forge, corpus: Corpus, store: Path) -> None:
    with open_newsstand() as stand:
        feed = stand.put("/feed.xml", trickle())
        path = corpus.folder / "corpus.toml"
        path.write_text(path.read_text() + SOURCES.format(feed=feed))
        local: dict[str, Any] = {
            "allow_hosts": ["127.0.0.1"], "host_delay_seconds": 0, "retry_seconds": 0, "request_seconds": 3,
            "contact": "test@example.org",
        }  # fmt: skip
        assert forge.refresh(corpus.folder, store, settings=local) == 0, forge.said()
        run = read_runs(store, NAME)[-1]
        assert (run.outcome, set(run.failures)) == ("published", {"quay", "gone"})
        assert run.counts["articles"] == 24
        stand.put("/feed.xml", rss("Quay", [{"title": "A new pier", "link": stand.url("/1")}]), kind="text/xml")
        stand.put("/1", page("A new pier", story(1)))
        patient = {**local, "request_seconds": 60}  # however slow the machine that serves and asks
        assert forge.refresh(corpus.folder, store, settings=patient) == 0, forge.said()
        run = read_runs(store, NAME)[-1]
        assert set(run.failures) == {"gone"}
        assert run.counts["articles"] == 25


def test_thirty_nights_whose_sources_fail_at_random_and_thirty_entries_that_tell_the_truth(
    forge: Forge, corpus: Corpus, store: Path
) -> None:
    rng = random.Random(30)
    names = ("north", "south", "west")
    path = corpus.folder / "corpus.toml"
    path.write_text(
        path.read_text()
        + "".join(f'\n[[sources]]\nname = "{n}"\nkind = "files"\npaths = ["{n}.jsonl"]\n' for n in names)
    )
    begin, expected, number = datetime(2026, 3, 20, 2, 30, tzinfo=UTC), [], 24
    for night in range(NIGHTS):
        failing = {name for name in names if rng.random() < 0.25}
        for name in names:
            file = corpus.folder / f"{name}.jsonl"
            file.unlink(missing_ok=True)
            if name not in failing:
                one = article(number, sentences=6)
                pd.DataFrame([one]).to_json(file, orient="records", lines=True)
                number += 1
        fate = rng.choices(["published", "killed", "failed"], [0.7, 0.15, 0.15])[0]
        now = begin + timedelta(days=night)
        options = {
            "killed": {"kill_at": rng.choice(["read", "measures", "publish"])},
            "failed": {"fail_at": rng.choice(["clean", "words"])},
        }
        status = forge.refresh(corpus.folder, store, now=now.isoformat(), **options.get(fate, {}))
        assert status == {"published": 0, "killed": -9, "failed": 1}[fate], forge.said()
        expected.append((now, fate, failing))
        assert current_id(store, NAME) is None or verify(open_snapshot(store, NAME)) == []
    all_intact(store)
    entries = read_runs(store, NAME)
    assert len(entries) == NIGHTS
    for run, (now, fate, failing) in zip(entries, expected, strict=True):
        assert (run.started.replace(microsecond=0), run.outcome) == (now, fate)
        assert (run.snapshot is not None) == (fate == "published")
        assert (run.error is None) == (fate == "published")
        if fate == "published":
            assert set(run.failures) == failing
    last = next(run for run in reversed(entries) if run.outcome == "published")
    assert open_snapshot(store, NAME).id == last.snapshot
    ids = library_ids(store)
    assert len(ids) == len(set(ids)) == number  # every article that was ever offered, once


def test_an_outlet_of_another_kind_and_an_article_that_changed_are_as_full_gives_them(
    forge: Forge, corpus: Corpus, yesterday: Path, tmp_path: Path
) -> None:
    path = corpus.folder / "corpus.toml"
    path.write_text(path.read_text().replace('name = "Moor Times"', 'name = "Moor Times"\nkind = "state"'))
    file = corpus.folder / "articles.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    changed, gone = rows[0], rows.pop()
    changed["text"] += " Nobody at the pier would say when the ferry is to sail again, or at which fares."
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    whole = tmp_path / "whole"
    shutil.copytree(yesterday, whole)
    assert forge.refresh(corpus.folder, yesterday) == 0, forge.said()
    assert forge.refresh(corpus.folder, whole, full=True) == 0, forge.said()
    found = tables(yesterday)
    same(found, tables(whole))
    kinds_of = found["outlets"].set_index("outlet")["kind"]
    assert kinds_of["Moor Times"] == "state"
    articles = found["articles"]
    assert articles["text"].isin([changed["text"]]).sum() == 1
    assert articles["text"].isin([gone["text"]]).sum() == 1  # a source that lists it no more takes nothing away
