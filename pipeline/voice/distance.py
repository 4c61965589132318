"""Words that an outlet keeps at a distance: "so-called X", "what Y calls X", "dubbed X", "not an X"."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice import subjects, supposed
from pipeline.voice.tokens import ADVERB, AUX, DET, MARK, PREP, PRONOUN, QUOTE, SUBORDINATOR, VERB, WH, Line

Span = tuple[int, int]

# A name is seldom longer; further words belong to the sentence again.
LONGEST_NAME = 9
_REGARDS = frozenset("consider considers considered regard regards regarded sees saw see view views viewed".split())
_NOT_NAMING = frozenset("for on off in back upon up out to at by after together".split())
_WORDS = frozenset("word words term terms label phrase expression name euphemism moniker epithet".split())
_NOT = frozenset("not n't never no hardly isn't aren't wasn't weren't".split())
_BE = frozenset("is are was were be been 's it's that's this's isn't aren't wasn't weren't ain't".split())
# These are verbs or half-neutral as well: they keep clear of a name only after an article.
_AFTER_ARTICLE = frozenset({"claimed", "supposed", "would-be", "imagined"})
_ADJECTIVES = lexicon.DISTANCING_ADJECTIVES - _AFTER_ARTICLE


def find(line: Line, reported: list[Span]) -> list[Span]:
    """The distanced words of a line, as token spans [a, b); quotations are left alone.

    reported: spans of reported speech; what is denied or supposed there, the speaker denies or supposes, not the
    outlet.
    """
    out = []
    for i in range(len(line)):
        told = any(a <= i < b for a, b in reported)
        out.append(_marked(line, i) or (None if told else _denied_or_supposed(line, i)))
    return [span for span in out if span is not None and span[1] > span[0]]


def _marked(line: Line, i: int) -> Span | None:
    """The name that the word at i, whoever speaks, keeps at a distance."""
    low, bases = line.low[i], lexicon.base_forms()
    if _doubts(line, i):
        return _name(line, i + 1)
    if low == "what":
        return _what_calls(line, i)
    if low in _WORDS and (word := _word(line, i)) is not None:
        return word
    if low in bases and bases[low] in lexicon.NAMING_VERBS:
        return _as_called(line, i) or _named(line, i, bases[low])
    if low in lexicon.PRESENTING_FORMS:
        return _presented(line, i)
    if low == "known" and _at(line, i - 1) in {"officially", "formally", "euphemistically"}:
        return _name(line, i + 2) if _at(line, i + 1) == "as" else None
    if low in {"speak", "speaks", "talk", "talks"} and _at(line, i + 1) == "of":
        spoken = not _noun_before(line, i) or (low == "talk" and _at(line, i - 1) in {"any", "all", "no", "of"})
        return _name(line, i + 2) if spoken else None
    if (low, _at(line, i + 1)) in {("far", "from"), ("anything", "but")}:
        return _far_from(line, i + 2)
    return _in_jargon(line, i) if low in {"language", "jargon", "parlance", "vocabulary"} and i < 4 else None


def _doubts(line: Line, i: int) -> bool:
    """Whether the word at i is an adjective that doubts the name after it: "alleged", "so-called", "a supposed"."""
    low = line.low[i]
    if low in _AFTER_ARTICLE:
        return i > 0 and bool(line.tags[i - 1] & (DET | PREP)) and _at(line, i + 1) != "to"
    if low in _ADJECTIVES:
        return not (low == "alleged" and _states(line, i + 1))
    return low == "called" and _at(line, i - 1) == "so"


def _denied_or_supposed(line: Line, i: int) -> Span | None:
    """The name that the word at i denies or only supposes."""
    if line.low[i] in _NOT:
        return _negated(line, i)
    if line.low[i] in supposed.MARKERS and (start := supposed.name_start(line, i)) is not None:
        return _name(line, start)
    return None


def _at(line: Line, i: int) -> str:
    return line.low[i] if 0 <= i < len(line) else ""


def _noun_before(line: Line, i: int) -> bool:
    """Whether "talk" or "talks" at i is a noun: after an article, a preposition, "peace"; or nothing."""
    return i == 0 or bool(line.tags[i - 1] & (DET | PREP)) or subjects.subject(line, i) is None


def _presented(line: Line, i: int) -> Span | None:
    """ "mocked as a X", "hailed the vote as a X": but after a passive only an article after "as" shows that
    it gives a name."""
    passive = i > 0 and (bool(line.tags[i - 1] & MARK) or line.low[i - 1] in _BE)
    if passive and line.low[i].endswith("ed") and _at(line, i + 1) == "as":
        return _name(line, i + 2)
    for k in range(i + 1, min(len(line), i + 10)):
        if line.low[k] == "as" and _at(line, k + 1) in {"a", "an", "the"}:
            told_once = k > i + 1 and line.low[i].endswith("ed")
            return None if told_once else _name(line, k + 1)
        if line.tags[k] & (MARK | WH | SUBORDINATOR | AUX):
            return None
    return None


def _states(line: Line, i: int) -> bool:
    """Whether a clause begins at i: then "alleged" before it is a verb."""
    return i < len(line) and bool(line.tags[i] & (DET | PRONOUN | SUBORDINATOR | PREP))


def _name(line: Line, a: int, longest: int = LONGEST_NAME) -> Span | None:
    """The name from a on: up to a mark, an auxiliary, a finite verb, a new clause."""
    while _at(line, a) in {"a", "an", "the", ",", ":"} and a < len(line):
        a += 1
    k = a
    while k < len(line) and k - a < longest:
        t = line.tags[k]
        if t & (MARK | QUOTE | WH) or t & AUX or (line.low[k] == "." and k == len(line) - 1):
            break
        if (t & SUBORDINATOR and k > a) or (line.low[k] in {"and", "but", "by"} and k > a):
            break
        if t & VERB and k > a and not line.low[k].endswith("ed") and not subjects.inside_phrase(line, k, len(line)):
            break
        k += 1
    return (a, k) if k > a else None


def _what_calls(line: Line, i: int) -> Span | None:
    """ "what Y calls X", "what is called X", "what Y describes as X", "what Y says is X"."""
    bases = lexicon.base_forms()
    for k in range(i + 1, min(len(line), i + 12)):
        low = line.low[k]
        if line.tags[k] & (MARK | QUOTE):
            return None
        if low in _REGARDS or bases.get(low, "") in lexicon.NAMING_VERBS:
            a = k + 1
            while _at(line, a) in {"as", "to", "it", "is", "an", "a"}:
                a += 1
            return _name(line, a)
        if low in {"says", "say", "said", "claims", "claimed", "insists"}:
            a = k + 1
            while _at(line, a) in {"is", "are", "was", "were", "be", "to"}:
                a += 1
            return _name(line, a) if a > k + 1 else None
    return None


def _as_called(line: Line, i: int) -> Span | None:
    """ "an X, as Y called it" and "X, Y calls it": the name stands before the comma."""
    if _at(line, i + 1) not in {"it", "them", "this"}:
        return None
    comma = next((k for k in range(1, min(i, LONGEST_NAME + 1)) if line.tags[k] & MARK), 0)
    caller = (comma + 1, subjects.before_verb(line, i) + 1)
    if comma and line.low[comma] == "," and subjects.subject(line, i) == caller:
        return _name(line, 0)
    for k in range(i - 1, max(1, i - 8), -1):
        if line.low[k] == "as" and line.low[k - 1] == ",":
            a = k - 2
            while a > 0 and k - a < 7 and not line.tags[a - 1] & (MARK | QUOTE | AUX | VERB | SUBORDINATOR):
                a -= 1
            return (a, k - 1) if a < k - 1 else None
    return None


def _named(line: Line, i: int, base: str) -> Span | None:
    """What a naming verb at i gives as the name: "dubbed X", "called it X", "described the war as X"."""
    j = i + 1
    if j >= len(line) or (line.low[j] in _NOT_NAMING and not (base == "refer" and line.low[j] == "to")):
        return None
    if _at(line, subjects.before_verb(line, i)) in {"we", "i"}:
        return None  # the outlet's own name for it
    if i and (line.tags[i - 1] & DET or line.low[i - 1] == "so" or line.upper[i]):
        return None  # "the terms", "his call"; "so called" is read elsewhere
    if _told_once(line, i, base):
        return None
    if base in lexicon.NAMING_AS:
        for k in range(j, min(len(line), j + 12)):
            if line.low[k] == "as" or (line.low[k] == "with" and base == "brand"):
                return _name(line, k + 1)
            if line.tags[k] & MARK:
                break
        if base not in {"label", "brand", "style"}:
            return None
    if line.tags[j] & (PREP | AUX | WH | SUBORDINATOR) or (line.tags[j] & VERB and not line.upper[j]):
        return None  # "a phone call with", "calls made"
    return _after_object(line, i, j)


def _told_once(line: Line, i: int, base: str) -> bool:
    """ "X called it an outrage" reports what X said once; "X calls it …" and "dubbed …" tell a way of naming."""
    low = line.low[i]
    if base in {"dub", "term", "style", "christen", "refer", "bill"} or not low.endswith(("ed", "ing", "cast")):
        return False
    span = subjects.main_subject(line, i) if low.endswith("ing") else subjects.subject(line, i)
    if span is None or (low.endswith("ed") and any(line.low[k] in _BE for k in range(span[1], i))):
        return False
    relative = _at(line, span[0]) in {"who", "which", "that"}
    return not relative and _at(line, span[0] - 1) not in {"which", "that", "as"}


def _after_object(line: Line, i: int, j: int) -> Span | None:
    """The name after its object: "called | it | an X"; after a passive there is no object."""
    before = subjects.before_verb(line, i)
    t = line.tags[i - 1] if i else 0
    participle = (
        i > 0
        and line.low[i].endswith(("ed", "med"))
        and (
            (t & AUX and line.low[i - 1] not in {"has", "have", "had"})
            or t & MARK
            or (before != i - 1 and any(line.low[k] in _BE for k in range(max(0, before), i)))
        )
    )
    if participle or line.tags[j] & QUOTE:
        return _name(line, j)
    if line.tags[j] & PRONOUN or line.low[j] in {"him", "her", "them", "us", "me", "it", "this", "that"}:
        return _name(line, j + 1)
    for k in range(j + 1, min(len(line), j + 10)):
        if line.low[k] in {"a", "an"} or (
            k > j + 1 and line.low[k] in {"the", "its"} and not line.tags[k - 1] & PREP
        ):
            return _name(line, k)
        if line.tags[k] & (MARK | QUOTE | AUX | WH):
            break
    return _last_words(line, j)


def _last_words(line: Line, j: int) -> Span | None:
    """ "calling the action aggression": without a second article, all but the object's first words."""
    span = _name(line, j)
    if span is None or span[1] - span[0] < 2:
        return span
    a = span[0]
    owned = next((k + 2 for k in range(a, span[1] - 2) if line.low[k].endswith(("'s", "s'"))), a + 1)
    return (min(owned, span[1] - 1), span[1])


def _word(line: Line, i: int) -> Span | None:
    """ "the word X", "the term X": only after an article, and not "in terms of", "the terms of"."""
    if not i or (not line.tags[i - 1] & DET and _at(line, i - 1) not in {"word", "of", "by"}):
        return None
    a = i + 1
    nxt = _at(line, a)
    if nxt in {"of", "for", "that", "to"} or not nxt or not nxt[0].isalpha():
        return None
    t = line.tags[a]
    if t & (AUX | PREP | WH | SUBORDINATOR | ADVERB):
        return None
    return _name(line, a, 4)


def _far_from(line: Line, a: int) -> Span | None:
    """ "far from being a X", "far from a X", "anything but a X"."""
    a += _at(line, a) == "being"
    return _name(line, a + 1, 5) if _at(line, a) in {"a", "an", "the"} else None


def _in_jargon(line: Line, i: int) -> Span | None:
    """ "In the language of Y, this is a X"."""
    comma = next((k for k in range(i + 1, min(len(line), i + LONGEST_NAME)) if line.low[k] == ","), None)
    if comma is None or line.low[0] != "in":
        return None
    k = next((k for k in range(comma + 1, min(len(line), comma + LONGEST_NAME)) if line.low[k] in _BE), None)
    return _name(line, k + 1) if k is not None and _at(line, k + 1) in {"a", "an", "the"} else None


def _negated(line: Line, i: int) -> Span | None:
    """ "is not a war", "there is no war", "was never an invasion"; "no doubt" and the like hold no name."""
    low = line.low[i]
    j = i + 1
    if low in {"no", "never", "not", "hardly"} and _at(line, j) != "as":
        before = [line.low[k] for k in range(max(0, i - 2), i)]
        if low == "not" and before[-1:] == [","] and _at(line, j) in {"a", "an"}:
            return _name(line, j + 1, 5)  # "a gift, not a bribe"
        if not any(word in _BE or (word.endswith("'s") and word != "let's") for word in before[-1:]):
            return None
        if low == "no":
            return _name(line, j, 3)
    if _at(line, j) == "as" and low in {"never", "not"}:
        return _name(line, j + 1)  # "as a watch and never as a militia"
    if _at(line, j) in {"just", "only", "simply", "merely", "even"}:
        return None
    if _at(line, j) in {"a", "an", "the", "any"} or (low in {"isn't", "wasn't"} and _at(line, j) in {"a", "an"}):
        return _name(line, j + 1, 5)
    if j < len(line) and not line.tags[j] & (PREP | VERB | AUX | ADVERB | MARK | SUBORDINATOR | WH | DET | PRONOUN):
        return _name(line, j, 3)
    return None
