"""What has a machine refresh a corpus every night by itself: systemd's service and timer, or a line for cron."""

from __future__ import annotations

import getpass
import os
import shlex
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.corpus import Corpus
from pipeline.errors import WorkError
from pipeline.schedule import Plan, next_fire, time_of_day, time_zone
from pipeline.settings import Settings

YEARS = 10  # of odd nights that a timer is told of; installing again tells it of more


@dataclass(frozen=True)
class Units:
    """Files to write, by path, and the commands that set them going. cron: the line for a crontab instead."""

    files: dict[Path, str]
    commands: tuple[str, ...]
    cron: str

    def text(self) -> str:
        """All of it, for a reader."""
        shown = [f"# {path}\n{content}" for path, content in self.files.items()]
        return "\n".join(shown) + "\n# then\n" + "".join(f"{command}\n" for command in self.commands)


def has_systemd() -> bool:
    """Whether this machine was started by systemd."""
    return Path("/run/systemd/system").is_dir()


def units(corpus: Corpus, settings: Settings, plan: Plan, *, system: bool, now: datetime) -> Units:
    """Service and timer of a corpus: the user's own, or the system's, run as the user who installs it."""
    name = f"parallax-{corpus.name}"
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folder = Path("/etc/systemd/system") if system else config / "systemd" / "user"
    command = [_program(), "refresh", "--corpus", str(corpus.folder), "--store", str(settings.store.resolve())]
    service = [
        "[Unit]",
        f"Description=Parallax: refresh of {corpus.name}",
        *(["Wants=network-online.target", "After=network-online.target"] if system else []),
        "",
        "[Service]",
        "Type=oneshot",
        f"WorkingDirectory={_unit_path(Path.cwd())}",
        "# PARALLAX_* settings and secrets, a line each; the file may be missing.",
        f"EnvironmentFile=-{_unit_path(Path.cwd() / 'parallax.env')}",
        *([f"User={getpass.getuser()}"] if system else []),
        f"ExecStart={' '.join(_quoted(part) for part in [*command, '--scheduled'])}",
        "Nice=10",
    ]
    timer = [
        "[Unit]",
        f"Description=Parallax: {corpus.name} every night",
        "",
        "[Timer]",
        f"OnCalendar=*-*-* {plan.at}:00 {plan.timezone}",
        *_odd_nights(plan, now=now),
        "# A night that the machine slept through is caught up once.",
        "Persistent=true",
        "AccuracySec=1min",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    manager = "systemctl" if system else "systemctl --user"
    lingering = () if system else (f"loginctl enable-linger {getpass.getuser()}",)
    return Units(
        files={
            folder / f"{name}.service": "\n".join(service) + "\n",
            folder / f"{name}.timer": "\n".join(timer) + "\n",
        },
        commands=(f"{manager} daemon-reload", f"{manager} enable --now {name}.timer", *lingering),
        cron=_cron(command, plan),
    )


def write_units(made: Units) -> None:
    """Writes the files. Raises WorkError where they cannot be written."""
    for path, content in made.files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        except OSError as error:
            raise WorkError(
                f"cannot write {path}: {error.strerror}; run it with the rights for it, or without --system"
            ) from error


def _odd_nights(plan: Plan, *, now: datetime) -> list[str]:
    """systemd leaves a night out whose clocks skip the time: those nights, said one by one."""
    at, zone, moment, lines = time_of_day(plan.at), time_zone(plan.timezone), now, []
    while (moment := next_fire(at, zone, after=moment)) < now + timedelta(days=365 * YEARS):
        if moment.astimezone(zone).time() != at:
            lines.append(f"OnCalendar={moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
    return lines and ["# Nights whose clocks skip the time, when systemd would do nothing.", *lines]


def _cron(command: list[str], plan: Plan) -> str:
    hour, minute = plan.at.split(":")
    call = " ".join(shlex.quote(part) for part in [*command, "--scheduled"]).replace("%", "\\%")
    folder = shlex.quote(str(Path.cwd())).replace("%", "\\%")
    return f"CRON_TZ={plan.timezone}\n{int(minute)} {int(hour)} * * * cd {folder} && {call}\n"


def _program() -> str:
    """The command `parallax` of this installation."""
    return str(Path(sys.executable).parent / "parallax")


def _quoted(part: str) -> str:
    """A word of ExecStart: quoted, with systemd's own signs doubled."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if set(part) & set(" \t'\"\\;") else escaped


def _unit_path(path: Path) -> str:
    """A path as a whole line's value: it is not split at blanks."""
    return str(path).replace("%", "%%")
