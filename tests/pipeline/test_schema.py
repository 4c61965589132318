"""Tables that pass between stages are checked, and say what is wrong with them."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.errors import SchemaError
from pipeline.schema import EVENTS, EVIDENCE, SENTENCES, TABLES, Table

ROW = {"article": "a", "sentence": 0, "start": 0, "end": 5, "words": 1, "passage": 0}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_says_what_it_and_its_columns_are(table: Table) -> None:
    assert table.about
    assert all(column.about for column in table.columns)
    assert set(table.key) <= set(table.names)
    assert len(set(table.names)) == len(table.names)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_an_empty_table_keeps_its_form(table: Table) -> None:
    empty = table.empty()
    assert list(empty.columns) == table.names
    assert table.check(empty).dtypes.equals(empty.dtypes)
    assert table.arrow.names == table.names


def test_a_checked_table_has_the_declared_columns_in_order_and_nothing_else() -> None:
    found = SENTENCES.check(pd.DataFrame([{"more": 1, **dict(reversed(ROW.items()))}], index=[7]))
    assert list(found.columns) == SENTENCES.names
    assert found.index.tolist() == [0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"words": -1}, r"words: 1 of 1 rows are not in \[0"),
        ({"start": "x"}, "start: not integer"),
        ({"article": None}, "article: 1 of 1 rows are null"),
    ],
)
def test_a_wrong_value_is_named_with_table_column_and_count(changed: dict, said: str) -> None:
    with pytest.raises(SchemaError, match=f"table sentences, column {said}"):
        SENTENCES.check(pd.DataFrame([{**ROW, **changed}]))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match="table sentences: no column words"):
        SENTENCES.check(pd.DataFrame([ROW]).drop(columns="words"))


def test_a_repeated_key_is_named() -> None:
    with pytest.raises(SchemaError, match=r"1 rows repeat the key .*\['a', 0\]"):
        SENTENCES.check(pd.DataFrame([ROW, ROW]))


def test_values_outside_the_allowed_ones_are_named() -> None:
    row = {"measure": "m", "item": "i", "article": "a", "sentence": 0, "start": 0, "end": 1, "weight": 1.0}
    with pytest.raises(SchemaError, match="not one of own, attributed, distanced, the first is 'loud'"):
        EVIDENCE.frame([{**row, "voice": "loud"}])
    assert EVIDENCE.frame([row])["voice"].isna().all()


def test_days_and_texts_survive_the_way_through_parquet(tmp_path) -> None:
    row = {"event": "e", "title": "t", "start": "2023-05-09", "end": "2023-05-11", "articles": 2, "outlets": 1,
           "keywords": ""}  # fmt: skip
    frame = EVENTS.frame([row])
    frame.to_parquet(tmp_path / "e.parquet", schema=EVENTS.arrow, index=False)
    again = EVENTS.check(pd.read_parquet(tmp_path / "e.parquet"))
    pd.testing.assert_frame_equal(frame, again)


def test_a_category_is_taken_for_what_it_holds() -> None:
    frame = pd.DataFrame([ROW]).astype({"article": "category"})
    assert SENTENCES.check(frame)["article"].tolist() == ["a"]
