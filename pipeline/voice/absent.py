"""Names of what never came: "the X that never was", "the X failed to come", "the X is a fiction"."""

from __future__ import annotations

from pipeline.voice.names import BE, Span, at, name
from pipeline.voice.names import before as before_of
from pipeline.voice.subjects import finite
from pipeline.voice.tokens import AUX, CONJUNCTION, DET, MARK, PRONOUN, VERB, Line


def closed(line: Line, k: int) -> bool:
    """Whether a clause ends before k."""
    return k >= len(line) or line.low[k] == "." or bool(line.tags[k] & MARK)


_NO_KIND = frozenset({("of", "the", "kind"), ("of", "the", "sort"), ("such", "thing", ".")})
# "The X is a fiction": what the text calls so, there is not.
INVENTED = frozenset("myth fiction fantasy figment invention illusion mirage fabrication chimera hoax sham delusion "
                     "phantom pipedream".split())  # fmt: skip


def find(line: Line, i: int) -> Span | None:
    """The name of what never came, was or could be found, as the word at i tells; null where it tells of none."""
    low = line.low[i]
    if low in INVENTED:
        be = i - 2 - (at(line, i - 2) in {"mere", "pure"})
        named = at(line, i - 1) in {"a", "an", "mere", "pure"} and at(line, be) in BE
        return _subject(line, be) if named else None
    if low in FAILS:
        return failed(line, i)
    if low in {"no", "nothing"} and tuple(line.low[i + 1 : i + 4]) in _NO_KIND and at(line, i - 1) in BE:
        return before_of(line, i - 1)  # "the X was nothing of the kind"
    if (missing := unfound(line, i)) is not None:
        return missing
    return never_came(line, i) if low in {"not", "never", "didn't"} else None


def never_came(line: Line, i: int) -> Span | None:
    """ "The X did not happen", "the X that never came"."""
    if line.low[i] == "never" and at(line, i + 1) in _BUILT and at(line, i - 1) in BE and closed(line, i + 2):
        return _subject(line, i - 1)
    k = i + 2 if tuple(line.low[i + 1 : i + 3]) == ("take", "place") else i + 1
    if k != i + 2 and at(line, k) not in (_ARRIVES if line.low[i] == "never" else _HAPPENS):
        return None
    if not (closed(line, k + 1) or line.tags[k + 1] & (AUX | CONJUNCTION)):
        return None
    j = i - 1
    while j > 0 and line.tags[j] & AUX:
        j -= 1
    told = line.low[j] in {"that", "which"}
    if not told and line.low[i - 1] in {"would", "will", "could", "might", "may", "should"}:
        return None  # "without it the strike would not happen"
    end = j if line.low[j] in {"that", "which", "who"} else j + 1
    if end > 0 and not line.tags[end - 1] & (MARK | PRONOUN | VERB):
        return before_of(line, end)
    return _subject(line, end)


_BUILT = frozenset("built made born realised realized formed signed launched".split())
FAILS = frozenset("failed fails fail yet".split())
_PARTS = frozenset(";:—–")
_COMES_ABOUT = frozenset("happen materialise materialize exist occur arrive come appear".split())
_HAPPENS = frozenset("happen materialise materialize exist occur".split())
_WHEN = frozenset("on in at by during after before this last as".split())
_ARRIVES = _HAPPENS | frozenset(
    "came come arrived happened materialised materialized existed occurred emerged appeared".split()
)


def failed(line: Line, i: int) -> Span | None:
    """ "The X failed to materialise", "the X, so loudly foretold, failed to come"."""
    if at(line, i + 1) != "to" or at(line, i + 2) not in _COMES_ABOUT:
        return None
    if not closed(line, i + 3) and (at(line, i + 2) not in _HAPPENS or at(line, i + 3) not in _WHEN):
        return None
    stop = i - (at(line, i - 1) in {"has", "have", "had"})
    found = _subject(line, stop)
    alone = found is not None and found[1] == stop and line.low[i] != "yet"
    return None if alone and at(line, i + 2) not in _HAPPENS else found  # a guest, too, fails to come


def _subject(line: Line, stop: int) -> Span | None:
    """The name that begins the clause whose verb stands at `stop`, alone or with "that …", ", …," after it."""
    start = max((k + 1 for k in range(stop) if line.low[k] in _PARTS), default=0)
    start += at(line, start) in {"and", "but"}
    span = name(line, start)
    if span is not None and span[0] < stop < span[1]:
        span = span[0], stop  # a name could go on, "the failed coup", but here is the verb
    whole = span is not None and (span[1] == stop or line.low[span[1]] in {",", "that", "which"})
    return None if not whole or line.tags[start] & PRONOUN & ~DET else span


def unfound(line: Line, i: int) -> Span | None:
    """ "A X that no police figures show", "a X which the inspectors could not find": none is there."""
    find_at = next((k for k in range(i + 1, min(len(line), i + 6)) if line.low[k] in _FINDS), None)
    if find_at is None or not closed(line, find_at + 1):
        return None
    for k in range(i - 1, max(0, i - 8), -1):
        if line.low[k] in {"that", "which"} and not line.tags[k - 1] & (MARK | VERB | AUX):
            return before_of(line, k)
        if line.tags[k] & MARK or finite(line, k):
            return None
    return None


_FINDS = frozenset("find finds found see sees saw seen show shows detect prove trace locate discern recognise "
                   "recognises recognised recognize recognizes recognized".split())  # fmt: skip
