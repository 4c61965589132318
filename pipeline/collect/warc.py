"""WARC, the form of web archives (Common Crawl's news among them): streamed, record by record."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pipeline.collect import Collected, Refused
from pipeline.collect.answer import Answer
from pipeline.collect.bytes import need_file
from pipeline.collect.extract import MAX_PAGE_BYTES
from pipeline.collect.pages import decode_page, page_article
from pipeline.corpus import Corpus
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.collect.session import Session

MOST_DOWNLOAD_BYTES = 4 * 2**30  # Common Crawl's news archives have a gigabyte each


def read_warcs(session: Session) -> Iterator[Collected | Refused]:
    """Kind `warc`: the archives at `paths` and `urls`, cut by `url_pattern`, `since`, `until`, `outlet`."""
    for path in session.source.paths:
        yield from _archive(session.corpus.folder / path, f"file:{path}", session)
    for url in session.source.urls:
        if session.recalls(url, _choice(session)):
            continue
        with tempfile.NamedTemporaryFile(suffix=".warc.gz") as file:
            session.tried += 1
            session.bytes += session.fetcher.download(url, file, most_bytes=MOST_DOWNLOAD_BYTES)  # type: ignore[arg-type]
            session.answered += 1
            file.flush()
            yield from _archive(Path(file.name), url, session, where=url)


def _archive(path: Path, key: str, session: Session, *, where: str | None = None) -> Iterator[Collected | Refused]:
    mark = _choice(session) if where else f"{path.stat().st_size}-{path.stat().st_mtime_ns}-{_choice(session)}"
    if session.recalls(key, mark):
        return
    source = session.source
    count = 0
    for found in read_warc(
        path, session.corpus, source=source.name, where=where, outlet=source.outlet, pattern=source.url_pattern,
        since=_day(source.since), until=_day(source.until), most=source.max_articles,
    ):  # fmt: skip
        count += isinstance(found, Collected)
        yield found
    session.add_listed(count)
    session.remember(key, mark)


def _choice(session: Session) -> str:
    """What decides which articles of an archive are taken: another choice reads it again."""
    return f"{session.corpus.hash}-{session.source.model_dump_json()}"


def read_warc(
    path: Path,
    corpus: Corpus,
    *,
    source: str,
    where: str | None = None,
    outlet: str | None = None,
    pattern: str | None = None,
    since: date | None = None,
    until: date | None = None,
    most: int | None = None,
) -> Iterator[Collected | Refused]:
    """The articles on the archive's HTML pages. Pages outside the pattern or the days are not wanted, not refused.

    Records that are no answers, no pages or no 200s are passed over: an archive is full of them.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    need_file(path)
    name, taken, records = where or str(path), 0, 0
    wanted = re.compile(pattern) if pattern else None
    with path.open("rb") as stream:
        _need_warc(stream, name)
        try:
            for record in ArchiveIterator(stream, arc2warc=True):
                records += 1
                if not _is_page(record, wanted):
                    continue
                found = _page(record, corpus, source=source, outlet=outlet, where=name)
                if isinstance(found, Collected):
                    if (since and found.date < since) or (until and found.date > until):
                        continue
                    taken += 1
                yield found
                if most is not None and taken >= most:
                    return
        except (ArchiveLoadFailed, EOFError, ValueError, OSError) as error:
            what = f"the archive is broken after record {records}: {error}"
            yield Refused(name, "broken archive", what, "fetch it again; what came before is taken")
    if records == 0:
        raise InputError("has no WARC records", remedy="give a .warc or .warc.gz", where=name)


def _need_warc(stream: IO[bytes], where: str) -> None:
    start = stream.read(5)
    stream.seek(0)
    if not start.startswith((b"\x1f\x8b", b"WARC/", b"filed")):
        raise InputError("not a WARC", remedy="give a .warc or .warc.gz", where=where)


def _is_page(record: object, wanted: re.Pattern[str] | None) -> bool:
    if record.rec_type != "response" or record.http_headers is None:  # type: ignore[attr-defined]
        return False
    headers = record.http_headers  # type: ignore[attr-defined]
    if headers.get_statuscode() != "200" or "html" not in (headers.get_header("Content-Type") or "").lower():
        return False
    url = record.rec_headers.get_header("WARC-Target-URI") or ""  # type: ignore[attr-defined]
    return wanted is None or wanted.search(url) is not None


def _page(record: object, corpus: Corpus, *, source: str, outlet: str | None, where: str) -> Collected | Refused:
    url = record.rec_headers.get_header("WARC-Target-URI")  # type: ignore[attr-defined]
    body = record.content_stream().read(MAX_PAGE_BYTES + 1)  # type: ignore[attr-defined]
    if len(body) > MAX_PAGE_BYTES:
        return Refused(url or where, "too large", f"more than {MAX_PAGE_BYTES:,} bytes", "nothing to do")
    headers = {"content-type": record.http_headers.get_header("Content-Type") or ""}  # type: ignore[attr-defined]
    answer = Answer(url or "", 200, headers, body, len(body))
    return page_article(
        decode_page(answer), url=url or "", corpus=corpus, source=source, raw=body, outlet=outlet,
        now=_moment(record.rec_headers.get_header("WARC-Date")),  # type: ignore[attr-defined]
    )  # fmt: skip


def _moment(value: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
