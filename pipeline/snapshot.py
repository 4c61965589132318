"""Snapshots: everything that one refresh publishes, as it is read. `publish.py` writes them, `intact.py`
holds them against what was published.

store/<corpus>/snapshots/<id>/  tables as Parquet, arrays as .npy / .npz, manifest.json
store/<corpus>/current          the id of the snapshot to read
A reader opens a snapshot once and keeps to it; nothing in it ever changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import by_article
from pipeline.by_article import ByArticle, Positions
from pipeline.codebook import Codebook
from pipeline.corpus import CorpusFile
from pipeline.durable import replace_text
from pipeline.errors import InputError, WorkError
from pipeline.events import Closeness, closeness
from pipeline.lease import hold
from pipeline.measures import Tally
from pipeline.packing import mapped, unpack_matrix, unpack_tally
from pipeline.scanning import matching
from pipeline.schema import SCHEMA_VERSION, TABLES
from pipeline.topics import TopicModel
from pipeline.words import WordCounts

MANIFEST = "manifest.json"
# Mapped tallies kept: to open one again takes a millisecond, while those of a large corpus fill a small machine.
TALLIES_KEPT = 3
TEXTS_KEPT = 300  # of articles, as many as the sentences behind one figure come from
ID_FORM = "%Y%m%dT%H%M%S%fZ"  # of snapshots' ids: the moment, which sorts
ID = re.compile(r"\d{8}T\d{12}Z")

Found = TypeVar("Found")


class Snapshot:
    """One published snapshot. Tables and arrays are read when first asked for, and then kept.

    As long as the object lives, its folder is not pruned.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = _read_manifest(folder)
        self._tables: dict[str, pd.DataFrame] = {}
        self._by_article: dict[str, ByArticle | None] = {}
        self._tallies: dict[str, Tally] = {}
        self._texts: dict[str, str] = {}
        if not hold(folder / MANIFEST, self):
            raise WorkError(f"snapshot {self.id} is being removed by a refresh: open a newer one")

    @property
    def id(self) -> str:
        return str(self.manifest["id"])

    @cached_property
    def corpus(self) -> CorpusFile:
        """The corpus file as it was when the snapshot was made."""
        return CorpusFile.model_validate(self.manifest["corpus"])

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook as it was when the snapshot was made."""
        return Codebook.model_validate(self.manifest["codebook"])

    def table(self, name: str) -> pd.DataFrame:
        """A table of `schema.py`, whole. Do not change it in place: every reader gets the same one."""
        if name not in self._tables:
            self._tables[name] = self._read_table(name)
        return self._tables[name]

    @cached_property
    def heads(self) -> pd.DataFrame:
        """ARTICLES without their texts: small enough to keep of a hundred thousand. Do not change it in place."""
        return self._read_table("articles", [name for name in TABLES["articles"].names if name != "text"])

    def texts(self, articles: Iterable[str]) -> dict[str, str]:
        """The texts of some articles by their ids; ids that there are not are left out. The latest are kept: what
        finds a sentence and what shows it both ask."""
        wanted = list(dict.fromkeys(articles))
        kept = self._texts
        found = {article: kept[article] for article in wanted if article in kept}
        rows = self.lists("articles", ["article", "text"], article=[a for a in wanted if a not in found])
        found |= zip(rows["article"], rows["text"], strict=True)
        self._texts = dict(list({**kept, **found}.items())[-TEXTS_KEPT:])
        return {article: found[article] for article in wanted if article in found}

    def with_texts(self, heads: pd.DataFrame) -> pd.DataFrame:
        """Some rows of `heads`, with their `text`."""
        return heads.assign(text=heads["article"].map(self.texts(heads["article"])).astype("str"))

    def _read_table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        with self._reading(f"{name}.parquet") as path:
            frame: pd.DataFrame = pq.read_table(path, columns=columns, page_checksum_verification=True).to_pandas()
        for column in TABLES[name].columns:
            if column.kind == "day" and column.name in frame.columns:
                frame[column.name] = pd.to_datetime(frame[column.name]).astype("datetime64[s]")
        return frame

    def rows(self, name: str, columns: list[str] | None = None, **where: list[str]) -> pd.DataFrame:
        """Some rows and columns of a table, read from disk each time: for tables too large to keep. where: the values
        of text columns whose rows are wanted.

        Those of some articles come in the order of `articles`, and at once; by other columns all is read.
        """
        if (found := self._of_articles(ByArticle.rows, name, columns, where)) is not None:
            return found
        with self._reading(f"{name}.parquet") as path:
            return matching(path, columns, where)

    def lists(self, name: str, columns: list[str], **where: list[str]) -> dict[str, list[Any]]:
        """What `rows` finds, each column as a list: of some dozens of rows in a third of the time."""
        if (found := self._of_articles(ByArticle.lists, name, columns, where)) is not None:
            return found
        rows = self.rows(name, columns, **where)
        return {column: rows[column].tolist() for column in columns}

    def _of_articles(
        self, read: Callable[..., Found], name: str, columns: list[str] | None, where: Mapping[str, list[str]]
    ) -> Found | None:
        """What the table laid out by article answers; null where it cannot."""
        near = self._near(name) if "article" in where else None
        if near is None or not (near.has(columns, TABLES[name].names) and near.has(list(where), ())):
            return None
        among = {column: values for column, values in where.items() if column != "article"}
        try:
            return read(near, self.places(where["article"]), columns, among)
        except pa.ArrowException as error:
            raise self._damaged(near.path) from error

    def _near(self, name: str) -> ByArticle | None:
        """The table laid out by article; null for a table, or an older snapshot, that has no such form."""
        if name not in self._by_article:
            self._by_article[name] = None
            if (self.folder / (path := by_article.path_of(name))).is_file():
                with self._reading(path):
                    self._by_article[name] = ByArticle(self.folder, name)
        return self._by_article[name]

    @cached_property
    def evident(self) -> by_article.Items | None:
        """Which articles have evidence of which item; null for an older snapshot, which does not say."""
        if not (self.folder / by_article.ITEMS).is_file():
            return None
        with self._reading(by_article.ITEMS) as path:
            return by_article.Items(path)

    @cached_property
    def _positions(self) -> Positions:
        return Positions(self.heads["article"])

    def places(self, articles: Iterable[str]) -> np.ndarray:
        """The rows of these ids in `articles`; −1 for an id that there is not."""
        return self._positions.of(articles)

    def array(self, name: str) -> np.ndarray:
        """An array of vectors, row-aligned with its table, mapped from disk."""
        with self._reading(f"{name}.npy") as path:
            return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]

    @cached_property
    def counted_once(self) -> np.ndarray:
        """Which articles count where wire copy counts once: the measured ones that are not later copies."""
        wire = self.table("wirecopy")
        counted: np.ndarray = self.heads["measured"].to_numpy(bool).copy()
        counted[self.places(wire.loc[~wire["first"], "article"])] = False
        return counted

    @cached_property
    def quantities(self) -> list[str]:
        """The quantities that have tallies here."""
        return sorted(path.stem for path in (self.folder / "tallies").glob("*.npz"))

    def tally(self, quantity: str) -> Tally:
        """What each article adds to a quantity, rows in the order of `articles`."""
        tally = self._tallies.pop(quantity, None)
        if tally is None:
            with self._reading(f"tallies/{quantity}.npz") as path:
                tally = unpack_tally(quantity, mapped(path))
        self._tallies[quantity] = tally
        for oldest in list(self._tallies)[:-TALLIES_KEPT]:
            self._tallies.pop(oldest, None)
        return tally

    @cached_property
    def words(self) -> WordCounts:
        """Counts of words and phrases, rows in the order of `articles`."""
        with self._reading("words.npz") as path, np.load(path, allow_pickle=False) as stored:
            return WordCounts(tuple(stored["vocabulary"].tolist()), unpack_matrix("counts", stored))

    @cached_property
    def closeness(self) -> Closeness:
        """What the likeness of the measured articles is computed from, in their order."""
        articles = self.table("articles")
        rows = np.flatnonzero(articles["measured"])
        return closeness(np.array(self.array("leads")), self.words.counts[rows], articles["date"].iloc[rows])

    @cached_property
    def sharp_leads(self) -> np.ndarray | None:
        """Title and lead of the measured articles by the transformer; null where the snapshot has none of them."""
        return self.array("leads_sharp") if (self.folder / "leads_sharp.npy").is_file() else None

    @cached_property
    def topic_model(self) -> TopicModel:
        """The topics, ready to assign a piece's passages."""
        return TopicModel(self.table("topics"), np.array(self.array("topics")))

    @contextmanager
    def _reading(self, name: str) -> Iterator[Path]:
        """The path of a file. What reading it in the block fails with, because it is damaged, is a WorkError."""
        path = self.folder / name
        if not path.is_file():
            raise WorkError(f"snapshot {self.id}: {name} is gone; run a refresh, or `parallax verify` for more")
        try:
            yield path
        except (pa.ArrowException, OSError, ValueError, EOFError, KeyError, BadZipFile) as error:
            raise self._damaged(name) from error

    def _damaged(self, name: str) -> WorkError:
        return WorkError(f"snapshot {self.id}: {name} is damaged; run a refresh, or `parallax verify` for more")


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WorkError(f"no snapshot in {folder}: run `parallax refresh`") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WorkError(f"{folder / MANIFEST} is damaged ({error}): run `parallax refresh`") from error
    if manifest.get("schema") != SCHEMA_VERSION:
        raise WorkError(
            f"snapshot {manifest.get('id')} has form {manifest.get('schema')}, this version reads {SCHEMA_VERSION}: "
            "run `parallax refresh`"
        )
    return manifest


def corpus_folder(store: Path, corpus: str) -> Path:
    return store / corpus


def snapshot_ids(store: Path, corpus: str) -> list[str]:
    """The ids of the published snapshots of a corpus, oldest first."""
    folder = corpus_folder(store, corpus) / "snapshots"
    return sorted(p.name for p in folder.glob("*") if ID.fullmatch(p.name) and (p / MANIFEST).is_file())


def manifest_of(store: Path, corpus: str, identifier: str) -> dict[str, Any]:
    """A snapshot's manifest alone. Raises WorkError where there is none that can be read."""
    return _read_manifest(corpus_folder(store, corpus) / "snapshots" / identifier)


def current_id(store: Path, corpus: str) -> str | None:
    """The id of the snapshot in force; null where nothing was published."""
    try:
        return (corpus_folder(store, corpus) / "current").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def open_snapshot(store: Path | str, corpus: str, snapshot: str | None = None) -> Snapshot:
    """Opens a snapshot, the current one unless another is named. Raises WorkError or InputError."""
    store = Path(store)
    folder = corpus_folder(store, corpus) / "snapshots"
    if snapshot is not None:
        if Path(snapshot).name != snapshot or not (folder / snapshot).is_dir():
            known = ", ".join(snapshot_ids(store, corpus)[-5:]) or "none"
            raise InputError(f'corpus {corpus} has no snapshot "{snapshot}"', remedy=f"the latest are: {known}")
        return Snapshot(folder / snapshot)
    chosen = current_id(store, corpus)
    while chosen is not None:
        try:
            return Snapshot(folder / chosen)
        except WorkError:
            # Replaced and pruned since the pointer was read: the newer one is to be had.
            before, chosen = chosen, current_id(store, corpus)
            if chosen == before:
                raise
    raise WorkError(
        f"corpus {corpus} has no snapshot yet: run `parallax refresh --corpus {corpus}`, or with its folder there"
    )


def make_current(store: Path, corpus: str, identifier: str) -> None:
    """Swaps the pointer in one step."""
    replace_text(corpus_folder(store, corpus) / "current", identifier)
