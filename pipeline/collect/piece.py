"""The piece that somebody brings: from a file, from standard input, or from an address."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from pipeline.collect.bytes import decode, read_bytes
from pipeline.collect.extract import NoArticle, extract, looks_like_html
from pipeline.collect.head import Head, read_head
from pipeline.collect.length import count_words
from pipeline.collect.rows import DAMAGE, BadDateError, damaged, parse_day
from pipeline.errors import InputError
from pipeline.settings import Settings, load_settings

LEAST_WORDS = 20  # below it there is nothing that framing could be read from


@dataclass(frozen=True)
class PieceText:
    """A text under study as it was given; reading begins at `body_start`. What is not known is null."""

    text: str
    title: str | None = None
    outlet: str | None = None
    date: date | None = None
    body_start: int = 0
    language: str | None = None  # as the source says, not as detected
    note: str | None = None  # what a reader should know of how the text was come by
    url: str | None = None


def read_piece(
    source: str, *, stdin: IO[bytes] | IO[str] | None = None, settings: Settings | None = None
) -> PieceText:
    """Reads a file (.txt, .md, .html, .jsonl with one row), "-" (standard input), or an http(s) address.

    The text is the file's decoded characters, line ends as Python's text mode reads them and without a byte
    order mark, so that text[start:end] slices what was given. A page gives its article's text and says so.
    Raises InputError: nothing there, too short, binary, not UTF-8, a folder, a page without an article.
    """
    if source.startswith(("http://", "https://")):
        return _from_address(source, settings or load_settings())
    if source == "-":
        return text_piece(_from_stdin(stdin), where="standard input")
    if "://" in source:
        raise InputError("no address that can be fetched", remedy="give http(s)://…, or a file", where=source[:200])
    path = Path(source)
    data = read_bytes(path)
    if path.suffix.lower() in (".html", ".htm"):
        return page_piece(data, where=source)
    text = _universal(decode(data, path))
    if path.suffix.lower() in (".jsonl", ".json"):
        return _from_row(text, source)
    return text_piece(text, where=source)


def text_piece(text: str, *, where: str = "the text") -> PieceText:
    """A piece from its characters: the head that it may have, and the words below. Raises InputError."""
    if text.lstrip().startswith("<") and looks_like_html(text):
        return page_piece(text, where=where)
    head = read_head(text)
    _need_words(text[head.body_start :], where)
    return PieceText(
        text, head.title, head.outlet, _day(head, where), head.body_start, language=head.language, url=head.url
    )


def page_piece(html: bytes | str, *, where: str, url: str | None = None) -> PieceText:
    """A piece from a page: the article on it. Raises InputError where there is none."""
    page = extract(html, url=url)
    if isinstance(page, NoArticle):
        raise InputError(page.what, remedy="copy the article's text and give that", where=where)
    _need_words(page.text, where)
    note = "read from an HTML page: the text is what was taken to be its article"
    return PieceText(page.text, page.title, page.outlet, page.date, note=note, url=url)


def _from_stdin(stdin: IO[bytes] | IO[str] | None) -> str:
    import sys

    stream = stdin if stdin is not None else sys.stdin
    raw = getattr(stream, "buffer", stream).read()
    if not raw:
        raise InputError("nothing came", remedy="pipe a text in", where="standard input")
    return _universal(decode(raw, "standard input") if isinstance(raw, bytes) else raw)


def _from_address(url: str, settings: Settings) -> PieceText:
    from pipeline.collect.answer import FetchError
    from pipeline.collect.http import open_fetcher
    from pipeline.collect.pages import decode_page

    with open_fetcher(settings) as fetcher:
        try:
            answer = fetcher.get(url)
        except FetchError as error:
            remedy = error.remedy or "save the page and give the file"
            raise InputError(f"cannot be fetched: {error}", remedy=remedy, where=url) from error
    if answer.is_text:
        return text_piece(_universal(decode(answer.body, url)), where=url)
    return page_piece(decode_page(answer), where=url, url=answer.url)


def _from_row(text: str, where: str) -> PieceText:
    rows = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    if where.lower().endswith(".json"):
        rows = [(1, text)]
    if len(rows) != 1:
        remedy = "give a file with one row, or import the file and give an article's id"
        raise InputError(f"has {len(rows)} rows", remedy=remedy, where=where)
    number, line = rows[0]
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        remedy = 'give {"text": …}'
        raise InputError(f"not JSON: {error}", remedy=remedy, where=where, line=number) from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError('has no "text"', remedy='give {"text": …}', where=where, line=number)
    if damaged(row["text"]):
        raise InputError(f'"text" {DAMAGE}', remedy="give whole Unicode text", where=where, line=number)
    _need_words(row["text"], where)
    given = {
        name: row[name] if isinstance(row.get(name), str) else None for name in ("title", "outlet", "url", "date")
    }
    head = Head(0, date=given["date"])
    return PieceText(row["text"], given["title"], given["outlet"], _day(head, where, number), url=given["url"])


def _day(head: Head, where: str, line: int = 1) -> date | None:
    try:
        return parse_day(head.date) if head.date else None
    except BadDateError as error:
        remedy = "give YYYY-MM-DD" if error.reason == "bad date" else "give the day of publication"
        raise InputError(str(error), remedy=remedy, where=where, line=line) from error


def _need_words(text: str, where: str) -> None:
    count = count_words(text)
    if count < LEAST_WORDS:
        words = "1 word" if count == 1 else f"{count} words"
        what = f"too short: {words}" if count else "there are no words in it"
        raise InputError(what, remedy=f"give at least {LEAST_WORDS}", where=where)


def _universal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
