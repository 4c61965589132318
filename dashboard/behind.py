"""The sentences behind a figure of words: found when a reader asks, for no snapshot keeps them."""

from __future__ import annotations

import re

import pandas as pd

from dashboard.context import Analysis, Context
from pipeline import text as texts
from pipeline.measures import all_measures, all_quantities
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot

PIECE = "piece"
SHOWN = 12  # spans a source: those that say most, and the first of equals


def behind(
    context: Context, analysis: Analysis, snapshot: Snapshot, key: str, articles: pd.DataFrame
) -> pd.DataFrame:
    """The evidence of one row in the form of a comparison's, over the piece and the ground's `articles`.

    As the comparison brought it; for a row that stands for all of a measure (a share of all quoted words), all
    of the measure's; for a measure of words, found now.
    """
    measure, _, item = key.partition("|")
    row = analysis.rows.get(key)
    family = row["family"] if row else measure
    of_family = analysis.evidence[analysis.evidence["measure"] == family]
    mine = of_family[of_family["item"] == item]
    if len(mine) or row is None:
        return mine
    module = next(m for m in all_measures() if m.name == family)
    if module.score is not None:
        return of_family.drop_duplicates(["source", "article", "start", "end"])
    reading = _reading(analysis, snapshot, articles)
    if all_quantities()[row.get("quantity") or measure].estimate == "log_odds":
        found = _places(reading, item)
    else:
        found = module.evidence(reading, snapshot.codebook, context.models)
        found = found[found["item"] == item]
    source = {PIECE: PIECE, **dict(zip(articles["article"], articles["outlet"], strict=True))}
    return _as_comparison(found, reading, source)


def _reading(analysis: Analysis, snapshot: Snapshot, articles: pd.DataFrame) -> Reading:
    piece = pd.DataFrame({"article": [PIECE], "text": [analysis.text], "body_start": [0]})
    own, _ = texts.split(piece, passage_words=snapshot.corpus.topics.passage_words)
    articles = snapshot.with_texts(articles)
    theirs = snapshot.rows("sentences", article=list(articles["article"]))
    every = pd.concat([piece[["article", "text"]], articles[["article", "text"]]], ignore_index=True)
    return Reading(every, pd.concat([own, theirs], ignore_index=True))


def _places(reading: Reading, item: str) -> pd.DataFrame:
    """Where a word or a two-word phrase stands."""
    pattern = re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, item.split())) + r"(?!\w)", re.IGNORECASE)
    rows = [
        {"article": s["article"], "sentence": s["sentence"], "start": s["start"] + m.start(),
         "end": s["start"] + m.end(), "measure": "keyness", "item": item, "weight": 1.0}
        for s, text in zip(reading.sentences.to_dict("records"), reading.sentence_texts, strict=True)
        for m in pattern.finditer(text)
    ]  # fmt: skip
    return EVIDENCE.frame(rows)


def _as_comparison(found: pd.DataFrame, reading: Reading, source: dict[str, str]) -> pd.DataFrame:
    text = dict(zip(reading.articles["article"], reading.articles["text"], strict=True))
    places = reading.sentences[["article", "sentence", "start", "end"]]
    places = places.rename(columns={"start": "sentence_start", "end": "sentence_end"})
    out = found.assign(source=found["article"].map(source), strength=found["weight"].abs())
    out = out.sort_values("strength", ascending=False, kind="stable").groupby("source", sort=False).head(SHOWN)
    out = out.merge(places, on=["article", "sentence"], how="left")
    cut = [text[a][s:e] for a, s, e in out[["article", "start", "end"]].itertuples(index=False)]
    return out.assign(text=cut)
