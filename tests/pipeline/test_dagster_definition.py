"""The definition for Dagster, an optional extra: where it is installed, a job of it is executed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipeline import dagster_definition
from pipeline.benchmarks._synthetic import make_corpus as make_synthetic
from pipeline.corpus import Corpus
from pipeline.dagster_definition import definitions
from pipeline.errors import InputError, WorkError
from pipeline.runs import read_runs
from pipeline.snapshot import current_id

NIGHT = {"at": "02:30", "timezone": "Europe/Berlin"}
needs_dagster = pytest.mark.skipif(
    find_spec("dagster") is None, reason="Dagster, an optional extra, is not installed"
)


@pytest.mark.skipif(find_spec("dagster") is not None, reason="Dagster is installed")
def test_without_dagster_it_says_what_to_install() -> None:
    with pytest.raises(InputError, match=r"parallax-framing\[dagster\]"):
        definitions(("bridge",), **NIGHT)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, store: Path) -> Path:
    """A store that a job finds by the environment, as Dagster's own processes do."""
    monkeypatch.setenv("PARALLAX_STORE", str(store))
    return store


def execute(corpus: Corpus) -> Any:
    """The corpus's job, run to its end in this process."""
    import dagster

    (job,) = definitions((str(corpus.folder),), **NIGHT).jobs
    return job.execute_in_process(instance=dagster.DagsterInstance.ephemeral(), raise_on_error=False)


@needs_dagster
def test_a_job_and_a_schedule_a_corpus_by_name_or_folder(make_corpus: Callable[..., Corpus]) -> None:
    found = definitions((str(make_corpus().folder), "harbour-strike"), **NIGHT)
    schedules = list(found.schedules)
    assert {s.cron_schedule for s in schedules} == {"30 2 * * *"}
    assert {s.execution_timezone for s in schedules} == {"Europe/Berlin"}
    assert {s.job.name for s in schedules} == {"refresh_bridge", "refresh_harbour_strike"}


@needs_dagster
def test_dagster_finds_the_definitions_by_the_name_of_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks through the module's members."""
    from dagster import Definitions

    monkeypatch.setenv("PARALLAX_CORPORA", "harbour-strike, ukraine-2022")
    (found,) = (v for _, v in inspect.getmembers(dagster_definition) if isinstance(v, Definitions))
    assert [job.name for job in found.jobs or ()] == ["refresh_harbour_strike", "refresh_ukraine_2022"]


def test_no_corpora_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARALLAX_CORPORA", raising=False)
    with pytest.raises(InputError, match="set PARALLAX_CORPORA"):
        _ = dagster_definition.defs


@needs_dagster
def test_a_job_publishes_a_snapshot_and_stands_in_the_ledger(home: Path, tmp_path: Path) -> None:
    corpus = make_synthetic(tmp_path / "corpus", range(24), sentences=6)
    result = execute(corpus)
    assert result.success
    published = result.output_for_node("refresh_synthetic_op")
    assert published == current_id(home, corpus.name)
    (run,) = read_runs(home, corpus.name)
    assert (run.outcome, run.trigger, run.snapshot) == ("published", "schedule", published)
    (made,) = result.filter_events(lambda event: event.event_type_value == "STEP_OUTPUT")
    facts = made.step_output_data.metadata
    assert (facts["articles"].value, facts["snapshot"].value) == (24, published)


@needs_dagster
@pytest.mark.usefixtures("home")
def test_a_refresh_that_fails_fails_its_job_with_its_own_words(
    make_corpus: Callable[..., Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refresh(*_: object, **__: object) -> None:
        raise WorkError("another refresh of bridge is running: process 7")

    monkeypatch.setattr("pipeline.nightly.run_refresh", refresh)
    result = execute(make_corpus())
    assert not result.success
    (failure,) = (event for event in result.all_events if event.is_step_failure)
    assert (
        failure.step_failure_data.user_failure_data.description == "another refresh of bridge is running: process 7"
    )
