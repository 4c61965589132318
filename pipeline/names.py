"""Words for people: what a topic is called, and which words tell what a text is about.

A topic is called by the words and phrases that many of its passages have and few others. A word is the same in every
inflection that only adds an s, and is shown as it is mostly written within a sentence. Words that mostly occur beside
one another are one name ("Jane Roe", "white phosphorus").
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.words import FUNCTION_WORDS

ENOUGH_PLACES = 9  # to tell how a word is written
_BEGINS = re.compile(r"(?:^|[.!?…:\n][\"”’')]?\s*)[\"“‘'(]?$")  # what stands before the first word of a sentence
NAMES_VERSION = 2  # rises with what changes names: topics are then found anew, and named anew
WORDS = 10  # a topic has at most
LABEL = 3  # of these make its label
TYPICAL = 0.15  # the share of a topic's passages that a word of it occurs in, at least
# Two words are one name where so many passages have them side by side, and so large a share of those with one of
# them; a third joins them where hardly a passage has them without it.
PHRASE_PASSAGES, PHRASE_SHARE, LONGER_SHARE = 5, 0.4, 0.8
# Words of one family begin alike: with so many letters, or with the whole of the shorter one, if it has so many.
FAMILY_LETTERS, WHOLE_LETTERS = 6, 4

WORD = re.compile(r"\b[^\W\d_][\w'-]+\b")  # two characters or more, beginning with a letter
_PLURALS = (("s", ""), ("ies", "y"), ("es", ""))
# What dates a text, or is of the web and not of the text; and what people do in every story. They tell passages of
# one kind (a live page, an interview) from others, and nothing of what these are about.
_UNTELLING = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur "
    "thurs fri sat sun day days week weeks weekend month months year years today yesterday tomorrow tonight morning "
    "afternoon evening night hour hours minute minutes moment time times date gmt utc bst cet est edt am pm "
    "http https www com org net html co uk href email newsletter click "
    "know knows knew known think thinks thinking thought want wants wanted look looks looking looked feel feels felt "
    "need needs needed help helps tell tells telling ask asks asked talk talking speak speaking spoke call calls "
    "called include includes including included takes taking taken find finds found show shows showed shown start "
    "started begin began continue continued remain remains happen happened happening believe believes believed "
    "right wrong good better best bad big great little lot lots long short high low new old next recent recently "
    "able likely actually currently especially important possible sure clear real full ways kind sort bit "
    "four five six seven eight nine ten hundred hundreds thousand thousands number".split()
)


@dataclass(frozen=True)
class Terms:
    """The words of some passages, and the phrases made of them. names: as shown. has: passages × terms, 0 or 1.
    part_of: for each term the phrase that it mostly occurs in, or itself."""

    names: np.ndarray
    has: sparse.csr_array
    part_of: np.ndarray

    def passages(self) -> list[str]:
        """Each passage as its terms' numbers with blanks between, each once."""
        numbers = [str(term) for term in range(len(self.names))]
        return [" ".join([numbers[term] for term in self.has.indices[a:b]]) for a, b in pairwise(self.has.indptr)]


@dataclass(frozen=True)
class _Run:
    """Words and phrases in their order. text: the number of the passage. term, form: which term, and how it is
    written. inside: whether a word stands before it in its sentence; follows: whether that is the one before."""

    text: np.ndarray
    term: np.ndarray
    form: np.ndarray
    inside: np.ndarray
    follows: np.ndarray

    def at(self, rows: np.ndarray) -> _Run:
        return _Run(*(getattr(self, field.name)[rows] for field in fields(self)))

    def spread(self, terms: int) -> np.ndarray:
        """In how many passages each term occurs."""
        return np.bincount(pd.unique(self.text * terms + self.term) % terms, minlength=terms)


def terms_of(texts: Sequence[str]) -> Terms:
    """The words that occur in two passages at least (in any, where none does), and their phrases."""
    words, forms, alone = _words(texts)
    spread = words.spread(len(alone))
    alone &= spread >= np.clip(spread[alone].max(initial=0), 1, 2)
    part_of = np.arange(len(alone))
    runs, whole = [words], words
    for share in (PHRASE_SHARE, LONGER_SHARE):
        phrases, whole, bound = _phrases(whole, forms, alone, share)
        more = int(phrases.term.max(initial=len(alone) - 1)) + 1 - len(alone)
        alone = np.concatenate([alone, np.ones(more, bool)])
        part_of = np.concatenate([part_of, np.arange(len(part_of), len(alone))])
        part_of[bound[0]] = bound[1]
        runs.append(phrases)
    return _terms(runs, forms, alone, part_of, len(texts))


def _terms(runs: Sequence[_Run], forms: list[str], alone: np.ndarray, part_of: np.ndarray, texts: int) -> Terms:
    """The terms that name a topic alone, by the alphabet: nothing may follow from the order of the passages."""
    run = _Run(*(np.concatenate([getattr(r, field.name) for r in runs]) for field in fields(_Run)))
    shown = _shown(run, forms, len(alone))
    order = np.array(sorted(np.flatnonzero(alone), key=lambda term: (shown[term], term)), np.int64)
    place = np.full(len(alone), -1)
    place[order] = np.arange(len(order))
    there = pd.unique((run.text * len(alone) + run.term)[alone[run.term]])
    where = (there // len(alone), place[there % len(alone)])
    has = sparse.csr_array((np.ones(len(there), np.float32), where), shape=(texts, len(order)))
    has.sort_indices()
    return Terms(np.array(shown, object)[order], has, place[part_of[order]])


def _words(texts: Sequence[str]) -> tuple[_Run, list[str], np.ndarray]:
    """The words but for function words in their order, how they are written, and which may name a topic alone."""
    text, form, inside, follows = array("q"), array("q"), bytearray(), bytearray()
    known: dict[str, int] = {}
    for number, passage in enumerate(texts):
        straight, end = passage.replace("’", "'"), -1
        for match in WORD.finditer(straight):
            begin = match.start()
            beside = begin == end + 1 and straight[end] == " "
            text.append(number)
            form.append(known.setdefault(match[0], len(known)))
            inside.append(beside or (begin > 1 and straight[begin - 1] == " " and straight[begin - 2].isalnum()))
            follows.append(beside)
            end = match.end()
    forms = sorted(known)
    place = np.empty(len(forms), np.int64)
    place[[known[word] for word in forms]] = np.arange(len(forms))
    whole = [bare(word).casefold() for word in forms]
    there = set(whole)
    key, keys = pd.factorize(np.array([singular(word, there) for word in whole], object), sort=True)
    written = place[np.frombuffer(form, np.int64)]
    run = _Run(np.frombuffer(text, np.int64), key[written], written,
               np.frombuffer(inside, bool), np.frombuffer(follows, bool))  # fmt: skip
    content = np.array([len(word) > 1 and word not in FUNCTION_WORDS for word in keys], bool)[run.term]
    run = replace(run, follows=run.follows & np.roll(content, 1)).at(content)
    return run, forms, np.array([word not in _UNTELLING for word in keys], bool)


def bare(word: str) -> str:
    """Without the ending of a possessive."""
    return word[:-2] if word.casefold().endswith("'s") else word


def singular(word: str, there: set[str]) -> str:
    """The word without the s of a plural or a verb, where the texts have it so, too."""
    if word.endswith(("ss", "us", "is", "news")):
        return word
    bases = [word.removesuffix(ending) + instead for ending, instead in _PLURALS if word.endswith(ending)]
    return next((base for base in bases if len(base) > 2 and base in there), word)


def _phrases(
    run: _Run, forms: list[str], alone: np.ndarray, share: float
) -> tuple[_Run, _Run, tuple[np.ndarray, np.ndarray]]:
    """The phrases of two terms, which are new terms: where they are; the run with each phrase in the place of its
    terms; and the terms that mostly occur in a phrase, with that phrase. How they are written joins `forms`."""
    terms = len(alone)
    spread, texts = run.spread(terms), int(run.text.max(initial=0)) + 1
    second = np.flatnonzero(run.follows)
    second = second[(alone[run.term[second - 1]] | alone[run.term[second]])
                    & (run.term[second - 1] != run.term[second])]  # fmt: skip
    pair = run.term[second - 1] * terms + run.term[second]
    pairs, n = np.unique(pd.unique(run.text[second] * terms**2 + pair) % terms**2, return_counts=True)
    sides = np.stack([pairs // terms, pairs % terms])
    binds = alone[sides] & (n >= share * spread[sides]) & (n >= PHRASE_PASSAGES)
    # Of two phrases with a word the one is its name that says more of it: "Jane Roe", and not "Mayor Jane".
    strength = n * np.log((1 + texts) / spread[sides[::-1]])
    most = np.zeros(terms)
    np.maximum.at(most, sides[binds], strength[binds])
    kept = binds.any(0) & (strength >= most[sides]).all(0)  # a word that is bound elsewhere makes no other phrase
    number = np.full(len(pairs), -1)
    number[kept] = terms + np.arange(kept.sum())
    found = number[np.searchsorted(pairs, pair)]
    second, found = second[found >= 0], found[found >= 0]
    phrases = _Run(
        run.text[second], found, _joined(run, second, forms), run.inside[second - 1], run.follows[second - 1]
    )
    bound = binds & kept
    return phrases, _in_place(run, second, phrases), (sides[bound], np.broadcast_to(number, sides.shape)[bound])


def _joined(run: _Run, second: np.ndarray, forms: list[str]) -> np.ndarray:
    """How each phrase is written, by its number in `forms`, which it joins."""
    pairs, which = np.unique(run.form[second - 1] * len(forms) + run.form[second], return_inverse=True)
    known = len(forms)
    forms += [f"{forms[pair // known]} {forms[pair % known]}" for pair in pairs.tolist()]
    return np.asarray(known + which)


def _in_place(run: _Run, second: np.ndarray, phrases: _Run) -> _Run:
    """The run with each phrase in the place of its two terms; of two that overlap, the first."""
    taken = np.ones(len(second), bool)
    for i in np.flatnonzero(np.diff(second) == 1).tolist():
        taken[i + 1] = not taken[i]
    term, form, gone = run.term.copy(), run.form.copy(), np.zeros(len(run.term), bool)
    term[second[taken] - 1], form[second[taken] - 1] = phrases.term[taken], phrases.form[taken]
    gone[second[taken]] = True
    return replace(run, term=term, form=form).at(~gone)


def _shown(run: _Run, forms: list[str], terms: int) -> list[str]:
    """How each term is mostly written inside a sentence, or else anywhere; ties by the alphabet."""
    which, kinds = pd.factorize(np.array([bare(form) for form in forms], object), sort=True)
    pairs, at = np.unique(run.term * len(kinds) + which[run.form], return_inverse=True)
    often = np.bincount(at, run.inside + 1e-6)
    order = np.lexsort((pairs, -often, pairs // len(kinds)))
    _, first = np.unique(pairs[order] // len(kinds), return_index=True)
    shown = [""] * terms
    for pair in pairs[order][first].tolist():
        shown[pair // len(kinds)] = kinds[pair % len(kinds)]
    return shown


def naming(terms: Terms, within: np.ndarray, weights: np.ndarray, passages: int) -> list[str]:
    """The names of a topic, most telling first; no two of one family.

    within: how many of the topic's `passages` have each term. weights: how telling it is of the topic. Rare words
    tell topics apart best and say least of what their passages have in common, so a term has to occur in TYPICAL
    of them, and in two; where fewer than LABEL terms do, the bar is as low as LABEL terms need.
    """
    order = np.lexsort((np.arange(len(weights)), -weights))  # equal weights by the alphabet
    named: list[str] = []
    for bar in _bars(within, passages):
        named = _names(terms, within, order[within[order] >= bar])
        if len(named) >= LABEL:
            break
    return named


def _bars(within: np.ndarray, passages: int) -> list[float]:
    """How many passages a term of a topic is to occur in, from the bar down to what the rarest has."""
    bar = max(2.0, TYPICAL * passages)
    return [bar, *sorted({float(n) for n in within if 0 < n < bar}, reverse=True)]


def _names(terms: Terms, within: np.ndarray, order: np.ndarray) -> list[str]:
    """What these terms are called, most telling first, no two of one family, up to WORDS."""
    named: list[str] = []
    for term in order.tolist():
        name = _name(terms, within, term)
        if not any(_akin(name, other) for other in named):
            named.append(name)
        if len(named) == WORDS:
            break
    return named


def _name(terms: Terms, within: np.ndarray, term: int) -> str:
    """What a term is called: the phrase that it mostly occurs in, where that is so within the topic, too."""
    while (phrase := int(terms.part_of[term])) != term and within[phrase] >= PHRASE_SHARE * within[term]:
        term = phrase
    return str(terms.names[term])


def telling(words: Sequence[str], texts: Sequence[str], most: int) -> list[str]:
    """The first of these words and phrases, as the texts mostly write them: a word gives way to a phrase among them
    that it is part of, and no two are of one family."""
    words = [word for word in words if not _UNTELLING.issuperset(word.split(" "))]
    named: list[str] = []
    for word in words:
        phrase = next((other for other in words if other != word and word in other.split(" ")), word)
        if not any(_akin(phrase, other) for other in named):
            named.append(phrase)
    return [as_written(word, texts) for word in named[:most]]


def as_written(word: str, texts: Sequence[str]) -> str:
    """How the texts write a word in most of the first places where they have it, not counting beginnings of
    sentences where there are others."""
    pattern = r"\s+".join(re.escape(part).replace("'", "['’]") for part in word.split(" "))
    places = re.compile(rf"\b{pattern}\b", re.IGNORECASE)
    within, first = Counter[str](), Counter[str]()
    for text in texts:
        for found in places.finditer(text):
            forms = first if _BEGINS.search(text[max(0, found.start() - 4) : found.start()]) else within
            forms[" ".join(found[0].split())] += 1
        if within.total() >= ENOUGH_PLACES:
            break
    forms = within or first
    return max(forms, key=lambda form: (forms[form], form.islower(), form), default=word)


def _akin(one: str, other: str) -> bool:
    """Whether two names share a word, or words of one family."""
    return any(_family(a, b) for a in one.casefold().split(" ") for b in other.casefold().split(" "))


def _family(a: str, b: str) -> bool:
    shorter = min(len(a), len(b))
    alike = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    return a == b or alike >= FAMILY_LETTERS or (alike == shorter and shorter >= WHOLE_LETTERS)
