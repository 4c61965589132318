"""An HTML page → the article on it, or why there is none. Trafilatura does the reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.collect.length import count_words
from pipeline.collect.markup import BROKEN_MARKUP
from pipeline.collect.rows import BadDateError, parse_day

MAX_PAGE_BYTES = 20 * 2**20  # the longest news pages are below 5 MiB
LEAST_WORDS = 40  # below it is a caption or a teaser, not an article
STUB_WORDS = 200  # a text that asks for payment after more words than this has been told whole or nearly


@dataclass(frozen=True)
class Page:
    """The article on a page. `outlet` is the site's name for itself; what the page does not say is null."""

    text: str
    title: str | None
    byline: str | None
    date: date | None
    outlet: str | None
    date_source: str = "page"


@dataclass(frozen=True)
class NoArticle:
    """Why a page gives no article: `reason` to count by, `what` to read."""

    reason: str
    what: str


def body_text(html: bytes | str, *, url: str | None = None) -> str:
    """The article body as the collector reads it; "" where none is found."""
    found = _bare(html, url)
    return "" if found is None else _body(found)


def extract(html: bytes | str, *, url: str | None = None) -> Page | NoArticle:
    """The article on the page with title, author, day and site, or why there is none."""
    if not html.strip():
        return NoArticle("empty body", "the page is empty")
    if len(html) > MAX_PAGE_BYTES:
        return NoArticle("too large", f"the page has {len(html):,} bytes")
    if isinstance(html, bytes) and html.startswith((b"\xff\xfe", b"\xfe\xff")):
        html = html.decode("utf-16", "replace")
    if not looks_like_html(html):
        return NoArticle("not HTML", "the page is not HTML")
    try:
        found = _bare(html, url)
    except BROKEN_MARKUP as error:
        return NoArticle("broken page", f"the page is too broken to read ({type(error).__name__})")
    text = "" if found is None else _body(found)
    if reason := _wall(html, text):
        return NoArticle(reason, f"the page is a {reason}")
    words = count_words(text)
    if found is None or words < LEAST_WORDS:
        what = f"{words} words of article on the page, of at least {LEAST_WORDS}"
        return NoArticle("no article on the page", what)
    return Page(
        text=text,
        title=_clean(found.title),
        byline=_clean(found.author),
        date=_published(found.date, html, url),
        outlet=_clean(found.sitename),
    )


def looks_like_html(data: bytes | str) -> bool:
    """Whether the beginning is a page's: a doctype or a tag that only pages have."""
    start = data[:4096].decode("latin-1") if isinstance(data, bytes) else data[:4096]
    if re.match(r"\s*<\?xml", start) and not re.search(r"<(?:!doctype\s+)?html", start, re.IGNORECASE):
        return False
    tags = r"<!doctype html|<html|<head|<body|<meta |<title|<article|<div|<p[ >]|<h1"
    return re.search(tags, start, re.IGNORECASE) is not None


def _bare(html: bytes | str, url: str | None):  # type: ignore[no-untyped-def]  # trafilatura's Document
    from trafilatura import bare_extraction

    return bare_extraction(
        html, url=url, with_metadata=True, include_comments=False, include_tables=False,
        date_extraction_params={"original_date": True, "extensive_search": True},
    )  # fmt: skip


def _body(found: Any) -> str:
    """The text below the headline: the headline is kept apart, and would be counted twice if it stood here too."""
    text = str(found.text or "").strip()
    first, _, rest = text.partition("\n")
    return rest.strip() if found.title and rest and first.split() == str(found.title).split() else text


def _clean(value: object) -> str | None:
    text = " ".join(str(value).split()) if value else ""
    return text or None


def _day(value: object) -> date | None:
    try:
        return parse_day(value) if value else None
    except BadDateError:
        return None


def _published(value: object, html: bytes | str, url: str | None) -> date | None:
    """The day that the page gives. From a bare year in its text the finder makes the first of January: no date."""
    from htmldate import find_date

    day = _day(value)
    if day is None or (day.month, day.day) != (1, 1):
        return day
    return day if find_date(html, url=url, original_date=True, extensive_search=False) else None


_PAYWALL = re.compile(
    r"subscribe (?:now |today )?to (?:continue|read|keep)|subscribers? only|"
    r"(?:article|story|content) is (?:only )?(?:available|reserved|exclusively)?\s*(?:to|for) (?:our )?"
    r"(?:subscribers|members)|"
    r"to (?:continue|keep) reading,? (?:please )?(?:subscribe|log ?in|sign|register|become)|"
    r"already a (?:subscriber|member)\?|unlock (?:this|the|full) (?:article|story)|"
    r"start your (?:free )?(?:trial|subscription)|register (?:for free )?to (?:continue|read)|"
    r"you(?: have|'ve|’ve) (?:reached|read|used) your .{0,30}(?:limit|free articles)",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"(?:accept|agree to|consent to|manage|reject) (?:all |the |our )?(?:use of )?cookies|"
    r"cookie (?:settings|preferences|consent|wall)|before you continue|"
    r"we (?:and our .{0,30}partners )?(?:use|store) cookies|your privacy choices",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"enable javascript|are you a (?:robot|human)|verify (?:that )?you are (?:a )?human|"
    r"access (?:to this page has been )?denied|unusual traffic|checking your browser|complete the captcha|"
    r"request blocked",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)


def _wall(html: bytes | str, text: str) -> str | None:
    """What stands in the article's place, where something does. A long text is an article whatever it asks."""
    if count_words(text) >= STUB_WORDS:
        return None
    page = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    visible = re.sub(r"(?is)<(script|style|noscript|template)\b.*?</\1\s*>|<[^>]+>", " ", page)[:200_000]
    visible = " ".join(visible.split())
    if _PAYWALL.search(visible) or _NOT_FREE.search(page):
        return "paywall stub"
    # A notice at the foot of a real, short article is no wall: the wall is all that can be read.
    if count_words(text) < LEAST_WORDS or _COOKIES.search(text):
        if _COOKIES.search(visible):
            return "cookie wall"
        if _BLOCKED.search(visible):
            return "block page"
    return None
