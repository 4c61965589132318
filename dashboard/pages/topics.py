"""Topics: what the corpus is about, who dwells on what, and sample passages."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import Input, dcc

from dashboard import address, charts, html, queries
from dashboard.address import View
from dashboard.components import heading, section, state, take_table
from dashboard.context import Context
from dashboard.numbers import count, day, interval, many, percent
from dashboard.pages import Page
from dashboard.queries import rows_of
from dashboard.themes import themes_of
from dashboard.wording import unbroken
from pipeline.snapshot import Snapshot

SAMPLES = 6


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page: all topics, or one with its passages."""
    table, chosen = snapshot.table("topics"), address.first(view, "topic")
    if not len(table):
        return html.Div([heading("What it is about"), state(
            "No topics yet", "The corpus has too few passages. More articles, and a refresh, bring them.",
            action=html.PageLink("What came in, and what was left out", href="/methods#corpus"),
        )])  # fmt: skip
    if chosen:
        found = table[table["topic"].astype(str) == chosen]
        if not len(found):
            return state("There is no such topic in this snapshot", "An older link may mean another snapshot.",
                         kind="error", whole=True, action=html.PageLink("All topics", href="/topics"))  # fmt: skip
        return html.Div(_one(snapshot, found.iloc[0]), className="page page-topics")
    return html.Div(
        [
            heading("What it is about", about="Topics over passages of some "
                    f"{snapshot.corpus.topics.passage_words} words, by BERTopic, named by their most "
                    "telling words; read the passages before you name them yourself."),
            section("All topics", _themes(snapshot, table),
                    take_table("topic-list", {"snapshot": snapshot.id}),
                    about="Under the themes that their hierarchy falls into; shares are of all passages. "
                    "Open one for passages, outlets and its course."),
            section("By outlet", charts.chart("topics", "topics", label="Shares of topics, by outlet"),
                    about="Shares of each outlet’s passages."),
            section("Their hierarchy", charts.chart("topics", "topic-tree", label="The tree of the topics, which the "
                    "list of all topics gives in words", marks="/topics?topic="),
                    about="The further right two branches meet, the less alike they are: Ward’s linkage of the "
                    "topics’ centroids, each of length 1."),
        ],
        className="page page-topics",
    )  # fmt: skip


def _themes(snapshot: Snapshot, table: pd.DataFrame) -> html.Element:
    """The topics under their themes, the largest theme first."""
    rows = {int(row.topic): row for row in rows_of(table)}
    whole, top = max(int(table["passages"].sum()), 1), max(int(table["passages"].max()), 1)
    themes = [(name, [rows[t] for t in topics]) for name, topics in themes_of(snapshot)]
    themes.sort(key=lambda theme: -sum(row.passages for row in theme[1]))
    return html.Div([_theme(name, topics, whole, top) for name, topics in themes], className="themes columns")


def _theme(name: str, topics: list[Any], whole: int, top: int) -> html.Element:
    share = percent(sum(row.passages for row in topics) / whole)
    topics = sorted(topics, key=lambda row: -row.passages)
    return html.Section(
        [
            html.H3([name, html.Span(share, className="chance")]),
            html.Ol([html.Li(_link(topic, whole, top)) for topic in topics], className="omissions"),
        ],
        className="theme",
    )


def _link(topic: Any, whole: int, top: int) -> html.Element:
    return html.PageLink(
        [
            html.Span(unbroken(topic.label), className="topic"),
            html.Span(percent(topic.passages / whole), className="chance"),
            html.Span(_further(topic), className="figures"),
            html.Span(html.Span(style={"width": f"{100 * topic.passages / top:.1f}%"}), className="bar"),
        ],
        href="/topics" + address.write({"topic": str(topic.topic)}),
        className="omission topic-link",
    )


def _further(topic: Any) -> str:
    """The topic's words that its label does not have."""
    named = set(str(topic.label).split(" · "))
    return ", ".join(word for word in str(topic.words).split(", ") if word not in named)


def _one(snapshot: Snapshot, topic: Any) -> tuple[Any, ...]:
    """One topic: its words, who dwells on it, passages of several outlets, and its course."""
    item = str(topic["topic"])
    profile = snapshot.table("profile")
    shares = profile[(profile["quantity"] == "emphasis") & (profile["item"] == item)]
    shares = shares.dropna(subset=["value"]).sort_values("value", ascending=False)
    top = float(shares["high"].max()) if len(shares) else 1.0
    trend = "/trends" + address.write({"quantity": "emphasis", "item": item})
    return (
        html.P(html.PageLink("All topics", href="/topics"), className="kicker"),
        heading(unbroken(topic["label"]), about=f"{many(int(topic['passages']), 'passage')}. More of its words: "
                f"{_further(topic)}."),
        section(
            "Who dwells on it",
            html.Div(
                [
                    html.Ol([_share(row, top or 1.0) for row in rows_of(shares)], className="distances"),
                    html.Div(_samples(snapshot, int(topic["topic"]))),
                ],
                className="method",
            ),
            about="Shares of each outlet’s passages, with 95 % intervals, beside passages of several outlets.",
            tools=html.Button("All its sentences", className="linklike", type="button",
                              **{"data-set": "shell-open", "data-value": f"emphasis|{item}"}),
        ),
        section(
            "Its course",
            dcc.Store(id="topics-quantity", data="emphasis"),
            dcc.Store(id="topics-item", data=item),
            charts.chart("topics", "trends", label="Shares of the topic over time, an outlet a chart"),
            html.P(html.PageLink("Follow it by group, or between two periods, in Trends", href=trend),
                   className="fine"),
        ),
    )  # fmt: skip


def _share(row: Any, top: float) -> html.Element:
    """One outlet's share, with its interval as a pale part of the bar."""
    said = f"{percent(row.value)} ({interval({'low': row.low, 'high': row.high}, (0.0, 1.0))}), n {count(int(row.n))}"
    width = {name: f"{100 * max(0.0, value) / top:.1f}%" for name, value in
             (("low", row.low), ("span", row.high - row.low), ("value", row.value))}  # fmt: skip
    return html.Li(
        [
            html.Span(row.outlet, className="topic"),
            html.Span(said, className="chance"),
            html.Span([html.Span(style={"width": width["value"]}),
                       html.Span(className="span-bar", style={"left": width["low"], "width": width["span"]})],
                      className="bar", **{"aria-hidden": "true"}),
        ]
    )  # fmt: skip


def _samples(snapshot: Snapshot, topic: int) -> list[Any]:
    """Passages of the topic, one an outlet at first."""
    some = queries.topic_passages(snapshot, topic, limit=SAMPLES)
    return [
        html.Blockquote(
            [
                html.P(row.text),
                html.P(
                    [f"{row.outlet} · {day(row.date)} · ",
                     html.PageLink(row.title if isinstance(row.title, str) else "the article",
                              href="/" + address.write({"piece": row.article}))],
                    className="from",
                ),
            ]
        )
        for row in rows_of(some)
    ]  # fmt: skip


def register(app: Any, context: Context) -> None:
    """The page's charts."""
    charts.draw(app, context, "topics", "topics", {})
    charts.draw(app, context, "topics", "topic-tree", {})
    charts.draw(
        app, context, "topics", "trends",
        {"quantity": Input("topics-quantity", "data"), "item": Input("topics-item", "data")},
    )  # fmt: skip


def likely(snapshot: Snapshot) -> list[str]:
    """Each topic, the largest first."""
    table = snapshot.table("topics").sort_values("passages", ascending=False, kind="stable")
    return [address.write({"topic": str(topic)}) for topic in table["topic"] if topic >= 0]


PAGE = Page("topics", "/topics", "Topics", layout, register, charts=True, likely=likely)
