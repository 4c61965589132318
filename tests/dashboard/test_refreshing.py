"""Refreshes from the page: who may start one, that there is one at a time, and what the page says of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.allowing import Asker
from dashboard.pages import refreshes
from dashboard.refreshing import Refresher
from pipeline.collect.health import health_of
from pipeline.errors import WorkError
from pipeline.library.runs import SourceRun
from pipeline.lock import one_at_a_time
from pipeline.runs import begin_run, end_run, read_runs
from pipeline.settings import Settings
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import make_context, texts

HERE = {"remote": "127.0.0.1", "host": "localhost:8050", "headers": {}}
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def refresher(store: Path, *command: str, **settings: Any) -> Refresher:
    return Refresher(store, "bridge", Settings(store=store, **settings), command or None)


def ended(started: Refresher) -> None:
    """Waits for the process that was started."""
    assert started._child is not None
    started._child.wait(60)


@pytest.mark.parametrize(
    ("settings", "asked", "may"),
    [
        ({}, HERE, True),
        ({}, {**HERE, "host": "[::1]:8050", "remote": "::1"}, True),
        ({}, {**HERE, "remote": "10.0.0.7"}, False),
        ({}, {**HERE, "host": "rebound.example:8050"}, False),
        ({}, {**HERE, "headers": {"X-Forwarded-For": "203.0.113.9"}}, False),
        ({"host": "0.0.0.0"}, HERE, False),
        ({"host": "0.0.0.0", "refresh_from_page": "all"}, {**HERE, "remote": "10.0.0.7"}, True),
        ({"refresh_from_page": "none"}, HERE, False),
    ],
)
def test_who_may_start_a_refresh(tmp_path: Path, settings: dict[str, Any], asked: dict[str, Any], may: bool) -> None:
    assert (refresher(tmp_path, "true", **settings).refusal(Asker(**asked)) is None) is may


def test_without_a_command_nobody_can(tmp_path: Path) -> None:
    nobody = refresher(tmp_path, refresh_from_page="all")
    assert "parallax refresh" in (nobody.refusal(Asker(**HERE)) or "")
    with pytest.raises(WorkError, match="parallax refresh"):
        nobody.start()


def test_a_second_refresh_is_refused_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    one = refresher(tmp_path, "true")
    with one_at_a_time(tmp_path / "bridge" / "refresh.lock", what="refresh"):
        assert one.standing().state == "running"
        with pytest.raises(WorkError, match=r"process .*since"):
            one.start()
    assert one.standing().state == "idle"


def test_a_refresh_is_a_process_of_its_own_and_its_failure_is_told(tmp_path: Path) -> None:
    one = refresher(tmp_path, sys.executable, "-c", "import sys; sys.exit('corpus.toml:3: mend the syntax')")
    one.start()
    ended(one)
    standing = one.standing()
    assert (standing.state, standing.words) == ("failed", "corpus.toml:3: mend the syntax")
    made_snapshot(tmp_path)
    context = make_context(tmp_path)
    context.refresher = one
    assert "mend the syntax" in texts(refreshes.now(context, standing))


def test_while_one_runs_the_page_names_its_stage_and_offers_no_other(tmp_path: Path) -> None:
    made_snapshot(tmp_path)
    context = make_context(tmp_path)
    run = begin_run(tmp_path, "bridge", trigger="hand", now=NOW)
    standing = context.refresher.standing()
    assert standing.busy
    assert "under way" in texts(refreshes.now(context, standing))
    with pytest.raises(WorkError, match="under way"):
        context.refresher.start()
    end_run(tmp_path, replace(run, outcome="failed", ended=NOW, error="no articles"))
    assert context.refresher.standing().state == "idle"


def test_the_ledger_shows_every_run_with_its_reasons(tmp_path: Path) -> None:
    made_snapshot(tmp_path)
    for i, outcome in enumerate(("published", "failed")):
        run = begin_run(tmp_path, "bridge", trigger="schedule", now=NOW + timedelta(days=i))
        facts = {"drops": {"too short": 7}, "failures": {"the feed": "503"}, "seconds": {"topics": 61.0}}
        end = run.started + timedelta(seconds=199)
        end_run(tmp_path, replace(run, outcome=outcome, ended=end, error="disk full" if i else None, **facts))
    context = make_context(tmp_path)
    assert len(read_runs(tmp_path, "bridge")) == 2
    shown = texts(refreshes.PAGE.layout(context, context.snapshot(None), {}))
    for words in ("3 min 19 s", "too short", "the feed: 503", "disk full", "topics", "20 November 2026, 02:00 UTC"):
        assert words in shown


def test_the_next_refresh_is_said_where_one_is_planned(tmp_path: Path) -> None:
    from pipeline.schedule import Plan, write_plan

    made_snapshot(tmp_path)
    context = make_context(tmp_path)
    assert "none planned" in texts(refreshes.now(context, context.refresher.standing()))
    write_plan(tmp_path, "bridge", Plan("02:30", "Europe/Berlin", NOW, by="systemd"))
    assert "02:30 Europe/Berlin each day, by systemd" in texts(refreshes.now(context, context.refresher.standing()))


def test_sources_that_fail_night_after_night_are_named_first() -> None:
    def ran(source: str, day: int, failed: str | None) -> SourceRun:
        return SourceRun(source, NOW + timedelta(days=day), 1.0, listed=4, new=4, failed=failed)

    runs = [ran("a", day, None) for day in range(4)] + [ran("b", day, "503" if day else None) for day in range(4)]
    first, second = health_of(sorted(runs, key=lambda run: run.started), limit=3)
    assert (first.last.source, first.nights_failing, first.flag) == ("b", 3, "failing for 3 nights")
    assert (first.answered, second.flag) == (NOW, None)


def test_a_library_that_cannot_be_read_harms_its_own_part_alone(tmp_path: Path) -> None:
    made_snapshot(tmp_path)
    (tmp_path / "library.sqlite").write_bytes(b"no database" * 100)
    context = make_context(tmp_path)
    shown = texts(refreshes.PAGE.layout(context, context.snapshot(None), {}))
    assert "That did not work" in shown
    assert "Snapshots" in shown
