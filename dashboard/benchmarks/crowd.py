"""The same callbacks asked by 32 readers at once, none of whom pauses."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median

from dashboard.benchmarks._questions import asked, connected, percentile, questions
from dashboard.benchmarks._serving import serving
from pipeline.bench import Line, Setting, Side, timed
from pipeline.benchmarks._large import NAME

READERS = 32
EACH = 15  # questions a reader
TARGET_SECONDS = 0.500


def bench(setting: Setting) -> Line:
    """The 95th percentile of the answers' seconds. Questions are drawn at random, so that some are asked for the
    first time and some are not, as among readers of one evening."""
    every = questions(setting.large_store, NAME, seed=2)

    with serving(setting) as served, ThreadPoolExecutor(READERS) as pool:

        def read(number: int) -> list[float]:
            rng, connection = random.Random(number), connected(served.port)
            drawn = rng.choices(every, k=EACH)
            return [timed(partial(asked, connection, question)) for question in drawn]

        begin, cpu = time.perf_counter(), served.cpu_seconds()
        found = [seconds for one in pool.map(read, range(READERS)) for seconds in one]
        took, cpu = time.perf_counter() - begin, served.cpu_seconds() - cpu
    return Line(
        f"95th percentile of callbacks of {READERS} readers at once, {setting.large:,} articles ÷ the most it may be",
        "callbacks",
        Side("p95", percentile(found, 0.95), len(found)),
        Side("the most", TARGET_SECONDS, 1),
        of="seconds",
        target=1,
        more={"median s": median(found), "callbacks a second": len(found) / took,
              "CPU s a callback": cpu / len(found)},
    )  # fmt: skip
