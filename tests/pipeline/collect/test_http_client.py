"""The HTTP client is polite, bounded, and says why an address gave nothing."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pipeline.collect.answer import FetchError
from pipeline.collect.http import Fetcher
from pipeline.collect.unpack import UnpackError, unpack
from tests.newsstand import Newsstand, Reply, gzip_bomb, local_fetcher, open_newsstand, quick, raw, trickle


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with open_newsstand() as opened:
        yield opened


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    made = Fetcher(quick(tmp_path, response_bytes=2**20, request_seconds=1.0), sleep=lambda seconds: None)
    yield made
    made.close()


def reason(get: Callable[[], object]) -> str:
    with pytest.raises(FetchError) as caught:
        get()
    return caught.value.reason


def test_the_user_agent_is_honest_and_carries_the_contact(stand: Newsstand, tmp_path: Path) -> None:
    Fetcher(quick(tmp_path, contact="https://lab.test/parallax")).get(stand.put("/a", b"words"))
    agent = stand.heads[-1][1]["User-Agent"]
    assert agent.startswith("Parallax/")
    assert "+https://lab.test/parallax" in agent


def test_the_second_question_is_conditional(stand: Newsstand, fetcher: Fetcher) -> None:
    address = stand.put("/a", b"words")
    first = fetcher.get(address)
    again = fetcher.get(address, etag=first.headers["etag"])
    assert (first.body, again.not_modified, again.body) == (b"words", True, b"")
    stand.put("/a", b"other words")
    assert fetcher.get(address, etag=first.headers["etag"]).body == b"other words"


def test_robots_txt_is_read_once_and_kept(stand: Newsstand, fetcher: Fetcher) -> None:
    stand.put("/robots.txt", b"User-agent: *\nDisallow: /private\n\nUser-agent: Parallax\nDisallow: /ours")
    stand.put("/ours/a", b"words")
    address = stand.put("/private/a", b"words")
    assert reason(lambda: fetcher.get(stand.url("/ours/a"))) == "robots.txt"
    assert fetcher.get(address).body == b"words"
    assert stand.asked["127.0.0.1/robots.txt"] == 1
    assert stand.asked["127.0.0.1/ours/a"] == 0


def test_a_host_whose_robots_txt_fails_is_left_alone(stand: Newsstand, fetcher: Fetcher) -> None:
    stand.put("/robots.txt", Reply(b"", 503))
    address = stand.put("/a", b"words")
    assert reason(lambda: fetcher.get(address)) == "robots.txt"
    assert fetcher.get(address, robots=False).body == b"words"


def test_the_hosts_pause_is_kept_and_crawl_delay_lengthens_it(stand: Newsstand, tmp_path: Path) -> None:
    slept: list[float] = []
    stand.put("/robots.txt", b"User-agent: *\nCrawl-delay: 7")
    address = stand.put("/a", b"words")
    fetcher = Fetcher(quick(tmp_path, host_delay_seconds=2.0), sleep=slept.append)
    fetcher.get(address)
    fetcher.get(address)
    assert 1.0 < slept[0] <= 2.0  # after robots.txt
    assert 6.0 < slept[1] <= 7.0


def test_hosts_do_not_wait_for_one_another(stand: Newsstand, tmp_path: Path) -> None:
    slept: list[float] = []
    settings = quick(tmp_path, host_delay_seconds=5.0, allow_hosts=("a.test", "b.test"))
    fetcher = local_fetcher(settings, sleep=slept.append)
    for host in ("a.test", "b.test"):
        fetcher.get(stand.put("/x", b"words", host=host), robots=False)
    assert slept == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_host_in_trouble_is_asked_again(stand: Newsstand, fetcher: Fetcher, status: int) -> None:
    left = [Reply(b"", status), Reply(b"", status), Reply(b"words")]
    assert fetcher.get(stand.put("/a", lambda path: left.pop(0)), robots=False).body == b"words"


def test_three_times_and_no_more(stand: Newsstand, fetcher: Fetcher) -> None:
    address = stand.put("/a", Reply(b"", 503))
    assert reason(lambda: fetcher.get(address, robots=False)) == "HTTP 503"
    assert stand.asked["127.0.0.1/a"] == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_an_answer_that_will_not_change_is_taken(stand: Newsstand, fetcher: Fetcher, status: int) -> None:
    address = stand.put("/a", Reply(b"", status))
    assert reason(lambda: fetcher.get(address, robots=False)) == f"HTTP {status}"
    assert stand.asked["127.0.0.1/a"] == 1


@pytest.mark.parametrize("given", ["20", lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=20))])
def test_retry_after_is_kept(stand: Newsstand, tmp_path: Path, given: str | Callable[[], str]) -> None:
    slept: list[float] = []
    wait = given if isinstance(given, str) else given()
    left = [Reply(b"", 429, headers={"Retry-After": wait}), Reply(b"words")]
    address = stand.put("/a", lambda path: left.pop(0))
    Fetcher(quick(tmp_path), sleep=slept.append).get(address, robots=False)
    assert 15 < sum(slept) <= 20


def test_who_asks_to_wait_for_an_hour_is_asked_the_next_night(stand: Newsstand, fetcher: Fetcher) -> None:
    address = stand.put("/a", Reply(b"", 429, headers={"Retry-After": "3600"}))
    assert reason(lambda: fetcher.get(address, robots=False)) == "HTTP 429"
    assert stand.asked["127.0.0.1/a"] == 1


def test_redirects_are_followed_to_an_end(stand: Newsstand, fetcher: Fetcher) -> None:
    stand.put("/b", b"words")
    address = stand.put("/a", Reply(b"", 301, headers={"Location": "/b"}))
    found = fetcher.get(address)
    assert (found.body, found.url) == (b"words", stand.url("/b"))


def test_endless_redirects_end(stand: Newsstand, fetcher: Fetcher) -> None:
    address = stand.put("/a", Reply(b"", 302, headers={"Location": "/a"}))
    assert reason(lambda: fetcher.get(address)) == "too many redirects"
    assert stand.asked["127.0.0.1/a"] <= 6


def test_a_key_is_not_told_to_another_host(stand: Newsstand, tmp_path: Path) -> None:
    stand.put("/b", b"words", host="b.test")
    address = stand.put("/a", Reply(b"", 302, headers={"Location": stand.url("/b", "b.test")}), host="a.test")
    fetcher = local_fetcher(quick(tmp_path, allow_hosts=("a.test", "b.test")))
    fetcher.get(address, headers={"Authorization": "Token secret"}, robots=False)
    assert [("Authorization" in heads) for _, heads in stand.heads] == [True, False]


def test_a_body_larger_than_the_limit_is_refused_unread(stand: Newsstand, fetcher: Fetcher) -> None:
    said = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
    assert reason(lambda: fetcher.get(stand.put("/a", said), robots=False)) == "too large"
    silent = raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", *[b"x" * 2**18] * 8)
    assert reason(lambda: fetcher.get(stand.put("/b", silent), robots=False)) == "too large"


def test_a_bomb_is_refused(stand: Newsstand, fetcher: Fetcher) -> None:
    assert reason(lambda: fetcher.get(stand.put("/a", gzip_bomb()), robots=False)) == "too large"


@pytest.mark.parametrize(
    "reply",
    [
        trickle(),
        raw(*[b"H"] * 100, pause_seconds=0.05),
        raw(b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n"] * 100, pause_seconds=0.05),
        raw(b"", pause_seconds=5.0),
    ],
)
def test_a_server_that_takes_for_ever_is_left(stand: Newsstand, fetcher: Fetcher, reply: Reply) -> None:
    begun = datetime.now(UTC)
    reason(lambda: fetcher.get(stand.put("/a", reply), robots=False))
    assert datetime.now(UTC) - begun < timedelta(seconds=4)


@pytest.mark.parametrize(
    "reply",
    [
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf an article"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf \r\n"),
        raw(b"nonsense\r\n\r\n"),
        raw(b""),
        Reply(gzip.compress(b"words " * 999)[:-12], headers={"Content-Encoding": "gzip"}),
        Reply(b"not packed", headers={"Content-Encoding": "gzip"}),
        Reply(b"words", headers={"Content-Encoding": "br"}),
    ],
)
def test_half_an_answer_is_no_answer(stand: Newsstand, fetcher: Fetcher, reply: Reply) -> None:
    told = reason(lambda: fetcher.get(stand.put("/a", reply), robots=False))
    assert told in ("broken answer", "broken packing", "unknown packing")


def test_a_dead_host_is_left_alone_after_three_times(tmp_path: Path) -> None:
    fetcher = Fetcher(quick(tmp_path), sleep=lambda seconds: None)
    reasons = [reason(lambda: fetcher.get("http://127.0.0.1:9/", robots=False)) for _ in range(2)]
    assert reasons == ["cannot connect", "host down"]


def test_a_dead_port_says_nothing_of_another_one_of_the_host(stand: Newsstand, fetcher: Fetcher) -> None:
    url = stand.put("/1", b"here")
    for _ in range(4):
        with pytest.raises(FetchError):
            fetcher.get("http://127.0.0.1:1/1")
    assert fetcher.get(url).body == b"here"


@pytest.mark.parametrize("level", [gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]])
def test_packings_that_servers_use(level: Callable[[bytes], bytes]) -> None:
    packed = level(b"words " * 999)
    name = "gzip" if level is gzip.compress else "deflate"
    assert unpack([packed[:7], packed[7:]], name, most_bytes=10_000)[0] == b"words " * 999


def test_unpacking_stops_at_the_limit() -> None:
    with pytest.raises(UnpackError, match="more than 1,000 bytes"):
        unpack([gzip.compress(b"\0" * 10**7)], "gzip", most_bytes=1000)


@pytest.mark.parametrize("target", ["http://[::1", "//[x", "http://a:x/", "javascript:void(0)"])
def test_a_redirect_to_what_is_no_address_is_refused(stand: Newsstand, fetcher: Fetcher, target: str) -> None:
    stand.put("/start", Reply(b"", 302, headers={"Location": target}))
    assert reason(lambda: fetcher.get(stand.url("/start"))) == "bad address"


@pytest.mark.parametrize("value", ["\xb2", "-5", "nan", "9" * 400, "Wed, 21 Oct 99999 07:28:00 GMT"])
def test_a_strange_retry_after_is_passed_over(stand: Newsstand, fetcher: Fetcher, value: str) -> None:
    stand.put("/busy", Reply(b"", 503, headers={"Retry-After": value}))
    assert reason(lambda: fetcher.get(stand.url("/busy"))) == "HTTP 503"


def test_gzip_of_several_members_is_unpacked_whole() -> None:
    packed = gzip.compress(b"first ") + gzip.compress(b"second")
    for chunks in ([packed], [bytes([one]) for one in packed]):
        assert unpack(chunks, "gzip", most_bytes=100)[0] == b"first second"
    assert unpack([gzip.compress(b"words") + b"rest"], "gzip", most_bytes=100)[0] == b"words"
    with pytest.raises(UnpackError, match="more than"):
        unpack([gzip.compress(b"a" * 60) * 2], "gzip", most_bytes=100)


def test_a_large_file_is_fetched_from_an_address_only(fetcher: Fetcher, tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as to:
        assert reason(lambda: fetcher.download("nonsense", to, most_bytes=10)) == "bad address"
