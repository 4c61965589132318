"""The library: articles as collected, append-only."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

import pandas as pd
from sqlalchemy import Engine, and_, func, insert, select

from pipeline.collect import Collected, Refused
from pipeline.collect.rows import DAMAGE, damaged
from pipeline.errors import WorkError
from pipeline.library.engine import library_url, open_engine, reading, writing
from pipeline.library.identity import canonical_url
from pipeline.library.placing import Known, Rows, load_known, place
from pipeline.library.tables import addresses, articles, versions
from pipeline.settings import Settings

BATCH = 200  # articles a transaction: short enough that another writer waits little, long enough to be fast
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Added:
    """What came of a number of finds. `outlets` counts what came in or was there already, by outlet."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    outlets: Counter[str] = field(default_factory=Counter)

    @property
    def reasons(self) -> dict[str, int]:
        """Refusals by reason, the most frequent first."""
        return dict(Counter(one.reason for one in self.refused).most_common())

    @property
    def accepted(self) -> int:
        return self.new + self.changed + self.unchanged

    def plus(self, other: Added) -> Added:
        """The two together."""
        return Added(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
            self.outlets + other.outlets,
        )


class Library:
    """Articles, their versions, and what is known of their sources. Several processes may hold one."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self.engine = engine
        self.clock = clock

    def add(self, corpus: str, found: Iterable[Collected | Refused]) -> Added:
        """Stores what is new, batch by batch; a batch is stored whole or not at all.

        Adding the same again stores nothing. Raises WorkError where the database fails.
        """
        added, finds = Added(), iter(found)
        while batch := list(islice(finds, BATCH)):
            added = added.plus(self._add_batch(corpus, batch))
        return added

    def _add_batch(self, corpus: str, batch: list[Collected | Refused]) -> Added:
        added, now, rows = Added(), self.clock(), Rows()
        batch = [find if isinstance(find, Refused) else _unstorable(find) or find for find in batch]
        with writing(self.engine) as connection:
            known: Known = load_known(connection, corpus, [f for f in batch if isinstance(f, Collected)])
            for find in batch:
                _place_one(find, corpus, known, rows, now, added)
            for table, new in ((articles, rows.articles), (versions, rows.versions), (addresses, rows.addresses)):
                if new:
                    connection.execute(insert(table), new)
        return added

    def articles(self, corpus: str) -> pd.DataFrame:
        """The latest version of each article, by date, outlet and id.

        Columns: article, outlet, date (day), title, byline, url (null where unknown), text as given,
        content_hash, version (from 1), source, first_seen (UTC).
        """
        v = versions.c
        latest = (
            select(v.article, func.max(v.version).label("version"))
            .where(v.corpus == corpus)
            .group_by(v.article)
            .subquery()
        )
        query = (
            select(
                v.article, v.outlet, v.date, v.title, v.byline, v.url, v.text, v.content_hash, v.version,
                v.source, articles.c.first_seen,
            )
            .join(latest, and_(v.article == latest.c.article, v.version == latest.c.version))
            .join(articles, and_(articles.c.corpus == v.corpus, articles.c.article == v.article))
            .where(v.corpus == corpus)
        )  # fmt: skip
        with reading(self.engine) as connection:
            result = connection.execute(query)
            return _frame([tuple(row) for row in result], list(result.keys()))

    def history(self, corpus: str, article: str) -> pd.DataFrame:
        """Every version of one article: version, date, title, text, content_hash, source, added_at."""
        v = versions.c
        query = (
            select(v.version, v.date, v.title, v.text, v.content_hash, v.source, v.added_at)
            .where(v.corpus == corpus, v.article == article)
            .order_by(v.version)
        )
        with reading(self.engine) as connection:
            result = connection.execute(query)
            return pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))

    def raw(self, corpus: str, article: str, version: int) -> bytes | None:
        """The bytes a version was read from; null where the text itself was given."""
        v = versions.c
        query = select(v.raw).where(v.corpus == corpus, v.article == article, v.version == version)
        with reading(self.engine) as connection:
            packed = connection.execute(query).scalar()
        try:
            return None if packed is None else zlib.decompress(packed)
        except zlib.error as error:
            raise WorkError(f"the raw bytes of {article} v{version} are damaged: {error}") from error

    def close(self) -> None:
        self.engine.dispose()


def _place_one(find: Collected | Refused, corpus: str, known: Known, rows: Rows, now: datetime, added: Added) -> None:
    outcome = find if isinstance(find, Refused) else place(find, corpus, known, rows, now)
    if isinstance(outcome, Refused):
        added.refused.append(outcome)
        return
    setattr(added, outcome, getattr(added, outcome) + 1)
    if isinstance(find, Collected):
        added.outlets[find.outlet] += 1


def _unstorable(found: Collected) -> Refused | None:
    """Why a find cannot be stored, whichever reader brought it."""
    where = found.url or found.source
    if found.url and not _is_address(found.url):
        what = f'"url" is "{found.url[:80]!r}"'
        return Refused(found.source, "bad address", what, "give http(s)://…, or no url")
    for name in ("outlet", "title", "byline", "url", "id", "text"):
        if damaged(getattr(found, name)):
            return Refused(where, "damaged text", f'"{name}" {DAMAGE}', "give whole Unicode text")
    return None


def _is_address(url: str) -> bool:
    try:
        canonical_url(url)
    except ValueError:
        return False
    return True


def _frame(rows: list[tuple[object, ...]], names: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=names)
    for name in ("article", "outlet", "title", "byline", "url", "text", "content_hash", "source"):
        frame[name] = frame[name].astype("str")
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[s]")
    frame["version"] = frame["version"].astype("int64")
    frame["first_seen"] = pd.to_datetime(frame["first_seen"], utc=True).astype("datetime64[us, UTC]")
    return frame.sort_values(["date", "outlet", "article"], kind="stable", ignore_index=True)


@contextmanager
def open_library(settings: Settings, *, clock: Clock = utc_now) -> Iterator[Library]:
    """The library that the settings name: PostgreSQL by `library_url`, else SQLite in the store.

    Made where there is none, and brought to the current form. Raises WorkError or InputError.
    """
    library = Library(open_engine(library_url(settings.library_url, settings.store)), clock=clock)
    try:
        yield library
    finally:
        library.close()
