"""What is made before a reader asks, and what is then not made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_page_that_has_written_its_own_address_is_not_drawn_anew(store: Path) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    reader = Reader(asking(app))
    reader.open("/topics", "?topic=0")
    reader.frame["shell-written.data"] = "/topics?topic=0"
    with pytest.raises(KeyError):  # nothing is answered
        reader.open("/topics", "?topic=0")
