"""What is asked wrongly ends with 2 and one line; what cannot be done with 1; nothing ends with a traceback."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import print_json
from pipeline.corpus import Corpus

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["xyzzy"], "No such command 'xyzzy'; see `parallax --help`"),
        (["schedule", "nothing"], "see `parallax schedule --help`"),
        (["import"], "Missing argument 'files'; see `parallax import --help`"),
        (["import", "a.jsonl"], "Missing option '--corpus'"),
        (["compare", "a.txt", "--corpus"], "requires an argument"),
        (["events", "--corpus", "bridge", "--bogus"], "No such option: --bogus"),
        (["runs", "--corpus", "bridge", "--last", "0"], "Invalid value for '--last'"),
        (["serve", "--corpus", "bridge", "--port", "x"], "Invalid value for '--port'"),
        (["compare", "a.txt", "--corpus", "bridge", "--ground", "x"], '--ground is "x"; give one of: event'),
        (["compare", "a.txt", "--corpus", "bridge", "--wire", "x"], '--wire is "x"; give one of: once'),
        (["evaluate", "nothing", "a.jsonl"], 'no task "nothing"; give one of: attribution'),
        (["import", "x" * 5000, "--corpus", "."], "cannot be read: File name too long"),
    ],
)
def test_wrong_arguments_end_with_two_and_one_line(
    parallax: Run, make_corpus: Callable[..., Corpus], words: list[str], said: str
) -> None:
    words = [str(make_corpus().folder) if word == "." else word for word in words]
    status, out, err = parallax(*words)
    assert (status, out) == (2, "")
    assert err.startswith("parallax: ")
    assert err.count("\n") == 1
    assert said in err


@pytest.mark.parametrize("words", [[], ["schedule"], ["sources"], ["codebook"]])
def test_a_command_without_its_own_gives_help(parallax: Run, words: list[str]) -> None:
    status, out, err = parallax(*words)
    assert (status, err) == (2, "")
    assert "Usage: parallax" in out


def test_a_store_that_cannot_be_written_is_a_failure_of_one_line(
    parallax: Run, make_corpus: Callable[..., Corpus], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    status, out, err = parallax("articles", "--corpus", make_corpus().folder, "--store", tmp_path / "file")
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert f"cannot write {tmp_path / 'file'}" in err


def test_a_failure_of_the_machine_is_a_line_too(parallax: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "snapshots/x")

    monkeypatch.setattr("pipeline.settings.load_settings", full)
    status, out, err = parallax("settings", "--json")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("parallax: snapshots/x: No space left on device; ")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_json_can_be_read_whatever_standard_output_can_write(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    document = {"title": "Brücke 🚢", "file": "name\udcff.jsonl"}
    print_json(document)
    assert json.loads(written.getvalue().decode(encoding)) == document


def test_an_outlet_that_nobody_knows_is_an_error_and_not_an_empty_list(
    parallax: Run, make_corpus: Callable[..., Corpus]
) -> None:
    folder = make_corpus().folder
    status, out, err = parallax("articles", "--corpus", folder, "--outlet", "Nobody", "--json")
    assert (status, out) == (2, "")
    assert '--outlet: no outlet "Nobody" in bridge; give one of: Morning Post Bag, The Plumb Line' in err
    assert parallax("articles", "--corpus", folder, "--outlet", "Post Bag", "--json")[:2] == (0, "[]\n")


def test_a_snapshot_that_there_is_not_is_named(parallax: Run, tmp_path: Path) -> None:
    status, _, err = parallax("verify", "20240101T000000Z", "--store", tmp_path)
    assert (status, err.count("\n")) == (2, 1)
    assert 'no snapshot "20240101T000000Z"' in err


def test_it_says_its_version(parallax: Run) -> None:
    from importlib.metadata import version

    assert parallax("--version") == (0, version("parallax-framing") + "\n", "")
