"""A refresh in little, for tests of what the page does around one: python -m tests.dashboard.one_refresh STORE."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.lock import one_at_a_time
from pipeline.runs import begin_run, end_run, note_stage
from tests.dashboard.handmade import made_snapshot


def main(store: Path) -> None:
    """Takes the lock, writes the ledger, publishes the snapshot that is made by hand."""
    with one_at_a_time(store / "bridge" / "refresh.lock", what="refresh of bridge"):
        run = begin_run(store, "bridge", trigger="hand", now=datetime.now(UTC))
        note_stage(store, run, "topics", now=datetime.now(UTC))
        published = made_snapshot(store)
        counts = {"articles": published.manifest["rows"]["articles"]}
        ended = replace(run, outcome="published", ended=datetime.now(UTC), snapshot=published.id, counts=counts)
        end_run(store, replace(ended, seconds={"topics": 1.0}, drops={"too short": 2}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
