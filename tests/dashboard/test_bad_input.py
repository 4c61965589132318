"""What must not fail: strange questions, vanished snapshots, many readers, texts of a single word."""

from __future__ import annotations

import gzip
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brotli
import pytest

from dashboard.app import create_app
from dashboard.components import GRAPH_CONFIG
from dashboard.pages import all_pages
from dashboard.views.evidence import PLACES
from dashboard.visits import Reader
from pipeline.settings import Settings
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import analyse, asking, make_context, texts

CALLBACK = "/_dash-update-component"
OF_OUTLET = '{"outlet":["MATCH"],"type":"outlet-sentences"}.children'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("store"))
    made_snapshot(folder)
    return folder


def app_of(store: Path) -> Any:
    return create_app(store, "bridge", Settings(store=store), analyse=analyse)


def page_of(answers: list[Any]) -> str:
    return texts(answers[0].answer["response"]["shell-page"]["children"])


def alike(place: Any, summary: Any) -> bytes:
    """A question of one of several elements alike."""
    return json.dumps({
        "output": OF_OUTLET, "outputs": {"id": place, "property": "children"}, "inputs": [{**summary, "value": 1}],
        "state": [{"id": "shell-open", "property": "data"}, {"id": "shell-snapshot", "property": "data"}],
        "changedPropIds": [],
    }).encode()  # fmt: skip


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b"3", b'"x"', b"{}", b'{"output": 3}', b'{"output": "a.b"}', b"\xff\xfe\x00",
    b'{"output": "shell-page.children", "inputs": null}',
    b'{"output": "..x.y...z.w..", "outputs": [], "inputs": [], "changedPropIds": []}',
    b'{"output": "..x.y...z.w..", "outputs": 1, "inputs": [1], "state": {"a": 1}, "changedPropIds": 5}',
    b'{"output": "shell-newer.children", "outputs": {"id": "shell-newer", "property": "children"}, "inputs": [], '
    b'"changedPropIds": []}',
])  # fmt: skip
def test_a_malformed_question_is_refused_not_a_fault(store: Path, body: bytes) -> None:
    client = app_of(store).server.test_client()
    answer = client.post(CALLBACK, data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert client.post(CALLBACK, data=body).status_code < 500


@pytest.mark.parametrize("search", [
    "?", "?=", "?&&&", "?piece", "?piece=%00", "?piece=%ff%fe", "?event=../../etc/passwd", "?since=x&piece=a00",
    "?text=../../../etc/passwd", "?text=" + "f" * 20, "?snapshot=../..", "?snapshot=", "?ground=nowhere&piece=a00",
    "?piece=" + "x" * 20_000, "?" + "a=1&" * 500, "?quantity=x&item=y&step=z", "?topic=-1", "?topic=9" + "9" * 40,
    "?outlet=%F0%9F%92%A9", "?open=%7C%40%23&piece=a00",
])  # fmt: skip
def test_a_strange_address_gives_a_page_everywhere(store: Path, search: str) -> None:
    reader = Reader(asking(app_of(store)))
    for page in all_pages():
        assert page_of(reader.open(page.path, search))
        reader.held = None


@pytest.mark.parametrize("path", [
    "/assets/../app.py", "/assets/..%2fapp.py", "/assets/%2e%2e/%2e%2e/etc/passwd", "/take/../../etc/passwd.csv",
    "/take/..%2f..%2fx.csv", "/report.%2e%2e", "/_dash-component-suites/../../etc/passwd", "/../../etc/passwd",
    "/api/v1/articles/..%2f..%2fmanifest.json", "/api/v1/snapshots?snapshot=..%2f..",
])  # fmt: skip
def test_no_path_leads_out_of_what_is_served(store: Path, path: str) -> None:
    answer = app_of(store).server.test_client().get(path)
    assert answer.status_code < 500
    assert "root:" not in answer.text
    assert "create_app" not in answer.text


def test_an_outlet_that_there_is_not_has_no_sentences(store: Path) -> None:
    reader = Reader(asking(app_of(store)))
    reader.open("/topics")
    reader.values["shell-open.data"] = {"value": "naming|eyesore"}
    assert "No sentence" in json.dumps(reader.call_one(PLACES, 'Nobody\'s "Gazette"', "/topics").answer)


def test_an_empty_corpus_says_what_to_do_on_every_page(tmp_path: Path) -> None:
    reader = Reader(asking(app_of(tmp_path)))
    for page in all_pages():
        assert "parallax refresh" in page_of(reader.open(page.path))


def test_two_readers_on_two_snapshots_each_keep_theirs(tmp_path: Path) -> None:
    old = made_snapshot(tmp_path)
    app = app_of(tmp_path)
    early, late = Reader(asking(app)), Reader(asking(app))
    early.open("/events")
    new = made_snapshot(tmp_path)
    late.open("/events")
    for path in ("/topics", "/outlets", "/events"):
        early.open(path)
        late.open(path)
        assert (early.held, late.held) == (old.id, new.id)


def test_what_is_kept_of_one_dashboard_is_not_shown_by_another(store: Path, tmp_path: Path) -> None:
    made_snapshot(tmp_path)
    shutil.rmtree(tmp_path / "bridge" / "snapshots")
    (tmp_path / "bridge" / "current").unlink()
    full, empty = Reader(asking(app_of(store))), Reader(asking(app_of(tmp_path)))
    assert "Bridge news" not in page_of(empty.open("/events"))
    assert "The bridge opens" in page_of(full.open("/events"))
    assert "parallax refresh" in page_of(empty.open("/events"))


def test_a_snapshot_deleted_while_open_is_a_page_with_words_not_a_fault(tmp_path: Path) -> None:
    kept = made_snapshot(tmp_path)
    reader = Reader(asking(app_of(tmp_path)))
    reader.open("/events")
    shutil.rmtree(kept.folder)
    for page in all_pages():
        assert page_of(reader.open(page.path))
    other = Reader(asking(app_of(tmp_path)))
    assert "refresh" in page_of(other.open("/topics"))


def test_the_same_piece_brought_twice_at_once_is_kept_and_compared_once(store: Path) -> None:
    made: list[str] = []

    def counted(*given: Any) -> dict[str, Any]:
        made.append(given[2].key)
        return analyse(*given)

    context = make_context(store)
    context._analyse = counted
    from dashboard.context import Request

    def bring(_: int) -> str:
        key = context.pieces.keep("The eyesore costs too much. Nobody asked for it.")
        context.ask(Request(snapshot=context.snapshot(None).id, text=key)).result  # noqa: B018 – waits for it
        return key

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(bring, range(8)))
    assert len(keys) == len(made) == 1
    assert [path.name for path in context.pieces.folder.iterdir()] == [f"{keys.pop()}.json"]


def test_the_same_question_is_answered_from_what_was_kept(store: Path) -> None:
    app = app_of(store)
    first, again = (Reader(asking(app)).open("/topics") for _ in range(2))
    assert [a.answer for a in first] == [a.answer for a in again]


def test_no_chart_offers_to_send_itself_away(store: Path) -> None:
    assert GRAPH_CONFIG["showSendToCloud"] is False
    headers = app_of(store).server.test_client().get("/events").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "connect-src 'self'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("can", "does"), [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip")]
)
def test_scripts_come_smaller_to_those_who_can_unpack_them(store: Path, can: str, does: str) -> None:
    client = app_of(store).server.test_client()
    path = "/assets/parallax.js"
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": can})
    assert packed.headers["Content-Encoding"] == does
    assert {"gzip": gzip.decompress, "br": brotli.decompress}[does](packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["X-Content-Type-Options"] == "nosniff"
