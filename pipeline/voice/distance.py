"""Words that an outlet keeps at a distance: "so-called X", "what Y calls X", "dubbed X", "not an X"."""

from __future__ import annotations

from functools import cache

from pipeline import lexicon
from pipeline.voice import beside, denied, expected, mentioned, questioned, subjects, supposed
from pipeline.voice.names import BE, LONGEST_NAME, Span, at, bare, before, name
from pipeline.voice.tokens import AUX, DET, MARK, PREP, PRONOUN, QUOTE, SUBORDINATOR, VERB, WH, Line

_HEARSAY = frozenset("allegedly supposedly purportedly ostensibly".split())
_NOT_NAMING = frozenset("for on off in back upon up out to at by after together".split())
_WORDS = frozenset(
    "word words term terms label labels phrase phrases expression expressions name euphemism moniker epithet".split()
)
_MYTHS = mentioned.IDEAS | frozenset(
    "myth myths fiction pretence pretense illusion fantasy bogey spectre guise pretext banner veneer semblance "
    "facade cloak".split()
)
_NOMINALLY = frozenset("officially nominally notionally".split())
# These are verbs or half-neutral as well: they keep clear of a name only after an article.
_AFTER_ARTICLE = frozenset(
    "claimed supposed would-be imagined rumoured rumored feared predicted suspected presumed apparent".split()
)
_ADJECTIVES = lexicon.DISTANCING_ADJECTIVES - _AFTER_ARTICLE


def find(line: Line, reported: list[Span]) -> list[Span]:
    """The distanced words of a line, as token spans [a, b); quotations are left alone.

    reported: spans of reported speech; what is denied or supposed there, the speaker denies or supposes, not the
    outlet.
    """
    out: list[Span | None] = []
    marks, doubts = _marks(), _doubting()
    both = _both()
    for i, low in enumerate(line.low):
        if low not in both or (low == "that" and not _after_doubt(line, i)):
            continue
        if low in marks and (span := _marked(line, i)) is not None:
            out.append(span)
            continue
        if low not in doubts:
            continue
        aside = low == "not" and at(line, i + 1) == ","  # "is not, as X claims, a trap": the outlet's denial
        aside |= i == 0 and low in supposed.OPENERS
        asks = low in {"whether", "if"}  # "asked whether | it was a trap"
        told = not aside and any(a - asks <= i < b for a, b in reported)
        out.append(None if told else _denied_or_supposed(line, i))
    if line.low and line.low[0] == "some" and (scorned := beside.scorned(line)) is not None:
        out.append(scorned)
    if line.low[:1] == ["so"] and line.low[1:3] == ["much", "for"]:
        out.append(name(line, 3, 5))
    asked = questioned.find(line) if line.low and line.low[-1] == "?" else None
    if asked is not None and not any(a <= asked[0] < b for a, b in reported):
        out.append(asked)
    return [span for span in out if span is not None and span[1] > span[0]]


def _after_doubt(line: Line, i: int) -> bool:
    """Whether "that" at i can keep a name at a distance: "no proof | that", "the reform | that never was"."""
    return at(line, i - 1) in supposed.LEAVES_OPEN or at(line, i + 1) == "never"


@cache
def _marks() -> frozenset[str]:
    """Every word that can keep a name at a distance, whoever speaks; no other needs a closer look."""
    bases = lexicon.base_forms()
    naming = {form for form, base in bases.items() if base in lexicon.NAMING_VERBS}
    words = "what rather instead never not known speak speaks talk talks name".split()
    jargon = "language jargon parlance vocabulary called".split()
    sets = (
        _ADJECTIVES,
        _AFTER_ARTICLE,
        _HEARSAY,
        _WORDS,
        lexicon.PRESENTING_FORMS,
        beside.MARKERS,
        _MYTHS,
        denied.FALSE,
        _NOMINALLY,
    )
    return frozenset(naming | {*words, *jargon}).union(*sets)


@cache
def _doubting() -> frozenset[str]:
    """Every word that can deny a name or suppose it."""
    words = frozenset("rather less more instead far anything".split())
    return words.union(_NOMINALLY, denied.NOT, supposed.MARKERS, expected.MARKERS)


@cache
def _both() -> frozenset[str]:
    return _marks() | _doubting()


def _marked(line: Line, i: int) -> Span | None:
    """The name that the word at i, whoever speaks, keeps at a distance."""
    low, bases = line.low[i], lexicon.base_forms()
    if _doubts(line, i):
        return name(line, i + 1)
    if low == "called" and at(line, i - 1) == "so" and at(line, i - 2) == ",":
        return before(line, i - 2)  # "the reform, so called, …"
    if low in _HEARSAY:
        return _hearsay(line, i)
    if low in denied.FALSE:
        return denied.falsified(line, i)
    if low in _NOMINALLY:
        return name(line, i + 1) if i and line.tags[i - 1] & MARK and bare(line, i + 1) else None
    if low in _MYTHS and at(line, i + 1) == "of":
        return mentioned.owned_idea(line, i)
    if low == "name" and mentioned.borrowed(line, i):
        return name(line, i + 2, 4) if bare(line, i + 2) and not line.upper[i + 2] else None
    if low == "what":
        return mentioned.what_calls(line, i) or mentioned.it_is_called(line, i)
    if low in _WORDS and (word := mentioned.word(line, i)) is not None:
        return word
    if low in bases and bases[low] in lexicon.NAMING_VERBS:
        return _as_called(line, i) or _named(line, i, bases[low])
    if low in {"rather", "instead", "never", "not"} and (other := denied.otherwise(line, i)) is not None:
        return other
    if low in lexicon.PRESENTING_FORMS:
        return _presented(line, i)
    if low in beside.MARKERS and (doubted := beside.find(line, i)) is not None:
        return doubted
    if low in {"speak", "speaks", "talk", "talks"} and at(line, i + 1) == "of":
        if low == "speak" and at(line, i + 2) in {"the", "this", "his", "her", "their"}:
            return None  # "would not speak of the strike": of one that is there
        spoken = not _noun_before(line, i) or (low == "talk" and at(line, i - 1) in {"any", "all", "no", "of"})
        return name(line, i + 2) if spoken else None
    return mentioned.in_jargon(line, i) if low in {"language", "jargon", "parlance", "vocabulary"} and i < 4 else None


def _hearsay(line: Line, i: int) -> Span | None:
    """ "Allegedly took bribes", and, with a participle, what stands before: "crimes allegedly committed in Y"."""
    span = name(line, i + 1)
    if span is None or i + 2 >= len(line) or not line.low[i + 1].endswith(("ed", "en")):
        return span
    start = subjects.phrase_start(line, i)
    return (start, span[1]) if line.tags[i + 2] & PREP and start < i else span


def _doubts(line: Line, i: int) -> bool:
    """Whether the word at i is an adjective that doubts the name after it: "alleged", "so-called", "a supposed"."""
    low = line.low[i]
    if low in _AFTER_ARTICLE:
        opens = i == 0 and not line.tags[1] & (PREP | DET | PRONOUN | MARK | SUBORDINATOR) if len(line) > 1 else False
        return (opens or (i > 0 and bool(line.tags[i - 1] & (DET | PREP)))) and at(line, i + 1) != "to"
    if low in _ADJECTIVES:
        nothing = i + 1 < len(line) and line.tags[i + 1] & (
            WH | SUBORDINATOR | AUX | MARK
        )  # "a phantom that survives"
        return not (nothing or (low == "alleged" and _states(line, i + 1)))
    return low == "called" and at(line, i - 1) == "so" and not line.tags[min(i + 1, len(line) - 1)] & MARK


def _denied_or_supposed(line: Line, i: int) -> Span | None:
    """The name that the word at i denies or only supposes."""
    low = line.low[i]
    if low in _NOMINALLY:  # "Officially, it is a reform"
        return supposed.clause_name(line, i + 1 + (at(line, i + 1) == ",")) if i == 0 else None
    if (low, at(line, i + 1)) in {("far", "from"), ("anything", "but")}:
        return denied.far_from(line, i + 2)
    if low in {"rather", "less", "more", "instead"}:
        return denied.rather(line, i)
    if low in denied.NOT:
        return denied.negated(line, i)
    if low in expected.MARKERS and (to_come := expected.find(line, i)) is not None:
        return to_come
    return supposed.find(line, i) if low in supposed.MARKERS else None


def _noun_before(line: Line, i: int) -> bool:
    """Whether "talk" or "talks" at i is a noun: after an article, a preposition, "peace"; or nothing."""
    if line.low[i].startswith("speak"):
        return False
    return i == 0 or bool(line.tags[i - 1] & (DET | PREP)) or subjects.subject(line, i) is None


def _presented(line: Line, i: int) -> Span | None:
    """ "mocked as a X", "hailed the vote as a X": but after a passive only an article after "as" shows that
    it gives a name."""
    past = line.low[i].endswith("ed") or line.low[i] == "sold"
    passive = past and (i == 0 or bool(line.tags[i - 1] & MARK) or line.low[i - 1] in BE | {"being"})
    if passive and at(line, i + 1) == "as" and (past == line.low[i].endswith("ed") or at(line, i + 2) in {"a", "an"}):
        return name(line, i + 2)
    to_all = passive and at(line, i + 1) != "by" and not mentioned.dated(line, i)  # "presented to voters as a gift"
    for k in range(i + 1, min(len(line), i + 10)):
        if line.low[k] == "as" and at(line, k + 1) in {"a", "an", "the"}:
            told_once = k > i + 1 and past and not to_all
            if line.low[k + 1] == "the" and line.low[i].startswith(("sell", "sold", "market", "pitch", "packag")):
                return None  # "selling their ewes as the drought moves on"
            return None if told_once else name(line, k + 1)
        if line.tags[k] & (MARK | WH | SUBORDINATOR | AUX):
            return None
    return None


def _states(line: Line, i: int) -> bool:
    """Whether a clause begins at i: then "alleged" before it is a verb."""
    return i < len(line) and bool(line.tags[i] & (DET | PRONOUN | SUBORDINATOR | PREP))


def _as_called(line: Line, i: int) -> Span | None:
    """ "an X, as Y called it" and "X, Y calls it": the name stands before the comma."""
    as_at = i - 3 if at(line, i - 1) in BE else -1  # "X, as they were called"
    if at(line, i + 1) not in {"it", "them", "this"} and (as_at < 2 or at(line, as_at) != "as"):
        return None
    comma = next((k for k in range(1, min(i, LONGEST_NAME + 1)) if line.tags[k] & MARK), 0)
    caller = (comma + 1, subjects.before_verb(line, i) + 1)
    if comma and line.low[comma] == "," and subjects.subject(line, i) == caller:
        return name(line, 0)
    for k in range(i - 1, max(1, i - 8), -1):
        if line.low[k] in {"as", "so"} and line.low[k - 1] == ",":
            a = k - 2
            while a > 0 and k - a < 7 and not line.tags[a - 1] & (MARK | QUOTE | AUX | VERB | SUBORDINATOR):
                a -= 1
            return (a, k - 1) if a < k - 1 else None
    return None


def _named(line: Line, i: int, base: str) -> Span | None:
    """What a naming verb at i gives as the name: "dubbed X", "called it X", "described the war as X"."""
    j = i + 1
    given_as = (base, at(line, j)) == ("refer", "to") or (base in lexicon.NAMING_AS and at(line, j) == "by")
    if j >= len(line) or (line.low[j] in _NOT_NAMING and not given_as):
        return None
    refused = i > 1 and line.low[i - 1] in {"not", "never", "don't", "won't", "wouldn't"}
    if at(line, subjects.before_verb(line, i)) in {"we", "i"} and not refused:
        return None  # the outlet's own name for it
    if i and (
        (line.tags[i - 1] & DET and line.low[i - 1] not in {"that", "one"})
        or line.low[i - 1] == "so"
        or line.upper[i]
    ):
        return None  # "the terms", "his call"; "so called" is read elsewhere
    if mentioned.told_once(line, i, base):
        return None
    if base in lexicon.NAMING_AS:
        for k in range(j, min(len(line), j + 12)):
            if line.low[k] == "as" or (line.low[k] == "with" and base == "brand"):
                return name(line, k + 1)
            if line.tags[k] & MARK:
                break
        if base not in {"label", "brand", "style"}:
            return None
    if line.tags[j] & (PREP | AUX | WH | SUBORDINATOR) or (line.tags[j] & VERB and not line.upper[j]):
        return None  # "a phone call with", "calls made"
    return _after_object(line, i, j)


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
            or (before != i - 1 and any(line.low[k] in BE for k in range(max(0, before), i)))
        )
    )
    owner = subjects.subject(line, i)
    fronted = owner is not None and at(line, owner[0] - 1) in {"which", "whom", "that"}
    if participle or fronted or line.tags[j] & QUOTE:
        return name(line, j)
    if line.low[j] == "it" and at(line, j + 1) == ",":
        return None  # "whatever they call it, …"
    if line.tags[j] & PRONOUN or line.low[j] in {"him", "her", "them", "us", "me", "it", "this", "that"}:
        return name(line, j + 1)
    if (quoted := next((a for a, _ in line.phrases if j < a < j + 10), None)) is not None:
        return name(line, quoted)
    for k in range(j + 1, min(len(line), j + 10)):
        if line.low[k] in {"a", "an"} or (
            k > j + 1 and line.low[k] in {"the", "its"} and not line.tags[k - 1] & PREP
        ):
            return name(line, k)
        if line.tags[k] & (MARK | QUOTE | AUX | WH):
            break
    return _last_words(line, j)


def _last_words(line: Line, j: int) -> Span | None:
    """ "calling the action aggression": without a second article, all but the object's first words."""
    span = name(line, j)
    if span is None or span[1] - span[0] < 2:
        return span
    a = span[0]
    owned = next((k + 2 for k in range(a, span[1] - 2) if line.low[k].endswith(("'s", "s'"))), a + 1)
    return (min(owned, span[1] - 1), span[1])
