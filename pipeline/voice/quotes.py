"""Quotations in a text: where each begins and ends, whatever marks it uses, and however broken."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_MARK = re.compile(r"[\"“”„‟«»‹›‘’'‚`]")
# A longer run without its closing mark is more likely a broken text than a speech.
MAX_CHARACTERS = 4000
# A phrase of up to so many words in quotation marks names a thing; a longer one says something.
SHORT_WORDS = 5

# A single mark opens by mistake more easily (an apostrophe), so that its quotation may run less far.
MAX_SINGLE = 1200
_SINGLES = frozenset("‘'‚`")
_STOPS = frozenset(".!?…")
# ", the mayor said": then the mark that should close the quotation was left out before it.
_REPORTED = re.compile(r"[,.?!] (?:[^\W\d_][\w'’.\-]* ){0,4}(?:said|says|told|added|adds)\b")

_CLOSES: dict[str, str] = {
    "“": '”"“',
    "„": '“”"',
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    '"': '"”',
    "‘": "’'",
    "'": "'’",
    "‚": "‘’",
    "`": "'’`",
    "‟": "”",
}


@dataclass(slots=True)
class Quotation:
    """One quotation: [start, end) with its marks, [inner, inner_end) without."""

    start: int
    end: int
    inner: int
    inner_end: int
    words: int
    closed: bool = True


def quotations(text: str, sentence_ends: list[int]) -> list[Quotation]:
    """The outermost quotations of a text, in order, disjoint.

    A quotation without a closing mark ends with its paragraph where the next paragraph opens with a mark (so
    newspapers carry on a long speech) and else with its sentence. sentence_ends: offsets, sorted.
    """
    out: list[Quotation] = []
    open_at, mark = -1, ""
    paragraph_end = -1
    for match in _MARK.finditer(text):
        at, sign = match.start(), match[0]
        single = mark in _SINGLES and at - open_at > MAX_SINGLE
        if open_at >= 0 and (at >= paragraph_end or single):
            out += _unclosed(text, open_at, paragraph_end, sentence_ends)
            open_at = -1
        if open_at < 0:
            if _opens(text, at, sign):
                open_at, mark = at, sign
                paragraph_end = _paragraph_end(text, at)
        elif sign in _CLOSES[mark] and _closes(text, at, sign):
            if sign in "'’" and _possessive(text, at, paragraph_end):
                continue
            out += _closed(text, open_at, at)
            open_at = -1
        elif sign == mark and _opens(text, at, sign) and not _closes(text, at, sign):
            out += _carried_on(text, open_at, at) or _unclosed(text, open_at, at, sentence_ends)
            open_at, paragraph_end = at, _paragraph_end(text, at)
    if open_at >= 0:
        out += _unclosed(text, open_at, paragraph_end, sentence_ends)
    return out


def _opens(text: str, at: int, sign: str) -> bool:
    if sign in "”›’":
        return False
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if sign in "«‹" and after in {" ", "\u00a0", "\u202f"}:
        return True  # French sets blanks inside
    if not after or after.isspace():
        return False
    if sign in "“„«‹‟":
        return True
    if sign in "‘'`‚" and not (after.isalpha() or after in '“"['):
        return False  # '90s
    return not before or not (before.isalnum() or before in ".,!?;%’”")


def _closes(text: str, at: int, sign: str) -> bool:
    after = text[at + 1 : at + 2]
    if sign in "'’‘`":
        return not after.isalnum() and not text[at - 1].isspace()
    if sign == '"':
        return not (text[at - 1].isspace() and after.isalnum())
    return True


def _possessive(text: str, at: int, limit: int) -> bool:
    """Whether a mark after an s is a plural's apostrophe: a better closing mark follows before any opening."""
    if text[at - 1 : at] not in {"s", "S"} or not re.match(r" [a-z]", text[at + 1 : at + 3]):
        return False
    for match in _MARK.finditer(text, at + 1, min(limit, at + 400)):
        if _opens(text, match.start(), match[0]):
            return False
        if match[0] in "'’" and _closes(text, match.start(), match[0]):
            return True
    return False


def _paragraph_end(text: str, at: int) -> int:
    # Where empty lines part the paragraphs, a single break may be a wrapped line.
    sign = "\n\n" if "\n\n" in text else "\n"
    found = text.find(sign, at, at + MAX_CHARACTERS)
    return found if found >= 0 else min(len(text), at + MAX_CHARACTERS)


def _closed(text: str, start: int, at: int) -> list[Quotation]:
    inner = text[start + 1 : at]
    n = len(inner.split())
    return [Quotation(start, at + 1, start + 1, at, n)] if n else []


def _carried_on(text: str, start: int, at: int) -> list[Quotation]:
    """A quotation whose next paragraph opens with a mark, in a text that has lost its line breaks.

    Nothing where the words between are no speech alone: no full stop before the mark, or a report among them.
    """
    inner = text[start + 1 : at].rstrip()
    if inner[-1:] not in _STOPS or _REPORTED.search(inner):
        return []
    return [Quotation(start, start + 1 + len(inner), start + 1, start + 1 + len(inner), len(inner.split()))]


def _unclosed(text: str, start: int, limit: int, sentence_ends: list[int]) -> list[Quotation]:
    carries_on = False
    if limit < len(text) and text[limit] == "\n":
        upcoming = text[limit : limit + 8].lstrip()[:1]
        carries_on = upcoming != "" and upcoming in "\"“„«‘'"
    if not carries_on:
        row = bisect_right(sentence_ends, start)
        limit = min(limit, sentence_ends[row]) if row < len(sentence_ends) else limit
    end = start + len(text[start:limit].rstrip())
    n = len(text[start + 1 : end].split())
    return [Quotation(start, end, start + 1, end, n, closed=False)] if n else []
