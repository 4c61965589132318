"""Tables of a snapshot laid out for reading a few articles: rows in the order of `articles`, in small batches.

Parquet is read a column at a time; the sentences behind one figure are some hundred rows of millions. Beside
each long table lies `by_article/<table>.arrow`, Arrow's file form in batches of some kilobytes, and
`by_article/<table>.npy`, the first row of each article and, last, the number of rows. `by_article/items.npz` says
which articles have evidence of an item. Where an article stands in `articles` is for `Positions` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.packing import mapped, save

FOLDER = "by_article"
ITEMS = f"{FOLDER}/items.npz"
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


def write_items(folder: Path, evidence: pd.DataFrame, articles: pd.Series) -> None:
    """Writes which articles have evidence of which item: the other way round. Raises OSError."""
    codes, keys = pd.MultiIndex.from_frame(evidence[["measure", "item"]]).factorize(sort=True)
    row = pd.Index(articles).get_indexer(evidence["article"])
    pairs = np.unique(codes.astype(np.int64) * len(articles) + row)
    code, row = np.divmod(pairs, max(1, len(articles)))
    arrays = {
        "measures": np.array([measure for measure, _ in keys], dtype=str),
        "items": np.array([item for _, item in keys], dtype=str),
        "begins": np.searchsorted(code, np.arange(len(keys) + 1)).astype(np.int64),
        "rows": row.astype(np.int32),
    }
    (folder / FOLDER).mkdir(exist_ok=True)
    save(folder / ITEMS, arrays)


class Items:
    """Which articles have evidence of which item."""

    def __init__(self, path: Path) -> None:
        stored = mapped(path)
        names = zip(stored["measures"].tolist(), stored["items"].tolist(), strict=True)
        self._number = {name: i for i, name in enumerate(names)}
        self._begins, self._rows = stored["begins"], stored["rows"]

    def articles(self, measure: str, item: str) -> np.ndarray:
        """The rows of the articles with evidence of an item; of any of the measure's items where it has none of this
        one, which then stands for all of them, as the share of all quoted words does. An article may come twice then.
        """
        some = [(measure, item)] if (measure, item) in self._number else [n for n in self._number if n[0] == measure]
        parts = [self._rows[self._begins[i] : self._begins[i + 1]] for i in map(self._number.__getitem__, some)]
        return np.concatenate([np.zeros(0, np.int32), *parts])


class Positions:
    """The rows of articles by their ids, which are sorted and of one width: of a hundred thousand, an index of
    pandas's takes a millisecond to ask for some, this a twentieth of it."""

    def __init__(self, articles: Iterable[str]) -> None:
        ids = np.array([_bytes(article) for article in articles], dtype=bytes)
        order = np.argsort(ids, kind="stable")
        self._ids, self._rows = ids[order], order.astype(np.int32)

    def of(self, articles: Iterable[str]) -> np.ndarray:
        """The rows of these ids, int64; −1 for an id that there is not."""
        # What is longer than any id is none of them: of another width, numpy would copy all ids.
        width = self._ids.itemsize
        wanted = np.array([one if len(one) <= width else b"" for one in map(_bytes, articles)], self._ids.dtype)
        if not len(self._ids):
            return np.full(len(wanted), -1, np.int64)
        at = np.minimum(np.searchsorted(self._ids, wanted), len(self._ids) - 1)
        return np.where(self._ids[at] == wanted, self._rows[at], -1).astype(np.int64)


def _bytes(article: str) -> bytes:
    return article.encode("utf-8", "surrogatepass")


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
        frame: pd.DataFrame = self._found(articles, columns, among).to_pandas()
        return frame

    def lists(
        self, articles: np.ndarray, columns: Sequence[str], among: Mapping[str, Sequence[str]] | None = None
    ) -> dict[str, list[Any]]:
        """The same as lists: of some dozens of rows a frame is most of what they cost."""
        found = self._found(articles, columns, among)
        return {name: found[name].to_pylist() for name in columns}

    def _found(
        self, articles: np.ndarray, columns: Sequence[str] | None, among: Mapping[str, Sequence[str]] | None
    ) -> pa.Table:
        """What `rows` gives as a frame."""
        articles = np.unique(articles[articles >= 0])
        begins, ends = self._begins[articles], self._begins[articles + 1]
        size = ends - begins
        wanted = np.repeat(begins - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
        batches = np.unique(wanted // self._batch)
        names = list(columns) if columns is not None else self._reader.schema.names
        needed = list(dict.fromkeys([*names, *(among or ())]))
        if not len(wanted):
            return _plain(self._reader.schema.empty_table().select(names))
        table = pa.Table.from_batches([self._reader.get_batch(int(i)).select(needed) for i in batches])
        place = np.searchsorted(batches, wanted // self._batch) * self._batch + wanted % self._batch
        for column, values in (among or {}).items():
            place = place[_is_in(table[column], values)[place]]
        return _plain(table.select(names).take(pa.array(place)))


def _is_in(column: pa.ChunkedArray, values: Sequence[str]) -> np.ndarray:
    """Which rows hold one of the values. Of coded text only the dictionary is looked at, which all batches share."""
    some = pa.array(list(values), pa.large_string())
    if not pa.types.is_dictionary(column.type):
        return np.asarray(pc.is_in(column, some))
    indices = [chunk.indices.fill_null(-1) if chunk.null_count else chunk.indices for chunk in column.chunks]
    codes = np.concatenate([each.to_numpy() for each in indices])
    named = np.append(pc.is_in(column.chunk(0).dictionary.cast(some.type), some), False)
    return np.asarray(named[codes])


def _plain(table: pa.Table) -> pa.Table:
    """Coded text written out."""
    for i, column in enumerate(table.columns):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(i, table.schema.names[i], pc.cast(column, column.type.value_type))
    return table
