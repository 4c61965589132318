"""One article: its quotations, its lines, and from them the rows of its attributions."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace

from pipeline import lexicon
from pipeline.voice import announced, backward, cues, distance, headlines, mentioned, subjects
from pipeline.voice.found import Found
from pipeline.voice.quotes import SHORT_WORDS, Quotation, quotations
from pipeline.voice.tokens import DET, MARK, OBJECT, PRONOUN, QUOTE, WH, Line, line

Row = tuple[str, int, str, int, int, str | None]
Span = tuple[int, int]

_SPEAKS = re.compile(
    r"\b(?:I|we|you|my|our|I'm|we're|don't|won't|can't|let's|is|are|was|were|will|has|have|must|cannot|would|should|"
    r"does|did|[Ii]t's|[Tt]hat's|[Tt]here's|isn't|aren't|wasn't|doesn't|didn't|he's|she's|they're)\b"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’\-]*")
# What is shouted or stands on a wall is somebody's, however short.
_CHANTED = re.compile(r"\b(?:chant|shout|yell|scream|cry|cried|reading|says?|saying|read|reads)(?:s|ed|ing)?[:,]?$")
_PAINTED = re.compile(r"[,.]? (?:(?:is|was|are|were) )?(?:painted|scrawled|daubed|sprayed)\b")
# “Dictator”: bishops turn on frontrunner. With an article or a full stop the word would be explained.
_HEADED = re.compile(r": (?!(?:a|an|the)\b)[^.!?\n:]+(?:\n|$)", re.IGNORECASE)
LONGEST_HEADLINE = 160
# Up to a quotation: a word of the text's own that says nothing; "stationed there “for our protection”".
_MIDDLE = re.compile(r"[a-z]$")
# “Vultures,” spat an old man: whatever the verb.
_SPAT = re.compile(
    r" (?!(?:as|or|which|who|and|an?|the|in|is|are|was|were|had)\b)[a-z]{3,}[dtslw] "
    r"(?:an?|the|one|his|her|their|[A-Z])"
)
# Up to a quotation: what stands before a noun.
_OWNED = re.compile(r"(?:\b(?:the|this|these|its|his|her|their)|['’]s|s['’]) $", re.IGNORECASE)
LONGEST_NOUN = 9
_BEFORE_SPEECH = (":", ",")
_STARTS = ("", ".", "!", "?", "\n", "”", '"', "’")
_TITLE_NOUNS = re.compile(
    r"\b(?:book|novel|film|movie|song|essay|article|report|play|series|documentary|album|memoir|column|"
    r"headlined|titled|entitled|headline|paper|poem|podcast|exhibition|show)\b[^.]{0,20}$",
    re.IGNORECASE,
)
_ENTITLED = re.compile(r"\b(?:entitled|titled|headlined|captioned)[,:]? ?$", re.IGNORECASE)
# A speaker's name is cut here: a longer source is a description, its head comes first.
LONGEST_SPEAKER = 160


@dataclass(slots=True)
class _Memory:
    """Who spoke last, for pronouns and for quotations that stand alone."""

    speaker: str | None = None
    rows: list[Row] = field(default_factory=list)
    number: int = 0


def read(article: str, text: str, sentences: list[Span], kinds: frozenset[str]) -> list[Row]:
    """The rows of one article. sentences: [start, end), sorted."""
    quotes = [q for q in quotations(text, [b for _, b in sentences]) if _measured(q, sentences)]
    whole = [_is_whole(text, q) for q in quotes]
    memory = _Memory()
    at = 0
    last: Span | None = None
    awaited: str | None = None
    prior: tuple[Line, list[Found]] | None = None
    for start, end in _joined(sentences, [q for q, w in zip(quotes, whole, strict=True) if w]):
        while at < len(quotes) and quotes[at].end <= start:
            at += 1
        inside: list[int] = []
        short: list[int] = []
        k = at
        while k < len(quotes) and quotes[k].start < end:
            (inside if whole[k] else short).append(k)
            k += 1
        tokens = line(text, start, end, [(max(start, quotes[k].start), min(end, quotes[k].end), k) for k in inside])
        for q in (quotes[k] for k in short):
            tokens.phrases.append((bisect_left(tokens.starts, q.inner), bisect_left(tokens.starts, q.inner_end)))
        told = backward.find(tokens) if last is not None else None
        if told is not None:
            _write(article, tokens, told, _speaker(text, tokens, told.source, memory), memory, before=last)
        last = (start, end)
        found = [] if told else (headlines.find(text, tokens) or cues.find(headlines.plain(tokens)))
        reported = _read_line(article, text, tokens, memory, kinds, found)
        silent = not found and told is None and not inside
        if silent and announced.goes_on(tokens) and prior is not None and announced.shifted(*prior):
            awaited = memory.speaker or ""
        if awaited is not None and silent:
            _row(article, "content", start, end, awaited, memory)
            memory.number += 1
        prior = (tokens, found)
        source = announced.opens(tokens) if told is None and len(tokens) > 2 else None
        awaited = _speaker(text, tokens, source, memory) or "" if source else None
        named = [q for k in short if not _within(q := quotes[k], reported)]
        _read_short(article, text, named, memory)
    return memory.rows


def _within(quote: Quotation, spans: list[Span]) -> bool:
    """Whether a quotation stands in reported speech: then it is the speaker's words, not a scare quote."""
    return any(a <= quote.inner and quote.inner_end <= b for a, b in spans)


def _measured(quote: Quotation, sentences: list[Span]) -> bool:
    return bool(sentences) and quote.start >= sentences[0][0] and quote.end <= sentences[-1][1]


def _joined(sentences: list[Span], quotes: list[Quotation]) -> list[Span]:
    """The sentences, those that share a quotation as one."""
    out: list[Span] = []
    q = 0
    for start, end in sentences:
        while q < len(quotes) and quotes[q].end <= start:
            q += 1
        if out and q < len(quotes) and quotes[q].start < out[-1][1] and quotes[q].end > start:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _cue_near(text: str, quote: Quotation) -> bool:
    before = _WORD.findall(text[max(0, quote.start - 40) : quote.start])[-4:]
    after = _WORD.findall(text[quote.end : quote.end + 60])[:5]
    return any(lexicon.cue_class(word) or word in {"read", "reads"} for word in (*before, *after))


def _is_noun(text: str, quote: Quotation) -> bool:
    """ "The “green corridor from the hills to the sea” is a verge": a longer name within the text's own sentence."""
    inner = text[quote.inner : quote.inner_end]
    stands = _OWNED.search(text[max(0, quote.start - 16) : quote.start])
    goes_on = text[quote.end : quote.end + 1] == " " and text[quote.end + 1 : quote.end + 2].islower()
    return bool(stands and goes_on and quote.words <= LONGEST_NOUN and not _SPEAKS.search(inner.replace("’", "'")))


def _is_whole(text: str, quote: Quotation) -> bool:
    """Whether a quotation says something; a short one that does not, names something."""
    if quote.words > SHORT_WORDS and not _is_noun(text, quote):
        return True
    inner = text[quote.inner : quote.inner_end].strip()
    before = text[max(0, quote.start - 30) : quote.start].rstrip(" \t")
    said = _SPEAKS.search(inner.replace("’", "'"))
    if inner[-1] in "!?" or (
        said and not (said[0] in {"my", "our"} and _MIDDLE.search(before) and inner[0].islower())
    ):
        return True
    after = text[quote.end : quote.end + 1]
    if quote.words > 1 and (_CHANTED.search(before) or _PAINTED.match(text[quote.end : quote.end + 24])):
        return True
    opens = before[-1:] in _STARTS or before[-1:] in _BEFORE_SPEECH
    if before[-1:] in _STARTS and _HEADED.match(text[quote.end : quote.end + LONGEST_HEADLINE]):
        return True
    if before[-1:] in _STARTS and inner[-1] == "," and _SPAT.match(text[quote.end : quote.end + 24]):
        return True
    ends = inner[-1] in ".,…" or after == ","
    if opens and inner[-1] == "." and inner[:1].isupper() and before[-1:] != ",":
        return True
    if not opens:
        word = _WORD.findall(before)[-1:]
        opens = bool(word) and lexicon.cue_class(word[0]) in {"say", "think"} and inner[:1].isupper()
    return opens and ends and _cue_near(text, quote)


def _read_line(
    article: str, text: str, tokens: Line, memory: _Memory, kinds: frozenset[str], found: list[Found]
) -> list[Span]:
    """Writes a line's rows; the spans, in characters, that are reported speech and not kept at a distance."""
    taken: set[int] = set()
    for one in found:
        speaker = _speaker(text, tokens, one.source, memory)
        quoted = [k for a, b in one.contents for k in range(a, b) if tokens.tags[k] & QUOTE and k not in taken]
        taken.update(quoted)
        if one.kind not in kinds and one.kind == "intent":  # "demand an end to “…”": the quotation is theirs
            for k in quoted:
                _row(article, "content", tokens.starts[k], tokens.ends[k], speaker, memory)
                memory.number += 1
        if one.kind in kinds:
            wide = replace(one, contents=one.about + one.contents) if "stance" in kinds else one
            _write(article, tokens, wide, speaker, memory)
        if one.kind == "speech" and speaker is not None:
            memory.speaker = speaker
    for k, bits in enumerate(tokens.tags):
        if bits & QUOTE and k not in taken:
            _alone(article, tokens, k, memory)
    reported = [span for one in found if one.kind == "speech" or _charged(tokens, one) for span in one.contents]
    for a, b in distance.find(tokens, reported):
        _row(article, "distance", tokens.starts[a], tokens.ends[b - 1], None, memory)
        memory.number += 1
    said = [(tokens.starts[a], tokens.ends[b - 1]) for a, b in reported]
    objects = _objects(tokens, found) if tokens.phrases else []
    return said + [_object(article, tokens, a, b, memory) for a, b in objects]


def _objects(tokens: Line, found: list[Found]) -> list[Span]:
    """ "Condemned “an act of piracy”": a quoted phrase with its own article that a stance is taken to."""
    starts = {a for one in found if one.kind == "stance" and one.source for a, _ in one.contents}
    return [(a, b) for a, b in tokens.phrases if a in starts and tokens.low[a] in {"a", "an"} and b > a + 1]


def _object(article: str, tokens: Line, a: int, b: int, memory: _Memory) -> Span:
    start, end = tokens.starts[a], tokens.ends[b - 1]
    _row(article, "content", start, end, memory.speaker, memory)
    memory.number += 1
    return start, end


def _charged(tokens: Line, one: Found) -> bool:
    """ "X called it “a disgrace”": what was said once is X's, in quotation marks or not."""
    base = lexicon.base_forms().get(tokens.low[one.verb], "")
    return one.kind == "name" and mentioned.told_once(tokens, one.verb, base)


def _write(
    article: str, tokens: Line, one: Found, speaker: str | None, memory: _Memory, *, before: Span | None = None
) -> None:
    """The rows of one attribution. before: the sentence before, in characters, where that is what it reports."""
    spans = [("source", one.source)] if one.source else []
    spans += [("cue", one.cue), *(("content", content) for content in one.contents)]
    for role, span in spans:
        if span is not None:
            _row(article, role, tokens.starts[span[0]], tokens.ends[span[1] - 1], speaker, memory)
    if before is not None:
        _row(article, "content", *before, speaker, memory)
    memory.number += 1


def _row(article: str, role: str, start: int, end: int, speaker: str | None, memory: _Memory) -> None:
    memory.rows.append((article, memory.number, role, start, end, speaker))


def _alone(article: str, tokens: Line, k: int, memory: _Memory) -> None:
    """A quotation without a cue: the last speaker goes on."""
    _row(article, "content", tokens.starts[k], tokens.ends[k], memory.speaker, memory)
    memory.number += 1


def _speaker(text: str, tokens: Line, source: Span | None, memory: _Memory) -> str | None:
    if source is None:
        return None
    a, b = source
    low = tokens.low[a]
    if b - a == 1 and (tokens.tags[a] & (PRONOUN | OBJECT | WH | DET) or low in {"who", "which", "that"}):
        if low in {"who", "which", "that"} and a > 0:
            k = a - 1 if not tokens.tags[a - 1] & MARK else a - 2
            before = subjects.phrase_start(tokens, k + 1) if k >= 0 else 0
            if 0 <= before <= k:
                return text[tokens.starts[before] : tokens.ends[k]][:LONGEST_SPEAKER]
        return memory.speaker
    return text[tokens.starts[a] : tokens.ends[b - 1]][:LONGEST_SPEAKER]


def _read_short(article: str, text: str, quotes: list[Quotation], memory: _Memory) -> None:
    """Short quoted phrases: a title is somebody's words, any other phrase is kept at a distance."""
    for quote in quotes:
        role = "content" if _is_title(text, quote) else "distance"
        _row(article, role, quote.start, quote.end, None, memory)
        memory.number += 1


def _is_title(text: str, quote: Quotation) -> bool:
    """ "War and Peace": capitals throughout, and a word such as "book" before it."""
    if _ENTITLED.search(text[max(0, quote.start - 24) : quote.start]):
        return True
    words = _WORD.findall(text[quote.inner : quote.inner_end])
    capitals = [word for word in words if len(word) > 3]
    if not capitals or not all(word[0].isupper() for word in capitals):
        return False
    return bool(_TITLE_NOUNS.search(text[max(0, quote.start - 60) : quote.start]))
