"""Single texts and saved pages → one article each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipeline.collect import Collected, Refused
from pipeline.collect.bytes import read_bytes, read_text
from pipeline.collect.extract import NoArticle, extract, looks_like_html
from pipeline.collect.head import read_head
from pipeline.collect.rows import BadDateError, parse_day
from pipeline.corpus import Corpus
from pipeline.errors import InputError


def read_text_file(
    path: Path, corpus: Corpus, *, outlet: str | None, day: date | None, source: str
) -> Iterator[Collected | Refused]:
    """A plain text whose head says outlet and date; the article's text is what follows the head."""
    text = read_text(path)
    if looks_like_page(text):
        yield from read_page_file(path, corpus, outlet=outlet, day=day, source=source)
        return
    head = read_head(text)
    body = text[head.body_start :]
    outlet = outlet or head.outlet
    try:
        day = day or (parse_day(head.date) if head.date else None)
    except BadDateError as error:
        yield Refused(str(path), error.reason, str(error), "give YYYY-MM-DD", 1)
        return
    if outlet is None or day is None:
        lacking = " and ".join(n for n, v in (("outlet", outlet), ("date", day)) if v is None)
        remedy = 'begin the file with lines "outlet: …", "date: YYYY-MM-DD", or give --outlet and --date'
        yield Refused(str(path), "missing field", f"does not say its {lacking}", remedy)
    elif not body.strip():
        yield Refused(str(path), "empty text", "has a head and no text", "write the text below the head")
    else:
        yield Collected(
            outlet=corpus.outlet_name(outlet), date=day, text=body, title=head.title, byline=head.byline,
            url=head.url, id=head.id, source=source, raw=path.read_bytes(),
        )  # fmt: skip


def looks_like_page(text: str) -> bool:
    """Whether a file that should be plain text is a page: markup right at its beginning."""
    return text.lstrip().startswith("<") and looks_like_html(text)


def read_page_file(
    path: Path, corpus: Corpus, *, outlet: str | None, day: date | None, source: str
) -> Iterator[Collected | Refused]:
    """A saved page. Outlet and day are the page's own where they are not given."""
    data = read_bytes(path)
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        where = data.index(b"\0")
        raise InputError(f"is binary (byte {where} is 0)", remedy="give an HTML page", where=path)
    page = extract(data)
    if isinstance(page, NoArticle):
        yield Refused(str(path), page.reason, page.what, "give a page with the article's text on it")
        return
    outlet, found = outlet or page.outlet, day or page.date
    if outlet is None or found is None:
        lacking = " and ".join(n for n, v in (("outlet", outlet), ("date", found)) if v is None)
        yield Refused(str(path), "missing field", f"does not say its {lacking}", "give --outlet and --date")
        return
    yield Collected(
        outlet=corpus.outlet_name(outlet), date=found, text=page.text, title=page.title, byline=page.byline,
        source=source, date_source="given" if day else page.date_source, raw=data,
    )  # fmt: skip
