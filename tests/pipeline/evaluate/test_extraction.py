"""The task `extraction`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.evaluate import evaluate
from pipeline.evaluate.extraction import token_scores
from tests.newsstand import page, story


@pytest.mark.parametrize(
    ("true", "found", "scores"),
    [
        ("a b c d", "a b c d", (1, 1, 1)),
        ("a b c d", "A, b! C d.", (1, 1, 1)),
        ("a b c d", "a b", (1, 0.5, 2 / 3)),
        ("a b", "a b c d", (0.5, 1, 2 / 3)),
        ("a a b", "a b b", (2 / 3, 2 / 3, 2 / 3)),
        ("a", "", (0, 0, 0)),
        ("", "", (1, 1, 1)),
    ],
)
def test_tokens(true: str, found: str, scores: tuple[float, float, float]) -> None:
    assert token_scores(true, found) == pytest.approx(scores)


def test_a_folder_of_pages(tmp_path: Path) -> None:
    truth = {f"p{i}": {"url": f"https://bag.test/{i}", "articleBody": story(i)} for i in range(2)}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth), encoding="utf-8")
    (tmp_path / "p0.html").write_bytes(page("T0", story(0)))
    (tmp_path / "p1.html.gz").write_bytes(gzip.compress(page("T1", story(1))))
    answer = evaluate("extraction", tmp_path)
    assert (answer["task"], answer["n"], answer["metric"]) == ("extraction", 2, "mean token F1")
    assert answer["value"] > 0.95
    assert answer["detail"]["published"]["source"].startswith("https://")


@pytest.mark.parametrize(
    ("truth", "said"),
    [(None, "no such file"), ("{", "not JSON"), ("[]", "not an object"), ('{"a": {}}', "has no articleBody"),
     ('{"a": {"articleBody": "x"}}', "no page")],
)  # fmt: skip
def test_a_folder_that_is_none_says_why(tmp_path: Path, truth: str | None, said: str) -> None:
    if truth is not None:
        (tmp_path / "ground-truth.json").write_text(truth, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        evaluate("extraction", tmp_path)
