"""Cues that are no verbs of speech: nouns, adjectives, "according to"."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import content_end
from pipeline.voice.found import (
    COMMAS,
    Found,
    Span,
    clause_start,
    cue_start,
    indefinite,
    trim,
)
from pipeline.voice.names import bare
from pipeline.voice.subjects import before_verb, finite, phrase_start, states, subject
from pipeline.voice.supposed import left_open
from pipeline.voice.tokens import AUX, CONJUNCTION, DET, MARK, PREP, PRONOUN, QUOTE, SUBORDINATOR, VERB, WH, Line


def according(line: Line, i: int) -> Found | None:
    """ "According to X, …" and "…, according to X"."""
    n = len(line)
    if i + 2 >= n or line.low[i + 2] in _NOT_SOURCES:
        return None
    if line.low[i + 2] == "whom" and i > 1:
        comma = next((k for k in range(i + 3, n) if line.low[k] == ","), n)
        told, whom = trim(line, i + 3, comma), subject(line, i - 1) if line.low[i - 1] != "," else None
        whom = whom or (phrase_start(line, i - 1), i - 1)
        return Found((i, i + 2), whom, [told], "speech", i) if told and whom[1] > whom[0] else None
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


_NOT_SOURCES = frozenset("plan plans schedule law custom tradition script need taste size rank".split())


def noun(line: Line, i: int) -> Found | None:
    """ "X's claim that …", "the belief that …", "their plan to …", "concerns about …"."""
    j = i + 1
    if j >= len(line):
        return None
    low = line.low[j]
    name = lexicon.noun_class(line.low[i])
    if name == "claim" and (doubted := _denied_claim(line, i)) is not None:
        return doubted
    if low == "that" and (left_open(line, j) or _undoubted(line, i)):
        return None
    if _told_of(line, i):
        content = trim(line, j + 1, min(content_end(line, j), phrase_end(line, j + 1)))
        return Found((i, i + 1), owner(line, i), [content], "speech", i) if content else None
    if low in {"is", "was"} and name in _PREDICATED and (told := _predicate(line, i)) is not None:
        return told
    if low == "," and line.low[j + 1 : j + 2] == ["that"] and (held := owner(line, i)) is not None:
        end = next((k for k in range(j + 2, len(line)) if line.low[k] == ","), len(line))
        content = trim(line, j + 1, end)  # "his charge, that it was a trap, …"
        return Found((i, i + 1), held, [content], "speech", i) if content else None
    if low != "that" and not (low == "to" and name in {"want", "urge", "deny"}) and low not in {"about", "for", ":"}:
        return None
    whose = owner(line, i)
    if low in {"about", "for"} and (whose is None or name not in {"think", "say", "urge", "want", "judge"}):
        return None
    content = trim(line, j, content_end(line, j))
    if content is None:
        return None
    kind = "speech" if low in {"that", ":"} else "intent" if low == "to" else "stance"
    return Found((i, i + 1), whose, [content], kind, i)


def _denied_claim(line: Line, i: int) -> Found | None:
    """ "…, allegations that the firm denies", "…, a charge he rejects": what stands before is the allegation."""
    mark = i - 1 - (line.low[i - 1] in {"a", "an"})
    last = len(line) - 1 - (line.low[-1] == ".")
    if mark < 1 or line.low[mark] not in COMMAS or last <= i + 1 or any(line.tags[k] & MARK for k in range(i, last)):
        return None
    if lexicon.cue_class(line.low[last]) != "deny":
        return None
    content = trim(line, clause_start(line, mark), mark)
    return Found((i, i + 1), None, [content], "speech", i) if content else None


def _told_of(line: Line, i: int) -> bool:
    """Whether the noun at i brings what follows its preposition: "charges of X", "fears over a X"."""
    word, low, given = line.low[i], line.low[i + 1], i + 2
    if word in TOLD_OF and low in {"of", "about", "over"} and line.low[given : given + 1] in (["a"], ["an"]):
        return True
    new = word != "accounts" or (given < len(line) and indefinite(line, given))
    return low == "of" and word in CHARGES and new and line.low[i - 1 : i] != ["for"]


_PREDICATED = frozenset({"claim", "think", "report", "say"})
_HELD = frozenset("charge accusation allegation fear suspicion claim".split())


def _predicate(line: Line, i: int) -> Found | None:
    """ "The inquiry's finding is X", "the charge is X": what follows is what is found or charged."""
    k = i + 2
    held = owner(line, i) or ((i, i + 1) if line.low[i] in _HELD and line.low[i - 1 : i] == ["the"] else None)
    new = k < len(line) and (bare(line, k) or line.low[k] in {"a", "an", "one"})
    if held is None or not new or line.low[k].endswith(("ed", "ing", "en")):
        return None
    k += 2 * (line.low[k] == "one" and line.low[k + 1 : k + 2] == ["of"])
    content = trim(line, k, content_end(line, k)) if k < len(line) else None
    return Found((i, i + 1), held, [content], "speech", i) if content else None


def _undoubted(line: Line, i: int) -> bool:
    """ "There is no doubt that …": the outlet's own."""
    return i > 2 and line.low[i - 1] in {"no", "little"} and line.low[i - 3] == "there"


# "the accusation of fraud": what is charged is named by who charges.
CHARGES = frozenset(
    "accusation accusations allegation allegations charge charges claim claims rumour rumours rumor rumors reports "
    "cries shouts chants mutterings fears suspicion suspicions accounts complaint complaints warning warnings talk "
    "suggestion suggestions hints whispers finding findings".split()
)


# Of these and of stories only what is new is theirs: "tales of a siege", but "the story of the siege".
TOLD_OF = CHARGES | frozenset(
    "fear concern concerns worry worries warning suspicion claim story stories tale tales testimony lies lie notion "
    "complaint allegation accusation rumour rumor".split()
)


def phrase_end(line: Line, a: int) -> int:
    """One past the noun phrase that begins at a: up to a mark, an auxiliary, a finite verb, a new clause."""
    k = a + 1
    while k < len(line) and not line.tags[k] & (MARK | QUOTE | AUX | WH | SUBORDINATOR) and not finite(line, k):
        k += 1
    return k


_OWNERS = frozenset("his her their its my our your".split())


def owner(line: Line, i: int) -> Span | None:
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


_STAYS = frozenset("feel felt feels remain remains remained stay stays stayed seem seems seemed".split())
_SURE = frozenset("sure certain convinced confident adamant afraid positive".split())
_MAKES = frozenset("make makes made making".split())


def adjective(line: Line, i: int) -> Found | None:
    """ "X is confident that …", "worried about …", "willing to …"."""
    j = i + 1
    if j + 1 < len(line) and i and line.tags[j] & (PRONOUN | DET) and line.low[j] != "that" and line.low[i] in _SURE:
        near = any(finite(line, k) for k in range(j + 1, min(len(line), j + 2 + 4 * bool(line.tags[j] & DET))))
        content = trim(line, j, content_end(line, j)) if near else None  # "is sure it was a trap"
        return Found((cue_start(line, i), i + 1), subject(line, i), [content], "speech", i) if content else None
    if j >= len(line) or i == 0 or line.low[j] not in {"that", "to", "about", "of"}:
        return None
    before = before_verb(line, i)
    if line.low[i] == "clear" and (line.low[i - 1] in _MAKES or line.low[i - 2] in _MAKES) and line.low[j] == "that":
        content = trim(line, j, content_end(line, j))  # "made it clear that"
        at = i - 1 if line.low[i - 1] in _MAKES else i - 2
        return Found((at, i + 1), subject(line, at), [content], "speech", i) if content else None
    if before == i - 1 and line.low[i - 1] not in _STAYS:
        return None
    if line.low[j] == "that" and left_open(line, j):
        return None
    content = trim(line, j, content_end(line, j))
    if content is None:
        return None
    kind = {"that": "speech", "to": "intent"}.get(line.low[j], "stance")
    if line.low[j] == "of" and j + 1 < len(line) and indefinite(line, j + 1):
        kind = "speech"  # "convinced of a trap"
    verb = i - (line.low[i - 1] in _STAYS)
    return Found((cue_start(line, verb), i + 1), subject(line, verb), [content], kind, i)
