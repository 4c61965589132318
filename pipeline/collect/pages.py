"""Single pages: the article on them, or why they give none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.collect import Collected, Refused
from pipeline.collect.answer import Answer
from pipeline.collect.extract import NoArticle, extract
from pipeline.collect.rows import BadDateError, parse_day
from pipeline.corpus import Corpus

if TYPE_CHECKING:
    from pipeline.collect.session import Session

_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_PAGES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "")


def read_pages(session: Session) -> Iterator[Collected | Refused]:
    """Kind `pages`: the articles at the source's `urls`."""
    urls = session.source.urls[: session.source.max_articles]
    session.add_listed(len(urls))
    session.known(urls)
    for url in urls:
        if (found := session.page(url)) is not None:
            yield found


def decode_page(answer: Answer) -> bytes | str:
    """A page's characters: UTF-8 if it is that, else what its header or its head declares, if that fits.

    Declared encodings are wrong often, and wrong UTF-8 hardly ever reads as UTF-8. Where nothing fits, the
    bytes are given as they are and trafilatura guesses.
    """
    declared = re.search(r"charset=[\"']?([\w.:-]+)", answer.headers.get("content-type", ""), re.IGNORECASE)
    meta = _META.search(answer.body[:4096])
    names = ["utf-8", declared[1] if declared else None, meta[1].decode("ascii", "ignore") if meta else None]
    for name in filter(None, names):
        # What calls itself Latin-1 on the web is Windows-1252 (WHATWG's Encoding standard).
        name = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else name
        try:
            return answer.body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return answer.body


def page_article(
    html: bytes | str,
    *,
    url: str,
    corpus: Corpus,
    source: str,
    raw: bytes,
    outlet: str | None = None,
    day: datetime | date | None = None,
    title: str | None = None,
    now: datetime | None = None,
) -> Collected | Refused:
    """The article on a page. What the listing said (outlet, day, title) goes before what the page says."""
    page = extract(html, url=url)
    if isinstance(page, NoArticle):
        return Refused(url, page.reason, page.what, _remedy(page.reason))
    reason, what = "no date", "neither the page nor its listing says when it was published"
    try:
        found = parse_day(day) if day is not None else page.date
    except BadDateError as error:  # the listing's fault: the page may know better
        found, day, reason, what = page.date, None, error.reason, str(error)
    if found is None:
        return Refused(url, reason, what, "nothing to do")
    return Collected(
        outlet=corpus.outlet_name(outlet or _outlet(page.outlet, url, corpus)),
        date=found,
        text=page.text,
        title=page.title or title,
        byline=page.byline,
        url=url,
        source=source,
        date_source=page.date_source if day is None else "listing",
        raw=raw,
        fetched_at=now,
    )


def _outlet(site: str | None, url: str, corpus: Corpus) -> str:
    """The outlet of an address whose listing does not say it: by host, by the site's own name, or the host."""
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    if corpus.outlet_name(host) != host:  # the corpus lists the host as an alias
        return host
    return site or host


def _remedy(reason: str) -> str:
    if reason in ("paywall stub", "cookie wall", "block page"):
        return "import the article from a file if you have the right to it"
    return "nothing to do"
