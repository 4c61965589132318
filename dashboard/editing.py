"""Edits of a codebook that a reader tries and collects on the page, as small plain records."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import ValidationError

from pipeline.codebook import Codebook, Concept, Proposition, Term, problems
from pipeline.errors import InputError

Kind = Literal["term", "claim", "paraphrase"]
KINDS: tuple[Kind, ...] = ("term", "claim", "paraphrase")
LONGEST = 400  # characters of one entry: a claim is a sentence
MOST = 40  # entries beside the first


@dataclass(frozen=True)
class Edit:
    """One entry more. into: the concept of a term, the proposition of a paraphrase; of a claim its new id.

    more: the irregular forms of a term; the paraphrases of a claim.
    """

    kind: Kind
    text: str
    into: str = ""
    more: tuple[str, ...] = ()

    @property
    def item(self) -> str:
        """What its evidence counts for."""
        return self.text if self.kind == "term" else self.into

    def written(self) -> str:
        """As text, for an address; `read_edit` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def read_edit(written: str) -> Edit | None:
    """The edit of a text that `written` made; null for any other text: an address may hold anything."""
    try:
        row = json.loads(written)
        if not isinstance(row, dict) or row.get("kind") not in KINDS or not isinstance(row["more"], list):
            return None
        return made(row["kind"], row["text"], row["into"], row["more"])
    except (ValueError, KeyError, AttributeError, TypeError, InputError):
        return None


def made(kind: Kind, text: str | None, into: str | None, more: Sequence[str]) -> Edit:
    """An edit from what was typed in. Raises InputError where there is nothing, or too much of it."""
    words = " ".join((text or "").split())
    others = tuple(dict.fromkeys(found for line in more if (found := " ".join(line.split()))))
    if not words:
        raise InputError("there is nothing to try yet", remedy="type it in")
    if max(map(len, (words, *others))) > LONGEST or len(others) > MOST:
        raise InputError("that is too long", remedy=f"give at most {LONGEST} characters an entry, {MOST} entries")
    if kind == "claim":
        return Edit(kind, words, into or _name(words), others)
    return Edit(kind, words, into or "", others)


def _name(claim: str) -> str:
    """An id made of a claim's first words."""
    return "-".join(re.findall(r"[a-z0-9]+", claim.casefold())[:6]) or "claim"


def edited(book: Codebook, edits: Sequence[Edit]) -> Codebook:
    """The codebook with the edits. Raises InputError where one does not fit."""
    for edit in edits:
        book = _with(book, edit)
    return book


def _with(book: Codebook, edit: Edit) -> Codebook:
    try:
        new = {"term": _with_term, "claim": _with_claim, "paraphrase": _with_paraphrase}[edit.kind](book, edit)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"“{edit.text}” does not fit: {first['msg']}", remedy="mend it") from error
    for what, remedy, _ in problems(new):
        raise InputError(what, remedy=remedy)
    return new


def _with_term(book: Codebook, edit: Edit) -> Codebook:
    concept = _entry(book.concepts, edit.into, "concept")
    known = known_as(book, edit.text)
    if known is not None:
        raise InputError(f"the codebook has “{edit.text}” already, {known}", remedy="try another")
    term = Term(term=edit.text, forms=edit.more)
    wider = Concept(id=concept.id, label=concept.label, terms=(*concept.terms, term))
    return _replaced(book, "concepts", wider)


def _with_claim(book: Codebook, edit: Edit) -> Codebook:
    if edit.text.casefold() in {p.claim.casefold() for p in book.propositions}:
        raise InputError("the codebook has this claim already", remedy="try another")
    new = Proposition(id=_free(book, edit.into), claim=edit.text, paraphrases=edit.more or (edit.text,))
    return book.model_copy(update={"propositions": (*book.propositions, new)})


def _free(book: Codebook, name: str) -> str:
    taken, number, free = {p.id for p in book.propositions}, 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _with_paraphrase(book: Codebook, edit: Edit) -> Codebook:
    old = _entry(book.propositions, edit.into, "claim")
    if edit.text.casefold() in {text.casefold() for text in (old.claim, *old.paraphrases)}:
        raise InputError("this claim has that wording already", remedy="try another")
    new = Proposition(id=old.id, claim=old.claim, paraphrases=(*old.paraphrases, edit.text))
    return _replaced(book, "propositions", new)


def _entry(entries: Sequence[Any], identifier: str, what: str) -> Any:
    found = next((entry for entry in entries if entry.id == identifier), None)
    if found is None:
        raise InputError(f'the codebook has no {what} "{identifier}"', remedy=f"choose the {what} from the list")
    return found


def _replaced(book: Codebook, section: str, new: Any) -> Codebook:
    entries = tuple(new if entry.id == new.id else entry for entry in getattr(book, section))
    return book.model_copy(update={section: entries})


def known_as(book: Codebook, term: str) -> str | None:
    """Where the codebook has a term or form; null where it has not."""
    for concept in book.concepts:
        for entry in concept.terms:
            if term.casefold() in {form.casefold() for form in (entry.term, *entry.forms)}:
                return f"under “{concept.label}”"
    return None
