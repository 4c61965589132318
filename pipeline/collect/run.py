"""All sources of a corpus → the library, each with its health. One that fails does not stop the others."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from pipeline.collect import Collected, Refused
from pipeline.collect.answer import FetchError
from pipeline.collect.health import flag_of, nights_failing
from pipeline.collect.http import Fetcher
from pipeline.collect.session import Session, SourceError
from pipeline.corpus import Corpus, Source
from pipeline.errors import InputError
from pipeline.library import Added, Library
from pipeline.library.runs import SourceRun, add_run, runs
from pipeline.settings import Settings

Progress = Callable[[int, int], None]
Reader = Callable[[Session], Iterator[Collected | Refused]]
LIVE_BATCH = 20  # pages stored at a time: what a kill makes the next run fetch again
FILE_BATCH = 1000


@dataclass(frozen=True)
class SourceHealth(SourceRun):
    """How a source did this time, and what stands out against the times before.

    nights_failing: days in a row, this one included, on which every run failed. flag: what somebody should
    look at; null where nothing stands out. refusals: each of them, for people.
    """

    kind: str = ""
    nights_failing: int = 0
    flag: str | None = None
    refusals: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For printing."""
        return {**asdict(self), "started": self.started.isoformat(timespec="seconds")}


def collect_sources(
    corpus: Corpus,
    library: Library,
    settings: Settings,
    *,
    progress: Progress = lambda done, total: None,
    fetcher: Fetcher | None = None,
    sources: Sequence[Source] | None = None,
) -> list[SourceHealth]:
    """Collects every source, several at a time, stores what is new, and writes down how each did.

    progress: called with the sources done and their number. fetcher: the HTTP client, made where none is
    given. Raises WorkError where the library fails; a source that fails says so in its health.
    """
    chosen = corpus.file.sources if sources is None else sources
    own = fetcher is None
    fetcher = fetcher or Fetcher(settings)
    progress(0, len(chosen))
    stop = threading.Event()
    pool = ThreadPoolExecutor(settings.collect_workers, thread_name_prefix="collect")
    try:
        waiting = {
            pool.submit(_collect_one, Session(corpus, source, library, fetcher, settings, library.clock(), stop)): i
            for i, source in enumerate(chosen)
        }
        done: dict[int, SourceHealth] = {}
        for future in as_completed(waiting):
            if future.exception() is None:
                done[waiting[future]] = future.result()
            progress(len(done), len(chosen))
        for future in waiting:
            future.result()  # what no source's health can tell, said once the other sources are done
        return [done[i] for i in range(len(chosen))]
    finally:
        stop.set()  # after an interruption, the sources that run end with their present request
        pool.shutdown(wait=True, cancel_futures=True)
        if own:
            fetcher.close()


def _collect_one(session: Session) -> SourceHealth:
    """One source from its first request to its row in the library."""
    begun, added, failed = time.perf_counter(), Added(), None
    size = FILE_BATCH if session.source.kind == "files" else LIVE_BATCH
    try:
        need_keys(session.source)
        for batch in _batches(reader_of(session.source)(session), size):
            added = added.plus(session.store(batch))
        session.settle()
    except (FetchError, SourceError, InputError) as error:
        failed = f"{error.reason}: {error.what}" if isinstance(error, FetchError) else str(error)
        session.flush()
    run = SourceRun(
        source=session.source.name,
        started=session.now,
        seconds=round(time.perf_counter() - begun, 3),
        tried=session.tried,
        answered=session.answered,
        listed=session.listed,
        new=added.new,
        changed=added.changed,
        unchanged=added.unchanged + session.known_unchanged,
        refused=added.reasons,
        failed=failed,
        bytes=session.bytes,
    )
    return _written_down(run, session, added)


def _written_down(run: SourceRun, session: Session, added: Added) -> SourceHealth:
    engine, corpus = session.library.engine, session.corpus.name
    before = runs(engine, corpus, source=run.source)
    add_run(engine, corpus, run)
    failing = nights_failing([*before, run])
    flag = flag_of(run, before, failing=failing, limit=session.settings.failing_nights)
    return SourceHealth(
        **run.__dict__, kind=session.source.kind, nights_failing=failing, flag=flag,
        refusals=tuple(str(one) for one in added.refused),
    )  # fmt: skip


def _batches(found: Iterable[Collected | Refused], size: int) -> Iterator[list[Collected | Refused]]:
    """Runs of finds. What came before a reader fails is given out before its error is."""
    finds = iter(found)
    while True:
        batch: list[Collected | Refused] = []
        try:
            for one in islice(finds, size):
                batch.append(one)
        except (FetchError, SourceError, InputError):
            if batch:
                yield batch
            raise
        if not batch:
            return
        yield batch


def read_files(session: Session) -> Iterator[Collected | Refused]:
    """Kind `files`: articles from files in the corpus folder; a file that did not change is not read again."""
    from pipeline.collect.files import read_file

    for path in session.source.paths:
        file = session.corpus.folder / path
        session.tried += 1
        if file.is_file():
            data = file.read_bytes()
            mark = f"{hashlib.sha256(data).hexdigest()}-{session.corpus.hash}"
            if session.recalls(f"file:{path}", mark):
                session.answered += 1
                continue
            session.remember(f"file:{path}", mark)
            session.bytes += len(data)
        found = list(read_file(file, session.corpus, outlet=session.source.outlet, source=session.source.name))
        session.answered += 1
        session.add_listed(len(found))
        yield from found


_NEEDS = {
    "files": ("paths",), "feed": ("urls",), "pages": ("urls",), "sitemap": ("urls",), "warc": ("paths", "urls"),
    "gdelt": ("query",), "mediacloud": ("query",),
}  # fmt: skip


def need_keys(source: Source) -> None:
    """Raises SourceError for a source without the keys that its kind reads."""
    keys = _NEEDS[source.kind]
    if not any(getattr(source, key) for key in keys):
        raise SourceError(f"a source of kind {source.kind} needs {' or '.join(keys)}; add it in corpus.toml")


def reader_of(source: Source) -> Reader:
    """The reader of a kind of source."""
    from pipeline.collect.feeds import read_feeds
    from pipeline.collect.gdelt import read_gdelt
    from pipeline.collect.mediacloud import read_mediacloud
    from pipeline.collect.pages import read_pages
    from pipeline.collect.sitemap import read_sitemaps
    from pipeline.collect.warc import read_warcs

    readers: dict[str, Reader] = {
        "files": read_files,
        "feed": read_feeds,
        "pages": read_pages,
        "sitemap": read_sitemaps,
        "warc": read_warcs,
        "gdelt": read_gdelt,
        "mediacloud": read_mediacloud,
    }
    return readers[source.kind]
