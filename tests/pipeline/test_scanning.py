"""Rows of a table by the values of its text columns: the same as a filter in pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import scanning
from pipeline.scanning import matching


@pytest.fixture
def table(tmp_path: Path) -> tuple[Path, pd.DataFrame]:
    """Five thousand rows in several groups, some of whose text is missing, and some of it in every row another."""
    rng = np.random.default_rng(8)
    n = 5_000
    frame = pd.DataFrame(
        {
            "measure": pd.array(rng.choice(["credit", "naming"], n), "str"),
            "label": pd.array(rng.choice(np.array(["own", "other", None], object), n), "str"),
            "article": pd.array([f"a{i}" for i in range(n)], "str"),
            "weight": rng.random(n),
        }
    )
    path = tmp_path / "table.parquet"
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=1_700)
    return path, frame


@pytest.mark.parametrize("batch", [100, 65_536])
@pytest.mark.parametrize(
    ("columns", "where"),
    [
        (None, {"measure": ["credit"]}),
        (["weight"], {"measure": ["credit"], "label": ["own"]}),
        (["label", "article"], {"article": ["a7", "a4999", "no-such"]}),
        (["article"], {"measure": ["no-such"]}),
        (None, {"measure": []}),
        (["weight"], {}),
    ],
)
def test_rows_are_those_of_a_filter(
    table: tuple[Path, pd.DataFrame],
    columns: list[str] | None,
    where: dict[str, list[str]],
    batch: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanning, "BATCH", batch)
    path, frame = table
    wanted = frame
    for name, values in where.items():
        wanted = wanted[wanted[name].isin(values)]
    wanted = wanted[columns or list(frame.columns)].reset_index(drop=True)
    pd.testing.assert_frame_equal(matching(path, columns, where), wanted)
