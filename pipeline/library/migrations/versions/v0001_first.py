"""The library's first form."""

import sqlalchemy as sa
from alembic import op

from pipeline.library.tables import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables. Written out, not taken from `tables.py`, which will move on."""
    op.create_table(
        "articles",
        sa.Column("corpus", sa.String, primary_key=True),
        sa.Column("article", sa.String, primary_key=True),
        sa.Column("outlet", sa.String, nullable=False),
        sa.Column("first_seen", Moment, nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("corpus", sa.String, primary_key=True),
        sa.Column("article", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("outlet", sa.String, nullable=False),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("date_source", sa.String, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("byline", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("fetched_at", Moment),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("raw", sa.LargeBinary),
        sa.ForeignKeyConstraint(["corpus", "article"], ["articles.corpus", "articles.article"]),
    )
    op.create_index("versions_by_content", "versions", ["corpus", "content_hash"])
    op.create_table(
        "addresses",
        sa.Column("corpus", sa.String, primary_key=True),
        sa.Column("outlet", sa.String, primary_key=True),
        sa.Column("address", sa.String, primary_key=True),
        sa.Column("article", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["corpus", "article"], ["articles.corpus", "articles.article"]),
    )
    op.create_table(
        "fetches",
        sa.Column("corpus", sa.String, primary_key=True),
        sa.Column("url", sa.String, primary_key=True),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("fetched_at", Moment, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
    )
    op.create_table(
        "source_runs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("corpus", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("started", Moment, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("tried", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("listed", sa.Integer),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("refused", sa.Text, nullable=False),
        sa.Column("failed", sa.Text),
        sa.Column("bytes", sa.Integer, nullable=False),
    )
    op.create_index("source_runs_by_source", "source_runs", ["corpus", "source", "started"])
