"""Reports in the passive: "it is said that", "X is thought to be", "condemned by X as a Y"."""

from __future__ import annotations

from pipeline.voice.asides import rest
from pipeline.voice.clause import content_end, inverted_subject, skip_adverbials
from pipeline.voice.complements import has_clause_verb
from pipeline.voice.found import (
    COMMAS,
    TELLS,
    Found,
    Span,
    clause_start,
    cue_start,
    indefinite,
    passive,
    trim,
    up_to_known,
)
from pipeline.voice.subjects import subject
from pipeline.voice.supposed import left_open
from pipeline.voice.tokens import AUX, MARK, QUOTE, WH, Line

_TOLD = frozenset({"say", "claim", "admit", "report", "think"})
_INFORMS = frozenset("tell inform assure warn advise".split())


def passive_report(line: Line, i: int, base: str, name: str) -> Found | None:
    """ "It is said that …", "X was accused of …", "X is expected to …", "X was told that …"."""
    j = i + 1
    if j >= len(line):
        return None
    if line.low[j] == "that" and left_open(line, j):
        return None  # "it has not been shown that …"
    about = subject(line, i)
    cue = (cue_start(line, i), i + 1)
    if (told := _was_told(line, i, base, name, about)) is not None:
        return Found(cue, None, told, "speech", i)
    judged = name in {"judge", "deny"} and base not in _MOCKS
    if line.low[j] == "by":
        agent = inverted_subject(line, j)
        if judged and (given := _given_by(line, j)) is not None:
            return Found(cue, trim(line, j + 1, given[0] - 1), [given], "speech", i)
        of = next((k for k in range(j + 2, min(len(line) - 1, j + 8)) if line.low[k] == "of"), None)
        if base in {"accuse", "suspect"} and of is not None and indefinite(line, of + 1):
            content = trim(line, of, content_end(line, of))
            return Found(cue, trim(line, j + 1, of), [content], "speech", i) if content else None
        return Found(cue, agent, [about], "stance", i) if agent and about else None
    end = content_end(line, j)
    if not passive(line, i):  # "the banker accused of fraud, fled"
        end = next((k for k in range(j, end) if line.low[k] == ","), end)
    if base in _ASKED:  # "advised to avoid the pass, | where …"
        end = next((k - 1 for k in range(j + 1, end) if line.tags[k] & WH and line.low[k - 1] == ","), end)
    if (after := trim(line, j, end)) is None:
        return None
    if line.low[j] == "as" and judged:
        by = next((k for k in range(j + 2, after[1]) if line.low[k] == "by" or line.tags[k] & MARK), None)
        named = by is not None and line.low[by] == "by"
        return Found(cue, inverted_subject(line, by), [(j + 1, by)], "speech", i) if named and by else None
    if _is_hearsay(line, j, base, about, after):
        return Found(cue, None, [after], "speech", i)
    stance = (line.low[j] == "to" and name != "want") or (line.low[j] == "of" and base in {"accuse", "suspect"})
    return Found(cue, None, [about, after], "stance", i) if about is not None and stance else None


def _is_hearsay(line: Line, j: int, base: str, about: Span | None, rest: Span) -> bool:
    """Whether what follows a passive from j on is what is said, by nobody in particular."""
    low, after = line.low[j], line.low[j + 1] if j + 1 < len(line) else ""
    of_it = about is not None and line.low[about[0]] == "it"
    if low in {"a", "an"} and base in {"rule", "judge", "deem"}:
        return True
    if (low == "that" and (base in TELLS or of_it)) or (of_it and has_clause_verb(line, j, rest[1], loose=True)):
        return True
    if about is None or not after:
        return False
    if low == "to":
        return (base in _HEARSAY and after in _BEING) or base in _ASKED
    if low == "with" and base == "charge":
        return indefinite(line, j + 1)
    if low == "on" and base == "blame":
        return indefinite(line, j + 1)
    return (
        low == "of"
        and base in {"accuse", "suspect", "warn", "tell", "inform", "convince", "persuade"}
        and indefinite(line, j + 1)
    )


def beside_noun(line: Line, i: int, base: str) -> Found | None:
    """ "X, thought to be a trap, …": hearsay in a participle."""
    if base not in _HEARSAY or not i or not line.tags[i - 1] & MARK or tuple(line.low[i + 1 : i + 3]) not in _TO_BE:
        return None
    content = trim(line, i + 1, next((k for k in range(i + 3, len(line)) if line.tags[k] & MARK), len(line)))
    return Found((i, i + 1), None, [up_to_known(line, content)], "speech", i) if content else None


# "X is said to be a trap", "is alleged to have taken bribes": nobody is named, yet it is hearsay.
_HEARSAY = frozenset(
    "say allege report believe think rumour rumor claim suspect consider understand judge hold repute".split()
)


# "Citizens were urged to …" says what somebody wants, as "urged citizens to …" does.
_ASKED = frozenset("urge exhort implore beg advise encourage ask".split())


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


def _was_told(line: Line, i: int, base: str, name: str, about: Span | None) -> list[Span] | None:
    """ "…, it was claimed on Friday", "…, the court was told, …": the clause before, and what goes on after."""
    if about is None or about[0] < 2 or line.low[about[0] - 1] not in COMMAS:
        return None
    if not (base in _INFORMS or (name in _TOLD and line.low[about[0]] == "it")):
        return None
    ends = skip_adverbials(line, i + 1)
    if not (ends >= len(line) or line.tags[ends] & MARK or line.low[ends] == "."):
        return None
    before = trim(line, clause_start(line, i), about[0] - 1)
    goes_on = ends + 1 < len(line) and line.low[ends] in COMMAS
    broken = bool(line.tags[about[0] - 2] & AUX)
    after = rest(line, ends, broken=broken) if goes_on else []
    return [before, *after] if before else None
