"""One attribution as found, and the steps that its kinds share."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.voice.clause import skip_adverbials
from pipeline.voice.subjects import main_subject, subject
from pipeline.voice.tokens import ADVERB, AUX, CONJUNCTION, DET, MARK, OBJECT, PREP, PRONOUN, QUOTE, Line

Span = tuple[int, int]


@dataclass(slots=True)
class Found:
    """One attribution, in tokens of its line: spans [a, b). `kind` says how it was found.

    speech: quoted or reported words; intent: "plans to …"; stance: "condemned the …"; name: "called it …".
    """

    cue: Span
    source: Span | None
    contents: list[Span]
    kind: str
    verb: int = field(default=-1)


TELLS = frozenset("tell inform notify assure reassure remind advise warn brief convince persuade ask urge "
                   "instruct order command beg implore encourage press".split())  # fmt: skip


COMMAS = frozenset({",", "—", "–", "--", "-"})


def trim(line: Line, a: int, b: int) -> Span | None:
    """Tokens [a, b) without marks at either end; null where nothing is left."""
    while a < b and line.tags[a] & MARK and line.low[a] not in "([":
        a += 1
    while b > a and ((line.tags[b - 1] & MARK and line.low[b - 1] not in ")]") or line.low[b - 1] == "."):
        b -= 1
    return (a, b) if b > a else None


def cue_start(line: Line, i: int) -> int:
    """The cue with its auxiliaries and adverbs: "has repeatedly said"."""
    a = i
    while a > 0 and line.tags[a - 1] & (AUX | ADVERB) and not line.tags[a - 1] & (PRONOUN | MARK):
        a -= 1
    return a


def source_of(line: Line, i: int, out: list[Found]) -> Span | None:
    """The subject of the verb at i; that of the verb before where it shares it ("… and said", "…, saying")."""
    if line.low[i].endswith("ing") and not (i and line.tags[i - 1] & (AUX | ADVERB)):
        return main_subject(line, i)
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


def after_hearer(line: Line, j: int) -> int:
    """Past who is told: "told reporters that", "warned the government to", "told the BBC the …"."""
    n = len(line)
    if line.tags[j] & OBJECT:
        return skip_adverbials(line, j + 1)
    k = j + 1
    while k < n and k - j < 16:
        t, low = line.tags[k], line.low[k]
        if low in {"that", "to", "whether", "how", "why", "what"} or t & QUOTE or low in {":", "."}:
            return k
        if low == "," or (t & (PRONOUN | DET) and not t & OBJECT and not line.tags[k - 1] & (PREP | CONJUNCTION)):
            return k
        if t & PREP and low in {"on", "in", "at", "during", "of", "about", "against", "after"}:
            return skip_adverbials(line, k) if low not in {"of", "about", "against"} else k
        if t & AUX:
            return max(j, k - 1)
        k += 1
    return min(k, n)


def passive(line: Line, i: int) -> bool:
    j = i - 1
    while j >= 0 and line.tags[j] & ADVERB:
        j -= 1
    return j >= 0 and line.low[j] in _BE


_BE = frozenset("is are was were be been being isn't aren't wasn't weren't it's".split())


_OUTLET = frozenset("nobody no none few i we".split())


def kind_of(line: Line, source: Span | None) -> str:
    """Speech, unless nobody speaks ("nobody believed that …") or the outlet itself ("I do not say that …")."""
    own = source is not None and line.low[source[0]] in _OUTLET
    return "stance" if own else "speech"
