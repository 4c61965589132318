"""What one more entry of a codebook would catch on a snapshot, before it is added."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard import queries
from dashboard.editing import Edit, edited, known_as
from pipeline.codebook import Codebook
from pipeline.measures import credit, naming
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot

if TYPE_CHECKING:
    from pipeline.models import Models

Told = Callable[[str, int, int], None]
# Reading every sentence of a large corpus for a claim takes too long to wait for: articles are then drawn evenly.
MOST_SENTENCES = 20_000
TERM_BATCH = 500  # articles between two words of progress


@dataclass(frozen=True)
class Tried:
    """What an entry catches. evidence: EVIDENCE of this entry alone, with `source`, the outlet.

    taken: for a term, places that counted for another term so far, by that term. before: for a paraphrase, the
    EVIDENCE of its claim without it, else null. articles: how many were read, of so many.
    """

    edit: Edit
    item: str
    evidence: pd.DataFrame
    articles: int
    of: int
    known: str | None = None
    taken: dict[str, int] | None = None
    before: pd.DataFrame | None = None


def try_edit(snapshot: Snapshot, edits: Sequence[Edit], edit: Edit, models: Models, *, told: Told) -> Tried:
    """Tries `edit` on top of `edits`. Raises InputError where it does not fit the codebook."""
    book = edited(snapshot.codebook, edits)
    if edit.kind == "term":
        return _term(snapshot, book, edit, models, told)
    return _claim(snapshot, edited(book, [edit]), edit, models, told)


def _term(snapshot: Snapshot, book: Codebook, edit: Edit, models: Models, told: Told) -> Tried:
    """The places of a term, by the measure itself, in the articles that hold its first word. No model is asked."""
    known = known_as(book, edit.text)
    if known is None:
        book = edited(book, [edit])
    names = {f.casefold(): t.term for c in book.concepts for t in c.terms for f in (t.term, *t.forms)}
    item = names[edit.text.casefold()]
    forms = next((t.term, *t.forms) for c in book.concepts for t in c.terms if t.term == item)
    articles = snapshot.with_texts(queries.measured(snapshot))
    likely = articles[_may_hold(articles["text"], forms)]
    parts = [EVIDENCE.empty()]
    for begin in range(0, len(likely), TERM_BATCH):
        told("read", begin, len(likely))
        some = likely.iloc[begin : begin + TERM_BATCH]
        rows = naming.evidence(_reading(snapshot, some), book, models)
        parts.append(rows[rows["item"] == item])
    found = pd.concat(parts, ignore_index=True)
    return Tried(edit, item, queries.sourced(snapshot, found), len(articles), len(articles), known,
                 taken={} if known else _taken(snapshot, found))  # fmt: skip


def _may_hold(texts: pd.Series, forms: Sequence[str]) -> np.ndarray:
    """Which texts have the first word of a form, without its last letter, which inflection may change."""
    begins = []
    for form in forms:
        word = re.search(r"\w+", form)
        begins.append(re.escape(word[0][:-1] or word[0]) if word else "")
    return np.asarray(texts.str.contains("|".join(begins), case=False, regex=True), bool)


def _taken(snapshot: Snapshot, found: pd.DataFrame) -> dict[str, int]:
    """The places that count for another term now, by that term."""
    if not len(found):
        return {}
    now = snapshot.rows("evidence", measure=["naming"], article=sorted(set(found["article"])))
    both = found[["article", "start", "end"]].merge(now[["article", "start", "end", "item"]], on="article")
    over = both[(both["start_x"] < both["end_y"]) & (both["start_y"] < both["end_x"])]
    return {str(name): int(n) for name, n in over["item"].value_counts().items()}


def _claim(snapshot: Snapshot, book: Codebook, edit: Edit, models: Models, told: Told) -> Tried:
    """What sentences do with a claim, by the measure itself, beside the codebook's other claims."""
    from pipeline.credit_reading import read_for

    number = len(book.propositions) - 1
    if edit.kind == "paraphrase":
        number = next(i for i, p in enumerate(book.propositions) if p.id == edit.into)
    item = book.propositions[number].id
    every = queries.measured(snapshot)
    articles = snapshot.with_texts(_drawn(every, int(snapshot.manifest.get("seed", 0))))
    reading = _reading(snapshot, articles)
    told("load", 0, 1)
    found = read_for(reading.sentence_texts, book.propositions, number, models.credit,
                     told=lambda done, total: told("read", done, total))  # fmt: skip
    rows = credit.rows_of(reading, book, found)
    before = None
    if edit.kind == "paraphrase":
        before = snapshot.rows("evidence", measure=["credit"], item=[item], article=list(articles["article"]))
        before = EVIDENCE.check(before)
    return Tried(edit, item, queries.sourced(snapshot, rows), len(articles), len(every), before=before)


def _drawn(articles: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The articles, or as many drawn at random as hold MOST_SENTENCES together, in their order."""
    order = np.random.default_rng(seed).permutation(len(articles))
    total = np.cumsum(articles["sentences"].to_numpy()[order])
    return articles.iloc[np.sort(order[: max(1, int((total <= MOST_SENTENCES).sum()))])]


def _reading(snapshot: Snapshot, articles: pd.DataFrame) -> Reading:
    names = list(articles["article"])
    return Reading(
        articles[["article", "text"]].reset_index(drop=True),
        snapshot.rows("sentences", article=names),
        snapshot.rows("attributions", article=names),
    )
