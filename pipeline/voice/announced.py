"""Words that announce what somebody says: "X was blunt: …", "Her verdict: …", and, for the sentence after, "X did not
mince words." """

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.found import Found, Span, trim
from pipeline.voice.subjects import finite, phrase_start, subject
from pipeline.voice.tokens import AUX, MARK, QUOTE, Line

_BE = frozenset("is was were are remains remained".split())
# How somebody speaks, of a person or of the words.
_MANNER = frozenset(
    "blunt frank clear scathing adamant unequivocal unambiguous defiant unrepentant emphatic categorical curt terse "
    "brief brisk direct candid damning withering uncompromising".split()
)
_PLAIN = frozenset("this follows unchanged clear simple short plain stark familiar unanimous same".split())
_TELLING = frozenset(
    "story version message verdict answer reply response warning conclusion view argument claim charge "
    "complaint diagnosis "
    "slogan motto demand explanation "
    "statement position line reasoning point objection defence defense retort prediction advice".split()
)
_MINCED = frozenset("words word punches anything matters bones secret".split())
_LONG = frozenset("lines line words sentences paragraphs pages".split())
_OWNS = frozenset("his her their its our my".split())
# "Two things are clear: …": nobody is clear.
_THINGS = frozenset("thing things this that it one lesson lessons figures numbers facts result results outcome rules "
                    "law evidence contrast picture".split())  # fmt: skip
_PLAINLY = frozenset("bluntly plainly simply succinctly differently thus".split())
_TRIGGERS = _PLAINLY | _MANNER | _TELLING | _MINCED | _LONG
# The announcement is short; a longer clause tells something else.
REACH = 14


def before_colon(line: Line) -> Found | None:
    """The report after a colon that the words before it announce."""
    colon = next((k for k in range(1, min(len(line), REACH + 6)) if line.low[k] == ":"), None)
    if colon is None or colon + 2 >= len(line) or any(bits & QUOTE for bits in line.tags[:colon]):
        return None
    source = announces(line, colon)
    content = trim(line, colon + 1, len(line))
    return Found((colon, colon + 1), source, [content], "speech", colon) if source and content else None


def announces(line: Line, end: int) -> Span | None:
    """Whose words tokens [0, end) announce without giving any; null where they announce none."""
    if end > REACH or any(lexicon.cue_class(line.low[k]) == "say" and finite(line, k) for k in range(end)):
        return None
    be = next((k for k in range(1, end) if line.low[k] in _BE), None)
    telling = next((k for k in range(end) if line.low[k] in _TELLING), None)
    if telling is not None and (be is None or telling < be) and (owner := _owner(line, telling)) is not None:
        last = end if be is None else be
        described = be is None or any(line.low[k] in _MANNER | _PLAIN for k in range(be, end)) or end == be + 1
        if described and (be is not None or last == telling + 1 or line.low[telling + 1 : telling + 2] == ["of"]):
            return owner
    if be is not None and line.low[end - 1] in _MANNER and be >= end - 4:
        who = subject(line, be)
        return None if who is None or line.low[who[1] - 1] in _THINGS else who
    return _unminced(line, end)


def _owner(line: Line, i: int) -> Span | None:
    """Whose verdict: "her", "the court's", "of the court" after it."""
    for k in range(i - 1, max(-1, i - 5), -1):
        if line.low[k] in _OWNS:
            return k, k + 1
        if line.low[k].endswith(("'s", "s'")):
            return phrase_start(line, k + 1), k + 1
        if line.tags[k] & (MARK | AUX):
            return None
    if i > 1 and line.low[i - 1].endswith("s") and not line.tags[i - 1]:
        return phrase_start(line, i), i  # "the drivers' verdict": a plural's apostrophe is no part of a word
    return None


def _unminced(line: Line, end: int) -> Span | None:
    """ "X did not mince words", "X minced no words", "her statement ran to three lines"."""
    for k in range(1, end):
        if line.low[k] in {"mince", "minced", "minces", "pull", "pulled"} and _MINCED & set(line.low[k + 1 : k + 4]):
            return subject(line, k)
        if line.low[k] in {"put", "puts"} and line.low[k + 1 : k + 2] == ["it"] and line.low[end - 1] in _PLAINLY:
            return subject(line, k)
        if line.low[k] in {"made", "makes"} and line.low[k + 1 : k + 3] in (["no", "bones"], ["no", "secret"]):
            return subject(line, k)
        if (
            line.low[k] in {"ran", "runs"}
            and line.low[k + 1 : k + 2] == ["to"]
            and _LONG & set(line.low[k + 2 : end])
        ):
            told = [m for m in range(k) if line.low[m] in _TELLING]
            return _owner(line, told[0]) if told else None
    return None


def shifted(line: Line, found: list[Found]) -> bool:
    """Whether a report is told a step back in time to its line's end: "…, she said, had long ceased to matter"."""
    for one in found:
        a, b = one.contents[-1] if one.contents else (0, 0)
        ends = b >= len(line) - 1 or one.cue[1] + 3 >= len(line)
        if one.kind == "speech" and ends and not _BACK.isdisjoint(line.low[a:b]):
            return True
    return False


def goes_on(line: Line) -> bool:
    """ "It had become a war": such a line goes on with what the line before reports."""
    return line.low[1:2] in (["had"], ["would"]) and line.low[0] in _GOES_ON


_BACK = frozenset("had would".split())
_GOES_ON = frozenset("it there this they".split())


def opens(line: Line) -> Span | None:
    """Whose words the next sentence gives, where this one only announces them."""
    if len(line) > REACH + 1 or _TRIGGERS.isdisjoint(line.low):
        return None
    end = len(line) - (line.low[-1] in {".", "!"})
    if not 2 < end <= REACH or any(bits & QUOTE for bits in line.tags):
        return None
    if any(line.low[k] in {":", ",", ";"} for k in range(end)):
        return None
    return announces(line, end)
