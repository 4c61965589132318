"""A comparison's answer and a snapshot made by hand: small, quick, with names that are hard to write down."""

# Rows are easier to read on one line each.
# ruff: noqa: E501

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import measuring, words
from pipeline import text as texts
from pipeline.codebook import Codebook
from pipeline.models import Models
from pipeline.publish import publish
from pipeline.reading import Reading
from pipeline.schema import ARTICLES, ATTRIBUTIONS, EVENTS, EVIDENCE, OUTLETS, PASSAGES, REFRESH, TOPICS, WIRECOPY
from pipeline.snapshot import Snapshot

# Commas, quotes, newlines, Arabic, Chinese, markup, a formula: every outlet's name is a trap for some format.
OUTLETS_GIVEN = {
    "Morning Post Bag": "local",
    'Comma, Quote "and" Sons': "commercial",
    "صحيفة الجسر": "state",
    "大桥日报": "state",
    "=SUM(A1:A9)": "tabloid",
    "Line\nBreak Herald": "opinion",
    "<b>Bold</b> & Ampersand": "public",
    "The Plumb Line": None,
}
PIECE_TEXT = "The eyesore cost too much. “It is a waste,” said the mayor. The crossing will open. Nobody asked us."
CODEBOOK = """
title = "A bridge"
[[concepts]]
id = "the-bridge"
label = "the bridge"
[[concepts.terms]]
term = "crossing"
[[concepts.terms]]
term = "eyesore"
[[propositions]]
id = "bridge-too-dear"
claim = "The bridge costs too much."
paraphrases = ["The crossing is a waste of public money."]
[[propositions]]
id = "bridge-needed"
claim = "The town needs the bridge."
paraphrases = ["Without the crossing the town is cut off."]
[[speakers]]
id = "city"
label = "the city"
names = ["mayor"]
[[speakers]]
id = "neighbours"
label = "the neighbours"
names = ["residents"]
[[entities]]
id = "builder"
label = "the builder"
names = ["Castor Works"]
[[axes]]
id = "cheap-dear"
label = "cheap – dear"
positive = ["cheap", "thrifty"]
negative = ["expensive", "wasteful"]
"""


def cell(
    value: float | None, half: float = 0.1, n: int = 9, *, least: float = 0.0, most: float = 1.0
) -> dict[str, Any]:
    """A value as an answer gives it."""
    if value is None:
        return {"value": None, "low": None, "high": None, "n": 0}
    return {"value": value, "low": max(value - half, least), "high": min(value + half, most), "n": n}


def row(measure: str, item: str, piece: float | None, values: list[float | None], **more: Any) -> dict[str, Any]:
    """A row of an answer; the outlets take the values in turn."""
    low, high = more.get("bounds", [0.0, 1.0])
    span: dict[str, float] = {"least": -99.0 if low is None else low, "most": 99.0 if high is None else high}
    names = more.pop("outlets", list(OUTLETS_GIVEN))
    found = [values[i % len(values)] for i in range(len(names))]
    known = [v for v in found if v is not None]
    median = float(np.median(known)) if known else None
    apart = None if piece is None or median is None else piece - median
    standout = None if apart is None else apart / 0.2
    return {
        "measure": measure, "quantity": measure, "family": measure, "item": item, "label": item, "title": measure,
        "unit": "share", "bounds": [low, high], "concept": None, "piece": cell(piece, 0.15, 8, **span),
        "outlets": {name: cell(v, 0.1, 12 + i, **span) for i, (name, v) in enumerate(zip(names, found, strict=True))},
        "median": median, "difference": apart, "standout": standout, "noise": 0.06, "ranked": standout is not None,
        "enough": True, **more,
    }  # fmt: skip


def document(outlets: int | None = None, *, corpus: str = "bridge", snapshot: str = "made-by-hand") -> dict[str, Any]:
    """An answer of the form that `parallax compare --json` promises; with a number, so many outlets."""
    names = list(OUTLETS_GIVEN) if outlets is None else [f"Outlet {i:03}" for i in range(outlets)]
    kinds = list(OUTLETS_GIVEN.values())
    signed = {"bounds": [-1.0, 1.0], "outlets": names}
    rows = [
        row("naming", "eyesore", 0.75, [0.0, 0.0, 0.1, 0.3, None, 0.05], concept="the bridge", outlets=names),
        row("naming", "crossing", 0.25, [1.0, 1.0, 0.9, 0.7, None, 0.95], concept="the bridge", outlets=names),
        row("credit", "bridge-too-dear", 0.8, [-0.6, 0.1, 0.0, None, 0.3], label="The bridge costs too much.", **signed),
        row("credit", "bridge-needed", -0.2, [0.6, 0.4, 0.5, 0.2], label="The town needs the bridge.", **signed),
        row("voices", "city", 0.2, [0.5, 0.4, 0.7], label="the city", outlets=names),
        row("voices", "neighbours", 0.6, [0.3, 0.2], label="the neighbours", outlets=names),
        row("portrayal", "builder", -0.5, [0.2, 0.1, 0.4, -0.1], label="the builder", **signed),
        row("emphasis", "0", 0.5, [0.1, 0.2], label="cost, money, budget", outlets=names),
        row("emphasis", "1", 0.0, [0.4, 0.5, 0.3], label="traffic, ferry, road", outlets=names),
        row("microframes", "cheap-dear", -0.11, [0.02, 0.01, 0.0, 0.03], label="cheap – dear", **signed),
        *(
            row("keyness", word, z, [-z / 3], label=word, bounds=[None, None], outlets=names, standout=None)
            for word, z in (("eyesore", 4.2), ("=cmd|'/c calc'!A1", 2.5), ("waste", 1.1), ("ferry", -3.0), ("road", -1.2))
        ),
    ]  # fmt: skip
    spans = [("credit", "bridge-too-dear", 0, 26, "credits", "own"), ("naming", "eyesore", 4, 11, None, "own"),
             ("naming", "crossing", 61, 69, None, "own"), ("voices", "city", 28, 41, "mayor", "attributed")]  # fmt: skip
    evidence = [
        {"measure": m, "item": item, "source": source, "article": "p1", "start": a, "end": b, "label": label,
         "text": PIECE_TEXT[a:b], "voice": voice, "weight": 1.0, "sentence_start": 0, "sentence_end": 26}
        for m, item, a, b, label, voice in spans
        for source in ("piece", *names[:2])
    ]  # fmt: skip
    return {
        "piece": {"id": "p1", "title": "The eyesore on the river", "outlet": None, "date": "2024-05-07", "words": 640,
                  "sentences": 31, "language": "en", "measured": True, "article": None},
        "snapshot": snapshot, "corpus": corpus, "notice": "Invented texts.", "ground": "event", "why": "most alike",
        "event": {"id": "e1", "title": "The bridge opens", "start": "2024-05-05", "end": "2024-05-08",
                  "articles": 38, "outlets": len(names), "match": 0.71, "keywords": "bridge, ferry", "shared": ["bridge"]},
        "candidates": [],
        "outlets": [{"outlet": n, "articles": 3 + i, "words": 900, "kind": kinds[i % len(kinds)]} for i, n in enumerate(names)],
        "rows": sorted(rows, key=lambda r: (r["standout"] is None, -abs(r["standout"] or 0))),
        "omissions": [
            {"topic": "1", "label": "traffic, ferry, road", "coverage": 0.8, "articles": 30, "outlets": 7, "p": 0.003, "q": 0.02},
            {"topic": "4", "label": "school, bus, timetable", "coverage": 0.4, "articles": 15, "outlets": 4, "p": 0.08, "q": 0.1},
        ],
        "distances": [{"measure": "naming", "outlet": name, "value": 0.3} for name in names],
        "evidence": evidence, "evidence_left_out": 0,
    }  # fmt: skip


def _texts() -> pd.DataFrame:
    """Five articles an outlet, on two events, eight sentences each."""
    lines = [
        "The eyesore costs too much.", "The crossing opens on Monday.", "“It is needed,” said the mayor.",
        "Residents doubt the budget.", "The ferry has stopped.", "Castor Works built the crossing.",
        "Traffic grows on the road.", "The town needs the crossing.",
    ]  # fmt: skip
    rng = np.random.default_rng(4)
    rows = []
    for i, outlet in enumerate(OUTLETS_GIVEN):
        for j in range(5):
            body = " ".join(lines[k] for k in rng.permutation(len(lines)))
            rows.append({
                "article": f"a{i}{j}", "outlet": outlet, "date": pd.Timestamp(date(2024, 5, 5) + timedelta(2 * j)),
                "title": f"Bridge news {i}{j}", "byline": None, "url": None, "text": body, "content_hash": f"h{i}{j}",
                "language": "en", "words": 40, "sentences": 8, "measured": True, "reason": None,
                "event": "e1" if j < 3 else "e2" if j < 4 else None, "wire": None,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _evidence(articles: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Spans found by plain search, with labels and voices dealt out by the outlet."""
    cues = [
        ("naming", "eyesore", "eyesore", "the-bridge", "own"), ("naming", "crossing", "crossing", "the-bridge", "own"),
        ("voices", "city", "“It is needed,”", "mayor", "attributed"),
        ("credit", "bridge-too-dear", "The eyesore costs too much.", "credits", "own"),
        ("credit", "bridge-needed", "The town needs the crossing.", "disputes", "own"),
    ]  # fmt: skip
    by_article = dict(tuple(sentences.groupby("article")))
    rows = []
    for number, (article, text) in enumerate(zip(articles["article"], articles["text"], strict=True)):
        for i, (measure, item, span, label, voice) in enumerate(cues):
            start = text.find(span)
            if (number + i) % 4 == 0:
                continue  # an outlet need not have everything
            inside = by_article[article]
            sentence = inside[(inside["start"] <= start) & (start < inside["end"])]["sentence"]
            if len(sentence):
                rows.append({
                    "measure": measure, "item": item, "article": article, "sentence": int(sentence.iloc[0]),
                    "start": start, "end": start + len(span), "label": label, "voice": voice,
                    "weight": 40.0 if measure == "voices" else 1.0,
                })  # fmt: skip
    return EVIDENCE.frame(rows)


def made_snapshot(store: Path, *, corpus: str = "bridge") -> Snapshot:
    """A published snapshot of eight outlets and forty articles."""
    articles = ARTICLES.check(_texts())
    models = Models()
    codebook = Codebook.model_validate(tomllib.loads(CODEBOOK))
    sentences, passages = texts.split(articles.assign(body_start=0), passage_words=20)
    passages = PASSAGES.check(passages.assign(topic=np.arange(len(passages)) % 2))
    evidence = _evidence(articles, sentences)
    passing = measuring.topic_evidence(Reading(articles, sentences, passages=passages), codebook, models)
    every = pd.concat([evidence, passing], ignore_index=True)
    unit = pd.Series(range(len(articles)), index=articles["article"]).reindex(every["article"]).to_numpy(np.int64)
    tallies = measuring.tallies_of(every, measuring.article_units(articles, passages), unit, codebook)
    counts = words.count(articles["text"])
    profile = measuring.profile(articles, tallies, np.ones(len(articles), bool), seed=7, resamples=60)
    outlets = OUTLETS.frame(
        [{"outlet": n, "kind": k, "country": "Skerrow", "language": "en"} for n, k in OUTLETS_GIVEN.items()]
    )
    days = pd.Timestamp("2024-05-05")
    events = EVENTS.frame([
        {"event": e, "title": t, "start": days, "end": days + pd.Timedelta(days=6), "articles": n, "outlets": 8, "keywords": "bridge"}
        for e, t, n in (("e1", "The bridge opens", 24), ("e2", "The budget, again", 8))
    ])  # fmt: skip
    topics = TOPICS.frame([
        {"topic": i, "label": label, "words": label, "passages": int((passages["topic"] == i).sum())}
        for i, label in enumerate(("cost, money", "traffic, ferry"))
    ])  # fmt: skip
    rng = np.random.default_rng(1)
    manifest = {
        "corpus": {"name": corpus, "title": "A bridge (test)", "notice": "Invented texts.",
                   "outlets": [{"name": name, "kind": kind} for name, kind in OUTLETS_GIVEN.items()]},
        "corpus_hash": "c0ffee", "codebook": codebook.model_dump(mode="json"), "codebook_hash": codebook.hash,
        "encoder": {"name": "static", "hash": models.static.hash}, "libraries": {"numpy": np.__version__}, "seed": 7,
        "resamples": 60, "started": "2024-06-01T02:00:00+00:00", "ended": "2024-06-01T02:01:00+00:00",
    }  # fmt: skip
    leads = rng.normal(size=(len(articles), models.static.dimensions)).astype(np.float32)
    return publish(
        store, corpus,
        tables={
            "outlets": outlets, "articles": articles, "sentences": sentences, "attributions": ATTRIBUTIONS.empty(),
            "passages": passages, "topics": topics, "events": events, "wirecopy": WIRECOPY.empty(),
            "evidence": evidence, "profile": profile, "refresh": REFRESH.empty(),
        },
        arrays={
            "leads": leads / np.linalg.norm(leads, axis=1, keepdims=True),
            "passages": rng.normal(size=(len(passages), models.static.dimensions)).astype(np.float16),
            "topics": rng.normal(size=(2, models.static.dimensions)).astype(np.float32),
        },
        tallies=tallies, words=counts, manifest=manifest,
    )  # fmt: skip
