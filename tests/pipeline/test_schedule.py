"""Every night: one moment a day whatever the clocks do, missed ones caught up once, one scheduler a store."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler

from pipeline.corpus import Corpus
from pipeline.errors import InputError, WorkError
from pipeline.lock import one_at_a_time
from pipeline.runs import begin_run, end_run
from pipeline.schedule import (
    Nightly,
    Plan,
    due,
    next_fire,
    plan_of,
    read_plan,
    refresh_in_child,
    run_schedule,
    status,
    time_of_day,
    write_plan,
)
from pipeline.settings import Settings, load_settings
from pipeline.units import units, write_units

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


def fires(at: str, zone: str, begin: str, days: int) -> list[datetime]:
    """Every moment within some days, as the scheduler asks for them one after the other, in local time."""
    trigger, moment = Nightly(at, zone), datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo(zone))
    end, found, before = moment + timedelta(days=days), [], None
    while (fire := trigger.get_next_fire_time(before, moment)) < end:
        found.append(fire.astimezone(ZoneInfo(zone)))
        before = fire
    return found


@pytest.mark.parametrize(
    ("zone", "odd", "at"),
    [
        ("Europe/Berlin", "2026-03-29", "02:30"),
        ("Europe/Berlin", "2026-10-25", "02:30"),
        ("America/New_York", "2026-03-08", "02:30"),
        ("America/New_York", "2026-11-01", "01:30"),
        ("America/New_York", "2026-11-01", "02:30"),
        ("Europe/Berlin", "2026-03-29", "02:00"),
        ("Europe/Berlin", "2026-10-25", "03:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15"),
    ],
)
def test_a_night_whose_clocks_change_has_one_refresh(zone: str, odd: str, at: str) -> None:
    begin = (date.fromisoformat(odd) - timedelta(days=3)).isoformat()
    found = fires(at, zone, begin, 7)
    assert [moment.date() for moment in found] == [date.fromisoformat(begin) + timedelta(days=i) for i in range(7)]
    assert all(f"{m:%H:%M}" == at for m in found if m.date().isoformat() != odd)


@pytest.mark.parametrize(
    ("zone", "at", "after", "local"),
    [
        ("Europe/Berlin", "02:30", "2026-03-28T12:00", "2026-03-29T03:30+02:00"),  # 02:30 does not exist
        ("Europe/Berlin", "02:30", "2026-10-24T12:00", "2026-10-25T02:30+02:00"),  # the first of two
        ("America/New_York", "02:30", "2026-03-07T18:00", "2026-03-08T03:30-04:00"),
        ("America/New_York", "01:30", "2026-10-31T18:00", "2026-11-01T01:30-04:00"),
    ],
)
def test_the_moment_of_an_odd_night(zone: str, at: str, after: str, local: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert next_fire(time_of_day(at), ZoneInfo(zone), after=moment) == datetime.fromisoformat(local)


def test_asked_between_the_two_half_past_twos_it_is_the_next_day() -> None:
    between = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    found = next_fire(time_of_day("02:30"), ZoneInfo("Europe/Berlin"), after=between)
    assert found == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_wrong_times_and_zones_are_said(store: Path) -> None:
    settings = load_settings(store=store)
    for wrong in ({"at": "25:00", "timezone": "UTC"}, {"at": "2 am", "timezone": "UTC"}):
        with pytest.raises(InputError, match=r"--at: .*give HH:MM"):
            plan_of(settings, **wrong, now=NOW, by="scheduler")
    with pytest.raises(InputError, match=r'--timezone: no time zone "Mars"'):
        plan_of(settings, at="02:00", timezone="Mars", now=NOW, by="scheduler")


@pytest.fixture
def corpus(make_corpus: Callable[..., Corpus]) -> Corpus:
    return make_corpus()


@pytest.fixture
def settings(store: Path) -> Settings:
    return load_settings(store=store)


def run_nights(corpus: Corpus, settings: Settings, plan: Plan, *, until: int = 1, **more: Any) -> list[datetime]:
    """Runs the scheduler until so many refreshes were run (0: none is due), and gives their moments."""
    found: list[datetime] = []

    def refresh(*_: object) -> int:
        found.append(datetime.now(UTC))
        return 0

    def ready(scheduler: BlockingScheduler, _: Plan) -> None:
        # Ends the scheduler soon after what was due at its start has been run.
        threading.Timer(0.5, scheduler.shutdown, kwargs={"wait": False}).start()

    run_schedule(corpus, settings, plan, refresh=refresh, ready=ready, **more)
    assert len(found) == until
    return found


def test_missed_nights_are_caught_up_once(corpus: Corpus, settings: Settings) -> None:
    now = datetime.now(UTC)
    plan = Plan("02:00", "UTC", now - timedelta(days=9))
    write_plan(settings.store, corpus.name, plan)
    run_nights(corpus, settings, Plan("02:00", "UTC", plan.trigger.get_next_fire_time(None, now)))
    after = read_plan(settings.store, corpus.name)
    assert after is not None
    assert now < after.next <= now + timedelta(days=1, minutes=1)
    run_nights(corpus, settings, after, until=0)


def test_a_plan_for_another_time_takes_the_place_of_the_old_one(corpus: Corpus, settings: Settings) -> None:
    now = datetime.now(UTC)
    write_plan(settings.store, corpus.name, Plan("02:00", "UTC", now - timedelta(days=9)))
    wanted = Plan("03:00", "UTC", now + timedelta(hours=5))
    run_nights(corpus, settings, wanted, until=0)
    assert read_plan(settings.store, corpus.name) == wanted


def test_a_night_that_was_run_is_not_run_again_by_a_scheduler_that_died_before_saying_so(settings: Settings) -> None:
    plan = Plan("02:00", "UTC", datetime(2026, 3, 27, 2, tzinfo=UTC))
    run = begin_run(settings.store, "bridge", trigger="schedule", now=plan.next + timedelta(seconds=1))
    ended = replace(run, outcome="published", ended=NOW)
    assert due(plan, [ended]).next == datetime(2026, 3, 28, 2, tzinfo=UTC)
    assert due(plan, [replace(ended, outcome="killed")]) == plan
    assert due(plan, [replace(ended, trigger="hand")]) == plan


def test_a_second_scheduler_is_told_who_has_it(corpus: Corpus, settings: Settings) -> None:
    lock = settings.store / corpus.name / "schedule.lock"
    with (
        one_at_a_time(lock, what="schedule"),
        pytest.raises(WorkError, match=r"another schedule of bridge is running: process \d+, since"),
    ):
        run_schedule(corpus, settings, Plan("02:00", "UTC", NOW))


ANOTHER = """
import sys
from pathlib import Path
from pipeline.corpus import load_corpus
from pipeline.schedule import read_plan, run_schedule
from pipeline.settings import load_settings

corpus, settings, marks = load_corpus(sys.argv[1]), load_settings(store=Path(sys.argv[2])), Path(sys.argv[3])

def refresh(*_):
    with marks.open("a") as file:
        file.write("refreshed\\n")
    print("refreshing", flush=True)
    sys.stdin.read()  # until the test lets go
    return 0

run_schedule(corpus, settings, read_plan(settings.store, corpus.name), refresh=refresh)
"""


def test_of_two_scheduler_processes_one_runs_the_job_and_the_other_says_who_does(
    corpus: Corpus, settings: Settings, tmp_path: Path
) -> None:
    missed = Plan("02:00", "UTC", datetime.now(UTC) - timedelta(hours=3))
    write_plan(settings.store, corpus.name, missed)
    marks = tmp_path / "marks"
    first = subprocess.Popen(
        [sys.executable, "-c", ANOTHER, corpus.folder, settings.store, marks],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "refreshing\n"
        told = rf"another schedule of bridge is running: process {first.pid}, since \d{{4}}-"
        with pytest.raises(WorkError, match=told):
            run_nights(corpus, settings, missed, until=0)
        assert read_plan(settings.store, corpus.name) == missed  # still due: the one that runs has not ended
    finally:
        first.kill()
        first.communicate()
    assert marks.read_text() == "refreshed\n"
    # It died with the job undone and its lock with it: the next one catches up, once.
    run_nights(corpus, settings, missed)


def test_a_damaged_plan_is_made_anew(corpus: Corpus, settings: Settings) -> None:
    path = settings.store / corpus.name / "schedule.json"
    path.parent.mkdir(parents=True)
    for damaged in ("{", "[]", '{"at": 1}'):
        path.write_text(damaged)
        assert read_plan(settings.store, corpus.name) is None


def test_a_scheduled_refresh_is_a_process_of_its_own(
    corpus: Corpus, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one that was killed is written down at once, not only by the next."""
    run = begin_run(settings.store, corpus.name, trigger="schedule", now=NOW)
    monkeypatch.setattr(
        "pipeline.schedule.refresh_command", lambda *_: ["python3", "-c", "import os; os.kill(os.getpid(), 9)"]
    )
    assert refresh_in_child(corpus, settings) == -9
    lines = (settings.store / corpus.name / "runs" / "ledger.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["began", "ended"]
    assert json.loads(lines[1])["outcome"] == "killed"
    assert json.loads(lines[1])["id"] == run.id


def test_status_says_last_and_next(store: Path) -> None:
    nothing = status(store, "bridge", now=NOW)
    assert (nothing["last"], nothing["next"], nothing["scheduler_running"]) == (None, None, False)
    run = begin_run(store, "bridge", trigger="schedule", now=NOW)
    end_run(store, replace(run, outcome="failed", ended=NOW, error="disk full"))
    write_plan(store, "bridge", Plan("02:30", "Europe/Berlin", NOW, by="systemd"))
    found = status(store, "bridge", now=NOW)
    assert found["last"]["outcome"] == "failed"
    assert found["last"]["error"] == "disk full"
    assert found["last_published"] is None
    assert found["next"] == "2026-03-29T01:30:00+00:00"
    write_plan(store, "bridge", Plan("02:30", "Europe/Berlin", NOW))
    assert status(store, "bridge", now=NOW)["next"] is None  # its scheduler does not run
    with one_at_a_time(store / "bridge" / "schedule.lock", what="schedule"):
        running = status(store, "bridge", now=NOW + timedelta(hours=1))
    assert (running["scheduler_running"], running["overdue"]) == (True, True)
    assert json.dumps(running)


@pytest.mark.parametrize("system", [False, True])
def test_units_name_time_zone_store_and_odd_nights(
    corpus: Corpus, tmp_path: Path, system: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    settings = load_settings(store=tmp_path / "a store 100%")
    plan = Plan("02:30", "Europe/Berlin", NOW, by="systemd")
    made = units(corpus, settings, plan, system=system, now=NOW)
    service, timer = (content for _, content in sorted(made.files.items()))
    read = configparser.RawConfigParser(strict=False, comment_prefixes=("#",), delimiters=("=",))
    read.read_string(service)
    assert f'--store "{tmp_path}/a store 100%%" --scheduled' in read["Service"]["ExecStart"]
    assert ("User" in read["Service"]) == system
    calendar = [line.removeprefix("OnCalendar=") for line in timer.splitlines() if line.startswith("OnCalendar=")]
    assert calendar[:2] == ["*-*-* 02:30:00 Europe/Berlin", "2026-03-29 01:30:00 UTC"]
    assert len(calendar) == 11
    assert "Persistent=true" in timer
    assert made.cron.startswith("CRON_TZ=Europe/Berlin\n30 2 * * * cd ")
    assert "100\\%" in made.cron
    if not system:
        write_units(made)
        assert {path.name for path in (tmp_path / "config/systemd/user").iterdir()} == {
            "parallax-bridge.service", "parallax-bridge.timer",
        }  # fmt: skip
