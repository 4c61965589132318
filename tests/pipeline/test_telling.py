"""Telling: who hears of trouble, by what way, and that no secret and no failure of telling gets in the way."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import structlog

from pipeline.logs import set_up_logs
from pipeline.metrics import metrics_text
from pipeline.runs import Run, begin_run, end_run
from pipeline.settings import Settings, load_settings
from pipeline.telling import for_people, lines_of, tell, trouble

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)
SECRET = "s3cr3t-t0ken"


@pytest.fixture
def run(store: Path) -> Run:
    begun = begin_run(store, "bridge", trigger="schedule", now=NOW)
    return replace(begun, outcome="failed", ended=NOW + timedelta(seconds=90), error="the disk is full")


@pytest.fixture
def published(run: Run) -> Run:
    return replace(
        run, outcome="published", error=None, snapshot="20260309T020130000000Z", counts={"articles": 1243},
        seconds={"collect": 60.0}, failures={"Quay": "timeout: no answer"},
    )  # fmt: skip


@pytest.fixture
def web() -> Iterator[Any]:
    """A server that keeps what is posted to it; `status` is what it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]
            self.send_response(server.status)  # type: ignore[attr-defined]
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.bodies, server.status = [], 204  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def post_office() -> Iterator[Callable[..., tuple[int, list[str]]]]:
    """post_office(refuse=…): a mail server for one mail: its port, and the lines that it is sent."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(*, refuse: bool = False) -> tuple[int, list[str]]:
        lines: list[str] = []

        def talk() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb") as stream:

                def say(text: str) -> None:
                    stream.write(text.encode() + b"\r\n")
                    stream.flush()

                say("220 here")
                inside = False
                for raw in stream:
                    line = raw.decode().rstrip("\r\n")
                    lines.append(line)
                    if inside:
                        inside = line != "."
                        if not inside:
                            say("250 taken")
                    elif line.upper() == "DATA":
                        inside = True
                        say("354 go on")
                    elif line.upper().startswith("RCPT") and refuse:
                        say("550 nobody of that name")
                    elif line.upper() == "QUIT":
                        say("221 bye")
                        return
                    else:
                        say("250 fine")

        threading.Thread(target=talk, daemon=True).start()
        return listening.getsockname()[1], lines

    yield serve
    listening.close()


def settings(store: Path, **given: Any) -> Settings:
    return load_settings(store=store, hook_seconds=5.0, **given)


def test_nobody_is_told_where_all_is_well(store: Path, published: Run, tmp_path: Path) -> None:
    mark = tmp_path / "told"
    assert trouble(published) is None
    assert tell(published, settings(store, hook_command=f"touch {mark}")) == {}
    assert not mark.exists()


@pytest.mark.parametrize("outcome", ["failed", "killed"])
def test_a_run_without_a_snapshot_is_trouble(run: Run, outcome: Any) -> None:
    said = trouble(replace(run, outcome=outcome))
    assert said is not None
    assert said.startswith(("the refresh of bridge failed: ", "the refresh of bridge was killed: "))
    assert said.endswith("the disk is full")


def test_a_sick_source_is_trouble_though_the_run_is_fine(published: Run) -> None:
    assert trouble(replace(published, sick={"Quay": "failing for 3 nights"})) == (
        "sources of bridge to look at: Quay failing for 3 nights"
    )


def test_a_command_gets_the_run(store: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "with blank" / "run.json"
    file.parent.mkdir()
    assert tell(run, settings(store, hook_command=f"tee '{file}'")) == {"command": "done"}
    heard = json.loads(file.read_text())
    assert heard["id"] == run.id
    assert heard["trouble"] == "the refresh of bridge failed: the disk is full"
    assert "the former snapshot stays in force" in heard["text"]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("/no/such/program", "No such file"),
        ("python3 -c 'import sys; sys.exit(sys.argv[1])' s3cr3t", "ended with 1; run it by hand"),
        ("sleep 60", "took longer than 0.2 s"),
    ],
)
def test_a_command_that_fails_is_said_and_harms_nothing(store: Path, run: Run, command: str, why: str) -> None:
    with structlog.testing.capture_logs() as lines:
        told = tell(
            run, load_settings(store=store, hook_command=command, hook_seconds=0.2 if "sleep" in command else 5)
        )
    assert why in told["command"]
    assert [line["event"] for line in lines] == ["nobody was told"]
    assert not any(word in f"{told} {lines}" for word in ("s3cr3t", "/no/such/program"))


def test_a_webhook_gets_the_run(store: Path, run: Run, web: Any) -> None:
    address = f"http://127.0.0.1:{web.server_port}/{SECRET}"
    assert tell(run, settings(store, hook_webhook=address)) == {"webhook": "done"}
    (heard,) = web.bodies
    assert (heard["outcome"], heard["error"], heard["corpus"]) == ("failed", "the disk is full", "bridge")


@pytest.mark.parametrize("status", [404, 500, 302])
def test_a_webhook_that_does_not_take_it_is_said_without_its_address(
    store: Path, run: Run, web: Any, status: int
) -> None:
    web.status = status
    address = f"http://127.0.0.1:{web.server_port}/{SECRET}"
    assert tell(run, settings(store, hook_webhook=address)) == {"webhook": f"hook_webhook answered {status}"}


@pytest.mark.parametrize("address", [f"http://127.0.0.1:1/{SECRET}", f"http://{SECRET}.invalid/"])
def test_a_webhook_that_is_not_there_is_said_without_its_address(store: Path, run: Run, address: str) -> None:
    with structlog.testing.capture_logs() as lines:
        told = tell(run, settings(store, hook_webhook=address))
    assert told["webhook"].startswith("hook_webhook: ")
    assert SECRET not in f"{told} {lines}"


def test_a_mail_says_it_in_words(store: Path, run: Run, post_office: Callable[..., tuple[int, list[str]]]) -> None:
    port, lines = post_office()
    told = tell(run, settings(store, hook_mail_to=("a@example.org",), smtp_host="127.0.0.1", smtp_port=port))
    assert told == {"mail": "done"}
    assert "Subject: Parallax: the refresh of bridge failed: the disk is full" in lines
    assert "To: a@example.org" in lines
    assert any(line.startswith("the former snapshot stays in force") for line in lines)


def test_a_mail_that_is_refused_is_said_and_the_other_ways_are_tried(
    store: Path, run: Run, web: Any, post_office: Callable[..., tuple[int, list[str]]]
) -> None:
    port, _ = post_office(refuse=True)
    ways = settings(
        store, hook_command="false", hook_webhook=f"http://127.0.0.1:{web.server_port}/", smtp_host="127.0.0.1",
        smtp_port=port, hook_mail_to=("a@example.org",),
    )  # fmt: skip
    told = tell(run, ways)
    assert told["webhook"] == "done"
    assert told["command"].startswith("hook_command ended with 1")
    assert told["mail"].startswith("mail: ")


def test_a_password_is_not_shown_where_the_server_wants_none(
    store: Path, run: Run, post_office: Callable[..., tuple[int, list[str]]]
) -> None:
    port, _ = post_office()
    ways = settings(
        store,
        hook_mail_to=("a@example.org",),
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_user="u",
        smtp_password=SECRET,
    )
    told = tell(run, ways)
    assert told["mail"].startswith("mail: ")
    assert SECRET not in str(told)


def test_the_summary_reads_as_prose(published: Run) -> None:
    said = for_people(published)
    assert said.splitlines()[0].startswith("bridge: published, begun 09 Mar 2026 02:00 UTC, 90 s")
    assert "1,243 articles" in said
    assert "failed: Quay – timeout: no answer" in said


@pytest.mark.parametrize("form", ["lines", "json"])
def test_log_lines_carry_the_runs_id(run: Run, form: Any, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        set_up_logs(form)
        with lines_of(run):
            structlog.get_logger("x").warning("cache file damaged", file="f")
        structlog.get_logger("x").info("outside")
    finally:
        structlog.reset_defaults()
    out, err = capsys.readouterr()
    inside, outside = err.splitlines()
    assert out == ""
    assert run.id in inside
    assert "cache file damaged" in inside
    assert run.id not in outside
    if form == "json":
        row = json.loads(inside)
        assert (row["run"], row["corpus"], row["level"], row["file"]) == (run.id, "bridge", "warning", "f")


def test_metrics_tell_last_and_total(store: Path, published: Run) -> None:
    assert metrics_text(store / "none") == ""
    end_run(store, replace(published, drops={'a "quoted"\nreason': 2}))
    later = begin_run(store, "bridge", trigger="hand", now=NOW + timedelta(days=1))
    end_run(store, replace(later, outcome="failed", ended=NOW + timedelta(days=1, seconds=5), error="x"))
    lines = metrics_text(store).splitlines()
    for expected in (
        'parallax_runs_total{corpus="bridge",outcome="published"} 1.0',
        'parallax_runs_total{corpus="bridge",outcome="failed"} 1.0',
        'parallax_last_run_success{corpus="bridge"} 0.0',
        'parallax_last_run_duration_seconds{corpus="bridge"} 5.0',
        f'parallax_last_published_time_seconds{{corpus="bridge"}} {(NOW + timedelta(seconds=90)).timestamp()}',
        'parallax_rows{corpus="bridge",table="articles"} 1243.0',
        'parallax_articles_left_out{corpus="bridge",reason="a \\"quoted\\"\\nreason"} 2.0',
    ):
        assert expected in lines
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
