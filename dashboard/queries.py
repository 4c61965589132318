"""Snapshot → small DataFrames. Pure: the same snapshot and arguments always give the same rows."""

from __future__ import annotations

import warnings
from collections import namedtuple
from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from dashboard.corpus_evidence import Behind as Behind
from dashboard.corpus_evidence import behind as behind
from dashboard.corpus_evidence import in_context as in_context
from dashboard.corpus_evidence import sentences_behind as sentences_behind
from dashboard.corpus_evidence import sourced as sourced
from dashboard.corpus_evidence import topic_passages as topic_passages
from dashboard.figures._frame import item_labels as item_labels
from dashboard.finding import Headlines, pattern_of
from dashboard.groups import event_rows
from dashboard.lasting import lasting
from pipeline.measures import all_measures, all_quantities
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot

Frame: TypeAlias = pd.DataFrame
Cell: TypeAlias = dict[str, Any]  # value, low, high, n


def rows_of(frame: Frame) -> list[Any]:
    """A frame's rows as named tuples, for drawing them one by one."""
    columns = [frame[name].tolist() for name in frame.columns]
    return list(map(_row_type(tuple(frame.columns))._make, zip(*columns, strict=True)))


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)


@lasting
def outlets(snapshot: Snapshot) -> Frame:
    """OUTLETS with `articles` (measured), in the order of the corpus file; outlets without articles last."""
    table = snapshot.table("outlets")
    articles = snapshot.heads
    size = articles["outlet"][articles["measured"]].value_counts()
    out = table.assign(articles=table["outlet"].map(size).fillna(0).astype("int64"))
    return out.sort_values("articles", ascending=False, key=lambda n: n == 0, kind="stable").reset_index(drop=True)


def find_articles(snapshot: Snapshot, words: str = "", *, limit: int = 40, keep: str | None = None) -> Frame:
    """Articles whose title, outlet and day together hold every word, or words that begin so, by day and outlet; those
    with the whole words first.

    keep: the id of an article that is to be among them whatever the words. Columns of ARTICLES but the text.
    """
    headlines = _headlines(snapshot)
    hits = list(islice(headlines.with_words(words), limit))
    found = snapshot.heads.iloc[headlines.rows[hits]]
    if keep is not None and keep not in set(found["article"]):
        found = pd.concat([snapshot.heads.iloc[[row for row in snapshot.places([keep]) if row >= 0]], found])
    return found.reset_index(drop=True)


@lasting
def _headlines(snapshot: Snapshot) -> Headlines:
    """What is searched of the measured articles, by day and outlet."""
    articles = snapshot.heads
    order = articles[["date", "outlet"]][articles["measured"]].sort_values(["date", "outlet"], kind="stable").index
    return Headlines.of(order.to_numpy(), labels_of(articles[["title", "outlet", "date"]].iloc[order]).tolist())


def labels_of(articles: Frame) -> pd.Series:
    """What an article is called in lists: its title, outlet and day."""
    title = articles["title"].fillna("(no title)").astype("str")
    return title + " · " + articles["outlet"] + " · " + articles["date"].dt.strftime("%Y-%m-%d")


def article(snapshot: Snapshot, identifier: str | None) -> pd.Series | None:
    """One article's row; null where there is none of that id."""
    rows = snapshot.places([identifier] if identifier is not None else [])
    found = snapshot.with_texts(snapshot.heads.iloc[rows[rows >= 0]])
    return found.iloc[0] if len(found) else None


@lasting
def find_events(
    snapshot: Snapshot, words: str = "", *, since: str | None = None, until: str | None = None, limit: int = 30
) -> tuple[Frame, int]:
    """EVENTS that several outlets cover, those that most do first, and how many there are without the limit.

    words: every one of them is in the event's title and words, or in an article of it as `find_articles` reads it;
    where no event has them whole, they may begin longer ones.
    since, until: days of which the event has one.
    """
    found = snapshot.table("events")
    found = found[found["outlets"] >= 2]
    if since:
        found = found[found["end"] >= pd.Timestamp(since)]
    if until:
        found = found[found["start"] <= pd.Timestamp(until)]
    if words.split():
        whole = _with_words(found, words, snapshot, whole=True)
        found = whole if len(whole) else _with_words(found, words, snapshot, whole=False)
    return _leading(found, limit), len(found)


def _with_words(events: Frame, words: str, snapshot: Snapshot, *, whole: bool) -> Frame:
    headlines = _headlines(snapshot)
    lines = headlines.with_whole(words) if whole else list(headlines.with_words(words))
    told = (events["title"] + " " + events["keywords"]).str.casefold()
    patterns = [pattern_of(word, whole=whole) for word in words.casefold().split()]
    here = np.logical_and.reduce([told.str.contains(pattern) for pattern in patterns])
    return events[here | events["event"].isin(snapshot.heads["event"].iloc[headlines.rows[lines]])]


def _leading(events: Frame, limit: int) -> Frame:
    """Those that most outlets cover, the largest first."""
    order = ["outlets", "articles", "start"]
    return events.sort_values(order, ascending=[False, False, True]).head(limit).reset_index(drop=True)


@lasting
def leading_events(snapshot: Snapshot, *, limit: int) -> Frame:
    """The events that most outlets cover, the largest first."""
    return _leading(snapshot.table("events"), limit)


@lasting
def coverage(snapshot: Snapshot) -> Frame:
    """(event, outlet) → articles, first (day); only measured articles with an event."""
    articles = snapshot.heads
    part = articles[articles["measured"] & articles["event"].notna()]
    grouped = part.groupby(["event", "outlet"])
    return grouped.agg(articles=("article", "size"), first=("date", "min")).reset_index()


def event_articles(snapshot: Snapshot, event: str) -> Frame:
    """An event's measured articles, by day and outlet: article, outlet, date, title and `headline`, which is the
    title or how the text begins."""
    part = snapshot.heads[["article", "outlet", "date", "title", "measured"]].iloc[event_rows(snapshot, event)]
    part = part[part["measured"]].sort_values(["date", "outlet"], kind="stable").reset_index(drop=True)
    if not part["title"].hasnans:
        return part.assign(headline=part["title"])
    texts = snapshot.texts(part.loc[part["title"].isna(), "article"])
    begins = part["article"].map({article: f"{text[:90]} …" for article, text in texts.items()})
    return part.assign(headline=part["title"].fillna(begins))


def per_day(articles: Frame) -> Frame:
    """(date, articles): each day from the first to the last, days without articles with 0."""
    if not len(articles):
        return pd.DataFrame({"date": pd.Series(dtype="datetime64[s]"), "articles": pd.Series(dtype="int64")})
    size = articles.groupby("date").size()
    every = pd.date_range(size.index.min(), size.index.max(), freq="D")
    return size.reindex(every, fill_value=0).rename_axis("date").reset_index(name="articles")


def evidence_in(snapshot: Snapshot, article: str) -> Frame:
    """EVIDENCE of one article, in the order of its text."""
    rows = EVIDENCE.check(snapshot.rows("evidence", article=[article]))
    return rows.sort_values(["start", "end"], kind="stable").reset_index(drop=True)


def left_out(snapshot: Snapshot) -> Frame:
    """(name, count, detail): what was refused or is shown without being measured, by reason."""
    table = snapshot.table("refresh")
    return table[table["what"] == "drop"][["name", "count", "detail"]].reset_index(drop=True)


def measured(snapshot: Snapshot) -> Frame:
    """The articles that the measures read, without their texts."""
    return snapshot.heads[snapshot.heads["measured"]]


def outlet_profile(snapshot: Snapshot, outlet: str) -> list[dict[str, Any]]:
    """What sets an outlet apart from the others of its corpus, the furthest first, as rows of a comparison:
    its own value stands as the piece's. The difference is in units of the others' spread with both sides' errors.
    """
    ranked, wide, cells = _ranked_profile(snapshot)
    if not len(ranked) or outlet not in wide["n"].columns:
        return []
    value, n, error = wide["value"], wide["n"], (wide["high"] - wide["low"]) / 3.92
    others = [name for name in n.columns if name != outlet]
    solid = (n[others].to_numpy() >= ranked["minimum_n"].to_numpy()[:, None]) & value[others].notna().to_numpy()
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rows without a solid outlet, left out below
        known = np.where(solid, value[others].to_numpy(), np.nan)
        median = np.nanmedian(known, axis=1)
        spread = 1.4826 * np.nanmedian(np.abs(known - median[:, None]), axis=1)
        typical = np.nanmedian(np.where(solid, error[others].to_numpy(), np.nan), axis=1)
    scale = np.sqrt(spread**2 + typical**2 + error[outlet].to_numpy() ** 2)
    apart = value[outlet].to_numpy() - median
    fit = (solid.sum(1) >= 3) & (n[outlet].to_numpy() >= ranked["minimum_n"].to_numpy()) & np.isfinite(apart)
    rows = [
        _profile_row(snapshot, name, item, cells[name, item], outlet, float(median[i]), float(scale[i]) or 1e-9)
        for i, (name, item) in enumerate(ranked.index)
        if fit[i]
    ]
    return sorted(rows, key=lambda row: -abs(row["standout"]))


@lasting
def _ranked_profile(snapshot: Snapshot) -> tuple[Frame, dict[str, Frame], dict[tuple[str, str], dict[str, Cell]]]:
    """The (quantity, item) pairs that are ranked, with `minimum_n`; their values by field, pairs × outlets; and
    the same as cells by pair and outlet."""
    profile = snapshot.table("profile")
    known = {q.name: q for q in all_quantities().values() if q.ranked}
    some = profile[(profile["n"] > 0) & profile["quantity"].isin(list(known))]
    cells: dict[tuple[str, str], dict[str, Cell]] = {}
    for row in some.to_dict("records"):
        cells.setdefault((row["quantity"], row["item"]), {})[row["outlet"]] = _cell(row)
    wide = some.set_index(["quantity", "item", "outlet"])[["value", "low", "high", "n"]].unstack("outlet")
    fields = {name: wide[name] for name in ("value", "low", "high")} | {"n": wide["n"].fillna(0)}
    least = [known[str(quantity)].minimum_n for quantity in wide.index.get_level_values("quantity")]
    return pd.DataFrame({"minimum_n": least}, index=wide.index), fields, cells


def _profile_row(
    snapshot: Snapshot, name: str, item: str, cells: Mapping[str, Cell], outlet: str, median: float, scale: float
) -> dict[str, Any]:
    quantity, label = all_quantities()[name], item_labels(snapshot).get(item, item)
    own, others = cells[outlet], {name: cell for name, cell in cells.items() if name != outlet}
    return {
        "measure": name, "family": _families()[name], "item": item, "title": quantity.title, "unit": quantity.unit,
        "bounds": list(quantity.bounds), "label": label, "concept": _concepts(snapshot).get(item), "piece": own,
        "outlets": others, "median": median, "noise": None, "difference": own["value"] - median,
        "standout": (own["value"] - median) / scale,
    }  # fmt: skip


@cache
def _families() -> dict[str, str]:
    """The measure of each quantity."""
    return {q.name: m.name for m in all_measures() for q in m.declaration.quantities}


def _cell(row: dict[str, Any]) -> dict[str, Any]:
    values = {k: None if row[k] != row[k] else float(row[k]) for k in ("value", "low", "high")}
    return {**values, "n": int(row["n"])}


@lasting
def _concepts(snapshot: Snapshot) -> dict[str, str]:
    return {term.term: concept.label for concept in snapshot.codebook.concepts for term in concept.terms}
