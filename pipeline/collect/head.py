"""The head of a plain text: title, outlet, date and the like, before the words begin."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = {
    "title": "title", "headline": "title", "outlet": "outlet", "publication": "outlet",
    "date": "date", "published": "date", "byline": "byline", "author": "byline", "url": "url",
    "language": "language", "id": "id",
}  # fmt: skip
# A value longer than a headline is prose that happens to begin with "Title:".
_LINE = re.compile(rf"[ \t]*({'|'.join(_NAMES)})[ \t]*:[ \t]*([^\n]{{1,300}})(?:\n|\Z)", re.IGNORECASE)
_DAY = r"\d{4}-\d{2}-\d{2}(?:T[0-9:.]+Z?)?"
_INLINE = re.compile(rf"\s*date[ \t]*:?[ \t]+({_DAY})(?=[\s.,;:—–-]|\Z)[ \t.,;:—–-]*\n?", re.IGNORECASE)
_BARE = re.compile(rf"\s*({_DAY})[ \t]*\n\s*")
_FENCE = re.compile(r"\s*---[ \t]*\n")


@dataclass(frozen=True)
class Head:
    """What the head says; the words begin at `body_start`. The date is as written."""

    body_start: int
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    byline: str | None = None
    url: str | None = None
    language: str | None = None
    id: str | None = None


def read_head(text: str) -> Head:
    """Reads lines "title: …", "outlet: …", "date: …" (between `---` or not), and a leading "date YYYY-MM-DD"."""
    found: dict[str, str] = {}
    fence = _FENCE.match(text)
    at = fence.end() if fence else re.match(r"\s*", text).end()  # type: ignore[union-attr]
    while True:
        if inline := _INLINE.match(text, at):
            found.setdefault("date", inline[1])
            at = inline.end()
        elif match := _LINE.match(text, at):
            found.setdefault(_NAMES[match[1].lower()], match[2].strip().strip("\"'"))
            at = match.end()
        else:
            break
    if fence:
        closing = _FENCE.match(text, at)
        if closing is None:  # a rule above prose, no front matter
            return Head(0)
        at = closing.end()
    elif not found and (bare := _BARE.match(text)):
        found["date"], at = bare[1], bare.end()
    if not found:
        return Head(0)
    at += len(text[at:]) - len(text[at:].lstrip())
    return Head(at, **found)
