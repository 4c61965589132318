"""Reports inside or after what they report: "…," said X · "…," X said · …, X said on Monday, …"""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.clause import TIMED, content_end, inverted_subject, skip_adverbials
from pipeline.voice.found import (
    ALONE,
    COMMAS,
    TELLS,
    Found,
    Span,
    after_hearer,
    clause_start,
    cue_start,
    indefinite,
    kind_of,
    trim,
)
from pipeline.voice.subjects import finite, states, subject
from pipeline.voice.tokens import ADVERB, AUX, CONJUNCTION, MARK, PREP, QUOTE, SUBORDINATOR, TIME, VERB, WH, Line

_MODALS = frozenset("must should can cannot may might could".split())
_PROVES = frozenset("show prove demonstrate confirm reveal document record".split())
# Between commas too these stand before who speaks: "…, recalls the architect, …".
_INVERTED = frozenset(
    "scream shout say add report write recall explain argue claim insist remark note warn conclude reply "
    # These take no plain object, so that no list of verbs can be meant.
    "complain grumble gripe fume moan groan sigh joke quip muse boast brag gloat thunder retort respond contend snap "
    "growl hiss rail enthuse reason reckon lament assert affirm cry".split()
)
_MEANWHILE = frozenset("as when while after before of".split())
_SHOWS = frozenset("show prove demonstrate".split())
_SAYING = frozenset({"say", "claim", "admit", "report", "deny", "think", "urge", "judge", "want"})


def with_more(line: Line, k: int) -> list[Span]:
    """A quotation at k, with the later quotations of the line that no other cue stands before."""
    spans = [(k, k + 1)]
    for m in range(k + 1, len(line)):
        if line.tags[m] & QUOTE:
            between = range(spans[-1][1], m)
            if all(not lexicon.cue_class(line.low[b]) for b in between):
                spans.append((m, m + 1))
            else:
                break
    return spans


def aside(line: Line, i: int, before: int, base: str, name: str, *, past: int | None = None) -> Found | None:
    """ "…," said X · "…," X said · …, X said on Monday, … — the content stands before the cue.

    past: where the cue ends, if it has more words than the verb at i ("as X put it").
    """
    if name not in _SAYING:
        return None
    if line.low[i - 1] == "to" and i:
        return None  # "…, declined to comment"
    if (inverted := _inverted(line, i, before, base)) is not None:
        return inverted
    if not _MODALS.isdisjoint(line.low[before + 1 : i]):
        return None  # "…, somebody must testify"
    if "would" in line.low[before + 1 : i] and "have" in line.low[before + 1 : i]:
        return None  # "had it been a trap, somebody would have noticed"
    if (source := _speaker(line, i)) is None:
        return None
    mark = source[0] - 1
    if line.low[mark] == "as" and mark == 0:
        return _opening(line, i, source) if base not in {"speak", "talk"} else None  # "As she spoke, …" tells when
    if line.low[mark] == "as" and mark and line.low[mark - 1] in COMMAS:
        if base in _PROVES or name in {"want", "urge", "judge"}:
            return None  # "X, as the minutes show": held for shown; "X, as Y prepares for Z"
        mark -= 1  # "X, as Y said, …"
        if line.low[i + 1 : i + 2] in (["it"], ["them"]) and past is None:
            past = i + 2  # "X, as Y remembers it, …"
    if not (line.tags[mark] & QUOTE or line.low[mark] in COMMAS):
        return None
    after = _inserted_end(line, i, base, mark, past or i + 1)
    return _around(line, clause_start(line, i), mark, i, source, after) if after is not None else None


def _inverted(line: Line, i: int, before: int, base: str) -> Found | None:
    """ "…," said X: the verb at i stands straight after what is said, and who said it after the verb."""
    if i - before != 1 or before < 0 or line.low[i].endswith("ing"):
        return None
    comma = line.low[before] in COMMAS
    if not (line.tags[before] & QUOTE or (comma and (line.tags[before - 1] & QUOTE or base in _INVERTED))):
        return None
    source = _after_verb(line, i, before)
    if source is None or (comma and not _closes_after(line, source[1])):
        return None
    return _around(line, clause_start(line, i), before, i, source, source[1])


def _speaker(line: Line, i: int) -> Span | None:
    """The subject of an inserted verb; null where it begins the line, so that nothing is left that it says."""
    source = subject(line, i)
    if source is not None and source[0] == 0:
        source = subject(line, i, nearest=True)
    if source is None or source[0] == 0 or line.tags[source[0]] & WH or "than" in line.low[source[0] : source[1]]:
        return None
    return source


def _inserted_end(line: Line, i: int, base: str, mark: int, a: int) -> int | None:
    """Where an inserted report ends whose cue ends at a; null where more follows than when and to whom."""
    n, after = len(line), skip_adverbials(line, a)
    if base in TELLS and after < n and not line.tags[after] & (MARK | QUOTE):
        after = after_hearer(line, after, optional=base in ALONE)
    quoted = line.tags[mark] & QUOTE or line.tags[mark - 1] & QUOTE
    if line.low[i + 1 : i + 2] == ["of"] and i + 2 < n and indefinite(line, i + 2) and not quoted and base != "say":
        return None  # "in a letter, X wrote of a trap"
    if after < n and line.tags[after] & PREP and not _more_stated(line, after):
        after = next((k for k in range(after, n) if line.tags[k] & (MARK | QUOTE)), n)
    if (
        after < n
        and not line.tags[after] & MARK
        and line.low[after] != "."
        and not (line.low[after] in _MEANWHILE and (quoted or line.low[after] != "of"))
    ):
        return None
    return None if after < n and line.low[after] == ":" else after


# "X, the head of Y, said nothing".
_NO_SPEAKER = frozenset("nothing little no yes goodbye something anything much more".split())


def _after_verb(line: Line, i: int, before: int) -> Span | None:
    """The subject of an inverted verb; in "it was, said X, a trap" it ends with its comma."""
    source = inverted_subject(line, i)
    if source is None or line.low[source[0]] in _NO_SPEAKER or states(line, source[0] + 1, source[1]):
        return None
    if line.low[before] == "," and line.tags[before - 1] & AUX:
        return source[0], next((k for k in range(*source) if line.low[k] == ","), source[1])
    return source


def _more_stated(line: Line, k: int) -> bool:
    """Whether more than where and when it was said stands from k to the next mark: a verb, a clause."""
    for m in range(k, len(line)):
        if line.tags[m] & (MARK | QUOTE):
            return bool(line.tags[m] & QUOTE) or line.low[m] == ":"
        dated = m + 1 < len(line) and line.tags[m + 1] & TIME  # "that night"
        if line.tags[m] & (AUX | WH) or (line.low[m] == "that" and not dated) or finite(line, m):
            return True
    return False


def _opening(line: Line, i: int, source: Span) -> Found | None:
    """ "As X has written, …": the rest of the line is what X has written."""
    comma = next((k for k in range(i + 1, min(len(line), i + 10)) if line.low[k] == ","), len(line) - 1)
    content = trim(line, comma + 1, content_end(line, comma + 1)) if comma + 1 < len(line) else None
    return Found((cue_start(line, i), i + 1), source, [content], kind_of(line, source), i) if content else None


def _closes_after(line: Line, k: int) -> bool:
    """Whether a mark, a quotation, a date or the end follows an inverted subject."""
    return (
        k >= len(line)
        or bool(line.tags[k] & (MARK | QUOTE | PREP | WH | SUBORDINATOR))
        or (line.low[k] == "." or bool(line.tags[k] & ADVERB) or not line.tags[k] & (AUX | VERB))
    )


def _around(line: Line, start: int, mark: int, i: int, source: Span, after: int) -> Found | None:
    """The content on both sides of an inserted report."""
    if line.tags[mark] & QUOTE:
        first = _quote_run(line, start, mark + 1)
    elif mark > 0 and line.tags[mark - 1] & QUOTE:
        first = _quote_run(line, start, mark)
    else:
        first = [span] if (span := trim(line, start, mark)) else []
    if not first:
        return None
    quoted = bool(line.tags[first[-1][1] - 1] & QUOTE)
    k = max(i + 1, after)
    while k < len(line) and not line.tags[k] & MARK and not line.tags[k] & QUOTE:
        k += 1
    contents = first
    if k < len(line):
        broken = mark > 0 and bool(line.tags[mark - 1] & AUX) and line.low[mark] in COMMAS
        contents = first + (_later_quotes(line, k) if quoted else rest(line, k, broken=broken))
    shown = lexicon.base_forms().get(line.low[i]) in _SHOWS  # "…, figures show": the outlet holds it for shown
    kind = "speech" if quoted else "stance" if shown else kind_of(line, source)
    return Found((cue_start(line, i), i + 1), source, contents, kind, i)


def _quote_run(line: Line, start: int, end: int) -> list[Span]:
    """The content that ends with a quotation at end − 1: the clause it is part of, or itself."""
    a = end - 1
    if a > start and not line.tags[a - 1] & MARK and line.low[a - 1] != ".":
        return [span] if (span := trim(line, start, end)) else []
    return [(a, end)]


def _later_quotes(line: Line, k: int) -> list[Span]:
    for m in range(k, len(line)):
        if line.tags[m] & QUOTE:
            return [(m, m + 1)]
        if lexicon.cue_class(line.low[m]):
            return []
    return []


def rest(line: Line, k: int, *, broken: bool = False) -> list[Span]:
    """The rest of a reported sentence after ", X said,"; nothing where a participle or a new report follows.

    broken: whether what stands before cannot do without it: "they were, she said, | in it together".
    """
    if line.low[k] not in {",", ":", "—", "–"} or k + 1 >= len(line):
        return []
    if broken and not line.tags[k + 1] & QUOTE:
        span = trim(line, k + 1, content_end(line, k + 1))
        return [span] if span else []
    nxt = line.low[k + 1]
    leaves = CONJUNCTION | WH | SUBORDINATOR | (PREP if nxt in TIMED or nxt in {"according", "as"} else 0)
    doing = nxt.endswith("ing") and not line.tags[k + 1] & PREP  # "…, X said, including …" goes on
    if doing or (nxt != "that" and line.tags[k + 1] & leaves) or nxt in {"who", "according"}:
        return []
    span = trim(line, k + 1, content_end(line, k + 1))
    return [span] if span else []
