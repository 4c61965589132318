"""Cues that are no verbs of speech: nouns, adjectives, "according to", and the verbs that give names."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import content_end
from pipeline.voice.found import (
    Found,
    Span,
    before_turn,
    clause_start,
    cue_start,
    indefinite,
    kind_of,
    passive,
    source_of,
    trim,
)
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


def named_by(line: Line, i: int, base: str) -> tuple[Span, Span] | None:
    """The name and who gave it: "was branded a X by Y", "has been described by Y as X", told once.

    Null for "is called X by Y" and "dubbed X by Y": those tell a way of naming.
    """
    if base in {"dub", "term", "style", "christen", "refer", "bill", "tout"} or not passive(line, i):
        return None
    if not any(low in {"was", "were", "been"} for low in line.low[max(0, i - 3) : i]):
        return None
    n = len(line)
    end = next((k for k in range(i + 1, min(n, i + 16)) if line.tags[k] & (MARK | WH)), min(n, i + 16))
    by = next((k for k in range(i + 1, end) if line.low[k] == "by"), None)
    if by is None or by + 1 >= end or line.low[by + 1].endswith("ing"):
        return None
    given = next((k for k in range(i + 1, end) if line.low[k] == "as"), None)
    if by == i + 1:
        if given is None or (content := trim(line, given + 1, content_end(line, given + 1))) is None:
            return None
        return content, (by + 1, given)
    content = trim(line, i + 1 if given is None or given > by else given + 1, by)
    agent = trim(line, by + 1, max(by + 2, _phrase_end(line, by + 1)))
    return (content, agent) if content and agent else None


def naming(line: Line, i: int, base: str, out: list[Found]) -> Found | None:
    """ "X called Y Z": Y Z is what X says; the distance is found elsewhere."""
    j = i + 1
    if j >= len(line) or line.tags[j] & MARK or line.low[j] in {"on", "off", "in", "back", "upon", "up", "out"}:
        return None
    if (told := named_by(line, i, base)) is not None:
        return Found((cue_start(line, i), i + 1), told[1], [told[0]], "speech", i)
    if passive(line, i) or line.low[i] in {"terms", "styles", "labels", "brands", "bills", "casts", "paints"}:
        return None
    if base == "describe" and any(line.low[k] in {"how", "why"} for k in range(j, min(len(line), j + 4))):
        return None  # "described how …" tells, it gives no name
    if line.low[i] == "call" and i and line.tags[i - 1] & MARK:
        return None  # "call it this, call it that: …"
    if line.low[i - 2 : i] == ["let", "us"] or (i and line.low[i - 1] == "let's"):
        return None  # the outlet's own name for it
    content = trim(line, j, content_end(line, j))
    if content is None:
        return None
    wanted = line.low[j] == "for" and not (j + 1 < len(line) and indefinite(line, j + 1))
    if base == "denounce" and "as" in line.low[j : content[1]]:
        return _denounced(line, i, j, content[1], out)
    kind = "stance" if wanted or base in {"tout", "denounce"} else "name"
    if kind_of(line, source_of(line, i, out)) == "stance" or (base == "call" and _no_second(line, i, j, content[1])):
        kind = "stance"  # "I call it a trap"; "called the police about"
    if base == "describe" and not any(line.low[k] == "as" for k in range(*content)):
        kind = "stance"
    if line.low[j] == "for":
        end = min(content[1], _phrase_end(line, j + 1))
        if line.low[end - 1] != "to":  # "called for calm and | said …", "for aid to be sent"
            content = (j, end - (line.low[end - 1] in {"and", "but"}))
    if kind == "name" and "what" in line.low[max(0, i - 8) : i]:
        be = next((k for k in range(content[0] + 1, content[1]) if line.tags[k] & AUX), content[1])
        content = (content[0], be)  # "what X calls a pause was a strike"
    if kind == "name":
        comma = next((k for k in range(*content) if line.low[k] == ","), content[1])
        content = before_turn(line, trim(line, content[0], comma) or content)
    a = _given(line, i, base, content) if kind == "name" else content[0]
    about = [(content[0], a)] if a > content[0] else []
    return Found((cue_start(line, i), i + 1), source_of(line, i, out), [(a, content[1])], kind, i, about)


def _given(line: Line, i: int, base: str, content: Span) -> int:
    """Where the name begins after a definite object, which the outlet names: "called | the walkout | a disgrace"."""
    j = i + 1
    if not (line.tags[j] & DET or line.upper[j]) or line.tags[j] & PRONOUN or line.low[j] in {"a", "an"}:
        return content[0]
    quoted = next((a for a, b in line.phrases if j < a < content[1]), None)
    if quoted is not None:
        return quoted - (line.low[quoted - 1] in {"a", "an"})
    if base in lexicon.NAMING_AS and "as" in line.low[j + 1 : content[1] - 1]:
        return line.low.index("as", j) + 1
    if base in lexicon.NAMING_AS or not _WHAT.isdisjoint(line.low[max(0, i - 8) : i]):
        return content[0]
    for k in range(j + 1, content[1] - 1):
        if line.tags[k] & (AUX | WH | MARK):
            break
        if (
            line.low[k] in {"a", "an"}
            and not line.tags[k - 1] & (PREP | VERB)
            and not line.low[k - 1].endswith("ing")
        ):
            return k
    return content[0]


_WHAT = frozenset("what which whom".split())


_FRONTED = frozenset("what which whom that".split())
_WHEN_OR_WHY = frozenset("about for after before over with during from".split())


def _no_second(line: Line, i: int, j: int, end: int) -> bool:
    """Whether a call has an object and no name: "called the police about the theft", "called a strike for May"."""
    if not line.tags[j] & DET or line.tags[j] & PRONOUN or not _FRONTED.isdisjoint(line.low[max(0, i - 8) : i]):
        return False
    if "off" in line.low[j + 1 : j + 4] or (line.low[j] in {"a", "an"} and not _names_twice(line, j, end)):
        return True  # "called the strike off", "called a strike"
    prep = next((k for k in range(j + 2, min(end, j + 5)) if line.low[k] in _WHEN_OR_WHY), None)
    return prep is not None and not any(line.low[k] in {"a", "an"} or line.tags[k] & QUOTE for k in range(j + 1, end))


def _names_twice(line: Line, j: int, end: int) -> bool:
    """Whether a second name follows from j on: "calls a spade | a spade", "a strike “a crime”"."""
    return any(line.low[k] in {"a", "an"} for k in range(j + 1, end)) or any(j < a < end for a, _ in line.phrases)


def _denounced(line: Line, i: int, j: int, end: int, out: list[Found]) -> Found | None:
    """ "denounced the vote as a trap": what it is denounced as."""
    given = line.low.index("as", j) + 1
    content = trim(line, given, end)
    return Found((cue_start(line, i), i + 1), source_of(line, i, out), [content], "speech", i) if content else None


def noun(line: Line, i: int) -> Found | None:
    """ "X's claim that …", "the belief that …", "their plan to …", "concerns about …"."""
    j = i + 1
    if j >= len(line):
        return None
    low = line.low[j]
    name = lexicon.noun_class(line.low[i])
    if low == "that" and (left_open(line, j) or _undoubted(line, i)):
        return None
    if (
        low == "of"
        and line.low[i] in _CHARGES
        and line.low[i - 1 : i] != ["for"]
        and not (line.low[i] == "accounts" and not indefinite(line, j + 1))
    ):
        content = trim(line, j + 1, min(content_end(line, j), _phrase_end(line, j + 1)))
        return Found((i, i + 1), owner(line, i), [content], "speech", i) if content else None
    if low in {"about", "over", "of"} and line.low[i] in _ALARMS and line.low[j + 1 : j + 2] in (["a"], ["an"]):
        content = trim(line, j + 1, min(content_end(line, j), _phrase_end(line, j + 1)))  # "fears over a famine"
        return Found((i, i + 1), owner(line, i), [content], "speech", i) if content else None
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


def _undoubted(line: Line, i: int) -> bool:
    """ "There is no doubt that …": the outlet's own."""
    return i > 2 and line.low[i - 1] in {"no", "little"} and line.low[i - 3] == "there"


# "the accusation of fraud": what is charged is named by who charges.
_CHARGES = frozenset(
    "accusation accusations allegation allegations charge charges claim claims rumour rumours rumor rumors reports "
    "cries shouts chants mutterings fears suspicion suspicions accounts complaint complaints warning warnings talk "
    "suggestion suggestions hints whispers finding findings".split()
)


_ALARMS = frozenset(
    "fear fears concern concerns worry worries warning warnings suspicion suspicions claim claims".split()
)


def _phrase_end(line: Line, a: int) -> int:
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
    verb = i - (line.low[i - 1] in _STAYS)
    return Found((cue_start(line, verb), i + 1), subject(line, verb), [content], kind, i)
