"""Cues in a line and what they attribute to whom."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice import backward
from pipeline.voice.asides import aside, with_more
from pipeline.voice.clause import content_end, inverted_subject, skip_adverbials
from pipeline.voice.complements import complement, has_clause_verb
from pipeline.voice.conversion import is_noun, rather_noun
from pipeline.voice.found import (
    ALONE,
    COMMAS,
    TELLS,
    Found,
    Span,
    after_hearer,
    clause_start,
    cue_start,
    indefinite,
    kind_of,
    passive,
    source_of,
    trim,
)
from pipeline.voice.nominals import REGARDS, according, adjective, believed, naming, noun, regarded, viewed
from pipeline.voice.subjects import before_verb, subject
from pipeline.voice.tokens import (
    AUX,
    MARK,
    PREP,
    QUOTE,
    TIME,
    WH,
    Line,
)

# "spoke of a massacre", "warned of a famine": the name is the speaker's.
_SPEAKS_OF = frozenset("speak talk tell warn complain boast brag".split())


def find(line: Line) -> list[Found]:
    """The attributions of a line, in the order of their cues."""
    out: list[Found] = []
    verbs, nouns, bases = lexicon.verb_classes(), lexicon.noun_classes(), lexicon.base_forms()
    for i, low in enumerate(line.low):
        found: Found | None = None
        if low == "according" and i + 1 < len(line) and line.low[i + 1] == "to":
            found = according(line, i)
        elif low in bases and not (line.upper[i] and i):
            base = bases[low]
            if is_noun(line, i):
                found = noun(line, i) if low in nouns else None
            elif base in {"call", "appeal"} and (called := _calls_on(line, i, out)) is not None:
                found = called
            elif base in _NAMING and (named := naming(line, i, base, out)) is not None:
                found = named
            elif low in verbs:
                found = _verb(line, i, base, verbs[low], out)
        elif low in nouns:
            found = noun(line, i)
        elif low in lexicon.CUE_ADJECTIVES:
            found = adjective(line, i)
        elif low in {"put", "puts"} and i + 1 < len(line) and line.low[i + 1] == "it":
            found = aside(line, i, before_verb(line, i), "say", "say", past=i + 2)
        elif low == "in":
            found = viewed(line, i)
        elif low == "so":
            found = backward.inside(line, i)
        elif low in REGARDS:
            found = regarded(line, i, out)
        if found is None and low in {"believed", "trusted", "right", "correct"}:
            found = believed(line, i)
        if found is not None:
            out.append(found)
    return out


_NAMING = lexicon.NAMING_VERBS


def _verb(line: Line, i: int, base: str, name: str, out: list[Found]) -> Found | None:
    """A cue verb: quoted, inverted, parenthetical, with a clause, an infinitive or a noun phrase."""
    low, n = line.low[i], len(line)
    before = before_verb(line, i)
    if rather_noun(line, i, before):
        return noun(line, i)
    be_before = passive(line, i) if low.endswith(("ed", "wn", "ld", "en", "ght", "id", "nd")) else False
    if be_before:
        return _passive_report(line, i, base, name)
    that = _that_after_parenthesis(line, i)
    if that is not None and (content := trim(line, that, content_end(line, that))) is not None:
        source = source_of(line, i, out)
        return Found((cue_start(line, i), i + 1), source, [content], kind_of(line, source), i)
    inserted = aside(line, i, before, base, name)
    if inserted is not None:
        return inserted
    if base == "promise" and (that := _that_after_hearer(line, i)):
        content, source = trim(line, that, content_end(line, that)), source_of(line, i, out)
        return Found((cue_start(line, i), i + 1), source, [content], "speech", i) if content else None
    if base in _SPEAKS_OF and i + 2 < n and line.low[i + 1] == "of":
        content = trim(line, i + 1, content_end(line, i + 1))
        source = source_of(line, i, out)
        return Found((cue_start(line, i), i + 1), source, [content], "speech", i) if content and source else None
    j = skip_adverbials(line, i + 1)
    if base in TELLS and j < n and not line.tags[j] & (QUOTE | MARK) and line.low[j] not in {"that", "to"}:
        j = after_hearer(line, j, optional=base in ALONE)
    if j >= n:
        return None
    cue = (cue_start(line, i), i + 1)
    source = source_of(line, i, out)
    k = j
    while k < n and line.low[k] in {":", ","}:
        k += 1
    if k < n and line.tags[k] & QUOTE:
        return Found(cue, source, with_more(line, k), "speech", i)
    if line.low[j] == ":" and k < n:
        content = trim(line, k, n)
        return Found(cue, source, [content], "speech", i) if content else None
    if line.tags[j] & MARK or line.low[j] == ".":
        return None
    return complement(line, i, j, base, name, cue, source)


def _calls_on(line: Line, i: int, out: list[Found]) -> Found | None:
    """ "called on X to …", "appealed to X to …": what X is to do is said by who calls."""
    n = len(line)
    if i + 3 >= n or line.low[i + 1] not in {"on", "upon", "to"} or line.tags[i + 2] & TIME:
        return None
    for k in range(i + 3, min(n, i + 14)):
        if line.low[k] == "to":
            content, source = trim(line, k, content_end(line, k)), source_of(line, i, out)
            return Found((cue_start(line, i), i + 2), source, [content], "speech", i) if content and source else None
        if line.tags[k] & (MARK | QUOTE | AUX | WH):
            return None
    return None


def _that_after_parenthesis(line: Line, i: int) -> int | None:
    """ "has claimed, without evidence, that …": where "that" stands."""
    if i + 1 >= len(line) or line.low[i + 1] not in COMMAS:
        return None
    for k in range(i + 3, min(len(line) - 1, i + 18)):
        if line.tags[k] & QUOTE:
            return None
        if line.low[k] == "that" and line.low[k - 1] == line.low[i + 1]:
            return k
    return None


def _that_after_hearer(line: Line, i: int) -> int | None:
    """ "promised voters that …": where "that" stands; null where a noun phrase is promised."""
    for k in range(i + 2, min(len(line), i + 6)):
        if line.low[k] == "that":
            return k
        if line.tags[k] & (MARK | QUOTE | PREP | AUX):
            return None
    return None


_TOLD = frozenset({"say", "claim", "admit", "report", "think"})


def _passive_report(line: Line, i: int, base: str, name: str) -> Found | None:
    """ "It is said that …", "X was accused of …", "X is expected to …", "X was told that …"."""
    j, n = i + 1, len(line)
    if j >= n:
        return None
    low = line.low[j]
    a = cue_start(line, i)
    about = subject(line, i)
    if name in _TOLD and (told := _it_was_told(line, i, about)) is not None:
        return Found((a, i + 1), None, [told], "speech", i)
    rest = trim(line, j, content_end(line, j))
    if low == "by":
        agent = inverted_subject(line, j)
        return Found((a, i + 1), agent, [about], "stance", i) if agent and about else None
    if rest is None:
        return None
    of_it = about is not None and line.low[about[0]] == "it"
    if (low == "that" and (base in TELLS or of_it)) or (of_it and has_clause_verb(line, j, rest[1], loose=True)):
        return Found((a, i + 1), None, [rest], "speech", i)
    if about is not None and low == "of" and base in {"accuse", "suspect"} and j + 1 < n and indefinite(line, j + 1):
        return Found((a, i + 1), None, [rest], "speech", i)
    if about is not None and ((low == "to" and name != "want") or (low == "of" and base in {"accuse", "suspect"})):
        return Found((a, i + 1), None, [about, rest], "stance", i)
    return None


def _it_was_told(line: Line, i: int, about: Span | None) -> Span | None:
    """ "…, it was claimed on Friday": the clause before, where nothing is told after."""
    if about is None or about[0] < 2 or line.low[about[0]] != "it" or line.low[about[0] - 1] != ",":
        return None
    ends = skip_adverbials(line, i + 1)
    closed = ends >= len(line) or line.tags[ends] & MARK or line.low[ends] == "."
    return trim(line, clause_start(line, i), about[0] - 1) if closed else None
