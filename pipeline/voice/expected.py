"""Names of what may come or was to be: "a possible X", "the risk of a X", "on paper a X", "meant to be a X"."""

from __future__ import annotations

from pipeline.voice.names import BE, Span, at, name
from pipeline.voice.supposed import ONE, clause_name, opens, tight
from pipeline.voice.tokens import MARK, Line

_LIKELY = frozenset("possible potential hypothetical unlikely likely conceivable".split())
_MAY_BE = frozenset("possible potential hypothetical".split())
_CHANCES = frozenset("risk chance chances prospect possibility likelihood threat danger hope hopes dream dreams "
                     "vision".split())  # fmt: skip
_MEANT = frozenset("supposed meant intended".split())
_PAPER = frozenset({"paper", "theory"})
_PERHAPS = frozenset({"perhaps", "maybe"})
_ANYONE = frozenset("anyone anybody those".split())
_LOOKS = frozenset("hoping looking waiting hope hoped look looked wait waited expecting expect expected fearing "
                   "feared predicting predicted seeking anticipating".split())  # fmt: skip
MARKERS = _LIKELY | _CHANCES | _MEANT | _PAPER | _PERHAPS | _ANYONE


def find(line: Line, i: int) -> Span | None:
    """The name of what the word at i expects, intends or thinks possible; null where it gives none."""
    low, after = line.low[i], at(line, i + 1)
    if low in _LIKELY:
        return _likely(line, i)
    if low in _CHANCES:
        return tight(line, i + 2) if after == "of" and at(line, i + 2) in {"a", "an"} else None
    if low in _PAPER:
        return _on_paper(line, i)
    if low in _PERHAPS:
        return clause_name(line, i + 1) if opens(line, i) else None
    return _meant(line, i) if low in _MEANT else _looked_for(line, i)


def _meant(line: Line, i: int) -> Span | None:
    """ "This was supposed to be a X", "it was meant to have been a X"."""
    been = i + 2 + ((at(line, i + 2), at(line, i + 3)) == ("have", "been"))
    to_be = at(line, i + 1) == "to" and at(line, been) in {"be", "been"} and at(line, i - 1) in BE
    return tight(line, been + 1) if to_be and at(line, been + 1) in ONE else None


def _likely(line: Line, i: int) -> Span | None:
    """ "A possible X", "a X is unlikely"."""
    if at(line, i - 1) in BE and i < 9 and at(line, 0) in ONE:
        span = name(line, 0)
        return span if span is not None and span[1] == i - 1 else None
    return name(line, i + 1, 4) if at(line, i - 1) in {"a", "an"} and line.low[i] in _MAY_BE else None


def _on_paper(line: Line, i: int) -> Span | None:
    """ "On paper it is a X", "it is, in theory, a X"."""
    if at(line, i - 1) not in {"on", "in"} or (i > 1 and not line.tags[i - 2] & MARK):
        return None
    if i > 1:
        return name(line, i + 2, 5) if at(line, i + 1) == "," and at(line, i + 2) in ONE else None
    return clause_name(line, i + 1 + (at(line, i + 1) == ","))


def _looked_for(line: Line, i: int) -> Span | None:
    """ "Anyone hoping for a X", "those who feared a X": who looks for it has not met it."""
    k = i + 1 + (at(line, i + 1) == "who")
    if i or at(line, k) not in _LOOKS:
        return None
    k += 1 + (at(line, k + 1) == "for")
    return tight(line, k) if at(line, k) in ONE else None
