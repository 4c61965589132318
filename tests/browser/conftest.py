"""A dashboard that listens on this machine, a browser whose console is read, and axe where it is installed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from waitress import create_server

from dashboard.app import create_app
from dashboard.context import Analyse
from pipeline.settings import Settings
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import analyse

ROOT = Path(__file__).resolve().parent.parent.parent
# What is waited for comes when it comes: a busy machine must not fail a test.
PATIENCE_MILLISECONDS = 60_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)
# Nothing of the browser's own is to reach out of a test, or to fill its console.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         "--disable-gpu", "--disable-dev-shm-usage")  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "args": [*browser_type_launch_args.get("args", ()), *QUIET]}


@pytest.fixture(scope="session")
def browser_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("browser"))
    made_snapshot(folder)
    return folder


def serving(store: Path, how: Analyse | None, *, refresh: Sequence[str] | None = None) -> Iterator[str]:
    """The address of a dashboard that listens until the generator is closed."""
    app = create_app(store, "bridge", Settings(store=store), analyse=how, refresh=refresh)
    app.server.test_client().get("/")
    server = create_server(app.server, host="127.0.0.1", port=0, threads=6)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(10)


@pytest.fixture(scope="session")
def address(browser_store: Path) -> Iterator[str]:
    """A dashboard whose comparisons are made by hand: quick, for everything but the comparison itself."""
    yield from serving(browser_store, analyse)


@pytest.fixture(scope="session")
def real_address(browser_store: Path) -> Iterator[str]:
    """A dashboard that compares as `parallax compare` does."""
    yield from serving(browser_store, None)


@pytest.fixture
def page(page: Any) -> Iterator[Any]:
    """A page whose console has to stay empty, and which asks no other machine for anything."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: said.append(f"asked {request.url}") if _outside(request.url) else None)
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    yield page
    assert said == []


def _outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core (MPL 2.0, so that it is not kept here); skipped where it is not installed."""
    given = os.environ.get("AXE_CORE")
    places = [Path(given)] if given else []
    places += [ROOT / "node_modules" / "axe-core" / "axe.min.js"]
    found = next((path for path in places if path.is_file()), None)
    if found is None:
        pytest.skip("axe-core is not installed (npm install axe-core, or AXE_CORE=path of axe.min.js)")
    return found.read_text(encoding="utf-8")


@pytest.fixture
def check(page: Any, axe: str) -> Callable[[], list[str]]:
    """check(): what axe finds wrong with the page as it stands, a line a fault."""

    def run() -> list[str]:
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for rule in found["violations"]
            for node in rule["nodes"][:3]
        ]

    return run
