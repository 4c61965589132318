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
PIECE = "piece"


def with_sentences(document: Mapping[str, Any], snapshot: Snapshot, text: str | None) -> dict[str, Any]:
    """A comparison's answer whose evidence carries its sentence, and its article's title, date and address.

    text: the piece's, which a piece that was brought has nowhere else.
    """
    articles = snapshot.table("articles")
    known = articles[articles["article"].isin({entry["article"] for entry in document["evidence"]})]
    facts = {row["article"]: row for row in _facts(known)}
    piece = document["piece"]
    mine = {"title": piece["title"], "date": piece["date"], "url": None, "whole": text}
    full = []
    for entry in document["evidence"]:
        about = facts.get(entry["article"], mine if entry["source"] == PIECE else {})
        whole, first, last = about.get("whole"), entry.get("sentence_start"), entry.get("sentence_end")
        inside = whole[first:last] if whole is not None and first is not None and last is not None else None
        more = {name: about.get(name) for name in ("title", "date", "url")}
        full.append({**entry, **more, "sentence": inside})
    return {**document, "evidence": full}


def _facts(articles: pd.DataFrame) -> list[dict[str, Any]]:
    table = articles.assign(date=articles["date"].dt.strftime("%Y-%m-%d"), whole=articles["text"])
    plain = table[["article", "title", "date", "url", "whole"]].astype(object)
    return [{str(k): v for k, v in row.items()} for row in plain.where(plain.notna(), None).to_dict("records")]


def document_evidence(document: Mapping[str, Any]) -> pd.DataFrame:
    """The evidence of a comparison, a row a span. start, end: in the article's text (or the piece's). Sentence,
    title, date and address are there where `with_sentences` put them."""
    rows = [{name: entry.get(name) for name in COLUMNS} for entry in document["evidence"]]
    return _typed(pd.DataFrame(rows, columns=list(COLUMNS)))


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
