"""The database behind the library: opened, brought to the current form, its errors made readable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from pipeline.errors import InputError, WorkError
from pipeline.library.tables import REVISION

BUSY_SECONDS = 60  # a writer holds the database for one batch, well under a second
_LOCK = 7_061_726  # names Parallax's lock among those of other users of a PostgreSQL server


def library_url(url: str | None, store: Path) -> URL:
    """The URL given, or SQLite's in the store. Raises InputError for one that is none."""
    if url is None:
        return URL.create("sqlite", database=str(store / "library.sqlite"))
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InputError(
            "the library's URL cannot be read",
            remedy="give postgresql://user@host/database or sqlite:///path",
            where="PARALLAX_LIBRARY_URL",
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        remedy = "give postgresql://… or sqlite:///…"
        raise InputError(f"no database {parsed.drivername}", remedy=remedy, where="PARALLAX_LIBRARY_URL")
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def open_engine(url: URL) -> Engine:
    """An engine with a current database behind it. Raises WorkError or InputError."""
    try:
        if url.get_backend_name() == "sqlite":
            return _current(_sqlite(url))
        return _current(create_engine(url, pool_pre_ping=True))
    except NoSuchModuleError as error:
        remedy = "give postgresql://… or sqlite:///…"
        raise InputError(f"no database {url.drivername}", remedy=remedy) from error
    except ModuleNotFoundError as error:
        remedy = 'pip install "parallax-framing[postgresql]"'
        raise InputError(f"no driver for {url.get_backend_name()}", remedy=remedy) from error
    except OSError as error:
        raise WorkError(f"cannot write {error.filename}: {error.strerror}; give a store to write to") from error


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that turns writer halfway cannot wait for its turn: a writer says so at the start.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction of the one writer at a time. Database errors come out as WorkError."""
    with readable(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view. Database errors come out as WorkError."""
    with readable(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def readable(engine: Engine) -> Iterator[None]:
    """Database errors inside come out as WorkError, with the library's place and what to do."""
    try:
        yield
    except DBAPIError as error:
        place = engine.url.render_as_string(hide_password=True)
        said = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        raise WorkError(f"the library at {place} does not do: {said}; {_remedy(said)}") from error


def _remedy(said: str) -> str:
    for part, remedy in (
        ("disk is full", "make room and run it again: what was stored stays"),
        ("locked", "another process writes: run it again"),
        ("readonly", "give a store that can be written"),
        ("unable to open", "give a store that can be written"),
        ("not a database", "the file is none of Parallax's or is damaged: move it away and import again"),
        ("malformed", "the file is damaged: move it away and import again"),
        ("connect", "see that the server runs and the URL is right"),
    ):
        if part in said.lower():
            return remedy
    return "see the database's own log"


def _current(engine: Engine) -> Engine:
    """Brings the database to `REVISION`, one process at a time."""
    with reading(engine) as connection:
        found = _revision(connection)
    if found != REVISION:
        with writing(engine) as connection:
            if _revision(connection) != REVISION:
                _upgrade(connection)
    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise WorkError(f"the library is of another Parallax ({error}); use the newer one") from error
