"""Names of what is only supposed: "if there is a X", "had it been a X", "a X, should it come", "as if it were X"."""

from __future__ import annotations

from pipeline.voice.names import BE, Span, at, bare, before, name
from pipeline.voice.subjects import finite
from pipeline.voice.tokens import ADVERB, AUX, CONJUNCTION, DET, MARK, PREP, PRONOUN, QUOTE, VERB, WH, Line

MARKERS = frozenset(
    "think believe imagine if though were should had event case absence whether lest unless suppose supposing "
    "assuming pretend pretending that how".split()
)
# At the beginning these suppose on the text's own behalf.
OPENERS = frozenset("suppose supposing imagine assuming pretend pretending".split())
ONE = frozenset("a an another any".split())
_OPEN = frozenset("it this that these those they what there".split())
_BECOMES = BE | frozenset(
    "become becomes became amount amounts amounted constitute constitutes constituted prove proves proved turn "
    "turns turned mean means "
    "meant".split()
)
# Between a word such as "whether" and its verb: "whether what happened there amounts to X".
_REACH = 9
# "It remains to be shown that …", "there is no evidence that …": what follows is left open.
_UNPROVED = frozenset("shown proved proven established seen".split())
_CERTAIN = frozenset("certain clear sure proven obvious established".split())
_PROVE = frozenset("prove show establish".split())
_RULED = frozenset("found ruled shown proved established".split())
_PROOF = frozenset("evidence proof sign indication suggestion".split())
_DOUBTFUL = frozenset("doubtful questionable debatable improbable".split())
_WORDS = frozenset("word term name description".split())
_CALLED = frozenset("called word term name such one right".split())


LEAVES_OPEN = _UNPROVED | _CERTAIN | _PROVE | _RULED | _PROOF | _DOUBTFUL


def find(line: Line, i: int) -> Span | None:
    """The name that the word at i marks as supposed, not stated; null where it marks none."""
    low = line.low[i]
    if low == "that":
        return clause_name(line, i + 1) if left_open(line, i) else None
    if low == "if":
        return _if(line, i)
    if low == "though":
        return clause_name(line, i + 1) if at(line, i - 1) == "as" else None
    if low in {"were", "should", "had"}:
        return _inverted(line, i)
    if low in {"event", "case", "absence"}:
        given = at(line, i + 1) == "of" and at(line, i - 1) in ({"in"} if low == "case" else {"the"})
        return tight(line, i + 2) if given and at(line, i + 2) not in {"the", "this", "that"} else None
    if low in {"think", "believe", "imagine"} and at(line, i - 1) in {"would", "might", "could", "'d", "you'd"}:
        one = at(line, i - 1) == "you'd" or at(line, i - 2) in {"you", "one", "anyone", "anybody"}
        return clause_name(line, i + 1 + (at(line, i + 1) == "that")) if one else None
    if low in {"think", "believe"}:
        return None
    if low == "how":
        seen = at(line, i - 1) == "see" and at(line, i - 3) in {"hard", "difficult", "impossible"}
        return clause_name(line, i + 1) if seen else None  # "it is hard to see how this is a X"
    if low in OPENERS:
        return clause_name(line, i + 1 + (at(line, i + 1) == "that")) if opens(line, i) else None
    if low == "whether" and at(line, i + 1) == "to":
        return None  # the verb tells it: "whether to call it X"
    if (at(line, i + 1), at(line, i + 2)) == ("or", "not"):
        return clause_name(line, i + 3)
    return clause_name(line, i + 1) or _either(line, i)


def _either(line: Line, i: int) -> Span | None:
    """ "Whether accident or crime, …"."""
    end = next((k for k in range(i + 1, min(len(line), i + 8)) if line.tags[k] & MARK), None)
    if line.low[i] != "whether" or end is None or "or" not in line.low[i + 1 : end]:
        return None
    return None if any(line.tags[k] & (AUX | VERB | PRONOUN) for k in range(i + 1, end)) else (i + 1, end)


def opens(line: Line, i: int) -> bool:
    """Whether a clause begins at i: at the beginning, after a mark or after "and", "but"."""
    if i == 1 and line.low[0] == "even":
        return True
    return i == 0 or bool(line.tags[i - 1] & (MARK | CONJUNCTION)) or line.low[i - 1] == "not"


def tight(line: Line, a: int, longest: int = 5) -> Span | None:
    """The name from a on, without a phrase that only says where, when or for what: "a strike | at the port"."""
    span = name(line, a, longest)
    if span is None:
        return None
    for k in range(span[0] + 1, span[1]):
        if line.tags[k] & (ADVERB | PRONOUN) and not line.tags[k] & PREP:
            return span[0], k
        if line.tags[k] & PREP and (line.low[k] in {"in", "at"} or line.tags[k + 1 : k + 2] == [] or _parts(line, k)):
            return span[0], k
    return span


def _parts(line: Line, k: int) -> bool:
    return (line.low[k] != "of" and bool(line.tags[k + 1] & (DET | PRONOUN | PREP))) or line.low[k + 1] == "."


def clause_name(line: Line, j: int, *, inverted: bool = False) -> Span | None:
    """The name that the clause from j on gives: "it was a X", "the raid was a X", "there is a X", "a X broke out".

    inverted: whether the clause's auxiliary stands before j already ("had | it been a X").
    """
    while at(line, j) in {"then", "really"}:
        j += 1
    stop = next((k for k in range(j, min(len(line), j + 20)) if line.tags[k] & (MARK | QUOTE | WH) and k > j), None)
    stop = min(len(line), j + 20) if stop is None else stop
    for k in range(j + 1, min(stop, j + _REACH)):
        if line.low[k] in _BECOMES and line.low[k] != "that":
            c = _past_be(line, k)
            if (c < stop and at(line, c) in {"a", "an", "another", "any"}) or _says_what(line, j, k, c):
                return tight(line, c)
            if not line.tags[k] & AUX:
                break
    if at(line, j) in ONE or (inverted and bare(line, j) and not line.upper[j]):
        return tight(line, j, 3) if not _is_at_once(line, j, stop) else None
    return _made(line, j, stop, inverted=inverted)


def _is_at_once(line: Line, j: int, stop: int) -> bool:
    """ "if a driver is …": what follows says something of somebody; "if a strike is called" does not."""
    return j + 2 < stop and line.low[j + 2] in BE and not line.low[min(j + 3, stop - 1)].endswith(("ed", "en", "ld"))


def _past_be(line: Line, k: int) -> int:
    c = k + 1
    while c < len(line) and (at(line, c) in {"to", "into", "out", "been", "be"} or line.tags[c] & ADVERB):
        c += 1
    return c


def _says_what(line: Line, j: int, k: int, c: int) -> bool:
    """ "it is genocide", "this amounts to X": after a pronoun the name needs no article."""
    if at(line, j) not in _OPEN or at(line, j) == "there" or (k > j + 1 and not line.tags[k - 1] & (AUX | ADVERB)):
        return at(line, j) == "what" and (bare(line, c) and not line.tags[c] & VERB)
    closed = c + 1 >= len(line) or bool(line.tags[c + 1] & (MARK | CONJUNCTION))
    return bare(line, c) and (closed or not at(line, c).endswith(("ed", "ing")))


_MAKES = frozenset("form formed run ran running commit committed wage waged stage staged lead led plot plotted "
                   "launch "
                   "launched see have had face cause caused want wants wanted need needs".split())  # fmt: skip


def _made(line: Line, j: int, stop: int, *, inverted: bool) -> Span | None:
    """ "the firms formed a X", "he plotted a X": what is brought about, after such a verb."""
    for k in range(j + 1, stop - 1):
        if (
            line.low[k] in _MAKES
            and at(line, k + 1) in ONE
            and (inverted or line.low[k] not in {"see", "have", "had"})
        ):
            return tight(line, k + 1)
    return None


def _if(line: Line, i: int) -> Span | None:
    if at(line, i - 1) == "," and _named_by_it(line, i):
        return before(line, i - 1)
    if (called := _called_so(line, i)) is not None:
        return called
    if at(line, i - 1) == "as" and at(line, i + 1) in {"for", "in", "at"}:
        return tight(line, i + 2) if at(line, i + 2) in ONE else None
    return clause_name(line, i + 1)


_WORTHY = frozenset("called deserves deserve merits merit earns earn warrants warrant".split())


def _called_so(line: Line, i: int) -> Span | None:
    """ "If the X can still be called that, …", "if the X deserves the name, …"."""
    end = next((k for k in range(i + 3, min(len(line), i + 16)) if line.tags[k] & MARK or line.low[k] == "."), i)
    if _WORTHY.isdisjoint(line.low[i:end]) or at(line, end - 1) not in {"that", "one", "such", "so", "name", "it"}:
        return None
    stop = next(k for k in range(i + 1, end) if line.tags[k] & AUX or line.low[k] in _WORTHY)
    return (i + 1, stop) if stop > i + 1 and not line.tags[i + 1] & PRONOUN else None


def _named_by_it(line: Line, i: int) -> bool:
    """ "the X, if that is what it was,", "if it can be called that", "if there was one": the name is in doubt."""
    last = min(len(line), i + 10)
    end = next((k for k in range(i + 1, last) if line.tags[k] & MARK or line.low[k] == "."), last)
    words = line.low[i + 1 : end]
    if words[1:2] and words[1] in BE and _WORDS.intersection(words[2:6]):
        return True  # "if that is the right word for men who …"
    if 3 <= len(words) <= 4 and words[-2] in {"it", "that"} and words[-1] in BE:
        return True  # "this strike, if strike it was, …"
    if not words or words[0] not in {"that", "it", "such", "one", "there", "they", "this"}:
        return False
    return tuple(words[:3]) in {("that", "is", "what"), ("that", "was", "what")} or (
        bool(_CALLED & set(words)) and all(len(word) < 9 for word in words) and len(words) < 9
    )


def _inverted(line: Line, i: int) -> Span | None:
    """ "had it been a X", "were there a X", "should a X break out", "a X, should it come"."""
    low, after = line.low[i], at(line, i + 1)
    if low == "should" and i > 1 and at(line, i - 1) == "," and after in {"it", "they", "one"}:
        return before(line, i - 1)
    if not opens(line, i) or i + 2 >= len(line) or line.low[-1] == "?":
        return None
    if i > 1 and not line.tags[i - 1] & MARK:
        return None  # "came and had a X"
    named = line.tags[i + 1] & (DET | PRONOUN) or line.upper[i + 1] or after == "there"
    first = line.low.index(",") if low == "were" and at(line, i - 1) == "," else i
    if first < i - 1 and not any(finite(line, k) for k in range(first)):
        return None  # "the years, as she recalls them, were a X": the verb that the line began with
    if not named and (i or low != "should"):
        return None  # "…, among them the driver, were hurt"
    if low == "had" and (after in ONE or {"been", "become"}.isdisjoint(line.low[i + 2 : i + 8])):
        return None
    if low == "were" and after in _OPEN - {"there"} and at(line, i + 2) != "to":
        return tight(line, i + 2) if at(line, i + 2) in ONE or bare(line, i + 2) else None
    if low == "were" and after == "there":
        return tight(line, i + 2) if at(line, i + 2) in ONE else None
    return clause_name(line, i + 1, inverted=True)


def left_open(line: Line, i: int) -> bool:
    """Whether "that" at i follows words that leave open what it says: "no evidence that", "has yet to be shown"."""
    before = at(line, i - 1)
    if before not in LEAVES_OPEN:
        return False
    if before in _PROOF:
        return at(line, i - 2) in {"no", "little", "scant"} or at(line, i - 3) == "no"
    if before in _DOUBTFUL:
        return at(line, i - 2) in BE
    if before in _CERTAIN and "it" in line.low[max(0, i - 7) : i]:
        return not {"not", "no", "far", "isn't", "wasn't"}.isdisjoint(line.low[max(0, i - 6) : i])
    if before in _UNPROVED and at(line, i - 2) == "been" and "not" in line.low[max(0, i - 5) : i]:
        return True
    if before in _PROVE:
        return at(line, i - 2) == "to" and at(line, i - 3) == "yet"
    if before in _RULED and line.low[0] in {"no", "nobody", "none"}:
        return True
    unproved = before in _UNPROVED and at(line, i - 2) == "be" and at(line, i - 3) == "to"
    return unproved and at(line, i - 4) in {"remains", "remained", "yet"}
