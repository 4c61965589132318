"""corpora/<name>/corpus.toml → Corpus: outlets, sources, and how their texts are to be read."""

from __future__ import annotations

import hashlib
import re
import tomllib
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from pipeline.codebook import Codebook, Text, explain, load_codebook
from pipeline.errors import InputError


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: object) -> str:
    """A day as YYYY-MM-DD, whether the file gives it as text or as one of TOML's own dates."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        with suppress(ValueError):
            return date.fromisoformat(value).isoformat()
    raise PydanticCustomError("day", "give YYYY-MM-DD")


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "give a regular expression: {why}", {"why": str(error)}) from error
    return value


Day = Annotated[str, BeforeValidator(_day)]


class Outlet(_Entry):
    """A publisher. `aliases` are other names under which its articles may come."""

    name: Text
    country: str | None = None
    kind: str | None = None
    language: str | None = None
    aliases: tuple[str, ...] = ()


class Source(_Entry):
    """Where articles come from. Which keys a kind reads is told by its reader in `pipeline/collect/`."""

    name: Text
    kind: Literal["files", "feed", "pages", "sitemap", "warc", "gdelt", "mediacloud"]
    outlet: str | None = None  # for sources that do not say it themselves
    paths: tuple[str, ...] = ()  # files, relative to the corpus folder
    urls: tuple[str, ...] = ()
    query: str | None = None
    url_pattern: Annotated[str, AfterValidator(_pattern)] | None = None
    since: Day | None = None
    until: Day | None = None
    collections: tuple[int, ...] = ()
    max_articles: int = Field(default=1000, ge=1)


class EventSettings(_Entry):
    """How articles are grouped into events."""

    window_days: int = Field(default=3, ge=0, le=60)
    threshold: float = Field(default=0.64, gt=0, lt=2)  # the middle of where labelled events agree best


class TopicSettings(_Entry):
    """How passages are grouped into topics. `topics` null: chosen from the number of passages."""

    topics: int | None = Field(default=None, ge=2)
    passage_words: int = Field(default=60, ge=20)


class ModelSettings(_Entry):
    """Which models read the texts."""

    articles: Literal["static", "transformer"] = "static"  # grouping into events
    credit: str = "built-in"  # or "thorough", or a folder / hub name of an NLI cross-encoder


class CorpusFile(_Entry):
    """The content of a corpus.toml."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: Text
    language: str = "en"
    notice: str | None = None  # shown wherever the corpus is shown
    codebook: str = "codebook.toml"
    outlets: tuple[Outlet, ...] = Field(min_length=1)
    sources: tuple[Source, ...] = ()
    events: EventSettings = EventSettings()
    topics: TopicSettings = TopicSettings()
    models: ModelSettings = ModelSettings()


class Corpus(BaseModel):
    """A corpus file with its folder and its codebook."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    file: CorpusFile
    codebook: Codebook

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def given(self) -> str:
        """What commands know it by: its name, or its folder where another has the name's place under `corpora/`."""
        return self.name if self.folder == (corpora_folder() / self.name).resolve() else str(self.folder)

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.file.model_dump_json().encode()).hexdigest()[:16]

    @cached_property
    def _canonical(self) -> dict[str, str]:
        names = {}
        for outlet in self.file.outlets:
            for name in (outlet.name, *outlet.aliases):
                names[name.casefold()] = outlet.name
        return names

    def outlet_name(self, name: str) -> str:
        """The corpus's own name for an outlet; an outlet that the corpus does not list keeps its name."""
        return self._canonical.get(name.strip().casefold(), name.strip())


def corpora_folder() -> Path:
    """`corpora/` in the working folder, or beside the installed package."""
    here = Path.cwd() / "corpora"
    return here if here.is_dir() else Path(__file__).resolve().parent.parent / "corpora"


def load_corpus(name_or_path: str | Path) -> Corpus:
    """Reads a corpus by its name under `corpora/` or by the path of its folder.

    Raises InputError with file, line, value and remedy.
    """
    folder = Path(name_or_path)
    if not (folder / "corpus.toml").is_file():
        folder = corpora_folder() / str(name_or_path)
    path = folder / "corpus.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.parent.name for p in corpora_folder().glob("*/corpus.toml"))) or "none"
        raise InputError(f'no corpus "{name_or_path}"', remedy=f"give a folder with a corpus.toml or one of: {known}")
    try:
        source = path.read_text(encoding="utf-8-sig")
        file = CorpusFile.model_validate(tomllib.loads(source))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", remedy="save it as UTF-8", where=path) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else None
        raise InputError(f"not TOML: {error}", remedy="mend the syntax", where=path, line=line) from error
    except ValidationError as error:
        raise explain(error, path, source) from error
    codebook = load_codebook((folder / file.codebook).resolve())
    return Corpus(folder=folder.resolve(), file=file, codebook=codebook)
