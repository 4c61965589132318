"""Fixtures: a library on SQLite, and the same on a PostgreSQL server that the tests start on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.library import Library, open_library
from pipeline.settings import load_settings


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A throw-away PostgreSQL server; without the programs tests are skipped, or fail where CI is set."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra `postgresql`)")
    programs = _programs()
    if not programs:
        told = "PostgreSQL is not installed (on Debian: apt-get install postgresql)"
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail(told)
        pytest.skip(told)
    as_user: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="parallax-postgresql-"))
    if os.geteuid() == 0:  # the server refuses to run as root
        if shutil.which("setpriv") is None:
            pytest.skip("root cannot start PostgreSQL without setpriv (util-linux)")
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    server = None
    try:
        programs_folder, data = programs[-1].parent, folder / "data"
        made = [
            *as_user,
            str(programs[-1]),
            "-D",
            str(data),
            "-U",
            "parallax",
            "-A",
            "trust",
            "-N",
            "--locale=C.UTF-8",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd=folder)
        port = _free_port()
        started = [
            *as_user, str(programs_folder / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder),
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60",
        ]  # fmt: skip
        server = subprocess.Popen(started, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        _wait_for(port, server)
        yield f"postgresql://parallax@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # at once: nothing here is kept
            server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def library_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the test's own, on each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'library.sqlite'}"
    import psycopg

    server, name = request.getfixturevalue("postgresql_url"), f"t{uuid.uuid4().hex}"
    # A schema each, not a database: a database has a thousand files, and deleting them takes longer than the test.
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{server}?options=-csearch_path%3D{name}"


@pytest.fixture
def library(library_url: str, tmp_path: Path) -> Iterator[Library]:
    with open_library(load_settings(store=tmp_path, library_url=library_url)) as opened:
        yield opened


def _programs() -> list[Path]:
    """Where PostgreSQL's initdb is, the newest last: Debian keeps it off the path."""
    found = shutil.which("initdb")
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return [Path(found).resolve()] if found else sorted(debian, key=lambda path: int(path.parts[-3]))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://parallax@127.0.0.1:{port}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
