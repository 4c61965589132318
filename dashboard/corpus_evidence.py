"""The sentences and passages behind a figure of the corpus, found without reading the corpus.

Tallies say which articles have some; their evidence is then read by article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from dashboard.groups import event_rows, outlet_codes
from dashboard.lasting import lasting
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot

Frame: TypeAlias = pd.DataFrame
# A span of evidence: SPAN; `source`, the outlet; `text`, `sentence_start`, `sentence_end` where it is shown.
Span: TypeAlias = dict[str, Any]
SPAN = ("article", "sentence", "start", "end", "measure", "label", "voice")
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
) -> list[Span]:
    """The evidence of an item in the form of a comparison's: from the first articles that have some, at most `limit`
    articles and `limit` spans an outlet.

    outlets: those whose sentences are wanted, else all.
    """
    measure, item, rows = found.measure, found.item, found.rows
    codes, names = outlet_codes(snapshot)
    if outlets is not None:
        rows = rows[np.array([name in outlets for name in names], bool)[codes[rows]]]
    place = _place_within(codes[rows])
    spans = _evidence_of(snapshot, measure, item, rows[place < AT_FIRST])
    size = Counter(span["source"] for span in spans)
    enough = np.array([size[name] >= limit for name in names], bool)
    later = rows[(place >= AT_FIRST) & (place < limit) & ~enough[codes[rows]]]
    if len(later):
        spans += _evidence_of(snapshot, measure, item, later)
        nth = {article: i for i, article in enumerate(_ids(snapshot, rows))}
        spans.sort(key=lambda span: nth[span["article"]])
    if not spans:
        spans = _evidence_of(snapshot, measure, None, rows[place < limit])
    return in_context(snapshot, spans, limit=limit)


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


def in_context(snapshot: Snapshot, spans: Iterable[Span], *, limit: int) -> list[Span]:
    """Evidence with `source` in the form of a comparison's: with `text`, `sentence_start`, `sentence_end`; at most
    `limit` spans an outlet, the first."""
    size: Counter[str] = Counter()
    shown = []
    for span in spans:
        size[span["source"]] += 1
        if size[span["source"]] <= limit:
            shown.append(span)
    articles = list(dict.fromkeys(span["article"] for span in shown))
    place = _sentences(snapshot, articles)
    texts = snapshot.texts(articles)
    out = []
    for span in shown:
        start, end = place[span["article"], span["sentence"]]
        text = texts[span["article"]][span["start"] : span["end"]]
        out.append({**span, "sentence_start": start, "sentence_end": end, "text": text})
    return out


def _sentences(snapshot: Snapshot, articles: list[str]) -> dict[tuple[str, int], tuple[int, int]]:
    """Where the sentences of some articles begin and end."""
    rows = snapshot.lists("sentences", ["article", "sentence", "start", "end"], article=articles)
    keys = zip(rows["article"], rows["sentence"], strict=True)
    return dict(zip(keys, zip(rows["start"], rows["end"], strict=True), strict=True))


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


def _evidence_of(snapshot: Snapshot, measure: str, item: str | None, rows: np.ndarray) -> list[Span]:
    """The evidence of an item in the articles of some rows, with its `source`; of a topic, the sentences of its
    passages. Without an item, which then stands for all of a measure as the share of all quoted words does, each
    span of the measure's once."""
    codes, names = outlet_codes(snapshot)
    articles = _ids(snapshot, rows)
    source = {article: names[code] for article, code in zip(articles, codes[rows], strict=True)}
    if measure == "emphasis":
        found = _sentences_of_topic(snapshot, str(item), articles)
    else:
        where = {"measure": [measure], **({} if item is None else {"item": [item]})}
        columns = snapshot.lists("evidence", list(SPAN), article=articles, **where)
        found = [dict(zip(SPAN, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        if item is None:
            found = list({(span["article"], span["start"], span["end"]): span for span in reversed(found)}.values())[
                ::-1
            ]
    return [{**span, "source": source[span["article"]]} for span in found]


def _sentences_of_topic(snapshot: Snapshot, topic: str, articles: list[str]) -> list[Span]:
    passages = snapshot.lists("passages", ["article", "passage", "topic"], article=articles)
    chosen = {(a, p) for a, p, t in zip(*passages.values(), strict=True) if str(t) == topic}
    names = ["article", "sentence", "start", "end", "passage"]
    sentences = snapshot.lists("sentences", names, article=articles)
    fixed = {"measure": "emphasis", "label": None, "voice": None}
    return [
        {"article": article, "sentence": sentence, "start": start, "end": end, **fixed}
        for article, sentence, start, end, passage in zip(*sentences.values(), strict=True)
        if (article, passage) in chosen
    ]


def _ids(snapshot: Snapshot, rows: np.ndarray) -> list[str]:
    """The ids of the articles of some rows of `heads`."""
    ids: list[str] = snapshot.heads["article"].take(rows).tolist()
    return ids


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
