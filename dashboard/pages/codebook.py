"""Codebook: what is looked for; try an entry on the snapshot before it is added; take the edited file away."""

from __future__ import annotations

from typing import Any

from dash import Input

from dashboard import html, shell
from dashboard.address import View
from dashboard.components import heading, section
from dashboard.context import Context
from dashboard.pages import Page
from dashboard.pages import _codebook_trial as trial
from pipeline.codebook import Codebook
from pipeline.snapshot import Snapshot


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    book = snapshot.codebook
    return html.Div(
        [
            heading(book.title, kicker="Codebook", about="What is looked for in every text. It is a file that you "
                    "can edit; a refresh reads it anew, and does again only what changed."),
            trial.stores(view),
            section("Try an entry", trial.form(book, view),
                    html.Div(id="codebook-found", **{"aria-live": "polite"}),
                    about="What it would catch in the articles of this snapshot, read as a refresh reads them, "
                    "before you add it."),
            section("Take it away", html.Div(id="codebook-collected"),
                    html.P(html.Button("Download codebook.toml", id="codebook-download", className="linklike",
                                       type="button")),
                    about=f"The codebook that this snapshot was made with (hash {book.hash}), with what you "
                    "added. Put it in the place of the corpus’s own; the next refresh reads it. The address of this "
                    "page keeps your entries."),
            *_sections(book),
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


def _term(term: Any) -> html.Element:
    more = [html.Span(f" {', '.join(term.forms)}", className="fine")] if term.forms else []
    less = [html.Span(f" not in: {', '.join(term.not_in)}", className="fine less")] if term.not_in else []
    return html.Li([html.Strong(term.term), *more, *less])


def _entries(rows: list[tuple[str, list[Any]]]) -> html.Element:
    return html.Div(
        [html.Details([html.Summary(title), html.Ul(items)], className="entry") for title, items in rows],
        className="entries",
    )


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""
    trial.register(app, context)
    shell.write_address(
        app, "codebook", {"try": "", "edit": []}, Input("codebook-tried", "data"), Input("codebook-edits", "data"),
    )  # fmt: skip


PAGE = Page("codebook", "/codebook", "Codebook", layout, register)
