"""What a cue verb takes (a clause, a question, an infinitive, a noun phrase), and whether somebody says it."""

from __future__ import annotations

from pipeline.voice.clause import content_end, fronted_end
from pipeline.voice.conversion import can_be_noun, takes_complement
from pipeline.voice.found import TELLS, Found, Span, indefinite, kind_of, trim, up_to_known
from pipeline.voice.idioms import considered
from pipeline.voice.subjects import apposed, finite, inside_phrase
from pipeline.voice.supposed import left_open
from pipeline.voice.tokens import AUX, CONJUNCTION, DET, MARK, PREP, PRONOUN, QUOTE, SUBORDINATOR, VERB, WH, Line

# Without a clause or a quotation these say nothing: "found the keys", "barked at the van".
_NEEDS_CLAUSE = frozenset(
    "find establish show learn hear see feel remember forget know understand own allow add continue lie record cry "
    "sigh laugh like trust discover project decide determine thunder muse intone bellow bark growl snap hiss moan "
    "groan gush enthuse chuckle grin smile beam sneer rage rant roar scream shriek wail sob whine marvel blurt "
    "gloat gasp volunteer venture reason reminisce surmise ruminate drawl mumble stammer rule fret crow seethe bet "
    "wager counsel jeer chorus".split()
)
_TO = frozenset(
    "want wish hope intend plan aim seek vow pledge promise threaten desire prefer agree decide refuse decline claim "
    "offer propose pretend swear profess expect prepare fear need ask demand request determine purport".split()
)
# These often take a plain object; a clause follows only if its verb is near: "recognised two regions and sent".
_OFTEN_NOUN = frozenset(
    "recognise recognize accept allow grant show find endorse certify own verify ratify validate record post "
    "announce declare proclaim project estimate discover publish document leak reveal disclose forecast mention "
    "outline describe underline highlight add answer broadcast detail quote cite hear see discuss recall".split()
)
# What follows these is a clause, even where its verb is far: "said the plan, which …, would …".
_ALWAYS_CLAUSE = frozenset("say insist argue believe think contend reckon".split())
# These take no clause without "that" or a question word.
_NO_CLAUSE = frozenset("speak talk discuss describe express voice outline refer".split())
_SAID_TO = frozenset("vow pledge promise threaten claim swear profess".split())
# What is ordered is done: "the court ordered the union to lift its blockade" is the outlet's report of a fact.
_COMMANDS = frozenset("order instruct command persuade convince".split())
_COMPLEMENT_PREPS = frozenset("for of about on against over to with at from into in".split())
# "Economists expect a recession" names what nobody has seen yet; "fear the recession", one that is there.
# "Admitted a leak" brings one into the world of the text; "admitted the leak" speaks of one that is known.
_FORETELLS = frozenset(
    "cite recall recount relate mention threaten propose expect anticipate foresee forecast fear suspect predict "
    "admit acknowledge concede confess".split()
)
# With a noun phrase these still report a claim ("denied the charge"); "announced a plan" states a fact.
_SPOKEN_OBJECT = frozenset(
    "attribute charge claim allege deny insinuate purport accuse blame refute dispute predict".split()
)


def complement(line: Line, i: int, j: int, base: str, name: str, cue: Span, source: Span | None) -> Found | None:
    """What the verb at i takes from j on: that-clause, question, infinitive, bare clause or noun phrase."""
    low = line.low[j]
    content = _content(line, i, j, source)
    if content is None:
        return None
    found = Found(cue, source, [content], "stance", i)
    if _finds_or_declares(line, i, j, base, source):
        return _told(found, kind="speech")
    if _says_nothing(line, j, base, source):
        return None
    if _holds_true(line, i, j, base):
        return found
    if low == "that" or line.tags[j] & WH or (low in {"whether", "if"} and base not in {"want", "agree"}):
        return _told(found, kind=kind_of(line, source))
    if low == "to":
        if base in _SAID_TO or ((base in TELLS or name == "urge") and base not in _COMMANDS):
            return _told(found, kind="speech")
        return _told(found, kind="intent") if base in _TO else None
    if base in _NO_CLAUSE and low != "as":
        return found
    if (cut := _garden_path(line, content, source)) is not None:
        return _told(found, contents=[cut])
    has_clause = base in _ALWAYS_CLAUSE or has_clause_verb(line, j, content[1], loose=base not in _OFTEN_NOUN)
    if name in {"say", "claim", "admit", "report", "think", "debunk"} and has_clause and base not in {"know"}:
        return _told(found, kind=kind_of(line, source))
    return _object(line, i, j, base, name, found, lacks=base in _NEEDS_CLAUSE and not has_clause)


def _told(found: Found, kind: str | None = None, contents: list[Span] | None = None) -> Found:
    """The report with another kind or other contents, in place: nobody else has it yet."""
    found.kind = kind or found.kind
    found.contents = contents or found.contents
    return found


def _object(line: Line, i: int, j: int, base: str, name: str, found: Found, *, lacks: bool) -> Found | None:
    """What a noun phrase after the verb at i, from j on, has of a report: "denied the charge", "fear a famine".

    lacks: whether the verb says nothing without a clause, and has none.
    """
    low, content = line.low[j], found.contents[0]
    if base in TELLS or name == "urge":
        told_of = low in {"of", "about"} and j + 1 < len(line) and indefinite(line, j + 1)
        return _told(found, kind="speech" if told_of else "intent")
    if (taken := considered(line, i, j, content[1])) is not None:
        return _told(found, contents=[taken], kind=kind_of(line, found.source))
    if lacks:
        return None
    if name in {"judge", "deny"} and low != "by" and (given := _given_as(line, j, content[1])) is not None:
        return _told(found, contents=[given], kind="speech")
    start = (i + 1, content[1]) if line.tags[i + 1] & PREP and line.low[i + 1] in _COMPLEMENT_PREPS else content
    if base == "deny":
        start = up_to_known(line, start)
    spoken = base in _SPOKEN_OBJECT or (base in _FORETELLS and indefinite(line, j))
    return _told(found, contents=[start], kind="speech" if spoken else "stance")


def _content(line: Line, i: int, j: int, source: Span | None) -> Span | None:
    """The words from j on that can be what the verb at i takes."""
    front = fronted_end(line, i, j)
    content = trim(line, j, min(content_end(line, j), front or len(line)))
    if content is not None and source is not None and _in_relative(line, source[0]):
        comma = next((k for k in range(*content) if line.low[k] == ","), content[1])
        content = trim(line, content[0], comma)  # "which critics say was rushed, …" ends with its clause
    if content is not None and line.low[j] in {"it", "this", "them"} and line.low[j + 1 : j + 2] == [","]:
        content = (j, j + 1)  # "denies it, but …"
    return content


def _says_nothing(line: Line, j: int, base: str, source: Span | None) -> bool:
    """Whether nothing is told: "says nothing", "has yet to prove that …", "let us pretend"."""
    low = line.low[j]
    if low in _SAYS_NO_MORE or (base == "pretend" and source is None):
        return True
    if (low == "that" and left_open(line, j)) or (low == "what" and not _LIKES.isdisjoint(line.low[j + 2 : j + 4])):
        return True
    if source is not None and finite(line, j) and _main_verb(line, j, source[0] - 1):
        return True  # "the exodus that all had predicted | failed to come"
    return low in {"whether", "if"} and base in _SETTLES


def _garden_path(line: Line, content: Span, source: Span | None) -> Span | None:
    """ "The memo that revealed | the leak | is missing": what the verb takes, without the line's own."""
    if source is None or line.low[source[0]] not in {"that", "which"}:
        return None
    verb = next((k for k in range(*content) if finite(line, k)), None)
    return (
        (content[0], verb) if verb is not None and verb > content[0] and _main_verb(line, verb, source[0]) else None
    )


_FACTIVE = frozenset("know realise realize notice understand remember forget".split())
_NOT = frozenset("not never nobody n't don't didn't doesn't couldn't cannot can't".split())
_SHOWS = frozenset("show reveal demonstrate document".split())
_TRACES = frozenset("evidence proof sign signs trace traces indication indications".split())
_INQUIRIES = frozenset("inquiry enquiry inquest investigation investigators audit auditors review report study "
                       "inspectors commission panel court judge judges jury tribunal watchdog regulator ombudsman "
                       "researchers economists".split())  # fmt: skip
_DECLARES = frozenset({"declare", "proclaim"})
_TEXTS = frozenset("motion resolution decree petition letter bill statement order proclamation manifesto charter law "
                   "declaration document memo banner".split())  # fmt: skip


def _holds_true(line: Line, i: int, j: int, base: str) -> bool:
    """ "Could not have known that …", "pictures show how …": the outlet holds it for true."""
    unknown = base in _FACTIVE and not _NOT.isdisjoint(line.low[max(0, i - 4) : i])
    return unknown or (line.low[j] in {"how", "why"} and base in _SHOWS)


def _finds_or_declares(line: Line, i: int, j: int, base: str, source: Span | None) -> bool:
    return (base == "find" and _found_none(line, j, source)) or (base in _DECLARES and _text(line, i, j))


def _found_none(line: Line, j: int, source: Span | None) -> bool:
    """ "Found no sign of X", and, of who inquires, "found no X": that there is none is their finding."""
    if source is None or line.low[j] not in {"no", "little", "scant"} or j + 2 >= len(line):
        return False
    traces = any(line.low[k] in _TRACES and line.low[k + 1] == "of" for k in range(j + 1, min(j + 4, len(line) - 1)))
    return traces or not _INQUIRIES.isdisjoint(line.low[source[0] : source[1]])


def _text(line: Line, i: int, j: int) -> bool:
    """ "A motion declaring an emergency", "a decree to proclaim a famine": a text names it, and names it new."""
    a = i - 1 if i and line.low[i - 1] == "to" else i
    return a > 0 and line.low[a - 1] in _TEXTS and (a < i or line.low[i].endswith("ing")) and indefinite(line, j)


def _main_verb(line: Line, j: int, relative: int) -> bool:
    """Whether the verb at j, after a relative clause from `relative` on, is the line's own: it has no other."""
    if relative < 1 or line.low[relative] not in {"that", "which"} or line.tags[relative - 1] & MARK:
        return False
    return not any(finite(line, k) for k in (*range(relative), *range(j + 1, len(line))))


_LIKES = frozenset("like likes want wants please pleases".split())
# "Said nothing while the strike lasted": what follows is not what was said.
_SAYS_NO_MORE = frozenset("nothing little everything".split())


def _given_as(line: Line, j: int, end: int) -> Span | None:
    """ "dismissed the vote as a sham": what the object is taken for."""
    for k in range(j + 1, min(end - 1, j + 10)):
        if line.tags[k] & (MARK | QUOTE | AUX | WH):
            return None
        if line.low[k] == "as":
            clause = line.tags[k + 1] & (PRONOUN | WH | AUX) and not line.tags[k + 1] & DET
            cut = next((m for m in range(k + 2, end) if line.low[m] in {"and", "but", ","}), end)
            return None if clause else trim(line, k + 1, cut)
    return None


# "The court will decide whether …" leaves a question to somebody: nobody says anything yet.
_SETTLES = frozenset("decide determine see find know".split())


def _in_relative(line: Line, a: int) -> bool:
    """Whether a source that begins at a is "who" after a comma, or stands in a clause with "which" or "who"."""
    if a == 0:
        return False
    if any(line.low[k] == "whose" for k in range(max(0, a - 2), a + 1)):
        return True
    return line.low[a - 1] in {"which", "who"} or (line.low[a] in {"who", "which"} and line.low[a - 1] == ",")


def has_clause_verb(line: Line, j: int, end: int, *, loose: bool) -> bool:
    """Whether tokens [j, end) hold a subject and then a finite verb; between them no comma but an apposition's two.

    loose: whether the subject may be long, with prepositions and "and".
    """
    k = j + 1
    while k < min(end, j + 25):
        t = line.tags[k]
        if not loose and t & (CONJUNCTION | PREP):
            return bool(line.tags[end - 1] & QUOTE)  # "added the plan for the bridge “was dead”"
        if t & (AUX | QUOTE):
            return True
        noun_form = can_be_noun(line.low[k]) and not takes_complement(line, k)
        if t & VERB and not noun_form and not inside_phrase(line, k, end):
            return True
        if (t & MARK and k < j + 2) or t & (WH | SUBORDINATOR):
            return False
        if line.low[k] == ",":
            after = next((m for m in range(k + 1, end) if line.low[m] == ","), None)
            if after is None or not apposed(line, k, after):
                return False
            k = after
        k += 1
    return False
