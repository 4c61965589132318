"""Which of a codebook's groups a speaker belongs to, by name, by office and place, and by what the article said of
the same person before.

A source in a text is often short: "Stroud", "the ministry". Within one article a surname stands for whoever was
introduced under it, and "the ministry" for the last ministry that spoke. Offices are general words of English; which
place, people or institution belongs to which group is the codebook's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.codebook import Speakers, Term
from pipeline.terms import Matcher

OFFICES = frozenset(
    "minister ministry president premier chancellor government official spokesman spokeswoman spokesperson "
    "ambassador envoy diplomat delegation negotiator lawmaker legislator parliament parliamentarian senate senator "
    "congress congressman congresswoman military army navy force general colonel major admiral commander troop "
    "authority embassy consulate consul intelligence agency department secretary adviser advisor aide leader "
    "leadership king queen prince mayor governor deputy side state court prosecutor police council commission "
    "commissioner mission representative chairman chairwoman chair head chief director administration cabinet "
    "statement regulator watchdog service committee office party union command staff bank leadership".split()
)
# Words that stand before a name and say who it is, beside capitalised ones and offices.
_INTRODUCES = frozenset(
    "the former acting deputy vice prime foreign defence defense interior state press senior top chief of for and to "
    "first".split()
)
_WORD = re.compile(r"[^\W_](?:[^\s,;:()\[\]“”\"]*[^\W_])?\.?")
_HEAD_ENDS = re.compile(r",|\b(?:of|for|from|in|at|to|with|on|by|near|between|against)\b")
_RELATIVE = re.compile(r",?\s+(?:who|whom|whose|which|that)\b")
# What says of whom an office is: "a spokesman for …", "the ambassador to …".
_COMPLEMENT = re.compile(r"\s*(?:of|for|to|at|with)\s+([^,]+)")
_APPOSITION = re.compile(r",\s+((?:the|an?|[^\W_]+['’]s|[a-z]+)\s[^.;:!?\n“”\"]{2,100}?)(?:,|\.|;|\n|$)")
_ONCE = frozenset("former ex retired".split())
_TITLES = frozenset("mr mrs ms dr sir lord lady prof professor".split())
_DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december today yesterday".split()
)
LONGEST_RUN = 10  # words before a name that are looked at


def noun_of(word: str) -> str:
    """A word in lower case, its possessive ending and regular plural off."""
    low = re.sub(r"['’]s?$", "", word.casefold())
    if low.endswith("ies") and f"{low[:-3]}y" in OFFICES:
        return f"{low[:-3]}y"
    return low[:-1] if low.endswith("s") and low[:-1] in OFFICES else low


class Groups:
    """The groups of a codebook, looked up by a speaker's words alone."""

    def __init__(self, speakers: Sequence[Speakers]) -> None:
        self.ids = tuple(group.id for group in speakers)
        self._names = Matcher.of([Term(term=group.names[0], forms=group.names[1:]) for group in speakers])
        self._common = {name for group in speakers for name in group.names if name == name.lower()}
        placed = [(i, group.places) for i, group in enumerate(speakers) if group.places]
        self._exact = {place.casefold() for _, places in placed for place in places}
        self._place_of = tuple(i for i, _ in placed)
        self._places = Matcher.of([Term(term=places[0], forms=places[1:]) for _, places in placed])

    def of(self, speaker: str) -> str | None:
        """The group of the longest name in its head, of equals the first; else that of a place beside an office;
        else that of the longest name in the rest. Who held an office once is asked by the rest first."""
        speaker = _RELATIVE.split(speaker)[0]
        head = head_of(speaker)
        once = _ONCE & {word.casefold() for word in _WORD.findall(head)}
        rest = (self._by_name, self._by_place) if once else (self._by_place, self._by_name)
        return self._by_name(head) or rest[0](speaker) or rest[1](speaker)

    def is_place(self, word: str) -> bool:
        return bool(self._places.find(word))

    def _by_name(self, words: str) -> str | None:
        family = surname(words)
        found = [m for m in self._names.find(words) if not self._is_family(words[m.start : m.end], family)]
        if not found:
            return None
        return self.ids[max(found, key=lambda match: (match.end - match.start, -match.start)).term]

    def _is_family(self, name: str, family: str | None) -> bool:
        """Whether a common noun of the codebook is somebody's surname here: "William Banks" is no bank."""
        return (
            name == family
            and (low := name.casefold()) != name
            and {low, low.removesuffix("s")} & self._common != set()
        )

    def _by_place(self, speaker: str) -> str | None:
        """ "Vessia", "the Vessian foreign ministry", "a spokesman for Vessia"; not "a man from Vessia"."""
        head = head_of(speaker)
        words = [noun_of(word) for word in _WORD.findall(head)]
        inside = self._places.find(head)
        if any(word in OFFICES for word in words):
            if not inside and (more := _COMPLEMENT.match(speaker, len(head))):
                inside = self._places.find(more[1])
            return self.ids[self._place_of[inside[0].term]] if inside else None
        bare = [word for word in words if word not in {"the", "both"}]
        said = head[inside[0].start : inside[0].end] if inside else ""
        # The people ("Vessians") are not the state.
        alone = said and len(_WORD.findall(said)) == len(bare) and noun_of(said) in self._exact
        return self.ids[self._place_of[inside[0].term]] if alone else None


@dataclass
class Cast:
    """The speakers of one article, in the order in which they speak."""

    groups: Groups
    text: str
    _known: dict[str, str | None] = field(default_factory=dict)
    _offices: dict[str, str] = field(default_factory=dict)

    def group(self, speaker: str) -> str | None:
        """The group of a speaker, by the words, and else by what the article said before of the same one."""
        if speaker not in self._known:
            found = self.groups.of(speaker)
            name = surname(speaker)
            if found is None and name is not None and not self.groups.is_place(name):
                found = next((g for said in introductions(self.text, name) if (g := self.groups.of(said))), None)
            self._known[speaker] = found
        found = self._known[speaker]
        offices = [word for word in map(noun_of, _WORD.findall(head_of(speaker))) if word in OFFICES]
        if found is not None:
            self._offices |= dict.fromkeys(offices, found)
            return found
        definite = speaker.casefold().startswith(("the ", "this ")) or speaker.casefold().rstrip("s") in OFFICES
        return self._offices.get(offices[-1]) if offices and definite and surname(speaker) is None else None


def head_of(speaker: str) -> str:
    """A source up to its first comma, preposition or relative clause: "the mayor" of "the mayor of Lund"."""
    end = _HEAD_ENDS.search(speaker)
    return speaker[: end.start()] if end else speaker


def surname(speaker: str) -> str | None:
    """The last capitalised word of a source's head that is no office and no title; null where it has no name."""
    words = _WORD.findall(head_of(speaker))
    if words and words[-1].casefold() in _DATES:
        return None
    if words and words[0].casefold() in {"the", "a", "an"} and len(words) < 3:
        return None
    for word in reversed(words):
        plain = re.sub(r"['’]s?$", "", word).rstrip(".")
        if not plain[:1].isupper():
            return None
        if noun_of(plain) not in OFFICES and plain.casefold() not in _TITLES:
            return plain if len(plain) > 1 else None
    return None


def introductions(text: str, name: str) -> Iterable[str]:
    """What stands before and beside the mentions of a name, the first few: "Foreign Minister Ada Holm, the …"."""
    for count, match in enumerate(re.finditer(rf"(?<![\w-]){re.escape(name)}(?!\w)", text)):
        if count == 4:
            return
        before = text[max(0, match.start() - 120) : match.start()]
        words: list[str] = []
        for word in reversed(re.findall(r"\S+", before)[-LONGEST_RUN:]):
            plain = word.strip("“”\"'‘’()[]")
            ends = word[-1:] in ',;:!?)"”' or (word[-1:] == "." and len(plain) > 5)
            introduces = plain[:1].isupper() or noun_of(plain) in OFFICES or plain.casefold() in _INTRODUCES
            if ends or not introduces:
                break
            words.insert(0, plain)
        beside = _APPOSITION.match(text, match.end())
        said = " ".join([*words, name])
        yield said
        if beside:
            yield beside[1]
