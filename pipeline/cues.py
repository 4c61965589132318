"""What the wording of one sentence says about how it treats a claim, whatever the claim is.

Counts of attribution, denial, negation, distance and the like. The lexicons were written from knowledge
of English news writing, before any labelled sentence was looked at, and are frozen with the weights that
were trained on them: a change here asks for `scripts/train_credit.py` to be run again.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

# A cue that occurs more often than this says no more than one that occurs this often.
MOST = 2
# A sentence this long counts as fully long: few news sentences have more words.
LONG_WORDS = 40

_SAY = (
    "say|says|said|saying|tell|tells|told|add|adds|added|state|states|stated|note|notes|noted|explain|"
    "explains|"
    "explained|remark|remarked|report|reports|reported|write|writes|wrote|announce|announces|announced|"
    "argue|argues|argued|arguing|maintain|maintains|maintained|suggest|suggests|suggested|believe|"
    "believes|believed|"
    "think|thinks|thought|describe|describes|described|call|calls|called|see|sees|quote|quotes|quoted|"
    "voice|voices|"
    "voiced|expect|expects|estimate|estimates|estimated|predict|predicts|predicted|warn|warns|warned|"
    "fear|fears|feared"
)
_CLAIM = (
    "claim|claims|claimed|claiming|assert|asserts|asserted|insist|insists|insisted|insisting|contend|contends|"
    "contended|allege|alleges|alleged|declare|declares|declared|charge|charges|charged|portray|portrays|"
    "portrayed|"
    "purport|purports|swear|swears|swore|repeat|repeats|repeated|brand|brands|branded|complain|complains|"
    "complained"
)
_ACCUSE = "accuse|accuses|accused|accusing|blame|blames|blamed|blaming|accusation|accusations|allegation|allegations"
_DENY = (
    "deny|denies|denied|denying|denial|denials|reject|rejects|rejected|rejecting|dismiss|dismisses|dismissed|"
    "dismissing|refute|refutes|refuted|rebut|rebuts|rebutted|rebuke|dispute|disputes|disputed|disputing|"
    "contradict|contradicts|contradicted|contradicting|disprove|disproves|disproved|disproven|debunk|debunks|"
    "debunked|debunking|"
    "discredit|discredits|discredited|scoff|scoffs|scoffed|mock|mocks|mocked|ridicule|ridicules|ridiculed|"
    "counter|countered|deride|derides|derided|repudiate|repudiated|disagree|disagrees|disagreed"
)
_FALSE = (
    "false|falsely|untrue|wrong|wrongly|incorrect|mistaken|misleading|baseless|unfounded|groundless|unproven|"
    "unsubstantiated|fabricated|fabrication|fabrications|invented|invention|bogus|fake|fakes|myth|myths|"
    "hoax|hoaxes|"
    "lie|lies|lying|lied|nonsense|absurd|ludicrous|preposterous|ridiculous|laughable|fiction|fictitious|"
    "fantasy|"
    "fairy tale|fairy tales|conspiracy theory|conspiracy theories|disinformation|misinformation|propaganda|"
    "slander|smear|smears|pretext|scaremongering|far-fetched|implausible|exaggerated|overblown|legend|"
    "slur|slurs"
)
_DOUBT = (
    "doubt|doubts|doubted|doubtful|doubting|question|questions|questioned|questioning|sceptical|"
    "skeptical|sceptics|"
    "skeptics|dubious|unlikely|unclear|unconvinced|hard to believe|remains to be seen|far from|hardly|"
    "scarcely|barely|"
    "fails to|failed to|fell apart|falls apart|does not hold|cannot explain|challenge|challenges|challenged"
)
_SHOW = (
    "show|shows|showed|shown|showing|prove|proves|proved|proven|proof|demonstrate|demonstrates|"
    "demonstrated|confirm|"
    "confirms|confirmed|confirming|reveal|reveals|revealed|find|finds|found|establish|established|expose|"
    "exposes|"
    "exposed|document|documents|documented|evidence|uncover|uncovered"
)
_ADMIT = (
    "admit|admits|admitted|admitting|acknowledge|acknowledges|acknowledged|concede|concedes|conceded|confess|"
    "confesses|confessed|recognise|recognises|recognised|recognize|recognizes|recognized|grant|grants|granted"
)
_STANCE = (
    "rightly|of course|clearly|obviously|plainly|evidently|undoubtedly|undeniably|undeniable|unquestionably|"
    "indisputable|indisputably|certainly|surely|indeed|in truth|the truth is|the fact is|the fact that|"
    "no wonder|small wonder|everyone knows|everybody knows|as everyone|we all know|needless to say|no secret|"
    "finally|at last|must|should|ought|shame|disgrace|disgraceful|scandal|outrage|legitimate|understandable"
)
_AFFIRM = (
    r"(?:no|little|beyond|without|any) (?:serious |reasonable |real )?doubt|(?:nobody|no one|few|none|"
    r"hardly anyone|who) "
    r"(?:can |could |would |still |seriously |any longer |now )*(?:doubt|doubts|deny|denies|dispute|"
    r"disputes|question|questions)|"
    r"(?:cannot|can't|can not|could not|couldn't|impossible to|hard to) (?:\w+ )?(?:deny|be denied|ignore|"
    r"be ignored|dispute|overlook)|"
    r"there is no denying|no longer (?:deny|in doubt|a secret)|(?:did|does|do) not (?:deny|dispute)|"
    r"(?:didn't|doesn't|don't) (?:deny|dispute)|"
    r"not (?:a )?(?:coincidence|an accident|by accident|by chance)|no (?:coincidence|accident)"
)
_NO_EVIDENCE = (
    r"(?:no|not a|without|little|scant|any|zero|nor) (?:\w+ ){0,2}(?:evidence|proof|trace|traces|sign|"
    r"signs|basis|grounds|"
    r"reason|link|indication|support|truth|effect|connection|merit|foundation)"
)
_NEGATION = (
    r"not|no|never|nothing|nobody|none|nowhere|neither|nor|without|cannot|\w+n['’]t|dont|doesnt|isnt|"
    r"wasnt|cant|rather than|"
    r"instead of|anything but|least of all"
)
_COUNTER = (
    "but|however|yet|although|though|despite|in fact|actually|in reality|contrary|instead|whereas|even though|"
    "nevertheless|nonetheless|still|strange|strangely|odd|oddly|curious|curiously|funny|except|somehow|"
    "apparently"
)
_DISTANCE = (
    r"so-called|so called|alleged|allegedly|supposed|supposedly|purported|purportedly|ostensibly|"
    r"ostensible|self-styled|"
    r"self-proclaimed|(?<!\bin )what \w+(?: \w+){0,3} calls?|as \w+(?: \w+){0,2} (?:calls?|puts?) it|rumour|rumours|"
    r"rumor|rumors|"
    r"the (?:claim|idea|notion|theory|talk|story|suggestion|charge|narrative|tale|argument|line|assertion|"
    r"allegation) (?:that|of)"
)
_HYPOTHETICAL = (
    "if|would|could|might|may|whether|perhaps|possibly|potentially|possible|were to|unless|suppose|imagine"
)
_SOURCE = (
    r"according to|in the words of|in the view of|in the eyes of|citing|cited|per the|as per|sources?|"
    r"officials?|"
    r"spokes(?:man|woman|person)|analysts?|experts?|critics?|opponents?|supporters?|campaigners?|"
    r"observers?|witnesses|"
    r"survey|poll|polls|petition|lawsuit|indictment|report|study|statement|interview|testimony|column|"
    r"op-ed|leaflet"
)
_PERSON = (
    r"minister|president|spokesman|spokeswoman|ambassador|professor|senator|governor|mayor|chairman|director|"
    r"general|colonel|lawyer|prosecutor|economist|researcher|union|party|ministry|committee|agency|government"
)
_CALENDAR = (
    r"will be (?:held|published|presented|discussed|debated|decided)|next (?:week|month|year|spring|"
    r"summer|autumn|"
    r"winter)|scheduled|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|in (?:january|february|march|april|"
    r"may|june|july|"
    r"august|september|october|november|december)|per cent|percent|%|million|billion|kilomet(?:re|er)s"
)
_ONLY = (
    "only|merely|mere|just|simply|nothing but|none other than|precisely|exactly|because|therefore|thanks to|due to"
)
_FIRST = "i|we|our|us|my|me|let us|let's"

LEXICONS: dict[str, str] = {
    "say": _SAY, "claim": _CLAIM, "accuse": _ACCUSE, "deny": _DENY, "false": _FALSE, "doubt": _DOUBT,
    "show": _SHOW, "admit": _ADMIT, "stance": _STANCE, "affirm": _AFFIRM, "no_evidence": _NO_EVIDENCE,
    "negation": _NEGATION, "counter": _COUNTER, "distance": _DISTANCE, "hypothetical": _HYPOTHETICAL,
    "source": _SOURCE, "person": _PERSON, "calendar": _CALENDAR, "only": _ONLY, "first": _FIRST,
}  # fmt: skip

# A term and who uses it ("in what economists call a 'liquidity trap'"): nobody says the claim there, unless the term
# is what it claims ("in what critics call a coup").
_TERM = re.compile(
    r"\bin what (?:[\w’'-]+ ){1,6}(?:calls?|knows? as) (?:an? |the )?(?P<term>[\"“‘'][^\"“”‘’']{1,40}[\"”’']|\w+)"
)
_QUOTED = re.compile(r"[\"“”„«»]")
_SCARE = re.compile(r"[\"“‘'«](?:[\w-]+ ?){1,3}[\"”’'»]")
_LABEL = re.compile(r"^[^,.:;]{2,40}: |: [\"“‘']?[A-Z]|[,:] \w+ (?:says|said)[.,]?$")
_NAMED_SAY = re.compile(
    rf"\b[A-Z][\w.’'-]*(?: [\w’'-]+)?(?: has| have| had)? (?:{_SAY}|{_CLAIM}|{_ACCUSE}|{_ADMIT})\b"
)
_NAMED_DENY = re.compile(rf"\b[\w’'-]+(?: has| have| had)? (?:{_DENY})\b(?! by)")
_SAY_THAT = re.compile(rf"\b(?:{_SAY}|{_CLAIM}|{_ADMIT})(?: \w+){{0,2}} that\b", re.IGNORECASE)
_DENY_THAT = re.compile(
    rf"\b(?:{_DENY})(?: \w+){{0,3}} (?:that|claims?|having|being|any|accusations?)\b", re.IGNORECASE
)
_PASSIVE = re.compile(
    rf"\b(?:is|are|was|were|been) (?:\w+ )?(?:{_SAY}|{_CLAIM}|{_ACCUSE})\b(?: to\b)?", re.IGNORECASE
)
_PATTERNS: dict[str, re.Pattern[str]] = {
    "quoted": _QUOTED, "scare": _SCARE, "label": _LABEL, "named_say": _NAMED_SAY, "named_deny": _NAMED_DENY,
    "say_that": _SAY_THAT, "deny_that": _DENY_THAT, "passive": _PASSIVE,
    "question_mark": re.compile(r"\?"), "exclamation": re.compile("!"), "number": re.compile(r"\d"),
}  # fmt: skip


@cache
def _lexicon(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{LEXICONS[name]})(?!\w)", re.IGNORECASE)


CUE_NAMES: tuple[str, ...] = (
    *LEXICONS,
    *_PATTERNS,
    "length",
    "attributed",
    "negated_without_affirming",
    "denied_or_false",
    "negation_in_claim",
    "negations_differ",
)


def cues(sentence: str, claim: str) -> np.ndarray:
    """float32 (len(CUE_NAMES),): counts capped at `MOST`, flags 0 or 1, length 0 – 1.

    A sentence or claim all in capitals is read in lower case, but for its names, which cannot be told.
    """
    claim = _calm(claim)
    sentence = _TERM.sub(lambda found: found[0] if _within(found["term"], claim) else "", _calm(sentence))
    found = {name: min(MOST, len(_lexicon(name).findall(sentence))) for name in LEXICONS}
    found |= {name: min(MOST, len(pattern.findall(sentence))) for name, pattern in _PATTERNS.items()}
    negated = bool(found["negation"] and not found["affirm"])
    claim_negated = bool(_lexicon("negation").search(claim))
    derived = (
        min(1.0, len(sentence.split()) / LONG_WORDS),
        float(
            bool(found["say"] or found["claim"] or found["accuse"]) and bool(found["named_say"] or found["source"])
        ),
        float(negated),
        float(bool(found["deny"] or found["false"] or found["no_evidence"]) and not found["affirm"]),
        float(claim_negated),
        float(negated != claim_negated),
    )
    return np.array([*found.values(), *derived], np.float32)


def cue_matrix(pairs: list[tuple[str, str]]) -> np.ndarray:
    """float32, pairs × cues, for pairs of sentence and claim."""
    if not pairs:
        return np.zeros((0, len(CUE_NAMES)), np.float32)
    return np.stack([cues(sentence, claim) for sentence, claim in pairs])


def _within(term: str, claim: str) -> bool:
    """Whether all words of the term are the claim's."""
    return set(re.findall(r"\w+", term.casefold())).issubset(re.findall(r"\w+", claim.casefold()))


def _calm(text: str) -> str:
    """Capitals say nothing where there is nothing else."""
    return text.capitalize() if text.isupper() else text
