"""One attribution as found, and the steps that its kinds share."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.voice.clause import skip_adverbials
from pipeline.voice.subjects import main_subject, subject
from pipeline.voice.tokens import (
    ADVERB,
    AUX,
    CONJUNCTION,
    DET,
    MARK,
    OBJECT,
    PREP,
    PRONOUN,
    QUOTE,
    SUBORDINATOR,
    WH,
    Line,
)

Span = tuple[int, int]


@dataclass(slots=True)
class Found:
    """One attribution, in tokens of its line: spans [a, b). `kind` says how it was found.

    about: what is spoken of and stands in the outlet's own words ("called | the vote | a trap").
    speech: quoted or reported words; intent: "plans to …"; stance: "condemned the …"; name: "called it …".
    """

    cue: Span
    source: Span | None
    contents: list[Span]
    kind: str
    verb: int = field(default=-1)
    about: list[Span] = field(default_factory=list)


TELLS = frozenset("tell inform notify assure reassure remind advise warn brief convince persuade ask urge "
                   "instruct order command beg implore encourage press".split())  # fmt: skip


# Of these, the verbs that need no hearer: "warned that …".
ALONE = frozenset("warn advise urge ask order command press".split())


COMMAS = frozenset({",", "—", "–", "--", "-"})


def trim(line: Line, a: int, b: int) -> Span | None:
    """Tokens [a, b) without marks at either end; null where nothing is left."""
    while a < b and line.tags[a] & MARK and line.low[a] not in "([":
        a += 1
    while b > a and ((line.tags[b - 1] & MARK and line.low[b - 1] not in ")]") or line.low[b - 1] == "."):
        b -= 1
    return (a, b) if b > a else None


def before_turn(line: Line, content: Span) -> Span:
    """What is named up to where a quoted phrase in it ends: "speaks of “savings” | when it means cuts"."""
    turn = WH | SUBORDINATOR
    ends = (b for a, b in line.phrases if content[0] <= a and b < content[1] and line.tags[b] & turn)
    return content[0], next(ends, content[1])


def cue_start(line: Line, i: int) -> int:
    """The cue with its auxiliaries and adverbs: "has repeatedly said"."""
    a = i
    while a > 0 and line.tags[a - 1] & (AUX | ADVERB) and not line.tags[a - 1] & (PRONOUN | MARK):
        a -= 1
    return a


def source_of(line: Line, i: int, out: list[Found]) -> Span | None:
    """The subject of the verb at i; that of the verb before where it shares it ("… and said", "…, saying")."""
    if line.low[i].endswith("ing") and not (i and line.tags[i - 1] & (AUX | ADVERB)):
        return main_subject(line, i) or subject(line, i)
    if (i and line.low[i - 1] == "to") or (i > 1 and line.low[i - 2] == "to" and line.tags[i - 1] & ADVERB):
        return main_subject(line, i)
    if (span := subject(line, i)) is not None:
        return span
    return main_subject(line, i) or (out[-1].source if out else None)


def clause_start(line: Line, i: int) -> int:
    """Where the clause that a following cue reports begins: after the last ";" or report before it."""
    for k in range(i - 1, -1, -1):
        if line.low[k] == ";":
            return k + 1
    return 0


def after_hearer(line: Line, j: int, *, optional: bool) -> int:
    """Past who is told: "told reporters that", "warned the government to", "told the BBC the …".

    optional: whether the verb can do without a hearer, as "warn" can and "tell" cannot.
    """
    n = len(line)
    if line.tags[j] & OBJECT and not (line.tags[j] & PRONOUN and j + 1 < len(line) and line.tags[j + 1] & AUX):
        return skip_adverbials(line, j + 1)
    if optional and _states_at_once(line, j):
        return j
    k = j + 1
    while k < n and k - j < 16:
        t, low = line.tags[k], line.low[k]
        if low in {"that", "to", "whether", "how", "why", "what"} or t & QUOTE or low in {":", "."}:
            return k
        if low == "," or (
            t & (PRONOUN | DET)
            and not line.upper[k]
            and not t & OBJECT
            and not line.tags[k - 1] & (PREP | CONJUNCTION)
        ):
            return k
        if t & PREP and low in {"on", "in", "at", "during", "of", "about", "against", "after"}:
            return skip_adverbials(line, k) if low not in {"of", "about", "against"} else k
        if t & AUX:
            return max(j, k - 1)
        k += 1
    return min(k, n)


def _states_at_once(line: Line, j: int) -> bool:
    """ "warned any delay at the port would cost": a clause begins straight away, and nobody is told."""
    for k in range(j + 1, min(len(line), j + 12)):
        t, low = line.tags[k], line.low[k]
        if t & AUX:
            return True
        again = t & (PRONOUN | DET) and not line.tags[k - 1] & (PREP | CONJUNCTION | DET)
        if again or t & (MARK | QUOTE) or low in {"that", "to", "whether", "how", "why", "what", "about", "against"}:
            return False
    return False


def indefinite(line: Line, j: int) -> bool:
    """Whether a noun phrase at j names something new: after "a", or without any article."""
    t, low = line.tags[j], line.low[j]
    if low in {"a", "an", "another", "some", "more", "further"}:
        return True
    return (
        not t & (DET | PRONOUN | OBJECT | PREP | QUOTE | MARK)
        and not line.upper[j]
        and not low.endswith(("'s", "s'"))
    )


def up_to_known(line: Line, content: Span) -> Span:
    """A noun phrase up to what it takes for known: "any role in | the fraud", "an end to | the siege"."""
    for k in range(content[0] + 1, content[1]):
        if line.low[k] in {"the", "this", "these", "those"}:
            return content[0], k
        if line.tags[k] & (AUX | WH | QUOTE | MARK) or line.low[k] in {"that", "as"}:
            break
    return content


def passive(line: Line, i: int) -> bool:
    j = i - 1
    while j >= 0 and line.tags[j] & ADVERB:
        j -= 1
    return j >= 0 and line.low[j] in _BE


_BE = frozenset("is are was were be been being isn't aren't wasn't weren't it's".split())


_OUTLET = frozenset("nobody no none few i we".split())


_ANYBODY = frozenset("anyone anybody whoever".split())
_IDLY = frozenset("would might could may can will should know think see".split())
_ITSELF = frozenset("newspaper paper magazine website programme program column channel broadcaster editorial".split())


def kind_of(line: Line, source: Span | None) -> str:
    """Speech, unless nobody speaks ("nobody believed that …") or the outlet itself ("I do not say that …")."""
    if source is None:
        return "speech"
    words = line.low[source[0] : source[1]]
    itself = words[0] == "this" and len(words) > 1 and words[1] in _ITSELF
    after = line.low[source[1]] if source[1] < len(line) else ""
    anybody = words[0] in _ANYBODY or (words[0] in {"you", "one"} and len(words) == 1 and after in _IDLY)
    asked = words == ["who"] and source[0] == 0 and line.low[-1] == "?"
    if anybody or asked or (words == ["who"] and line.low[source[0] - 1] in _ANYBODY):
        return "stance"  # "you would think that …", "anyone who believes that …": nobody says it
    return "stance" if words[0] in _OUTLET or itself else "speech"
