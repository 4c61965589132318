"""Pictures through plotly itself, in a Chromium that is kept running while there is work."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import shutil
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from functools import cache
from typing import Any

from pipeline.errors import WorkError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
START_SECONDS = 60.0  # a cold start takes three; a browser that has not come up by then will not
PICTURE_SECONDS = 60.0
CLOSE_SECONDS = 10.0
INSTALL = "install Chromium (on Debian: apt-get install chromium)"


def browser_path() -> str | None:
    """The Chromium that pictures are drawn with; null where none is installed. BROWSER_PATH names another."""
    named = os.environ.get("BROWSER_PATH")
    if named:
        return named if shutil.which(named) else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One Chromium on a thread of its own. Safe to be used from several threads."""

    def __init__(self) -> None:
        self._started: Future[Any] = Future()
        self._late = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="chromium")
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.create_task(self._open())
        self._loop.run_forever()

    async def _open(self) -> None:
        from kaleido import Kaleido

        try:
            # Without mathjax=False it fetches a script from an outside host.
            kaleido = Kaleido(mathjax=False, n=1, timeout=PICTURE_SECONDS)
            self._started.set_result(await kaleido.__aenter__())
        except (TimeoutError, OSError, RuntimeError, ValueError) as error:
            self._started.set_exception(error)

    def _ready(self) -> Any:
        """The browser, waited for once: where it did not come up in time, the next picture does not wait."""
        try:
            return self._started.result(0 if self._late else START_SECONDS)
        except FutureTimeout:
            self._late = True
            raise

    def close(self) -> None:
        """Ends the browser, so that it leaves no process and no folder behind."""
        if not self._started.done() or self._started.exception() is not None:
            return
        closing = asyncio.run_coroutine_threadsafe(self._started.result().__aexit__(None, None, None), self._loop)
        with contextlib.suppress(OSError, RuntimeError, ValueError, FutureTimeout):
            closing.result(CLOSE_SECONDS)

    def picture(self, figure: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
        """The figure as a file. Raises WorkError where the browser does not start or does not answer."""
        try:
            kaleido = self._ready()
            work = asyncio.run_coroutine_threadsafe(kaleido.calc_fig(dict(figure), dict(options)), self._loop)
            return bytes(work.result(PICTURE_SECONDS))
        except (OSError, RuntimeError, ValueError, FutureTimeout) as error:
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise WorkError(f"Chromium did not draw the picture ({told}); try without the browser") from error


@cache
def shared_browser() -> Browser:
    """The process's one browser, started when first asked for."""
    browser = Browser()
    atexit.register(browser.close)
    return browser


def browser_picture(figure: Mapping[str, Any], form: str, *, width: int, height: int, scale: float) -> bytes:
    """A figure drawn by Chromium, as "png", "svg" or "pdf"."""
    if browser_path() is None:
        raise WorkError(f"there is no Chromium here; {INSTALL}, or leave the choice to Parallax")
    options = {"format": form, "width": width, "height": height, "scale": scale if form == "png" else 1}
    return shared_browser().picture(figure, options)
