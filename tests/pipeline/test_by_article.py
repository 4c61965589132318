"""Tables laid out by article give the rows that the Parquet has; mapped arrays are those that were saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import by_article, packing
from pipeline.benchmarks._large import make_large
from pipeline.intact import verify
from pipeline.measures import all_quantities
from pipeline.models import Models
from pipeline.snapshot import Snapshot
from pipeline.uncertainty import estimate, linearised


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, models: Models) -> Snapshot:
    return make_large(Path(tmp_path_factory.mktemp("large")), 300, models=models)


def test_a_large_snapshot_is_intact_and_its_spans_lie_in_their_texts(large: Snapshot) -> None:
    assert verify(large) == []
    some = large.heads[large.heads["measured"]].head(40)
    texts = large.texts(some["article"])
    rows = large.rows("evidence", article=list(some["article"]))
    named = rows[rows["measure"] == "naming"]
    cut = [texts[a][s:e].casefold() for a, s, e in named[["article", "start", "end"]].itertuples(index=False)]
    assert cut == named["item"].str.casefold().tolist()
    assert len(cut)


@pytest.mark.parametrize("name", ["evidence", "sentences", "passages", "attributions"])
def test_rows_of_articles_are_those_of_the_parquet(large: Snapshot, name: str) -> None:
    wanted = [*large.heads["article"].iloc[[7, 3, 250, 3]], "there is none"]
    found = large.rows(name, article=wanted)
    every = pd.read_parquet(large.folder / f"{name}.parquet")
    expected = every[every["article"].isin(wanted)]
    order = large.places(expected["article"]).argsort(kind="stable")
    pd.testing.assert_frame_equal(found, expected.iloc[order].reset_index(drop=True))
    assert len(large.rows(name, article=[])) == 0


def test_rows_of_articles_can_be_those_of_some_values(large: Snapshot) -> None:
    wanted = list(large.heads["article"].iloc[:40])
    every = large.rows("evidence", article=wanted)
    item = every.loc[every["measure"] == "naming", "item"].iloc[0]
    found = large.rows("evidence", article=wanted, measure=["naming"], item=[item])
    expected = every[(every["measure"] == "naming") & (every["item"] == item)]
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True))
    assert len(large.rows("evidence", ["start"], article=wanted, item=["no such item"])) == 0


def test_lists_of_articles_are_the_columns_of_their_rows(large: Snapshot) -> None:
    wanted, columns = list(large.heads["article"].iloc[[7, 3, 250]]), ["article", "start", "label"]
    rows = large.rows("evidence", columns, article=wanted, measure=["credit"])
    found = large.lists("evidence", columns, article=wanted, measure=["credit"])
    assert len(rows)
    pd.testing.assert_frame_equal(pd.DataFrame(found).astype(rows.dtypes), rows)
    assert large.lists("evidence", columns, article=["there is none"]) == {name: [] for name in columns}
    older = Snapshot(large.folder)
    older._by_article = dict.fromkeys(by_article.BATCH)  # a snapshot without tables laid out by article
    assert older.lists("evidence", columns, article=sorted(wanted), measure=["credit"]).keys() == found.keys()
    assert sorted(older.lists("evidence", columns, article=wanted, measure=["credit"])["start"]) == sorted(
        found["start"]
    )


def test_positions_are_those_of_the_ids_however_odd() -> None:
    ids = ["b", "a", "ärger", "7f3c", "\u202eid", "\ud800"]
    positions = by_article.Positions(ids)
    assert positions.of(ids).tolist() == [0, 1, 2, 3, 4, 5]
    assert positions.of(["a", "", "aa", "ä", "7f3c" * 9, "b"]).tolist() == [1, -1, -1, -1, -1, 0]
    assert positions.of([]).tolist() == []
    assert by_article.Positions([]).of(["a", ""]).tolist() == [-1, -1]


def test_the_articles_of_an_item_are_those_that_have_evidence_of_it(large: Snapshot) -> None:
    every, evident = large.rows("evidence"), large.evident
    assert evident is not None
    for (measure, item), rows in every.groupby(["measure", "item"]):
        expected = np.unique(large.places(rows["article"]))
        assert evident.articles(str(measure), str(item)).tolist() == expected.tolist()
    quoted = every.loc[every["measure"] == "voices", "article"]
    assert set(evident.articles("voices", "an item of none").tolist()) == set(large.places(quoted).tolist())
    assert len(evident.articles("a measure of none", "x")) == 0


def test_a_stored_tally_is_used_as_it_lies(large: Snapshot) -> None:
    assert not large.tally("naming").numerator.indices.flags.owndata
    assert not large.tally("naming").numerator.indices.flags.writeable


def test_texts_asked_for_again_are_those_of_the_first_time(large: Snapshot) -> None:
    ids = list(large.heads["article"].iloc[[5, 2, 9]])
    first = large.texts(ids)
    assert list(large.texts([ids[2], "there is none", ids[0]])) == [ids[2], ids[0]]
    assert large.texts(ids) == first


def test_mapped_arrays_are_those_saved_and_lie_where_they_can_be_used(tmp_path: Path) -> None:
    arrays = {"a": np.arange(5, dtype=np.float32), "names": np.array(["x", "yy"]), "none": np.zeros((0, 3))}
    packing.save(tmp_path / "x.npz", arrays)
    with np.load(tmp_path / "x.npz", allow_pickle=False) as stored:
        assert all(np.array_equal(stored[name], array) for name, array in arrays.items())
    found = packing.mapped(tmp_path / "x.npz")
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())
    assert found["a"].flags.aligned
    np.savez_compressed(tmp_path / "y.npz", a=np.arange(3))
    with pytest.raises(ValueError, match="compressed"):
        packing.mapped(tmp_path / "y.npz")


@pytest.mark.parametrize("name", ["naming", "credit", "frames", "naming_per_1000_words"])
def test_linearised_intervals_agree_with_resampled_ones(large: Snapshot, name: str) -> None:
    groups = np.arange(len(large.heads)) % 2
    quantity, tally = all_quantities()[name], large.tally(name)
    slow = estimate(tally, quantity, groups, 2, seed=1, resamples=600)
    fast = linearised(tally, quantity, groups, 2)
    two = linearised(tally, quantity, groups, 2, items=[tally.items[2], tally.items[0]])
    assert np.array_equal(two.low, fast.low[:, [2, 0]], equal_nan=True)
    np.testing.assert_allclose(fast.value, slow.value)
    assert np.array_equal(fast.n, slow.n)
    wide = np.nanmedian((fast.high - fast.low) / (slow.high - slow.low))
    assert 0.9 < wide < 1.1
