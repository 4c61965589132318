"""The piece: the one text under study, an article of the corpus or a text that somebody brings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pipeline import text as texts
from pipeline.errors import InputError
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import ATTRIBUTIONS
from pipeline.snapshot import Snapshot
from pipeline.voice import attributions


@dataclass(frozen=True)
class Piece:
    """A text under study. `article` is its id where the corpus has it; reading begins at `body_start`."""

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    date: date | None = None
    body_start: int = 0
    article: str | None = None


def text_piece(
    text: str,
    *,
    title: str | None = None,
    outlet: str | None = None,
    date: date | None = None,
    body_start: int = 0,
) -> Piece:
    """A piece that somebody brings; its id comes from its text."""
    identifier = "piece-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Piece(identifier, text, title, outlet, date, body_start)


def article_piece(snapshot: Snapshot, article: str) -> Piece:
    """An article of the corpus as the piece. Raises InputError where the snapshot has no such article."""
    articles = snapshot.table("articles")
    found = articles[articles["article"] == article]
    if not len(found):
        raise InputError(
            f'no article "{article}" in snapshot {snapshot.id}',
            remedy="`parallax articles` lists the ids; a file is given by its path",
        )
    row = found.iloc[0]
    title = row["title"] if isinstance(row["title"], str) else None
    return Piece(article, row["text"], title, row["outlet"], row["date"].date(), 0, article)


def language_of(piece: Piece) -> str | None:
    """ISO 639-1 code, null where it cannot be told."""
    return texts.language(piece.text[piece.body_start :])


def read_piece_text(piece: Piece, snapshot: Snapshot, models: Models) -> Reading:
    """The piece read as the corpus was: sentences, attributions, and passages with the snapshot's topics."""
    frame = pd.DataFrame({"article": [piece.id], "text": [piece.text], "body_start": [piece.body_start]})
    sentences, passages = texts.split(frame, passage_words=snapshot.corpus.topics.passage_words)
    spans = attributions(frame, sentences)
    cut = [piece.text[a:b] for a, b in passages[["start", "end"]].itertuples(index=False)]
    vectors = models.static.encode(cut) if cut else np.zeros((0, models.static.dimensions), np.float32)
    passages = passages.assign(topic=snapshot.topic_model.assign(vectors))
    return Reading(frame, sentences, ATTRIBUTIONS.check(spans), passages)
