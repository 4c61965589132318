"""Snapshot → small DataFrames. Pure: the same snapshot and arguments always give the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from pipeline.measures import all_measures, all_quantities, reindexed
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot
from pipeline.uncertainty import estimate

Frame: TypeAlias = pd.DataFrame


def rows_of(frame: Frame) -> list[Any]:
    """A frame's rows as named tuples, for drawing them one by one."""
    return list(frame.itertuples(index=False))


def outlets(snapshot: Snapshot) -> Frame:
    """OUTLETS with `articles` (measured), in the order of the corpus file; outlets without articles last."""
    table = snapshot.table("outlets")
    articles = snapshot.table("articles")
    size = articles[articles["measured"]].groupby("outlet").size()
    out = table.assign(articles=table["outlet"].map(size).fillna(0).astype("int64"))
    return out.sort_values("articles", ascending=False, key=lambda n: n == 0, kind="stable").reset_index(drop=True)


def find_articles(snapshot: Snapshot, words: str = "", *, limit: int = 40, keep: str | None = None) -> Frame:
    """Articles whose title, outlet and day together hold every word, by day and outlet.

    keep: the id of an article that is to be among them whatever the words. Columns of ARTICLES but the text.
    """
    articles = snapshot.table("articles").drop(columns=["text"])
    label = labels_of(articles).str.casefold()
    hit = articles["measured"].to_numpy(bool)
    for word in words.casefold().split():
        hit = hit & label.str.contains(word, regex=False).to_numpy(bool)
    found = articles[hit].sort_values(["date", "outlet"], kind="stable").head(limit)
    if keep is not None and keep not in set(found["article"]):
        found = pd.concat([articles[articles["article"] == keep], found])
    return found.reset_index(drop=True)


def labels_of(articles: Frame) -> pd.Series:
    """What an article is called in lists: its title, outlet and day."""
    title = articles["title"].fillna("(no title)").astype("str")
    return title + " · " + articles["outlet"] + " · " + articles["date"].dt.strftime("%Y-%m-%d")


def article(snapshot: Snapshot, identifier: str | None) -> pd.Series | None:
    """One article's row; null where there is none of that id."""
    articles = snapshot.table("articles")
    found = articles[articles["article"] == identifier]
    return found.iloc[0] if len(found) else None


def events(snapshot: Snapshot, *, at_least: int = 2) -> Frame:
    """EVENTS that several outlets cover, in the order of time."""
    table = snapshot.table("events")
    return table[table["outlets"] >= at_least].sort_values(["start", "end", "event"]).reset_index(drop=True)


def leading_events(snapshot: Snapshot, *, limit: int) -> Frame:
    """The events that most outlets cover, the largest first."""
    order = ["outlets", "articles", "start"]
    table = snapshot.table("events").sort_values(order, ascending=[False, False, True])
    return table.head(limit).reset_index(drop=True)


def coverage(snapshot: Snapshot) -> Frame:
    """(event, outlet) → articles, first (day); only measured articles with an event."""
    articles = snapshot.table("articles")
    part = articles[articles["measured"] & articles["event"].notna()]
    grouped = part.groupby(["event", "outlet"])
    return grouped.agg(articles=("article", "size"), first=("date", "min")).reset_index()


def event_articles(snapshot: Snapshot, event: str) -> Frame:
    """An event's measured articles, by day and outlet."""
    articles = snapshot.table("articles")
    part = articles[(articles["event"] == event) & articles["measured"]]
    return part.sort_values(["date", "outlet"], kind="stable").reset_index(drop=True)


def per_day(articles: Frame) -> Frame:
    """(date, articles): each day from the first to the last, days without articles with 0."""
    if not len(articles):
        return pd.DataFrame({"date": pd.Series(dtype="datetime64[s]"), "articles": pd.Series(dtype="int64")})
    size = articles.groupby("date").size()
    every = pd.date_range(size.index.min(), size.index.max(), freq="D")
    return size.reindex(every, fill_value=0).rename_axis("date").reset_index(name="articles")


def once(snapshot: Snapshot) -> np.ndarray:
    """Which articles count where wire copy counts once: the measured ones that are not later copies."""
    articles, wire = snapshot.table("articles"), snapshot.table("wirecopy")
    copies = set(wire.loc[~wire["first"], "article"])
    counted: np.ndarray = articles["measured"].to_numpy(bool) & ~articles["article"].isin(copies).to_numpy(bool)
    return counted


def values(
    snapshot: Snapshot,
    quantity: str,
    groups: np.ndarray,
    names: Sequence[str],
    *,
    items: Sequence[str] | None = None,
    resamples: int = 200,
) -> Frame:
    """(group, item, value, low, high, n) of one quantity over groups of articles.

    groups: for each article its place in `names`, −1 for none. items: all of them where none are named.
    """
    tally = snapshot.tally(quantity)
    chosen = reindexed(tally, list(items)) if items is not None else tally
    found = estimate(
        chosen, all_quantities()[quantity], groups, len(names), seed=int(snapshot.manifest.get("seed", 0)),
        resamples=resamples,
    )  # fmt: skip
    k = len(chosen.items)
    return pd.DataFrame(
        {
            "group": np.repeat(np.array(names, dtype=object), k),
            "item": np.tile(np.array(chosen.items, dtype=object), len(names)),
            "value": found.value.ravel(),
            "low": found.low.ravel(),
            "high": found.high.ravel(),
            "n": found.n.ravel(),
        }
    )


def item_labels(snapshot: Snapshot) -> dict[str, str]:
    """A readable name for every item: the codebook's, and the topics'."""
    topics = snapshot.table("topics")
    return {**dict(zip(topics["topic"].astype(str), topics["label"], strict=True)), **snapshot.codebook.labels()}


def evidence_in(snapshot: Snapshot, article: str) -> Frame:
    """EVIDENCE of one article, in the order of its text."""
    rows = EVIDENCE.check(snapshot.rows("evidence", article=[article]))
    return rows.sort_values(["start", "end"], kind="stable").reset_index(drop=True)


def left_out(snapshot: Snapshot) -> Frame:
    """(name, count, detail): what was refused or is shown without being measured, by reason."""
    table = snapshot.table("refresh")
    return table[table["what"] == "drop"][["name", "count", "detail"]].reset_index(drop=True)


def sentences_behind(
    snapshot: Snapshot, measure: str, item: str, *, event: str | None = None, limit: int = 40
) -> Frame:
    """The evidence of one item over the corpus, or over one event, in the form of a comparison's: with
    `source` (the outlet), `text`, `sentence_start`, `sentence_end`; at most `limit` spans an outlet.
    """
    articles = snapshot.table("articles")
    part = articles[articles["measured"]] if event is None else event_articles(snapshot, event)
    if measure == "emphasis":
        rows = _topic_sentences(snapshot, int(item), set(part["article"]))
    else:
        rows = snapshot.rows("evidence", measure=[measure], item=[item])
        if not len(rows):  # an item that stands for all of a measure, as the share of all quoted words does
            rows = snapshot.rows("evidence", measure=[measure]).drop_duplicates(["article", "start", "end"])
        rows = EVIDENCE.check(rows)
    rows = rows[rows["article"].isin(set(part["article"]))]
    return in_context(snapshot, rows, limit=limit)


def measured(snapshot: Snapshot) -> Frame:
    """The articles that the measures read."""
    articles = snapshot.table("articles")
    return articles[articles["measured"]]


def sourced(snapshot: Snapshot, rows: Frame) -> Frame:
    """Evidence with `source`, the outlet of its article."""
    articles = snapshot.table("articles")
    return rows.assign(source=rows["article"].map(articles.set_index("article")["outlet"]))


def in_context(snapshot: Snapshot, rows: Frame, *, limit: int) -> Frame:
    """Evidence in the form of a comparison's, with `source`, `text`, `sentence_start`, `sentence_end`; at most
    `limit` spans an outlet, the first.
    """
    rows = sourced(snapshot, rows).groupby("source", sort=False).head(limit)
    places = snapshot.rows("sentences", ["article", "sentence", "start", "end"], article=sorted(set(rows["article"])))
    places = places.rename(columns={"start": "sentence_start", "end": "sentence_end"})
    out = rows.merge(places, on=["article", "sentence"], how="left")
    texts = snapshot.table("articles").set_index("article")["text"]
    cut = [texts[a][s:e] for a, s, e in out[["article", "start", "end"]].itertuples(index=False)]
    return out.assign(text=cut).reset_index(drop=True)


def _topic_sentences(snapshot: Snapshot, topic: int, articles: set[str]) -> Frame:
    """The sentences of a topic's passages, as evidence."""
    passages = snapshot.table("passages")
    chosen = passages[(passages["topic"] == topic) & passages["article"].isin(articles)]
    sentences = snapshot.rows("sentences", article=sorted(set(chosen["article"])))
    rows = sentences.merge(chosen[["article", "passage"]], on=["article", "passage"])
    return rows[["article", "sentence", "start", "end"]].assign(
        measure="emphasis", item=str(topic), label=None, voice=None, weight=1.0
    )


def outlet_profile(snapshot: Snapshot, outlet: str) -> list[dict[str, Any]]:
    """What sets an outlet apart from the others of its corpus, the furthest first, as rows of a comparison:
    its own value stands as the piece's. The difference is in units of the others' spread with both sides' errors.
    """
    profile = snapshot.table("profile")
    labels, concepts = item_labels(snapshot), _concepts(snapshot)
    families = {q.name: m.name for m in all_measures() for q in m.declaration.quantities}
    rows = []
    for (name, item), part in profile[profile["n"] > 0].groupby(["quantity", "item"], sort=False):
        quantity = all_quantities().get(str(name))
        if quantity is None or not quantity.ranked:
            continue
        mine, others = part[part["outlet"] == outlet], part[part["outlet"] != outlet]
        solid = others[others["n"] >= quantity.minimum_n].dropna(subset=["value"])
        if not len(mine) or len(solid) < 3 or mine["n"].iloc[0] < quantity.minimum_n:
            continue
        cells = {str(r["outlet"]): _cell(r) for r in others.to_dict("records")}
        own, median = _cell(mine.to_dict("records")[0]), float(solid["value"].median())
        if own["value"] is None:
            continue
        spread = 1.4826 * float((solid["value"] - median).abs().median())
        error = float(((solid["high"] - solid["low"]) / 3.92).median())
        mine_error = (own["high"] - own["low"]) / 3.92
        scale = float(np.sqrt(spread**2 + error**2 + mine_error**2)) or 1e-9
        rows.append(
            {
                "measure": name, "family": families[str(name)], "item": item, "title": quantity.title,
                "unit": quantity.unit, "bounds": list(quantity.bounds), "label": labels.get(str(item), item),
                "concept": concepts.get(str(item)), "piece": own, "outlets": cells, "median": median, "noise": None,
                "difference": own["value"] - median, "standout": (own["value"] - median) / scale,
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: -abs(row["standout"]))


def _cell(row: dict[str, Any]) -> dict[str, Any]:
    values = {k: None if row[k] != row[k] else float(row[k]) for k in ("value", "low", "high")}
    return {**values, "n": int(row["n"])}


def _concepts(snapshot: Snapshot) -> dict[str, str]:
    return {term.term: concept.label for concept in snapshot.codebook.concepts for term in concept.terms}
