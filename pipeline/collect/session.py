"""One source in one run: what it fetches, counted, and what is remembered for the next time."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from pipeline.collect import Collected, Refused
from pipeline.collect.answer import Answer, FetchError
from pipeline.collect.http import Fetcher
from pipeline.collect.pages import decode_page, page_article
from pipeline.collect.rows import DAMAGE, damaged
from pipeline.corpus import Corpus, Source
from pipeline.library import Added, Library
from pipeline.library.runs import Validator, keep_validators, validators
from pipeline.settings import Settings

REFUSED_FOR_DAYS = 7  # a page that gave no article is asked for again after a week, unless its server can tell


class SourceError(Exception):
    """Why a whole source gave nothing; the message is what people read."""


class Session:
    """A source's way to the network and to the library's memory of it.

    Validators of pages are kept with the batch that stores their articles, those of listings (feeds,
    sitemaps) once everything that they listed is settled: after a kill nothing counts as seen that was not
    stored.
    """

    def __init__(
        self,
        corpus: Corpus,
        source: Source,
        library: Library,
        fetcher: Fetcher,
        settings: Settings,
        now: datetime,
        stop: threading.Event | None = None,
    ) -> None:
        self.corpus, self.source, self.settings = corpus, source, settings
        self.fetcher = fetcher
        self.now = now
        self.tried = self.answered = self.bytes = 0
        self.known_unchanged = 0
        self.listed: int | None = None
        self.unsettled = 0  # pages that gave nothing this time and may the next
        self.library = library
        self._known: dict[str, Validator] = {}
        self._asked: set[str] = set()
        self._pages: list[Validator] = []
        self._listings: list[Validator] = []
        self._stop = stop or threading.Event()
        self._last: Answer | None = None
        self._begun = time.monotonic()

    def known(self, urls: Iterable[str]) -> None:
        """Reads what the library remembers of addresses, all at once."""
        new = [url for url in dict.fromkeys(urls) if url not in self._asked and not damaged(url)]
        self._asked.update(new)
        self._known |= validators(self.library.engine, self.corpus.name, new)

    def listing(self, url: str) -> Answer | None:
        """A feed or a sitemap; null where nothing changed since it was last settled. Raises FetchError."""
        self.known([url])
        answer = self._get(url, self._known.get(url))
        if not answer.not_modified:
            self._listings.append(self._validator(url, answer, "ok"))
        return None if answer.not_modified else answer

    def wants(self, url: str | None, day: date | None) -> bool:
        """Whether the source's pattern and days let an article in, as far as its listing says."""
        source, said = self.source, str(day)[:10] if day else None
        if source.url_pattern and not re.search(source.url_pattern, url or ""):
            return False
        return not said or ((source.since or "") <= said <= (source.until or "9999"))

    def service(self, url: str, headers: dict[str, str] | None = None) -> Answer:
        """An answer of an interface that is made for programs: no robots.txt, no memory. Raises FetchError."""
        return self._counted(lambda: self.fetcher.get(url, headers=headers, robots=False))

    def add_listed(self, count: int) -> None:
        """Notes how many articles a listing named."""
        self.listed = (self.listed or 0) + count

    def page(
        self,
        url: str,
        *,
        outlet: str | None = None,
        day: date | None = None,
        title: str | None = None,
        changed_at: datetime | None = None,
    ) -> Collected | Refused | None:
        """The article at an address; null where it is known and unchanged.

        outlet, day, title: what the listing says; changed_at: when it says the page last changed.
        """
        if damaged(url):
            return Refused(ascii(url), "bad address", f"the address {DAMAGE}", "nothing to do")
        self.known([url])
        before = self._known.get(url)
        if before is not None and (settled := self._settled(before, changed_at)) is not None:
            return self._as_before(url, before) if settled else None
        try:
            answer = self._get(url, before)
        except FetchError as error:
            self.unsettled += error.reason != "HTTP 404" and error.reason != "HTTP 410"
            return Refused(
                url, error.reason, error.what, error.remedy or "nothing to do: it is tried again next time"
            )
        if answer.not_modified and before is not None:
            return self._as_before(url, before)
        self._last = answer
        found = self._article(answer, outlet=outlet, day=day, title=title)
        outcome = "ok" if isinstance(found, Collected) else found.reason
        self._pages.append(self._validator(url, answer, outcome))
        return found

    def _article(
        self, answer: Answer, *, outlet: str | None, day: date | None, title: str | None
    ) -> Collected | Refused:
        return page_article(
            decode_page(answer), url=answer.url, corpus=self.corpus, source=self.source.name, raw=answer.body,
            outlet=outlet or self.source.outlet, day=day, title=title, now=self.now,
        )  # fmt: skip

    def page_again(self, url: str, *, outlet: str | None, day: date | None) -> Collected | Refused:
        """The last page once more, with the listing's day where the page has none of its own."""
        answer = self._last
        if answer is None or day is None or not self._pages or self._pages[-1].url != url:
            return Refused(
                url, "no date", "neither the page nor its listing says when it was published", "nothing to do"
            )
        found = self._article(answer, outlet=outlet, day=day, title=None)
        self._pages[-1] = self._validator(url, answer, "ok" if isinstance(found, Collected) else found.reason)
        return found

    def store(self, batch: Sequence[Collected | Refused]) -> Added:
        """Stores finds, then remembers their pages: in this order, so that nothing is remembered unstored."""
        added = self.library.add(self.corpus.name, batch)
        self.flush()
        return added

    def flush(self) -> None:
        """Remembers the pages whose articles are stored by now."""
        keep_validators(self.library.engine, self.corpus.name, self._pages)
        self._known |= {one.url: one for one in self._pages}
        self._pages = []

    def settle(self) -> None:
        """Remembers the listings, unless something that they listed is still to be had."""
        self.flush()
        if not self.unsettled:
            keep_validators(self.library.engine, self.corpus.name, self._listings)

    def remember(self, url: str, mark: str) -> None:
        """Notes a mark of something that is no address (a file's hash), to be kept when all is settled."""
        self._listings.append(Validator(url, mark, None, "ok", self.now))

    def recalls(self, url: str, mark: str) -> bool:
        """Whether that mark was noted the last time."""
        self.known([url])
        return (before := self._known.get(url)) is not None and before.etag == mark

    def _settled(self, before: Validator, changed_at: datetime | None) -> bool | None:
        """Whether a page need not be asked for: True: gave none before, False: known; null: ask.

        A page whose server gave a validator is asked (the answer is short); another only where the listing
        says that it changed, or where it gave no article a week ago.
        """
        if before.etag or before.last_modified:
            return None
        if changed_at is not None and changed_at > before.fetched_at:
            return None
        if before.outcome == "ok":
            self.known_unchanged += 1
            return False
        return None if self.now - before.fetched_at > timedelta(days=REFUSED_FOR_DAYS) else True

    def _as_before(self, url: str, before: Validator) -> Refused | None:
        if before.outcome == "ok":
            self.known_unchanged += 1 if before.etag or before.last_modified else 0
            return None
        return Refused(url, before.outcome, f"gave no article before: {before.outcome}", "nothing to do")

    def _get(self, url: str, before: Validator | None) -> Answer:
        etag, modified = (before.etag, before.last_modified) if before else (None, None)
        return self._counted(lambda: self.fetcher.get(url, etag=etag, last_modified=modified))

    def _counted(self, get: Callable[[], Answer]) -> Answer:
        self._need_time()
        self.tried += 1
        answer = get()
        self.answered += 1
        self.bytes += answer.bytes
        return answer

    def _validator(self, url: str, answer: Answer, outcome: str) -> Validator:
        get = answer.headers.get
        return Validator(url, get("etag"), get("last-modified"), outcome, self.now)

    def _need_time(self) -> None:
        if self._stop.is_set():
            raise SourceError("interrupted; what came is stored, the rest comes next time")
        if time.monotonic() - self._begun > self.settings.source_seconds:
            limit = f"{self.settings.source_seconds:.0f} s"
            raise SourceError(f"stopped after {limit}; what came is stored, the rest comes next time")
