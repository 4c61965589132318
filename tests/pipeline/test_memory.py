"""What is kept of single texts: computed once, redone where damaged, gone when nothing is made with it any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import structlog

from pipeline.kept import Kept
from pipeline.memory import Memory, key_of
from pipeline.models import Recent


class Squares:
    """Computes the square of a key, in two columns; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def of(self, memory: Memory, *keys: int) -> list[int]:
        def compute(places: list[int]) -> np.ndarray:
            self.asked += [keys[i] for i in places]
            return np.array([[keys[i] ** 2, 0] for i in places], np.float16).reshape(-1, 2)

        found = memory.rows(keys, compute)
        assert found.shape == (len(keys), 2)
        assert found.dtype == np.float16
        return [int(x) for x in found[:, 0]]


def test_what_was_computed_is_found_again_in_any_order_by_another_process(tmp_path: Path) -> None:
    work = Squares()
    assert work.of(Memory(tmp_path), 3, 1, 3, 2) == [9, 1, 9, 4]
    assert sorted(work.asked) == [1, 2, 3]
    memory = Memory(tmp_path)
    assert work.of(memory, 2, 4, 1) == [4, 16, 1]
    assert work.of(memory, 4, 3) == [16, 9]
    assert sorted(work.asked) == [1, 2, 3, 4]


def test_what_is_killed_goes_on_from_the_last_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.memory.PART", 3)
    asked: list[int] = []

    def killed(places: list[int]) -> np.ndarray:
        if asked:
            raise KeyboardInterrupt
        asked.extend(places)
        return np.array([[place**2, 0] for place in places], np.float16)

    with pytest.raises(KeyboardInterrupt):
        Memory(tmp_path).rows(range(8), killed)
    work = Squares()
    assert work.of(Memory(tmp_path), *range(8)) == [key**2 for key in range(8)]
    assert asked + work.asked == list(range(8))


def test_nothing_asked_for_is_nothing_with_its_columns(tmp_path: Path) -> None:
    assert Squares().of(Memory(tmp_path)) == []
    assert not list(tmp_path.iterdir())


def test_a_fresh_one_computes_again_but_not_twice(tmp_path: Path) -> None:
    work = Squares()
    work.of(Memory(tmp_path), 1, 2)
    fresh = Memory(tmp_path, fresh=True)
    assert work.of(fresh, 1, 2) == work.of(fresh, 1, 2) == [1, 4]
    assert work.asked == [1, 2, 1, 2]


@pytest.mark.parametrize("damage", [lambda d: d[:-9], lambda d: b"", lambda d: b"x" + d[1:], lambda d: d[:-40]])
@pytest.mark.parametrize("when", ["before it is opened", "after"])
def test_a_damaged_file_is_said_and_done_again(tmp_path: Path, damage: Callable[[bytes], bytes], when: str) -> None:
    work = Squares()
    work.of(Memory(tmp_path), 5, 6)
    (path,) = tmp_path.iterdir()
    memory = Memory(tmp_path) if when == "after" else None
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(damage(whole))
    with structlog.testing.capture_logs() as said:
        assert work.of(memory or Memory(tmp_path), 5, 6) == [25, 36]
    assert work.asked == [5, 6, 5, 6]
    assert [(line["log_level"], line["file"]) for line in said] == [("warning", path.name)]


@pytest.mark.parametrize("place", range(20, 600, 29))
def test_a_flipped_bit_anywhere_gives_no_wrong_row(tmp_path: Path, place: int) -> None:
    work = Squares()
    work.of(Memory(tmp_path), *range(40))
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)
    assert work.of(Memory(tmp_path), *range(40)) == [key**2 for key in range(40)]


def test_keys_tell_texts_and_their_parts_apart() -> None:
    keys = {key_of("a"), key_of("b"), key_of("a", "b"), key_of("ab"), key_of("b", "a"), key_of("")}
    assert len(keys) == 6
    assert key_of("\ud800") < 2**64


def configurations(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.glob("*/*")}


def test_what_neither_a_snapshot_nor_this_refresh_uses_goes(tmp_path: Path) -> None:
    before = Kept(tmp_path)
    for configuration in ("old", "snapshot's", "present"):
        Squares().of(before.memory("vectors", configuration), 1)
    Squares().of(before.memory("of a kind that is no more", "1"), 1)
    snapshots = Kept(tmp_path)
    snapshots.memory("vectors", "snapshot's")
    present = Kept(tmp_path)
    present.memory("vectors", "present")
    assert len(present.prune(snapshots.used)) == 2
    assert configurations(tmp_path) == {*snapshots.used, *present.used}
    assert {path.name for path in tmp_path.iterdir()} == {"vectors"}
    assert present.prune(snapshots.used) == []


def test_what_was_done_again_takes_the_place_of_what_was_kept(tmp_path: Path) -> None:
    before = Kept(tmp_path).memory("vectors", "1")
    Squares().of(before, 1, 2)
    Squares().of(before, 3)
    fresh = Kept(tmp_path, fresh=True)
    Squares().of(fresh.memory("vectors", "1"), 1, 2, 3)
    fresh.prune([])
    (left,) = before.folder.iterdir()
    assert {left.name} == fresh.memory("vectors", "1").written
    work = Squares()
    assert work.of(Memory(before.folder), 1, 2, 3) == [1, 4, 9]
    assert work.asked == []


def test_recent_rows_are_computed_once_and_the_oldest_make_room() -> None:
    asked: list[list[int]] = []

    def compute(some: list[int]) -> np.ndarray:
        asked.append(some)
        return np.array([[float(i)] for i in some]).reshape(-1, 1)

    recent = Recent(most=2)
    assert recent.rows([], compute).shape == (0, 1)
    assert recent.rows([7, 8], compute).tolist() == [[0.0], [1.0]]
    assert recent.rows([8, 9], compute).tolist() == [[1.0], [1.0]]
    assert recent.rows([7], compute).tolist() == [[0.0]]
    assert asked == [[], [0, 1], [1], [0]]
