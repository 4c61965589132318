"""What verbs that give names report: "X called Y a Z", "was branded a Z by Y", "denounced Y as a Z"."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import content_end
from pipeline.voice.found import (
    Found,
    Span,
    before_turn,
    cue_start,
    indefinite,
    kind_of,
    passive,
    source_of,
    trim,
    up_to_known,
)
from pipeline.voice.nominals import phrase_end
from pipeline.voice.tokens import AUX, DET, MARK, PREP, PRONOUN, QUOTE, VERB, WH, Line


def named_by(line: Line, i: int, base: str) -> tuple[Span, Span] | None:
    """The name and who gave it: "was branded a X by Y", "has been described by Y as X", told once.

    Null for "is called X by Y" and "dubbed X by Y": those tell a way of naming.
    """
    if base in {"dub", "term", "style", "christen", "refer", "bill", "tout"} or not passive(line, i):
        return None
    if not any(low in {"was", "were", "been"} for low in line.low[max(0, i - 3) : i]):
        return None
    n = len(line)
    end = next((k for k in range(i + 1, min(n, i + 16)) if line.tags[k] & (MARK | WH)), min(n, i + 16))
    by = next((k for k in range(i + 1, end) if line.low[k] == "by"), None)
    if by is None or by + 1 >= end or line.low[by + 1].endswith("ing"):
        return None
    given = next((k for k in range(i + 1, end) if line.low[k] == "as"), None)
    if by == i + 1:
        if given is None or (content := trim(line, given + 1, content_end(line, given + 1))) is None:
            return None
        return content, (by + 1, given)
    content = trim(line, i + 1 if given is None or given > by else given + 1, by)
    agent = trim(line, by + 1, max(by + 2, phrase_end(line, by + 1)))
    return (content, agent) if content and agent else None


def naming(line: Line, i: int, base: str, out: list[Found]) -> Found | None:
    """ "X called Y Z": Y Z is what X says; the distance is found elsewhere."""
    j = i + 1
    if j >= len(line) or line.tags[j] & MARK or line.low[j] in {"on", "off", "in", "back", "upon", "up", "out"}:
        return None
    if (told := named_by(line, i, base)) is not None:
        return Found((cue_start(line, i), i + 1), told[1], [told[0]], "speech", i)
    if passive(line, i) or line.low[i] in {"terms", "styles", "labels", "brands", "bills", "casts", "paints"}:
        return None
    if base == "describe" and any(line.low[k] in {"how", "why"} for k in range(j, min(len(line), j + 4))):
        return None  # "described how …" tells, it gives no name
    if line.low[i] == "call" and i and line.tags[i - 1] & MARK:
        return None  # "call it this, call it that: …"
    if line.low[i - 2 : i] == ["let", "us"] or (i and line.low[i - 1] == "let's"):
        return None  # the outlet's own name for it
    content = trim(line, j, content_end(line, j))
    if content is None:
        return None
    wanted = line.low[j] == "for" and not (j + 1 < len(line) and indefinite(line, j + 1))
    if base == "denounce" and "as" in line.low[j : content[1]]:
        return _denounced(line, i, j, content[1], out)
    kind = "stance" if wanted or base in {"tout", "denounce"} else "name"
    if kind_of(line, source_of(line, i, out)) == "stance" or (base == "call" and _no_second(line, i, j, content[1])):
        kind = "stance"  # "I call it a trap"; "called the police about"
    if base == "describe" and not any(line.low[k] == "as" for k in range(*content)):
        kind = "speech" if line.low[j] in {"a", "an"} else "stance"  # "described a massacre"
    if line.low[j] == "for":
        end = min(content[1], phrase_end(line, j + 1))
        if line.low[end - 1] != "to":  # "called for calm and | said …", "for aid to be sent"
            content = up_to_known(line, (j, end - (line.low[end - 1] in {"and", "but"})))
    if kind == "name" and "what" in line.low[max(0, i - 8) : i]:
        be = next((k for k in range(content[0] + 1, content[1]) if line.tags[k] & AUX), content[1])
        content = (content[0], be)  # "what X calls a pause was a strike"
    if kind == "name":
        comma = next((k for k in range(*content) if line.low[k] == ","), content[1])
        content = before_turn(line, trim(line, content[0], comma) or content)
    a = _given(line, i, base, content) if kind == "name" else content[0]
    about = [(content[0], a)] if a > content[0] else []
    return Found((cue_start(line, i), i + 1), source_of(line, i, out), [(a, content[1])], kind, i, about)


def _given(line: Line, i: int, base: str, content: Span) -> int:
    """Where the name begins after a definite object, which the outlet names: "called | the walkout | a disgrace"."""
    j = i + 1
    if not (line.tags[j] & DET or line.upper[j]) or line.tags[j] & PRONOUN or line.low[j] in {"a", "an"}:
        return content[0]
    quoted = next((a for a, b in line.phrases if j < a < content[1]), None)
    if quoted is not None:
        return quoted - (line.low[quoted - 1] in {"a", "an"})
    if base in lexicon.NAMING_AS and "as" in line.low[j + 1 : content[1] - 1]:
        return line.low.index("as", j) + 1
    if base in lexicon.NAMING_AS or not _WHAT.isdisjoint(line.low[max(0, i - 8) : i]):
        return content[0]
    for k in range(j + 1, content[1] - 1):
        if line.tags[k] & (AUX | WH | MARK):
            break
        if (
            line.low[k] in {"a", "an"}
            and not line.tags[k - 1] & (PREP | VERB)
            and not line.low[k - 1].endswith("ing")
        ):
            return k
    return content[0]


_WHAT = frozenset("what which whom".split())


_FRONTED = frozenset("what which whom that".split())
_WHEN_OR_WHY = frozenset("about for after before over with during from".split())


def _no_second(line: Line, i: int, j: int, end: int) -> bool:
    """Whether a call has an object and no name: "called the police about the theft", "called a strike for May"."""
    if not line.tags[j] & DET or line.tags[j] & PRONOUN or not _FRONTED.isdisjoint(line.low[max(0, i - 8) : i]):
        return False
    if "off" in line.low[j + 1 : j + 4] or (line.low[j] in {"a", "an"} and not _names_twice(line, j, end)):
        return True  # "called the strike off", "called a strike"
    prep = next((k for k in range(j + 2, min(end, j + 5)) if line.low[k] in _WHEN_OR_WHY), None)
    return prep is not None and not any(line.low[k] in {"a", "an"} or line.tags[k] & QUOTE for k in range(j + 1, end))


def _names_twice(line: Line, j: int, end: int) -> bool:
    """Whether a second name follows from j on: "calls a spade | a spade", "a strike “a crime”"."""
    return any(line.low[k] in {"a", "an"} for k in range(j + 1, end)) or any(j < a < end for a, _ in line.phrases)


def _denounced(line: Line, i: int, j: int, end: int, out: list[Found]) -> Found | None:
    """ "denounced the vote as a trap": what it is denounced as."""
    given = line.low.index("as", j) + 1
    content = trim(line, given, end)
    return Found((cue_start(line, i), i + 1), source_of(line, i, out), [content], "speech", i) if content else None
