"""Every page's callbacks, asked by one reader, beside the longest that one may take."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from dashboard.benchmarks._questions import Told, asked, connected, percentile, questions
from dashboard.benchmarks._serving import serving
from pipeline.bench import Line, Setting, Side
from pipeline.benchmarks._large import NAME

TARGET_SECONDS = 0.060


def bench(setting: Setting) -> Line:
    """The 95th percentile of the answers' seconds, each question asked for the first time; and asked again.

    A server that has begun answers what it expects before anybody asks: how many answers were made only now, and how
    long these took, is said. CPU: the same of the time that the serving process ran, which other work on the machine
    does not lengthen.
    """
    every = questions(setting.large_store, NAME)
    told: list[Told] = []
    cpu: list[float] = []
    slow: dict[str, list[float]] = defaultdict(list)
    with serving(setting) as served:
        connection = connected(served.port)
        for question in every:
            before = served.cpu_seconds()
            told.append(asked(connection, question))
            cpu.append(served.cpu_seconds() - before)
            slow[question.name].append(cpu[-1])
        again = [asked(connection, question).seconds for question in every]
    first, made = [answer.seconds for answer in told], [answer.seconds for answer in told if answer.made]
    setting.told("CPU milliseconds by callback: " + ", ".join(
        f"{name} {1000 * median(some):.0f}" for name, some in sorted(slow.items(), key=lambda e: -median(e[1]))
    ))  # fmt: skip
    return Line(
        f"95th percentile of callbacks of one reader, {setting.large:,} articles ÷ the most it may be",
        "callbacks",
        Side("asked for the first time, p95", percentile(first, 0.95), len(first)),
        Side("the most", TARGET_SECONDS, 1),
        of="seconds",
        target=1,
        more={"median s": median(first), "made only now": len(made), "p95 s of these": percentile(made, 0.95),
              "p95 s asked again": percentile(again, 0.95),
              "p95 s of CPU": percentile(cpu, 0.95), "median s of CPU": median(cpu)},
    )  # fmt: skip
