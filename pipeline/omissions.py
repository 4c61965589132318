"""What a piece leaves out: topics of the ground's coverage that a text this long would touch by chance."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reading import Reading
from pipeline.snapshot import Snapshot
from pipeline.uncertainty import false_discovery

LEAST_ARTICLES = 2  # a topic that one article touches is that article's own
SHOWN_P = 0.5  # a topic that such a text would as soon miss as touch is no omission


def omissions_of(
    coverage: Reading, articles: pd.DataFrame, piece: Reading, snapshot: Snapshot
) -> list[dict[str, Any]]:
    """The topics that the piece does not touch and the ground does, least likely first.

    coverage: share of the ground's articles that touch the topic. p: the chance that as many passages as the
    piece has, drawn from the coverage with every article weighing the same, would not touch it:
    (1 − mean share of an article's passages on the topic) ^ passages. q: p adjusted for looking at all topics
    (Benjamini & Hochberg).
    """
    touched = set(piece.passages["topic"])
    passages = coverage.passages[coverage.passages["topic"] >= 0]
    n_articles, length = len(articles), len(piece.passages)
    if not n_articles or not length or passages.empty:
        return []
    sizes = coverage.passages.groupby("article").size()
    per = passages.groupby(["topic", "article"]).size().reset_index(name="hits")
    per["share"] = per["hits"] / per["article"].map(sizes)
    outlet = articles.set_index("article")["outlet"]
    per["outlet"] = per["article"].map(outlet)
    topics = per.groupby("topic").agg(
        articles=("article", "nunique"), outlets=("outlet", "nunique"), share=("share", "sum")
    )
    topics = topics[topics["articles"] >= LEAST_ARTICLES]
    p = (1 - (topics["share"] / n_articles).clip(0, 1)) ** length
    q = false_discovery(p.to_numpy(float))
    labels = snapshot.table("topics").set_index("topic")["label"]
    rows = [
        {
            "topic": str(topic),
            "label": labels.get(topic, str(topic)),
            "coverage": round(float(row["articles"]) / n_articles, 4),
            "articles": int(row["articles"]),
            "outlets": int(row["outlets"]),
            "p": round(float(p.loc[topic]), 5),
            "q": round(float(adjusted), 5),
        }
        for (topic, row), adjusted in zip(topics.iterrows(), q, strict=True)
        if topic not in touched and p.loc[topic] <= SHOWN_P
    ]
    return sorted(rows, key=lambda row: (row["p"], -row["coverage"]))
