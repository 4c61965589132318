"""What a report says: findings with their sentences, charts, omissions, methods, references, citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.figures._frame import PIECE, family_of, piece_labels, quantity_of
from dashboard.figures.omissions import LIKELY, beyond_chance, probability
from dashboard.numbers import count, day, days, many, moment, number, percent
from dashboard.report import citing
from dashboard.report.pictures import Pictures
from dashboard.report.sentences import Sentences
from dashboard.wording import agreed, noted
from dashboard.wording import said as in_words
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot
from pipeline.validity import NOTED, agreements, by_source

STRIPS = "8"  # of what stands out most: with its legend it takes half a page
FINDINGS = 6  # with their sentences; the strips show more
LEAST_STANDOUT = 1.0  # in units of the outlets' spread: what is nearer is no finding
CHARTS: dict[str, tuple[str, dict[str, str]]] = {  # the chart of each measure
    "naming": ("naming", {}), "credit": ("credit", {}), "voices": ("voices", {}),
    "portrayal": ("strips", {"measure": "portrayal", "rows": "5"}),
    "frames": ("strips", {"measure": "frames", "rows": "5"}), "emphasis": ("topics", {}),
    "microframes": ("strips", {"measure": "microframes", "rows": "5"}), "keyness": ("keyness", {"words": "8"}),
}  # fmt: skip
LIMITS = (
    "The figures say how texts are worded, not whether what they say is true.",
    "Each measure reads sentences by rule or by a trained classifier and errs on some of them; the sentences are "
    "given so that a reader can check.",
    "Intervals come from resampling an outlet's articles and a piece's sentences: they hold what chance would do, "
    "not what another choice of outlets or of codebook would.",
    "Many rows are looked at together; among a hundred that do not differ a few will seem to.",
)


def report_content(
    document: Mapping[str, Any],
    snapshot: Snapshot,
    said: Mapping[str, Any],
    *,
    text: str | None,
    now: datetime,
    inline: bool,
) -> dict[str, Any]:
    """Everything that the template shows. inline: charts as SVG elements, else as images."""
    pictures = Pictures(document, inline=inline)
    sentences = Sentences(document, snapshot, text)
    piece, event = document["piece"], document["event"]
    return {
        "title": piece["title"] or "A piece without a title",
        "notice": document.get("notice"),
        "facts": _facts(document),
        "event": event and {**event, "days": days(event["start"], event["end"])},
        "ground": document["ground"],
        "why": document.get("why"),
        "measured": piece.get("measured", True),
        "language": piece.get("language"),
        "short": _short(document),
        "strips": pictures.chart("strips", {"rows": STRIPS}),
        "findings": _findings(document, sentences),
        "measures": _measures(document, pictures),
        "omissions": _omissions(document),
        "omitted": pictures.chart("omissions"),
        "outlets": _outlets(document),
        "validity": _validity(),
        "after": citing.by_measure(),
        "limits": LIMITS,
        "references": citing.references(),
        "citation": citing.citation(piece["title"], said, now),
        "said": _said(said),
        "made": moment(now.isoformat()),
        "left_out": count(document.get("evidence_left_out", 0)),
    }


def _facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    piece = document["piece"]
    articles = sum(outlet["articles"] for outlet in document["outlets"])
    return [
        ("Outlet", piece["outlet"] or "none given"),
        ("Date", day(piece["date"])),
        ("Length", f"{many(piece['words'], 'word')}, {many(piece['sentences'], 'sentence')}"),
        ("Compared with", f"{many(articles, 'article')} of {many(len(document['outlets']), 'outlet')}"),
        ("Snapshot", document["snapshot"]),
    ]


def _ranked(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows that stand out, one a measure's item (its own quantity before further ones)."""
    seen: set[tuple[str, str]] = set()
    out = []
    for row in document["rows"]:
        key = family_of(row), row["item"]
        if row["standout"] is not None and abs(row["standout"]) >= LEAST_STANDOUT and key not in seen:
            seen.add(key)
            out.append(row)
    return out


def _short(document: Mapping[str, Any]) -> list[str]:
    """The report in a few sentences."""
    found = [in_words(row, piece_labels(document, row), row.get("ends")) for row in _ranked(document)[:4]]
    lines = [f"{words.finding}: {words.figures}." for words in found]
    if not lines:
        lines = ["Nothing measured here sets the piece apart from the outlets that it is compared with."]
    return [*lines, *_left_out(document["omissions"])]


def _left_out(omissions: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is left out beyond chance; or that it may all be chance; nothing where nothing is left out."""
    if not omissions:
        return []
    missed = [o for o in omissions if beyond_chance(o)]
    first = (missed or omissions)[0]
    figures = f"p {probability(first['p'])}"
    if first.get("q") is not None:
        figures += f"; adjusted for looking at many topics, q {probability(first['q'])}"
    what = f"“{first['label']}”, which {percent(first['coverage'])} of the other articles touch ({figures})"
    if not missed:
        return [f"What it leaves out may be chance, its length and the many topics considered; least so {what}."]
    many_topics = many(len(missed), "topic")
    return [
        f"It leaves out {many_topics} that a text this long would hardly miss by chance (q at most {LIKELY:g}), "
        f"least of all {what}."
    ]


def _findings(document: Mapping[str, Any], sentences: Sentences) -> list[dict[str, Any]]:
    out = []
    for row in _ranked(document):
        mine, theirs = sentences.of(row, PIECE, 2), sentences.others(row, 3)
        if not mine and not theirs:
            continue  # a value of words, not of sentences: the strips show it
        words = in_words(row, piece_labels(document, row), row.get("ends"))
        span = f"{number(row['piece']['low'], row['bounds'])} – {number(row['piece']['high'], row['bounds'])}"
        out.append(
            {
                "finding": words.finding,
                "figures": words.figures,
                "interval": span,
                "standout": number(row["standout"]),
                "mine": mine,
                "theirs": theirs,
            }
        )
        if len(out) == FINDINGS:
            break
    return out


def _measures(document: Mapping[str, Any], pictures: Pictures) -> list[dict[str, Any]]:
    """Each measure that has values here: its chart, what it is, how to read it."""
    there = {family_of(row) for row in document["rows"] if quantity_of(row) == family_of(row)}
    order = list(CHARTS)
    found = [m for m in all_measures() if m.name in there]
    out = []
    for measure in sorted(found, key=lambda m: order.index(m.name) if m.name in order else len(order)):
        name, options = CHARTS.get(measure.name, ("strips", {"measure": measure.name}))
        declared = measure.declaration
        quantity = declared.quantities[0]
        out.append(
            {
                "title": declared.title,
                "summary": declared.summary,
                "unit": quantity.unit,
                "higher": quantity.higher_means,
                "limits": declared.limits,
                "chart": pictures.chart(name, options),
            }
        )
    return out


def _omissions(document: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "label": o["label"], "coverage": percent(o["coverage"]),
            "outlets": count(o["outlets"]) if o.get("outlets") is not None else "–",
            "p": probability(o["p"]), "q": probability(o["q"]) if o.get("q") is not None else "–",
        }
        for o in document["omissions"][:15]
    ]  # fmt: skip


def _outlets(document: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "outlet": o["outlet"], "kind": o.get("kind") or "–", "country": o.get("country") or "–",
            "articles": count(o["articles"]), "words": count(o["words"]),
        }
        for o in sorted(document["outlets"], key=lambda o: (-o["articles"], o["outlet"]))
    ]  # fmt: skip


def _validity() -> list[tuple[str, list[str]]]:
    """How each measure is held against human labels: its tasks' figures, and those that no command measures."""
    known = agreements()
    out = []
    for measure in all_measures():
        tasks = measure.declaration.evaluated_by
        lines = [f"parallax evaluate {task}: {agreed(known[task])}" for task in tasks if task in known]
        lines += [noted(some) for some in by_source(one for one in NOTED if one.task in tasks)]
        said = {*known, *(one.task for one in NOTED)}
        lines += [f"parallax evaluate {task}: no figure is recorded." for task in tasks if task not in said]
        out.append((measure.declaration.title, lines or ["No labelled texts; read its sentences before you rest "
                                                         "anything on it."]))  # fmt: skip
    return out


def _said(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The provenance for people."""
    given = dict(said.get("models") or {})
    every = {**{k: v for k, v in given.items() if k != "models"}, **(given.get("models") or {})}
    models = "; ".join(_model(name, facts) for name, facts in every.items())
    libraries = ", ".join(f"{name} {version}" for name, version in (said.get("libraries") or {}).items())
    rows = [
        ("Made by", said["by"]), ("Snapshot", said["snapshot"]), ("Refreshed", said.get("refreshed")),
        ("Corpus", f"{said['corpus']} ({said.get('corpus_hash')})"), ("Codebook", said.get("codebook_hash")),
        ("Models", models), ("Libraries", libraries),
        ("Seed, resamples", f"{said.get('seed')}, {said.get('resamples')}"),
        ("Address", said.get("permalink") or said.get("no_permalink")),
    ]  # fmt: skip
    return [(name, str(value)) for name, value in rows if value]


def _model(name: str, facts: Any) -> str:
    if not isinstance(facts, Mapping):
        return f"{name} {facts}"
    return " ".join(str(part) for part in (name, facts.get("name"), facts.get("hash")) if part)
