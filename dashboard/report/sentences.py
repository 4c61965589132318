"""The sentences behind a finding: the piece's own, and some of the others', the span marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.figures._frame import PIECE, family_of
from pipeline.snapshot import Snapshot

SHORTEST = 30  # characters: what is shorter ("MOSCOW, March 6.") says nothing to a reader
LONGEST = 420  # characters of a sentence that are shown around its span


class Sentences:
    """Finds the sentences of one comparison."""

    def __init__(self, document: Mapping[str, Any], snapshot: Snapshot, text: str | None) -> None:
        self._evidence = document["evidence"]
        ids = {entry["article"] for entry in self._evidence}
        known = snapshot.heads[snapshot.heads["article"].isin(ids)]
        self._texts = snapshot.texts(known["article"])
        self._titles = dict(zip(known["article"], known["title"], strict=True))
        if text is not None:
            self._texts[document["piece"]["id"]] = text
        self._outlets = {outlet["outlet"]: outlet for outlet in document["outlets"]}

    def of(self, row: Mapping[str, Any], source: str, most: int) -> list[dict[str, Any]]:
        """Up to so many different sentences of a source, those in its own voice first, datelines last."""
        some = [
            e for e in self._evidence
            if e["source"] == source and e["measure"] == family_of(row) and e["item"] == row["item"]
        ]  # fmt: skip
        some.sort(key=lambda e: (_short(e), e["voice"] not in (None, "own"), e["article"], e["start"]))
        out: dict[tuple[str, Any], dict[str, Any]] = {}
        for entry in some:
            out.setdefault((entry["article"], entry.get("sentence_start", entry["start"])), self._shown(entry))
        return list(out.values())[:most]

    def others(self, row: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
        """A sentence each of the outlets furthest from the piece that have one."""
        value = row["piece"]["value"] or 0.0
        far = sorted(
            (name for name, cell in row["outlets"].items() if cell["value"] is not None),
            key=lambda name: (-abs(row["outlets"][name]["value"] - value), name),
        )
        found = [sentence for name in far for sentence in self.of(row, name, 1)]
        return found[:most]

    def _shown(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        text = self._texts.get(entry["article"])
        start, end = entry["start"], entry["end"]
        first, last = entry.get("sentence_start"), entry.get("sentence_end")
        if text is None or first is None or last is None or not first <= start <= end <= last:
            before, span, after = "", entry["text"], ""
        else:
            room = max(LONGEST - (end - start), 80) // 2
            before = ("… " if start - first > room else "") + text[max(first, start - room) : start]
            span = text[start:end]
            after = text[end : min(last, end + room)] + (" …" if last - end > room else "")
        whole = start == first and end == last
        return {
            "source": None if entry["source"] == PIECE else entry["source"],
            "title": self._titles.get(entry["article"]),
            "before": before, "span": span, "after": after, "whole": whole,
            "voice": {"attributed": "quoting or reporting", "distanced": "at a distance"}.get(entry["voice"] or ""),
            "label": entry["label"] if entry["label"] in ("credits", "reports", "disputes") else None,
        }  # fmt: skip


def _short(entry: Mapping[str, Any]) -> bool:
    first, last = entry.get("sentence_start"), entry.get("sentence_end")
    return first is not None and last is not None and last - first < SHORTEST
