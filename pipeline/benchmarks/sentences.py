"""Our sentence splitter beside one that is installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pipeline.bench import Line, Setting, Side, in_turns, timed
from pipeline.benchmarks._synthetic import article
from pipeline.text import sentence_spans

ARTICLES = 100


def bench(setting: Setting) -> Line:  # noqa: ARG001 – the form of every benchmark
    """Characters a second: ours ÷ the rival's. No rival is a dependency: one is used where it is installed."""
    texts = [str(article(number)["text"]) for number in range(ARTICLES)]
    n = sum(map(len, texts))

    def ours() -> None:
        for text in texts:
            sentence_spans(text)

    name, split = _rival()
    title, mine = "own sentence splitter ÷ rival", "sentence_spans"
    if split is None:
        why = "neither pysbd, syntok nor blingfire is installed"
        return Line(title, "characters", Side(mine, timed(ours), n), None, why=why)
    seconds = in_turns(ours, lambda: [split(text) for text in texts])
    return Line(title, "characters", Side(mine, seconds[0], n), Side(name, seconds[1], n), target=1)


def _rival() -> tuple[str, Callable[[str], Any] | None]:
    if find_spec("pysbd"):
        return "pysbd", import_module("pysbd").Segmenter(language="en", clean=False).segment
    if find_spec("syntok"):
        analyze = import_module("syntok.segmenter").analyze
        return "syntok", lambda text: list(analyze(text))
    if find_spec("blingfire"):
        return "blingfire", import_module("blingfire").text_to_sentences
    return "none", None
