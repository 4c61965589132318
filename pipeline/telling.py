"""Telling how a refresh went: log lines with the run's id, a summary for people, hooks, metrics.

Hooks are told of trouble: a run that failed or was killed, or a source that somebody should look at. What
telling itself fails at is logged and written down, and never makes the run fail.
"""

from __future__ import annotations

import json
import shlex
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import structlog

from pipeline.runs import Run
from pipeline.settings import Settings

log = structlog.get_logger(__name__)


@contextmanager
def lines_of(run: Run) -> Iterator[None]:
    """Log lines in the block carry the run's id and corpus."""
    with structlog.contextvars.bound_contextvars(run=run.id, corpus=run.corpus):
        yield


def trouble(run: Run) -> str | None:
    """What somebody should know of a run, in one line; null where nothing is amiss."""
    if run.outcome in ("failed", "killed"):
        return f"the refresh of {run.corpus} was {run.outcome}: {run.error}".replace("was failed", "failed")
    if run.sick:
        sick = "; ".join(f"{source} {why}" for source, why in run.sick.items())
        return f"sources of {run.corpus} to look at: {sick}"
    return None


def for_people(run: Run) -> str:
    """A run in some lines that a person reads."""
    took = "" if run.took_seconds is None else f", {run.took_seconds:,.0f} s"
    lines = [
        f"{run.corpus}: {run.outcome}, begun {run.started:%d %b %Y %H:%M} UTC{took} (run {run.id}, {run.trigger})"
    ]
    if run.snapshot is not None:
        lines.append(f"snapshot {run.snapshot}: " + ", ".join(f"{n:,} {name}" for name, n in run.counts.items()))
    elif run.outcome in ("failed", "killed"):
        lines.append("the former snapshot stays in force, the next refresh goes on from what was kept")
    lines += [] if run.error is None else [f"why: {run.error}"]
    lines += [f"not measured or refused: {n:,} – {reason}" for reason, n in run.drops.items()]
    lines += [f"failed: {source} – {why}" for source, why in run.failures.items()]
    lines += [f"look at: {source} – {why}" for source, why in run.sick.items()]
    lines += [f"note: {name}: {n:,}" for name, n in run.notes.items()]
    if run.seconds:
        lines.append("seconds: " + ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in run.seconds.items()))
    return "\n".join(lines)


def tell(run: Run, settings: Settings) -> dict[str, str]:
    """Tells of a run's trouble by every way that is set: way → "done", or why it failed. None where all is well."""
    what = trouble(run)
    if what is None:
        return {}
    ways: dict[str, tuple[bool, Callable[[Run, str, Settings], None]]] = {
        "command": (bool(settings.hook_command), _by_command),
        "webhook": (settings.hook_webhook is not None, _by_webhook),
        "mail": (bool(settings.hook_mail_to), _by_mail),
    }
    told = {}
    for way, (wanted, by) in ways.items():
        if wanted:
            try:
                by(run, what, settings)
                told[way] = "done"
            except _Untold as error:
                told[way] = str(error)
                log.warning("nobody was told", way=way, why=str(error))
    return told


class _Untold(Exception):  # noqa: N818 – says what it is
    """A way of telling failed. The message holds no secret."""


def document(run: Run, what: str) -> dict[str, Any]:
    """What hooks are given: the run as JSON, with `trouble` and `text` beside it."""
    return {**run.as_json(), "trouble": what, "text": f"{what}\n\n{for_people(run)}"}


def _by_command(run: Run, what: str, settings: Settings) -> None:
    assert settings.hook_command is not None
    words = shlex.split(settings.hook_command.get_secret_value())
    try:
        done = subprocess.run(
            words,
            input=json.dumps(document(run, what), ensure_ascii=False),
            text=True,
            capture_output=True,
            timeout=settings.hook_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _Untold(f"hook_command took longer than {settings.hook_seconds:g} s") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise _Untold(f"hook_command: {why}") from None
    if done.returncode:
        # What it writes is not repeated: it may hold the command's own words, and these are a secret.
        raise _Untold(f"hook_command ended with {done.returncode}; run it by hand to see what it says")


def _by_webhook(run: Run, what: str, settings: Settings) -> None:
    import httpx

    assert settings.hook_webhook is not None
    try:
        address = settings.hook_webhook.get_secret_value()
        answer = httpx.post(address, json=document(run, what), timeout=settings.hook_seconds)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # Its words may hold the address, and the address is a secret.
        raise _Untold(f"hook_webhook: {type(error).__name__}") from None
    if answer.status_code >= 300:
        raise _Untold(f"hook_webhook answered {answer.status_code}")


def _by_mail(run: Run, what: str, settings: Settings) -> None:
    mail = EmailMessage()
    mail["Subject"] = f"Parallax: {what}".splitlines()[0][:150]
    mail["From"], mail["To"] = settings.hook_mail_from, ", ".join(settings.hook_mail_to)
    mail.set_content(for_people(run))
    context = ssl.create_default_context()
    where, timeout = (settings.smtp_host, settings.smtp_port), settings.hook_seconds
    try:
        server = (
            smtplib.SMTP_SSL(*where, timeout=timeout, context=context)
            if settings.smtp_security == "tls"
            else smtplib.SMTP(*where, timeout=timeout)
        )
        with server:
            if settings.smtp_security == "starttls":
                server.starttls(context=context)
            if settings.smtp_user is not None:
                secret = settings.smtp_password
                server.login(settings.smtp_user, secret.get_secret_value() if secret else "")
            server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        raise _Untold(f"mail: {settings.smtp_host} answered {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise _Untold(f"mail: {type(error).__name__} at {settings.smtp_host}:{settings.smtp_port}") from None
