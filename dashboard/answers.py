"""Answers of callbacks kept by what was asked: of a snapshot, which never changes, the same question has one answer.

Only callbacks that say so take part: what they answer follows from the snapshot and their arguments alone. The
key holds the arguments' values and the snapshot in force, for a page without one in its address opens that.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from queue import SimpleQueue
from typing import Any

import pyarrow as pa
from flask import Flask, Response, g, request

from pipeline.errors import ParallaxError

PATH = "/_dash-update-component"
# A tenth of the time that zlib takes; of LZ4's bytes it leaves two thirds, and takes no longer to unpack.
CODEC = pa.Codec("zstd", compression_level=1)
# Says in every answer whether it was kept, or made for who asks and in how many milliseconds.
TIMING = "Server-Timing"
ANSWERS = "parallax-answers"  # the name of a server's answers among its extensions
KEPT_BYTES = 36 * 2**20  # as they are kept, which is packed: about a seventh of what is sent
BEFOREHAND = 0.8  # of that, the share that answers may fill for which nobody has asked yet


class MakerGoneError(ParallaxError):
    """Who made answers makes none any more."""


# Makes the answer to what was asked under a key; null where it cannot now. Raises MakerGoneError.
Maker = Callable[[str, bytes], bytes | None]
_HERE = 99  # the place of this process among the makers: the last


class Turns:
    """Hands makers out, the one with the lowest place first, to those who ask first: a lock or a queue of Python's
    lets a newcomer pass those who wait."""

    def __init__(self) -> None:
        self._idle: list[tuple[int, Maker | None]] = []
        self._waiting: deque[SimpleQueue[tuple[int, Maker | None]]] = deque()
        self._lock = threading.Lock()

    def take(self) -> tuple[int, Maker | None]:
        """An idle one with its place, as soon as there is one. It is to be given back."""
        with self._lock:
            if self._idle:
                return heappop(self._idle)
            mine: SimpleQueue[tuple[int, Maker | None]] = SimpleQueue()
            self._waiting.append(mine)
        return mine.get()

    def give(self, place: int, maker: Maker | None) -> None:
        """Gives one back, or one more. No two have one place."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put((place, maker))
            else:
                heappush(self._idle, (place, maker))


class Answers:
    """The answers of one app.

    What is not kept is made by one maker at a time, here or beside: answers that are made at once only delay one
    another, and what is kept waits for none of them.
    """

    KEY_LENGTH = 64

    def __init__(self, *, most_bytes: int = KEPT_BYTES) -> None:
        self._lasting: dict[str, tuple[Callable[[dict[str, Any]], bool], frozenset[str]]] = {}
        self._kept: OrderedDict[str, tuple[int, bytes]] = OrderedDict()  # length unpacked, packed
        self._bytes, self._most = 0, most_bytes
        self.ever_kept = 0  # bytes, also of what was displaced since
        self._turns = Turns()
        self._turns.give(_HERE, None)  # null: this process
        self._lock = threading.Lock()

    def lasting(
        self, output: str, where: Callable[[dict[str, Any]], bool] = lambda given: True, *, but: Sequence[str] = ()
    ) -> None:
        """Says that the callback with this output (`id.property`) follows from snapshot and arguments alone;
        where: for which arguments, by `id.property`; but: arguments that then make no difference."""
        self._lasting[output] = where, frozenset(but)

    def made_by(self, others: Sequence[Maker]) -> None:
        """Says who else makes answers; they come first, so that this process is there for what is kept."""
        for place, other in enumerate(others):
            self._turns.give(place, other)

    def serve(self, server: Flask, newest: Callable[[], str | None]) -> None:
        """Has a server answer from what is kept. newest: the snapshot in force."""

        def before() -> Response | None:
            if request.path != PATH or request.method != "POST":
                return None
            g.begun = time.perf_counter()
            key = self._key(body := request.get_data(), newest())
            if key is None:
                return None
            if (kept := self._find(key)) is not None:
                return Response(kept, mimetype="application/json", headers={TIMING: "kept"})
            if (made := self._made(key, body)) is not None:
                return Response(made, mimetype="application/json")
            g.asked = key
            return None

        def ended(_: BaseException | None) -> None:
            if g.pop("turn", False):
                self._turns.give(_HERE, None)

        def after(response: Response) -> Response:
            asked = g.pop("asked", None)
            if asked is not None and response.status_code == 200 and not g.get("passing"):
                self._keep(asked, response.get_data())
            if (begun := g.pop("begun", None)) is not None and TIMING not in response.headers:
                response.headers[TIMING] = f"made;dur={1000 * (time.perf_counter() - begun):.1f}"
            return response

        server.teardown_request(ended)
        server.before_request(before)
        server.after_request(after)

    def _key(self, body: bytes, newest: str | None) -> str | None:
        """What was asked, in few characters; null where the answer is not to be kept."""
        try:
            asked = json.loads(body)
            first = asked["output"].removeprefix("..").partition("...")[0].removesuffix("..")
            given = {
                f"{i['id']}.{i['property']}": _timeless(i.get("value"))
                for i in [*asked["inputs"], *asked.get("state", ())]
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            return None  # Dash says what is wrong with it
        if first not in self._lasting:
            return None
        where, but = self._lasting[first]
        if not where(given):
            return None
        telling = {name: value for name, value in given.items() if name not in but}
        text = json.dumps([newest, asked["output"], telling], sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _find(self, key: str) -> bytes | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            size, packed = self._kept[key]
        return bytes(CODEC.decompress(packed, decompressed_size=size, asbytes=True))

    def _made(self, key: str, body: bytes) -> bytes | None:
        """What another process has made; null where it is this one's turn, until the request has ended."""
        while True:
            place, other = self._turns.take()
            if other is None:
                g.turn = True
                return self._find(key)  # somebody may have asked the same meanwhile
            try:
                found = self._find(key) or other(key, body)
            except MakerGoneError:
                continue  # it is not given back
            self._turns.give(place, other)
            if found is not None:
                self._keep(key, found)
            return found

    @property
    def beforehand(self) -> int:
        """Bytes that answers may take which are made before anybody asks."""
        return int(BEFOREHAND * self._most)

    def taken(self, key: str) -> bytes | None:
        """What is kept under a key, which is then kept no longer."""
        found = self._find(key)
        with self._lock:
            self._bytes -= len(self._kept.pop(key, (0, b""))[1])
        return found

    def _keep(self, key: str, data: bytes) -> None:
        packed = bytes(CODEC.compress(data, asbytes=True))
        with self._lock:
            self.ever_kept += len(packed)
            self._bytes += len(packed) - len(self._kept.pop(key, (0, b""))[1])
            self._kept[key] = len(data), packed
            while self._bytes > self._most:
                self._bytes -= len(self._kept.popitem(last=False)[1][1])


def _timeless(value: Any) -> Any:
    """A value without the moment of a click (`at`), which only makes it differ from the one before."""
    return {name: part for name, part in value.items() if name != "at"} if isinstance(value, dict) else value


def passing() -> None:
    """The answer that is being made is an error, or of this moment: it is not kept."""
    g.passing = True
