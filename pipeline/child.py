"""The command of a refresh that is a process of its own: memory goes back, and what kills it spares who began it."""

from __future__ import annotations

import sys

from pipeline.corpus import Corpus
from pipeline.runs import Trigger
from pipeline.settings import Settings


def refresh_command(corpus: Corpus, settings: Settings, trigger: Trigger) -> list[str]:
    """What to run, with this Python and in this working folder."""
    call = [sys.executable, "-c", "from pipeline.cli import main; main()", "refresh"]
    call += ["--corpus", str(corpus.folder), "--store", str(settings.store.resolve())]
    return [*call, "--scheduled"] if trigger == "schedule" else call
