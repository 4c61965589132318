"""A piece beside the sources: values, what sets it apart, what it leaves out, and the evidence of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from pipeline import measuring
from pipeline.contrast import distances_of, number, rows_of
from pipeline.ground import Ground, GroundKind, choose_ground
from pipeline.models import Models
from pipeline.omissions import omissions_of
from pipeline.piece import Piece, language_of, read_piece_text
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.settings import Settings
from pipeline.sides import Sides, piece_evidence, sides_of
from pipeline.snapshot import Snapshot

Told = Callable[[str, int, int], None]
SHOWN_EVIDENCE = 40  # spans a row and source in the answer; the rest is counted


@dataclass(frozen=True)
class Comparison:
    """A piece beside the outlets of its ground. `rows`, `omissions`, `evidence` as `document` gives them."""

    piece: Piece
    language: str | None
    measured: bool
    snapshot: Snapshot
    ground: Ground
    outlets: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    omissions: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    evidence_left_out: int
    distances: list[dict[str, Any]]
    words: int
    sentences: int

    def document(self) -> dict[str, Any]:
        """What `parallax compare --json` prints: plain numbers, texts and null."""
        return {
            "piece": self._piece(),
            "snapshot": self.snapshot.id,
            "corpus": self.snapshot.corpus.name,
            "notice": self.snapshot.corpus.notice,
            "ground": self.ground.kind,
            "why": self.ground.why,
            "event": self._event(self.ground.event, self.ground.match),
            "candidates": [self._event(event, match) for event, match in self.ground.candidates],
            "outlets": self.outlets,
            "rows": self.rows,
            "omissions": self.omissions,
            "distances": self.distances,
            "evidence": self.evidence,
            "evidence_left_out": self.evidence_left_out,
        }

    def _piece(self) -> dict[str, Any]:
        piece = self.piece
        return {
            "id": piece.id,
            "title": piece.title,
            "outlet": piece.outlet,
            "date": piece.date.isoformat() if piece.date else None,
            "words": self.words,
            "sentences": self.sentences,
            "text": piece.text,
            "language": self.language,
            "measured": self.measured,
            "article": piece.article,
        }

    def _event(self, event: str | None, match: float | None) -> dict[str, Any] | None:
        if event is None:
            return None
        table = self.snapshot.table("events")
        row = table[table["event"] == event].iloc[0]
        shared = list(self.ground.shared) if event == self.ground.event else []
        return {
            "id": event,
            "title": row["title"],
            "start": row["start"].date().isoformat(),
            "end": row["end"].date().isoformat(),
            "articles": int(row["articles"]),
            "outlets": int(row["outlets"]),
            "match": number(match),
            "keywords": row["keywords"],
            "shared": shared,
        }


def compare(
    piece: Piece,
    snapshot: Snapshot,
    *,
    models: Models,
    settings: Settings,
    ground: GroundKind | None = None,
    event: str | None = None,
    since: date | None = None,
    until: date | None = None,
    against: Sequence[str] = (),
    wire: Literal["once", "everywhere"] = "once",
    told: Told = lambda stage, done, total: None,
) -> Comparison:
    """Sets a piece beside the sources. told(stage, done, total) is called as the work goes on.

    A piece in another language than the codebook's is placed, and has no values. Raises InputError for a
    ground that there is not.
    """
    told("match", 0, 4)
    chosen = choose_ground(
        piece, snapshot, models=models, settings=settings, kind=ground, event=event, since=since, until=until,
        against=against,
    )  # fmt: skip
    language = language_of(piece)
    measured = language is None or language == snapshot.codebook.language
    told("read", 1, 4)
    reading = read_piece_text(piece, snapshot, models)
    own = piece_evidence(piece, reading, snapshot, models) if measured else EVIDENCE.empty()
    told("measure", 2, 4)
    side = sides_of(reading, own, chosen, snapshot, models, wire=wire, measured=measured)
    rows = rows_of(side, piece, snapshot, settings)
    told("evidence", 3, 4)
    evidence, left_out = evidence_of_rows(side, own, rows, piece, reading, snapshot, models)
    units = side.articles
    told("done", 4, 4)
    return Comparison(
        piece=piece,
        language=language,
        measured=measured,
        snapshot=snapshot,
        ground=chosen,
        outlets=[
            {
                "outlet": name,
                "articles": int((units["outlet"] == name).sum()),
                "words": int(units.loc[units["outlet"] == name, "words"].sum()),
            }
            for name in side.names
        ],
        rows=rows,
        omissions=omissions_of(side.reading, units, reading, snapshot) if measured else [],
        evidence=evidence,
        evidence_left_out=left_out,
        distances=distances_of(side),
        words=int(reading.sentences["words"].sum()),
        sentences=len(reading.sentences),
    )


def evidence_of_rows(
    side: Sides,
    own: pd.DataFrame,
    rows: list[dict[str, Any]],
    piece: Piece,
    reading: Reading,
    snapshot: Snapshot,
    models: Models,
) -> tuple[list[dict[str, Any]], int]:
    """The spans behind the rows: the piece's all, the outlets' up to a number a row, and how many are left out."""
    keep = side.articles[side.groups[side.groups != 0] > 0]
    theirs = EVIDENCE.check(snapshot.rows("evidence", article=list(keep["article"])))
    theirs = pd.concat([theirs, measuring.topic_evidence(side.reading, snapshot.codebook, models)], ignore_index=True)
    shown = {(row["family"], row["item"]) for row in rows}
    source = dict(zip(keep["article"], keep["outlet"], strict=True))
    theirs = theirs[theirs["article"].isin(source)].assign(source=lambda e: e["article"].map(source))
    limited = theirs.groupby(["measure", "item", "source"], sort=False).head(SHOWN_EVIDENCE)
    texts = {piece.id: piece.text, **dict(zip(keep["article"], keep["text"], strict=True))}
    spans = _sentence_spans(side, reading.sentences)
    out = [
        {
            "measure": row.measure,
            "item": row.item,
            "source": row.source,
            "article": row.article,
            "start": int(row.start),
            "end": int(row.end),
            "text": texts[row.article][row.start : row.end],
            "label": row.label if isinstance(row.label, str) else None,
            "voice": row.voice if isinstance(row.voice, str) else None,
            "weight": number(row.weight),
            "sentence_start": spans[row.article, row.sentence][0],
            "sentence_end": spans[row.article, row.sentence][1],
        }
        for row in pd.concat([own.assign(source="piece"), limited], ignore_index=True).itertuples(index=False)
        if (row.measure, row.item) in shown
    ]  # fmt: skip
    return out, len(theirs) - len(limited)


def _sentence_spans(side: Sides, piece_sentences: pd.DataFrame) -> dict[tuple[str, int], tuple[int, int]]:
    """Where each sentence lies, by article and number, for marking evidence in its context."""
    columns = ["article", "sentence", "start", "end"]
    rows = pd.concat([side.reading.sentences[columns], piece_sentences[columns]])
    return {(a, n): (int(s), int(e)) for a, n, s, e in rows.itertuples(index=False)}
