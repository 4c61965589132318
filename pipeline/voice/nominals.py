"""Cues that are no verbs of speech: nouns, adjectives, "according to", and the verbs that give names."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import content_end
from pipeline.voice.found import Found, Span, clause_start, cue_start, indefinite, passive, source_of, trim
from pipeline.voice.subjects import before_verb, finite, states, subject
from pipeline.voice.tokens import AUX, CONJUNCTION, DET, MARK, PREP, PRONOUN, QUOTE, SUBORDINATOR, VERB, WH, Line


def according(line: Line, i: int) -> Found | None:
    """ "According to X, …" and "…, according to X"."""
    n = len(line)
    if i + 2 >= n or line.low[i + 2] in _NOT_SOURCES:
        return None
    opening = i == 0 or (line.tags[i - 1] & (CONJUNCTION | SUBORDINATOR) and i < 3)
    inserted = i > 1 and not opening and line.low[i - 1] == "," and not states(line, clause_start(line, i), i - 1)
    k = i + 2
    while k < n and not line.tags[k] & QUOTE and line.low[k] not in {";", "—", "–"}:
        if line.low[k] == "," and (opening or inserted or not (k + 1 < n and line.tags[k + 1] & (DET | WH))):
            break
        k += 1
    source = trim(line, i + 2, k)
    before = None if opening else trim(line, clause_start(line, i), i)
    after = None
    if (opening or inserted) and k + 1 < n:  # "The vote, according to X, was void": both sides
        after = trim(line, k + 1, content_end(line, min(k + 1, n - 1)))
    contents = [span for span in (before, after) if span is not None]
    return Found((i, i + 2), source, contents, "speech", i) if source and contents else None


_VIEWS = frozenset("view opinion eyes words judgment judgement account telling".split())


def viewed(line: Line, i: int) -> Found | None:
    """ "In the view of X, …", "in X's opinion", at the beginning of a line, in its middle or at its end."""
    n = len(line)
    opening = i == 0 or (i == 1 and bool(line.tags[0] & CONJUNCTION))
    if not opening and not line.tags[i - 1] & MARK:
        return None
    end = next((k for k in range(i + 2, min(n, i + 16)) if line.tags[k] & MARK or line.low[k] == "."), n)
    at = next((k for k in range(i + 1, min(end, i + 8)) if line.low[k] in _VIEWS), None)
    if at is None:
        return None
    if at + 1 < end and line.low[at + 1] == "of":
        source = trim(line, at + 2, end)
    else:
        source = _owner(line, at) if at == end - 1 else None
    contents = [] if opening else [trim(line, clause_start(line, i), i - 1)]
    goes_on = end + 1 < n and line.low[end] != "."
    if goes_on and (opening or not line.tags[end + 1] & (WH | SUBORDINATOR | CONJUNCTION)):
        contents.append(trim(line, end + 1, content_end(line, end + 1)))
    spans = [span for span in contents if span is not None]
    return Found((i, at + 1), source, spans, "speech", i) if source and spans else None


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


_NOT_SOURCES = frozenset("plan plans schedule law custom tradition script need taste size rank".split())


def naming(line: Line, i: int, base: str, out: list[Found]) -> Found | None:
    """ "X called Y Z": Y Z is what X says; the distance is found elsewhere."""
    j = i + 1
    if j >= len(line) or line.tags[j] & MARK or line.low[j] in {"on", "off", "in", "back", "upon", "up", "out"}:
        return None
    if passive(line, i) or line.low[i] in {"terms", "styles", "labels", "brands", "bills", "casts", "paints"}:
        return None
    if base == "describe" and any(line.low[k] in {"how", "why"} for k in range(j, min(len(line), j + 4))):
        return None  # "described how …" tells, it gives no name
    content = trim(line, j, content_end(line, j))
    if content is None:
        return None
    wanted = line.low[j] == "for" and not (j + 1 < len(line) and indefinite(line, j + 1))
    kind = "stance" if wanted or base in {"tout", "denounce"} else "name"
    if base == "describe" and not any(line.low[k] == "as" for k in range(*content)):
        kind = "stance"
    if kind == "name":
        comma = next((k for k in range(*content) if line.low[k] == ","), content[1])
        content = trim(line, content[0], comma) or content
    return Found((cue_start(line, i), i + 1), source_of(line, i, out), [content], kind, i)


REGARDS = frozenset("see sees saw view views viewed regard regards regarded treat treats treated".split())


def regarded(line: Line, i: int, out: list[Found]) -> Found | None:
    """ "X sees the vote as a trap": what X takes it for; nothing after a passive, where nobody does."""
    if passive(line, i) or (source := source_of(line, i, out)) is None or line.upper[i]:
        return None
    for k in range(i + 2, min(len(line) - 1, i + 10)):
        if line.low[k] == "as" and not line.tags[k + 1] & (PRONOUN | MARK):
            content = trim(line, k + 1, content_end(line, k + 1))
            return Found((cue_start(line, i), i + 1), source, [content], "speech", i) if content else None
        if line.tags[k] & (MARK | AUX | WH | QUOTE):
            return None
    return None


def noun(line: Line, i: int) -> Found | None:
    """ "X's claim that …", "the belief that …", "their plan to …", "concerns about …"."""
    j = i + 1
    if j >= len(line):
        return None
    low = line.low[j]
    name = lexicon.noun_class(line.low[i])
    if low == "of" and line.low[i] in _CHARGES:
        content = trim(line, j + 1, min(content_end(line, j), _phrase_end(line, j + 1)))
        return Found((i, i + 1), _owner(line, i), [content], "speech", i) if content else None
    if low != "that" and not (low == "to" and name in {"want", "urge", "deny"}) and low not in {"about", "for", ":"}:
        return None
    owner = _owner(line, i)
    if low in {"about", "for"} and (owner is None or name not in {"think", "say", "urge", "want", "judge"}):
        return None
    content = trim(line, j, content_end(line, j))
    if content is None:
        return None
    kind = "speech" if low in {"that", ":"} else "intent" if low == "to" else "stance"
    return Found((i, i + 1), owner, [content], kind, i)


# "the accusation of fraud": what is charged is named by who charges.
_CHARGES = frozenset(
    "accusation accusations allegation allegations charge charges claim claims rumour rumours rumor rumors reports "
    "fears suspicion suspicions complaint complaints warning warnings".split()
)


def _phrase_end(line: Line, a: int) -> int:
    """One past the noun phrase that begins at a: up to a mark, an auxiliary, a finite verb, a new clause."""
    k = a + 1
    while k < len(line) and not line.tags[k] & (MARK | QUOTE | AUX | WH | SUBORDINATOR) and not finite(line, k):
        k += 1
    return k


_OWNERS = frozenset("his her their its my our your".split())


def _owner(line: Line, i: int) -> Span | None:
    """Whose claim: a possessive before the noun, at most three words before."""
    for k in range(i - 1, max(-1, i - 5), -1):
        if line.low[k] in _OWNERS:
            return k, k + 1
        if line.low[k].endswith(("'s", "s'")) and not line.tags[k] & PRONOUN:
            return _owner_start(line, k), k + 1
        if line.tags[k] & (MARK | QUOTE | PREP | AUX):
            return None
    return None


def _owner_start(line: Line, k: int) -> int:
    """The first token of the name that carries the possessive ending at k."""
    a = k
    while a > 0 and k - a < 8:
        t = line.tags[a - 1]
        if t & (PREP | CONJUNCTION | MARK | QUOTE | AUX | SUBORDINATOR | WH) or (t & VERB and not line.upper[a - 1]):
            break
        a -= 1
        if t & DET:
            break
    return a


def adjective(line: Line, i: int) -> Found | None:
    """ "X is confident that …", "worried about …", "willing to …"."""
    j = i + 1
    if j >= len(line) or i == 0 or line.low[j] not in {"that", "to", "about", "of"}:
        return None
    before = before_verb(line, i)
    if before == i - 1 and line.low[i - 1] not in {"feel", "felt", "feels"}:
        return None
    content = trim(line, j, content_end(line, j))
    if content is None:
        return None
    kind = {"that": "speech", "to": "intent"}.get(line.low[j], "stance")
    return Found((cue_start(line, i), i + 1), subject(line, i), [content], kind, i)
