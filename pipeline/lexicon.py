"""Words of speech and thought: cue verbs and nouns by class, and the verbs that give things their names.

Written from general knowledge of news English, not from labelled data. A cue is looked up by any of its
forms: `cue_class("denied")` is "deny". Nothing here belongs to a subject.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

# Verbs by what the speaker does with the content. `say` and `report` are neutral, `claim` leaves the
# content with the speaker, `admit` grants it, `deny` and `debunk` speak against it (debunk: as shown
# false), `think` is belief, `want` is wish or plan, `urge` asks others to act, `judge` values.
CUE_VERBS: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "say": frozenset(
            "say tell state add note explain comment remark observe reply respond answer continue conclude "
            "declare announce proclaim mention stress emphasize emphasise underline underscore highlight "
            "reiterate repeat recall recount write tweet retweet post joke quip shout yell whisper exclaim "
            "describe speak elaborate clarify specify ask inquire enquire narrate opine cry mutter murmur "
            "sigh laugh testify speculate inform notify brief assure reassure remind advise lament interject "
            "retort rejoin counter pronounce relate signal caution warn message outline articulate express "
            "voice query discuss talk chant point "
            # Ways of speaking: what is said stands in quotation marks or in a clause.
            "thunder muse intone bellow bark growl snap hiss moan groan gush enthuse chuckle grin smile beam sneer "
            "rage rant roar scream shriek wail sob whine marvel blurt gloat gasp volunteer venture reason reminisce "
            "surmise ruminate drawl mumble stammer "
            # What courts and prophets say.
            "rule decree fret crow seethe bet wager prophesy foretell chorus counsel jeer".split()
        ),
        "claim": frozenset(
            "claim allege assert insist argue contend maintain purport profess boast suggest imply hint "
            "accuse charge protest complain swear avow posit propose brag gripe grumble fume rail bluster "
            "theorize theorise hypothesize hypothesise insinuate submit plead pretend blame attribute".split()
        ),
        "admit": frozenset(
            "admit acknowledge concede confess confirm agree accept recognise recognize grant affirm allow "
            "own corroborate verify validate endorse certify ratify".split()
        ),
        "deny": frozenset(
            "deny reject dismiss refute rebut dispute contradict disavow repudiate contest challenge question "
            "doubt disagree decline refuse negate gainsay downplay deride scoff disown shrug disbelieve "
            "ridicule mock".split()
        ),
        "debunk": frozenset(
            "debunk disprove discredit falsify belie invalidate rubbish demolish unmask explode puncture "
            "confute fact-check misstate mislead fabricate lie".split()
        ),
        "think": frozenset(
            "think believe feel know consider suppose assume presume expect suspect worry wonder imagine "
            "guess reckon predict understand realise realize regard view deem judge conclude infer decide "
            "determine anticipate foresee forecast envision envisage fear dread remember forget perceive "
            "calculate contemplate ponder sense doubt trust".split()
        ),
        "report": frozenset(
            "report reveal disclose show find indicate estimate record document publish quote cite learn hear "
            "detail broadcast leak relay project discover uncover demonstrate prove divulge chronicle "
            "circulate rumor rumour establish".split()
        ),
        "want": frozenset(
            "want wish hope intend plan aim seek vow pledge promise threaten desire prefer agree resolve "
            "commit consider mull prepare".split()
        ),
        "urge": frozenset(
            "urge demand order request beg implore recommend encourage instruct command invite exhort press "
            "entreat appeal push lobby advocate persuade convince".split()
        ),
        "judge": frozenset(
            "criticize criticise praise condemn denounce slam blast decry welcome hail applaud laud support "
            "oppose defend back favor favour chide rebuke lambast lambaste attack castigate excoriate bemoan "
            "bash commend celebrate mourn regret thank tout credit fault like love hate trust approve "
            "disapprove congratulate apologize apologise embrace echo invoke".split()
        ),
    }
)

# Of the verbs above, those whose base and -s form are nouns as well and stand in no class of nouns.
CONVERTED: frozenset[str] = frozenset(
    "state note comment post tweet retweet joke quip shout yell whisper cry sigh laugh murmur mutter signal voice "
    "query talk chant point boast brag protest charge blame dispute challenge question doubt record document quote "
    "detail broadcast leak relay project estimate forecast chronicle sense guess dread aim wish hope order request "
    "command press push lobby slam blast welcome support favour favor rebuke attack credit fault love hate trust "
    "echo regret praise back answer counter message cast label brand bill style term call appeal plan promise pledge "
    "vow offer grant view judge rule decree counsel bet wager chorus jeer".split()
)

# Nouns that bring content: "his claim that …", "the belief that …", "a plan to …", "concerns about …".
CUE_NOUNS: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "say": frozenset(
            "statement remark comment declaration announcement message argument explanation answer response "
            "reply speech testimony assurance reminder warning word view opinion".split()
        ),
        "claim": frozenset(
            "claim allegation assertion accusation insistence contention suggestion charge complaint "
            "insinuation theory hypothesis narrative notion implication rumor rumour proposition".split()
        ),
        "admit": frozenset("admission acknowledgment acknowledgement concession confession confirmation".split()),
        "deny": frozenset("denial rejection refusal dismissal rebuttal refutation".split()),
        "debunk": frozenset("lie falsehood myth hoax fabrication fiction pretext pretence pretense".split()),
        "think": frozenset(
            "belief thought idea conclusion feeling fear concern worry hope expectation assumption suspicion "
            "conviction perception doubt prediction sense realization realisation confidence".split()
        ),
        "report": frozenset("report news revelation finding estimate evidence indication disclosure sign".split()),
        "want": frozenset(
            "plan promise pledge vow desire intention wish threat effort decision proposal commitment".split()
        ),
        "urge": frozenset("call demand request order recommendation appeal plea suggestion advice".split()),
        "judge": frozenset("criticism praise support opposition condemnation".split()),
    }
)

# Adjectives: "X is confident that …", "they were worried that …".
CUE_ADJECTIVES: MappingProxyType[str, str] = MappingProxyType(
    {
        word: name
        for name, words in {
            "think": "confident sure certain convinced aware hopeful optimistic doubtful worried concerned afraid "
            "skeptical sceptical unsure uncertain surprised fearful mindful pessimistic",
            "judge": "glad happy proud angry sorry disappointed pleased grateful upset furious thankful "
            "thrilled delighted",
            "say": "clear adamant explicit",
            "want": "eager willing ready determined keen reluctant unwilling prepared",
        }.items()
        for word in words.split()
    }
)

# Verbs that give a thing its name: "what X calls Y", "dubbed Y", "described as Y".
NAMING_VERBS: frozenset[str] = frozenset(
    "call dub term label brand style describe characterize characterise portray cast paint refer christen "
    "bill tout denounce designate nickname rename rebrand".split()
)
# Of these, those whose name follows "as" (or "to as"): "described as", "refers to it as".
NAMING_AS: frozenset[str] = frozenset(
    "describe characterize characterise portray cast paint refer bill brand denounce label style tout rebrand".split()
)

# Verbs that only give a name with "as a": "mocked as a circus", "presents the cut as a gift".
PRESENTING_VERBS: frozenset[str] = frozenset(
    "mock deride ridicule hail present depict frame decry market advertise promote sell pitch package trumpet herald "
    "peddle".split()
)

# Adjectives before a noun by which an outlet keeps clear of it.
DISTANCING_ADJECTIVES: frozenset[str] = frozenset(
    "alleged purported supposed ostensible self-styled self-proclaimed self-declared self-described "
    "self-appointed self-anointed so-called would-be putative soi-disant claimed imagined imaginary fictitious "
    "nonexistent non-existent vaunted much-vaunted much-touted much-trumpeted much-hyped much-heralded mythical "
    "phantom phoney bogus".split()
)
# "supposed", "claimed" and "alleged" are verbs too; "self-proclaimed republics" says something of the
# republics and stays a common, half-neutral name, yet keeps clear of the claim as well.

IRREGULAR: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "say": ("says", "said", "saying"),
        "tell": ("tells", "told", "telling"),
        "write": ("writes", "wrote", "written", "writing"),
        "speak": ("speaks", "spoke", "spoken", "speaking"),
        "swear": ("swears", "swore", "sworn", "swearing"),
        "think": ("thinks", "thought", "thinking"),
        "feel": ("feels", "felt", "feeling"),
        "know": ("knows", "knew", "known", "knowing"),
        "understand": ("understands", "understood", "understanding"),
        "foresee": ("foresees", "foresaw", "foreseen", "foreseeing"),
        "forecast": ("forecasts", "forecast", "forecasting"),
        "forget": ("forgets", "forgot", "forgotten", "forgetting"),
        "show": ("shows", "showed", "shown", "showing"),
        "find": ("finds", "found", "finding"),
        "hear": ("hears", "heard", "hearing"),
        "learn": ("learns", "learned", "learnt", "learning"),
        "leak": ("leaks", "leaked", "leaking"),
        "mislead": ("misleads", "misled", "misleading"),
        "lie": ("lies", "lied", "lying"),
        "sell": ("sells", "sold", "selling"),
        "seek": ("seeks", "sought", "seeking"),
        "beg": ("begs", "begged", "begging"),
        "grin": ("grins", "grinned", "grinning"),
        "snap": ("snaps", "snapped", "snapping"),
        "sob": ("sobs", "sobbed", "sobbing"),
        "brag": ("brags", "bragged", "bragging"),
        "plan": ("plans", "planned", "planning"),
        "submit": ("submits", "submitted", "submitting"),
        "admit": ("admits", "admitted", "admitting"),
        "commit": ("commits", "committed", "committing"),
        "refer": ("refers", "referred", "referring"),
        "prefer": ("prefers", "preferred", "preferring"),
        "infer": ("infers", "inferred", "inferring"),
        "quip": ("quips", "quipped", "quipping"),
        "slam": ("slams", "slammed", "slamming"),
        "rebut": ("rebuts", "rebutted", "rebutting"),
        "dub": ("dubs", "dubbed", "dubbing"),
        "broadcast": ("broadcasts", "broadcast", "broadcasting"),
        "cast": ("casts", "cast", "casting"),
        "pretend": ("pretends", "pretended", "pretending"),
        "label": ("labels", "labeled", "labelled", "labeling", "labelling"),
        "signal": ("signals", "signaled", "signalled", "signaling", "signalling"),
        "own": ("owns", "owned", "owning"),
        "plead": ("pleads", "pleaded", "pled", "pleading"),
    }
)
_VOWELS = "aeiou"


def forms(verb: str) -> tuple[str, ...]:
    """The forms of a verb: base, -s, past, participle, -ing. Regular unless listed as irregular."""
    if verb in IRREGULAR:
        return (verb, *IRREGULAR[verb])
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    ending = "es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s"
    return verb, f"{verb}{ending}", f"{verb}ed", f"{verb}ing"


def plural(noun: str) -> str:
    """The regular plural of a noun."""
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


PRESENTING_FORMS: frozenset[str] = frozenset(form for verb in PRESENTING_VERBS for form in forms(verb))

# Of a word in two classes, the first of these that has it gives its class.
_ORDER = ("debunk", "deny", "admit", "claim", "say", "report", "think", "want", "urge", "judge")


@cache
def verb_classes() -> MappingProxyType[str, str]:
    """Every form of every cue verb → its class."""
    out: dict[str, str] = {}
    for name in _ORDER:
        for verb in sorted(CUE_VERBS[name]):
            for form in forms(verb):
                out.setdefault(form, name)
    return MappingProxyType(out)


@cache
def noun_classes() -> MappingProxyType[str, str]:
    """Every cue noun, singular and plural → its class."""
    out: dict[str, str] = {}
    for name in _ORDER:
        for noun in sorted(CUE_NOUNS[name]):
            for form in (noun, plural(noun)):
                out.setdefault(form, name)
    return MappingProxyType(out)


@cache
def converted_forms() -> frozenset[str]:
    """The forms of CONVERTED that are nouns' forms: base and plural."""
    return frozenset(form for verb in CONVERTED for form in (verb, plural(verb)))


@cache
def base_forms() -> MappingProxyType[str, str]:
    """Every form of every cue verb and naming verb → the verb."""
    verbs = sorted({*NAMING_VERBS}.union(*CUE_VERBS.values()))
    out: dict[str, str] = {}
    for verb in verbs:
        for form in forms(verb):
            out.setdefault(form, verb)
    return MappingProxyType(out)


def cue_class(word: str) -> str | None:
    """The class of a cue verb in any form; null where the word is no cue verb.

    One of say, claim, admit, deny, debunk, think, report, want, urge, judge.
    """
    return verb_classes().get(word.casefold())


def noun_class(word: str) -> str | None:
    """The class of a cue noun, singular or plural; null where the word is none."""
    return noun_classes().get(word.casefold())
