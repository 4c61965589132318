"""Text as collected → words, sentences and passages, with exact offsets; and the language of a text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd

from pipeline.schema import PASSAGES, SENTENCES

# A word: letters and digits, with inner apostrophes, hyphens and points ("don't", "non-NATO", "U.S").
WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")

# Abbreviations after which a point does not end a sentence, whatever follows.
_TITLES = (
    "mr mrs ms dr prof gen col lt sgt capt cmdr maj adm sen rep gov pres rev hon st mt messrs fr sr jr supt insp "
    "no nos art fig vol pp vs cf e.g i.e al approx est dept univ bros"
).split()
# After these it ends one only if the next word could begin a sentence and is not a name's part.
_SOMETIMES = (
    "jan feb mar apr jun jul aug sep sept oct nov dec inc ltd co corp u.s u.k u.n d.c e.u a.m p.m etc ph.d plc"
).split()
_OPENERS = frozenset(
    "the a an he she it they we i you this that these those in on at by for but and as if when while after before "
    "however meanwhile his her their our its there here what who why how not no yes so then also some many most "
    "all both each other another one two three last next since although despite with without from to".split()
)
_CLOSERS = "\"'”’»)]"
# Marks without width that pages put after a full stop: joiners, directions, byte order marks.
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_END = re.compile(rf"([.!?…]+)[{_UNSEEN}]*([\"'”’»)\]]*)([\s{_UNSEEN}]*)")
_BREAK = re.compile(r"\n[^\S\n]*\n\s*")  # begins at a line end: linear, however long the run of blanks
# A text without full stops is cut here, so that evidence stays readable.
MAX_SENTENCE_CHARACTERS = 1200


def words(text: str) -> int:
    """How many words a text has."""
    return sum(1 for _ in WORD.finditer(text))


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of text[start:end] as [start, end) offsets into the text, in order, without outer blanks.

    An empty line ends a sentence; so does a point, question or exclamation mark that is not part of an
    abbreviation, initial or number, also where the blank after it is missing ("lines.That").
    """
    end = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    position = start
    for match in _BREAK.finditer(text, start, end):
        spans += _within(text, position, match.start())
        position = match.end()
    return spans + _within(text, position, end)


def _within(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of one paragraph."""
    out: list[tuple[int, int]] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and _ends_sentence(text, begin, match, end):
            out += _trimmed(text, begin, match.end(2))
            begin = match.end()
    return out + _trimmed(text, begin, end)


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    mark, closers, blank = match.groups()
    follows = text[match.end() : match.end() + 1]
    before = text[max(begin, match.start() - 20) : match.start()]
    if not blank:
        return _missing_blank(text, before, match, follows)
    if follows.islower() and not (mark[0] in "!?" and not closers):
        return False
    if follows.islower():
        return False
    if "\n" in blank and mark[0] not in ".":
        return True
    if mark != ".":
        return not follows.islower()
    word = before.split()[-1].lstrip("(\"'“‘[") if before.split() else ""
    low = word.casefold()
    if len(word) == 1 and word.isalpha() and word.isupper() and not closers:
        return False  # an initial: "George W. Bush"
    if low in _TITLES and not closers:
        return not (low != "no" or follows.isdigit()) and low == "no"
    if low in _SOMETIMES or re.fullmatch(r"(?:[a-z]\.)+[a-z]", low):
        upcoming = WORD.match(text, match.end(), end)
        return upcoming is not None and upcoming[0].casefold() in _OPENERS and follows.isupper()
    return True


def _missing_blank(text: str, before: str, match: re.Match[str], follows: str) -> bool:
    """ "lines.That former" ends a sentence; "U.S.A", "3.5", "example.com" and "e.g." do not."""
    if match[2] and not follows.isalnum():
        return False
    word = re.split(r"[\s.]", before)[-1] if before else ""
    after = WORD.match(text, match.end())
    return (
        len(word) > 1
        and word.isalpha()
        and (word[-1].islower() or (word.isupper() and len(word) > 3))
        and follows.isupper()
        and after is not None
        and "." not in after[0][:3]
        and (len(after[0]) == 1 or not after[0].isupper() or (len(after[0]) > 1 and after[0].casefold() in _OPENERS))
    ) or (bool(match[2]) and follows.isupper() and len(word) > 1)


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A span without outer blanks, cut where it is too long to read; nothing where nothing is left."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    out = []
    while end - start > MAX_SENTENCE_CHARACTERS:
        cut = text.rfind(" ", start + MAX_SENTENCE_CHARACTERS // 2, start + MAX_SENTENCE_CHARACTERS)
        cut = cut if cut > start else start + MAX_SENTENCE_CHARACTERS
        out.append((start, start + len(text[start:cut].rstrip())))
        start = cut
        while text[start].isspace():  # stops before the end: the span ends with no blank
            start += 1
    return [*out, (start, end)] if end > start else out


def split(articles: pd.DataFrame, *, passage_words: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sentences and passages of texts, as SENTENCES and PASSAGES (topic −1).

    articles: columns `article`, `text`, and, where a text has a head that is not to be measured,
    `body_start`, the offset at which reading begins. A passage is a run of whole sentences of at least
    `passage_words` words; a shorter rest joins the last.
    """
    rows: list[tuple[str, int, int, int, int, int]] = []
    begins = articles["body_start"] if "body_start" in articles else [0] * len(articles)
    for article, text, begin in zip(articles["article"], articles["text"], begins, strict=True):
        spans = [(a, b, words(text[a:b])) for a, b in sentence_spans(text, begin)]
        passage = count = 0
        left = sum(n for _, _, n in spans)
        for i, (a, b, n) in enumerate(spans):
            rows.append((article, i, a, b, n, passage))
            count, left = count + n, left - n
            if count >= passage_words and left >= passage_words:
                passage, count = passage + 1, 0
    sentences = SENTENCES.check(pd.DataFrame(rows, columns=SENTENCES.names))
    return sentences, passages_of(sentences)


def passages_of(sentences: pd.DataFrame) -> pd.DataFrame:
    """The passages that the sentences belong to, without topics."""
    grouped = sentences.groupby(["article", "passage"], sort=False, as_index=False)
    out = grouped.agg(start=("start", "min"), end=("end", "max"), sentences=("sentence", "size"))
    out["topic"] = -1
    return PASSAGES.check(out)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language(text: str) -> str | None:
    """ISO 639-1 code of the language of a text; null where there is too little text to tell."""
    sample = text[:3000]
    if sum(ch.isalpha() for ch in sample) < 20:
        return None
    code, probability = _identifier().classify(sample)
    return str(code) if probability >= 0.5 else None
