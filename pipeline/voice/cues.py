"""Cues in a line and what they attribute to whom."""

from __future__ import annotations

from functools import cache

from pipeline import lexicon
from pipeline.voice import announced, backward, idioms
from pipeline.voice.asides import aside, with_more
from pipeline.voice.clause import content_end, fronted_end, inverted_subject, skip_adverbials
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
from pipeline.voice.nominals import REGARDS, according, adjective, naming, noun, regarded
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
from pipeline.voice.views import believed, viewed

# "spoke of a massacre", "warned of a famine": the name is the speaker's.
_SPEAKS_OF = frozenset("speak talk tell warn complain boast brag".split())


_IMPERATIVE = frozenset({"say", "call"})


@cache
def _marks() -> frozenset[str]:
    """Every word that can be a cue; no other needs a closer look."""
    words = frozenset("according put puts in by on so believed trusted right correct".split())
    sets = (lexicon.base_forms(), lexicon.verb_classes(), lexicon.noun_classes(), lexicon.CUE_ADJECTIVES)
    return words.union(REGARDS, idioms.CUES, *sets)


def find(line: Line) -> list[Found]:
    """The attributions of a line, in the order of their cues."""
    out: list[Found] = []
    if ":" in line.low and (told := announced.before_colon(line)) is not None:
        out.append(told)
    verbs, nouns, bases = lexicon.verb_classes(), lexicon.noun_classes(), lexicon.base_forms()
    marks = _marks()
    for i, low in enumerate(line.low):
        if low not in marks or (i == 0 and low in _IMPERATIVE):
            continue  # "Say what you like, …", "Call it by its name: …" report nothing
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
            elif low in REGARDS and (seen := regarded(line, i, out)) is not None:
                found = seen
            elif low in verbs:
                found = _verb(line, i, base, verbs[low], out)
        elif low in nouns:
            found = noun(line, i)
        elif low in lexicon.CUE_ADJECTIVES:
            found = adjective(line, i)
        elif low in {"put", "puts"} and i + 1 < len(line) and line.low[i + 1] == "it":
            found = aside(line, i, before_verb(line, i), "say", "say", past=i + 2)
        elif low in {"in", "by", "on"}:
            found = viewed(line, i)
        elif low == "so":
            found = backward.inside(line, i)
        elif low in REGARDS:
            found = regarded(line, i, out)
        if found is None and low in {"believed", "trusted", "right", "correct"}:
            found = believed(line, i)
        if found is None and low in idioms.CUES and not (line.upper[i] and i):
            found = (backward.pointed(line, i) if low == "that" else None) or idioms.find(line, i, out)
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
    if be_before or (i + 1 < n and line.low[i + 1] == "by" and name in {"judge", "deny"} and low.endswith("ed")):
        return _passive_report(line, i, base, name)
    if base in _HEARSAY and i and line.tags[i - 1] & MARK and tuple(line.low[i + 1 : i + 3]) in _TO_BE:
        content = trim(line, i + 1, next((k for k in range(i + 3, n) if line.tags[k] & MARK), n))
        return Found((i, i + 1), None, [content], "speech", i) if content else None
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
    of = _of_after_parenthesis(line, i)
    if base in _SPEAKS_OF and of + 1 < n and line.low[of] == "of":
        content = trim(line, of, min(content_end(line, of), fronted_end(line, i, of) or n))
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


def _of_after_parenthesis(line: Line, i: int) -> int:
    """ "spoke, as so often, of a trap": where "of" may stand."""
    if i + 3 < len(line) and line.low[i + 1] == ",":
        return next((k + 1 for k in range(i + 3, min(len(line) - 1, i + 12)) if line.low[k] == ","), i + 1)
    return i + 1


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
    """ "has claimed, without evidence, that …", "warned as early as May, in a note, that …": where "that" stands."""
    n = len(line)
    if i + 1 >= n or line.low[i + 1] == "that" or "that" not in line.low:
        return None
    mark = next((k for k in range(i + 1, min(n, i + 10)) if line.low[k] in COMMAS or line.tags[k] & QUOTE), n)
    if i + 3 < n and line.low[i + 1] == "as":  # "warned as early as May that"
        that = next((k for k in range(i + 2, min(n, i + 9)) if line.low[k] == "that"), None)
        if that is not None and that < mark:
            return that
    stated = any(
        line.low[k] in _CLAUSE or (line.tags[k] & AUX and not line.upper[k]) for k in range(i + 1, min(mark, n))
    )
    if mark >= n or line.low[mark] not in COMMAS or stated:
        return None
    for k in range(mark + 2, min(n - 1, mark + 17)):
        if line.tags[k] & QUOTE:
            return None
        if line.low[k] == "that" and line.low[k - 1] == line.low[mark]:
            return k
    return None


_CLAUSE = frozenset("that whether how why what to if".split())


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
        given = _given_by(line, j) if name in {"judge", "deny"} and base not in _MOCKS else None
        if given is not None:
            return Found((a, i + 1), trim(line, j + 1, given[0] - 1), [given], "speech", i)
        return Found((a, i + 1), agent, [about], "stance", i) if agent and about else None
    if rest is None:
        return None
    if low == "as" and name in {"judge", "deny"} and base not in _MOCKS:
        by = next((k for k in range(j + 2, rest[1]) if line.low[k] == "by" or line.tags[k] & MARK), None)
        if by is None or line.low[by] != "by":
            return None
        return Found((a, i + 1), inverted_subject(line, by), [(j + 1, by)], "speech", i)
    if low in {"a", "an"} and base in {"rule", "judge", "deem"}:
        return Found((a, i + 1), None, [rest], "speech", i)
    if low == "to" and base in _HEARSAY and about is not None and j + 1 < n and line.low[j + 1] in _BEING:
        return Found((a, i + 1), None, [rest], "speech", i)
    of_it = about is not None and line.low[about[0]] == "it"
    if (low == "that" and (base in TELLS or of_it)) or (of_it and has_clause_verb(line, j, rest[1], loose=True)):
        return Found((a, i + 1), None, [rest], "speech", i)
    if (
        about is not None
        and low == "of"
        and base in {"accuse", "suspect", "warn"}
        and j + 1 < n
        and indefinite(line, j + 1)
    ):
        return Found((a, i + 1), None, [rest], "speech", i)
    if about is not None and ((low == "to" and name != "want") or (low == "of" and base in {"accuse", "suspect"})):
        return Found((a, i + 1), None, [about, rest], "stance", i)
    return None


# "X is said to be a trap", "is alleged to have taken bribes": nobody is named, yet it is hearsay.
_HEARSAY = frozenset(
    "say allege report believe think rumour rumor claim suspect consider understand judge hold repute".split()
)
_BEING = frozenset({"be", "have"})
_TO_BE = frozenset({("to", "be"), ("to", "have")})


# "Mocked by X as a circus" keeps the name at a distance, as "mocked as a circus" does.
_MOCKS = frozenset("mock deride ridicule".split())


def _given_by(line: Line, j: int) -> Span | None:
    """ "condemned by X as a trap": the name that X gives."""
    for k in range(j + 2, min(len(line) - 1, j + 14)):
        if line.low[k] == "as":
            given = line.low[k + 1] in {"a", "an", "the", "another"} or not line.tags[k + 1] & ~QUOTE
            end = next((m for m in range(k + 1, len(line)) if line.tags[m] & MARK), len(line))
            return trim(line, k + 1, end) if given else None
        if line.tags[k] & (MARK | QUOTE | AUX | WH):
            return None
    return None


def _it_was_told(line: Line, i: int, about: Span | None) -> Span | None:
    """ "…, it was claimed on Friday": the clause before, where nothing is told after."""
    if about is None or about[0] < 2 or line.low[about[0]] != "it" or line.low[about[0] - 1] != ",":
        return None
    ends = skip_adverbials(line, i + 1)
    closed = ends >= len(line) or line.tags[ends] & MARK or line.low[ends] == "."
    return trim(line, clause_start(line, i), about[0] - 1) if closed else None
