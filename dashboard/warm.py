"""The first reader of a snapshot waits no longer than the others: a server asks itself for every page beforehand."""

from __future__ import annotations

import gc
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

import pyarrow as pa
from flask import Flask
from flask.testing import FlaskClient

from dashboard.answers import ANSWERS
from dashboard.app import DRAWING, LIKELY
from dashboard.pages import all_pages
from dashboard.visits import Ask, Reader

log = logging.getLogger(__name__)
# A refresh publishes once a night; what is new is then warm before most readers open it.
LOOK_SECONDS = 60.0
# Addresses a page that are opened beforehand: outlets and topics are seldom more. All of a large corpus's take about
# a minute, in which readers come first.
MOST_LIKELY = 400


def keep_warm(server: Flask, others: Sequence[Callable[[], None]] = ()) -> threading.Thread:
    """Asks for every page now, and again whenever another snapshot comes into force; in a thread of its own.

    others: what has the processes that answer beside this one do the same, at the same time.
    """
    thread = threading.Thread(target=_watch, args=(server, others), name="warm", daemon=True)
    thread.start()
    return thread


def _watch(server: Flask, others: Sequence[Callable[[], None]]) -> None:
    seen = None
    while True:
        now = server.test_client().get("/readyz")
        if now.status_code == 200 and now.text != seen:
            seen = now.text
            threads = [threading.Thread(target=other, name="warm", daemon=True) for other in others]
            for thread in threads:
                thread.start()
            warm(server)
            for thread in threads:
                thread.join()
            settle()
            warm_likely(server)
        time.sleep(LOOK_SECONDS)


def settle() -> None:
    """Gives back what reading took, and has the collector of cycles pass over what stays: a snapshot's tables and
    the modules, which it would else look through while readers wait."""
    pa.default_memory_pool().release_unused()
    gc.collect()
    gc.freeze()


def warm(server: Flask) -> None:
    """Asks for every page, in light and dark; answers that last are then kept."""
    client = server.test_client()
    for path in DRAWING:
        client.get(path, headers={"Accept-Encoding": "br"})  # packed once, which takes a second
    for page in all_pages():
        for scheme in ("light", "dark"):
            _open(Reader(_asking(client), scheme=scheme), page.path)


def warm_likely(server: Flask) -> None:
    """Asks for what readers of each page open next, as one who holds the snapshot already: what they get is then
    kept, and waits for nobody. The likeliest of each page first, as far as there is room; one question at a time, so
    that readers pass in between."""
    reader, answers = Reader(_asking(server.test_client())), server.extensions[ANSWERS]
    most = answers.ever_kept + answers.beforehand  # what an older snapshot's readers asked is displaced
    likely = server.extensions[LIKELY]()
    for turn in zip_longest(*([(path, search) for search in likely[path][:MOST_LIKELY]] for path in likely)):
        for path, search in filter(None, turn):
            if answers.ever_kept > most:
                return
            _open(reader, path, search)


def _asking(client: FlaskClient) -> Ask:
    def ask(path: str, sent: Any) -> Any:
        answer = client.get(path) if sent is None else client.post(path, json=sent)
        return json.loads(answer.data) if answer.data else {}

    return ask


def _open(reader: Reader, path: str, search: str = "") -> None:
    """Opens an address, twice where it is the first: with no snapshot held, and then as one who comes from a page."""
    try:
        if reader.held is None:
            reader.open(path, search)
        reader.open(path, search)
    except (KeyError, TypeError, ValueError):
        # A page that cannot be opened is shown to its readers as a fault; the others are warm all the same.
        log.warning("page %s%s could not be opened beforehand", path, search, exc_info=True)
