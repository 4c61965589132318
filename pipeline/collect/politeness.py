"""What is owed to hosts: one request at a time, a pause between two, robots.txt, and to be left when down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from pipeline.collect.answer import FetchError

AGENT = "Parallax"  # the name by which a robots.txt may speak of us
DOWN_AFTER = 3  # requests in a row without any answer, after which a server is left alone for this run
LONGEST_CRAWL_DELAY = 30.0  # a longer wish would make a night's run last for days; the source limit ends it
_ROBOTS_BYTES = 500 * 1024  # as much as RFC 9309 asks to read


class HostDownError(Exception):
    """A server that has not answered several times in a row."""


@dataclass
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    next_at: float = 0.0
    servers: dict[str, _Server] = field(default_factory=dict)


@dataclass
class _Server:
    """One port of a host: that one does not answer says nothing of another."""

    failures: int = 0

    def answered(self) -> None:
        self.failures = 0

    def failed(self, *, down: bool) -> None:
        self.failures = self.failures + 1 if down else 0


class Hosts:
    """Each host's turn. Threads that want the same host wait for one another."""

    def __init__(self, delay_seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._delay = delay_seconds
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, url: str, *, at_least: float | None = None) -> Iterator[_Server]:
        """The address's host to this thread alone, after its pause. Raises HostDownError."""
        parts = urlsplit(url)
        with self._lock:
            host = self._hosts.setdefault(parts.hostname or "", _Host())
        with host.lock:
            server = host.servers.setdefault(_root(url), _Server())
            if server.failures >= DOWN_AFTER:
                raise HostDownError(
                    f"{parts.netloc.rpartition('@')[2]} did not answer {server.failures} times in a row"
                )
            if (wait := host.next_at - time.monotonic()) > 0:
                self._sleep(wait)
            try:
                yield server
            finally:
                host.next_at = time.monotonic() + max(self._delay, at_least or 0.0)


class Robots:
    """The robots.txt of hosts, each read once a run, or found not to be had once."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._rules: dict[str, Protego | FetchError] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def allows(self, url: str) -> bool:
        """Whether the host's rules let the address be fetched. Raises FetchError where they cannot be had."""
        rules = self._of(url)
        if isinstance(rules, FetchError):
            raise rules
        return bool(rules.can_fetch(url, AGENT))

    def pause_seconds(self, url: str) -> float | None:
        """The pause that the rules wish for, where they were read already."""
        rules = self._rules.get(_root(url))
        delay = None if rules is None or isinstance(rules, FetchError) else rules.crawl_delay(AGENT)
        return None if delay is None else min(float(delay), LONGEST_CRAWL_DELAY)

    def _of(self, url: str) -> Protego | FetchError:
        root = _root(url)
        with self._lock:
            lock = self._locks.setdefault(root, threading.Lock())
        with lock:
            if root not in self._rules:
                try:
                    text = self._read(f"{root}/robots.txt")[:_ROBOTS_BYTES].decode("utf-8", "replace")
                    self._rules[root] = Protego.parse(text)
                except FetchError as error:
                    if error.again:  # the next try asks again
                        raise
                    self._rules[root] = error
            return self._rules[root]


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
