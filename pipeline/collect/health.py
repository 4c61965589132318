"""What stands out in a source's runs: failing for days, suddenly nothing, suddenly ten times as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from pipeline.library.runs import SourceRun

LEAST_RUNS = 3  # fewer runs say nothing about what is usual
USUAL_RUNS = 14  # two weeks: longer ago, a source may have been another
LEAST_USUAL = 3  # a source that usually gives one or two may well give none
FLOOD = 10
LEAST_FLOOD = 20  # ten times one article is no flood


@dataclass(frozen=True)
class Health:
    """How a source stands after its last run. answered: when it last did; null where it never has."""

    last: SourceRun
    answered: datetime | None
    nights_failing: int
    flag: str | None


def health_of(runs: Sequence[SourceRun], *, limit: int) -> list[Health]:
    """How each source stands, the ones to look at first, then by name. runs: of all sources, oldest first."""
    by_source: dict[str, list[SourceRun]] = {}
    for run in runs:
        by_source.setdefault(run.source, []).append(run)
    found = []
    for mine in by_source.values():
        failing = nights_failing(mine)
        well = [run.started for run in mine if run.failed is None]
        flag = flag_of(mine[-1], mine[:-1], failing=failing, limit=limit)
        found.append(Health(mine[-1], well[-1] if well else None, failing, flag))
    return sorted(found, key=lambda one: (one.flag is None, one.nights_failing == 0, one.last.source))


def nights_failing(runs: Sequence[SourceRun]) -> int:
    """Days in a row, up to the last run's, on which every run failed. runs: of one source, oldest first."""
    days: dict[object, bool] = {}
    for run in runs:
        day = run.started.date()
        days[day] = days.get(day, True) and run.failed is not None
    count = 0
    for failed in reversed(days.values()):
        if not failed:
            break
        count += 1
    return count


def flag_of(run: SourceRun, before: Sequence[SourceRun], *, failing: int, limit: int) -> str | None:
    """What somebody should look at; null where nothing stands out. before: earlier runs, oldest first."""
    if failing >= limit:
        return f"failing for {failing} nights"
    if run.failed is not None or run.listed is None:
        return None
    usual = [one.came for one in before if one.failed is None and one.listed is not None][-USUAL_RUNS:]
    if len(usual) < LEAST_RUNS:
        return None
    typical = median(usual)
    if run.came == 0 and typical >= LEAST_USUAL:
        return f"gave nothing, usually {typical:g}"
    if run.came >= LEAST_FLOOD and run.came >= FLOOD * max(typical, 1):
        return f"gave {run.came}, usually {typical:g}"
    return None
