"""Which snapshots stay: the newest, one a week for some weeks, and those that somebody holds a link to."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.lease import unread
from pipeline.snapshot import ID_FORM, MANIFEST, corpus_folder, current_id, open_snapshot, snapshot_ids


def prune(store: Path, corpus: str, *, keep: int, weeks: int = 0, pinned: frozenset[str] = frozenset()) -> list[str]:
    """Removes snapshots but for those that stay; returns what went.

    What stays: the newest `keep`, the newest of each of the last `weeks` calendar weeks (counted from the
    newest snapshot's), the current one, the pinned ones, and those that somebody has open just now.
    """
    ids = snapshot_ids(store, corpus)
    stay = {*ids[-keep:], *_weekly(ids, weeks), *pinned, *pins(store, corpus), current_id(store, corpus)}
    gone = []
    for identifier in ids:
        if identifier in stay:
            continue
        folder = corpus_folder(store, corpus) / "snapshots" / identifier
        with unread(folder / MANIFEST) as free:
            if free:
                # Out of sight in one step: killed here, it leaves no snapshot with half its files.
                shutil.rmtree(folder.rename(folder.with_name(f".{identifier}.gone")))
                gone.append(identifier)
    return gone


def _weekly(ids: list[str], weeks: int) -> set[str]:
    """The newest of each calendar week, for the weeks that begin less than `weeks` weeks before the newest's."""
    mondays = {i: (day := datetime.strptime(i, ID_FORM).date()) - timedelta(days=day.weekday()) for i in ids}
    newest = {monday: i for i, monday in mondays.items()}  # ids are sorted: the last of a week stays
    return {i for monday, i in newest.items() if monday > mondays[ids[-1]] - timedelta(weeks=weeks)}


def pin(store: Path, corpus: str, identifier: str) -> None:
    """Keeps a snapshot from being pruned: somebody holds a link to it."""
    open_snapshot(store, corpus, identifier)
    folder = corpus_folder(store, corpus) / "pinned"
    folder.mkdir(exist_ok=True)
    (folder / identifier).touch()


def pins(store: Path, corpus: str) -> set[str]:
    """The snapshots that are kept so."""
    return {path.name for path in (corpus_folder(store, corpus) / "pinned").glob("*")}
