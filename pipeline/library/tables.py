"""The library's tables, as SQLAlchemy declares them; `migrations/` brings a database to this form."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

REVISION = "0002"  # what `migrations/versions/` ends with; a test compares the two

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is taken off on the way in and put back on."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# An article of a corpus. Its words are in `versions`.
articles = Table(
    "articles",
    metadata,
    Column("corpus", String, primary_key=True),
    Column("article", String, primary_key=True),
    Column("outlet", String, nullable=False),
    Column("first_seen", Moment, nullable=False),
)

# What was read of an article, and when; rows are added and never changed.
versions = Table(
    "versions",
    metadata,
    Column("corpus", String, primary_key=True),
    Column("article", String, primary_key=True),
    Column("version", Integer, primary_key=True),  # from 1
    Column("outlet", String, nullable=False),
    Column("date", Date, nullable=False),
    Column("date_source", String, nullable=False),
    Column("title", Text),
    Column("byline", Text),
    Column("url", Text),
    Column("text", Text, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("source", String, nullable=False),
    Column("fetched_at", Moment),  # null: imported from a file
    Column("added_at", Moment, nullable=False),
    Column("raw", LargeBinary),  # zlib; null where the text itself was given
    ForeignKeyConstraint(["corpus", "article"], ["articles.corpus", "articles.article"]),
)
Index("versions_by_content", versions.c.corpus, versions.c.content_hash)

# The addresses under which an article was found, in the form that tells addresses apart.
addresses = Table(
    "addresses",
    metadata,
    Column("corpus", String, primary_key=True),
    Column("outlet", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("article", String, nullable=False),
    ForeignKeyConstraint(["corpus", "article"], ["articles.corpus", "articles.article"]),
)

# What a server said of an address when it was last fetched, for conditional requests.
fetches = Table(
    "fetches",
    metadata,
    Column("corpus", String, primary_key=True),
    Column("url", String, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("fetched_at", Moment, nullable=False),
    Column("outcome", String, nullable=False),  # "ok", or why it gave no article
)

# One row a source and run.
source_runs = Table(
    "source_runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("corpus", String, nullable=False),
    Column("source", String, nullable=False),
    Column("started", Moment, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("tried", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("listed", Integer),  # null: nothing changed since last time, or failed
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Text, nullable=False),  # JSON: reason → count
    Column("failed", Text),  # why; null where the source answered
    Column("bytes", Integer, nullable=False),
)
Index("source_runs_by_source", source_runs.c.corpus, source_runs.c.source, source_runs.c.started)

# What people answered who read spans by hand; rows are added and never changed, of one coder's on one span the last
# counts, and one without an answer takes back what was there.
codings = Table(
    "codings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("corpus", String, nullable=False),
    Column("measure", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("asked", Text, nullable=False),  # the words of the question
    Column("article", String, nullable=False),
    Column("content_hash", String, nullable=False),  # of the version that was read
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("coder", String, nullable=False),
    Column("answer", String),  # null: taken back
    Column("found", String, nullable=False),  # what the measure had answered
    Column("event", String),  # the event that it was drawn for; null: the whole corpus
    Column("at", Moment, nullable=False),
)
Index("codings_by_subject", codings.c.corpus, codings.c.measure, codings.c.subject)
