"""Where a file comes from: said in every file, in the form that its format allows."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.snapshot import Snapshot

KEY = "parallax"  # the name that formats file it under
NAME = "Parallax"
# A piece that was read from a file or an address of the web is in no store, and its comparison at no address.
UNKEPT = (
    "none: the piece is not kept with the snapshot, so that no address shows this again; bring the same text, whose "
    "id comes from its words, to the same snapshot"
)


def provenance(
    snapshot: Snapshot | None,
    *,
    chart: str,
    title: str,
    n: int,
    filters: Mapping[str, Any] | None = None,
    permalink: str | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """What a file says of itself: snapshot, hashes, models, versions, seed, filters, n, date, permalink.

    n: the rows of data behind it. filters: the piece, ground, event, options that shaped it. The snapshot is
    null for what no snapshot was read for (an example). Without a permalink a file about a piece says why
    (`no_permalink`).
    """
    kept = {k: v for k, v in (filters or {}).items() if v not in (None, "", [], ())}
    said: dict[str, Any] = {
        "by": f"{NAME} {_version()}",
        "chart": chart,
        "title": title,
        "n": n,
        "filters": kept,
        "date": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        "permalink": permalink,
        **({"no_permalink": UNKEPT} if permalink is None and "piece" in kept else {}),
    }
    return said | (_of_snapshot(snapshot) if snapshot is not None else {"snapshot": None, "corpus": None})


def _of_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    manifest = snapshot.manifest
    models = {key: manifest[key] for key in ("encoder", "models") if key in manifest}
    return {
        "snapshot": snapshot.id,
        "corpus": snapshot.corpus.name,
        "corpus_title": snapshot.corpus.title,
        "notice": snapshot.corpus.notice,
        "corpus_hash": manifest.get("corpus_hash"),
        "codebook_hash": manifest.get("codebook_hash"),
        "models": models,
        "libraries": manifest.get("libraries"),
        "seed": manifest.get("seed"),
        "resamples": manifest.get("resamples"),
        "refreshed": manifest.get("ended"),
    }


def _version() -> str:
    try:
        return importlib.metadata.version("parallax-framing")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def source_line(said: Mapping[str, Any]) -> str:
    """One line under a picture: what it rests on and where it is from."""
    parts = [
        NAME,
        said.get("corpus_title") or said.get("corpus"),
        said.get("snapshot") and f"snapshot {said['snapshot']}",
    ]
    line = " · ".join(str(part) for part in parts if part)
    missing = [f"no font here has letters of {script}" for script in said.get("missing_fonts") or ()]
    ends = [said.get("notice"), said.get("permalink"), *missing]
    return " · ".join([line, *(str(end) for end in ends if end)])
