"""`parallax export` as a person calls it: where a piece comes from decides what a file says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.export import read_provenance
from pipeline.cli import exporting
from pipeline.snapshot import Snapshot
from tests.dashboard import handmade

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """A snapshot in ./store, and comparisons with it that need no model."""
    made = handmade.made_snapshot(tmp_path / "store")

    def compared(snapshot: Snapshot, settings: Any, piece: str, **how: Any) -> tuple[dict[str, Any], str]:  # noqa: ARG001
        answer = handmade.document(snapshot=snapshot.id)
        named = piece if piece == "a00" else "piece-0123456789ab"
        return {**answer, "piece": {**answer["piece"], "id": named}}, handmade.PIECE_TEXT

    monkeypatch.setattr(exporting, "compared", compared)
    monkeypatch.setattr(exporting, "opened_snapshot", lambda *_: (made, exporting_settings(tmp_path)))
    return made


def exporting_settings(folder: Path) -> Any:
    from pipeline.settings import load_settings

    return load_settings(store=folder / "store")


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "json", "svg", "html"])
def test_a_piece_from_a_file_has_no_address_and_keeps_its_path_to_itself(
    parallax: Run, snapshot: Snapshot, tmp_path: Path, form: str
) -> None:
    mine = tmp_path / "private" / "draft.txt"
    mine.parent.mkdir()
    mine.write_text(handmade.PIECE_TEXT, encoding="utf-8")
    out = tmp_path / f"a.{form}"
    words = ("export", "naming", "--corpus", "bridge", "--without-browser", "--out", out)
    assert parallax(*words, "--piece", mine)[0] == 0
    said = read_provenance(out)
    assert said["permalink"] is None
    assert "no address shows this again" in said["no_permalink"]
    assert said["filters"]["piece"] == "piece-0123456789ab"
    assert "draft" not in json.dumps(said)
    assert parallax(*words, "--piece", "a00", "--force")[0] == 0
    kept = read_provenance(out)
    assert f"piece=a00&snapshot={snapshot.id}" in kept["permalink"]
    assert "no_permalink" not in kept


def test_verify_tells_why_there_is_no_address(parallax: Run, snapshot: Snapshot, tmp_path: Path) -> None:  # noqa: ARG001
    (tmp_path / "draft.txt").write_text(handmade.PIECE_TEXT, encoding="utf-8")
    out = tmp_path / "a.json"
    assert parallax("export", "naming", "--corpus", "bridge", "--piece", "draft.txt", "--out", out)[0] == 0
    status, _, told = parallax("verify", out, "--store", tmp_path / "store")
    assert status == 0
    assert "permalink: none: the piece is not kept" in told


def test_a_picture_of_a_table_is_refused(parallax: Run, snapshot: Snapshot, tmp_path: Path) -> None:  # noqa: ARG001
    status, _, told = parallax("export", "events", "--corpus", "bridge", "--out", tmp_path / "a.png")
    assert status == 2
    assert "events is a table and has no .png; end the name in one of .csv" in told
