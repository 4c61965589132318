"""The browser that benchmarks ask: one that is installed already, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing() -> str | None:
    """Why no browser can be asked here; null where one can."""
    if _path() is None:
        return "no Chromium is installed"
    return None if find_spec("playwright") else "playwright is not installed"


@contextmanager
def browser() -> Iterator[Any]:
    """A browser without a window, as long as the block runs; only where none is `missing`."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=_path(), args=[*flags, "--disable-gpu"])
        yield opened
        opened.close()


def _path() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)
