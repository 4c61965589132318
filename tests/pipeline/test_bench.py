"""Benchmarks are found by themselves, and a line says what was held against what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.bench import Line, Setting, Side, all_benchmarks, in_turns, run_benchmarks
from pipeline.errors import InputError


def test_every_module_is_a_line() -> None:
    assert {"comparison", "encoder", "grouping", "night", "sentences"} <= set(all_benchmarks())


def test_a_rate_is_better_the_higher_and_seconds_the_lower() -> None:
    fast, slow = Side("ours", 1.0, 100), Side("theirs", 4.0, 100)
    rate = Line("a", "texts", fast, slow, target=3)
    assert (rate.ratio, rate.met) == (4.0, True)
    share = Line("b", "texts", fast, slow, of="seconds", target=0.05)
    assert (share.ratio, share.met) == (0.25, False)
    alone = Line("c", "texts", fast, None, target=1, why="none is installed")
    assert (alone.ratio, alone.met) == (None, None)
    for line in (rate, share, alone):
        assert json.loads(json.dumps(line.as_json("x")))["ours"] == {"name": "ours", "seconds": 1.0, "n": 100}


def test_the_two_take_turns() -> None:
    order: list[str] = []
    in_turns(lambda: order.append("ours"), lambda: order.append("rival"), rounds=2)
    assert order == ["ours", "rival"] * 3


def test_a_benchmark_that_there_is_not_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"give some of: .*encoder, grouping"):
        list(run_benchmarks(Setting(tmp_path), ["speed"]))


def test_the_sentence_splitter_is_timed_with_or_without_a_rival(tmp_path: Path) -> None:
    ((name, line),) = run_benchmarks(Setting(tmp_path), ["sentences"])
    assert name == "sentences"
    assert line.ours.n > 10_000
    assert (line.rival is None) == (line.why is not None)
