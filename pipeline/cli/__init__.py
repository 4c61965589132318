"""The command `parallax`. Each module of this package registers some commands; heavy imports wait for use."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import typer

from pipeline.errors import ParallaxError
from pipeline.logs import set_up_logs

app = typer.Typer(
    name="parallax",
    help="Sets the framing of one piece of writing beside what other outlets wrote about the same event.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str, allow_nan=False) + "\n")
    sys.stdout.flush()


def say(line: str) -> None:
    """A line for people, on standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> None:
    """Runs the command; errors meant for people end as one line on standard error and an exit status."""
    # The models lie on disk: no library is to ask a hub for them or for news of itself.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    set_up_logs()
    for name in ("collecting", "refreshing", "comparing", "exporting", "reporting", "serving", "scheduling",
                 "quality"):  # fmt: skip
        _register(name)
    try:
        app()
    except ParallaxError as error:
        say(f"parallax: {error}")
        raise SystemExit(error.exit_status) from error
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def _register(name: str) -> None:
    import importlib

    importlib.import_module(f"pipeline.cli.{name}").register(app)
