"""Cues in a line and what they attribute to whom."""

from __future__ import annotations

from functools import cache

from pipeline import lexicon
from pipeline.voice import announced, backward, idioms
from pipeline.voice.asides import aside, with_more
from pipeline.voice.clause import content_end, fronted_end, skip_adverbials
from pipeline.voice.complements import complement
from pipeline.voice.conversion import is_noun, rather_noun
from pipeline.voice.found import (
    ALONE,
    COMMAS,
    TELLS,
    Found,
    after_hearer,
    before_turn,
    cue_start,
    indefinite,
    kind_of,
    passive,
    source_of,
    trim,
)
from pipeline.voice.namings import naming
from pipeline.voice.nominals import TOLD_OF, according, adjective, noun
from pipeline.voice.passives import beside_noun, passive_report
from pipeline.voice.subjects import before_verb
from pipeline.voice.tokens import (
    AUX,
    DET,
    MARK,
    OBJECT,
    PREP,
    QUOTE,
    TIME,
    WH,
    Line,
)
from pipeline.voice.views import REGARDS, believed, regarded, stirred, viewed

# "spoke of a massacre", "warned of a famine": the name is the speaker's.
_SPEAKS_OF = frozenset("speak talk tell warn complain boast brag write mutter whisper murmur grumble rage rant "
                        "fume moan gripe hear learn".split())  # fmt: skip


# "Hinted at a trap", "believe in a plot".
_INTO = {"hint": "at", "believe": "in", "testify": "to", "allude": "to", "confess": "to", "point": "to"}
_IMPERATIVE = frozenset({"say", "call"})


@cache
def _marks() -> frozenset[str]:
    """Every word that can be a cue; no other needs a closer look."""
    words = frozenset("goes went makes made according put puts in by on so believed trusted right correct".split())
    sets = (lexicon.base_forms(), lexicon.verb_classes(), lexicon.noun_classes(), lexicon.CUE_ADJECTIVES)
    return words.union(REGARDS, TOLD_OF, idioms.CUES, *sets)


# These are in every other line and cues in few: a glance at their neighbours tells which.
_SELDOM = frozenset("in by on for to that how has have had".split())
_BEFORE_THAT = frozenset("is was remains least or but".split())


def _may(line: Line, i: int, low: str) -> bool:
    """Whether one of these words can be a cue where it stands."""
    if low == "that":
        return i > 0 and (bool(line.tags[i - 1] & MARK) or line.low[i - 1] in _BEFORE_THAT)
    if low == "how":
        return 1 < i < 8 and line.low[i - 1] in _BEFORE_THAT
    if low in {"for", "to"} and i > 1 and line.low[i - 1] in {"and", "but"}:
        return bool(line.tags[i - 2] & MARK)
    if low in {"has", "have", "had"}:
        return line.low[i + 1 : i + 2] == ["it"]
    return i < 2 or bool(line.tags[i - 1] & MARK)


def find(line: Line) -> list[Found]:
    """The attributions of a line, in the order of their cues."""
    out: list[Found] = []
    if ":" in line.low and (told := announced.before_colon(line)) is not None:
        out.append(told)
    marks = _marks()
    for i, low in enumerate(line.low):
        if low not in marks or (low in _SELDOM and not _may(line, i, low)) or (i == 0 and low in _IMPERATIVE):
            continue  # "Say what you like, …", "Call it by its name: …" report nothing
        found = _one(line, i, out)
        if found is None and low in {"believed", "trusted", "right", "correct"}:
            found = believed(line, i)
        if found is None and low in idioms.CUES and not (line.upper[i] and i):
            found = (backward.pointed(line, i) if low == "that" else None) or idioms.find(line, i, out)
        if found is not None:
            out.append(found)
    return out


# "…, she goes on, …", "…, the memo makes plain, …".
_GOES_ON = frozenset("goes went makes made".split())
_ON = frozenset({"goes on", "went on", "make plain", "make clear", "made plain", "made clear"})
_NAMING = lexicon.NAMING_VERBS


def _one(line: Line, i: int, out: list[Found]) -> Found | None:
    """What the word at i reports, by what kind of cue it is."""
    low, nouns, bases = line.low[i], lexicon.noun_classes(), lexicon.base_forms()
    if low == "according" and i + 1 < len(line) and line.low[i + 1] == "to":
        return according(line, i)
    if low in nouns and (told := stirred(line, i)) is not None:
        return told
    if low in bases and not (line.upper[i] and i):
        return _form(line, i, bases[low], out)
    if low in nouns or low in TOLD_OF:
        return noun(line, i)
    if low in lexicon.CUE_ADJECTIVES:
        return adjective(line, i)
    if low in {"put", "puts"} and i + 1 < len(line) and line.low[i + 1] == "it":
        return aside(line, i, before_verb(line, i), "say", "say", past=i + 2)
    if low in _GOES_ON and i + 1 < len(line) and (low[:4] + " " + line.low[i + 1]) in _ON:
        return aside(line, i, before_verb(line, i), "say", "say", past=i + 2)
    if low in {"in", "by", "on"}:
        return viewed(line, i)
    if low == "so":
        return backward.inside(line, i)
    return regarded(line, i, out) if low in REGARDS else None


def _form(line: Line, i: int, base: str, out: list[Found]) -> Found | None:
    """What a form of a cue verb or naming verb at i reports."""
    low, verbs = line.low[i], lexicon.verb_classes()
    if is_noun(line, i):
        return noun(line, i) if low in lexicon.noun_classes() or low in TOLD_OF else None
    if base in {"call", "appeal"} and (called := _calls_on(line, i, out)) is not None:
        return called
    if base in _NAMING and (named := naming(line, i, base, out)) is not None:
        return named
    if low in REGARDS and (seen := regarded(line, i, out)) is not None:
        return seen
    return _verb(line, i, base, verbs[low], out) if low in verbs else None


def _verb(line: Line, i: int, base: str, name: str, out: list[Found]) -> Found | None:
    """A cue verb: quoted, inverted, parenthetical, with a clause, an infinitive or a noun phrase."""
    low, n = line.low[i], len(line)
    before = before_verb(line, i)
    if base == "feel" and before >= 0 and line.low[before] in {"it", "this", "that"}:
        return None  # "it felt like a trap": nobody is said to feel
    if rather_noun(line, i, before):
        return noun(line, i)
    be_before = passive(line, i) if low.endswith(("ed", "wn", "ld", "en", "ght", "id", "nd")) else False
    if (
        be_before
        or (i + 1 < n and line.low[i + 1] == "by" and name in {"judge", "deny"} and low.endswith("ed"))
        or (base in {"accuse", "suspect"} and line.low[i + 1 : i + 2] == ["of"])
    ):
        return passive_report(line, i, base, name)
    if (hearsay := beside_noun(line, i, base)) is not None:
        return hearsay
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
    if i + 2 < n and line.low[i + 1] == _INTO.get(base) and indefinite(line, i + 2):
        content, source = trim(line, i + 2, content_end(line, i + 2)), source_of(line, i, out)
        return Found((cue_start(line, i), i + 1), source, [content], "speech", i) if content and source else None
    if base in _SPEAKS_OF and (of := _of_after(line, i)):
        return _spoken_of(line, i, of, base, out)
    return _plain_verb(line, i, base, name, out)


def _spoken_of(line: Line, i: int, of: int, base: str, out: list[Found]) -> Found | None:
    """ "Warned of a famine": what follows "of", which is named by who speaks; not what nobody spoke of."""
    if line.low[i - 1] in {"never", "not", "didn't", "don't", "doesn't"}:
        return None
    if base in {"hear", "learn"} and not indefinite(line, of + 1):
        return None  # "learned of the war"
    if line.low[i].endswith("ing") and line.low[i - 1] == "to":
        return None  # "has taken to speaking of a trap": a way of naming
    content = trim(line, of, min(content_end(line, of), fronted_end(line, i, of) or len(line)))
    source = source_of(line, i, out)
    colon = next((k for k in range(*content) if line.low[k] == ":"), content[1]) if content else 0
    told = [before_turn(line, (content[0], colon))] if content and colon > content[0] else []
    return Found((cue_start(line, i), i + 1), source, told, "speech", i) if told and source else None


def _plain_verb(line: Line, i: int, base: str, name: str, out: list[Found]) -> Found | None:
    """A cue verb and what follows it: a quotation, what stands after a colon, or its complement."""
    n = len(line)
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


def _of_after(line: Line, i: int) -> int:
    """ "spoke | of a trap", "spoke, as so often, | of a trap", "complained to X | about a trap"; 0 for none."""
    n, of = len(line), i + 1
    if i + 3 < n and line.low[i + 1] == ",":
        of = next((k + 1 for k in range(i + 3, min(n - 1, i + 12)) if line.low[k] == ","), i + 1)
    if of + 1 < n and (line.low[of] == "of" or (line.low[of] == "about" and line.low[of + 1] in {"a", "an"})):
        return of
    for k in range(i + 2, min(n - 1, i + 8)):
        if line.tags[k] & (MARK | AUX | WH | QUOTE) or line.low[k] == "that":
            break
        heard = line.low[i + 1] in {"to", "on", "in", "last"} or bool(line.tags[i + 1] & (OBJECT | DET))
        if heard and (line.low[k] == "about" or line.low[k] == "of") and line.low[k + 1] in {"a", "an"}:
            return k
    return 0


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
