"""A refresh's outcome → a snapshot: written aside, flushed, then made current in one step."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import by_article
from pipeline.durable import flush_folder, sha256, write_text
from pipeline.errors import WorkError
from pipeline.measures import Tally
from pipeline.packing import pack_matrix, pack_tally, save
from pipeline.schema import SCHEMA_VERSION, TABLES
from pipeline.snapshot import ID_FORM, MANIFEST, Snapshot, corpus_folder, make_current, snapshot_ids
from pipeline.words import WordCounts


def publish(
    store: Path,
    corpus: str,
    *,
    tables: Mapping[str, pd.DataFrame],
    arrays: Mapping[str, np.ndarray],
    tallies: Mapping[str, Tally],
    words: WordCounts,
    manifest: Mapping[str, Any],
    now: datetime | None = None,
) -> Snapshot:
    """Writes a snapshot and makes it the current one. Killed at any moment, it leaves the former in force.

    Raises WorkError where it cannot be written (disk full, no right to write).
    """
    folder = corpus_folder(store, corpus)
    identifier = _next_id(store, corpus, now or datetime.now(UTC))
    draft = folder / "snapshots" / f".{identifier}.draft"
    try:
        _sweep(folder)
        (draft / "tallies").mkdir(parents=True)
        for name, frame in tables.items():
            checked = TABLES[name].check(frame)
            checked.to_parquet(
                draft / f"{name}.parquet", schema=TABLES[name].arrow, compression="zstd", index=False,
                write_page_checksum=True,
            )  # fmt: skip
            if name in by_article.BATCH:
                by_article.write(draft, name, checked, tables["articles"]["article"], TABLES[name].arrow)
            if name == "evidence":
                by_article.write_items(draft, checked, tables["articles"]["article"])
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array, allow_pickle=False)
        for name, tally in tallies.items():
            save(draft / "tallies" / f"{name}.npz", pack_tally(tally))
        vocabulary = np.array(words.vocabulary, dtype=str)
        save(draft / "words.npz", {"vocabulary": vocabulary, **pack_matrix("counts", words.counts)})
        files = {str(p.relative_to(draft)): _file_facts(p) for p in sorted(draft.rglob("*")) if p.is_file()}
        content = {
            "id": identifier,
            "schema": SCHEMA_VERSION,
            **manifest,
            "rows": {name: len(frame) for name, frame in tables.items()},
            "files": files,
        }
        write_text(draft / MANIFEST, json.dumps(content, indent=1, ensure_ascii=False, default=str))
        flush_folder(draft)
        draft.rename(folder / "snapshots" / identifier)
        flush_folder(folder / "snapshots")
        make_current(store, corpus, identifier)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)  # or it would keep the disk full; what stays is swept next time
        raise WorkError(
            f"the snapshot could not be written to {folder}: {error.strerror or error}; make room or mend the "
            "rights and refresh again; the former snapshot stays in force"
        ) from error
    return Snapshot(folder / "snapshots" / identifier)


def _next_id(store: Path, corpus: str, now: datetime) -> str:
    """The moment, or a little after the newest snapshot where the clock was set back: ids sort as published."""
    ids = snapshot_ids(store, corpus)
    if ids and ids[-1] >= now.strftime(ID_FORM):
        now = datetime.strptime(ids[-1], ID_FORM).replace(tzinfo=UTC) + timedelta(microseconds=1)
    return now.strftime(ID_FORM)


def _sweep(folder: Path) -> None:
    """Removes what a killed refresh left half done; only one refresh runs at a time."""
    for pattern in (".*.draft", ".*.gone"):
        for path in (folder / "snapshots").glob(pattern):
            shutil.rmtree(path)
    for path in folder.glob(".current.*"):
        path.unlink()


def _file_facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return {"bytes": path.stat().st_size, "sha256": sha256(path)}
