"""Refreshes as Dagster jobs, for teams that run Dagster: a job a corpus, on the schedule of the settings.

Load it with `dagster dev -m pipeline.dagster_definition`; PARALLAX_CORPORA names the corpora, by name or folder,
with commas between. Needs `pip install "parallax-framing[dagster]"`. Parallax's own scheduler does without.
"""

from __future__ import annotations

import os
import re
from typing import Any

from pipeline.corpus import Corpus, load_corpus
from pipeline.errors import InputError, ParallaxError


def definitions(corpora: tuple[str, ...], *, at: str, timezone: str) -> Any:
    """A job and a schedule a corpus, as dagster.Definitions. A schedule is off until somebody turns it on.

    Raises InputError where Dagster is not installed or a corpus cannot be loaded.
    """
    try:
        import dagster
    except ModuleNotFoundError as error:
        raise InputError("Dagster is not installed", remedy='pip install "parallax-framing[dagster]"') from error
    hour, minute = at.split(":")
    jobs = [_job(dagster, load_corpus(corpus)) for corpus in corpora]
    schedules = [
        dagster.ScheduleDefinition(
            job=job, cron_schedule=f"{int(minute)} {int(hour)} * * *", execution_timezone=timezone
        )
        for job in jobs
    ]
    return dagster.Definitions(jobs=jobs, schedules=schedules)


def _job(dagster: Any, corpus: Corpus) -> Any:
    name = "refresh_" + re.sub(r"\W", "_", corpus.name, flags=re.ASCII)

    def refresh(context: Any) -> str:
        from pipeline.nightly import run_refresh
        from pipeline.runs import summary
        from pipeline.settings import load_settings

        try:
            # Loaded anew: the server of definitions may have been up for weeks, and the corpus be another since.
            published = run_refresh(load_corpus(corpus.folder), load_settings(), trigger="schedule")
        except ParallaxError as error:
            raise dagster.Failure(description=str(error)) from error
        found = summary(published)
        context.add_output_metadata({**found["counts"], "snapshot": found["snapshot"]})
        return published.id

    # Dagster reads annotations at run time, where they are only words here.
    refresh.__annotations__ = {"return": str}
    op = dagster.op(name=f"{name}_op", out=dagster.Out(str))(refresh)

    def job() -> None:
        op()

    return dagster.job(name=name)(job)


def __dir__() -> list[str]:
    """With `defs`, so that Dagster finds it where only the module is named."""
    return [*globals(), "defs"]


def __getattr__(name: str) -> Any:
    """`defs`, which Dagster looks for, made when it is asked for."""
    if name != "defs":
        raise AttributeError(name)
    from pipeline.schedule import machine_zone
    from pipeline.settings import load_settings

    settings = load_settings()
    corpora = tuple(filter(None, map(str.strip, os.environ.get("PARALLAX_CORPORA", "").split(","))))
    if not corpora:
        raise InputError("no corpora are named", remedy="set PARALLAX_CORPORA to their names, with commas between")
    return definitions(corpora, at=settings.schedule_at, timezone=settings.schedule_timezone or machine_zone())
