"""What a serving process occupies once every page was read, beside the most that it may."""

from __future__ import annotations

from dashboard.benchmarks._questions import asked, connected, questions
from dashboard.benchmarks._serving import serving, shared_out
from pipeline.bench import Line, Setting, Side
from pipeline.benchmarks._large import NAME
from pipeline.errors import WorkError

MOST_MB = 400


def bench(setting: Setting) -> Line:
    """Megabytes: what is resident after readers opened every page, in the larger of the processes that answer, ÷ the
    most. No piece is brought.

    Raises WorkError where torch, bertopic or another library of models was imported.
    """
    every = questions(setting.large_store, NAME, seed=3)
    with serving(setting) as served:
        connection = connected(served.port)
        for question in every:
            asked(connection, question)
        pids = (served.process.pid, *served.others)
        occupied = max((served.memory_bytes(pid) for pid in pids), key=lambda found: found["VmRSS"])
        together, loaded = sum(map(shared_out, pids)), served.loaded()
    if loaded:
        raise WorkError(f"serving imported {', '.join(loaded)} although no piece was brought")
    return Line(
        f"memory of a serving process, {setting.large:,} articles ÷ the most it may be",
        "MB",
        Side("resident", 0.0, occupied["VmRSS"] // 10**6),
        Side("the most", 0.0, MOST_MB),
        of="amount",
        target=1,
        more={
            "its own MB": occupied["RssAnon"] / 1e6,
            "largest ever MB": occupied["VmHWM"] / 1e6,
            "processes": len(pids),
            "together MB": together / 1e6,
        },
    )
