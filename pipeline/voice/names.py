"""The name that a text gives, denies or supposes: where it begins and ends."""

from __future__ import annotations

from pipeline.voice import conversion, subjects
from pipeline.voice.tokens import (
    ADVERB,
    AUX,
    CONJUNCTION,
    DET,
    MARK,
    PREP,
    PRONOUN,
    QUOTE,
    SUBORDINATOR,
    VERB,
    WH,
    Line,
)

Span = tuple[int, int]

# A name is seldom longer; further words belong to the sentence again.
LONGEST_NAME = 9
BE = frozenset("is are was were be been 's it's that's this's isn't aren't wasn't weren't ain't".split())
# "A threat to the state amid the war": when and how are no part of a name.
_ENDS = frozenset("and but nor by amid during since despite after before until rather".split())


def at(line: Line, i: int) -> str:
    return line.low[i] if 0 <= i < len(line) else ""


def _ends_as_noun(line: Line, k: int) -> bool:
    """ "a police state, …": a word that can be a noun, and nothing follows that its verb would take."""
    follows = (
        k + 1 < len(line) and line.low[k + 1] != "." and not line.tags[k + 1] & (MARK | PREP | AUX | CONJUNCTION)
    )
    return conversion.can_be_noun(line.low[k]) and not follows


def _takes_object(line: Line, k: int) -> bool:
    """ "The so-called experts opposed the vote": an article or pronoun after it shows a verb, not a participle."""
    return k + 1 < len(line) and bool(line.tags[k + 1] & (DET | PRONOUN)) and not line.tags[k + 1] & PREP


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
        if t & VERB and k > a and line.low[k].endswith("ed") and _takes_object(line, k):
            break
        verb = (
            t & VERB and k > a and not line.low[k].endswith("ed") and not subjects.inside_phrase(line, k, len(line))
        )
        if verb and not _ends_as_noun(line, k):
            break
        k += 1
    return (a, k) if k > a else None


def before(line: Line, end: int) -> Span | None:
    """The noun phrase that ends before `end`; its last word is a noun there, though it can be a verb elsewhere."""
    head = end - 1 if end > 1 and conversion.can_be_noun(line.low[end - 1]) else end
    start = subjects.phrase_start(line, head)
    return (start, end) if 0 <= start < end else None


def bare(line: Line, c: int) -> bool:
    """Whether a noun without an article can stand at c: "it is | genocide"."""
    closed = PREP | VERB | AUX | ADVERB | MARK | WH | DET | PRONOUN | QUOTE | CONJUNCTION
    return (
        c < len(line) and not line.tags[c] & closed and line.low[c][0].isalpha() and line.low[c] not in {"so", "true"}
    )
