"""The command `parallax`. Each module of this package registers some commands; heavy imports wait for use."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

import typer
from typer.exceptions import TyperException

from pipeline.errors import ParallaxError
from pipeline.logs import set_up_logs

app = typer.Typer(
    name="parallax",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("parallax-framing"))
        raise typer.Exit


@app.callback()
def parallax(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Say the version and end."
    ),
) -> None:
    """Sets the framing of one piece of writing beside what other outlets wrote about the same event."""


def print_json(document: Any) -> None:
    """One JSON document on standard output; in escapes where that is not UTF-8, or a name is half a character."""
    text = json.dumps(document, ensure_ascii=False, default=str, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(document, default=str, allow_nan=False)
    sys.stdout.write(text + "\n")
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
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without letters for a title still shows the rest
        sys.stdout.reconfigure(errors="backslashreplace")
    set_up_logs()
    for name in ("collecting", "refreshing", "comparing", "exporting", "reporting", "serving", "scheduling",
                 "quality", "coding"):  # fmt: skip
        _register(name)
    raise SystemExit(_run())


def _run() -> int:
    """The exit status: 0 done, 1 the work failed, 2 wrong arguments or a wrong file, 130 interrupted."""
    try:
        status = app(prog_name="parallax", standalone_mode=False)
    except ParallaxError as error:
        say(f"parallax: {error}")
        return error.exit_status
    except TyperException as error:
        return _wrong_arguments(error)
    except typer.Abort:
        say("parallax: ended")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say(f"parallax: {place}{error.strerror or error}; see that it can be read or written, and that there is room")
        return 1
    return status if isinstance(status, int) else 0


def _wrong_arguments(error: TyperException) -> int:
    """One line on what is wrong and where help is; nothing where a command without arguments gave its help."""
    message = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    if message:
        say(f"parallax: {message}; see `{context.command_path if context else 'parallax'} --help`")
    return 2


def _register(name: str) -> None:
    import importlib

    importlib.import_module(f"pipeline.cli.{name}").register(app)
