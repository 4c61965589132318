"""Reports of the sentence before: "That is the firm's version." · "So said the minister." · "Or so they claim." """

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import content_end, inverted_subject
from pipeline.voice.found import Found, Span, clause_start, kind_of, trim
from pipeline.voice.subjects import subject
from pipeline.voice.tokens import AUX, MARK, Line

_ENDS = frozenset({".", ",", "–", "—", ")"})
_THAT = frozenset("that this those these such".split())
_IS = frozenset("is was are were".split())
_TELLING = frozenset(
    "version view account claim story verdict argument words message explanation theory line hope fear belief "
    "finding conclusion charge opinion conviction suspicion complaint".split()
)
_SPEECH = frozenset({"say", "claim", "admit", "report", "think"})
# The pattern stands at the beginning, and its cue near it.
REACH = 12


def find(line: Line) -> Found | None:
    """The report that a line gives of the one before it, without contents; null where it gives none."""
    if len(line) < 3:
        return None
    if line.low[0] == "so" or (line.low[0] == "or" and line.low[1] == "so"):
        j = 1 if line.low[0] == "so" else 2
        return _so(line, j) or _goes(line, j)
    a = 3 if line.low[:2] == ["at", "least"] else 0
    if len(line) < a + 3 or line.low[a] not in _THAT:
        return None
    return _much(line) if line.low[1] == "much" else _that_is(line, a)


def _that_is(line: Line, a: int) -> Found | None:
    """ "That, at least, is what X says", from a on; "that plan is" tells nothing."""
    is_at = next((k for k in range(a + 1, min(len(line), a + REACH)) if line.low[k] in _IS), None)
    if is_at is None or not all(line.tags[k] & MARK for k in (a + 1, is_at - 1) if is_at > a + 1):
        return None
    found = _what(line, is_at) or _whose(line, is_at)
    return found if found is not None and kind_of(line, found.source) == "speech" else None


def pointed(line: Line, i: int) -> Found | None:
    """ "…: that is what X says": the clause before the mark is what is told."""
    mark = i - 1
    while mark > 1 and line.low[mark] in {"least", "at", "or", "but"}:
        mark -= 1  # "…, or at least that is what X says"
    if mark < 1 or line.low[mark] not in {":", "—", "–", ";", ","} or (told := _that_is(line, i)) is None:
        return None
    content = trim(line, clause_start(line, mark), mark)
    return Found(told.cue, told.source, [content], "speech", told.verb) if content else None


_RUNS = frozenset("runs run ran goes go went".split())
_HAVE_IT = ("would", "have", "it")


def inside(line: Line, i: int) -> Found | None:
    """ "…, or so X claims", "…: so runs the argument in Y": the clause before "so" at i is what is told."""
    before = i - 1 - (i > 0 and line.low[i - 1] == "or")
    if before < 1 or not line.tags[before] & MARK or i + 2 >= len(line):
        return None
    content = trim(line, clause_start(line, i), before)
    told = _so(line, i + 1) or _goes(line, i + 1)
    if content is None or told is None:
        return None
    after = told.cue[1]
    goes_on = after + 1 < len(line) and line.low[after] in _ENDS - {"."}
    rest = trim(line, after + 1, content_end(line, after + 1)) if goes_on else None
    contents = [span for span in (content, rest) if span is not None]  # "the vote, so they believe, was a trap"
    return Found(told.cue, told.source, contents, kind_of(line, told.source), told.verb)


def _goes(line: Line, j: int) -> Found | None:
    """ "so runs the argument (in Y)", "so the theory goes", "so X would have it"."""
    for k in range(j, min(len(line), j + REACH)):
        if line.low[k] in _RUNS:
            near = line.low[k + 1 : k + 4] if k == j else line.low[j:k]
            if not any(word in _TELLING or lexicon.noun_class(word) for word in near):
                return None
            return Found((k, k + 1), inverted_subject(line, k) if k == j else (j, k), [], "speech", k)
        if tuple(line.low[k : k + 3]) == _HAVE_IT and k > j:
            return Found((k, k + 3), (j, k), [], "speech", k)
        if line.tags[k] & MARK:
            return None
    return None


def _so(line: Line, j: int) -> Found | None:
    """ "So said X." and "Or so X says." """
    for k in range(j, min(len(line), REACH)):
        if line.tags[k] & (MARK | AUX):
            return None
        if lexicon.cue_class(line.low[k]) in _SPEECH:
            source = inverted_subject(line, k) if k == j else subject(line, k)
            ends = k + 1 >= len(line) - 1 or line.low[k + 1] in _ENDS
            return Found((k, k + 1), source, [], "speech", k) if source and (k == j or ends) else None
    return None


def _much(line: Line) -> Found | None:
    """ "This much X has admitted.", "That much the minister made clear." """
    for k in range(3, min(len(line), REACH)):
        clear = line.low[k] in {"make", "makes", "made"} and line.low[k + 1 : k + 2] == ["clear"]
        if (clear or lexicon.cue_class(line.low[k]) in _SPEECH) and (source := _within(subject(line, k), 2)):
            return Found((k, k + 1 + clear), source, [], "speech", k)
    return None


def _what(line: Line, is_at: int) -> Found | None:
    """ "That is what X says." """
    if is_at + 1 >= len(line) or line.low[is_at + 1] not in {"what", "how"}:
        return None
    for k in range(is_at + 2, min(len(line), is_at + REACH)):
        made = line.low[k] in {"make", "makes", "made"} and line.low[k + 1 : k + 2] == ["of"]
        told = made or lexicon.cue_class(line.low[k]) in _SPEECH
        if line.low[k - 1] in {"be", "been"}:
            continue  # "that is how it deserves to be remembered"
        told = told or lexicon.base_forms().get(line.low[k]) in lexicon.NAMING_VERBS
        told = told or (line.low[k] in {"see", "sees", "saw"} and line.low[k + 1 : k + 2] in (["it"], ["them"]))
        if told and (source := _within(subject(line, k), is_at + 2)):
            return Found((k, k + 1), source, [], "speech", k)
    return None


def _within(span: Span | None, least: int) -> Span | None:
    return span if span is not None and span[0] >= least else None


def _whose(line: Line, is_at: int) -> Found | None:
    """ "That is the firm's version.", "Those were the words of X." """
    for k in range(is_at + 1, min(len(line), is_at + REACH)):
        if line.low[k] in _TELLING:
            owned = any(line.low[m].endswith(("'s", "s'")) for m in range(is_at + 1, k))
            if owned:
                source = trim(line, is_at + 1, k)
            elif k + 1 < len(line) and line.low[k + 1] == "of":
                source = inverted_subject(line, k + 1)
            else:
                return None
            return Found((k, k + 1), source, [], "speech", k) if source else None
        if line.tags[k] & MARK:
            return None
    return None
