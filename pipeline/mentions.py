"""Where a text names the entities of a codebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.codebook import Named


@dataclass(frozen=True)
class Mention:
    """text[start:end] names the item; a possessive ending is outside."""

    item: str
    start: int
    end: int


class Names:
    """Finds the names of entities: whole words, longest first, none inside another.

    A word of a name that has a capital must stand as written ("US" is not "us"); any other word may begin
    with either case ("Refugees", "The West"). A name that is part of a compound ("NATO-led") does not
    count. A name given to several entities counts for each.
    """

    def __init__(self, entities: Iterable[Named]) -> None:
        self._owners: dict[str, list[str]] = {}
        self._names: set[str] = set()
        for entity in entities:
            for name in entity.names:
                self._names.add(name)
                owners = self._owners.setdefault(_key(name), [])
                if entity.id not in owners:
                    owners.append(entity.id)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        # Every form within a length sorted too: the pattern, and so the finding, has one order.
        names = sorted(self._names, key=lambda name: (-len(name), name))
        found = "|".join(r"\s+".join(map(_word, name.split())) for name in names)
        return re.compile(rf"(?<![\w\-])(?:{found})(?!\w|-\w)") if names else None

    def find(self, text: str) -> Iterator[Mention]:
        """The mentions in a text, in order."""
        if self._pattern is None:
            return
        for match in self._pattern.finditer(text):
            for item in self._owners.get(_key(match[0]), ()):
                yield Mention(item, match.start(), match.end())


def _key(name: str) -> str:
    """What a name and its forms in texts have in common."""
    return " ".join(name.replace("’", "'").casefold().split())


def _word(word: str) -> str:
    """The pattern of one word of a name."""
    word = word.lower() if word in ("The", "A", "An") else word
    form = re.sub("['’]", "['’]", re.escape(word))
    if any(ch.isupper() for ch in word) or not word[0].isalpha():
        return form
    return f"[{word[0]}{word[0].upper()}]{form[1:]}"
