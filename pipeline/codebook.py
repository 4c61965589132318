"""corpora/<name>/codebook.toml → Codebook: what to look for, in a file that a researcher can write."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipeline.errors import InputError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Entry):
    """One name of a contested thing. Regular inflection is found by itself; `forms` gives the rest."""

    term: Text
    forms: tuple[Text, ...] = ()
    not_in: tuple[Text, ...] = ()  # longer phrases inside which it does not count ("cold war")


class Concept(_Entry):
    """A thing with contested names."""

    id: Id
    label: Text
    terms: tuple[Term, ...] = Field(min_length=2)


class Proposition(_Entry):
    """A claim that texts may credit, report or dispute."""

    id: Id
    claim: Text
    paraphrases: tuple[Text, ...] = Field(min_length=1)


class Named(_Entry):
    """An entity: the names, titles and offices that stand for it."""

    id: Id
    label: Text
    names: tuple[Text, ...] = Field(min_length=1)


class Speakers(Named):
    """A group of speakers, and the places and peoples whose offices belong to it."""

    places: tuple[Text, ...] = ()


class Frame(_Entry):
    """A generic frame, described in words."""

    id: Id
    label: Text
    description: Text


class Axis(_Entry):
    """A pair of opposed word sets (FrameAxis)."""

    id: Id
    label: Text
    positive: tuple[Text, ...] = Field(min_length=2)
    negative: tuple[Text, ...] = Field(min_length=2)


class Codebook(_Entry):
    """What to look for in a corpus. `hash` changes with any change of content."""

    title: Text
    language: str = "en"
    concepts: tuple[Concept, ...] = ()
    propositions: tuple[Proposition, ...] = ()
    speakers: tuple[Speakers, ...] = ()
    entities: tuple[Named, ...] = ()
    frames: tuple[Frame, ...] = ()
    axes: tuple[Axis, ...] = ()

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def section_hash(self, *sections: str) -> str:
        """A hash of some sections only, so that a measure is redone when what it reads changed."""
        data = self.model_dump_json(include={"language", *sections})
        return hashlib.sha256(data.encode()).hexdigest()[:16]

    def labels(self) -> dict[str, str]:
        """A readable name for every item that the codebook defines, by item id."""
        named: list[Any] = [*self.speakers, *self.entities, *self.frames, *self.axes]
        return {p.id: p.claim for p in self.propositions} | {entry.id: entry.label for entry in named}


def load_codebook(path: Path) -> Codebook:
    """Reads a codebook file.

    Raises InputError with file, line, value and remedy: for a broken file, an unknown key, an id or a
    form used twice, a proposition without paraphrases.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("no such file", remedy="give the path of a codebook.toml", where=path) from error
    except OSError as error:
        remedy = "give the path of a codebook.toml that can be read"
        raise InputError(f"cannot be read: {error.strerror}", remedy=remedy, where=path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", remedy="save it as UTF-8", where=path) from error
    try:
        codebook = Codebook.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else None
        raise InputError(f"not TOML: {error}", remedy="mend the syntax", where=path, line=line) from error
    except ValidationError as error:
        raise explain(error, path, source) from error
    for what, remedy, value in problems(codebook):
        raise InputError(what, remedy=remedy, where=path, line=line_of(source, value))
    return codebook


def problems(codebook: Codebook) -> Iterator[tuple[str, str, str]]:
    """What a valid form can still get wrong: (what, remedy, the value to look for in the file)."""
    owner: dict[str, str] = {}
    for concept in codebook.concepts:
        for term in concept.terms:
            for form in (term.term, *term.forms):
                here = f'"{term.term}" of concept "{concept.id}"'
                other = owner.setdefault(form.casefold(), here)
                if other != here:
                    yield (
                        f'the form "{form}" belongs to {other} and to {here}',
                        "keep it in one of them",
                        form,
                    )
    for section in ("concepts", "propositions", "speakers", "entities", "frames", "axes"):
        seen: set[str] = set()
        for entry in getattr(codebook, section):
            if entry.id in seen:
                yield f'{section} has the id "{entry.id}" twice', "give each its own id", entry.id
            seen.add(entry.id)


def explain(error: ValidationError, path: Path, source: str) -> InputError:
    """A pydantic error about a TOML file, as one that names the line, the value and the remedy."""
    first, more = error.errors()[0], error.error_count() - 1
    names = [str(part + 1) if isinstance(part, int) else part for part in first["loc"]]
    where, entry = ".".join(names), ".".join(names[:-1]) or "the file"
    key = str(next((part for part in reversed(first["loc"]) if isinstance(part, str)), ""))
    remedies = {
        "extra_forbidden": (f'unknown key "{key}" in {entry}', "remove it or mend its spelling"),
        "missing": (f'"{key}" is missing in {entry}', f'add "{key}"'),
        "too_short": (f'"{key}" in {entry} is empty or too short', "give more entries"),
    }
    what, remedy = remedies.get(first["type"], (f"{where} is {first['input']!r}", first["msg"]))
    if more:
        remedy += f" ({more} more of this kind of error in the file)"
    sought = "" if first["type"] == "missing" else key
    return InputError(what, remedy=remedy, where=path, line=_line_of_location(source, first["loc"], sought))


def _line_of_location(source: str, location: tuple[int | str, ...], key: str) -> int | None:
    """The line of a key in a TOML file, found through the table headers that lead to it; without a key, the
    line of the last of those headers, or the first line."""
    lines = source.splitlines()
    position = 0
    path: list[str] = []
    for part in location:
        if isinstance(part, str):
            path.append(part)
            continue
        header = f"[[{'.'.join(path)}]]"
        starts = [i for i in range(position, len(lines)) if lines[i].split("#")[0].strip() == header]
        if part < len(starts):
            position = starts[part]
    for i in range(position, len(lines) if key else 0):
        if re.match(rf"\s*\[*\s*[\w.]*{re.escape(key)}\b", lines[i]):
            return i + 1
    return position + 1 if lines else None


def line_of(source: str, value: str) -> int | None:
    """The last line of a file that holds a quoted value: where a repeated one repeats."""
    found = [i for i, line in enumerate(source.splitlines(), 1) if f'"{value}"'.casefold() in line.casefold()]
    return found[-1] if found else None
