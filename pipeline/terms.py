"""Terms in a text: every name of a codebook found in one walk over the words.

Forms are compared word by word, so that hyphens, dashes and blanks are alike, in any case (an abbreviation
in capitals only as such), in the regular plural and with a possessive ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.codebook import Term
from pipeline.lexicon import plural

# A word without hyphens, with its inner apostrophes; or letters each with a point ("U.S.").
WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:(?:['’]|[\u00ad\u200b-\u200d\u2060]+)[^\W_]+)*")
# Marks without width inside a word: where it may break, or must not.
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060]")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_HYPHENS = "-‐‑"
_TERM = ""  # the key of a trie's node that holds what ends there


@dataclass(frozen=True, slots=True)
class Match:
    """A term in a text: its number among the matcher's terms, and where it is."""

    term: int
    start: int
    end: int


@dataclass(frozen=True)
class Matcher:
    """All forms of some terms and the phrases that they are not counted in, as a tree of words."""

    root: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, terms: Sequence[Term]) -> Matcher:
        """Forms without a letter or digit match nothing."""
        root: dict[str, Any] = {}
        for number, term in enumerate(terms):
            for form in (term.term, *term.forms):
                for keys in _variants(form):
                    _insert(root, keys, (number, True))
            for phrase in term.not_in:
                for keys in _variants(phrase):
                    _insert(root, keys, (number, False))
        return cls(root)

    def find(self, text: str) -> list[Match]:
        """The terms in a text, in order, none inside another: of two that overlap the longer counts."""
        root = self.root
        words = [(match[0], match.start(), match.end()) for match in WORD.finditer(text)]
        hits: list[tuple[int, int, int, bool]] = []  # first word, one past the last, term, counts
        keys = [_keys(word) for word, _, _ in words]
        for i, (low, caps) in enumerate(keys):
            for key in (low,) if caps is None else (low, caps):
                if key in root:
                    hits += _walk(root[key], keys, i)
        if not hits:
            return []
        return [
            Match(term, words[a][1], _end(text, words[b - 1]))
            for a, b, term in _chosen(hits)
            if not _glued(text, words[a][1])
        ]


def _walk(node: dict[str, Any], keys: list[tuple[str, str | None]], i: int) -> list[tuple[int, int, int, bool]]:
    """All forms that begin at word i, given the tree's node for that word."""
    found: list[tuple[int, int, int, bool]] = []
    here, k = [node], i + 1
    while here:
        found += [(i, k, term, counts) for one in here for term, counts in one.get(_TERM, ())]
        if k >= len(keys):
            break
        following = [key for key in keys[k] if key is not None]
        here = [one[key] for one in here for key in following if key in one]
        k += 1
    return found


def _chosen(hits: list[tuple[int, int, int, bool]]) -> list[tuple[int, int, int]]:
    """Those that count: not inside a phrase that excludes them, and the longest first."""
    barred = [(a, b, term) for a, b, term, counts in hits if not counts]
    wanted = [
        (a, b, term)
        for a, b, term, counts in hits
        if counts and not any(x <= a and b <= y and y - x > b - a and term == t for x, y, t in barred)
    ]
    taken: set[int] = set()
    out = []
    for a, b, term in sorted(wanted, key=lambda hit: (hit[0] - hit[1], hit[0], hit[2])):
        if taken.isdisjoint(range(a, b)):
            taken.update(range(a, b))
            out.append((a, b, term))
    return sorted(out)


def _keys(word: str) -> tuple[str, str | None]:
    """How a word is looked up: in lower case without possessive ending, and, if in capitals, as such."""
    if not word.isascii():
        word = _UNSEEN.sub("", word)
    if word[-1] == "." and len(word) > 1:
        word = word.replace(".", "")
    if len(word) > 2 and word[-2] in "'’" and word[-1] in "sS":
        word = word[:-2]
    return word.casefold(), (f"^{word}" if word[:2].isupper() and len(word) > 1 else None)


def _variants(form: str) -> Iterable[tuple[str, ...]]:
    """The rows of keys that a form is found by: as it is, in the plural, and joined at its hyphens."""
    bases = [form]
    if any(hyphen in form for hyphen in _HYPHENS):
        bases.append(re.sub(f"[{_HYPHENS}]", "", form))
    for base in bases:
        words = [_key_of(word) for word in WORD.findall(base)]
        if not words:
            continue
        yield tuple(words)
        for at in (len(words) - 1, *(i - 1 for i, word in enumerate(words) if i and word == "of")):
            if (several := _several(words[at])) is not None:
                yield (*words[:at], several, *words[at + 1 :])


def _key_of(word: str) -> str:
    """A form's word as a key: an abbreviation in capitals is looked up as such."""
    plain = _POSSESSIVE.sub("", word).replace(".", "")
    return f"^{plain}" if plain.isupper() and len(plain) > 1 else plain.casefold()


def _several(key: str) -> str | None:
    """The regular plural of a key; null where it has none or is one."""
    if key.startswith("^"):
        return f"{key}s"
    if not key.isalpha() or len(key) < 2:
        return None
    if key.endswith("sis"):
        return f"{key[:-2]}es"
    return None if key.endswith("s") and not key.endswith("ss") else plural(key)


def _insert(root: dict[str, Any], keys: tuple[str, ...], value: tuple[int, bool]) -> None:
    node = root
    for key in keys:
        node = node.setdefault(key, {})
    ends: list[tuple[int, bool]] = node.setdefault(_TERM, [])
    if value not in ends:
        ends.append(value)


def _end(text: str, word: tuple[str, int, int]) -> int:
    """The end of a match without the possessive ending of its last word."""
    return word[2] - 2 if _POSSESSIVE.search(word[0]) and text else word[2]


def _glued(text: str, start: int) -> bool:
    """Whether a hyphen ties the match to a word before it: "anti-war" does not name a war."""
    return start > 1 and text[start - 1] in _HYPHENS and text[start - 2].isalnum()
