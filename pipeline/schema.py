"""The tables that pass between stages and make up a snapshot, declared once.

Offsets are [start, end) in characters of the article's text as it was collected. `article` is the
article's id; `sentence` is the sentence's position in its article, from 0. A missing text is null,
never "". Everything may import this module; it imports no stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.errors import SchemaError

SCHEMA_VERSION = 1

Kind = Literal["text", "integer", "number", "flag", "day", "moment"]
_ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "moment": pa.timestamp("us", tz="UTC"),
}

VOICES = ("own", "attributed", "distanced")
CREDIT_LABELS = ("credits", "reports", "disputes", "none")


@dataclass(frozen=True)
class Column:
    """One column: its kind, what it means, whether it may be null, and its bounds or allowed values."""

    name: str
    kind: Kind
    about: str
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its columns, and the columns that together tell its rows apart."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def arrow(self) -> pa.Schema:
        """The table's form on disk."""
        return pa.schema([pa.field(c.name, _ARROW[c.kind], nullable=c.nullable) for c in self.columns])

    def empty(self) -> pd.DataFrame:
        """No rows, with the columns and types that rows would have."""
        return self.frame([])

    def frame(self, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
        """Rows given as dictionaries, as a checked DataFrame."""
        columns = {c.name: pd.array([r.get(c.name) for r in rows], dtype=_PANDAS[c.kind]) for c in self.columns}
        return self.check(pd.DataFrame(columns, columns=self.names))

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the declared columns in the declared order and types.

        Raises SchemaError naming table, column, the number of offending rows and the first of them.
        """
        missing = [name for name in self.names if name not in frame.columns]
        if missing:
            raise SchemaError(f"table {self.name}: no column {', '.join(missing)}")
        columns = {column.name: _cast(frame[column.name], column, self.name) for column in self.columns}
        for column in self.columns:
            _check_values(columns[column.name], column, self.name)
        out = pd.DataFrame(columns, copy=True).reset_index(drop=True)
        if self.key and (double := out.duplicated(list(self.key))).any():
            first = list(out.loc[double, list(self.key)].to_dict("records")[0].values())
            raise SchemaError(f"table {self.name}: {int(double.sum())} rows repeat the key {self.key}: {first}")
        return out


_PANDAS: dict[str, Any] = {
    "text": "str",
    "integer": "int64",
    "number": "float64",
    "flag": "bool",
    "day": "datetime64[s]",
    "moment": "datetime64[us, UTC]",
}


def _cast(values: pd.Series, column: Column, table: str) -> pd.Series:
    target = _PANDAS[column.kind]
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    try:
        return values if values.dtype == target else values.astype(target)
    except (TypeError, ValueError) as error:
        raise SchemaError(f"table {table}, column {column.name}: not {column.kind}: {error}") from error


def _check_values(values: pd.Series, column: Column, table: str) -> None:
    null = values.isna().to_numpy()
    if not column.nullable and null.any():
        raise SchemaError(f"table {table}, column {column.name}: {int(null.sum())} of {len(values)} rows are null")
    present = values[~null] if null.any() else values
    wrong = np.zeros(len(present), bool)
    if column.low is not None:
        wrong |= (present < column.low).to_numpy(bool)
    if column.high is not None:
        wrong |= (present > column.high).to_numpy(bool)
    if column.among:
        wrong |= ~present.isin(column.among).to_numpy(bool)
    if wrong.any():
        allowed = f"one of {', '.join(column.among)}" if column.among else f"in [{column.low}, {column.high}]"
        first = present[wrong].head(1).tolist()[0]
        raise SchemaError(
            f"table {table}, column {column.name}: {int(wrong.sum())} of {len(values)} rows are not {allowed}, "
            f"the first is {first!r}"
        )


_ARTICLE = Column("article", "text", "id of the article")
_SENTENCE = Column("sentence", "integer", "position of the sentence in its article, from 0", low=0)
_START = Column("start", "integer", "first character in the article's text", low=0)
_END = Column("end", "integer", "one past the last character", low=0)

OUTLETS = Table(
    "outlets",
    "the publishers of the corpus",
    (
        Column("outlet", "text", "name"),
        Column("country", "text", "country it is based in", nullable=True),
        Column("kind", "text", "kind of ownership: state, public, commercial, …", nullable=True),
        Column("language", "text", "ISO 639-1 code", nullable=True),
    ),
    ("outlet",),
)

ARTICLES = Table(
    "articles",
    "the articles, each once, in its latest version; `measured` says whether the measures read it",
    (
        _ARTICLE,
        Column("outlet", "text", "name of the outlet"),
        Column("date", "day", "day of publication, as the source gave it"),
        Column("title", "text", "headline", nullable=True),
        Column("byline", "text", "author line", nullable=True),
        Column("url", "text", "canonical address", nullable=True),
        Column("text", "text", "the text as collected; every offset refers to it"),
        Column("content_hash", "text", "SHA-256 of title and text"),
        Column("language", "text", "ISO 639-1 code as detected", nullable=True),
        Column("words", "integer", "words in the measured sentences", low=0),
        Column("sentences", "integer", "measured sentences", low=0),
        Column("measured", "flag", "false: kept and shown, not measured"),
        Column("reason", "text", "why it is not measured", nullable=True),
        Column("event", "text", "id of its event; null where it stands alone", nullable=True),
        Column("wire", "text", "id of its group in `wirecopy`; null where it has none", nullable=True),
    ),
    ("article",),
)

SENTENCES = Table(
    "sentences",
    "the units of evidence",
    (
        _ARTICLE,
        _SENTENCE,
        _START,
        _END,
        Column("words", "integer", "words", low=0),
        Column("passage", "integer", "position of its passage in the article, from 0", low=0),
    ),
    ("article", "sentence"),
)

ATTRIBUTIONS = Table(
    "attributions",
    "spans that say whose words a text is in; the spans of one attribution share its number",
    (
        _ARTICLE,
        Column("attribution", "integer", "number of the attribution in its article, from 0", low=0),
        Column("role", "text", "what the span is", among=("source", "cue", "content", "distance")),
        _START,
        _END,
        Column("speaker", "text", "the source as resolved (pronouns to their name)", nullable=True),
    ),
)

PASSAGES = Table(
    "passages",
    "runs of sentences, the units of topics",
    (
        _ARTICLE,
        Column("passage", "integer", "position of the passage in its article, from 0", low=0),
        _START,
        _END,
        Column("sentences", "integer", "sentences in it", low=1),
        Column("topic", "integer", "its topic; −1 where it has none", low=-1),
    ),
    ("article", "passage"),
)

TOPICS = Table(
    "topics",
    "BERTopic's topics over the passages",
    (
        Column("topic", "integer", "id, kept over refreshes", low=0),
        Column("label", "text", "readable name"),
        Column("words", "text", "its most telling words, by c-TF-IDF, comma-separated"),
        Column("passages", "integer", "passages in it", low=0),
    ),
    ("topic",),
)

EVENTS = Table(
    "events",
    "groups of articles, across outlets, close in meaning and in time",
    (
        Column("event", "text", "id"),
        Column("title", "text", "headline of one of its most central articles, the most telling"),
        Column("start", "day", "first day"),
        Column("end", "day", "last day"),
        Column("articles", "integer", "articles in it", low=1),
        Column("outlets", "integer", "outlets in it", low=1),
        Column("keywords", "text", "words that set it apart, comma-separated"),
    ),
    ("event",),
)

WIRECOPY = Table(
    "wirecopy",
    "one text carried by several outlets",
    (
        Column("wire", "text", "id of the group"),
        _ARTICLE,
        Column("first", "flag", "the copy that counts where copies count once"),
        Column("containment", "number", "share of its shingles that the first copy has", low=0, high=1),
        Column("agency", "text", "news agency that its byline or dateline, or the first's, names", nullable=True),
    ),
    ("article",),
)

EVIDENCE = Table(
    "evidence",
    "one row a span that a measure counts",
    (
        Column("measure", "text", "name of the measure"),
        Column("item", "text", "what it counts for: a term, a proposition, a group, …"),
        _ARTICLE,
        _SENTENCE,
        _START,
        _END,
        Column("label", "text", "what it says of the item, in the measure's own labels", nullable=True),
        Column("voice", "text", "whose words", nullable=True, among=VOICES),
        Column("weight", "number", "what it adds: 1 for a count, words, a sentiment, …"),
    ),
)

PROFILE = Table(
    "profile",
    "one row a value of an outlet over the whole corpus, wire copy counted once",
    (
        Column("outlet", "text", "name of the outlet"),
        Column("quantity", "text", "name of the quantity"),
        Column("item", "text", "its item"),
        Column("value", "number", "the value; null where it cannot be had", nullable=True),
        Column("low", "number", "lower end of the 95 % interval", nullable=True),
        Column("high", "number", "upper end", nullable=True),
        Column("n", "integer", "pieces of evidence it rests on", low=0),
    ),
    ("outlet", "quantity", "item"),
)

REFRESH = Table(
    "refresh",
    "what the refresh did: a row a stage (seconds, rows), a source (articles) or a reason for leaving out",
    (
        Column("what", "text", "what the row is about", among=("stage", "source", "drop", "note")),
        Column("name", "text", "stage, source, or reason"),
        Column("count", "integer", "rows made, articles brought, articles left out", low=0),
        Column("seconds", "number", "how long it took", nullable=True, low=0),
        Column("detail", "text", "more, for a reader", nullable=True),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        OUTLETS, ARTICLES, SENTENCES, ATTRIBUTIONS, PASSAGES, TOPICS, EVENTS, WIRECOPY, EVIDENCE, PROFILE, REFRESH,
    )
}  # fmt: skip
