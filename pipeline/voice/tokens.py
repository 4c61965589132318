"""Words and marks of a text with what they can be in a clause, from word lists and endings alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline import lexicon

# A number or time; a word with inner apostrophes, points, hyphens; a dash; or one other mark.
TOKEN = re.compile(r"\d+:\d+|\d+(?:,\d{3})+(?:\.\d+)?|[^\W_]+(?:['’.\-/&][^\W_]+)*|--+|\.{2,}|[^\w\s]")

# What a token can be, as bits.
DET, PRONOUN, AUX, ADVERB, PREP, SUBORDINATOR, CONJUNCTION, WH, MARK, VERB, QUOTE, OBJECT, TIME = (
    1 << i for i in range(13)
)
# A clause cannot run through these to the left of its subject.
BOUNDARY = SUBORDINATOR | WH | MARK | QUOTE | AUX

_LISTS: dict[int, str] = {
    DET: "the a an this that these those some any no every each all both several many few most another other such "
    "his her its their our my your whose one two three four five six seven eight nine ten dozens hundreds thousands",
    PRONOUN: "he she it they we i you everyone everybody someone somebody nobody anyone others some many most both "
    "there he's she's it's they're we're i'm you're he'd she'd they'd we'd i'd he'll she'll they'll we'll i'll "
    "they've we've i've you've there's that's",
    OBJECT: "him her them us me it himself herself themselves itself reporters journalists lawmakers viewers "
    "voters investors parliament",
    AUX: "is are was were be been being am has have had having do does did will would shall should can could may "
    "might must isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't won't wouldn't shouldn't "
    "can't couldn't cannot mustn't needn't ain't",
    ADVERB: "not never also later still just even once then now again already soon often always sometimes earlier "
    "first since yet too so only further far long recently repeatedly himself herself themselves today yesterday "
    "tomorrow tonight instead therefore thus however meanwhile moreover nevertheless nonetheless afterwards aloud",
    PREP: "of in on at by for with from to into onto over under about against between among through during before "
    "after without within across toward towards behind beyond near off up down out around upon amid despite like "
    "per via than as regarding concerning including following along alongside beside besides below above inside "
    "outside throughout beneath opposite past unlike",
    SUBORDINATOR: "that because while when whether if although though unless until whereas lest once where as since",
    CONJUNCTION: "and but or nor yet so plus",
    WH: "who whom which what why how where when whose whoever whatever",
    VERB: "went took made got gave came left began kept held put set led brought built met ran sat stood lost won "
    "sent spent fell rose grew broke drew drove flew chose became seems seem seemed appears appear appeared says "
    "goes takes makes gets gives comes leaves begins keeps holds puts sets leads brings needs looks works plays "
    "remains remained stopped helped used tried turned started moved lived died killed",
    TIME: "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight mon tue tues "
    "wed thu thurs fri sat sun january february march april may june july august september october november "
    "december week month year morning afternoon evening night weekend late early earlier later last",
}
_MARKS = frozenset(",;:—–-()[]!?…/")
_TRANSPARENT_ED = frozenset("united embattled armed unnamed retired so-called registered elected hundred red".split())


@lru_cache(maxsize=65536)
def tags(low: str) -> int:
    """The bits of a lower-case word or mark."""
    if not low[0].isalnum():
        return MARK if low in _MARKS or (low[0] in "-." and len(low) > 1) else 0
    out = sum(bit for bit, words in _TAGGED.items() if low in words)
    if not out and low.endswith("ly") and len(low) > 4 and low not in {"family", "italy", "july", "ally", "assembly"}:
        out = ADVERB
    if low in lexicon.verb_classes() or (not out and low.endswith("ed") and low not in _TRANSPARENT_ED):
        out |= VERB
    if low.endswith("n't"):
        out |= AUX
    return out


_TAGGED = {bit: frozenset(words.split()) for bit, words in _LISTS.items()}


@dataclass(slots=True)
class Line:
    """A sentence as a row of tokens; a whole quotation is one token, `quote` its number, else −1.

    `low` is the lower-case word with a straight apostrophe. starts and ends are offsets into the text.
    phrases: the tokens [a, b) of short quotations, which are no token of their own.
    """

    low: list[str]
    starts: list[int]
    ends: list[int]
    tags: list[int]
    quote: list[int]
    upper: list[bool]
    phrases: list[tuple[int, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.low)


def line(text: str, start: int, end: int, quotes: list[tuple[int, int, int]]) -> Line:
    """The tokens of text[start:end]; quotes: (start, end, number) of whole quotations, in order."""
    out = Line([], [], [], [], [], [])
    position = start
    for a, b, number in quotes:
        _words(out, text, position, a)
        _add(out, "\x00", a, b, QUOTE, number, upper=False)
        position = b
    _words(out, text, position, end)
    return out


def _words(out: Line, text: str, start: int, end: int) -> None:
    low, starts, ends, bits, upper = out.low, out.starts, out.ends, out.tags, out.upper
    before = len(low)
    for match in TOKEN.finditer(text, start, end):
        small, bit, capital = _looked_up(match[0])
        if small in _QUOTE_MARKS:
            continue
        low.append(small)
        starts.append(match.start())
        ends.append(match.end())
        bits.append(bit)
        upper.append(capital)
    out.quote += [-1] * (len(low) - before)


@lru_cache(maxsize=65536)
def _looked_up(word: str) -> tuple[str, int, bool]:
    """A word in small letters with a straight apostrophe, its bits, and whether it has a capital."""
    small = word.lower().replace("’", "'")
    return small, tags(small), word[0].isupper()


_QUOTE_MARKS = frozenset("\"'“”‘’«»„‟‹›‚`´")


def _add(out: Line, low: str, start: int, end: int, bits: int, number: int, *, upper: bool) -> None:
    out.low.append(low)
    out.starts.append(start)
    out.ends.append(end)
    out.tags.append(bits)
    out.quote.append(number)
    out.upper.append(upper)
