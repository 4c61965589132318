"""What the tests of pages share: a comparison that needs no model, and the texts and parts of a drawn page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plotly.utils import PlotlyJSONEncoder

from dashboard.context import Context, Request
from dashboard.jobs import Told
from pipeline.piece import Piece
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import OUTLETS_GIVEN, document


def analyse(snapshot: Snapshot, piece: Piece, request: Request, told: Told) -> dict[str, Any]:
    """The comparison made by hand, about the piece asked for, with evidence in articles that there are."""
    told("match", 0, 4)
    answer = document(corpus=snapshot.corpus.name, snapshot=snapshot.id)
    number = {name: i for i, name in enumerate(OUTLETS_GIVEN)}
    evidence = [
        {**row, "article": piece.id if row["source"] == "piece" else f"a{number[row['source']]}0",
         "start": 0, "end": 12, "text": "…", "sentence_start": 0, "sentence_end": 24}
        for row in answer["evidence"]
    ]  # fmt: skip
    told("done", 4, 4)
    words = len(piece.text.split())
    return {
        **answer,
        "piece": {**answer["piece"], "id": piece.id, "title": piece.title, "words": words, "article": piece.article},
        "ground": request.ground or "event",
        "evidence": evidence,
    }


def make_context(store: Path, corpus: str = "bridge") -> Context:
    return Context(store, corpus, Settings(store=store), analyse=analyse)


def as_json(component: Any) -> str:
    """A component as it goes to the browser."""
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def parts(component: Any) -> Iterator[dict[str, Any]]:
    """Every component of a page, the page itself first."""
    yield from _walk(json.loads(as_json(component)))


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and "props" in node and "type" in node:
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _walk(child)


def texts(component: Any) -> str:
    """The words that a page shows, one after the other."""
    return " ".join(_words(json.loads(as_json(component))))


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for child in node:
            yield from _words(child)
    elif isinstance(node, dict) and "props" in node:
        yield from _words(node["props"].get("children"))
        yield from _words(node["props"].get("tree"))
        yield from _words(
            [node["props"].get(name) for name in ("label", "title") if node["namespace"] != "dash_html_components"]
        )


def asking(app: Any) -> Any:
    """How a reader asks an app of this process."""
    client = app.server.test_client()

    def ask(path: str, sent: Any) -> Any:
        answer = client.get(path) if sent is None else client.post(path, json=sent)
        assert answer.status_code in (200, 204), (path, answer.status_code, answer.text[:300])
        return json.loads(answer.data) if answer.data else {}

    return ask
