"""Reports of the sentence before: "That is the firm's version." · "So said the minister." · "Or so they claim." """

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import inverted_subject
from pipeline.voice.found import Found, Span, trim
from pipeline.voice.subjects import subject
from pipeline.voice.tokens import AUX, MARK, Line

_THAT = frozenset("that this those these such".split())
_IS = frozenset("is was are were".split())
_TELLING = frozenset(
    "version view account claim story verdict argument words message explanation theory line".split()
)
_SPEECH = frozenset({"say", "claim", "admit", "report", "think"})
# The pattern stands at the beginning, and its cue near it.
REACH = 12


def find(line: Line) -> Found | None:
    """The report that a line gives of the one before it, without contents; null where it gives none."""
    if len(line) < 3:
        return None
    if line.low[0] == "so" or (line.low[0] == "or" and line.low[1] == "so"):
        return _so(line, 1 if line.low[0] == "so" else 2)
    if line.low[0] not in _THAT:
        return None
    is_at = next((k for k in range(1, min(len(line), REACH)) if line.low[k] in _IS), None)
    if is_at is None or not all(line.tags[k] & MARK for k in (1, is_at - 1) if is_at > 1):
        return None  # "that, at least, is", not "that plan is"
    return _what(line, is_at) or _whose(line, is_at)


def _so(line: Line, j: int) -> Found | None:
    """ "So said X." and "Or so X says." """
    for k in range(j, min(len(line), REACH)):
        if line.tags[k] & (MARK | AUX):
            return None
        if lexicon.cue_class(line.low[k]) in _SPEECH:
            source = inverted_subject(line, k) if k == j else subject(line, k)
            ends = k + 1 >= len(line) - 1 or line.low[k + 1] in {".", ","}
            return Found((k, k + 1), source, [], "speech", k) if source and (k == j or ends) else None
    return None


def _what(line: Line, is_at: int) -> Found | None:
    """ "That is what X says." """
    if is_at + 1 >= len(line) or line.low[is_at + 1] not in {"what", "how"}:
        return None
    for k in range(is_at + 2, min(len(line), is_at + REACH)):
        if lexicon.cue_class(line.low[k]) in _SPEECH and (source := _within(subject(line, k), is_at + 2)):
            return Found((k, k + 1), source, [], "speech", k)
    return None


def _within(span: Span | None, least: int) -> Span | None:
    return span if span is not None and span[0] >= least else None


def _whose(line: Line, is_at: int) -> Found | None:
    """ "That is the firm's version.", "Those were the words of X." """
    for k in range(is_at + 1, min(len(line), is_at + REACH)):
        if line.low[k] in _TELLING:
            owned = any(line.low[m].endswith(("'s", "s'")) for m in range(is_at + 1, k))
            if owned:
                source = trim(line, is_at + 1, k)
            elif k + 1 < len(line) and line.low[k + 1] == "of":
                source = inverted_subject(line, k + 1)
            else:
                return None
            return Found((k, k + 1), source, [], "speech", k) if source else None
        if line.tags[k] & MARK:
            return None
    return None
