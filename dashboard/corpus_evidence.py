"""The sentences and passages behind a figure of the corpus, found without reading the corpus.

Tallies say which articles have some; their evidence is then read by article.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd

from pipeline.measures import all_measures
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot

Frame: TypeAlias = pd.DataFrame


def sentences_behind(
    snapshot: Snapshot, measure: str, item: str, *, event: str | None = None, limit: int = 12
) -> Frame:
    """The evidence of one item over the corpus, or over one event, in the form of a comparison's: with
    `source` (the outlet), `text`, `sentence_start`, `sentence_end`; from the first articles that have some, at
    most `limit` articles and `limit` spans an outlet.
    """
    heads = snapshot.heads
    there = _articles_with(snapshot, measure, item)
    there &= heads["measured"].to_numpy(bool)
    if event is not None:
        there &= (heads["event"] == event).to_numpy(bool)
    part = heads[there].groupby("outlet", sort=False).head(limit)
    rows = _evidence_of(snapshot, measure, item, list(part["article"]))
    return in_context(snapshot, sourced(snapshot, rows), limit=limit)


def sourced(snapshot: Snapshot, rows: Frame) -> Frame:
    """Evidence with `source`, the outlet of its article."""
    outlet = snapshot.heads["outlet"].to_numpy()
    return rows.assign(source=outlet[snapshot.places(rows["article"])])


def in_context(snapshot: Snapshot, rows: Frame, *, limit: int) -> Frame:
    """Evidence with `source` in the form of a comparison's: with `text`, `sentence_start`, `sentence_end`; at most
    `limit` spans an outlet, the first."""
    rows = rows.groupby("source", sort=False).head(limit)
    some = list(dict.fromkeys(rows["article"]))
    places = snapshot.rows("sentences", ["article", "sentence", "start", "end"], article=some)
    places = places.rename(columns={"start": "sentence_start", "end": "sentence_end"})
    out = rows.merge(places, on=["article", "sentence"], how="left")
    texts = snapshot.texts(some)
    cut = [texts[a][s:e] for a, s, e in out[["article", "start", "end"]].itertuples(index=False)]
    return out.assign(text=cut).reset_index(drop=True)


def _articles_with(snapshot: Snapshot, measure: str, item: str) -> np.ndarray:
    """Which articles have evidence of an item; where no quantity of the measure has it, of any of the measure's."""
    module = next((m for m in all_measures() if m.name == measure), None)
    names = [q.name for q in module.declaration.quantities] if module is not None else []
    tallies = [snapshot.tally(name) for name in names if name in snapshot.quantities]
    found = np.zeros(len(snapshot.heads), bool)
    own = [tally for tally in tallies if item in tally.items]
    for tally in own or tallies:
        sides = (
            [tally.numerator] if isinstance(tally.denominator, np.ndarray) else [tally.numerator, tally.denominator]
        )
        for side in sides:
            chosen = side[:, [tally.items.index(item)]] if own else side
            found[chosen.nonzero()[0]] = True
    return found


def _evidence_of(snapshot: Snapshot, measure: str, item: str, articles: list[str]) -> Frame:
    """EVIDENCE of an item in some articles; of an item that stands for all of a measure, as the share of all
    quoted words does, all of the measure's; of a topic, the sentences of its passages."""
    if measure == "emphasis":
        passages = snapshot.rows("passages", ["article", "passage", "topic"], article=articles)
        chosen = passages[passages["topic"].astype(str) == item]
        rows = snapshot.rows("sentences", article=articles).merge(chosen, on=["article", "passage"])
        fixed = {"measure": measure, "item": item, "label": None, "voice": None, "weight": 1.0}
        return EVIDENCE.check(rows[["article", "sentence", "start", "end"]].assign(**fixed))
    rows = snapshot.rows("evidence", article=articles)
    rows = rows[rows["measure"] == measure]
    mine = rows[rows["item"] == item]
    return EVIDENCE.check(mine if len(mine) else rows.drop_duplicates(["article", "start", "end"]))


def topic_passages(snapshot: Snapshot, topic: int, *, limit: int) -> Frame:
    """Some passages of a topic, one an outlet at first: PASSAGES with outlet, date and title of the article, and
    the passage's `text`."""
    heads = snapshot.heads
    there = _articles_with(snapshot, "emphasis", str(topic)) & heads["measured"].to_numpy(bool)
    part = heads[there]
    part = pd.concat([part.drop_duplicates("outlet"), part[part.duplicated("outlet")].head(limit)]).head(limit)
    rows = snapshot.rows("passages", article=list(part["article"]))
    rows = rows[rows["topic"] == topic].drop_duplicates("article")
    rows = part[["article", "outlet", "date", "title"]].merge(rows, on="article")
    texts = snapshot.texts(rows["article"])
    return rows.assign(text=[texts[a][s:e] for a, s, e in rows[["article", "start", "end"]].itertuples(index=False)])
