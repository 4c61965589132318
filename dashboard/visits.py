"""A reader without a browser: asks a dashboard for what a page asks for when it is opened, and times each answer.

The benchmarks read with it, and a server that has just begun: what it asks first is then kept for the first reader.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

PATIENCE_SECONDS = 120.0
Ask = Callable[[str, Any], Any]  # path, what is sent (null: only asked) → the answer, parsed


@dataclass(frozen=True)
class Answer:
    """One callback's answer: the page's path, which callback, how long it took, how large it was."""

    page: str
    output: str
    seconds: float
    answer: Mapping[str, Any]


def over_http(host: str, port: int) -> Ask:
    """Asks over one connection that stays open, as a browser does. Raises RuntimeError for an error's status."""
    connection = HTTPConnection(host, port, timeout=PATIENCE_SECONDS)

    def ask(path: str, sent: Any) -> Any:
        if sent is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(sent), {"Content-Type": "application/json"})
        response = connection.getresponse()
        data = response.read()
        if response.status not in (200, 204):
            raise RuntimeError(f"{path} answered {response.status}: {data[:200]!r}")
        return json.loads(data) if data else {}

    return ask


@dataclass
class Reader:
    """Opens addresses one after the other, as one window does."""

    ask: Ask
    scheme: str = "light"  # what the page's own script finds out, as the width of its charts in pixels
    width: int = 1200
    values: dict[str, Any] = field(default_factory=dict)  # "id.property" of what is on the page
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    held: str | None = None

    def __post_init__(self) -> None:
        self.callbacks = [c for c in self.ask("/_dash-dependencies", None) if not c["clientside_function"]]
        self.frame = dict(_properties(self.ask("/_dash-layout", None)))

    def open(self, path: str, search: str = "") -> list[Answer]:
        """What opening an address asks for: the router, then each callback of the page that is called at first."""
        self.values = {
            **self.frame, "shell-scheme.data": self.scheme, "shell-width.data": self.width,
            "shell-snapshot.data": self.held,
            "shell-address.pathname": path, "shell-address.search": search,
        }  # fmt: skip
        route = self.call("shell-page.children", path)
        page = route.answer["response"]["shell-page"]["children"]
        # Where there is no snapshot, or not this one, the page says so and the window keeps what it had.
        self.held = route.answer["response"].get("shell-snapshot", {}).get("data", self.held)
        self.values |= {"shell-snapshot.data": self.held, **dict(_properties(page))}
        here = {key.partition(".")[0] for key, _ in _properties(page)}
        return [route, *(self._timed(c, path) for c in self.callbacks if self._is_called(c, here))]

    def call(self, output: str, page: str, **changed: Any) -> Answer:
        """One callback, named by one of its outputs. changed: inputs, `id.property` with `__` for the full stop."""
        self.values |= {name.replace("__", "."): value for name, value in changed.items()}
        callback = next(c for c in self.callbacks if output in _outputs(c["output"]))
        return self._timed(callback, page)

    def call_one(self, kind: str, name: str, page: str, clicks: int = 1) -> Answer:
        """The callback that a click on one of several alike calls. kind: the type of its output's id. name: what
        tells it from the others."""
        callback = next(c for c in self.callbacks if kind in c["output"])

        def one(given: str) -> dict[str, str]:
            return {key: name if value == ["MATCH"] else value for key, value in json.loads(given).items()}

        target, _, its_property = callback["output"].rpartition(".")
        [clicked] = callback["inputs"]
        sent = {
            "output": callback["output"], "outputs": {"id": one(target), "property": its_property},
            "inputs": [{"id": one(clicked["id"]), "property": clicked["property"], "value": clicks}],
            "state": self._filled(callback["state"]),
            "changedPropIds": [f"{_written(one(clicked['id']))}.{clicked['property']}"],
        }  # fmt: skip
        return self._sent(sent, page, kind)

    def _is_called(self, callback: Mapping[str, Any], here: set[str]) -> bool:
        outputs = [name.partition(".")[0] for name in _outputs(callback["output"])]
        return not callback["prevent_initial_call"] and bool(set(outputs) & here)

    def _timed(self, callback: Mapping[str, Any], page: str) -> Answer:
        names = _outputs(callback["output"])
        outputs = [dict(zip(("id", "property"), name.split(".", 1), strict=True)) for name in names]
        sent = {
            "output": callback["output"], "outputs": outputs if callback["output"].startswith("..") else outputs[0],
            "inputs": self._filled(callback["inputs"]), "state": self._filled(callback["state"]),
            "changedPropIds": [f"{i['id']}.{i['property']}" for i in callback["inputs"]],
        }  # fmt: skip
        return self._sent(sent, page, names[0])

    def _sent(self, sent: Mapping[str, Any], page: str, output: str) -> Answer:
        begin = time.perf_counter()
        answer = self.ask("/_dash-update-component", sent)
        return Answer(page, output, time.perf_counter() - begin, answer)

    def _filled(self, wanted: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        return [{**w, "value": self.values.get(f"{w['id']}.{w['property']}")} for w in wanted]


def _written(alike: Mapping[str, str]) -> str:
    """An id of names and values, as a browser writes it."""
    return json.dumps(alike, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _outputs(text: str) -> list[str]:
    """`..a.b...c.d..` → [a.b, c.d]; `a.b` → [a.b]."""
    return text[2:-2].split("...") if text.startswith("..") else [text]


def _properties(node: Any) -> Iterator[tuple[str, Any]]:
    """`id.property` and value of everything that has an id in a page."""
    if isinstance(node, list):
        for child in node:
            yield from _properties(child)
    elif isinstance(node, dict) and "props" in node:
        props = node["props"]
        if isinstance(props.get("id"), str):
            yield from ((f"{props['id']}.{name}", value) for name, value in props.items() if name != "children")
        for value in props.values():
            if isinstance(value, dict | list):
                yield from _properties(value)
