"""What is made before a reader asks, and what is then not made anew."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from dashboard.answers import ANSWERS, TIMING, Answers
from dashboard.app import LIKELY, create_app
from dashboard.visits import Reader
from dashboard.warm import warm_likely
from pipeline.settings import Settings
from pipeline.snapshot import open_snapshot
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import analyse, asking


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("store"))
    made_snapshot(folder)
    return folder


def test_what_readers_open_next_is_made_beforehand(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    likely = app.server.extensions[LIKELY]()
    assert likely["/topics"]
    assert likely["/events"]
    assert "?outlet=The+Plumb+Line" in likely["/outlets"]
    warm_likely(app.server)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it is made anew")

    made = ("outlets-profile.", "outlets-drivers.", "outlets-outlet-map.", "shell-page.")
    for name, callback in app.callback_map.items():
        if any(one in name for one in made):
            monkeypatch.setitem(callback, "callback", never)
    reader = Reader(asking(app), held=open_snapshot(store, "bridge").id)
    reader.frame["shell-written.data"] = "/topics"  # who comes from another page
    answers = reader.open("/outlets", "?outlet=The+Plumb+Line")
    assert any("outlets-profile" in answer.output for answer in answers)


def test_an_answer_says_whether_it_was_kept(store: Path) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    client = app.server.test_client()
    timings: list[str] = []

    def ask(path: str, sent: Any) -> Any:
        answer = client.get(path) if sent is None else client.post(path, json=sent)
        timings.append(answer.headers.get(TIMING, ""))
        return answer.get_json(silent=True) or {}

    reader = Reader(ask)
    reader.open("/outlets")
    timings.clear()
    reader.open("/topics")
    assert all(timing.startswith("made;dur=") for timing in timings)
    timings.clear()
    reader.open("/topics")
    assert "kept" in timings


def test_what_nobody_has_asked_for_displaces_an_older_snapshots_answers_up_to_its_share(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    answers: Answers = app.server.extensions[ANSWERS]
    monkeypatch.setattr(answers, "_most", 100_000)
    for i in range(10):
        answers._keep(f"older {i}", random.Random(i).randbytes(10_000))
    full = answers.ever_kept
    warm_likely(app.server)
    assert answers.beforehand < answers.ever_kept - full < 100_000
    assert 0 < sum(key.startswith("older") for key in answers._kept) < 5


def test_the_likeliest_of_every_page_come_first(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    likely = app.server.extensions[LIKELY]()
    opened: list[tuple[str, str]] = []

    def note(self: Reader, path: str, search: str = "") -> None:
        self.held = "held"
        opened.append((path, search))

    monkeypatch.setattr(Reader, "open", note)
    warm_likely(app.server)
    firsts = [(path, some[0]) for path, some in likely.items() if some]
    assert list(dict.fromkeys(opened))[: len(firsts)] == firsts
    assert {search for path, search in opened if path == "/topics"} == set(likely["/topics"])


def test_a_page_that_has_written_its_own_address_is_not_drawn_anew(store: Path) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    reader = Reader(asking(app))
    reader.open("/topics", "?topic=0")
    reader.frame["shell-written.data"] = "/topics?topic=0"
    with pytest.raises(KeyError):  # nothing is answered
        reader.open("/topics", "?topic=0")
