"""How long a browser that was never here takes to its first chart, on a line of 20 Mbit a second."""

from __future__ import annotations

from statistics import median
from typing import Any

from dashboard.benchmarks._browser import browser, missing
from dashboard.benchmarks._serving import serving
from pipeline.bench import Line, Setting, Side, timed

TARGET_SECONDS = 4.0
BITS_A_SECOND = 20e6
LATENCY_MS = 20
ROUNDS = 3
PAGE = "/topics"
DRAWN = ".js-plotly-plot .main-svg"


def bench(setting: Setting) -> Line:
    """Seconds from the address to a drawn chart ÷ the most: the median of some rounds, each with an empty cache."""
    title = f"first chart at {BITS_A_SECOND / 1e6:g} Mbit/s ÷ the most it may take"
    if why := missing():
        return Line(title, "charts", Side("not measured", float("nan"), 0), None, of="seconds", target=1, why=why)
    with serving(setting) as served:
        seconds, sent = _rounds(f"http://127.0.0.1:{served.port}{PAGE}")
    return Line(
        title,
        "charts",
        Side(f"{PAGE} in Chromium, median", median(seconds), len(seconds)),
        Side("the most", TARGET_SECONDS, 1),
        of="seconds",
        target=1,
        more={"fastest s": min(seconds), "MB over the line": sent / 1e6},
    )


def _rounds(address: str) -> tuple[list[float], float]:
    """Seconds of each round, and the bytes that the last one's answers had."""
    seconds: list[float] = []
    sent = 0.0
    with browser() as opened:
        for _ in range(ROUNDS):
            context = opened.new_context()
            page = context.new_page()
            line: Any = context.new_cdp_session(page)
            received: list[float] = []
            line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))  # noqa: B023
            line.send("Network.enable")
            line.send("Network.emulateNetworkConditions", {
                "offline": False, "latency": LATENCY_MS, "downloadThroughput": BITS_A_SECOND / 8,
                "uploadThroughput": BITS_A_SECOND / 8,
            })  # fmt: skip

            def first(page: Any = page) -> None:
                page.goto(address, wait_until="commit", timeout=120_000)
                page.wait_for_selector(DRAWN, state="attached", timeout=120_000)

            seconds.append(timed(first))
            sent = sum(received)
            context.close()
    return seconds, sent
