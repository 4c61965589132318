"""Codebook: what is looked for; try a term or a claim on the snapshot before it is added; take the file away."""

from __future__ import annotations

import re
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dashboard.address import View
from dashboard.components import heading, section, state
from dashboard.context import Context
from dashboard.numbers import day, many
from dashboard.pages import Page
from dashboard.queries import rows_of
from dashboard.toml import as_toml
from pipeline.codebook import Codebook
from pipeline.snapshot import Snapshot

LONGEST_TERM = 80
SAMPLES = 12
AROUND = 90


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    book = snapshot.codebook
    return html.Div(
        [
            heading(book.title, kicker="Codebook", about="What is looked for in every text. It is a file that "
                                                         "you can edit; "
                    "a refresh reads it anew, and does again only what changed."),
            section(
                "Try a term",
                html.Div([dmc.TextInput(id="codebook-term", label="A word or phrase", size="sm", debounce=400,
                                        placeholder="as a new name of something")],
                         className="controls"),
                html.Div(id="codebook-found", **{"aria-live": "polite"}),
                about="Where it stands in the articles of this snapshot, before you add it. Found as whole "
                      "words, in any case.",
            ),
            *_sections(book),
            section("Take it away", html.P([html.Button("Download codebook.toml", id="codebook-download",
                                                        className="linklike",
                                                        type="button")]),
                    about=f"As this snapshot was made with it (hash {book.hash})."),
            dcc.Download(id="codebook-file"),
        ],
        className="page page-codebook",
    )  # fmt: skip


def _sections(book: Codebook) -> list[Any]:
    concepts = [(c.label, [_term(t) for t in c.terms]) for c in book.concepts]
    claims = [(p.claim, [html.Li(text) for text in p.paraphrases]) for p in book.propositions]
    speakers = [(s.label, [html.Li(", ".join(s.names))]) for s in book.speakers]
    entities = [(e.label, [html.Li(", ".join(e.names))]) for e in book.entities]
    frames = [(f.label, [html.Li(f.description)]) for f in book.frames]
    axes = [
        (a.label, [html.Li(f"+ {', '.join(a.positive)}"), html.Li(f"− {', '.join(a.negative)}")]) for a in book.axes
    ]
    parts = (
        ("Contested names", concepts, "Rival names of one thing; inflections are found by themselves."),
        ("Claims", claims, "Each with the ways in which it may be put."),
        ("Speakers", speakers, "Whose words are carried."),
        ("Entities", entities, "Who is portrayed."),
        ("Frames", frames, "What a sentence makes it a matter of."),
        ("Axes", axes, "Opposed sets of words."),
    )
    return [section(title, _entries(rows), about=words) for title, rows, words in parts if rows]


def _term(term: Any) -> html.Li:
    more = [html.Span(f" {', '.join(term.forms)}", className="fine")] if term.forms else []
    less = [html.Span(f" not in: {', '.join(term.not_in)}", className="fine less")] if term.not_in else []
    return html.Li([html.Strong(term.term), *more, *less])


def _entries(rows: list[tuple[str, list[Any]]]) -> html.Div:
    return html.Div(
        [html.Details([html.Summary(title), html.Ul(items)], className="entry") for title, items in rows],
        className="entries",
    )


def found(snapshot: Snapshot, term: str) -> Any:
    """Where a term stands: how often, by outlet, and some places."""
    words = term.strip()[:LONGEST_TERM]
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)", re.IGNORECASE)
    articles = snapshot.with_texts(snapshot.heads)
    articles = articles[articles["measured"]]
    hits = [(row, match) for row in rows_of(articles) for match in pattern.finditer(row.text)]
    if not hits:
        return state("It stands nowhere", f"“{words}” is in none of {many(len(articles), 'article')}.")
    size = pd.Series([row.outlet for row, _ in hits]).value_counts()
    known = {
        form.casefold(): c.label for c in snapshot.codebook.concepts for t in c.terms for form in (t.term, *t.forms)
    }
    note = f" The codebook has it already, under {known[words.casefold()]}." if words.casefold() in known else ""
    spread = ", ".join(f"{outlet} {n}" for outlet, n in size.items())
    places = [_place(row, match) for row, match in hits[:: max(1, len(hits) // SAMPLES)][:SAMPLES]]
    return html.Div(
        [html.P([html.Strong(many(len(hits), "place")), f": {spread}.{note}"], className="lead"), *places]
    )


def _place(row: Any, match: re.Match[str]) -> html.Blockquote:
    a, b = match.span()
    before = " ".join(row.text[max(0, a - AROUND) : a].split(" ")[1:]).replace("\n", " ")
    after = " ".join(row.text[b : b + AROUND].split(" ")[:-1]).replace("\n", " ")
    return html.Blockquote(
        [
            html.P([html.Span(f"… {before}", className="around"),
                    html.Mark(row.text[a:b], className="span voice-none"),
                    html.Span(f"{after} …", className="around")]),
            html.P(f"{row.outlet} · {day(row.date)}", className="from"),
        ]
    )  # fmt: skip


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""

    def try_it(term: str | None, held: str) -> Any:
        return found(context.snapshot(held), term) if term and term.strip() else None

    def download(clicks: int | None, held: str) -> dict[str, str]:
        if not clicks:
            raise PreventUpdate
        return {"content": as_toml(context.snapshot(held).codebook), "filename": "codebook.toml"}

    app.callback(
        Output("codebook-found", "children"), Input("codebook-term", "value"), State("shell-snapshot", "data")
    )(try_it)
    app.callback(
        Output("codebook-file", "data"), Input("codebook-download", "n_clicks"), State("shell-snapshot", "data"),
        prevent_initial_call=True,
    )(download)  # fmt: skip


PAGE = Page("codebook", "/codebook", "Codebook", layout, register)
