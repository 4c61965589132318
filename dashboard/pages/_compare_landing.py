"""The invitation of the Compare page: choose a piece, bring one, or begin from an event's headlines."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboard import address, html, queries
from dashboard.components import failure, mark, section
from dashboard.numbers import days, many
from dashboard.pages._compare_parts import piece_select
from dashboard.queries import rows_of
from pipeline.snapshot import Snapshot


def landing(snapshot: Snapshot, *, error: BaseException | None = None) -> html.Element:
    """The invitation: what this is, a piece to choose or to bring, and one event in everybody's headlines."""
    return html.Div(
        [
            html.Header(
                [
                    html.H1("How does this piece tell it, beside the others?", className="headline display"),
                    html.P(
                        "Choose an article or bring a text of your own. Parallax finds the event it belongs to "
                        "and sets "
                        "it beside every other outlet: what they call things, which claims they credit, whose voices "
                        "they carry, what they leave out. Every figure opens onto its sentences.",
                        className="standfirst",
                    ),
                ],
                className="page-head",
            ),
            failure(error) if error else None,
            html.Div(
                [
                    piece_select(snapshot, None, label="An article of this corpus"),
                    html.Span("or", className="or"),
                    dmc.Button("Bring your own text", id="compare-bring-open", size="md", className="bring-button"),
                ],
                className="chooser",
            ),
            headlines(snapshot),
        ],
        className="landing",
    )


def headlines(snapshot: Snapshot) -> Any:
    """The events that most outlets cover, each in its outlets' headlines, which are links."""
    leading = queries.leading_events(snapshot, limit=3)
    if not len(leading):
        return None
    outlets = queries.outlets(snapshot)
    kinds = dict(zip(outlets["outlet"], outlets["kind"], strict=True))
    return html.Div(
        [
            section(
                event.title,
                html.Ul([_headline(a, kinds) for a in rows_of(_one_each(snapshot, event.event))],
                        className="headlines"),
                about=f"{days(event.start, event.end)} · {many(event.articles, 'article')} · "
                f"{many(event.outlets, 'outlet')}",
            )
            for event in rows_of(leading)
        ],
        className="landing-events",
    )  # fmt: skip


def _one_each(snapshot: Snapshot, event: str) -> pd.DataFrame:
    """An event's first article of each outlet."""
    return queries.event_articles(snapshot, event).drop_duplicates("outlet")


def _headline(article: Any, kinds: dict[str, str | None]) -> html.Element:
    return html.Li(
        [
            html.Span(
                [mark(kinds.get(article.outlet), list(kinds.values())), article.outlet], className="outlet-line"
            ),
            html.PageLink(
                article.headline, href="/" + address.write({"piece": article.article}), className="headline-link"
            ),
        ]
    )
