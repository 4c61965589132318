"""Snapshots: everything that one refresh publishes. Written aside, flushed, then made current in one step.

store/<corpus>/snapshots/<id>/  tables as Parquet, arrays as .npy / .npz, manifest.json
store/<corpus>/current          the id of the snapshot to read
A reader opens a snapshot once and keeps to it; nothing in it ever changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy import sparse

from pipeline.codebook import Codebook
from pipeline.corpus import CorpusFile
from pipeline.errors import InputError, WorkError
from pipeline.events import Closeness, closeness
from pipeline.measures import Tally
from pipeline.schema import SCHEMA_VERSION, TABLES
from pipeline.topics import TopicModel
from pipeline.words import WordCounts

MANIFEST = "manifest.json"


class Snapshot:
    """One published snapshot. Tables and arrays are read when first asked for, and then kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = _read_manifest(folder)

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
        return self._table(name)

    @lru_cache(maxsize=32)  # noqa: B019 – lives as long as the snapshot does
    def _table(self, name: str) -> pd.DataFrame:
        frame: pd.DataFrame = pq.read_table(self._file(f"{name}.parquet")).to_pandas()
        for column in TABLES[name].columns:
            if column.kind == "day":
                frame[column.name] = pd.to_datetime(frame[column.name]).astype("datetime64[s]")
        return frame

    def rows(self, name: str, columns: list[str] | None = None, **where: list[str]) -> pd.DataFrame:
        """Some rows and columns of a table, read from disk each time: for tables too large to keep."""
        filters = [(column, "in", list(values)) for column, values in where.items()]
        frame: pd.DataFrame = pq.read_table(
            self._file(f"{name}.parquet"), columns=columns, filters=filters or None
        ).to_pandas()
        return frame

    def array(self, name: str) -> np.ndarray:
        """An array of vectors, row-aligned with its table, mapped from disk."""
        return np.load(self._file(f"{name}.npy"), mmap_mode="r")  # type: ignore[no-any-return]

    @cached_property
    def quantities(self) -> list[str]:
        """The quantities that have tallies here."""
        return sorted(path.stem for path in (self.folder / "tallies").glob("*.npz"))

    @lru_cache(maxsize=64)  # noqa: B019 – lives as long as the snapshot does
    def tally(self, quantity: str) -> Tally:
        """What each article adds to a quantity, rows in the order of `articles`."""
        with np.load(self._file(f"tallies/{quantity}.npz"), allow_pickle=False) as stored:
            return _unpack_tally(quantity, stored)

    @cached_property
    def words(self) -> WordCounts:
        """Counts of words and phrases, rows in the order of `articles`."""
        with np.load(self._file("words.npz"), allow_pickle=False) as stored:
            return WordCounts(tuple(stored["vocabulary"].tolist()), _unpack_matrix("counts", stored))

    @cached_property
    def closeness(self) -> Closeness:
        """What the likeness of the measured articles is computed from, in their order."""
        articles = self.table("articles")
        rows = np.flatnonzero(articles["measured"])
        return closeness(np.array(self.array("leads")), self.words.counts[rows], articles["date"].iloc[rows])

    @cached_property
    def topic_model(self) -> TopicModel:
        """The topics, ready to assign a piece's passages."""
        return TopicModel(self.table("topics"), np.array(self.array("topics")))

    def _file(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise WorkError(f"snapshot {self.id}: {name} is gone; run a refresh, or `parallax verify` for more")
        return path


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WorkError(f"no snapshot in {folder}: run `parallax refresh`") from error
    except json.JSONDecodeError as error:
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
    return sorted(p.name for p in folder.glob("*") if (p / MANIFEST).is_file() and not p.name.startswith("."))


def current_id(store: Path, corpus: str) -> str | None:
    """The id of the snapshot in force; null where nothing was published."""
    try:
        return (corpus_folder(store, corpus) / "current").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def open_snapshot(store: Path, corpus: str, snapshot: str | None = None) -> Snapshot:
    """Opens a snapshot, the current one unless another is named. Raises WorkError or InputError."""
    chosen = snapshot or current_id(store, corpus)
    if chosen is None:
        raise WorkError(f"corpus {corpus} has no snapshot yet: run `parallax refresh --corpus {corpus}`")
    folder = corpus_folder(store, corpus) / "snapshots" / chosen
    if snapshot and (Path(chosen).name != chosen or not folder.is_dir()):
        known = ", ".join(snapshot_ids(store, corpus)[-5:]) or "none"
        raise InputError(f'corpus {corpus} has no snapshot "{chosen}"', remedy=f"the latest are: {known}")
    return Snapshot(folder)


def publish(
    store: Path,
    corpus: str,
    *,
    tables: Mapping[str, pd.DataFrame],
    arrays: Mapping[str, np.ndarray],
    tallies: Mapping[str, Tally],
    words: WordCounts,
    manifest: Mapping[str, Any],
) -> Snapshot:
    """Writes a snapshot and makes it the current one. Killed at any moment, it leaves the former in force.

    Raises WorkError where it cannot be written (disk full, no right to write).
    """
    folder = corpus_folder(store, corpus)
    try:
        (folder / "snapshots").mkdir(parents=True, exist_ok=True)
        _sweep(folder / "snapshots")
        identifier = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        draft = folder / "snapshots" / f".{identifier}.draft"
        (draft / "tallies").mkdir(parents=True)
        for name, frame in tables.items():
            TABLES[name].check(frame).to_parquet(
                draft / f"{name}.parquet", schema=TABLES[name].arrow, compression="zstd", index=False
            )
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array, allow_pickle=False)
        for name, tally in tallies.items():
            _save(draft / "tallies" / f"{name}.npz", _pack_tally(tally))
        vocabulary = np.array(words.vocabulary, dtype=str)
        _save(draft / "words.npz", {"vocabulary": vocabulary, **_pack_matrix("counts", words.counts)})
        files = {str(p.relative_to(draft)): _file_facts(p) for p in sorted(draft.rglob("*")) if p.is_file()}
        content = {
            "id": identifier,
            "schema": SCHEMA_VERSION,
            **manifest,
            "rows": {name: len(frame) for name, frame in tables.items()},
            "files": files,
        }
        _write(draft / MANIFEST, json.dumps(content, indent=1, ensure_ascii=False, default=str))
        _flush_folder(draft)
        draft.rename(folder / "snapshots" / identifier)
        _flush_folder(folder / "snapshots")
        make_current(store, corpus, identifier)
    except OSError as error:
        raise WorkError(
            f"the snapshot could not be written to {folder}: {error.strerror or error}; make room or mend the "
            "rights and refresh again; the former snapshot stays in force"
        ) from error
    return Snapshot(folder / "snapshots" / identifier)


def make_current(store: Path, corpus: str, identifier: str) -> None:
    """Swaps the pointer in one step."""
    folder = corpus_folder(store, corpus)
    temporary = folder / f".current.{os.getpid()}"
    _write(temporary, identifier)
    temporary.replace(folder / "current")
    _flush_folder(folder)


def prune(store: Path, corpus: str, *, keep: int, pinned: frozenset[str] = frozenset()) -> list[str]:
    """Removes all but the newest `keep` snapshots, the current one and the pinned ones; returns what went."""
    ids = snapshot_ids(store, corpus)
    stay = {*ids[-keep:], *pinned, *_pins(store, corpus), current_id(store, corpus)}
    gone = [identifier for identifier in ids if identifier not in stay]
    for identifier in gone:
        shutil.rmtree(corpus_folder(store, corpus) / "snapshots" / identifier)
    return gone


def pin(store: Path, corpus: str, identifier: str) -> None:
    """Keeps a snapshot from being pruned: somebody holds a link to it."""
    folder = open_snapshot(store, corpus, identifier).folder
    (folder.parent.parent / "pinned").mkdir(exist_ok=True)
    (folder.parent.parent / "pinned" / identifier).touch()


def _pins(store: Path, corpus: str) -> set[str]:
    return {path.name for path in (corpus_folder(store, corpus) / "pinned").glob("*")}


def verify(snapshot: Snapshot) -> list[str]:
    """What is wrong with a snapshot against its manifest: a line a fault; empty where it is intact."""
    faults = []
    for name, facts in snapshot.manifest["files"].items():
        path = snapshot.folder / name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif path.stat().st_size != facts["bytes"] or _sha256(path) != facts["sha256"]:
            faults.append(f"{name} is not what was published")
    if not faults:
        for name, rows in snapshot.manifest["rows"].items():
            found = pq.read_metadata(snapshot.folder / f"{name}.parquet").num_rows
            if found != rows:
                faults.append(f"{name} has {found} rows, the manifest says {rows}")
    return faults


def _sweep(folder: Path) -> None:
    """Removes drafts that a killed refresh left; only one refresh runs at a time."""
    for path in folder.glob(".*.draft"):
        shutil.rmtree(path)


def _save(path: Path, arrays: dict[str, Any]) -> None:
    np.savez(path, **arrays)


def _pack_matrix(name: str, matrix: sparse.csr_array) -> dict[str, np.ndarray]:
    return {
        f"{name}_data": matrix.data.astype(np.float32),
        f"{name}_indices": matrix.indices.astype(np.int32),
        f"{name}_indptr": matrix.indptr.astype(np.int64),
        f"{name}_shape": np.array(matrix.shape),
    }


def _unpack_matrix(name: str, stored: Mapping[str, np.ndarray]) -> sparse.csr_array:
    parts = (stored[f"{name}_data"], stored[f"{name}_indices"], stored[f"{name}_indptr"])
    return sparse.csr_array(parts, shape=tuple(stored[f"{name}_shape"].tolist()))


def _pack_tally(tally: Tally) -> dict[str, np.ndarray]:
    if isinstance(tally.denominator, np.ndarray):
        below = {"shared": tally.denominator}
    else:
        below = _pack_matrix("below", tally.denominator)
    return {"items": np.array(tally.items, dtype=str), **_pack_matrix("above", tally.numerator), **below}


def _unpack_tally(quantity: str, stored: Mapping[str, np.ndarray]) -> Tally:
    below = stored["shared"] if "shared" in stored else _unpack_matrix("below", stored)
    items = tuple(str(item) for item in stored["items"].tolist())
    return Tally(quantity, items, _unpack_matrix("above", stored), below)


def _file_facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return {"bytes": path.stat().st_size, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
