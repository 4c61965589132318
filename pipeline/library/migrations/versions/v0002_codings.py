"""What people code by hand."""

import sqlalchemy as sa
from alembic import op

from pipeline.library.tables import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the table. Written out, not taken from `tables.py`, which will move on."""
    op.create_table(
        "codings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("corpus", sa.String, nullable=False),
        sa.Column("measure", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("article", sa.String, nullable=False),
        sa.Column("content_hash", sa.String, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("coder", sa.String, nullable=False),
        sa.Column("answer", sa.String),
        sa.Column("found", sa.String, nullable=False),
        sa.Column("event", sa.String),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("codings_by_subject", "codings", ["corpus", "measure", "subject"])
