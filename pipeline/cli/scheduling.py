"""`parallax schedule run|install|status`: refreshes every night."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from pipeline.cli import print_json, say
from pipeline.cli.options import CORPUS, JSON, STORE
from pipeline.logs import set_up_logs

NO_SYSTEMD = "# This machine has no systemd: put these lines into your crontab (crontab -e)"
_AT = typer.Option(None, "--at", help="Time of day, HH:MM; default 02:00.")
_ZONE = typer.Option(None, "--timezone", help="Time zone, for instance Europe/Berlin; default the machine's.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    schedule = typer.Typer(help="Refresh every night.", no_args_is_help=True)
    schedule.command("run")(run_command)
    schedule.command("install")(install_command)
    schedule.command("status")(status_command)
    app.add_typer(schedule, name="schedule")


def run_command(
    corpus: str = CORPUS, store: Path | None = STORE, at: str | None = _AT, timezone: str | None = _ZONE
) -> None:
    """Run a scheduler until it is ended. A refresh that was missed is caught up once."""
    from pipeline.corpus import load_corpus
    from pipeline.schedule import plan_of, run_schedule
    from pipeline.settings import load_settings

    loaded, settings = load_corpus(corpus), load_settings(store=store)
    set_up_logs(settings.log_format)
    plan = plan_of(settings, at=at, timezone=timezone, now=datetime.now(UTC), by="scheduler")
    run_schedule(
        loaded,
        settings,
        plan,
        ready=lambda scheduler, planned: say(
            f"{loaded.name} is refreshed daily at {planned.at} {planned.timezone}, next "
            f"{planned.next:%Y-%m-%d %H:%M} UTC – Ctrl+C ends it"
        ),
    )


def install_command(
    corpus: str = CORPUS,
    store: Path | None = STORE,
    at: str | None = _AT,
    timezone: str | None = _ZONE,
    system: bool = typer.Option(False, "--system", help="For the whole system, not for you alone."),
    write: bool = typer.Option(False, "--write", help="Write the files; without it they are only shown."),
    json: bool = JSON,
) -> None:
    """Show, and with --write install, what has this machine refresh every night by itself."""
    from pipeline.corpus import load_corpus
    from pipeline.errors import WorkError
    from pipeline.schedule import plan_of, write_plan
    from pipeline.settings import load_settings
    from pipeline.units import has_systemd, units, write_units

    loaded, settings, now = load_corpus(corpus), load_settings(store=store), datetime.now(UTC)
    systemd = has_systemd()
    plan = plan_of(settings, at=at, timezone=timezone, now=now, by="systemd" if systemd else "cron")
    made = units(loaded, settings, plan, system=system, now=now)
    if json:
        files = {str(path): content for path, content in made.files.items()}
        print_json(
            {"systemd": systemd, "files": files, "commands": made.commands, "cron": made.cron, "written": write}
        )
    else:
        typer.echo(
            made.text() if systemd else f"{NO_SYSTEMD}\n{made.cron}\n# With systemd it would be:\n{made.text()}"
        )
    if write and not systemd:
        raise WorkError("nothing was written: without systemd, put the lines above into your crontab (crontab -e)")
    if write:
        write_units(made)
        write_plan(settings.store, loaded.name, plan)
        say("written; the commands above set it going")
    elif systemd and not json:
        say("Nothing is written yet: give --write.")


def status_command(corpus: str = CORPUS, store: Path | None = STORE, json: bool = JSON) -> None:
    """Say when the last and the next refresh are, and how the last went."""
    from pipeline.cli.refreshing import corpus_name
    from pipeline.schedule import status
    from pipeline.settings import load_settings

    found = status(load_settings(store=store).store, corpus_name(corpus), now=datetime.now(UTC))
    if json:
        print_json(found)
        return
    last = found["last"]
    if last is None:
        say(f"{found['corpus']} was never refreshed here")
    else:
        say(f"last: {last['started']} {last['outcome']}" + (f" – {last['error']}" if last["error"] else ""))
        if found["last_published"] and found["last_published"]["id"] != last["id"]:
            say(f"last that published: {found['last_published']['started']}")
    if found["next"]:
        late = " (overdue)" if found["overdue"] else ""
        say(f"next: {found['next']}{late}, daily at {found['at']} {found['timezone']}, by {found['by']}")
    else:
        say("next: none planned – `parallax schedule run` or `parallax schedule install` sees to it")
