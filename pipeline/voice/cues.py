"""Cues in a line and what they attribute to whom."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.asides import aside, with_more
from pipeline.voice.clause import content_end, inverted_subject, skip_adverbials
from pipeline.voice.found import TELLS, Found, Span, after_hearer, cue_start, kind_of, passive, source_of, trim
from pipeline.voice.nominals import according, adjective, naming, noun, viewed
from pipeline.voice.subjects import before_verb, inside_phrase, subject
from pipeline.voice.tokens import (
    ADVERB,
    AUX,
    CONJUNCTION,
    DET,
    MARK,
    PREP,
    PRONOUN,
    QUOTE,
    SUBORDINATOR,
    TIME,
    VERB,
    WH,
    Line,
)

_NEEDS_CLAUSE = frozenset("find show learn hear see feel remember forget know understand own allow add continue "
                          "lie record cry sigh laugh like trust discover project decide determine "
                          "talk speak refer".split())  # fmt: skip


_TO = frozenset("want wish hope intend plan aim seek vow pledge promise threaten desire prefer agree decide refuse "
                "decline claim offer propose pretend swear profess expect prepare fear need ask demand request "
                "determine purport".split())  # fmt: skip


# What follows these is a clause, even where its verb is far: "said the plan, which …, would …".
# These often take a plain object; a clause follows only if its verb is near: "recognised two regions and sent".
_OFTEN_NOUN = frozenset(
    "recognise recognize accept allow grant show find endorse certify own verify ratify validate record post "
    "announce declare proclaim project estimate discover publish document leak reveal disclose forecast mention "
    "outline describe underline highlight add answer broadcast detail quote cite hear see discuss recall".split()
)
_ALWAYS_CLAUSE = frozenset("say insist argue believe think contend maintain reckon".split())
_SAID_TO = frozenset("vow pledge promise threaten claim swear profess".split())


# What is ordered is done: "the court ordered the union to lift its blockade" is the outlet's report of a fact.
_COMMANDS = frozenset("order instruct command persuade convince".split())
_COMPLEMENT_PREPS = frozenset("for of about on against over to with at from into in".split())


# "Economists expect a recession" names what nobody has seen yet; "fear the recession", one that is there.
_FORETELLS = frozenset("expect anticipate foresee forecast fear suspect".split())
# With a noun phrase these still report a claim ("denied the charge"); "announced a plan" states a fact.
# "spoke of a massacre", "warned of a famine": the name is the speaker's.
_SPEAKS_OF = frozenset("speak talk tell warn complain boast brag".split())
_SPOKEN_OBJECT = frozenset("claim allege deny insinuate purport accuse blame refute dispute predict".split())


def find(line: Line) -> list[Found]:
    """The attributions of a line, in the order of their cues."""
    out: list[Found] = []
    verbs, nouns, bases = lexicon.verb_classes(), lexicon.noun_classes(), lexicon.base_forms()
    for i, low in enumerate(line.low):
        found: Found | None = None
        if low == "according" and i + 1 < len(line) and line.low[i + 1] == "to":
            found = according(line, i)
        elif low in bases and not (line.upper[i] and i):
            base = bases[low]
            if _is_noun(line, i):
                found = noun(line, i) if low in nouns else None
            elif base in {"call", "appeal"} and (called := _calls_on(line, i, out)) is not None:
                found = called
            elif base in _NAMING and (named := naming(line, i, base, out)) is not None:
                found = named
            elif low in verbs:
                found = _verb(line, i, base, verbs[low], out)
        elif low in nouns:
            found = noun(line, i)
        elif low in lexicon.CUE_ADJECTIVES:
            found = adjective(line, i)
        elif low in {"put", "puts"} and i + 1 < len(line) and line.low[i + 1] == "it":
            found = aside(line, i, before_verb(line, i), "say", "say", past=i + 2)
        elif low == "in":
            found = viewed(line, i)
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


def _verb(line: Line, i: int, base: str, name: str, out: list[Found]) -> Found | None:
    """A cue verb: quoted, inverted, parenthetical, with a clause, an infinitive or a noun phrase."""
    low, n = line.low[i], len(line)
    before = before_verb(line, i)
    if _rather_noun(line, i, before):
        return noun(line, i)
    be_before = passive(line, i) if low.endswith(("ed", "wn", "ld", "en", "ght", "id", "nd")) else False
    if be_before:
        return _passive_report(line, i, base, name)
    inserted = aside(line, i, before, base, name)
    if inserted is not None:
        return inserted
    if base == "promise" and (that := _that_after_hearer(line, i)):
        content, source = trim(line, that, content_end(line, that)), source_of(line, i, out)
        return Found((cue_start(line, i), i + 1), source, [content], "speech", i) if content else None
    if base in _SPEAKS_OF and i + 2 < n and line.low[i + 1] == "of":
        content = trim(line, i + 1, content_end(line, i + 1))
        source = source_of(line, i, out)
        return Found((cue_start(line, i), i + 1), source, [content], "speech", i) if content and source else None
    j = skip_adverbials(line, i + 1)
    if base in TELLS and j < n and not line.tags[j] & (QUOTE | MARK) and line.low[j] not in {"that", "to"}:
        j = after_hearer(line, j)
    if j >= n:
        return None
    cue = (cue_start(line, i), i + 1)
    source = source_of(line, i, out)
    k = j
    while k < n and line.low[k] in {":", ","}:
        k += 1
    if k < n and line.tags[k] & QUOTE:
        return Found(cue, source, with_more(line, k), "speech", i)
    if line.low[j] == ":" and k < n:
        content = trim(line, k, n)
        return Found(cue, source, [content], "speech", i) if content else None
    if line.tags[j] & MARK or line.low[j] == ".":
        return None
    return _complement(line, i, j, base, name, cue, source)


def _calls_on(line: Line, i: int, out: list[Found]) -> Found | None:
    """ "called on X to …", "appealed to X to …": what X is to do is said by who calls."""
    n = len(line)
    if i + 3 >= n or line.low[i + 1] not in {"on", "upon", "to"} or line.tags[i + 2] & TIME:
        return None
    for k in range(i + 3, min(n, i + 14)):
        if line.low[k] == "to":
            content, source = trim(line, k, content_end(line, k)), source_of(line, i, out)
            return Found((cue_start(line, i), i + 2), source, [content], "speech", i) if content and source else None
        if line.tags[k] & (MARK | QUOTE | AUX | WH):
            return None
    return None


def _that_after_hearer(line: Line, i: int) -> int | None:
    """ "promised voters that …": where "that" stands; null where a noun phrase is promised."""
    for k in range(i + 2, min(len(line), i + 6)):
        if line.low[k] == "that":
            return k
        if line.tags[k] & (MARK | QUOTE | PREP | AUX):
            return None
    return None


def _rather_noun(line: Line, i: int, before: int) -> bool:
    """Whether a bare or -s form has nothing before it that could be its subject: "many promises he made"."""
    low = line.low[i]
    if i == 0 or low.endswith(("ed", "ing")) or low in _PAST or low not in lexicon.noun_classes():
        return False
    if before != i - 1 or line.low[i - 1] == "to" or line.tags[i - 1] & (PRONOUN | WH):
        return False
    return subject(line, i) is None and not line.tags[i - 1] & (CONJUNCTION | MARK | QUOTE)


_PAST = frozenset("said told wrote thought".split())


def _complement(line: Line, i: int, j: int, base: str, name: str, cue: Span, source: Span | None) -> Found | None:
    """What the verb at i takes from j on: that-clause, question, infinitive, bare clause or noun phrase."""
    low = line.low[j]
    content = trim(line, j, content_end(line, j))
    if content is not None and source is not None and _in_relative(line, source[0]):
        comma = next((k for k in range(*content) if line.low[k] == ","), content[1])
        content = trim(line, content[0], comma)  # "which critics say was rushed, …" ends with its clause
    if content is None:
        return None
    if low in {"whether", "if"} and base in _SETTLES:
        return None
    if low == "that" or line.tags[j] & WH or (low in {"whether", "if"} and base not in {"want", "agree"}):
        return Found(cue, source, [content], kind_of(line, source), i)
    if low == "to":
        if base in _SAID_TO or ((base in TELLS or name == "urge") and base not in _COMMANDS):
            return Found(cue, source, [content], "speech", i)
        return Found(cue, source, [content], "intent", i) if base in _TO else None
    has_clause = base in _ALWAYS_CLAUSE or has_clause_verb(line, j, content[1], loose=base not in _OFTEN_NOUN)
    if name in {"say", "claim", "admit", "report", "think", "debunk"} and has_clause and base not in {"know"}:
        return Found(cue, source, [content], kind_of(line, source), i)
    if base in TELLS or name == "urge":
        return Found(cue, source, [content], "intent", i)
    if base in _NEEDS_CLAUSE and not has_clause:
        return None
    start = (i + 1, content[1]) if line.tags[i + 1] & PREP and line.low[i + 1] in _COMPLEMENT_PREPS else content
    if base in _SPOKEN_OBJECT or (base in _FORETELLS and low in {"a", "an"}):
        return Found(cue, source, [start], "speech", i)
    return Found(cue, source, [start], "stance", i)


# "The court will decide whether …" leaves a question to somebody: nobody says anything yet.
_SETTLES = frozenset("decide determine see find know".split())


def _in_relative(line: Line, a: int) -> bool:
    """Whether a source that begins at a is "who" after a comma, or stands in a clause with "which" or "who"."""
    if a == 0:
        return False
    return line.low[a - 1] in {"which", "who"} or (line.low[a] in {"who", "which"} and line.low[a - 1] == ",")


def has_clause_verb(line: Line, j: int, end: int, *, loose: bool) -> bool:
    """Whether tokens [j, end) hold a subject and then a finite verb."""
    for k in range(j + 1, min(end, j + 25)):
        t = line.tags[k]
        if not loose and t & (CONJUNCTION | PREP):
            return False
        if t & AUX or (t & VERB and not inside_phrase(line, k, end)):
            return True
        if (t & MARK and k < j + 2) or t & (WH | SUBORDINATOR):
            return False
    return False


def _passive_report(line: Line, i: int, base: str, name: str) -> Found | None:
    """ "It is said that …", "X was accused of …", "X is expected to …", "X was told that …"."""
    j, n = i + 1, len(line)
    if j >= n:
        return None
    low = line.low[j]
    a = cue_start(line, i)
    about = subject(line, i)
    rest = trim(line, j, content_end(line, j))
    if low == "by":
        agent = inverted_subject(line, j)
        return Found((a, i + 1), agent, [about], "stance", i) if agent and about else None
    if rest is None:
        return None
    if low == "that" and (base in TELLS or (about is not None and line.low[about[0]] == "it")):
        return Found((a, i + 1), None, [rest], "speech", i)
    if about is not None and ((low == "to" and name != "want") or (low == "of" and base in {"accuse", "suspect"})):
        return Found((a, i + 1), None, [about, rest], "stance", i)
    return None
