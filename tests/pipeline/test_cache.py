"""Work kept by content: done once, redone where damaged, going on where it was killed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import structlog

from pipeline.cache import Shelf, kept_rows


class Counted:
    """Two rows an article with an even number in its text, none for the others; remembers what it was given."""

    def __init__(self, *, fail_at: int | None = None) -> None:
        self.seen: list[str] = []
        self.fail_at = fail_at

    def __call__(self, some: pd.DataFrame) -> pd.DataFrame:
        if self.fail_at is not None and len(self.seen) >= self.fail_at:
            raise KeyboardInterrupt
        self.seen += some["article"].tolist()
        rows = [
            {"article": article, "value": int(text) * 10 + part}
            for article, text in zip(some["article"], some["text"], strict=True)
            for part in (0, 1)
            if int(text) % 2 == 0
        ]
        return pd.DataFrame(rows, columns=["article", "value"]).astype({"article": "str", "value": "int64"})


def articles(*numbers: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "article": [f"a{i}" for i in range(len(numbers))],
            "content_hash": [f"h{n}" for n in numbers],
            "text": [str(n) for n in numbers],
        }
    )


@pytest.fixture
def shelf(store: Path) -> Callable[..., Shelf]:
    return lambda configuration="1", **options: Shelf(store / "kept", "things", configuration, **options)


def pairs(rows: pd.DataFrame) -> list[tuple[str, int]]:
    return list(rows[["article", "value"]].itertuples(index=False, name=None))


def test_what_was_computed_is_not_computed_again(shelf: Callable[..., Shelf]) -> None:
    given, work = articles(2, 3, 4), Counted()
    first = kept_rows(shelf(), given, work)
    assert pairs(first) == [("a0", 20), ("a0", 21), ("a2", 40), ("a2", 41)]
    again = kept_rows(shelf(), given, work)
    pd.testing.assert_frame_equal(first, again)
    assert work.seen == ["a0", "a1", "a2"]  # the one without rows was not asked for again either


def test_only_what_is_new_is_computed(shelf: Callable[..., Shelf]) -> None:
    work = Counted()
    kept_rows(shelf(), articles(2, 4), work)
    work.seen.clear()
    found = kept_rows(shelf(), articles(6, 4, 2), work)
    assert work.seen == ["a0"]
    assert found["value"].tolist() == [60, 61, 40, 41, 20, 21]


def test_articles_of_one_content_share_their_rows(shelf: Callable[..., Shelf]) -> None:
    work = Counted()
    found = kept_rows(shelf(), articles(2, 2), work)
    assert work.seen == ["a0"]
    assert pairs(found) == [("a0", 20), ("a0", 21), ("a1", 20), ("a1", 21)]


def test_another_configuration_is_another_shelf(shelf: Callable[..., Shelf]) -> None:
    work = Counted()
    for configuration in ("1", "2", "1"):
        kept_rows(shelf(configuration), articles(2), work)
    assert work.seen == ["a0", "a0"]


def test_a_fresh_shelf_does_everything_again(shelf: Callable[..., Shelf]) -> None:
    work = Counted()
    kept_rows(shelf(), articles(2), work)
    found = kept_rows(shelf(fresh=True), articles(2), work)
    assert work.seen == ["a0", "a0"]
    assert pairs(found) == pairs(kept_rows(shelf(), articles(2), work)) == [("a0", 20), ("a0", 21)]


def test_a_run_that_is_killed_goes_on_where_it_was(shelf: Callable[..., Shelf]) -> None:
    given = articles(*range(2, 12))
    killed = Counted(fail_at=4)
    with pytest.raises(KeyboardInterrupt):
        kept_rows(shelf(), given, killed, batch=2)
    work = Counted()
    found = kept_rows(shelf(), given, work, batch=2)
    assert killed.seen + work.seen == given["article"].tolist()
    undisturbed = kept_rows(shelf("other"), given, Counted(), batch=2)
    pd.testing.assert_frame_equal(found, undisturbed)


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"", lambda data: b"x" + data[1:]])
def test_a_damaged_file_is_said_and_done_again(
    store: Path, shelf: Callable[..., Shelf], damage: Callable[[bytes], bytes]
) -> None:
    first = kept_rows(shelf(), articles(2, 4), Counted(), batch=1)
    path = sorted((store / "kept").rglob("*.parquet"))[0]
    path.write_bytes(damage(path.read_bytes()))
    work = Counted()
    with structlog.testing.capture_logs() as said:
        again = kept_rows(shelf(), articles(2, 4), work)
    pd.testing.assert_frame_equal(first, again)
    assert len(work.seen) == 1
    assert [(line["log_level"], line["file"]) for line in said] == [("warning", path.name)]


def test_a_half_written_file_is_no_batch(store: Path, shelf: Callable[..., Shelf]) -> None:
    kept_rows(shelf(), articles(2), Counted())
    folder = next((store / "kept").rglob("*.parquet")).parent
    (folder / "abc.tmp").write_bytes(b"PAR1")
    work = Counted()
    kept_rows(shelf(), articles(2), work)
    assert work.seen == []


def test_progress_is_told_in_articles_and_ends_at_the_total(shelf: Callable[..., Shelf]) -> None:
    told: list[tuple[int, int]] = []
    kept_rows(shelf(), articles(2, 4, 6), Counted(), batch=2, told=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (2, 3), (3, 3)]


def test_no_articles_have_no_rows(shelf: Callable[..., Shelf]) -> None:
    assert len(kept_rows(shelf(), articles(), Counted())) == 0
