"""Names that a text denies: "not an X", "there is no X", "neither an X nor a Y", "far from being an X"."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice import absent
from pipeline.voice.absent import closed
from pipeline.voice.names import BE, Span, at, bare, name
from pipeline.voice.subjects import phrase_start
from pipeline.voice.supposed import tight
from pipeline.voice.tokens import ADVERB, AUX, DET, MARK, PREP, PRONOUN, SUBORDINATOR, VERB, WH, Line

NOT = frozenset(
    "nothing can't cannot couldn't would might could didn't not n't never no hardly scarcely barely neither nor "
    "isn't aren't wasn't weren't nobody little".split()
)
NOT |= absent.FAILS | absent.INVENTED
_ONE = frozenset({"a", "an"})
_MAKES = frozenset({"make", "makes"})
_COUNTS = frozenset("qualify qualifies count counts counted rank ranks".split())
# "No X was needed": that there was one is what is denied; "no X was hurt" denies something else of it.
_EXISTS = frozenset("needed required necessary likely possible planned intended agreed declared called held imminent "
                    "found proved proven seen built made formed reached signed launched ever".split())  # fmt: skip

# "No X came": what comes about, or befalls somebody, is not there without it.
_COMES = frozenset(
    "came come comes followed follows ensued emerged emerges materialised materialized occurred occurs happened "
    "happens erupted began begun begins started hit hits struck befell reached existed exists loomed looms threatens "
    "threatened arose unfolded swept".split()
)
_EXISTS |= _COMES

FALSE = frozenset("false absurd untrue nonsense ridiculous laughable ludicrous wrong mistaken unfounded baseless "
                   "misplaced premature exaggerated fanciful overblown misleading far-fetched".split())  # fmt: skip
_PROOF = frozenset("evidence proof sign trace hint indication".split())
_NOTIONS = frozenset(
    "claims rumours rumors suggestions allegations charges idea notion claim suggestion assertion allegation theory "
    "talk story charge accusation".split()
)


def negated(line: Line, i: int) -> Span | None:
    """The name that the word of denial at i denies; "no doubt", "not only" and the like deny none."""
    low, before, after = line.low[i], at(line, i - 1), at(line, i + 1)
    if (gone := absent.find(line, i)) is not None or low in absent.FAILS:
        return gone
    if low == "no":
        return _no(line, i)
    if low in {"neither", "nor"}:
        alone = low == "neither" and before in BE and bare(line, i + 1)
        return name(line, i + 1 + (after in _ONE), 5) if after in _ONE or alone else None
    if i == 0 and (denied := _opening(line, after)) is not None:
        return denied
    if low in {"nothing", "little"}:
        return _nothing(line, i)
    if low in {"would", "might", "could"}:
        return _would(line, i)
    if low == "not" and before == "or" and closed(line, i + 1):
        whole = name(line, 0) if i < 6 else None
        return whole if whole is not None and whole[1] >= i - 1 else None  # "strike or not, …"
    if low in {"can't", "cannot", "couldn't"}:
        return _complement(line, i + 2) if after == "be" else None
    if after == "a" and (at(line, i + 3) in _MAKES or at(line, i + 4) in _MAKES):
        return name(line, i + 1, 2)  # "four lunches do not a cartel make"
    if after == "as":
        return name(line, i + 2) if low in {"never", "not"} else None  # "as a watch and never as a militia"
    if low in {"not", "hardly", "scarcely", "never"} and before in {",", "and"} and after in _ONE:
        return name(line, i + 2, 5)  # "a gift, not a bribe"
    if low == "not" and before == "," and bare(line, i + 1) and closed(line, i + 2):
        return i + 1, i + 2
    if low == "not" and before in BE and closed(line, i + 1) and (fronted := _fronted(line, i)) is not None:
        return fronted
    joined = low in {"isn't", "aren't", "wasn't", "weren't"}
    if not joined and not (before in BE or (before.endswith("'s") and before != "let's")):
        return _amounts(line, i)
    return _complement(line, i + 1)


def _fronted(line: Line, i: int) -> Span | None:
    """ "But a trap it was not", "a friend of the poor he is not": the name before "it", "he" and "not" at i."""
    who = i - 2
    if at(line, who) not in _OF_WHOM:
        return None
    a = phrase_start(line, who)
    if 0 <= a < who and bare(line, who - 1):
        return a, who
    return name(line, 1) if at(line, 0) in _ONE else None


_OF_WHOM = frozenset("it this that he she they".split())


def _opening(line: Line, after: str) -> Span | None:
    """What the first word denies: "Hardly a massacre.", "Not order but fear …", "Not a riot but a wake …"."""
    low = line.low[0]
    if low in {"hardly", "scarcely"} and (bare(line, 1) or after in _ONE):
        whole = name(line, 1 + (after in _ONE), 4)
        return whole if whole is not None and closed(line, whole[1]) else None
    if low != "not":
        return None
    if bare(line, 1) and at(line, 2) == "but":
        return 1, 2
    if after == "so" and at(line, 2) == "much":
        return name(line, 3, 5)
    return name(line, 2, 6) if after in _ONE and "but" in line.low[2:9] else None


def _nothing(line: Line, i: int) -> Span | None:
    """ "Nothing about it was a X", "this has nothing to do with X", where X is not known of."""
    shown = i + 1 + (at(line, i + 1) == "to")
    if at(line, shown) in _SUGGESTS and at(line, shown + 1) in _ONE:
        return name(line, shown + 1, 4)  # "there is nothing to suggest a X"
    if line.low[i] == "little":
        return None
    if tuple(line.low[i + 1 : i + 4]) == ("to", "do", "with"):
        return name(line, i + 4, 4) if bare(line, i + 4) or at(line, i + 4) in _ONE else None
    if i and not line.tags[i - 1] & MARK:
        return None
    k = next((k for k in range(i + 1, min(len(line), i + 7)) if line.low[k] in {"is", "was"}), None)
    return name(line, k + 1, 4) if k is not None and (at(line, k + 1) in _ONE or bare(line, k + 1)) else None


def _would(line: Line, i: int) -> Span | None:
    """ "It would be a X if …": what would be is not."""
    if {"if", "had", "were"}.isdisjoint(line.low[i + 1 :]):
        return None
    j = i + 1
    while at(line, j) in {"have", "been", "be", "only", "still"}:
        j += 1
    if j == i + 1 or not (
        at(line, j) in _ONE or (bare(line, j) and not at(line, j).endswith(("ed", "en", "er", "ing")))
    ):
        return None
    return name(line, j, 5)


def _no(line: Line, i: int) -> Span | None:
    """ "There is no X", "no sign of an X"; at the beginning of a clause, "No X was needed"."""
    before = at(line, i - 1)
    if before in {"in", "by", "under", "on"} and (i == 1 or line.tags[i - 2] & MARK):
        return _inverted_no(line, i)
    if at(line, i + 1) in _PROOF and at(line, i - 2) == "there" and "of" in line.low[max(0, i - 9) : i - 2]:
        return name(line, line.low.index("of", max(0, i - 9)) + 1, 5)  # "of the X there was no trace"
    if tuple(line.low[i + 1 : i + 4]) in {("such", "thing", "as"), ("such", "things", "as")}:
        return name(line, i + 4, 4)
    if at(line, i + 1) in _PROOF and at(line, i + 2) == "of" and (not i or line.tags[i - 1] & (MARK | VERB)):
        return tight(line, i + 3) if bare(line, i + 3) or at(line, i + 3) in _ONE else None
    if before in BE or before.endswith("'s"):
        span = name(line, i + 1, 3)
        of = next((k for k in range(i + 2, i + 4) if at(line, k) == "of"), None)
        if of is not None and at(line, of + 1) not in {"the", "this", "that", "his", "her", "their", "its"}:
            return name(line, i + 1, 7)
        return span
    if i and line.tags[i - 1] & (VERB | AUX) and at(line, i + 1) not in _PROOF:
        return _had_no(line, i)
    if i and not line.tags[i - 1] & MARK:
        return None
    if (here := name(line, i + 1, 3)) is not None and at(line, here[1]) == "." and i == 0:
        return here[0], here[1] - (at(line, here[1] - 1) in {"here", "there", "yet"})  # "No X here."
    is_at = next(
        (k for k in range(i + 2, min(len(line), i + 8)) if line.tags[k] & AUX or line.low[k] in _COMES), None
    )
    if is_at is None or any(line.tags[k] & (MARK | PREP) for k in range(i + 1, is_at)):
        return None
    stated = next((k for k in range(is_at, min(len(line), is_at + 4)) if not line.tags[k] & (AUX | ADVERB)), None)
    return (i + 1, is_at) if stated is not None and line.low[stated] in _EXISTS else None


def _inverted_no(line: Line, i: int) -> Span | None:
    """ "By no stretch of the imagination is this a X", "in no sense was it a X"."""
    be = next((k for k in range(i + 2, min(len(line), i + 8)) if line.low[k] in BE), None)
    if be is None or any(line.tags[k] & MARK for k in range(i + 1, be)):
        return None
    given = next((k for k in range(be + 1, min(len(line), be + 8)) if line.low[k] in _ONE), None)
    return name(line, given, 5) if given is not None else None


def _had_no(line: Line, i: int) -> Span | None:
    """ "We saw no X here", "the town had no X": what follows a verb, up to a preposition."""
    span = name(line, i + 1, 3)
    if span is None:
        return None
    return span[0], next((k for k in range(span[0] + 1, span[1]) if line.tags[k] & (PREP | ADVERB)), span[1])


_LOOKS_LIKE = frozenset({("amount", "to"), ("point", "to"), ("look", "like"), ("feel", "like"), ("sound", "like")})
_SUGGESTS = frozenset("suggest suggests show indicate indicates prove".split())


def _amounts(line: Line, i: int) -> Span | None:
    """ "Does not amount to an X", "did not constitute X"."""
    if (at(line, i + 1), at(line, i + 2)) in _LOOKS_LIKE:
        return name(line, i + 3, 5)
    if at(line, i + 1) in _SUGGESTS and at(line, i + 2) in _ONE:
        return name(line, i + 3, 5)  # "the figures do not suggest a X"
    if at(line, i + 1) in _COUNTS and at(line, i + 2) == "as":
        return name(line, i + 3, 5)
    if at(line, i + 1) in _MAKES and at(line, i + 2) in _ONE:
        return name(line, i + 3, 5)  # "two arrests do not make a purge"
    if line.low[i] == "never" and at(line, i + 1) in BE:
        return _complement(line, i + 2) if at(line, i + 2) in _ONE else None  # "they never were a cartel"
    return name(line, i + 2, 5) if at(line, i + 1) == "constitute" else None


def _complement(line: Line, j: int) -> Span | None:
    """What is said not to be: "a war", "genocide"; "just", "only" deny nothing."""
    while at(line, j) in {"yet", "really", "even", "actually", "quite"}:
        j += 1
    if at(line, j) == ",":  # "is not, as X claims, a trap"
        j = next((k + 1 for k in range(j + 1, min(len(line), j + 9)) if line.low[k] == ","), j)
    if at(line, j) == "so" and at(line, j + 1) == "much":
        j += 2
    if at(line, j) in {"just", "only", "simply", "merely"} or j >= len(line):
        return None
    if at(line, j) in {"a", "an", "the", "any"}:
        return name(line, j + 1, 5)
    if not line.tags[j] & (PREP | VERB | AUX | ADVERB | MARK | SUBORDINATOR | WH | DET | PRONOUN):
        return name(line, j, 3)
    return None


def far_from(line: Line, a: int) -> Span | None:
    """ "far from being a X", "far from a X", "anything but a X"."""
    a += at(line, a) == "being"
    if bare(line, a) and not line.upper[a]:
        return name(line, a, 2)
    return name(line, a + 1, 5) if at(line, a) in {"a", "an", "the"} else None


def rather(line: Line, i: int) -> Span | None:
    """ "This is a club rather than an X", "less an X than a club": the name that does not fit."""
    low, before = line.low[i], at(line, i - 1)
    if low == "less":
        a = i + 1 + (at(line, i + 1) == "like")
        fits = (a > i + 1 or before in BE) and at(line, a) in _ONE and "than" in line.low[a + 1 : a + 7]
        return name(line, a, line.low.index("than", a + 1) - a - 1) if fits else None
    like = low == "more" and at(line, i + 1) == "like"
    if (
        low == "more"
        and (before in BE or like)
        and at(line, i + 1 + like) in _ONE
        and "than" in line.low[i + 2 : i + 8]
    ):
        than = line.low.index("than", i + 2)
        return name(line, than + 1, 4) if at(line, than + 1) in _ONE else None  # "more a wake than a riot"
    if low == "more":
        fits = at(line, i - 1) in BE and at(line, i + 2) == "than" and bare(line, i + 1) and bare(line, i + 3)
        return name(line, i + 3, 2) if fits and not at(line, i + 1).endswith(("ed", "ing")) else None
    if (low, at(line, i + 1)) not in {("rather", "than"), ("instead", "of")} or not (
        at(line, i + 2) in _ONE or (bare(line, i + 2) and i and low == "rather")
    ):
        return None
    return name(line, i + 2, 5)


def otherwise(line: Line, i: int) -> Span | None:
    """ "Calls them X and never Y", "refers to an X rather than to a Y": the name that is not given."""
    if line.low[i] in {"never", "not"}:
        if at(line, i - 1) not in {"and", "but", ","}:
            return None
        a = i + 1
    elif (line.low[i], at(line, i + 1)) in {("rather", "than"), ("instead", "of")}:
        a = i + 2
    else:
        return None
    bases = lexicon.base_forms()
    gave = next(
        (k for k in range(i - 1, max(-1, i - 14), -1) if bases.get(line.low[k]) in lexicon.NAMING_VERBS), None
    )
    if gave is None or any(line.tags[k] & MARK for k in range(gave, i - 1)):
        return None
    while at(line, a) in {"as", "to"}:
        a += 1
    return name(line, a, 5)


def falsified(line: Line, i: int) -> Span | None:
    """ "The idea that this was a X is absurd", "talk of X is premature": the text denies what it tells."""
    noun = next((k for k in range(min(4, i)) if line.low[k] in _NOTIONS), None)
    if noun is None or at(line, noun + 1) not in {"that", "of"} or at(line, i - 1) not in BE:
        return None
    return (noun + 2, i - 1) if noun + 2 < i - 1 else None
