"""Words that are verbs and nouns alike: which they are where they stand ("she claims", "held talks")."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.subjects import before_verb, subject
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
    VERB,
    WH,
    Line,
)

_ONE = frozenset("a an this that each every another one no any".split())
_MANY = frozenset("these those many several few both all most some two three four five six seven eight nine ten "
                  "dozens hundreds thousands".split())  # fmt: skip
# Nouns that take a plural verb without an s.
_PEOPLE = frozenset("people police men women children staff media public majority others critics".split())
_ADJECTIVAL = ("ical", "ional", "ious", "eous", "ful", "less", "able", "ible", "istic", "est")
_PERSONS_TOO = frozenset(
    "professional national intellectual religious interest protest request guest forest west east harvest priest "
    "contest radical hospital table northwest southwest northeast southeast".split()
)
_NOUNS_ONLY = frozenset("of from by between".split())


def can_be_noun(low: str) -> bool:
    """Whether a cue verb's form is a noun's form as well: the base or its -s, never a past or an -ing."""
    return low in lexicon.noun_classes() or low in lexicon.converted_forms()


def is_noun(line: Line, i: int) -> bool:
    """Whether a word that can be a verb stands as a noun: after an article, a possessive, a preposition."""
    if i == 0:  # "State capture did not end"
        after = line.low[1] if len(line) > 1 else ""
        opens = after in _NOUNS_ONLY or (after != "" and not line.tags[1] and not takes_complement(line, 0))
        plural = line.low[0].endswith("s") and line.low[0] not in lexicon.base_forms().values()  # "Fears for …"
        return can_be_noun(line.low[0]) and (opens or plural)
    low, before, t = line.low[i], line.low[i - 1], line.tags[i - 1]
    if before == "to":
        return False
    if low.endswith("ing"):
        return before in {"a", "an", "the"}  # "a billing row"
    if before == "that" and i > 1 and not line.tags[i - 2] and (low.endswith("ed") or takes_complement(line, i)):
        return False  # "a motion that called the vote a trap"
    if before.endswith("'s") and (low in {"said", "says", "told", "wrote"} or line.low[i + 1 : i + 2] == ["that"]):
        return can_be_noun(low)  # "nurses at St Mary's said"
    if (t & DET and not t & PRONOUN) or (before.endswith(("'s", "s'")) and not t & (PRONOUN | AUX)):
        return True
    if t & PREP and not t & (ADVERB | SUBORDINATOR):
        return True
    if not can_be_noun(low):
        return False
    if i + 1 < len(line) and line.low[i + 1] in _NOUNS_ONLY and not t & (PRONOUN | WH):
        return True
    return (
        _before_its_verb(line, i) or _follows_a_verb(line, i) or _follows_an_adjective(line, i) or _disagrees(line, i)
    )


def _before_its_verb(line: Line, i: int) -> bool:
    """ "The appeal judges held": no second finite verb follows a verb."""
    if i + 1 >= len(line) or not line.tags[i + 1] & VERB or line.tags[i + 1] & (AUX | PRONOUN) or line.upper[i + 1]:
        return False
    after = line.low[i + 1]
    return not after.endswith(("ed", "ing", "s")) and not can_be_noun(after) and not line.tags[i - 1] & (PRONOUN | WH)


def _follows_an_adjective(line: Line, i: int) -> bool:
    """ "geopolitical projects": a word that can be nothing but an adjective stands before a noun."""
    before = line.low[i - 1]
    return (
        before.endswith(_ADJECTIVAL) and not line.upper[i - 1] and before not in _PERSONS_TOO and not line.tags[i - 1]
    )


def _follows_a_verb(line: Line, i: int) -> bool:
    """ "held talks", "made claims": straight after a verb that is no auxiliary stands its object."""
    t = line.tags[i - 1]
    return bool(t & VERB) and not t & (AUX | PRONOUN) and not line.upper[i - 1] and not can_be_noun(line.low[i - 1])


def _disagrees(line: Line, i: int) -> bool:
    """Whether the words before do not agree with a verb at i: "a joint report", "those three states"."""
    before = before_verb(line, i)
    if before != i - 1 or line.tags[before] & (PRONOUN | WH | MARK | QUOTE | CONJUNCTION | SUBORDINATOR):
        return False
    span = subject(line, i)
    if span is None:
        return False
    words = line.low[span[0] : span[1]]
    if line.low[i] not in lexicon.base_forms().values():  # an -s form
        return words[0] in _MANY and "of" not in words
    if "and" in words:
        return False
    if words[0] in _ONE and "of" not in words:
        return True
    head = next((k for k in range(span[0], span[1]) if line.tags[k] & PREP and k > span[0]), span[1]) - 1
    plural = line.low[head].endswith("s") or line.low[head] in _PEOPLE or line.upper[head] or line.low[head].isdigit()
    return not plural and not any(word in _MANY for word in words)


def rather_noun(line: Line, i: int, before: int) -> bool:
    """Whether a bare or -s form has nothing before it that could be its subject: "many promises he made"."""
    if i == 0 or not can_be_noun(line.low[i]):
        return False
    if before != i - 1 or line.low[i - 1] == "to" or line.tags[i - 1] & (PRONOUN | WH):
        return False
    if line.tags[i - 1] & (CONJUNCTION | MARK | QUOTE):
        return False
    return subject(line, i) is None or _has_its_verb(line, i)


def _has_its_verb(line: Line, i: int) -> bool:
    """ "Three reports were lost": an auxiliary straight after shows that its subject stands here."""
    k = i + 1
    if k >= len(line) or not line.tags[k] & AUX or line.tags[k] & (PRONOUN | DET):
        return False
    return not any(line.tags[m] & WH for m in range(max(0, i - 8), i))  # "what he claims is"


def takes_complement(line: Line, k: int) -> bool:
    """Whether a word that can be a noun is followed by what a verb takes: "the workers claim that", "report a"."""
    if k + 1 >= len(line):
        return False
    t = line.tags[k + 1]
    return line.low[k + 1] in {"that", "to"} or (bool(t & (QUOTE | DET | PRONOUN | OBJECT | WH)) and not t & PREP)
