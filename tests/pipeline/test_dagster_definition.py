"""The definition for Dagster, an optional extra."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from pipeline.dagster_definition import definitions
from pipeline.errors import InputError


@pytest.mark.skipif(find_spec("dagster") is not None, reason="Dagster is installed")
def test_without_dagster_it_says_what_to_install() -> None:
    with pytest.raises(InputError, match=r"parallax-framing\[dagster\]"):
        definitions(("bridge",), at="02:30", timezone="Europe/Berlin")


@pytest.mark.skipif(find_spec("dagster") is None, reason="Dagster, an optional extra, is not installed")
def test_a_job_and_a_schedule_a_corpus() -> None:
    found = definitions(("bridge", "harbour-strike"), at="02:30", timezone="Europe/Berlin")
    schedules = list(found.schedules)
    assert {s.cron_schedule for s in schedules} == {"30 2 * * *"}
    assert {s.execution_timezone for s in schedules} == {"Europe/Berlin"}
    assert {s.job.name for s in schedules} == {"refresh_bridge", "refresh_harbour_strike"}
