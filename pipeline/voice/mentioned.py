"""Names that are spoken of as names: "what Y calls X", "the word X", and whether one is given once or always."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice import beside, namings, nominals, subjects
from pipeline.voice.names import BE, LONGEST_NAME, Span, at, bare, name
from pipeline.voice.tokens import ADVERB, AUX, DET, MARK, PREP, QUOTE, SUBORDINATOR, TIME, VERB, WH, Line

_STOPS = frozenset(".!?…:;,")
# A line without a full stop, up to so long, is a headline: its present tense tells of one time.
LONGEST_HEADLINE = 16
_HABITUAL = frozenset("often always regularly usually routinely repeatedly consistently sometimes still long".split())
_REGARDS = frozenset("consider considers considered regard regards regarded sees saw see view views viewed".split())


_ONE = frozenset("a an one another own no".split())


def what_calls(line: Line, i: int) -> Span | None:
    """ "what Y calls X", "what is called X", "what Y describes as X", "what Y says is X"."""
    bases = lexicon.base_forms()
    for k in range(i + 1, min(len(line), i + 12)):
        low = line.low[k]
        if line.tags[k] & (MARK | QUOTE):
            return None
        if low in _REGARDS or bases.get(low, "") in lexicon.NAMING_VERBS:
            a = k + 1
            while at(line, a) in {"as", "to", "it", "is", "an", "a"}:
                a += 1
            return name(line, a)
        if low in _SEEMS:
            been = next((m for m in range(k + 1, min(len(line), k + 5)) if line.low[m] in _BEEN), None)
            bare_seems = at(line, k + 1) in {"a", "an"}  # "what seemed a X"
            return name(line, been + 1) if been else name(line, k + 1) if bare_seems else None
        if low in {"says", "say", "said", "claims", "claimed", "insists"}:
            a = k + 1
            while at(line, a) in {"is", "are", "was", "were", "be", "to"}:
                a += 1
            return name(line, a) if a > k + 1 else None
        if low in _ANNOUNCED and at(line, k + 1) == "as" and at(line, k + 2) in {"a", "an", "the"}:
            return name(line, k + 2)
    return None


_ANNOUNCED = lexicon.PRESENTING_FORMS | {"announced", "launched"}
_SEEMS = frozenset("appears appeared seems seemed may might could looks looked".split())


_BEEN = frozenset({"be", "been", "like"})


def it_is_called(line: Line, i: int) -> Span | None:
    """ "X is what they call it": the name stands at the beginning."""
    k = next((k for k in range(i + 2, min(len(line) - 1, i + 8)) if line.low[k + 1] in {"it", "them"}), None)
    if not 1 < i < 6 or line.low[i - 1] not in BE or k is None:
        return None
    named = lexicon.base_forms().get(line.low[k]) in lexicon.NAMING_VERBS
    return name(line, 0) if named else None


_EARNS = frozenset("dignify dignified deserve deserves deserved earn earns merit merits worthy".split())


def word(line: Line, i: int) -> Span | None:
    """ "the word X", "the term X": only after an article, and not "in terms of", "the terms of"."""
    if (kept := beside.owned_word(line, i) or beside.strong_word(line, i)) is not None:
        return kept
    if line.low[i] == "name" and at(line, i + 1) == "of" and not _EARNS.isdisjoint(line.low[max(0, i - 7) : i]):
        return name(line, i + 2, 4)  # "does not deserve the name of X"
    if line.low[i].endswith("s") and (
        at(line, i + 1) == "like" or (at(line, i + 1), at(line, i + 2)) == ("such", "as")
    ):
        return name(line, i + 2 + (at(line, i + 1) == "such"), 4)  # "words like X", "terms such as X"
    if not i or (not line.tags[i - 1] & DET and at(line, i - 1) not in {"word", "of", "by"}):
        return None
    if at(line, i - 1) in _ONE and (colon := _colon(line, i)) is not None:
        return name(line, colon + 1)
    a = i + 1
    if line.low[i] in _VEILS and at(line, a) in BE and bare(line, a + 1):
        return name(line, a + 1, 4)  # "the euphemism is X"
    nxt = at(line, a)
    if (
        nxt == "of"
        and line.low[i] in {"label", "tag", "epithet", "name"}
        and at(line, i - 1) == "the"
        and bare(line, a + 1)
    ):
        return name(line, a + 1, 3)  # "the label of X has stuck"
    if nxt in {"of", "for", "that", "to"} or not nxt or not nxt[0].isalpha():
        return None
    t = line.tags[a]
    if t & (AUX | PREP | WH | SUBORDINATOR | ADVERB | VERB):
        return None
    return name(line, a, 4)


_VEILS = frozenset("euphemism term label phrase word epithet".split())


def _colon(line: Line, i: int) -> int | None:
    """ "Have a word of their own for it: X": where the colon stands."""
    for k in range(i + 1, min(len(line), i + 8)):
        if line.low[k] in {":", "—", "–"}:
            return k
        if line.tags[k] & (MARK | QUOTE | AUX):
            return None
    return None


def in_jargon(line: Line, i: int) -> Span | None:
    """ "In the language of Y, this is a X"."""
    comma = next((k for k in range(i + 1, min(len(line), i + LONGEST_NAME)) if line.low[k] == ","), None)
    if comma is None or line.low[0] != "in":
        return None
    k = next((k for k in range(comma + 1, min(len(line), comma + LONGEST_NAME)) if line.low[k] in BE), None)
    given = k is not None and (at(line, k + 1) in {"a", "an", "the"} or bare(line, k + 1))
    return name(line, k + 1) if k is not None and given else None


def told_once(line: Line, i: int, base: str) -> bool:
    """ "X called it an outrage" reports what X said once; "X calls it …" and "dubbed …" tell a way of naming."""
    low = line.low[i]
    headline = low.endswith("s") and len(line) <= LONGEST_HEADLINE and line.low[-1] not in _STOPS
    if base in {"dub", "term", "style", "christen", "refer", "bill", "rename", "rebrand", "nickname"}:
        return False
    if at(line, i + 1) == "as" and low.endswith("ed") and i and line.tags[i - 1] & MARK:
        return False  # "the reform, described as a gift, …"
    owner = subjects.subject(line, i)
    document = owner is not None and not _DOCUMENTS.isdisjoint(line.low[owner[0] : owner[1]])
    if not headline and not document and not low.endswith(("ed", "ing", "cast")):
        return False
    if namings.named_by(line, i, base) is not None:
        return True
    if (i and line.low[i - 1] in _HABITUAL | {"being"}) or at(line, i + 1) == "by":
        return False
    if low.endswith("ing") and at(line, i - 1) == "to":
        return False  # "has taken to calling it a X"
    if low.endswith("ing") and at(line, i - 1) == "on":
        return False  # "insists on calling it a X"
    if low.endswith("ing") and i == 0:
        ends = next((k for k in range(1, len(line)) if line.tags[k] & (MARK | AUX)), 0)
        return at(line, ends) == ","  # "Calling it a trap, the ministry …"
    span = subjects.main_subject(line, i) if low.endswith("ing") else subjects.subject(line, i)
    if span is None or (low.endswith("ed") and any(line.low[k] in BE for k in range(span[1], i))):
        return False
    if low.endswith("ed") and dated(line, i):
        return True
    relative = at(line, span[0]) in {"who", "which", "that"}
    return not relative and at(line, span[0] - 1) not in {"which", "that", "as", "whom"}


# What stands in these is said once, in whatever tense it is told.
_DOCUMENTS = frozenset("letter report statement ruling judgment judgement verdict indictment lawsuit petition motion "
                       "resolution memo editorial leader study complaint manifesto communique".split())  # fmt: skip


def dated(line: Line, i: int) -> bool:
    """ "described last night as X": a time after the verb tells of one occasion."""
    return any(line.tags[k] & TIME and not line.tags[k] & (AUX | MARK) for k in range(i + 1, min(len(line), i + 4)))


IDEAS = frozenset("version idea notion definition brand concept".split())


def borrowed(line: Line, i: int) -> bool:
    """ "In the name of safety", "by the name of safety", "under the name of a reform"."""
    before = at(line, i - 2), at(line, i - 1)
    return at(line, i + 1) == "of" and before[1] in {"the", "by"} and before[0] in {"in", "by", "under"}


def owned_idea(line: Line, i: int) -> Span | None:
    """ "The myth of X", "under the guise of X"; an idea only where it is somebody's: "the firm's idea of X"."""
    own = nominals.owner(line, i) is not None
    named = bare(line, i + 2) or at(line, i + 2) in {"a", "an"} or line.low[i] not in IDEAS
    return name(line, i + 2) if named and (own or line.low[i] not in IDEAS) else None
