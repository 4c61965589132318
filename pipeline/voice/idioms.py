"""Reports that no verb of speech gives alone: "rumour has it that", "as X sees it", "to its critics, …"."""

from __future__ import annotations

from pipeline.voice.asides import aside, with_more
from pipeline.voice.clause import content_end
from pipeline.voice.found import Found, Span, clause_start, indefinite, passive, source_of, trim
from pipeline.voice.names import bare
from pipeline.voice.subjects import before_verb, phrase_start, states, subject
from pipeline.voice.tokens import AUX, CONJUNCTION, DET, MARK, PREP, QUOTE, SUBORDINATOR, TIME, WH, Line

_SAYINGS = frozenset("word rumour rumor legend story theory argument thinking reasoning logic gossip joke version "
                     "claim charge line tale".split())  # fmt: skip
_SEES = frozenset("see sees saw tell tells told have has had".split())
_RULED = frozenset("hold holds held teach teaches taught preach preaches preached lectured texted emailed blogged "
                   "cabled".split())  # fmt: skip
_SIGNS = frozenset("banner banners placard placards poster posters sign signs graffiti slogan headline caption "
                   "inscription notice sticker stickers t-shirt flag leaflet".split())  # fmt: skip
_READS = frozenset("read reads reading".split())
_LIKENS = frozenset(
    "equate equates equated equating likens likened liken likening compares compared compare comparing".split()
)
_HOLDS_FOR = frozenset("considers considered deems deemed thinks thought judges judged rules ruled believes "
                       "believed finds found "
                       "consider deem believe find held".split())  # fmt: skip
_IS = frozenset("is are was were remains remained".split())
# "The fear is that …": of these nouns what follows is somebody's; a point or a line needs its owner.
_HELD = frozenset("word consensus mantra refrain version view argument suggestion concern fear feeling worry claim "
                  "charge complaint belief hope verdict accusation allegation theory suspicion "
                  "contention".split())  # fmt: skip
_OWNED = _HELD | frozenset("point line message answer response reply conclusion warning position".split())
# Before a court, or on the way there: "on trial for X".
_COURT = frozenset("accused trial investigation prosecuted indicted sued investigated tried suing".split())
_ALONE = frozenset("how known concerned goes runs went ran for to that alarm".split())
CUES = _SEES | _RULED | _READS | _LIKENS | _COURT | _ALONE


def find(line: Line, i: int, out: list[Found]) -> Found | None:
    """The report that the word at i gives; null where it gives none."""
    low = line.low[i]
    after = line.low[i + 1] if i + 1 < len(line) else ""
    if low in {"has", "had"} and after == "it" and line.low[i - 1] in _SAYINGS:
        return _after(line, i, i + 2, (max(0, i - 2), i))
    if low in {"has", "have", "had"} and after == "it" and line.low[i + 2 : i + 3] == ["that"]:
        return _after(line, i, i + 2, source_of(line, i, out))
    if low in _SEES and after == "it" and (found := _as_seen(line, i)) is not None:
        return found
    if low in {"see", "saw"} and (found := _partisan(line, i)) is not None:
        return found
    if low in _RULED and after == "that":
        return _after(line, i, i + 1, source_of(line, i, out))
    if low == "held" and after in {",", "—", "–"} and not passive(line, i):
        return aside(line, i, before_verb(line, i), "rule", "say")
    if low == "held" and not passive(line, i) and (taken := considered(line, i, i + 1, content_end(line, i))):
        return Found((i, i + 1), source_of(line, i, out), [taken], "speech", i)
    if low == "alarm" and after in {"over", "about"} and line.low[i + 2 : i + 3] in (["a"], ["an"]):
        return _after(line, i, i + 2, subject(line, i - 2))
    if low in {"goes", "runs", "went", "ran"}:
        return _goes(line, i) or (_read(line, i) if after == ":" else None)
    if low in _READS:
        return _read(line, i)
    if low in _LIKENS:
        return _likened(line, i, out)
    if low == "known" and after == "that" and tuple(line.low[max(0, i - 3) : i]) == ("let", "it", "be"):
        return _after(line, i, i + 1, subject(line, i - 3))
    if low == "that":
        return _predicated(line, i)
    if low == "how":
        return _how_seen(line, i)
    if low == "concerned" and tuple(line.low[:3]) == ("as", "far", "as"):
        return _after(line, i, i + 1, trim(line, 3, i - 1))
    if low in {"for", "to"} and (i == 0 or line.tags[i - 1] & CONJUNCTION):
        return _to_them(line, i)
    return _accused(line, i)


def _after(line: Line, i: int, a: int, source: Span | None) -> Found | None:
    content = trim(line, a, content_end(line, a)) if a < len(line) - 1 else None
    return Found((i, a), source, [content], "speech", i) if content and source else None


def _as_seen(line: Line, i: int) -> Found | None:
    """ "As X sees it, the vote is a trap": the rest of the line."""
    start = next((k for k in range(i - 1, max(-1, i - 10), -1) if line.low[k] in {"as", "way", "hear"}), None)
    if start is None or start > 1 or i + 3 >= len(line) or line.low[i + 2] != ",":
        return None
    return _after(line, i, i + 3, trim(line, start + 1, i))


def _predicated(line: Line, i: int) -> Found | None:
    """ "Her point is that …", "the feeling among nurses is that …": what the noun holds."""
    if i < 2 or line.low[i - 1] not in {"is", "was", "remains"}:
        return None
    for k in range(i - 2, max(-1, i - 10), -1):
        if line.tags[k] & (MARK | QUOTE | AUX):
            return None
        if line.low[k] in _OWNED:
            owned = any(
                low in {"his", "her", "their", "official"} or low.endswith(("'s", "s'"))
                for low in line.low[max(0, k - 3) : k]
            )
            held = owned or line.low[k] in _HELD or line.low[k + 1] in {"from", "of", "among"}
            return _after(line, i - 1, i, (phrase_start(line, k + 1), k + 1)) if held else None
    return None


def _how_seen(line: Line, i: int) -> Found | None:
    """ "A trap is how the families see it": what they see it as."""
    if not 1 < i < 8 or line.low[i - 1] not in _IS:
        return None
    seen = next((k for k in range(i + 2, min(len(line), i + 9)) if line.low[k] in _SEEN_AS), None)
    source = subject(line, seen) if seen is not None else None
    return Found((i - 1, i), source, [(0, i - 1)], "speech", i) if source and source[0] > i else None


_SEEN_AS = frozenset("see sees saw describe describes described put puts remember remembers remembered view views "
                     "viewed sum sums summed".split())  # fmt: skip


def _goes(line: Line, i: int) -> Found | None:
    """ "The story goes that …", "…, the argument runs.": what goes round without a speaker."""
    a = phrase_start(line, i)
    if line.low[i - 1] not in _SAYINGS or a >= i or not line.tags[a] & DET:
        return None
    if i + 1 < len(line) and line.low[i + 1] in {"that", ":"}:
        return _after(line, i, i + 1, (a, i))
    closed = i + 1 >= len(line) - 1 or bool(line.tags[i + 1] & MARK)
    if not closed or a < 2 or not line.tags[a - 1] & MARK:
        return None
    contents = [trim(line, clause_start(line, a), a - 1)]
    if i + 2 < len(line) and line.low[i + 1] == ",":
        contents.append(trim(line, i + 2, content_end(line, i + 2)))
    spans = [span for span in contents if span is not None]
    return Found((i, i + 1), (a, i), spans, "speech", i) if spans else None


def _read(line: Line, i: int) -> Found | None:
    """ "…, read one banner", "a banner read: …": what stands on it is said by who holds it up."""
    near = range(i + 1, min(len(line), i + 4))
    sign = next((k for k in near if line.low[k] in _SIGNS), None)
    if sign is not None and i > 1:
        mark = i - 1
        if line.tags[mark] & QUOTE or (line.low[mark] == "," and line.tags[mark - 1] & QUOTE):
            first = mark if line.tags[mark] & QUOTE else mark - 1
            return Found((i, i + 1), (i + 1, sign + 1), [(first, first + 1)], "speech", i)
        content = trim(line, clause_start(line, i), mark) if line.low[mark] == "," else None
        return Found((i, i + 1), (i + 1, sign + 1), [content], "speech", i) if content else None
    owner = subject(line, i)
    if owner is None or not any(line.low[k] in _SIGNS for k in range(*owner)) or i + 2 >= len(line):
        return None
    k = i + 1
    while k < len(line) - 1 and line.low[k] in {":", ","}:
        k += 1
    if line.tags[k] & QUOTE:
        return Found((i, i + 1), owner, with_more(line, k), "speech", i)
    shown = line.low[i + 1] == ":" or line.upper[i + 1]  # "reads VULTURES GO HOME"
    content = trim(line, k, len(line)) if shown else None
    return Found((i, i + 1), owner, [content], "speech", i) if content else None


def _likened(line: Line, i: int, out: list[Found]) -> Found | None:
    """ "X likened the vote to a trap": what X compares it to."""
    if passive(line, i) or (source := source_of(line, i, out)) is None:
        return None
    for k in range(i + 2, min(len(line) - 1, i + 12)):
        if line.low[k] == "to" or (line.low[k] == "with" and line.low[i].startswith("equat")):
            whole = line.low[i].startswith(("liken", "equat")) or line.low[k + 1] in {"a", "an"} or bare(line, k + 1)
            content = trim(line, k + 1, content_end(line, k + 1)) if whole else None
            return Found((i, i + 1), source, [content], "speech", i) if content else None
        if line.tags[k] & (MARK | AUX | QUOTE | WH):
            return None
    return None


def _to_them(line: Line, i: int) -> Found | None:
    """ "To its critics, the vote is a trap", "for X, this was a gift": what it is to them, not what it is."""
    near = range(i + 2, min(len(line), i + 8))
    comma = next((k for k in near if line.low[k] == "," or _begins(line, k)), None)
    if comma is not None and line.low[comma] != ",":
        comma -= 1
    if comma is None or states(line, i + 1, comma) or any(line.tags[k] & TIME for k in range(i, comma)):
        return None
    if line.low[i + 1].endswith("ing") or line.low[i + 1] in {"a", "an", "be", "all", "now", "once", "this", "that"}:
        return None
    for k in range(comma + 2, min(len(line) - 2, comma + 12)):
        if line.tags[k] & (MARK | QUOTE | WH | SUBORDINATOR):
            return None
        if line.low[k] in _SEEMS and line.low[k + 1] in {"like", "to"}:
            content = trim(line, k + 2, content_end(line, k + 2))  # "to X, the vote looks like a trap"
            return Found((i, i + 1), (i + 1, comma), [content], "speech", i) if content else None
        if line.low[k] in _IS:
            given = line.low[k + 1] in {"a", "an"} or line.low[k + 1] in {"nothing", "no"} or bare(line, k + 1)
            content = trim(line, k + 1, content_end(line, k + 1)) if given else None
            return Found((i, i + 1), (i + 1, comma), [content], "speech", i) if content else None
    return None


def _begins(line: Line, k: int) -> bool:
    """Whether a clause begins at k straight after whose view it is: "to its critics | the vote is a trap"."""
    after_people = line.low[k - 1].endswith("s") and not line.tags[k - 1] and not line.low[k - 1].endswith("'s")
    return line.low[k] in {"it", "this"} or (line.low[k] == "the" and after_people)


_SEEMS = frozenset("looks looked smells smelled sounds sounded feels felt amounts amounted seems seemed".split())
_PARTISANS = frozenset(
    "critics opponents supporters observers analysts campaigners sceptics skeptics detractors economists experts "
    "traders pundits commentators".split()
)


def _partisan(line: Line, i: int) -> Found | None:
    """ "Critics see a trap": what such people see is their view of it."""
    if i + 2 >= len(line) or line.low[i + 1] not in {"a", "an"} or (source := source_of(line, i, [])) is None:
        return None
    head = next((k for k in range(*source) if line.tags[k] & (PREP | MARK) and k > source[0]), source[1]) - 1
    content = trim(line, i + 1, content_end(line, i + 1)) if line.low[head] in _PARTISANS else None
    return Found((i, i + 1), source, [content], "speech", i) if content else None


def _accused(line: Line, i: int) -> Found | None:
    """ "They stand accused of a X", "on trial for X", "is being sued for X"."""
    preps = {"of"} if line.low[i] == "accused" else {"for", "over"}
    if i + 2 >= len(line) or line.low[i + 1] not in preps or line.low[i] not in _COURT or not indefinite(line, i + 2):
        return None
    if line.low[i] == "accused" and line.low[i - 1] not in {"stand", "stands", "stood"}:
        return None
    content = trim(line, i + 2, content_end(line, i + 2))
    return Found((i, i + 1), None, [content], "speech", i) if content else None


def considered(line: Line, i: int, j: int, end: int) -> Span | None:
    """ "Considers the vote a trap": what the object is taken for; null where nothing is."""
    if line.low[i] not in _HOLDS_FOR or j >= len(line) or line.tags[j] & (PREP | QUOTE | MARK | SUBORDINATOR | WH):
        return None
    for k in range(j + 1, min(end, j + 8)):
        if line.low[k] == "to" and k + 2 < end and line.low[k + 1] == "be":
            return trim(line, k + 2, end)
        if line.tags[k] & (MARK | AUX | WH | QUOTE | PREP):
            return None
        if line.low[k] in {"a", "an"} and not line.low[i].startswith(("f", "b", "h")):
            return trim(line, k, end)
    return None
