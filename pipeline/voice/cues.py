"""Cues in a line and what they attribute to whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline import lexicon
from pipeline.voice import clause
from pipeline.voice.tokens import (
    ADVERB,
    AUX,
    CONJUNCTION,
    DET,
    MARK,
    OBJECT,
    PREP,
    PRONOUN,
    QUOTE,
    SUBORDINATOR,
    VERB,
    WH,
    Line,
)

Span = tuple[int, int]


@dataclass(slots=True)
class Found:
    """One attribution, in tokens of its line: spans [a, b). `kind` says how it was found.

    speech: quoted or reported words; intent: "plans to …"; stance: "condemned the …"; name: "called it …".
    """

    cue: Span
    source: Span | None
    contents: list[Span]
    kind: str
    verb: int = field(default=-1)


_NEEDS_CLAUSE = frozenset("find show learn hear see feel remember forget know understand own allow add continue "
                          "lie record cry sigh laugh like love hate trust back discover project decide determine "
                          "talk speak discuss refer describe express voice".split())  # fmt: skip
_TELLS = frozenset("tell inform notify assure reassure remind advise warn brief convince persuade ask urge "
                   "instruct order command beg implore encourage press".split())  # fmt: skip
_TO = frozenset("want wish hope intend plan aim seek vow pledge promise threaten desire prefer agree decide refuse "
                "decline claim offer propose pretend swear profess expect prepare fear need ask demand request "
                "determine purport".split())  # fmt: skip
_COMPLEMENT_PREPS = frozenset("for of about on against over to with at from into in".split())
_COMMAS = frozenset({",", "—", "–", "--", "-"})
_SAYING = frozenset({"say", "claim", "admit", "report", "deny", "think", "urge", "judge", "want"})
_SPOKEN_OBJECT = frozenset("announce declare proclaim claim allege deny predict assert suggest imply forecast "
                           "foresee hint purport insinuate profess accuse refute dispute".split())  # fmt: skip


def find(line: Line) -> list[Found]:
    """The attributions of a line, in the order of their cues."""
    out: list[Found] = []
    verbs, nouns, bases = lexicon.verb_classes(), lexicon.noun_classes(), lexicon.base_forms()
    for i, low in enumerate(line.low):
        found: Found | None = None
        if low == "according" and i + 1 < len(line) and line.low[i + 1] == "to":
            found = _according(line, i)
        elif low in bases and not (line.upper[i] and i):
            base = bases[low]
            if _is_noun(line, i):
                found = _noun(line, i) if low in nouns else None
            elif base in _NAMING and (naming := _naming(line, i, base, out)) is not None:
                found = naming
            elif low in verbs:
                found = _verb(line, i, base, verbs[low], out)
        elif low in nouns:
            found = _noun(line, i)
        elif low in lexicon.CUE_ADJECTIVES:
            found = _adjective(line, i)
        if found is not None:
            out.append(found)
    return out


_NAMING = lexicon.NAMING_VERBS


def _is_noun(line: Line, i: int) -> bool:
    """Whether a word that can be a verb stands as a noun: after an article, a possessive, a preposition."""
    if i == 0:
        return False
    low, before, t = line.low[i], line.low[i - 1], line.tags[i - 1]
    if low.endswith("ing"):
        return False
    if before == "to":
        return False
    if (t & DET and not t & PRONOUN) or (before.endswith(("'s", "s'")) and not t & (PRONOUN | AUX)):
        return True
    if t & PREP and not t & (ADVERB | SUBORDINATOR):
        return True
    return (
        low in lexicon.noun_classes()
        and not low.endswith("ed")
        and i + 1 < len(line)
        and (line.low[i + 1] in {"of", "by"})
    )


def _trim(line: Line, a: int, b: int) -> Span | None:
    """Tokens [a, b) without marks at either end; null where nothing is left."""
    while a < b and line.tags[a] & MARK and line.low[a] not in "([":
        a += 1
    while b > a and ((line.tags[b - 1] & MARK and line.low[b - 1] not in ")]") or line.low[b - 1] == "."):
        b -= 1
    return (a, b) if b > a else None


def _cue_start(line: Line, i: int) -> int:
    """The cue with its auxiliaries and adverbs: "has repeatedly said"."""
    a = i
    while a > 0 and line.tags[a - 1] & (AUX | ADVERB) and not line.tags[a - 1] & (PRONOUN | MARK):
        a -= 1
    return a


def _source(line: Line, i: int, out: list[Found]) -> Span | None:
    """The subject of the verb at i; that of the verb before where it shares it ("… and said")."""
    span = clause.subject(line, i)
    if span is not None:
        return span
    return out[-1].source if out else None


def _according(line: Line, i: int) -> Found | None:
    """ "According to X, …" and "…, according to X"."""
    n = len(line)
    opening = i == 0 or (line.tags[i - 1] & (CONJUNCTION | SUBORDINATOR) and i < 3)
    k = i + 2
    while k < n and not line.tags[k] & QUOTE and line.low[k] not in {";", "—", "–"}:
        if line.low[k] == "," and (opening or not (k + 1 < n and line.tags[k + 1] & (DET | WH))):
            break
        k += 1
    source = _trim(line, i + 2, k)
    if opening:
        content = _trim(line, k + 1, clause.content_end(line, min(k + 1, n - 1))) if k + 1 < n else None
    else:
        content = _trim(line, _clause_start(line, i), i)
    if source is None or content is None:
        return None
    return Found((i, i + 2), source, [content], "speech", i)


def _clause_start(line: Line, i: int) -> int:
    """Where the clause that a following cue reports begins: after the last ";" or report before it."""
    for k in range(i - 1, -1, -1):
        if line.low[k] == ";":
            return k + 1
    return 0


def _verb(line: Line, i: int, base: str, name: str, out: list[Found]) -> Found | None:
    """A cue verb: quoted, inverted, parenthetical, with a clause, an infinitive or a noun phrase."""
    low, n = line.low[i], len(line)
    before = clause.before_verb(line, i)
    be_before = _passive(line, i) if low.endswith(("ed", "wn", "ld", "en", "ght", "id", "nd")) else False
    if be_before:
        return _passive_report(line, i, base, name)
    aside = _aside(line, i, before, base, name)
    if aside is not None:
        return aside
    j = clause.skip_adverbials(line, i + 1)
    if base in _TELLS and j < n and not line.tags[j] & (QUOTE | MARK) and line.low[j] not in {"that", "to"}:
        j = _after_hearer(line, j)
    if j >= n:
        return None
    cue = (_cue_start(line, i), i + 1)
    source = _source(line, i, out)
    k = j
    while k < n and line.low[k] in {":", ","}:
        k += 1
    if k < n and line.tags[k] & QUOTE:
        return Found(cue, source, _with_more(line, k), "speech", i)
    if line.low[j] == ":" and k < n:
        content = _trim(line, k, n)
        return Found(cue, source, [content], "speech", i) if content else None
    if line.tags[j] & MARK or line.low[j] == ".":
        return None
    return _complement(line, i, j, base, name, cue, source)


def _complement(line: Line, i: int, j: int, base: str, name: str, cue: Span, source: Span | None) -> Found | None:
    """What the verb at i takes from j on: that-clause, question, infinitive, bare clause or noun phrase."""
    low = line.low[j]
    content = _trim(line, j, clause.content_end(line, j))
    if content is None:
        return None
    if low == "that" or line.tags[j] & WH or (low in {"whether", "if"} and base not in {"want", "agree"}):
        return Found(cue, source, [content], "speech", i)
    if low == "to":
        intent = base in _TO or base in _TELLS
        return Found(cue, source, [content], "intent", i) if intent else None
    has_clause = _finite(line, j, content[1])
    if name in {"say", "claim", "admit", "report", "think", "debunk"} and has_clause and base not in {"know"}:
        return Found(cue, source, [content], "speech", i)
    if base in _TELLS or name == "urge":
        return Found(cue, source, [content], "intent", i)
    if base in _NEEDS_CLAUSE and not has_clause:
        return None
    start = (i + 1, content[1]) if line.tags[i + 1] & PREP and line.low[i + 1] in _COMPLEMENT_PREPS else content
    if base in _SPOKEN_OBJECT:
        return Found(cue, source, [start], "speech", i)
    return Found(cue, source, [start], "stance", i)


def _finite(line: Line, j: int, end: int) -> bool:
    """Whether tokens [j, end) hold a subject and then a finite verb."""
    for k in range(j + 1, min(end, j + 25)):
        t = line.tags[k]
        if t & AUX or (t & VERB and not clause._inside_phrase(line, k, end)):
            return True
        if (t & MARK and k < j + 2) or t & (WH | SUBORDINATOR):
            return False
    return False


def _with_more(line: Line, k: int) -> list[Span]:
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


def _aside(line: Line, i: int, before: int, base: str, name: str) -> Found | None:
    """ "…," said X · "…," X said · …, X said on Monday, … — the content stands before the cue."""
    n = len(line)
    if name not in _SAYING:
        return None
    start = _clause_start(line, i)
    inverted = before >= 0 and (
        line.tags[before] & QUOTE
        or (
            line.low[before] in _COMMAS
            and (line.tags[before - 1] & QUOTE or base in {"say", "add", "report", "write"})
        )
    )
    if inverted and i - before == 1 and not line.low[i].endswith("ing"):
        source = clause.inverted_subject(line, i)
        if source is not None and not (line.low[before] in _COMMAS and not _closes_after(line, source[1])):
            return _around(line, start, before, i, source, source[1])
    source = clause.subject(line, i)
    if source is None or source[0] == 0:
        return None
    mark = source[0] - 1
    if not (line.tags[mark] & QUOTE or line.low[mark] in _COMMAS):
        return None
    after = clause.skip_adverbials(line, i + 1)
    if base in _TELLS and after < n and not line.tags[after] & (MARK | QUOTE):
        after = _after_hearer(line, after)
    quoted = line.tags[mark] & QUOTE or line.tags[mark - 1] & QUOTE
    if (
        after < n
        and not line.tags[after] & MARK
        and line.low[after] != "."
        and not (quoted and line.low[after] in {"as", "when", "while", "after", "before", "of"})
    ):
        return None
    if after < n and line.low[after] == ":":
        return None
    return _around(line, start, mark, i, source, after)


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
        first = [span] if (span := _trim(line, start, mark)) else []
    if not first:
        return None
    quoted = bool(line.tags[first[-1][1] - 1] & QUOTE)
    k = max(i + 1, after)
    while k < len(line) and not line.tags[k] & MARK and not line.tags[k] & QUOTE:
        k += 1
    contents = first
    if k < len(line):
        contents = first + (_later_quotes(line, k) if quoted else _rest(line, k))
    return Found((_cue_start(line, i), i + 1), source, contents, "speech", i)


def _quote_run(line: Line, start: int, end: int) -> list[Span]:
    """The content that ends with a quotation at end − 1: the clause it is part of, or itself."""
    a = end - 1
    if a > start and not line.tags[a - 1] & MARK and line.low[a - 1] != ".":
        return [span] if (span := _trim(line, start, end)) else []
    return [(a, end)]


def _later_quotes(line: Line, k: int) -> list[Span]:
    for m in range(k, len(line)):
        if line.tags[m] & QUOTE:
            return [(m, m + 1)]
        if lexicon.cue_class(line.low[m]):
            return []
    return []


def _rest(line: Line, k: int) -> list[Span]:
    """The rest of a reported sentence after ", X said,"; nothing where a participle or a new report follows."""
    if line.low[k] != "," or k + 1 >= len(line):
        return []
    nxt = line.low[k + 1]
    if nxt.endswith("ing") or line.tags[k + 1] & (CONJUNCTION | WH | SUBORDINATOR) or nxt in {"who", "according"}:
        return []
    span = _trim(line, k + 1, clause.content_end(line, k + 1))
    return [span] if span else []


def _after_hearer(line: Line, j: int) -> int:
    """Past who is told: "told reporters that", "warned the government to", "told the BBC the …"."""
    n = len(line)
    if line.tags[j] & OBJECT:
        return clause.skip_adverbials(line, j + 1)
    k = j + 1
    while k < n and k - j < 16:
        t, low = line.tags[k], line.low[k]
        if low in {"that", "to", "whether", "how", "why", "what"} or t & QUOTE or low in {":", "."}:
            return k
        if low == "," or (t & (PRONOUN | DET) and not t & OBJECT and not line.tags[k - 1] & (PREP | CONJUNCTION)):
            return k
        if t & PREP and low in {"on", "in", "at", "during", "of", "about", "against", "after"}:
            return clause.skip_adverbials(line, k) if low not in {"of", "about", "against"} else k
        if t & AUX:
            return max(j, k - 1)
        k += 1
    return min(k, n)


def _passive(line: Line, i: int) -> bool:
    j = i - 1
    while j >= 0 and line.tags[j] & ADVERB:
        j -= 1
    return j >= 0 and line.low[j] in _BE


_BE = frozenset("is are was were be been being isn't aren't wasn't weren't it's".split())


def _passive_report(line: Line, i: int, base: str, name: str) -> Found | None:
    """ "It is said that …", "X was accused of …", "X is expected to …", "X was told that …"."""
    j, n = i + 1, len(line)
    if j >= n:
        return None
    low = line.low[j]
    a = _cue_start(line, i)
    subject = clause.subject(line, i)
    rest = _trim(line, j, clause.content_end(line, j))
    if low == "by":
        agent = clause.inverted_subject(line, j)
        return Found((a, i + 1), agent, [subject], "stance", i) if agent and subject else None
    if rest is None:
        return None
    if low == "that" and (base in _TELLS or (subject is not None and line.low[subject[0]] == "it")):
        return Found((a, i + 1), None, [rest], "speech", i)
    if subject is not None and ((low == "to" and name != "want") or (low == "of" and base in {"accuse", "suspect"})):
        return Found((a, i + 1), None, [subject, rest], "stance", i)
    return None


def _naming(line: Line, i: int, base: str, out: list[Found]) -> Found | None:
    """ "X called Y Z": Y Z is what X says; the distance is found elsewhere."""
    j = i + 1
    if j >= len(line) or line.tags[j] & MARK or line.low[j] in {"on", "off", "in", "back", "upon", "up", "out"}:
        return None
    if _passive(line, i) or line.low[i] in {"terms", "styles", "labels", "brands", "bills", "casts", "paints"}:
        return None
    content = _trim(line, j, clause.content_end(line, j))
    if content is None:
        return None
    kind = "stance" if line.low[j] == "for" or base in {"describe", "tout", "denounce"} else "name"
    return Found((_cue_start(line, i), i + 1), _source(line, i, out), [content], kind, i)


def _noun(line: Line, i: int) -> Found | None:
    """ "X's claim that …", "the belief that …", "their plan to …", "concerns about …"."""
    j = i + 1
    if j >= len(line):
        return None
    low = line.low[j]
    name = lexicon.noun_class(line.low[i])
    if low != "that" and not (low == "to" and name in {"want", "urge", "deny"}) and low not in {"about", "for", ":"}:
        return None
    owner = _owner(line, i)
    if low in {"about", "for"} and (owner is None or name not in {"think", "say", "urge", "want", "judge"}):
        return None
    content = _trim(line, j, clause.content_end(line, j))
    if content is None:
        return None
    kind = "speech" if low in {"that", ":"} else "intent" if low == "to" else "stance"
    return Found((i, i + 1), owner, [content], kind, i)


_OWNERS = frozenset("his her their its my our your".split())


def _owner(line: Line, i: int) -> Span | None:
    """Whose claim: a possessive before the noun, at most three words before."""
    for k in range(i - 1, max(-1, i - 5), -1):
        if line.low[k] in _OWNERS:
            return k, k + 1
        if line.low[k].endswith(("'s", "s'")) and not line.tags[k] & PRONOUN:
            return clause._phrase_start(line, k + 1), k + 1
        if line.tags[k] & (MARK | QUOTE | PREP | AUX):
            return None
    return None


def _adjective(line: Line, i: int) -> Found | None:
    """ "X is confident that …", "worried about …", "willing to …"."""
    j = i + 1
    if j >= len(line) or i == 0 or line.low[j] not in {"that", "to", "about", "of"}:
        return None
    before = clause.before_verb(line, i)
    if before == i - 1 and line.low[i - 1] not in {"feel", "felt", "feels"}:
        return None
    content = _trim(line, j, clause.content_end(line, j))
    if content is None:
        return None
    kind = {"that": "speech", "to": "intent"}.get(line.low[j], "stance")
    return Found((_cue_start(line, i), i + 1), clause.subject(line, i), [content], kind, i)
