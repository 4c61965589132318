"""The same callbacks asked by 32 readers at once, none of whom pauses."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from dashboard.benchmarks._questions import Told, asked, connected, percentile, questions
from dashboard.benchmarks._serving import serving
from pipeline.bench import Line, Setting, Side
from pipeline.benchmarks._large import NAME

READERS = 32
EACH = 15  # questions a reader
TARGET_SECONDS = 0.500


def bench(setting: Setting) -> Line:
    """The 95th percentile of the answers' seconds. Questions are drawn at random, so that some are asked for the
    first time and some are not, as among readers of one evening. A server that has begun answers what it expects
    before anybody asks: how many answers were made only for who asked, and how long these took, is said."""
    every = questions(setting.large_store, NAME, seed=2)

    with serving(setting) as served, ThreadPoolExecutor(READERS) as pool:

        def read(number: int) -> list[Told]:
            rng, connection = random.Random(number), connected(served.port)
            return [asked(connection, question) for question in rng.choices(every, k=EACH)]

        begin, cpu = time.perf_counter(), served.cpu_seconds()
        told = [answer for one in pool.map(read, range(READERS)) for answer in one]
        took, cpu = time.perf_counter() - begin, served.cpu_seconds() - cpu
    found, made = [answer.seconds for answer in told], [answer.seconds for answer in told if answer.made]
    return Line(
        f"95th percentile of callbacks of {READERS} readers at once, {setting.large:,} articles ÷ the most it may be",
        "callbacks",
        Side("p95", percentile(found, 0.95), len(found)),
        Side("the most", TARGET_SECONDS, 1),
        of="seconds",
        target=1,
        more={"median s": median(found), "made for who asked": len(made), "p95 s of these": percentile(made, 0.95),
              "callbacks a second": len(found) / took, "CPU s a callback": cpu / len(found)},
    )  # fmt: skip
