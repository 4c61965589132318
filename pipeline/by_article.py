"""Tables of a snapshot laid out for reading a few articles: rows in the order of `articles`, in small batches.

Parquet is read a column at a time; the sentences behind one figure are some hundred rows of millions. Beside
each long table lies `by_article/<table>.arrow`, Arrow's file form in batches of some kilobytes, and
`by_article/<table>.npy`, the first row of each article and, last, the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

FOLDER = "by_article"
# Rows of a batch: a batch takes some 50 µs to read, so that it should hold not many more than are wanted.
BATCH = {"articles": 16, "sentences": 512, "passages": 256, "attributions": 512, "evidence": 1024}
# Of `articles` only what is too large to keep; the rest every reader has.
COLUMNS = {"articles": ["article", "text"]}
_REPEATED = ("article", "measure", "item", "label", "voice", "role", "speaker")


def path_of(name: str) -> str:
    """Where a table lies, from the snapshot's folder."""
    return f"{FOLDER}/{name}.arrow"


def write(folder: Path, name: str, frame: pd.DataFrame, articles: pd.Series, schema: pa.Schema) -> None:
    """Writes one table. articles: the ids in their order. Raises OSError."""
    row = pd.Index(articles).get_indexer(frame["article"])
    order = np.argsort(row, kind="stable")
    begins = np.searchsorted(row[order], np.arange(len(articles) + 1)).astype(np.int64)
    columns = COLUMNS.get(name, schema.names)
    fields = pa.schema([schema.field(column) for column in columns])
    table = pa.Table.from_pandas(frame[columns].iloc[order], schema=fields, preserve_index=False)
    repeated = [c for c in columns if c in _REPEATED and name != "articles"]
    for column in repeated:
        coded = pc.dictionary_encode(table[column]).unify_dictionaries()
        table = table.set_column(columns.index(column), column, coded)
    (folder / FOLDER).mkdir(exist_ok=True)
    np.save(folder / FOLDER / f"{name}.npy", begins, allow_pickle=False)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with (
        pa.OSFile(str(folder / path_of(name)), "wb") as file,
        pa.ipc.new_file(file, table.schema, options=options) as writer,
    ):
        for begin in range(0, len(table), BATCH[name]):
            writer.write_batch(table.slice(begin, BATCH[name]).combine_chunks().to_batches()[0])


class ByArticle:
    """One table, open. It can be read as long as this object lives, even where its folder is removed meanwhile."""

    def __init__(self, folder: Path, name: str) -> None:
        self._batch = BATCH[name]
        # A batch is small: handing its columns to other threads takes longer than reading them.
        alone = pa.ipc.IpcReadOptions(use_threads=False)
        self.path = path_of(name)
        self._reader = pa.ipc.open_file(pa.OSFile(str(folder / self.path)), options=alone)
        self._begins: np.ndarray = np.load(folder / FOLDER / f"{name}.npy", mmap_mode="r")

    def has(self, columns: Sequence[str] | None, table: Sequence[str]) -> bool:
        """Whether it holds these columns of a table, all of them where none are named."""
        return set(columns or table) <= set(self._reader.schema.names)

    def rows(
        self,
        articles: np.ndarray,
        columns: Sequence[str] | None = None,
        among: Mapping[str, Sequence[str]] | None = None,
    ) -> pd.DataFrame:
        """The rows of the articles at these positions, in the articles' order. among: values of other columns, whose
        rows alone are wanted."""
        articles = np.unique(articles[articles >= 0])
        begins, ends = self._begins[articles], self._begins[articles + 1]
        size = ends - begins
        wanted = np.repeat(begins - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
        batches = np.unique(wanted // self._batch)
        names = list(columns) if columns is not None else self._reader.schema.names
        needed = list(dict.fromkeys([*names, *(among or ())]))
        if not len(wanted):
            return self._plain(self._reader.schema.empty_table().select(names))
        table = pa.Table.from_batches([self._reader.get_batch(int(i)).select(needed) for i in batches])
        place = np.searchsorted(batches, wanted // self._batch) * self._batch + wanted % self._batch
        table = table.take(pa.array(place))
        for column, values in (among or {}).items():
            table = table.filter(pc.is_in(_decoded(table[column]), pa.array(list(values), pa.large_string())))
        return self._plain(table.select(names))

    def _plain(self, table: pa.Table) -> pd.DataFrame:
        for i, name in enumerate(table.schema.names):
            table = table.set_column(i, name, _decoded(table[name]))
        frame: pd.DataFrame = table.to_pandas()
        return frame


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    coded = pa.types.is_dictionary(column.type)
    return pc.cast(column, column.type.value_type) if coded else column
