"""The one HTTP client: polite to hosts, bounded in time, size and redirects, and only to public addresses."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import IO
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from pipeline.collect.answer import Answer, FetchError
from pipeline.collect.guard import AddressRefusedError, Deadline, GuardedBackend, Resolve, system_resolve
from pipeline.collect.politeness import HostDownError, Hosts, Robots
from pipeline.collect.unpack import UnpackError, unpack
from pipeline.settings import Settings

ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 60.0  # a server that asks for more is asked again the next night
MOST_REDIRECTS = 5  # browsers allow 20; an honest article needs two or three
STEP_SECONDS = 20.0  # a healthy server sends something within this


class Fetcher:
    """Fetches for several threads at once; each host sees one request at a time, with a pause between."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolve: Resolve = system_resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._deadline = Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            network_backend=GuardedBackend(allow=settings.allow_hosts, resolve=resolve, deadline=self._deadline),
            max_connections=64,
            keepalive_expiry=30,
        )
        self._hosts = Hosts(settings.host_delay_seconds, sleep=sleep)
        self._robots = Robots(self._robots_file)

    def close(self) -> None:
        self._pool.close()

    @property
    def user_agent(self) -> str:
        contact = f"; +{self._settings.contact}" if self._settings.contact else ""
        return f"Parallax/{version('parallax-framing')} (research on news framing{contact})"

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: dict[str, str] | None = None,
        robots: bool = True,
    ) -> Answer:
        """One address, after redirects, retries and the host's pause. Raises FetchError.

        etag, last_modified: from the last answer; the server may then answer that nothing changed (304).
        robots: whether the host's robots.txt is asked; not for services that are made for programs.
        """
        asked = {**(headers or {})}
        if etag:
            asked["If-None-Match"] = etag
        if last_modified:
            asked["If-Modified-Since"] = last_modified
        for attempt in Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(lambda e: isinstance(e, FetchError) and e.again),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        ):
            with attempt:
                answer = self._follow(url, asked, robots=robots)
        return answer

    def download(self, url: str, to: IO[bytes], *, most_bytes: int) -> int:
        """Writes a large file's bytes as they come, and returns their number. Raises FetchError."""
        written = 0
        check_address(url)
        with self._deadline.within(self._settings.source_seconds), self._opened(url, {}) as response:
            if response.status != 200:
                raise _status_error(response.status, _headers(response), url)
            for chunk in response.iter_stream():
                written += len(chunk)
                if written > most_bytes:
                    raise FetchError("too large", f"{url} is larger than {most_bytes:,} bytes")
                to.write(chunk)
        return written

    def _follow(self, url: str, headers: dict[str, str], *, robots: bool) -> Answer:
        seen = 0
        while True:
            host = check_address(url)
            if robots and not self._robots.allows(url):
                raise FetchError("robots.txt", f"robots.txt of {host} asks programs to keep off {url}")
            answer = self._once(url, headers)
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            seen += 1
            if seen > MOST_REDIRECTS:
                raise FetchError("too many redirects", f"more than {MOST_REDIRECTS} redirects")
            url = _redirected(url, target)
            if urlsplit(url).hostname != host:  # what was meant for one host is not told to another
                headers = {k: v for k, v in headers.items() if k != "Authorization"}

    def _once(self, url: str, headers: dict[str, str]) -> Answer:
        try:
            with self._hosts.turn(url, at_least=self._robots.pause_seconds(url)) as turn:
                try:
                    with self._deadline.within(self._settings.request_seconds):
                        answer = self._request(url, headers)
                except FetchError as error:
                    turn.failed(down=error.reason in ("timed out", "cannot connect"))
                    raise
                turn.answered()
                return answer
        except HostDownError as error:
            raise FetchError("host down", str(error)) from error

    def _request(self, url: str, headers: dict[str, str]) -> Answer:
        with self._opened(url, headers) as response:
            if response.status >= 400:
                raise _status_error(response.status, _headers(response), url)
            return self._read(url, response)

    def _read(self, url: str, response: httpcore.Response) -> Answer:
        headers = _headers(response)
        coming = headers.get("content-length", "")
        most = self._settings.response_bytes
        if coming.isascii() and coming.isdigit() and int(coming) > most:
            raise FetchError("too large", f"{int(coming):,} bytes, of {most:,} at most")
        try:
            body, wire = unpack(response.iter_stream(), headers.get("content-encoding", ""), most_bytes=most)
        except UnpackError as error:
            raise FetchError(error.reason, str(error)) from error
        return Answer(url, response.status, headers, body, wire)

    @contextmanager
    def _opened(self, url: str, headers: dict[str, str]) -> Iterator[httpcore.Response]:
        """The answer while it comes in; every way in which that can fail comes out as FetchError."""
        address = httpx.URL(url)
        given: dict[str, str] = {
            "Host": address.netloc.decode("ascii"),
            "User-Agent": self.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            **headers,
        }
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), STEP_SECONDS)
        target = httpcore.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        )
        try:
            with self._pool.stream(
                "GET",
                target,
                headers=[(k.encode(), v.encode("latin-1", "replace")) for k, v in given.items()],
                extensions={"timeout": timeouts},
            ) as response:
                yield response
        except AddressRefusedError as error:
            remedy = "set PARALLAX_ALLOW_HOSTS if this host is meant"
            raise FetchError("internal address", str(error), remedy=remedy) from error
        except httpcore.TimeoutException as error:
            raise FetchError("timed out", f"{error or 'no answer in time'}") from error
        except (httpcore.ConnectError, ssl.SSLError) as error:
            raise FetchError("cannot connect", str(error) or "no connection", again=True) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError("broken answer", str(error) or "the connection broke", again=True) from error

    def _robots_file(self, url: str) -> bytes:
        """RFC 9309: a missing file allows everything; one that cannot be had, nothing. Raises FetchError."""
        try:
            return self._follow(url, {}, robots=False).body
        except FetchError as error:
            if error.reason == "HTTP 429" or error.reason.startswith("HTTP 5"):
                raise FetchError("robots.txt", f"{url} cannot be had: {error.what}") from error
            if error.reason.startswith("HTTP 4"):
                return b""
            raise

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, FetchError) else None
        return self._settings.retry_seconds * 2 ** (state.attempt_number - 1) if asked is None else asked


@contextmanager
def open_fetcher(settings: Settings) -> Iterator[Fetcher]:
    """A fetcher, closed at the end."""
    fetcher = Fetcher(settings)
    try:
        yield fetcher
    finally:
        fetcher.close()


def _redirected(url: str, target: str) -> str:
    """Where a redirect leads. Raises FetchError for a target that is no address."""
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise FetchError("bad address", f'{url} leads to "{target[:200]}", which is no address') from error


def check_address(url: str) -> str:
    """The host of an http(s) address. Raises FetchError for anything else."""
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("bad address", f'"{url[:200]}" is no address: {error}') from error
    if address.scheme not in ("http", "https") or not address.host:
        raise FetchError("bad address", f'"{url[:200]}" is not http or https')
    if address.userinfo:
        raise FetchError("bad address", f"the address of {address.host} carries a name or password")
    return address.host


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _status_error(status: int, headers: dict[str, str], url: str) -> FetchError:
    wait = _retry_after(headers.get("retry-after"))
    again = status in (429, 500, 502, 503, 504) and (wait is None or wait <= LONGEST_WAIT_SECONDS)
    asked = f", asks to wait {wait:.0f} s" if wait else ""
    return FetchError(f"HTTP {status}", f"HTTP {status}{asked} from {urlsplit(url).hostname}", again=again, wait=wait)


def _retry_after(value: str | None) -> float | None:
    """Seconds that a server asks to wait, given as seconds or as a moment; null where it does not."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
