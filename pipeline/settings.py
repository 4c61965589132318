"""Every setting of Parallax: name, default, unit, help. From PARALLAX_* variables, then parallax.toml."""

from __future__ import annotations

import json
import os
import shlex
import tomllib
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.errors import InputError

log = structlog.get_logger(__name__)
PREFIX = "PARALLAX_"
# Variables that are no settings: what `pipeline/dagster_definition.py` reads.
OTHER_VARIABLES = frozenset({"PARALLAX_CORPORA"})


def _listed(given: Any) -> Any:
    """A list as a variable holds it: words with commas between, or JSON."""
    if not isinstance(given, str):
        return given
    with suppress(json.JSONDecodeError):
        if isinstance(found := json.loads(given), list):
            return found
    return [part.strip() for part in given.split(",") if part.strip()]


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """The settings in force. `parallax settings` prints them, secrets masked."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="parallax.toml", extra="forbid", frozen=True)

    store: Path = Field(Path(".parallax"), description="folder of library, vectors and snapshots")
    evaluation_data: Path | None = Field(None, description="folder of evaluation data, for tests that use it")
    seed: int = Field(20220309, description="seed of every random choice")
    resamples: int = Field(400, ge=50, description="bootstrap resamples behind each interval")
    neighbourhood_days: int = Field(3, ge=0, description="days either side that the neighbourhood spans")
    neighbourhood_articles: int = Field(120, ge=10, description="most articles that a neighbourhood takes in")
    minimum_outlets: int = Field(5, ge=1, description="outlets below which an event is widened")
    host: str = Field("127.0.0.1", description="address that the dashboard listens on")
    port: int = Field(8050, ge=0, le=65535, description="port that the dashboard listens on")
    serving_processes: int = Field(
        2, ge=1, le=16, description="processes that the dashboard answers from, no more than there are cores"
    )
    public_url: str | None = Field(
        None, description="address under which readers reach the dashboard, for links in files; default host and port"
    )
    library_url: str | None = Field(None, description="SQLAlchemy URL of the library; default SQLite in the store")
    contact: str | None = Field(None, description="address that the collector gives in its user agent")
    allow_hosts: Words = Field((), description="internal hosts that the collector may fetch from")
    host_delay_seconds: float = Field(1.0, ge=0, description="pause between two requests to one host")
    request_seconds: float = Field(60.0, gt=0, description="longest that one request may take, all told")
    response_bytes: int = Field(20 * 2**20, ge=1024, description="largest answer, after unpacking")
    retry_seconds: float = Field(1.0, ge=0, description="pause before the second try, doubled before the third")
    source_seconds: float = Field(3600.0, gt=0, description="longest that one source may take in one run")
    collect_workers: int = Field(8, ge=1, le=64, description="sources collected at the same time")
    failing_nights: int = Field(3, ge=1, description="days of failure in a row after which a source is flagged")
    mediacloud_key: SecretStr | None = Field(None, description="Media Cloud API key")
    keep_snapshots: int = Field(7, ge=1, description="newest snapshots kept, besides pinned ones")
    keep_weeks: int = Field(8, ge=0, description="weeks, this one included, whose newest snapshot is kept")
    topics_refit_days: int = Field(30, ge=1, description="days after which topics are found anew, not only assigned")
    topics_refit_share: float = Field(
        0.2, gt=0, le=1, description="share of new passages since topics were found, 0 – 1, that has them found anew"
    )
    schedule_at: str = Field(
        "02:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="time of day of the nightly refresh, HH:MM"
    )
    schedule_timezone: str | None = Field(None, description="time zone of the schedule; default the machine's")
    refresh_from_page: Literal["local", "all", "none"] = Field(
        "local", description="who may start a refresh from the dashboard: readers on this machine, all, or none"
    )
    code_from_page: Literal["local", "all", "none"] = Field(
        "local", description="who may code by hand in the dashboard: readers on this machine, all, or none"
    )
    log_format: Literal["lines", "json"] = Field("lines", description="form of log lines on standard error")
    hook_command: SecretStr | None = Field(
        None, description="command run on trouble, with the run as JSON on its input"
    )
    hook_webhook: SecretStr | None = Field(None, description="address that the run is sent to as JSON, on trouble")
    hook_mail_to: Words = Field((), description="addresses that a mail goes to, on trouble")
    hook_mail_from: str = Field("parallax@localhost", description="sender of that mail")
    hook_seconds: float = Field(30.0, gt=0, description="longest that telling somebody may take, each way")
    smtp_host: str = Field("localhost", description="server that sends mail")
    smtp_port: int = Field(25, ge=1, le=65535, description="its port")
    smtp_security: Literal["none", "starttls", "tls"] = Field("none", description="how the way to it is secured")
    smtp_user: str | None = Field(None, description="user on it, where it asks for one")
    smtp_password: SecretStr | None = Field(None, description="their password")

    # What is needed only on a bad night is checked on a good one. No message repeats a secret.

    @field_validator("schedule_timezone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
                raise ValueError("there is no such time zone: give one like Europe/Berlin or UTC") from error
        return name

    @field_validator("hook_command")
    @classmethod
    def _command(cls, command: SecretStr | None) -> SecretStr | None:
        if command is not None and not shlex.split(command.get_secret_value()):  # an unclosed quote is a ValueError
            raise ValueError("give a command, or leave it out")
        return command

    @field_validator("hook_webhook")
    @classmethod
    def _webhook(cls, address: SecretStr | None) -> SecretStr | None:
        if address is not None:
            try:
                parts = urlsplit(address.get_secret_value())
            except ValueError:
                raise ValueError("this is no address: give http://… or https://…") from None
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("give an address that begins with http:// or https://")
        return address

    @field_validator("hook_mail_to")
    @classmethod
    def _addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [address for address in addresses if "@" not in address.strip("@") or len(address.split()) != 1]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no address: give ones like desk@example.org, with commas between")
        return addresses

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 – pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 – pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the file; secrets come from the environment too."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


# Never printed: the first four by their type (a command may carry a key among its words), the URL because it may
# hold a password.
SECRET = ("mediacloud_key", "hook_command", "hook_webhook", "smtp_password", "library_url")


def shown(settings: Settings) -> dict[str, Any]:
    """The settings for printing, secrets masked."""
    values = settings.model_dump(mode="json")
    return {name: "**********" if name in SECRET and value else value for name, value in values.items()}


def load_settings(**given: Any) -> Settings:
    """The settings, arguments first, then environment, then parallax.toml. Raises InputError.

    A variable that begins as ours do and is none is said in the log: it may be meant for somebody else.
    """
    _tell_of_unknown_variables()
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not TOML: {error}", remedy="mend the syntax", where="parallax.toml") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        given_value = "not as it should be" if name in SECRET else repr(first["input"])
        # Without its cause, which repeats what was given.
        raise InputError(
            f"setting {name} is {given_value}",
            remedy=first["msg"].removeprefix("Value error, "),
            where=f"{PREFIX}{name.upper()} or parallax.toml",
        ) from (None if name in SECRET else error)


def _tell_of_unknown_variables() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1)
            log.warning("no such setting", variable=name, meant=near[0] if near else None)
