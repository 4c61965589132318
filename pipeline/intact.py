"""Whether a snapshot is still what was published; the newest one that is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import structlog

from pipeline.durable import sha256
from pipeline.errors import WorkError
from pipeline.snapshot import Snapshot, current_id, open_snapshot, snapshot_ids

log = structlog.get_logger(__name__)


def newest_intact(store: Path, corpus: str, files: Sequence[str] | None = None) -> Snapshot | None:
    """The current snapshot, or the newest before it, in which these files (all, if none are named) are what was
    published; null where there is none. Damaged ones are said in the log."""
    current = current_id(store, corpus)
    ids = [i for i in reversed(snapshot_ids(store, corpus)) if current is None or i <= current]
    for identifier in ids:
        try:
            found = open_snapshot(store, corpus, identifier)
        except WorkError as error:
            log.warning("snapshot left out", snapshot=identifier, why=str(error))
            continue
        faults = [name for name in files or found.manifest["files"] if _fault(found, name)]
        if not faults:
            return found
        log.warning("snapshot damaged", snapshot=identifier, files=faults)
    return None


def open_sound(store: Path, corpus: str) -> Snapshot:
    """The snapshot in force, every file of it read and held against its manifest; where it is damaged, the newest
    before it that is not. Raises WorkError where there is none."""
    found = newest_intact(store, corpus)
    if found is not None:
        return found
    damaged = open_snapshot(store, corpus)  # says it where nothing was published
    raise WorkError(f"snapshot {damaged.id} is damaged ({verify(damaged)[0]}): run `parallax refresh`")


def verify(snapshot: Snapshot) -> list[str]:
    """What is wrong with a snapshot against its manifest: a line a fault; empty where it is intact."""
    faults = [fault for name in snapshot.manifest["files"] if (fault := _fault(snapshot, name))]
    if not faults:
        for name, rows in snapshot.manifest["rows"].items():
            found = pq.read_metadata(snapshot.folder / f"{name}.parquet").num_rows
            if found != rows:
                faults.append(f"{name} has {found} rows, the manifest says {rows}")
    return faults


def _fault(snapshot: Snapshot, name: str) -> str | None:
    """What is wrong with one file of a snapshot; null where it is what was published."""
    path, facts = snapshot.folder / name, snapshot.manifest["files"][name]
    if not path.is_file():
        return f"{name} is missing"
    if path.stat().st_size != facts["bytes"] or sha256(path) != facts["sha256"]:
        return f"{name} is not what was published"
    return None
