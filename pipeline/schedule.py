"""Every night: when a refresh is due, and one process that sees to it.

What is planned stands in store/<corpus>/schedule.json, as plain JSON: APScheduler's own stores hold pickles.
A day has one moment for its refresh, whatever the clocks do: a time that a spring night skips comes as much
later as was skipped, of one that an autumn night has twice the first counts.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from pipeline.child import refresh_command
from pipeline.corpus import Corpus
from pipeline.durable import replace_text
from pipeline.errors import InputError, WorkError
from pipeline.lock import held, one_at_a_time
from pipeline.nightly import close_killed
from pipeline.runs import Run, read_runs
from pipeline.settings import Settings
from pipeline.snapshot import corpus_folder

log = structlog.get_logger(__name__)
# A scheduler sleeps until the next job; woken each minute, it notices that the clock was set or the machine slept.
WAKE_SECONDS = 60


@dataclass(frozen=True)
class Plan:
    """When a corpus is refreshed. at: HH:MM. next: the moment from which the next one is due. by: who sees to it."""

    at: str
    timezone: str
    next: datetime
    by: str = "scheduler"

    @property
    def trigger(self) -> Nightly:
        return Nightly(self.at, self.timezone)


class Nightly(BaseTrigger):  # type: ignore[misc]
    """APScheduler's form of `next_fire`: once each calendar day of the time zone."""

    def __init__(self, at: str, timezone: str) -> None:
        self.at, self.zone = time_of_day(at), time_zone(timezone)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next moment after the one before, or from now on where there was none."""
        if previous_fire_time is not None:
            return next_fire(self.at, self.zone, after=previous_fire_time)
        return next_fire(self.at, self.zone, after=now - timedelta(microseconds=1))


def next_fire(at: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """The first moment after `after` that is a day's moment for `at`, in UTC."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        # fold 0: the first of two; of a time that does not exist, what it would be by the clock before.
        moment = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment
        day += timedelta(days=1)


def time_of_day(at: str) -> time:
    """HH:MM as a time. Raises InputError."""
    with suppress(ValueError):
        return datetime.strptime(at, "%H:%M").time()
    raise InputError(f'"{at}" is no time of day', remedy="give HH:MM, for instance 02:30", where="--at")


def time_zone(name: str) -> ZoneInfo:
    """A time zone by its name. Raises InputError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise InputError(
            f'no time zone "{name}"', remedy="give one like Europe/Berlin or UTC", where="--timezone"
        ) from error


def machine_zone() -> str:
    """The name of the machine's time zone."""
    from tzlocal import get_localzone_name

    return str(get_localzone_name())


def plan_of(settings: Settings, *, at: str | None, timezone: str | None, now: datetime, by: str) -> Plan:
    """A plan from what was asked for, else from the settings. Raises InputError."""
    at, timezone = at or settings.schedule_at, timezone or settings.schedule_timezone or machine_zone()
    return Plan(at, timezone, next_fire(time_of_day(at), time_zone(timezone), after=now), by)


def read_plan(store: Path, corpus: str) -> Plan | None:
    """What is planned; null where nothing is, or what is written cannot be read."""
    try:
        row = json.loads(_plan_path(store, corpus).read_text(encoding="utf-8"))
        return Plan(row["at"], row["timezone"], datetime.fromisoformat(row["next"]), row["by"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the plan cannot be read and is made anew", corpus=corpus, why=str(error))
        return None


def write_plan(store: Path, corpus: str, plan: Plan) -> None:
    """Writes down what is planned. Raises WorkError where the store cannot be written."""
    path = _plan_path(store, corpus)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps({**asdict(plan), "next": plan.next.isoformat()}))
    except OSError as error:
        raise WorkError(f"cannot write {path}: {error.strerror}; make room or mend the rights") from error


def due(plan: Plan, runs: list[Run]) -> Plan:
    """The plan, a day on where the refresh it waits for was run: its scheduler ended before it could say so."""
    ran = [run.started for run in runs if run.trigger == "schedule" and run.outcome in ("published", "failed")]
    if ran and max(ran) >= plan.next:
        return replace(plan, next=plan.trigger.get_next_fire_time(max(ran), max(ran)))
    return plan


def run_schedule(
    corpus: Corpus,
    settings: Settings,
    wanted: Plan,
    *,
    refresh: Callable[[Corpus, Settings], int] | None = None,
    ready: Callable[[BlockingScheduler, Plan], None] = lambda scheduler, plan: None,
) -> None:
    """Refreshes a corpus every night until interrupted. One scheduler a corpus and store.

    A refresh that was missed while no scheduler ran is caught up once, at the start. refresh: what is done
    when it is time, a process of its own where nothing else is given. Raises WorkError where another
    scheduler runs.
    """
    store, name = settings.store, corpus.name
    with one_at_a_time(corpus_folder(store, name) / "schedule.lock", what=f"schedule of {name}"):
        before = read_plan(store, name)
        same = before is not None and (before.at, before.timezone) == (wanted.at, wanted.timezone)
        plan = replace(due(before, read_runs(store, name)), by="scheduler") if before and same else wanted
        write_plan(store, name, plan)
        scheduler = _scheduler(corpus, settings, plan, refresh or refresh_in_child)
        ready(scheduler, plan)
        with suppress(KeyboardInterrupt, SystemExit):
            scheduler.start()


def _scheduler(
    corpus: Corpus, settings: Settings, plan: Plan, refresh: Callable[[Corpus, Settings], int]
) -> BlockingScheduler:
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(2)},
        # Missed ones are caught up once, however late; one that still runs is not begun again.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    def night() -> None:
        status = refresh(corpus, settings)
        after = datetime.now(UTC)
        # Only now: a scheduler that dies during the refresh finds it due again.
        write_plan(settings.store, corpus.name, replace(plan, next=plan.trigger.get_next_fire_time(after, after)))
        log.info("scheduled refresh ended", corpus=corpus.name, status=status)

    scheduler.add_job(night, plan.trigger, id="refresh", next_run_time=plan.next)
    scheduler.add_job(_wake, "interval", seconds=WAKE_SECONDS, id="wake")
    scheduler.add_listener(
        lambda event: (
            log.warning("still refreshing, this time is skipped", corpus=corpus.name)
            if event.job_id == "refresh"
            else None
        ),
        EVENT_JOB_MAX_INSTANCES,
    )
    return scheduler


def _wake() -> None:
    """Nothing: being woken is the point."""


def refresh_in_child(corpus: Corpus, settings: Settings) -> int:
    """A refresh in a process of its own, and its exit status: memory goes back, and what kills it spares us."""
    done = subprocess.run(refresh_command(corpus, settings, "schedule"), check=False, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 1, 2):
        close_killed(corpus.name, settings)
    return done.returncode


def status(store: Path, corpus: str, *, now: datetime) -> dict[str, Any]:
    """What `parallax schedule status --json` prints: the last run, the next, and who sees to it.

    `next` is null where nothing is planned, or its scheduler does not run; `overdue` says that the planned
    moment has passed.
    """
    plan, runs = read_plan(store, corpus), read_runs(store, corpus)
    running = held(corpus_folder(store, corpus) / "schedule.lock")
    upcoming = None
    if plan is not None and (plan.by != "scheduler" or running):
        upcoming = plan.next if plan.by == "scheduler" else plan.trigger.get_next_fire_time(None, now)
    ended = [run for run in runs if run.outcome != "running"]
    published = [run for run in ended if run.snapshot is not None]
    return {
        "corpus": corpus,
        "at": plan and plan.at,
        "timezone": plan and plan.timezone,
        "by": plan and plan.by,
        "scheduler_running": running,
        "refresh_running": any(run.outcome == "running" for run in runs),
        "next": upcoming and upcoming.isoformat(timespec="seconds"),
        "overdue": bool(upcoming and upcoming < now),
        "last": ended[-1].as_json() if ended else None,
        "last_published": published[-1].as_json() if published else None,
    }


def _plan_path(store: Path, corpus: str) -> Path:
    return corpus_folder(store, corpus) / "schedule.json"
