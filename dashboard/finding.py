"""Finding articles by words of their title, outlet and day: a word that is asked for is a word there, or begins one.

"nato" is not in "senator". Letters beyond ASCII are taken for no letters, since there are scripts that put no blanks
between words: those are found wherever they stand.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np

_LETTERS = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Headlines:
    """What is searched of each article, in lower case, a line each, all ended by a line feed.

    rows: of each line, the article's row. begins: where each line begins.
    """

    rows: np.ndarray
    lines: bytes
    begins: Sequence[int]

    @classmethod
    def of(cls, rows: np.ndarray, labels: Sequence[str]) -> Headlines:
        lines = [f"{' '.join(label.casefold().split())}\n".encode("utf-8", "replace") for label in labels]
        return cls(rows, b"".join(lines), array("q", accumulate(map(len, lines), initial=0)))

    def with_words(self, words: str) -> Iterator[int]:
        """The numbers of the lines that hold every word: those that have them whole first, then those with words
        that begin so, each in their order. All lines where there is no word."""
        wanted = sorted(encoded(words), key=self.lines.count)
        if not wanted:
            return iter(range(len(self.rows)))
        return chain(self._with(wanted, whole=True), self._with(wanted, whole=False))

    def with_whole(self, words: str) -> list[int]:
        """The numbers of the lines that hold every word as a word."""
        return list(self._with(sorted(encoded(words), key=self.lines.count), whole=True))

    def _with(self, words: Sequence[bytes], *, whole: bool) -> Iterator[int]:
        """whole: those with every word whole; else those with every word, but not all of them whole. Looking for the
        first, which should be the rarest, in all lines at once is several times faster than looking into each."""
        at = self.lines.find(words[0])
        while at >= 0:
            line = bisect_right(self.begins, at) - 1
            begin, end = self.begins[line], self.begins[line + 1]
            if self._holds_all(words, begin, end, whole=whole) and (
                whole or not self._holds_all(words, begin, end, whole=True)
            ):
                yield line
            at = self.lines.find(words[0], end)

    def _holds_all(self, words: Sequence[bytes], begin: int, end: int, *, whole: bool) -> bool:
        return all(self._holds(word, begin, end, whole=whole) for word in words)

    def _holds(self, word: bytes, at: int, end: int, *, whole: bool) -> bool:
        at = self.lines.find(word, at, end)
        while at >= 0 and not self._stands(word, at, whole=whole):
            at = self.lines.find(word, at + 1, end)
        return at >= 0

    def _stands(self, word: bytes, at: int, *, whole: bool) -> bool:
        """Whether a word begins here and, if whole, ends with it."""
        after = at + len(word)
        inside = at > 0 and word[0] in _LETTERS and self.lines[at - 1] in _LETTERS
        goes_on = whole and word[-1] in _LETTERS and self.lines[after] in _LETTERS
        return not inside and not goes_on


def encoded(words: str) -> list[bytes]:
    """The words as lines have them."""
    return [word.encode("utf-8", "replace") for word in words.casefold().split()]


def pattern_of(word: str, *, whole: bool) -> str:
    """A regular expression for a word in a text in lower case, by the same rule."""
    before = "(?<![0-9a-z])" if ord(word[0]) in _LETTERS else ""
    after = "(?![0-9a-z])" if whole and ord(word[-1]) in _LETTERS else ""
    return before + re.escape(word) + after
