"""The name that a text gives, denies or supposes: where it begins and ends."""

from __future__ import annotations

from pipeline.voice import subjects
from pipeline.voice.tokens import AUX, MARK, QUOTE, SUBORDINATOR, VERB, WH, Line

Span = tuple[int, int]

# A name is seldom longer; further words belong to the sentence again.
LONGEST_NAME = 9
BE = frozenset("is are was were be been 's it's that's this's isn't aren't wasn't weren't ain't".split())
# "A threat to the state amid the war": when and how are no part of a name.
_ENDS = frozenset("and but nor by amid during since despite after before until rather".split())


def at(line: Line, i: int) -> str:
    return line.low[i] if 0 <= i < len(line) else ""


def name(line: Line, a: int, longest: int = LONGEST_NAME) -> Span | None:
    """The name from a on: up to a mark, an auxiliary, a finite verb, a new clause."""
    while at(line, a) in {"a", "an", "the", ",", ":"} and a < len(line):
        a += 1
    k = a
    while k < len(line) and k - a < longest:
        t = line.tags[k]
        if t & (MARK | QUOTE | WH) or t & AUX or (line.low[k] == "." and k == len(line) - 1):
            break
        if (t & SUBORDINATOR and k > a) or (line.low[k] in _ENDS and k > a):
            break
        if t & VERB and k > a and not line.low[k].endswith("ed") and not subjects.inside_phrase(line, k, len(line)):
            break
        k += 1
    return (a, k) if k > a else None
