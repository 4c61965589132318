"""What the pages share: the models are there before the text that needs them, and not before anybody wants them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard.context import Context, Request
from dashboard.jobs import Told
from pipeline.piece import Piece
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import analyse


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    made_snapshot(folder)
    return folder


class Watched:
    """Compares as the pages' tests do, and remembers which pieces."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def __call__(self, snapshot: Snapshot, piece: Piece, request: Request, told: Told) -> dict[str, Any]:
        self.pieces.append(piece)
        return analyse(snapshot, piece, request, told)


def done(context: Context) -> None:
    """Waits for what was asked for in the background."""
    job = context.jobs.get("models")
    assert job is not None
    assert job.future is not None
    job.future.result(timeout=60)


def test_models_are_loaded_once_by_a_line_in_the_codebooks_words(store: Path) -> None:
    watched = Watched()
    context = Context(store, "bridge", Settings(store=store), analyse=watched)
    context.prepare()
    context.prepare()
    done(context)
    codebook = context.snapshot(None).codebook
    assert [piece.article for piece in watched.pieces] == [None]
    assert codebook.propositions[0].claim in watched.pieces[0].text
    assert codebook.entities[0].names[0] in watched.pieces[0].text
    assert context.warm
    context.prepare()
    assert len(watched.pieces) == 1


def test_an_article_of_the_corpus_has_no_models_loaded(store: Path) -> None:
    context = Context(store, "bridge", Settings(store=store), analyse=analyse)
    snapshot = context.snapshot(None)
    context.finished(Request(snapshot.id, article=snapshot.table("articles")["article"].iloc[0]))
    assert not context.warm
    context.finished(Request(snapshot.id, text=context.pieces.keep("The bridge is an eyesore.")))
    assert context.warm
