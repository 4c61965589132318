"""What was computed once is kept by its content: nothing is read, encoded or measured twice.

A shelf holds rows by key (an article's content hash) for one kind of work under one configuration (code
version, models, codebook sections). A batch is one Parquet file, written aside and moved into place in
one step, named by its own hash: a file that was cut short or altered is left out, said, and done again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import structlog

from pipeline.errors import WorkError

log = structlog.get_logger(__name__)
KEY = "content_hash"


class Shelf:
    """Rows kept by the content they were computed from.

    Keys without rows count as kept too: an article without evidence is not read again.
    """

    def __init__(self, folder: Path, kind: str, configuration: str, *, fresh: bool = False) -> None:
        self.fresh = fresh  # takes no notice of what is kept
        self.folder = place_of(folder, kind, configuration)
        self.written: set[str] = set()  # names of files

    def load(self, keys: Iterable[str]) -> tuple[set[str], pd.DataFrame]:
        """Which of the keys are kept, and their rows (with the column `content_hash`)."""
        wanted, kept, frames = set(keys), set[str](), []
        if self.fresh:
            return kept, pd.DataFrame({KEY: []})
        for path in sorted(self.folder.glob("*.parquet")):
            if not intact(path):
                continue
            table = pq.read_table(path)
            keys = set((table.schema.metadata or {}).get(b"keys", b"").decode().split())
            done = keys & wanted - kept
            if not done:
                continue
            rows = table.to_pandas()
            frames.append(rows if done == keys else rows[rows[KEY].isin(done)])
            kept |= done
        return kept, pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({KEY: []})

    def add(self, keys: Iterable[str], rows: pd.DataFrame) -> None:
        """Keeps the rows of a batch of keys; `rows` has the column `content_hash`.

        Raises WorkError where they cannot be written.
        """
        table = pa.Table.from_pandas(rows, preserve_index=False)
        metadata = {**(table.schema.metadata or {}), b"keys": " ".join(sorted(set(keys))).encode()}
        table = table.replace_schema_metadata(metadata)
        path = put(self.folder, ".parquet", lambda file: pq.write_table(table, file, compression="zstd"))
        self.written.add(path.name)


def place_of(folder: Path, kind: str, configuration: str) -> Path:
    """Where work of one kind under one configuration is kept."""
    return folder / kind / hashlib.sha256(configuration.encode()).hexdigest()[:20]


def put(folder: Path, suffix: str, write: Callable[[Path], None]) -> Path:
    """Has a file written aside, flushed, and moved into the folder in one step, named by its own hash.

    Raises WorkError where it cannot be written.
    """
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(handle, "rb") as file:
            write(temporary)
            os.fsync(file.fileno())
        return temporary.replace(folder / f"{_digest(temporary)}{suffix}")
    except OSError as error:
        raise WorkError(
            f"work could not be kept in {folder}: {error.strerror or error}; make room or mend the "
            "rights and refresh again: it goes on from here"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:24]


def intact(path: Path) -> bool:
    """Whether a file is what was written; if not, it is said in the log and the file removed."""
    if _digest(path) == path.stem:
        return True
    log.warning("cache file damaged, done again", file=path.name)
    path.unlink()
    return False


def kept_rows(
    shelf: Shelf,
    articles: pd.DataFrame,
    compute: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    batch: int = 400,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """The rows of every article: those kept, and those that `compute` makes for the rest, batch by batch.

    articles: columns `article`, `content_hash` and what compute needs. compute gets some of them and gives
    rows with the column `article`. Each batch is on disk before the next begins, so that a killed run goes
    on where it was. told(done, total) counts articles. Articles of the same content share their rows.
    """
    unique = articles.drop_duplicates(KEY)
    done, found = shelf.load(unique[KEY])
    missing = unique[~unique[KEY].isin(done)]
    frames = [found] if len(found) else []
    for begin in range(0, len(missing), batch):
        told(len(done) + begin, len(unique))
        part = missing.iloc[begin : begin + batch]
        rows = compute(part)
        rows = rows.assign(**{KEY: rows["article"].map(part.set_index("article")[KEY])}).drop(columns="article")
        shelf.add(part[KEY], rows)
        frames.append(rows)
    told(len(unique), len(unique))
    if not frames:
        return pd.DataFrame({"article": []})
    rows = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
    # Where each article's rows are, once they are in the order of contents; articles of one content share them.
    content = pd.Index(unique[KEY])
    place, wanted = content.get_indexer(pd.Index(rows.pop(KEY))), content.get_indexer(pd.Index(articles[KEY]))
    order = np.argsort(place, kind="stable")
    begins, ends = (np.searchsorted(place[order], wanted, side=side) for side in ("left", "right"))
    taken = [order[begin:end] for begin, end in zip(begins, ends, strict=True)]
    owner = np.repeat(np.arange(len(articles)), ends - begins)
    out = rows.take(np.concatenate(taken)).reset_index(drop=True)
    return out.assign(article=articles["article"].array.take(owner))
