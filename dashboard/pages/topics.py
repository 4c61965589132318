"""Topics: what the corpus is about, who dwells on what, and sample passages."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import dcc, html

from dashboard import address, charts, queries
from dashboard.address import View
from dashboard.components import heading, section, state, take_table
from dashboard.context import Context
from dashboard.numbers import day, many, percent
from dashboard.pages import Page
from dashboard.queries import rows_of
from pipeline.snapshot import Snapshot

SAMPLES = 6


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page: all topics, or one with its passages."""
    table = snapshot.table("topics").sort_values("passages", ascending=False, kind="stable")
    if not len(table):
        return html.Div([heading("Topics"), state("No topics yet", "The corpus has too few passages.")])
    chosen = address.first(view, "topic")
    found = table[table["topic"].astype(str) == chosen]
    return html.Div(
        [
            heading("What it is about", about="BERTopic’s topics over passages of some ninety words. They are "
                                              "named by their "
                    "most telling words; read the passages before you name them yourself."),
            _one(snapshot, found.iloc[0]) if len(found) else None,
            section("By outlet", charts.chart("topics", "topics", label="Shares of topics, by outlet")),
            section("All topics", _list(table), take_table("topic-list", {"snapshot": snapshot.id}),
                    about="Open one to read passages and see who dwells "
                                                                "on it."),
        ],
        className="page page-topics",
    )  # fmt: skip


def _list(table: pd.DataFrame) -> html.Ol:
    whole = max(int(table["passages"].sum()), 1)
    top = max(int(table["passages"].max()), 1)
    return html.Ol(
        [
            html.Li(
                dcc.Link(
                    [
                        html.Span(topic.label, className="topic"),
                        html.Span(percent(topic.passages / whole), className="chance"),
                        html.Span(topic.words, className="figures"),
                        html.Span(html.Span(style={"width": f"{100 * topic.passages / top:.1f}%"}), className="bar"),
                    ],
                    href="/topics" + address.write({"topic": str(topic.topic)}),
                    className="omission topic-link",
                )
            )
            for topic in rows_of(table)
        ],
        className="omissions columns",
    )


def _one(snapshot: Snapshot, topic: Any) -> html.Section:
    """One topic: its words, who dwells on it, and passages of several outlets."""
    profile = snapshot.table("profile")
    shares = profile[(profile["quantity"] == "emphasis") & (profile["item"] == str(topic["topic"]))]
    shares = shares.dropna(subset=["value"]).sort_values("value", ascending=False)
    return section(
        topic["label"],
        html.Div(
            [
                html.Ol([_share(row) for row in rows_of(shares)], className="distances"),
                html.Div(_samples(snapshot, int(topic["topic"]))),
            ],
            className="method",
        ),
        about=f"{many(int(topic['passages']), 'passage')} · {topic['words']}",
        tools=html.Button("All its sentences", className="linklike", type="button",
                          **{"data-set": "shell-open", "data-value": f"emphasis|{topic['topic']}"}),
    )  # fmt: skip


def _share(row: Any) -> html.Li:
    return html.Li(
        [
            html.Span(row.outlet, className="topic"),
            html.Span(f"{percent(row.value)} of sentences", className="chance"),
            html.Span(html.Span(style={"width": f"{100 * row.value:.1f}%"}), className="bar"),
        ]
    )


def _samples(snapshot: Snapshot, topic: int) -> list[Any]:
    """Passages of the topic, one an outlet at first."""
    some = queries.topic_passages(snapshot, topic, limit=SAMPLES)
    return [
        html.Blockquote(
            [
                html.P(row.text),
                html.P(
                    [f"{row.outlet} · {day(row.date)} · ",
                     dcc.Link(row.title if isinstance(row.title, str) else "the article",
                              href="/" + address.write({"piece": row.article}))],
                    className="from",
                ),
            ]
        )
        for row in rows_of(some)
    ]  # fmt: skip


def register(app: Any, context: Context) -> None:
    """The page's chart."""
    charts.draw(app, context, "topics", "topics", {})


PAGE = Page("topics", "/topics", "Topics", layout, register)
