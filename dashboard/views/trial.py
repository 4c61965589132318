"""What an entry tried on the Codebook page catches: in numbers, by outlet, and in its sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import html, queries
from dashboard.components import state, table
from dashboard.figures._frame import records
from dashboard.numbers import count, many, percent
from dashboard.trial import Tried
from dashboard.views import evidence
from pipeline.schema import VOICES
from pipeline.snapshot import Snapshot

SHOWN = 24  # sentences an outlet
LABELS = ("credits", "reports", "disputes")


def caught(tried: Tried, snapshot: Snapshot) -> html.Element:
    """The whole answer."""
    if not len(tried.evidence):
        words = f"In none of {many(tried.articles, 'article')}. {_drawn(tried)}"
        return html.Div([state("It catches nothing", words), *_changes(tried, snapshot)])
    sentences = queries.in_context(snapshot, records(tried.evidence), limit=SHOWN)
    return html.Div(
        [
            html.P(_sum(tried), className="lead"),
            *_changes(tried, snapshot),
            by_outlet(tried, snapshot),
            html.Div(evidence.corpus_panel(sentences, snapshot), className="caught-sentences"),
        ],
        className="caught",
    )


def _sum(tried: Tried) -> list[Any]:
    rows = tried.evidence
    what = "place" if tried.edit.kind == "term" else "sentence"
    outlets = many(rows["source"].nunique(), "outlet")
    words = f" in {many(rows['article'].nunique(), 'article')} of {outlets}. {_drawn(tried)}"
    return [html.Strong(many(len(rows), what)), words]


def _drawn(tried: Tried) -> str:
    if tried.articles == tried.of:
        return ""
    return f"Tried on {count(tried.articles)} articles drawn from {count(tried.of)}: the full refresh finds more."


def _changes(tried: Tried, snapshot: Snapshot) -> list[Any]:
    """What the entry changes about figures that there are."""
    if tried.known:
        return [html.P(f"The codebook has it already, {tried.known}.", className="fine")]
    if tried.taken:
        words = ", ".join(f"“{name}” {n}" for name, n in tried.taken.items())
        return [html.P(f"So far some of these places count for another term: {words}.", className="fine")]
    if tried.before is None:
        return []
    keys = ["article", "sentence"]
    both = tried.evidence.merge(tried.before[[*keys, "label"]], on=keys, how="outer", suffixes=("", "_before"),
                                indicator=True)  # fmt: skip
    new, gone = both["_merge"] == "left_only", both["_merge"] == "right_only"
    other = (both["_merge"] == "both") & (both["label"] != both["label_before"])
    words = (
        f"Without it the claim catches {many(len(tried.before), 'sentence')}: {count(int(new.sum()))} would come in, "
        f"{count(int(gone.sum()))} would fall out, {count(int(other.sum()))} would be read another way."
    )
    fresh = tried.evidence.merge(both.loc[new, keys], on=keys)
    shown = [
        html.H3("What would come in"),
        evidence.corpus_panel(queries.in_context(snapshot, records(fresh), limit=SHOWN), snapshot),
    ]
    return [html.P(words, className="lead"), *(shown if len(fresh) else [])]  # fmt: skip


def by_outlet(tried: Tried, snapshot: Snapshot) -> html.Element:
    """How often, by outlet and by voice (of a term) or label (of a claim); outlets without any are named too."""
    rows, column = tried.evidence, "voice" if tried.edit.kind == "term" else "label"
    kinds = VOICES if tried.edit.kind == "term" else LABELS
    size = queries.measured(snapshot).groupby("outlet").size()
    total = rows.groupby("source").size()
    order = sorted(size.index, key=lambda name: (-int(total.get(name, 0)), name))
    split = pd.crosstab(rows["source"], rows[column]).reindex(index=order, columns=list(kinds), fill_value=0)
    articles = rows.groupby("source")["article"].nunique().reindex(order, fill_value=0)
    shown = pd.DataFrame(
        {
            "Outlet": order,
            "All": [count(int(total.get(name, 0))) for name in order],
            **{kind: [count(int(n)) for n in split[kind]] for kind in kinds},
            "Articles": [count(int(n)) for n in articles],
        }
    )
    if tried.articles == tried.of:
        shown["Of its articles"] = [percent(n / size[name]) for name, n in articles.items()]
    numeric = [name for name in shown.columns if name != "Outlet"]
    return table(shown, caption="What it catches, by outlet", numeric=numeric)
