"""Whose view something is: "in the view of X", "if X is to be believed", "seen as a Y", "strike fears"."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import content_end
from pipeline.voice.found import Found, Span, clause_start, cue_start, passive, source_of, trim
from pipeline.voice.nominals import owner
from pipeline.voice.subjects import states
from pipeline.voice.tokens import AUX, CONJUNCTION, DET, MARK, PREP, PRONOUN, QUOTE, SUBORDINATOR, WH, Line

_VIEWS = frozenset("view opinion eyes words judgment judgement account accounts telling version reading mind memoirs "
                   "memoir estimation ruling".split())  # fmt: skip


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
    if at is None or not line.tags[at + 1] & (PRONOUN | DET):
        return None
    whole = line.low[i + 1] in {"all", "most"}
    plural = line.low[at - 1].endswith("s") and not line.tags[at - 1]  # its apostrophe is no part of a word
    source = (i + 1, at + 1) if whole or plural else owner(line, at)
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


REGARDS = frozenset(
    form
    for verb in "view regard treat recognise recognize classify remember recall".split()
    for form in lexicon.forms(verb)
) | frozenset("see sees saw seen seeing".split())


def regarded(line: Line, i: int, out: list[Found]) -> Found | None:
    """ "X sees the vote as a trap": what X takes it for; nothing after a passive, where nobody does."""
    if line.upper[i] and i:
        return None
    source = None
    if passive(line, i) and not line.low[i].endswith("ing"):
        if line.low[i + 1 : i + 2] != ["by"] and line.low[i - 1] not in {"widely", "generally", "commonly", "being"}:
            return None
    elif (source := source_of(line, i, out)) is None:
        return None
    for k in range(i + 1 if source is None else i + 2, min(len(line) - 1, i + 10)):
        if line.low[k] == "as" and line.low[k + 1] in {"if", "though"}:
            return None
        if line.low[k] == "as" and line.low[i].startswith(("recog", "class")) and line.low[k + 1] not in {"a", "an"}:
            return None  # "recognised the regions as independent": that is done, not said
        if line.low[k] == "as" and not line.tags[k + 1] & (PRONOUN | MARK):
            content = trim(line, k + 1, content_end(line, k + 1))
            return Found((cue_start(line, i), i + 1), source, [content], "speech", i) if content else None
        if line.tags[k] & (MARK | AUX | WH | QUOTE):
            return None
    return None


_COMPOUND = frozenset("fears claims allegation allegations accusation accusations rumour rumours rumor rumors "
                      "suspicions".split())  # fmt: skip
_DUE = frozenset("insurance asylum benefit jobless unemployment damage damages compensation wage land tax medical "
                 "warranty injury expense expenses".split())  # fmt: skip
# What fears and rumours do: "fears grow that …", "strike fears hit the port".
_STIRS = frozenset(
    form
    for verb in "grow mount persist linger emerge circulate abound surface swirl ease fade drag grip spark haunt dog "
    "rock weigh loom prompt rattle push lift cloud drown spread hit arise rise sweep sink send".split()
    for form in lexicon.forms(verb)
) | frozenset("grew rose arose swept sank sent".split())
_OF = frozenset("against over about among".split())


def stirred(line: Line, i: int) -> Found | None:
    """ "Fears are growing that …"; "strike fears hit the port", "amid strike fears": what is feared, and is not there
    for the outlet."""
    k = i + 1
    while k < len(line) and k < i + 4 and line.tags[k] & AUX and not line.tags[k] & PRONOUN:
        k += 1
    held = lexicon.noun_class(line.low[i]) in {"claim", "think", "say"}
    stirs = k < len(line) - 1 and line.low[k] in _STIRS and not line.tags[k + 1] & PREP  # "fears spread of" is a verb
    stirs |= k > i + 1 and k < len(line) and line.low[k] in _STIRS
    that = next((m for m in range(k + 1, min(len(line) - 1, k + 4)) if line.low[m] == "that"), 0) if stirs else 0
    if that and held and not any(line.tags[m] & (MARK | QUOTE) for m in range(k, that)):
        content = trim(line, that, content_end(line, that))
        return Found((i, i + 1), owner(line, i), [content], "speech", i) if content else None
    if line.low[i] not in _COMPOUND or line.low[i - 1] in _DUE:
        return None
    a = i
    while (
        a > 0 and i - a < 4 and not line.tags[a - 1] and line.low[a - 1][0].isalpha() and not _owns(line.low[a - 1])
    ):
        a -= 1
    after = line.low[i + 1] if i + 1 < len(line) else ""
    if a == i or _owns(line.low[a - 1]) or (a and line.tags[a - 1] & (PRONOUN | CONJUNCTION) & ~DET):
        return None
    opens = a == 0 or bool(line.tags[a - 1] & (PREP | DET))
    amid = a > 0 and bool(line.tags[a - 1] & PREP) and (not after or after == "." or bool(line.tags[i + 1] & MARK))
    if not (stirs or amid or (opens and (not after or after in _OF or line.tags[i + 1] & AUX))):
        return None
    return Found((i, i + 1), owner(line, i), [(a, i)], "speech", i)


def _owns(low: str) -> bool:
    return low.endswith(("'s", "s'"))
