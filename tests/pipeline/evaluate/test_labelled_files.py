"""Files of human labels: what is wrong in them is said with file and row, never met as a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.evaluate import evaluate, read_rows, task_names

NAMING = {"text": "The eyesore opened on Monday.", "term": "eyesore", "voice": "own"}
GOOD: dict[str, dict[str, Any]] = {
    "credit": {
        "proposition": "p", "claim": "The bridge costs too much.", "paraphrases": ["It is dear."],
        "text": "It costs too much.", "label": "credits",
    },
    "naming": NAMING,
    "events": {"event": "e", "outlet": "o", "date": "2024-05-06", "title": "t", "text": "The bridge opened."},
    "attribution": {
        "text": "He said so.", "attributions": [{"source": [[0, 2]], "cue": [[3, 7]], "content": [[8, 10]]}],
    },
    "portrayal": {"text": "A fine man.", "targets": [{"start": 7, "end": 10, "mention": "man", "polarity": 1}]},
    "frames": {"text": "It costs money.", "frames": ["Economic"]},
    "roles": {"text": "A man.", "entities": [{"mention": "man", "start": 2, "end": 5, "role": "Protagonist"}]},
    "narratives": {"text": "A man.", "subnarratives": ["Other"]},
}  # fmt: skip


def written(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("task", [name for name in task_names() if name != "extraction"])
@pytest.mark.parametrize("change", ["missing", "number", "null"])
def test_a_row_of_another_form_is_named(tmp_path: Path, task: str, change: str) -> None:
    optional = {"events": {"event", "title", "outlet"}}.get(task, set())
    path = tmp_path / "gold.jsonl"
    for key in GOOD[task].keys() - optional:
        row = {k: v for k, v in GOOD[task].items() if k != key} | (
            {} if change == "missing" else {key: 5 if change == "number" else None}
        )
        with pytest.raises(InputError, match=rf'gold\.jsonl: row 2.*"{key}"'):
            evaluate(task, written(path, GOOD[task], row))


@pytest.mark.parametrize(
    ("task", "key", "value"),
    [
        ("credit", "label", "agrees"),
        ("naming", "voice", "loud"),
        ("events", "date", "March 9"),
        ("attribution", "attributions", [{"source": [[0, 2]], "cue": [], "content": [[8, 99]]}]),
        ("attribution", "attributions", [{"source": [[0, 2]]}]),
        ("frames", "frames", ["Weather"]),
    ],
)
def test_a_label_that_there_is_not_is_named(tmp_path: Path, task: str, key: str, value: Any) -> None:
    with pytest.raises(InputError, match=r"gold\.jsonl: row 1"):
        evaluate(task, written(tmp_path / "gold.jsonl", {**GOOD[task], key: value}))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "has no rows"),
        (b"\n \n", "has no rows"),
        (b'{"a": 1}\nhello\n', r"gold\.jsonl:2: not JSON"),
        (b"[]\n", r"gold\.jsonl:1: not an object"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "gold.jsonl").write_bytes(data)
    with pytest.raises(InputError, match=said):
        read_rows(tmp_path / "gold.jsonl")


def test_line_separators_inside_texts_and_byte_order_marks_are_no_trouble(tmp_path: Path) -> None:
    row = {**NAMING, "text": "One.\u2028The eyesore\x85 opened."}
    path = written(tmp_path / "gold.jsonl", row)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_rows(path) == [row]
