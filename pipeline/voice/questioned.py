"""Names that a text asks after: "Was it a X?", "A X?", "What X?", "Would anyone speak of a X?"."""

from __future__ import annotations

from pipeline.voice.names import BE, Span, at, bare, name
from pipeline.voice.supposed import ONE, clause_name, tight
from pipeline.voice.tokens import ADVERB, AUX, CONJUNCTION, DET, MARK, PREP, PRONOUN, QUOTE, VERB, WH, Line

# A question without a verb is no longer: "A strike, then?".
LONGEST_FRAGMENT = 5
_IS = frozenset("is are was were isn't aren't wasn't weren't".split())
_OPEN = frozenset("it this that these those they".split())
# Between the verb and what it asks after: "are | the four firms that met in Lund | a X".
_REACH = 10


def find(line: Line) -> Span | None:
    """The name that a question asks after; null where it asks after none, or is none."""
    if line.low[-1] != "?" or len(line) < 2 or any(bits & QUOTE for bits in line.tags):
        return None
    j = 0
    while j < len(line) - 2 and (line.tags[j] & (CONJUNCTION | MARK) or line.low[j] in {"so", "well"}):
        j += 1
    last = max((k for k in range(j, len(line) - 1) if line.low[k] in {":", ";", "—", "–"}), default=j - 1)
    j = max(j, last + 1)
    if (low := line.low[j]) == "since" and at(line, j + 1) == "when":
        j, low = j + 2, at(line, j + 2)
    if low == "when" and (k := next((k for k in range(j, len(line)) if line.low[k] == "become"), 0)):
        return name(line, k + 1, 4)
    if low == "how" and line.tags[j + 1] & AUX:
        j, low = j + 1, at(line, j + 1)
    if low in _IS:
        return _is(line, j)
    if low in {"this", "that"} and at(line, j + 1) in _IS and at(line, j + 2) in {"a", "an", "the"}:
        return tight(line, j + 3)
    if line.tags[j] & AUX and not line.tags[j] & PRONOUN:
        return clause_name(line, j + 1, inverted=at(line, j + 1) == "there") or _done(line, j)
    return _fragment(line, j)


def _is(line: Line, j: int) -> Span | None:
    """ "Is it a X?", "Is this X?", "Are the firms a X?"; "Is a strike legal?" asks after something else."""
    if at(line, j + 1) in _OPEN:
        c = j + 2
        while c < len(line) and line.tags[c] & ADVERB:
            c += 1
        if at(line, c) in {"a", "an", "the"}:
            return tight(line, c) if at(line, c) != "the" else None
        to = line.low.index("to", c) if "to" in line.low[c:] else len(line)
        if "that" in line.low[c:to] or "who" in line.low[c:to]:
            return None  # "Was it rain that fell?" asks who or what did it
        if to < len(line) and bare(line, c):
            return c, to  # "Is it X to ask where the money went?"
        return name(line, c, 4) if bare(line, c) and not line.low[c].endswith(("ed", "ing")) else None
    if at(line, j + 1) == "there":
        c = j + 2 + (at(line, j + 2) in {"even", "ever", "really"})
        return tight(line, c, 3) if at(line, c) in ONE else None
    for k in range(j + 2, min(len(line), j + _REACH)):
        if line.tags[k] & (MARK | WH):
            return None
        if line.low[k] in {"a", "an"} and not line.tags[k - 1] & (PREP | VERB | DET):
            return tight(line, k)
    return None


def _done(line: Line, j: int) -> Span | None:
    """ "Did the firms form a X?", "Would anyone speak of a X?"."""
    for k in range(j + 2, min(len(line), j + _REACH)):
        if line.tags[k] & (MARK | WH):
            return None
        spoken = line.low[k - 1] == "of" and line.low[k - 2] in {"speak", "talk"}
        if line.low[k] in {"a", "an"} and (spoken or line.low[k - 1] in {"make", "constitute"}):
            return tight(line, k)
    return None


def _fragment(line: Line, j: int) -> Span | None:
    """ "A X?", "X, then?", "What X?": a name alone; "The X?" only takes up what is there."""
    end = next((k for k in range(j, len(line)) if line.tags[k] & MARK), len(line))
    if not 0 < end - j <= LONGEST_FRAGMENT or len(line) - j > LONGEST_FRAGMENT + 3:
        return None
    if line.low[j] == "what":
        j += 1
    elif line.tags[j] & (WH | ADVERB | PREP | PRONOUN) or (line.tags[j] & DET and line.low[j] not in ONE):
        return None
    verbless = all(not line.tags[k] & (AUX | WH | PRONOUN) and line.low[k] not in BE for k in range(j, end))
    return (j, end) if verbless and end > j else None
