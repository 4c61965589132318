"""A web server on this machine that plays outlets, good and faulty, and the services that list them."""

from __future__ import annotations

import gzip
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pipeline.collect.http import Fetcher
from pipeline.settings import Settings, load_settings

SUBJECTS = (
    "The ferry company said on Monday that it would cut its winter timetable by a third, blaming the price of fuel.",
    "Islanders who gathered outside the terminal called the decision a betrayal and asked for a public hearing.",
    "A spokesman for the county declined to say whether the subsidy would be raised before the spring budget.",
    "Shopkeepers on the quay reported fewer visitors than in any autumn since the bridge was closed for repair.",
    "Two members of the council have resigned from the working group, which is due to report next month.",
    "The union that represents deck crews warned that it would not accept longer shifts without better pay.",
)


def story(number: int | str, *, paragraphs: int = 6) -> str:
    """The words of an invented article; another for each number, long enough to be read as one."""
    return "\n".join(f"{SUBJECTS[i % len(SUBJECTS)]} This is note {i} of report {number}." for i in range(paragraphs))


def page(title: str, text: str, *, day: str | None = "2022-03-09", head: str = "", foot: str = "") -> bytes:
    """An outlet's page with an article on it."""
    dated = f'<meta property="article:published_time" content="{day}T08:00:00Z">' if day else ""
    words = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{dated}{head}</head><body>'
        f"<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav><main><article><h1>{title}</h1>{words}</article>"
        f"</main><footer>All rights reserved. {foot}</footer></body></html>"
    ).encode()


def rss(title: str, entries: list[dict[str, str]]) -> bytes:
    """An RSS feed; an entry is its elements by name."""
    items = "".join("<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in one.items()) + "</item>" for one in entries)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def rfc822(day: str) -> str:
    return format_datetime(datetime.fromisoformat(day).replace(hour=8, tzinfo=UTC))


@dataclass
class Reply:
    """What the server answers at an address. `serve` takes over where it is given."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    tagged: bool = True  # gives an ETag and honours If-None-Match
    serve: Callable[[Any], None] | None = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # forty collectors knock at once


class Newsstand:
    """Answers by host and path; counts what was asked and the bytes that it sent."""

    def __init__(self) -> None:
        self.replies: dict[tuple[str, str], Reply | Callable[[str], Reply]] = {}
        self.asked: Counter[str] = Counter()
        self.heads: list[tuple[str, dict[str, str]]] = []
        self.times: list[tuple[str, float]] = []
        self.sent = 0
        self.pause_seconds = 0.0
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), self._handler())
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(
        self, path: str, reply: Reply | Callable[[str], Reply] | bytes, host: str = "127.0.0.1", **more: Any
    ) -> str:
        """Sets what is answered at a path (query and all are given to a function), and returns its address."""
        self.replies[host, path] = Reply(reply, **more) if isinstance(reply, bytes) else reply
        return self.url(path, host)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(stand: Newsstand) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                host = (self.headers.get("Host") or "").partition(":")[0]
                path = self.path.partition("?")[0]
                with stand.lock:
                    stand.asked[f"{host}{path}"] += 1
                    stand.heads.append((self.path, dict(self.headers.items())))
                    stand.times.append((host, time.monotonic()))
                if stand.pause_seconds:
                    time.sleep(stand.pause_seconds)
                found = stand.replies.get((host, path), Reply(b"", 404))
                try:
                    self._reply(found if isinstance(found, Reply) else found(self.path))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _reply(self, reply: Reply) -> None:
                if reply.serve is not None:
                    self.close_connection = True
                    reply.serve(self)
                    return
                tag = f'"{sha256(reply.body).hexdigest()[:16]}"'
                same = reply.tagged and reply.status == 200 and self.headers.get("If-None-Match") == tag
                self.send_response(304 if same else reply.status)
                if reply.tagged and reply.status == 200:
                    self.send_header("ETag", tag)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if not same:
                    self.send_header("Content-Type", reply.kind)
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if not same:
                    self.wfile.write(reply.body)
                    with stand.lock:
                        stand.sent += len(reply.body)

        return Handler


def raw(*chunks: bytes, pause_seconds: float = 0.0) -> Reply:
    """A reply written to the socket as given, with a pause after each chunk."""

    def serve(handler: Any) -> None:
        for chunk in chunks:
            handler.wfile.write(chunk)
            handler.wfile.flush()
            time.sleep(pause_seconds)

    return Reply(serve=serve)


def trickle(seconds: float = 30.0) -> Reply:
    """A reply of a byte now and then, each within any reader's patience."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n"
    return raw(head, *[b"x"] * int(seconds / 0.05), pause_seconds=0.05)


def gzip_bomb(size: int = 200 * 2**20) -> Reply:
    """Some kilobytes that unpack to `size`."""
    return Reply(gzip.compress(b"\0" * size, 9), headers={"Content-Encoding": "gzip"}, tagged=False)


@contextmanager
def open_newsstand() -> Iterator[Newsstand]:
    stand = Newsstand()
    try:
        yield stand
    finally:
        stand.close()


def quick(store: Any, **given: Any) -> Settings:
    """Settings for collecting from this machine without the waits that strangers are owed."""
    return load_settings(
        **{
            "store": store, "allow_hosts": ("127.0.0.1",), "host_delay_seconds": 0.0, "retry_seconds": 0.0,
            "request_seconds": 5.0, **given,
        }
    )  # fmt: skip


def here(host: str, port: int) -> list[str]:  # noqa: ARG001
    """Every name leads to this machine."""
    return ["127.0.0.1"]


def local_fetcher(settings: Settings, **given: Any) -> Fetcher:
    """A fetcher to which every host name is this machine; the settings must allow them."""
    return Fetcher(settings, **{"resolve": here, "sleep": lambda seconds: None, **given})
