"""Whose view a clause is: "in the view of X", "by his own account", "if X is to be believed"."""

from __future__ import annotations

from pipeline.voice.clause import content_end
from pipeline.voice.found import Found, Span, clause_start, trim
from pipeline.voice.nominals import owner
from pipeline.voice.subjects import states
from pipeline.voice.tokens import CONJUNCTION, MARK, PRONOUN, SUBORDINATOR, WH, Line

_VIEWS = frozenset("view opinion eyes words judgment judgement account accounts telling version reading mind memoirs "
                   "memoir estimation".split())  # fmt: skip


def viewed(line: Line, i: int) -> Found | None:
    """ "In the view of X, …", "in X's opinion", at the beginning of a line, in its middle or at its end."""
    n = len(line)
    opening = i == 0 or (i == 1 and bool(line.tags[0] & CONJUNCTION))
    if not opening and not line.tags[i - 1] & MARK:
        return None
    end = next((k for k in range(i + 2, min(n, i + 16)) if line.tags[k] & MARK or line.low[k] == "."), n)
    if opening and (bare := _clause_at_once(line, i, end)) is not None:
        return bare
    at = next((k for k in range(i + 1, min(end, i + 8)) if line.low[k] in _VIEWS), None)
    if at is None:
        return None
    if at + 1 < end and line.low[at + 1] == "of":
        source = trim(line, at + 2, end)
    else:
        told = line.low[i + 1] in {"all", "most", "this"} or line.low[at - 1] == "official"
        source = ((i + 1, at + 1) if told else owner(line, at)) if at == end - 1 else None
    contents = [] if opening else [trim(line, clause_start(line, i), i - 1)]
    goes_on = end + 1 < n and line.low[end] != "."
    if goes_on and (opening or not line.tags[end + 1] & (WH | SUBORDINATOR | CONJUNCTION)):
        contents.append(trim(line, end + 1, content_end(line, end + 1)))
    spans = [span for span in contents if span is not None]
    if (other := _or_name(line, i)) is not None:
        spans = [other]  # "the retreat, or redeployment, in the words of X, …": only the second name is X's
    return Found((i, at + 1), source, spans, "speech", i) if source and spans else None


def _clause_at_once(line: Line, i: int, end: int) -> Found | None:
    """ "By his own account it was a trap": the clause follows without a comma."""
    at = next((k for k in range(i + 2, min(end - 1, i + 5)) if line.low[k] in _VIEWS), None)
    if at is None or not line.tags[at + 1] & PRONOUN:
        return None
    whole = line.low[i + 1] in {"all", "most"}
    source = (i + 1, at + 1) if whole else owner(line, at)
    content = trim(line, at + 1, content_end(line, at + 1))
    return Found((i, at + 1), source, [content], "speech", i) if source and content else None


def _or_name(line: Line, i: int) -> Span | None:
    """ "…, or X," before i; null where the words before are no such second name."""
    mark = i - 1
    start = next((k for k in range(mark - 1, max(-1, mark - 7), -1) if line.tags[k] & MARK), None)
    if start is None or line.low[start + 1] != "or" or states(line, start + 2, mark):
        return None
    return trim(line, start + 2, mark)


_TRUSTED = frozenset("believed trusted right correct".split())


def believed(line: Line, i: int) -> Found | None:
    """ "…, if X is to be believed": the clause beside it is what X says."""
    if line.low[i] not in _TRUSTED:
        return None
    start = next((k for k in range(i - 1, max(-1, i - 24), -1) if line.low[k] == "if"), None)
    k = i - 1
    while k >= 0 and line.low[k] in {"be", "to", "is", "are", "was", "were"}:
        k -= 1
    if start is None or k in {start, i - 1} or (line.low[i] in {"believed", "trusted"} and line.low[i - 2] != "to"):
        return None
    source = trim(line, start + 1, k + 1)
    if start == 0:
        content = trim(line, i + 1, content_end(line, i + 1)) if i + 1 < len(line) else None
    else:
        content = trim(line, clause_start(line, start), start)
    return Found((k + 1, i + 1), source, [content], "speech", i) if source and content else None
