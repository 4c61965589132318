"""Snapshots: whole or not at all, checked, kept to by their readers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from pipeline import intact, snapshot
from pipeline import publish as publishing
from pipeline.errors import InputError, WorkError
from pipeline.measures import Tally
from pipeline.retention import pin, prune
from pipeline.schema import TABLES
from pipeline.snapshot import Snapshot
from pipeline.words import count

CORPUS = "bridge"
Publish = Callable[..., Snapshot]


@pytest.fixture
def publish(store: Path) -> Publish:
    """publish("Name", …): a snapshot with these outlets and next to nothing else."""

    def make(*outlets: str, now: datetime | None = None) -> Snapshot:
        tables = {name: table.empty() for name, table in TABLES.items()}
        tables["outlets"] = TABLES["outlets"].frame([{"outlet": name} for name in outlets])
        tally = Tally("share", ("x", "y"), sparse.csr_array(np.eye(2)), np.array([2.0, 4.0]))
        wide = Tally("stance", ("x",), sparse.csr_array(np.ones((2, 1))), sparse.csr_array(np.ones((2, 1))))
        return publishing.publish(
            store,
            CORPUS,
            tables=tables,
            arrays={"leads": np.eye(3, dtype=np.float32)},
            tallies={"share": tally, "stance": wide},
            words=count(["peat fire", "fire"]),
            manifest={"seed": 1},
            now=now,
        )

    return make


def outlets(found: Snapshot) -> list[str]:
    return list(found.table("outlets")["outlet"])


def test_what_was_published_is_read_again(store: Path, publish: Publish) -> None:
    publish("A", "B")
    found = snapshot.open_snapshot(store, CORPUS)
    assert outlets(found) == ["A", "B"]
    assert found.manifest["rows"]["outlets"] == 2
    assert found.manifest["seed"] == 1
    assert np.array_equal(found.array("leads"), np.eye(3))
    assert found.quantities == ["share", "stance"]
    assert found.tally("share").items == ("x", "y")
    assert found.tally("share").numerator.toarray().tolist() == [[1, 0], [0, 1]]
    assert np.asarray(found.tally("share").denominator).tolist() == [2, 4]
    assert found.tally("stance").denominator.toarray().tolist() == [[1], [1]]
    assert found.words.vocabulary == ("fire", "peat", "peat fire")
    assert intact.verify(found) == []


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_comes_back_in_its_declared_form(publish: Publish, name: str) -> None:
    found = publish("A").table(name)
    pd.testing.assert_frame_equal(TABLES[name].check(found), found, check_dtype=len(found) > 0)


def test_some_rows_and_columns(publish: Publish) -> None:
    found = publish("A", "B").rows("outlets", ["outlet"], outlet=["B", "C"])
    assert found.to_dict("list") == {"outlet": ["B"]}


def test_nothing_published_says_what_to_run(store: Path) -> None:
    assert snapshot.current_id(store, CORPUS) is None
    with pytest.raises(WorkError, match="has no snapshot yet: run `parallax refresh --corpus bridge`"):
        snapshot.open_snapshot(store, CORPUS)


def test_an_unknown_snapshot_names_the_known_ones(store: Path, publish: Publish) -> None:
    known = publish("A").id
    for wrong in ("20200101", "../snapshots", f"../../{CORPUS}"):
        with pytest.raises(InputError, match=f"the latest are: {known}"):
            snapshot.open_snapshot(store, CORPUS, wrong)


@pytest.mark.parametrize("name", ["outlets.parquet", "leads.npy", "tallies/share.npz", "words.npz"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_file_is_named(publish: Publish, name: str, damage: str) -> None:
    found = publish("A")
    path = found.folder / name
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-1] if damage == "cut" else bytes([data[0] ^ 1]) + data[1:])
    (fault,) = intact.verify(Snapshot(found.folder))
    assert fault.startswith(name)


def test_reading_a_file_that_is_gone_says_what_to_do(publish: Publish) -> None:
    found = publish("A")
    (found.folder / "outlets.parquet").unlink()
    with pytest.raises(WorkError, match=r"outlets\.parquet is gone; run a refresh"):
        found.table("outlets")


@pytest.mark.parametrize("content", ["{", json.dumps({"id": "x", "schema": 0})])
def test_a_manifest_that_cannot_be_read_is_said(publish: Publish, content: str) -> None:
    found = publish("A")
    (found.folder / "manifest.json").write_text(content)
    with pytest.raises(WorkError, match="run `parallax refresh`"):
        Snapshot(found.folder)


def test_a_reader_keeps_to_its_snapshot(store: Path, publish: Publish) -> None:
    publish("A")
    one = snapshot.open_snapshot(store, CORPUS)
    publish("B")
    other = snapshot.open_snapshot(store, CORPUS)
    assert (outlets(one), outlets(other)) == (["A"], ["B"])


class Killed(BaseException):
    """What ends a process at a chosen step."""


@pytest.mark.parametrize("step", ["_file_facts", "write_text", "flush_folder", "make_current"])
def test_a_kill_while_publishing_leaves_the_former_one_and_its_draft_is_swept(
    store: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    former = publish("A").id

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(publishing, step, killed)
        with pytest.raises(Killed):
            publish("B")
    assert snapshot.current_id(store, CORPUS) == former
    assert intact.verify(snapshot.open_snapshot(store, CORPUS)) == []
    later = publish("C").id
    assert snapshot.current_id(store, CORPUS) == later
    assert not list((store / CORPUS / "snapshots").glob(".*"))
    assert all(
        intact.verify(snapshot.open_snapshot(store, CORPUS, i)) == [] for i in snapshot.snapshot_ids(store, CORPUS)
    )


def test_a_full_disk_is_said_and_leaves_the_former_one(
    store: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = publish("A").id

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(WorkError, match="No space left on device; make room"):
        publish("B")
    assert snapshot.current_id(store, CORPUS) == former


def test_pruning_keeps_the_newest_the_pinned_and_the_current(store: Path, publish: Publish) -> None:
    ids = [publish(str(i)).id for i in range(6)]
    assert snapshot.snapshot_ids(store, CORPUS) == ids
    pin(store, CORPUS, ids[1])
    snapshot.make_current(store, CORPUS, ids[2])
    gone = prune(store, CORPUS, keep=2, pinned=frozenset({ids[0]}))
    assert gone == [ids[3]]
    assert snapshot.snapshot_ids(store, CORPUS) == [*ids[:3], *ids[4:]]


def test_pinning_what_is_not_there_is_refused(store: Path, publish: Publish) -> None:
    publish("A")
    with pytest.raises(InputError, match='no snapshot "x"'):
        pin(store, CORPUS, "x")


def test_one_snapshot_a_week_stays(store: Path, publish: Publish) -> None:
    """Eight weeks of nights: the newest two, and the last one of each of four weeks."""
    days = [datetime(2026, 1, 5, 2, tzinfo=UTC) + timedelta(days=i) for i in range(56)]  # from a Monday on
    for day in days:
        publish("A", now=day)
    prune(store, CORPUS, keep=2, weeks=4)
    kept = [i[:8] for i in snapshot.snapshot_ids(store, CORPUS)]
    assert kept == ["20260208", "20260215", "20260222", "20260228", "20260301"]


def test_a_snapshot_that_somebody_has_open_is_not_removed(store: Path, publish: Publish) -> None:
    old = publish("A")
    publish("B")
    assert prune(store, CORPUS, keep=1) == []
    assert outlets(old) == ["A"]
    identifier = old.id
    del old
    assert prune(store, CORPUS, keep=1) == [identifier]


def test_ids_sort_as_published_though_the_clock_goes_back(store: Path, publish: Publish) -> None:
    ids = [publish("A", now=datetime(year, 3, 9, tzinfo=UTC)).id for year in (2026, 2020, 2026)]
    assert ids == sorted(set(ids)) == snapshot.snapshot_ids(store, CORPUS)


def test_a_damaged_snapshot_is_passed_over_for_an_older_one(store: Path, publish: Publish) -> None:
    older, newer = publish("A"), publish("B")
    (newer.folder / "leads.npy").write_bytes(b"")
    files = ("outlets.parquet", "leads.npy")
    found = intact.newest_intact(store, CORPUS, files)
    assert found is not None
    assert found.id == older.id
    (older.folder / "manifest.json").write_text("{")
    assert intact.newest_intact(store, CORPUS, files) is None
