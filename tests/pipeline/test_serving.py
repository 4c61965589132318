"""`parallax serve`: what it says before it serves, and when it cannot."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli.serving import listen
from pipeline.errors import WorkError


def test_a_taken_port_is_said_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorkError, match=f"127.0.0.1:{port} .*another --port"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(WorkError, match="cannot listen"):
        listen("192.0.2.1", 0)


def test_a_free_port_is_found_where_none_is_asked_for() -> None:
    with listen("127.0.0.1", 0) as found:
        assert found.getsockname()[1] > 0


def test_without_a_snapshot_the_command_ends_with_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "serve", "--corpus", "ukraine-2022",
         "--store", str(tmp_path), "--port", "0"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert "parallax refresh --corpus ukraine-2022" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
