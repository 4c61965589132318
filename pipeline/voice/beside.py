"""Names that words beside them put in doubt: "such as it was", "X's word", "in name only", "passes for a Y"."""

from __future__ import annotations

from pipeline.voice.names import BE, Span, at, bare, before, name
from pipeline.voice.tokens import DET, MARK, PREP, PRONOUN, Line

POSES = frozenset("pass passes passed passing pose poses posed posing masquerade masquerades masqueraded "
                  "masquerading "
                  "mistake mistakes mistook mistaken".split())  # fmt: skip
JUDGES = frozenset("consider considers considered regard regards regarded treat treats treated see sees saw "
                   "view views "
                   "viewed mistook deem deems deemed".split())  # fmt: skip
MARKERS = (
    POSES | JUDGES | frozenset("such known only that short have existence itself himself herself themselves".split())
)
_SELF = frozenset("itself himself herself themselves".split())
# "Fancies itself a X": what somebody takes themselves for.
_FANCIES = frozenset(
    "fancies fancied fancy considers considered consider thinks thought think imagines imagined imagine deems deemed "
    "believes believed declares declared declare proclaims proclaimed proclaim".split()
)
_NOBODY = frozenset("no nobody none few hardly neither".split())
_TO_WHOM = frozenset("to among by in on locally there here officially euphemistically".split())


def find(line: Line, i: int) -> Span | None:
    """The name that the word at i puts in doubt; null where it puts none."""
    low, after = line.low[i], at(line, i + 1)
    if low == "known":
        return _known(line, i)
    if low == "such":
        held = after == "as" and at(line, i + 2) in {"it", "they"} and at(line, i + 3) in BE
        return before(line, i - 1) if held and at(line, i - 1) == "," else None
    if low == "only":
        one = next((k for k in range(i - 1, max(0, i - 7), -1) if line.low[k] in {"a", "an"}), 0)
        if one and at(line, one - 1) in BE and after in {"in", "on"}:
            return one + 1, i  # "it is a X only in the leaflets"
        if at(line, i - 1) in {"exists", "existed", "exist"} and at(line, i + 1) in {"in", "on"}:
            return before(line, i - 1)  # "the X exists only in their speeches"
        return before(line, i - 2) if at(line, i - 1) == "name" and at(line, i - 2) == "in" else None
    if low in _SELF:
        return name(line, i + 1, 5) if at(line, i - 1) in _FANCIES else None
    if low == "that":
        return before(line, i) if after == "never" and at(line, i + 2) in BE else None
    if low == "existence":
        doubted = after == "of" and not {"never", "not", "no"}.isdisjoint(line.low[i + 2 :])
        return name(line, i + 2, 6) if doubted else None
    if low == "have":
        start = next((k for k in range(i - 1, max(0, i - 7), -1) if line.low[k] == "as"), 0)
        held = after == "it" and start > 1 and at(line, start - 1) == ","
        return before(line, start - 1) if held else None  # "the X, as its enemies have it, …"
    if low == "short":
        j = i + 2 + (at(line, i + 2) == "being")
        return name(line, j, 4) if after == "of" and at(line, j) in {"a", "an"} else None
    if low in {"mistake", "mistook"}:
        given = next((k for k in range(i + 2, min(len(line) - 1, i + 7)) if line.low[k] == "for"), None)
        return name(line, given + 1, 5) if given else None
    if low in POSES and (after, at(line, i + 2)) == ("off", "as"):
        return name(line, i + 3, 5)
    posed = bare(line, i + 2) and low.startswith("pass" if after == "for" else ("pos", "masq"))
    if low in POSES and (after in {"for", "as"}) and (at(line, i + 2) in {"a", "an"} or posed):
        return name(line, i + 2, 5)
    return _judged(line, i) if low in JUDGES else None


def _known(line: Line, i: int) -> Span | None:
    """ "Known to its critics as the X", "known officially as X", "likes to be known as a X"."""
    if at(line, i + 1) == "as":
        kept = at(line, i - 1) in {"officially", "formally", "euphemistically"} or at(line, i - 3) in {
            "likes",
            "prefers",
        }
        return name(line, i + 2) if kept else None
    if at(line, i + 1) not in _TO_WHOM:
        return None
    for k in range(i + 2, min(len(line), i + 9)):
        if line.low[k] == "as":
            return name(line, k + 1, 6)
        if line.tags[k] & MARK:
            return None
    return None


def _judged(line: Line, i: int) -> Span | None:
    """ "Nobody considers it a X", "no serious critic regards the levy as a X": the name is refused."""
    start = next((k for k in range(i - 1, max(-1, i - 9), -1) if line.tags[k] & MARK), -1) + 1
    refused = any(word in {"not", "never"} or word.endswith("n't") for word in line.low[max(0, i - 3) : i])
    if start >= len(line) or (line.low[start] not in _NOBODY and not refused):
        return None
    for k in range(i + 1, min(len(line), i + 9)):
        if line.tags[k] & MARK:
            return None
        if line.low[k] in {"a", "an", "as", "for"} and (k > i + 1 or line.low[k] in {"as", "for"}):
            return name(line, k + 1, 5)
    return None


def scorned(line: Line) -> Span | None:
    """ "Some X!", "Some X: it was over in an hour", "Some X, this": scorn for the name."""
    end = next((k for k in range(1, min(len(line), 5)) if line.tags[k] & MARK), 0)
    this = line.low[end] == "," and at(line, end + 1) in {"this", "that"}
    if end == 0 and at(line, len(line) - 2) in BE and at(line, len(line) - 3) in {"this", "that", "it"}:
        return (1, len(line) - 3) if 4 < len(line) < 9 else None  # "Some X this is."
    named = (this or line.low[end] == ":") and not line.low[end - 1].endswith("s")
    return (1, end) if end > 1 and (named or line.low[end] == "!") else None


def owned_word(line: Line, i: int) -> Span | None:
    """ "The X – the minister's word – began", "(the minister's phrase)", "the X, to use her word,"."""
    if not (i + 1 < len(line) and line.tags[i + 1] & MARK):
        return None
    for k in range(i - 1, max(0, i - 7), -1):
        if line.tags[k] & MARK:
            words = line.low[k + 1 : i]
            owned = any(word.endswith(("'s", "s'")) or word in {"his", "her", "their", "its"} for word in words)
            return before(line, k) if owned and not any(line.low[m] in BE for m in range(k + 1, i)) else None
    return None


def strong_word(line: Line, i: int) -> Span | None:
    """ "X is a strong word for it": what stands before the verb at the beginning is a name only."""
    is_at = next((k for k in range(i - 1, max(0, i - 5), -1) if line.low[k] in BE), None)
    if is_at is None or is_at > 4 or at(line, is_at + 1) not in {"a", "an", "too", "the"}:
        return None
    spoken = all(not line.tags[k] & (PREP | DET | PRONOUN | MARK) for k in range(is_at))
    return (0, is_at) if spoken else None
