"""The spans behind the values as a table: article, offsets, span, sentence, voice, label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

COLUMNS = (
    "measure", "item", "source", "article", "title", "date", "url", "start", "end", "text", "sentence", "label",
    "voice", "weight",
)  # fmt: skip


def document_evidence(document: Mapping[str, Any]) -> pd.DataFrame:
    """The evidence of a comparison, a row a span. start, end: in the article's text (or the piece's)."""
    rows = [{name: entry.get(name) for name in COLUMNS if name != "sentence"} for entry in document["evidence"]]
    frame = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("sentence", "title", "date", "url")])
    return _typed(frame)


def snapshot_evidence(snapshot: Snapshot, *, event: str | None = None, outlets: Sequence[str] = ()) -> pd.DataFrame:
    """The evidence of a snapshot, of one event or some outlets where named, with the sentence of each span."""
    articles = snapshot.heads
    if event is not None and event not in set(articles["event"].dropna()):
        raise InputError(f'no event "{event}" in snapshot {snapshot.id}', remedy="`parallax events` lists them")
    for outlet in outlets:
        if outlet not in set(articles["outlet"]):
            raise InputError(f'no outlet "{outlet}" in this corpus', remedy="`parallax export matrix` shows them")
    chosen = articles[articles["measured"]]
    chosen = chosen if event is None else chosen[chosen["event"] == event]
    chosen = chosen[chosen["outlet"].isin(list(outlets))] if outlets else chosen
    ids = list(chosen["article"])
    evidence = snapshot.rows("evidence", article=ids)
    sentences = snapshot.rows("sentences", ["article", "sentence", "start", "end"], article=ids) if ids else None
    return _with_texts(evidence, snapshot.with_texts(chosen), sentences)


def _with_texts(evidence: pd.DataFrame, articles: pd.DataFrame, sentences: pd.DataFrame | None) -> pd.DataFrame:
    if sentences is None or not len(evidence):
        return _typed(pd.DataFrame(columns=list(COLUMNS)))
    facts = articles[["article", "outlet", "title", "date", "url", "text"]].rename(
        columns={"outlet": "source", "text": "whole"}
    )
    spans = sentences.rename(columns={"start": "from", "end": "to"})
    frame = evidence.merge(facts, on="article").merge(spans, on=["article", "sentence"], how="left")
    cut = zip(frame["whole"], frame["start"], frame["end"], strict=True)
    around = zip(frame["whole"], frame["from"], frame["to"], strict=True)
    return _typed(
        frame.assign(
            text=[whole[a:b] for whole, a, b in cut],
            sentence=[whole[int(a) : int(b)] if a == a else None for whole, a, b in around],
            date=frame["date"].dt.strftime("%Y-%m-%d"),
        )[list(COLUMNS)]
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = {"start": "int64", "end": "int64", "weight": "float64"}
    return frame.astype({name: numbers.get(name, "str") for name in frame.columns}).reset_index(drop=True)
