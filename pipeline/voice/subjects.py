"""Whose verb it is: the noun phrase before a verb, by function words, capitals and endings alone."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.tokens import (
    ADVERB,
    AUX,
    BOUNDARY,
    CONJUNCTION,
    DET,
    MARK,
    PREP,
    PRONOUN,
    QUOTE,
    SUBORDINATOR,
    TIME,
    VERB,
    WH,
    Line,
)

# A subject of more tokens is more likely a misreading.
LONGEST_SOURCE = 30
# A sentence whose first verbs have no subject is no sentence; looking on would cost the square of its length.
MOST_TRIED = 5


def before_verb(line: Line, i: int) -> int:
    """The last token before the verb at i that is not its adverb or auxiliary; −1 where none is left."""
    j = i - 1
    while j >= 0 and line.tags[j] & (ADVERB | AUX) and not (line.tags[j] & PRONOUN and line.tags[j] & DET):
        j -= 1
    return j


def subject(line: Line, i: int, *, nearest: bool = False) -> tuple[int, int] | None:
    """Tokens [a, b) of the noun phrase that ends just before the verb at i; null where there is none.

    nearest: with no more than one apposition.
    """
    j = before_verb(line, i)
    if j < 0:
        return None
    end = j + 1
    if line.low[j] in {"who", "which", "that"}:
        return j, end
    if line.low[j] in _NOMINATIVE:
        return j, end
    if line.tags[j] & CONJUNCTION:
        return None
    if line.low[j] in _CLOSING:
        inner = _apposition(line, j, nearest=nearest)
        if inner is None:
            return None
        a = phrase_start(line, inner)
        if inner > a and _holds_noun(line, a, inner):
            return a, j
        return None if nearest else subject(line, i, nearest=True)
    a = phrase_start(line, end)
    return (a, end) if end > a and _holds_noun(line, a, end) else None


# Alone these are a subject, whatever stands before them: "in a speech on Friday | she warned".
_NOMINATIVE = frozenset("he she they we i".split())
_ARTICLES = frozenset("the a an".split())
_CLOSING = frozenset({",", "-", "—", "–", "--", ")"})


def _holds_noun(line: Line, a: int, b: int) -> bool:
    """Whether tokens [a, b) can be a subject: no object of the verb or preposition before them."""
    if (line.tags[a] & PREP and not line.upper[a]) or (line.tags[a] & PREP and a == 0):
        return False
    if a and line.tags[a - 1] & AUX and not line.tags[a - 1] & (PRONOUN | WH):
        return False  # "is the vain | hope": what comes after an auxiliary is no subject
    return any(not line.tags[k] & (PREP | ADVERB | AUX | CONJUNCTION | MARK) or line.upper[k] for k in range(a, b))


def finite(line: Line, k: int) -> bool:
    """Whether the token at k is a finite verb, as far as its form and its neighbours tell."""
    t = line.tags[k]
    if t & AUX:
        return line.low[k] not in {"be", "been", "being", "having"}
    if not t & VERB or line.low[k].endswith("ing"):
        return False
    if k and line.low[k - 1] in {"to", "be", "been", "being"}:
        return False
    return not inside_phrase(line, k, len(line))


def main_subject(line: Line, i: int) -> tuple[int, int] | None:
    """The subject of the first finite verb before i: whose participle or second verb stands at i."""
    tried = 0
    for k in range(1, i):
        if finite(line, k):
            if (span := subject(line, k)) is not None:
                return span
            tried += 1
            if tried == MOST_TRIED:
                return None
    return None


def _apposition(line: Line, j: int, *, nearest: bool) -> int | None:
    """For "X, the head of Y, said": the index of the first of the two marks; null where there is none.

    Several appositions may follow one another: "X, 35, the daughter of Y, said".
    """
    mark = "(" if line.low[j] == ")" else line.low[j]
    best = None
    for k in range(j - 1, max(-1, j - LONGEST_SOURCE), -1):
        if line.tags[k] & QUOTE or line.low[k] in {";", ":"}:
            break
        if line.low[k] == mark and k > 0:
            if not apposed(line, k, best or j):
                break
            best = k
            if not (nearest or line.tags[k - 1] & QUOTE or _has_finite(line, k)):
                continue
            break
    return best


def apposed(line: Line, k: int, j: int) -> bool:
    """Whether the words between marks at k and j stand beside a noun: "the head of Y", "who …", "35"."""
    if j - k < 2:
        return False
    head = line.tags[k + 1]
    if line.tags[k - 1] & (QUOTE | MARK):
        return False
    if head & WH and line.low[k + 1] in {"who", "whose", "which"}:
        return True
    if head & (PRONOUN | AUX | CONJUNCTION | SUBORDINATOR) and not head & DET:
        return head & CONJUNCTION != 0 and line.low[k] != ","  # "— and two thirds of … —"
    if head & VERB and line.low[k + 1].endswith("ing"):
        return line.low[k + 1] not in lexicon.verb_classes()
    return not states(line, k + 1, j)


def states(line: Line, a: int, b: int) -> bool:
    """Whether tokens [a, b) hold a finite verb that belongs to no relative clause ("who …") among them."""
    for m in range(a, b):
        if line.low[m] in {"who", "whom", "whose", "which", "where"}:
            return False
        if finite(line, m):
            return True
    return False


def _has_finite(line: Line, k: int) -> bool:
    """Whether a finite verb stands in the clause before the mark at k."""
    for m in range(k - 1, max(-1, k - LONGEST_SOURCE), -1):
        if line.tags[m] & (MARK | QUOTE):
            return False
        if finite(line, m):
            return True
    return False


def phrase_start(line: Line, end: int) -> int:
    """The first token of the noun phrase that ends before `end`."""
    k = end - 1
    tags, low = line.tags, line.low
    limit = max(0, end - LONGEST_SOURCE)
    while k >= limit:
        t = tags[k]
        if low[k] == "that" and k + 1 < end and k >= 1 and not tags[k - 1] & VERB:
            pass
        if t & BOUNDARY and not (t & PREP and low[k] not in {"as", "since", "like"} and not t & MARK):
            break
        if t & VERB and not inside_phrase(line, k, end):
            break
        if t & CONJUNCTION and not _joins_nouns(line, k, end):
            break
        if low[k] in _ARTICLES and k > limit and not tags[k - 1] and low[k - 1].isalpha():
            return k  # "in her speech | the mayor": an article after a noun begins another phrase
        if t & PRONOUN and not t & DET and k < end - 1 and not tags[k + 1] & (PREP | CONJUNCTION):
            break
        k -= 1
    if k >= 0 and tags[k] & (AUX | VERB | WH) and (who := _relative(line, k)) is not None:
        return phrase_start(line, who)
    k += 1
    while k < end - 1 and (tags[k] & (CONJUNCTION | ADVERB) or (tags[k] & PREP and _fronted(line, k, end))):
        k += 1
    return k


def _relative(line: Line, k: int) -> int | None:
    """Where the "who" of a relative clause around k stands ("people who met him | said"); null where none."""
    for m in range(k, max(0, k - 10), -1):
        if line.tags[m] & MARK:
            return None
        if line.low[m] == "who":
            return m if not line.tags[m - 1] & (MARK | AUX | VERB | QUOTE | CONJUNCTION) else None
    return None


def inside_phrase(line: Line, k: int, end: int) -> bool:
    """Whether a verb-like word is part of a noun phrase: "the proposed plan", "a report by", "John Grant"."""
    before = line.tags[k - 1] if k else 0
    if line.upper[k] and k:
        return True
    if (before & DET and not before & PRONOUN) or (k and line.low[k - 1].endswith(("'s", "s'"))):
        return True
    if line.low[k] in lexicon.converted_forms():
        if k + 1 == end and not (k and line.tags[k - 1] & (AUX | WH | PRONOUN)):
            return True  # "the appeal judges | held": else that verb would have no subject
        if not line.low[k].endswith("s") and (k == 0 or line.low[k - 1] == ","):
            return True  # "…, state radio reported": a bare form without a subject
    if line.low[k].endswith("ed"):  # "people involved in", "the newly elected mayor"
        named = bool(k) and (line.upper[k - 1] or bool(before & PRONOUN))
        of_it = k + 1 < end and line.tags[k + 1] & PREP and (not named or line.low[k + 1] == "by")
        return bool(of_it) or bool(before & ADVERB and k > 1 and line.tags[k - 2] & DET)
    return bool(before & PREP) or _after_adjective(line, k)


def _after_adjective(line: Line, k: int) -> bool:
    """ "a federal judge": a base form that is a noun's too, after an article and one more word that is no plural."""
    if k < 2 or line.low[k] not in lexicon.converted_forms() or line.low[k].endswith("s"):
        return False
    return not line.tags[k - 1] and not line.low[k - 1].endswith("s") and line.low[k - 2] in _ARTICLES


def _joins_nouns(line: Line, k: int, end: int) -> bool:
    """Whether "and" joins two nouns of a subject and not two clauses: no verb stands before it in its clause."""
    if line.low[k] not in {"and", "or"} or k == 0 or line.tags[k - 1] & MARK:
        return False
    for m in range(k - 1, max(-1, k - 12), -1):
        if line.tags[m] & (MARK | QUOTE | SUBORDINATOR | WH):
            return True
        if line.tags[m] & AUX or (line.tags[m] & VERB and not inside_phrase(line, m, end)):
            return False
    return True


def _fronted(line: Line, k: int, end: int) -> bool:
    """Whether a preposition at the phrase's start is a date's: "On Monday Smith said"."""
    return k + 1 < end and bool(line.tags[k + 1] & TIME)
