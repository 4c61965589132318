"""What readers ask of a dashboard: the callbacks of every page, as the bodies that a browser sends."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from dashboard import address
from dashboard.answers import TIMING
from dashboard.views.evidence import PLACES
from dashboard.visits import PATIENCE_SECONDS, Reader
from pipeline.settings import load_settings
from pipeline.snapshot import Snapshot, open_snapshot

PATH = "/_dash-update-component"
EACH = 8  # events, outlets, topics, items, … that are opened


@dataclass(frozen=True)
class Question:
    """One callback, named by its first output, and what is sent for it."""

    name: str
    body: bytes


def questions(store: Path, corpus: str, *, seed: int = 1) -> list[Question]:
    """What is asked when addresses of every page are opened, each address once, by an app of this process."""
    from dashboard.app import create_app

    client = create_app(store, corpus, load_settings(store=store)).server.test_client()
    found: list[Question] = []

    def ask(path: str, sent: Any) -> Any:
        if sent is not None:
            found.append(Question(_named(sent["output"]), json.dumps(sent).encode()))
        answer = client.get(path) if sent is None else client.post(path, json=sent)
        if answer.status_code not in (200, 204):
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        return json.loads(answer.data) if answer.data else {}

    snapshot, reader = open_snapshot(store, corpus), Reader(ask)
    for path, search in _addresses(snapshot, random.Random(seed)):
        reader.open(path, search)
    for name, output, value in _actions(snapshot, random.Random(seed)):
        answer = reader.call(output, "/", **{name: value})
        for outlet in list(_closed(answer.answer))[-1:]:
            reader.call_one(PLACES, outlet, "/")
    return found


def _named(output: str) -> str:
    """A callback's first output; of one of several alike, their type."""
    first = output.strip(".").partition("...")[0]
    return PLACES if PLACES in first else first


def _closed(node: Any) -> Iterator[str]:
    """The outlets of a drawer whose sentences are asked for when they are opened."""
    if isinstance(node, dict):
        alike = node.get("id")
        if isinstance(alike, dict) and alike["type"] == PLACES:
            yield alike["outlet"]
    if isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _closed(part)


def _addresses(snapshot: Snapshot, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Addresses of every page as it writes them, its own and some that open one event, outlet, topic, item."""
    from dashboard.pages import all_pages

    yield from ((page.path, "") for page in all_pages())
    events = snapshot.table("events").sort_values("articles", ascending=False)["event"].head(400).tolist()
    yield from (("/events", address.write({"event": event})) for event in rng.sample(events, min(EACH, len(events))))
    outlets = snapshot.table("outlets")["outlet"].tolist()
    yield from (("/outlets", address.write({"outlet": name})) for name in rng.sample(outlets, EACH))
    topics = snapshot.table("topics")["topic"].tolist()
    yield from (("/topics", address.write({"topic": str(topic)})) for topic in rng.sample(topics, EACH))
    for quantity in ("naming", "credit", "voices", "frames", "emphasis", "microframes", "portrayal"):
        items = list(snapshot.tally(quantity).items)
        chosen = rng.sample(items, 2)
        yield from (("/trends", address.write({"quantity": quantity, "item": item})) for item in chosen)


def _actions(snapshot: Snapshot, rng: random.Random) -> Iterator[tuple[str, str, Any]]:
    """What is done on a page: (the input, `id__property`; an output; the input's value)."""
    titles = snapshot.heads["title"].sample(EACH, random_state=1).tolist()
    for title in titles:
        yield "compare-piece__searchValue", "compare-piece.data", title.split()[0].lower()
        yield "events-find__value", "events-found.children", title.split()[0].lower()
    evidence = [(q, item) for q in ("naming", "credit", "voices", "frames", "portrayal", "emphasis")
                for item in snapshot.tally(q).items]  # fmt: skip
    for quantity, item in rng.sample(evidence, EACH):
        yield "shell-open__data", "shell-sentences.title", {"value": f"{quantity}|{item}"}


@dataclass(frozen=True)
class Told:
    """How long an answer took, read to its end, and whether it was made for who asked: it was kept otherwise."""

    seconds: float
    made: bool


def asked(connection: HTTPConnection, question: Question) -> Told:
    """Raises RuntimeError where the answer is an error."""
    begin = time.perf_counter()
    connection.request("POST", PATH, question.body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    seconds = time.perf_counter() - begin
    if response.status not in (200, 204):
        raise RuntimeError(f"{question.name} answered {response.status}: {data[:200]!r}")
    return Told(seconds, response.headers[TIMING] != "kept")


def connected(port: int) -> HTTPConnection:
    """A connection that stays open, as a browser's does."""
    return HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
