"""The sentences and passages behind a figure of the corpus, found without reading the corpus.

Tallies say which articles have some; their evidence is then read by article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from dashboard.groups import event_rows, outlet_codes
from dashboard.lasting import lasting
from pipeline.measures import all_measures
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot

Frame: TypeAlias = pd.DataFrame
AT_FIRST = 4  # articles of an outlet read at first: mostly they have as many spans as are shown


@dataclass(frozen=True)
class Behind:
    """Which measured articles have evidence of one item, over the corpus or over one event.

    rows: their positions in `heads`, ascending. articles: how many they are by outlet, outlets by name.
    """

    measure: str
    item: str
    rows: np.ndarray
    articles: dict[str, int]


@lasting
def behind(snapshot: Snapshot, measure: str, item: str, *, event: str | None = None) -> Behind:
    """What is behind a figure, before any sentence is read."""
    there = _articles_with(snapshot, measure, item)
    there &= snapshot.heads["measured"].to_numpy(bool)
    rows = np.flatnonzero(there) if event is None else (of_event := event_rows(snapshot, event))[there[of_event]]
    rows = rows.astype(np.int32)  # some of these are kept
    codes, names = outlet_codes(snapshot)
    size = np.bincount(codes[rows], minlength=len(names))
    return Behind(measure, item, rows, {names[i]: int(size[i]) for i in np.argsort(names) if size[i]})


def sentences_behind(
    snapshot: Snapshot, found: Behind, *, outlets: Sequence[str] | None = None, limit: int = 12
) -> Frame:
    """The evidence of an item in the form of a comparison's: with `source` (the outlet), `text`, `sentence_start`,
    `sentence_end`; from the first articles that have some, at most `limit` articles and `limit` spans an outlet.

    outlets: those whose sentences are wanted, else all.
    """
    measure, item, rows = found.measure, found.item, found.rows
    codes, names = outlet_codes(snapshot)
    if outlets is not None:
        rows = rows[np.isin(np.array(names, dtype=object), list(outlets))[codes[rows]]]
    place = _place_within(codes[rows])
    spans = _evidence_of(snapshot, measure, item, rows[place < AT_FIRST])
    enough = np.bincount(codes[snapshot.places(spans["article"])], minlength=len(names)) >= limit
    later = rows[(place >= AT_FIRST) & (place < limit) & ~enough[codes[rows]]]
    if len(later):
        spans = pd.concat([spans, _evidence_of(snapshot, measure, item, later)], ignore_index=True)
        spans = spans.iloc[np.argsort(snapshot.places(spans["article"]), kind="stable")]
    if not len(spans):
        spans = _evidence_of(snapshot, measure, None, rows[place < limit])
    return in_context(snapshot, sourced(snapshot, spans), limit=limit)


def _place_within(groups: np.ndarray) -> np.ndarray:
    """For each row how many rows of its group come before it."""
    order = np.argsort(groups, kind="stable")
    size = np.bincount(groups)
    out = np.empty(len(groups), np.int64)
    out[order] = np.arange(len(groups)) - (np.cumsum(size) - size)[groups[order]]
    return out


def sourced(snapshot: Snapshot, rows: Frame) -> Frame:
    """Evidence with `source`, the outlet of its article."""
    codes, names = outlet_codes(snapshot)
    return rows.assign(source=np.array(names, dtype=object)[codes[snapshot.places(rows["article"])]])


def in_context(snapshot: Snapshot, rows: Frame, *, limit: int) -> Frame:
    """Evidence with `source` in the form of a comparison's: with `text`, `sentence_start`, `sentence_end`; at most
    `limit` spans an outlet, the first."""
    rows = rows[_place_within(pd.factorize(rows["source"])[0]) < limit].reset_index(drop=True)
    articles = rows["article"].tolist()
    some = list(dict.fromkeys(articles))
    places = snapshot.rows("sentences", ["article", "sentence", "start", "end"], article=some)
    # Joined by hand: a merge of so few rows costs more than reading them.
    number = {
        key: i for i, key in enumerate(zip(places["article"].tolist(), places["sentence"].tolist(), strict=True))
    }
    at = [number[key] for key in zip(articles, rows["sentence"].tolist(), strict=True)]
    texts = snapshot.texts(some)
    spans = zip(articles, rows["start"].tolist(), rows["end"].tolist(), strict=True)
    return rows.assign(
        sentence_start=places["start"].to_numpy()[at], sentence_end=places["end"].to_numpy()[at],
        text=pd.Series([texts[article][start:end] for article, start, end in spans], dtype=object),
    )  # fmt: skip


def _articles_with(snapshot: Snapshot, measure: str, item: str) -> np.ndarray:
    """Which articles have evidence of an item; where no quantity of the measure has it, of any of the measure's.

    Of a topic none is kept: its articles are those whose words are counted for it. So it is in an older snapshot,
    where some articles are among them that name the item's rivals only.
    """
    if (evident := snapshot.evident) is not None and measure != "emphasis":
        there = np.zeros(len(snapshot.heads), bool)
        there[evident.articles(measure, item)] = True
        return there
    module = next((m for m in all_measures() if m.name == measure), None)
    names = [q.name for q in module.declaration.quantities] if module is not None else []
    tallies = [snapshot.tally(name) for name in names if name in snapshot.quantities]
    found = np.zeros(len(snapshot.heads), bool)
    own = [tally for tally in tallies if item in tally.items]
    for tally in own or tallies:
        for side in (tally.numerator, tally.denominator):
            if not isinstance(side, np.ndarray):
                at = np.flatnonzero(side.indices == tally.items.index(item) if own else side.data)
                at = at[side.data[at] != 0]
                found[np.searchsorted(side.indptr, at, side="right") - 1] = True
    return found


def _evidence_of(snapshot: Snapshot, measure: str, item: str | None, rows: np.ndarray) -> Frame:
    """EVIDENCE of an item in the articles of some rows; of a topic, the sentences of its passages. Without an item,
    which then stands for all of a measure as the share of all quoted words does, each span of the measure's once."""
    articles = snapshot.heads["article"].iloc[rows].tolist()
    if measure == "emphasis":
        passages = snapshot.rows("passages", ["article", "passage", "topic"], article=articles)
        chosen = passages[passages["topic"].astype(str) == item]
        found = snapshot.rows("sentences", article=articles).merge(chosen, on=["article", "passage"])
        fixed = {"measure": measure, "item": item, "label": None, "voice": None, "weight": 1.0}
        return found[["article", "sentence", "start", "end"]].assign(**fixed)[EVIDENCE.names]
    if item is not None:
        return snapshot.rows("evidence", article=articles, measure=[measure], item=[item])
    return snapshot.rows("evidence", article=articles, measure=[measure]).drop_duplicates(["article", "start", "end"])


def topic_passages(snapshot: Snapshot, topic: int, *, limit: int) -> Frame:
    """Some passages of a topic, one an outlet at first: PASSAGES with outlet, date and title of the article, and
    the passage's `text`."""
    heads = snapshot.heads
    there = _articles_with(snapshot, "emphasis", str(topic)) & heads["measured"].to_numpy(bool)
    found = np.flatnonzero(there)
    again = _place_within(outlet_codes(snapshot)[0][found]) > 0
    part = heads.iloc[np.concatenate([found[~again], found[again]])[:limit]]
    rows = snapshot.rows("passages", article=list(part["article"]))
    rows = rows[rows["topic"] == topic].drop_duplicates("article")
    rows = part[["article", "outlet", "date", "title"]].merge(rows, on="article")
    texts = snapshot.texts(rows["article"])
    return rows.assign(text=[texts[a][s:e] for a, s, e in rows[["article", "start", "end"]].itertuples(index=False)])
