"""The sentences behind a figure: the piece's on the left, the outlets' on the right, marked in their context."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import html
from dashboard.components import state, voice_badge
from dashboard.context import Analysis
from dashboard.corpus_evidence import Behind, sentences_behind
from dashboard.figures._frame import records
from dashboard.links import coding_link
from dashboard.numbers import day, interval, many, number
from dashboard.views.strips import words_of
from pipeline.snapshot import Snapshot

Spans = list[dict[str, Any]]  # rows of evidence
AROUND = 160  # characters of context on either side of a sentence
NEXT = 3  # characters between two sentences of which the one follows the other
SHOWN = 8  # sentences a source at first; the number of the others is said
OPENED = 3  # outlets that are open at first
NO_SENTENCE = "No sentence of the outlets counts for this."
# Of an outlet whose sentences are asked for when it is opened: the types of its two elements' ids.
SUMMARIES, PLACES = "outlet-summary", "outlet-sentences"
# What answers by hand say of a figure: how often it is right, and the outlets' values once they are reckoned in.
READ_BY_HAND, CORRECTED_HERE = "read-by-hand", "corrected-here"


def panel(analysis: Analysis, snapshot: Snapshot, key: str, mine: pd.DataFrame, *, first: str | None = None) -> Any:
    """The panel for one row. mine: its evidence. first: the outlet that was asked for, which then comes first."""
    row, spans = analysis.rows.get(key), _telling(records(mine))
    if row is None and not spans:
        return state("Nothing is behind this figure", "The comparison has no sentences for it.")
    head: list[Any] = [html.P("What others wrote and this piece does not touch.", className="figures")]
    if row:
        by_hand = read_by_hand(snapshot, row["family"], row["item"], drawer="piece", event=_event_of(analysis))
        head = [_head(row, analysis), by_hand]
    return html.Div(
        [
            *head,
            html.Div(
                [
                    _column("This piece", _piece_side(spans, analysis)),
                    _column("The outlets", _outlet_side(spans, snapshot, row, first)),
                ],
                className="evidence-columns",
            ),
        ],
        className="evidence",
    )


def corpus_panel(sentences: Spans, snapshot: Snapshot) -> Any:
    """Sentences of the outlets alone, where there is no piece."""
    return html.Div(_outlet_side(_telling(sentences), snapshot, None, None), className="evidence evidence-corpus")


def drawer_panel(found: Behind, snapshot: Snapshot, *, first: str | None) -> Any:
    """The sentences behind a figure of the corpus: those of the first outlets, and for each of the others what asks
    for its sentences when it is opened (`outlet_sentences`). first: the outlet that was asked for."""
    if not found.articles:
        return html.Div(html.P(NO_SENTENCE, className="none"), className="evidence evidence-corpus")
    order = sorted(found.articles, key=lambda name: name != first)
    sentences = outlet_sentences(found, snapshot, order[:OPENED])
    return html.Div(
        [_drawn_out(name, found.articles[name], sentences.get(name)) for name in order],
        className="evidence evidence-corpus",
    )


def read_by_hand(
    snapshot: Snapshot, measure: str, item: str, *, drawer: str, event: str | None = None
) -> html.Element | None:
    """The way from a figure's sentences to coding some of them by hand; null where they cannot be. How often those
    who did found the measure right, and what that makes of the values, is asked for when this is there, since answers
    come while the page stands. drawer: which one it stands in; another may hold the same item."""
    link = coding_link(snapshot, measure, item, event)
    if link is None:
        return None
    of = {"of": f"{measure}|{item}", "event": event or "", "drawer": drawer}
    line = html.P(
        [html.Span("How often is this right? ", id={"type": READ_BY_HAND, **of}),
         html.A("Read some of these at random", href=link), ", and see what that makes of the outlets’ values."],
        className="fine",
    )  # fmt: skip
    return html.Div([line, html.Div(id={"type": CORRECTED_HERE, **of})], className="by-hand")


def outlet_sentences(found: Behind, snapshot: Snapshot, outlets: list[str]) -> dict[str, list[Any]]:
    """The first sentences behind a figure of the corpus, drawn, by outlet."""
    rows = _telling(sentences_behind(snapshot, found, outlets=outlets))
    articles, spans = _articles(snapshot, rows), _by_outlet(rows)
    return {name: _places(spans[name], articles) if name in spans else [html.P(NO_SENTENCE, className="none")]
            for name in outlets}  # fmt: skip


def _event_of(analysis: Analysis) -> str | None:
    """The event that the piece is compared on; null where the ground is wider."""
    document = analysis.document
    return document["event"]["id"] if document["ground"] == "event" and document["event"] else None


def _drawn_out(name: str, articles: int, sentences: list[Any] | None) -> html.Element:
    """One outlet of the drawer, open where its sentences are there."""
    words = [html.Span(name, className="outlet-name"), html.Span(many(articles, "article"), className="fine")]
    if sentences is not None:
        return html.Details([html.Summary(words), *sentences], open=True, className="outlet-evidence")
    waiting = html.P("Loading …", className="fine", role="status")
    asks, gets = ({"type": kind, "outlet": name} for kind in (SUMMARIES, PLACES))
    return html.Details(
        [html.Summary(words, id=asks), html.Div(waiting, id=gets)], open=False, className="outlet-evidence"
    )


def _telling(spans: Spans) -> Spans:
    """The evidence without the labels of namings: the concept is in the title."""
    return [{**span, "label": None} for span in spans] if {s["measure"] for s in spans} == {"naming"} else spans


def title_of(analysis: Analysis, key: str) -> str:
    """The finding whose sentences the panel holds."""
    row = analysis.rows.get(key)
    if row is not None:
        return words_of(row, analysis).finding if row.get("difference") is not None else str(row["label"])
    named = {f"emphasis|{o['topic']}": o["label"] for o in analysis.document["omissions"]}
    return str(named.get(key, "Sentences"))


def _head(row: dict[str, Any], analysis: Analysis) -> html.Element:
    words = words_of(row, analysis)
    span = interval(row["piece"], row["bounds"])
    return html.Div(
        [
            html.P(words.figures, className="figures"),
            html.P(
                f"{row['title']}, in {row['unit']}. " + (f"The piece's 95 % interval is {span}." if span else ""),
                className="fine",
            ),
        ]
    )


def _column(title: str, content: list[Any]) -> html.Element:
    return html.Section([html.H3(title), *content])


def _piece_side(mine: Spans, analysis: Analysis) -> list[Any]:
    rows = [span for span in mine if span["source"] == "piece"]
    if not rows:
        return [html.P("No sentence of the piece counts for this.", className="none")]
    return [_sentence(group, analysis.text) for group in _by_sentence(rows)]


def _outlet_side(mine: Spans, snapshot: Snapshot, row: dict[str, Any] | None, first: str | None) -> list[Any]:
    rows = [span for span in mine if span["source"] != "piece"]
    if not rows:
        return [html.P(NO_SENTENCE, className="none")]
    articles, spans = _articles(snapshot, rows), _by_outlet(rows)
    order = sorted(spans, key=lambda name: (name != first, -_value(row, name), name))
    return [_outlet(name, spans[name], articles, row, opened=name == first or i < OPENED)
            for i, name in enumerate(order)]  # fmt: skip


def _by_outlet(rows: Spans) -> dict[str, Spans]:
    spans: dict[str, Spans] = {}
    for span in rows:
        spans.setdefault(span["source"], []).append(span)
    return spans


def _articles(snapshot: Snapshot, spans: Spans) -> dict[str, dict[str, Any]]:
    """Title, day and text of the articles that some spans stand in."""
    ids = list(dict.fromkeys(span["article"] for span in spans))
    heads, places, texts = snapshot.heads, snapshot.places(ids), snapshot.texts(ids)
    titles, dates = heads["title"].take(places).tolist(), heads["date"].take(places).tolist()
    return {
        article: {"title": title, "date": date, "text": texts[article]}
        for article, title, date in zip(ids, titles, dates, strict=True)
    }


def _value(row: dict[str, Any] | None, outlet: str) -> float:
    value = row["outlets"].get(outlet, {}).get("value") if row else None
    return float("-inf") if value is None else float(value)


def _outlet(
    name: str, rows: Spans, articles: dict[str, dict[str, Any]], row: dict[str, Any] | None, *, opened: bool
) -> html.Element:
    n = len({(span["article"], span["sentence_start"]) for span in rows})
    cell = row["outlets"].get(name) if row else None
    figure = f"{number(cell['value'], row['bounds'])}" if cell and row else ""
    summary = html.Summary(
        [html.Span(name, className="outlet-name"), html.Span(figure, className="outlet-value"),
         html.Span(many(n, "sentence"), className="fine")]
    )  # fmt: skip
    return html.Details([summary, *_places(rows, articles)], open=opened, className="outlet-evidence")


def _places(rows: Spans, articles: dict[str, dict[str, Any]]) -> list[Any]:
    """An outlet's sentences, each under its article's title and day; how many more there are."""
    groups = _by_sentence(rows)
    items: list[Any] = []
    for group in groups[:SHOWN]:
        article = articles[group[0]["article"]]
        title = article["title"] if isinstance(article["title"], str) else "(no title)"
        items.append(html.P(f"{title} · {day(article['date'])}", className="from"))
        items.append(_sentence(group, article["text"]))
    if len(groups) > SHOWN:
        items.append(html.P(f"and {many(len(groups) - SHOWN, 'more place')}", className="fine"))
    return items


def _by_sentence(rows: Spans) -> list[Spans]:
    """The spans of each sentence together, in the order of the texts; sentences that follow one another join."""
    out: list[Spans] = []
    for row in sorted(rows, key=lambda span: (span["article"], span["sentence_start"], span["start"])):
        last = out[-1][-1] if out else None
        if last is None or last["article"] != row["article"] or row["sentence_start"] - last["sentence_end"] > NEXT:
            out.append([])
        out[-1].append(row)
    return out


def _sentence(spans: Spans, text: str) -> html.Element:
    """A sentence with its spans marked, what stands around it dimmed, whose voice it is in, and its label."""
    begin, end = int(min(row["sentence_start"] for row in spans)), int(max(row["sentence_end"] for row in spans))
    before, after = _around(text, begin, end)
    labels = [value for value in dict.fromkeys(row["label"] for row in spans) if isinstance(value, str)]
    voices = [value for value in dict.fromkeys(row["voice"] for row in spans) if isinstance(value, str)]
    badges = [html.Span(label, className=f"badge label-{label}") for label in labels if label not in voices]
    return html.Blockquote(
        [
            html.P([html.Span(before, className="around"), *_marked(spans, text, begin, end),
                    html.Span(after, className="around")]),
            html.P([*[voice_badge(voice) for voice in voices], *badges], className="badges"),
        ]
    )  # fmt: skip


def _around(text: str, begin: int, end: int) -> tuple[str, str]:
    """What stands before and after, cut at blanks."""
    before, after = text[max(0, begin - AROUND) : begin], text[end : end + AROUND]
    if begin > AROUND:
        before = "… " + before.partition(" ")[2]
    if end + AROUND < len(text):
        after = after.rpartition(" ")[0] + " …"
    return before, after


def _marked(spans: Spans, text: str, begin: int, end: int) -> list[Any]:
    """The sentence with its spans as marks; a span that is the whole sentence is one mark."""
    out: list[Any] = []
    at = begin
    for row in sorted(spans, key=lambda span: (span["start"], span["end"])):
        start, stop = max(int(row["start"]), at), int(row["end"])
        if stop <= start:
            continue
        voice = row["voice"] if isinstance(row["voice"], str) else "none"
        out += [text[at:start], html.Mark(text[start:stop], className=f"span voice-{voice}")]
        at = stop
    return [*out, text[at:end]]
