"""Claims in which two names are exchanged: the words are the same, and who does what to whom is not."""

from __future__ import annotations

import re
from itertools import pairwise

NAME = re.compile(r"[A-Z][\w-]*(?:\s[A-Z][\w-]*)*")
# Between two names these make a claim that is the same either way round.
LINK = re.compile(r"^\s*(?:,|and|or|nor|as well as)\s*$")
# First words of a claim that are capitals for being first.
FIRST = frozenset(
    "The A An It There In No Nobody Not Of On At By For From With What That This Those These Some "
    "Many Most More Less One Two Three His Her Their He She They We You I As And But Or If When "
    "While Who Whoever Whether Only Even All Any Every Each Both Neither To Under Over After Before "
    "Since Such Being".split()
)


def exchanged(claim: str, sentence: str) -> str | None:
    """The claim with two names that follow each other exchanged; None where it has no two. sentence: tells whether
    the claim's first word is a name."""
    found = _names(claim, sentence)
    for (begin, end, name), (other_begin, other_end, other) in pairwise(found):
        between = claim[end:other_begin]
        if name not in other and other not in name and not LINK.match(between):
            return f"{claim[:begin]}{other}{between}{name}{claim[other_end:]}"
    return None


def _names(claim: str, sentence: str) -> list[tuple[int, int, str]]:
    """Where each name begins and ends, and the name."""
    out = []
    for place in NAME.finditer(claim):
        begin, end, name = *place.span(), place[0]
        if begin == 0:
            first = name.split()[0]
            if first in FIRST:
                name = name[len(first) :].strip()
                begin = end - len(name)
            elif _there(first.lower(), sentence) or not _there(first, sentence):
                continue
        if name:
            out.append((begin, end, name))
    return out


def _there(word: str, sentence: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence) is not None
