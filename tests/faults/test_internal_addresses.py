"""Addresses inside this machine, its network or its cloud are refused, however they are written or reached."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.collect.answer import FetchError
from pipeline.collect.guard import is_public
from pipeline.collect.http import Fetcher
from tests.newsstand import Newsstand, Reply, local_fetcher, open_newsstand, quick


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with open_newsstand() as opened:
        opened.put("/secret", b"the inside of this machine")
        yield opened


FORMS = [
    "http://127.0.0.1:{port}/secret",
    "http://127.1:{port}/secret",
    "http://127.0.1:{port}/secret",
    "http://2130706433:{port}/secret",  # decimal
    "http://0x7f000001:{port}/secret",  # hexadecimal
    "http://0x7f.0x0.0x0.0x1:{port}/secret",
    "http://0177.0.0.1:{port}/secret",  # octal
    "http://017700000001:{port}/secret",
    "http://0:{port}/secret",
    "http://0.0.0.0:{port}/secret",
    "http://localhost:{port}/secret",
    "http://localhost.:{port}/secret",
    "http://LOCALHOST:{port}/secret",
    "http://[::1]:{port}/secret",
    "http://[::]:{port}/secret",
    "http://[::ffff:127.0.0.1]:{port}/secret",  # IPv4 mapped into IPv6
    "http://[::ffff:7f00:1]:{port}/secret",
    "http://[::127.0.0.1]:{port}/secret",  # IPv4-compatible
    "http://[64:ff9b::7f00:1]:{port}/secret",  # NAT64
    "http://[64:ff9b:1::a9fe:a9fe]:{port}/secret",
    "http://[2002:7f00:1::]:{port}/secret",  # 6to4
    "http://[fe80::1]:{port}/secret",
    "http://[fd00:ec2::254]:{port}/secret",  # a cloud's metadata service
    "http://[fec0::1]:{port}/secret",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/machine/",
    "http://100.100.100.200/latest/meta-data/",  # shared address space
    "http://192.0.0.192/latest/",
    "http://10.0.0.1/secret",
    "http://172.16.0.1/secret",
    "http://192.168.1.1/secret",
    "http://198.18.0.1/secret",
    "http://224.0.0.1/secret",
    "http://255.255.255.255/secret",
    "http://１２７.0.0.1:{port}/secret",  # full-width digits
    "http://①②⑦.⓪.⓪.①:{port}/secret",
]


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_internal_addresses_are_refused(stand: Newsstand, tmp_path: Path, form: str) -> None:
    fetcher = Fetcher(quick(tmp_path, allow_hosts=()))
    with pytest.raises(FetchError) as caught:
        fetcher.get(form.format(port=stand.port))
    assert caught.value.reason in ("internal address", "bad address", "cannot connect")
    if "127" in form or "localhost" in form:
        assert caught.value.reason != "cannot connect"
    assert not stand.asked
    fetcher.close()


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://bag.test/x", "gopher://127.0.0.1/", "http://", "http://u:p@bag.test/", "//x", ""],
)
def test_other_schemes_and_passwords_are_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(FetchError) as caught:
        Fetcher(quick(tmp_path)).get(address)
    assert caught.value.reason == "bad address"


def answers(*rounds: list[str]) -> tuple[list[list[str]], object]:
    """A name server that answers each list in turn, the last for ever."""
    left = list(rounds)

    def resolve(host: str, port: int) -> list[str]:  # noqa: ARG001
        return left.pop(0) if len(left) > 1 else left[0]

    return left, resolve


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["169.254.169.254"],
        ["64:ff9b::a00:1"],
    ],
)
def test_a_public_name_with_an_internal_address_is_refused(
    stand: Newsstand, tmp_path: Path, found: list[str]
) -> None:
    _, resolve = answers(found)
    fetcher = local_fetcher(quick(tmp_path, allow_hosts=()), resolve=resolve)
    with pytest.raises(FetchError) as caught:
        fetcher.get(f"http://bag.test:{stand.port}/secret")
    assert caught.value.reason == "internal address"
    assert not stand.asked


def test_the_checked_address_is_the_one_that_is_dialled(
    stand: Newsstand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that says a public address to the check and this machine to the dial finds no second question."""
    import httpcore

    dialled: list[str] = []

    def connect(self: object, host: str, *rest: object, **more: object) -> None:  # noqa: ARG001
        dialled.append(host)
        raise httpcore.ConnectError("not today")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    asked = []

    def resolve(host: str, port: int) -> list[str]:  # noqa: ARG001
        asked.append(host)
        return ["93.184.216.34"]

    with pytest.raises(FetchError):
        local_fetcher(quick(tmp_path, allow_hosts=()), resolve=resolve).get(
            f"http://bag.test:{stand.port}/", robots=False
        )
    assert set(dialled) == {"93.184.216.34"}
    assert len(asked) == len(dialled)


def test_a_name_that_turns_inward_later_is_refused_then(stand: Newsstand, tmp_path: Path) -> None:
    """Each new connection is checked, not each name once."""
    stand.put("/page", Reply(b"words", headers={"Connection": "close"}), host="bag.test")
    stand.put("/robots.txt", Reply(b"", headers={"Connection": "close"}), host="bag.test")
    allowed = quick(tmp_path, allow_hosts=("bag.test",))
    fetcher = local_fetcher(allowed)
    assert fetcher.get(stand.url("/page", "bag.test")).body == b"words"
    turned = local_fetcher(quick(tmp_path, allow_hosts=()))
    with pytest.raises(FetchError) as caught:
        turned.get(stand.url("/page", "bag.test"))
    assert caught.value.reason == "internal address"


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/secret", "http://2130706433:{port}/secret", "//localhost:{port}/secret",
     "http://[::ffff:127.0.0.1]:{port}/secret", "file:///etc/passwd"],
)  # fmt: skip
def test_a_redirect_inward_is_refused(stand: Newsstand, tmp_path: Path, target: str) -> None:
    where = {"Location": target.format(port=stand.port)}
    stand.put("/start", Reply(b"", 302, headers=where), host="bag.test")
    # The outlet itself is allowed by name; where it leads is not.
    fetcher = Fetcher(
        quick(tmp_path, allow_hosts=("bag.test",)),
        resolve=lambda host, port: ["127.0.0.1"] if host == "bag.test" else ["127.0.0.1", "::1"],
    )
    with pytest.raises(FetchError) as caught:
        fetcher.get(stand.url("/start", "bag.test"))
    assert caught.value.reason in ("internal address", "bad address")
    assert stand.asked["127.0.0.1/secret"] == 0


def test_a_host_is_allowed_by_its_name_and_port_only(stand: Newsstand, tmp_path: Path) -> None:
    fetcher = Fetcher(quick(tmp_path, allow_hosts=(f"127.0.0.1:{stand.port}",)))
    assert fetcher.get(stand.url("/secret")).body == b"the inside of this machine"
    with pytest.raises(FetchError) as caught:
        fetcher.get(f"http://127.0.0.1:{stand.port + 1}/secret")
    assert caught.value.reason == "internal address"


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450::1"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
