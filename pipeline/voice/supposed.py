"""Names of what is only supposed: "if there is a X", "were there a X", "a X, should it come", "whether it was X"."""

from __future__ import annotations

from pipeline.voice.subjects import phrase_start
from pipeline.voice.tokens import MARK, QUOTE, Line

MARKERS = frozenset("if were should event whether".split())
_ONE = frozenset("a an another any".split())
_IS = frozenset("is are was were be".split())
_MAKES = frozenset("is was were are amounts amounted constitutes constituted".split())
# Between "whether" and its verb: "whether what happened there amounts to X".
_REACH = 8


def name_start(line: Line, i: int) -> int | None:
    """Where the name begins that the word at i marks as supposed, not stated; null where it marks none."""
    low = line.low[i]
    if low == "if":
        if _at(line, i + 1) in {"it", "this", "that"} and _at(line, i + 2) in _IS and _at(line, i + 3) in _ONE:
            return i + 3
        return _after_there(line, i + 1, _IS) or (i + 1 if _at(line, i + 1) in _ONE else None)
    if low == "were" or (low == "should" and _at(line, i + 2) == "be"):
        starts = i == 0 or bool(line.tags[i - 1] & MARK)
        j = i + 2 if low == "were" else i + 3
        return j if starts and _at(line, i + 1) == "there" and _at(line, j) in _ONE else None
    if low == "should" and i > 1 and _at(line, i - 1) == "," and _at(line, i + 1) in {"it", "they", "one"}:
        return phrase_start(line, i - 1)
    if low == "event" and _at(line, i - 1) == "the" and _at(line, i + 1) == "of":
        return i + 2
    return _whether(line, i) if low == "whether" else None


def _at(line: Line, i: int) -> str:
    return line.low[i] if 0 <= i < len(line) else ""


def _after_there(line: Line, i: int, forms: frozenset[str]) -> int | None:
    held = _at(line, i) == "there" and _at(line, i + 1) in forms and _at(line, i + 2) in _ONE
    return i + 2 if held else None


def _whether(line: Line, i: int) -> int | None:
    """ "whether it was X", "whether this amounts to X": what it is to be called is left open."""
    for k in range(i + 1, min(len(line), i + _REACH)):
        if line.tags[k] & (MARK | QUOTE):
            return None
        if line.low[k] in _MAKES:
            open_subject = _at(line, i + 1) in {"it", "this", "that", "these", "what", "they", "there"}
            return k + 1 + (_at(line, k + 1) == "to") if open_subject else None
        if line.low[k] == "call" and _at(line, i + 1) == "to":
            return None  # the verb tells it: "whether to call it X"
    return None
