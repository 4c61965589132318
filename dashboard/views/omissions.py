"""What a piece leaves out: the topics of the ground's coverage that a text this long would hardly miss."""

from __future__ import annotations

from typing import Any

from dashboard import html
from dashboard.components import state
from dashboard.context import Analysis
from dashboard.figures.omissions import beyond_chance
from dashboard.numbers import many, percent
from dashboard.wording import unbroken


def omissions(analysis: Analysis, *, limit: int | None = None) -> Any:
    """The omitted topics, the least likely to be chance first."""
    rows = analysis.document["omissions"][:limit]
    if not rows:
        return state(
            "Nothing stands out by its absence",
            "The piece touches every topic that a text of its length, drawn from this coverage, would touch.",
        )
    return html.Ol([_row(row) for row in rows], className="omissions")


def _row(row: dict[str, Any]) -> html.Element:
    share = row["coverage"]
    p = "p < .001" if row["p"] < 0.001 else f"p {row['p']:.3f}".replace("0.", ".")
    outlets = f", {many(row['outlets'], 'outlet')}" if row.get("outlets") else ""
    faint = "" if beyond_chance(row) else " faint"  # what may well be chance is shown fainter
    return html.Li(
        html.Button(
            [
                html.Span(unbroken(row["label"]), className="topic"),
                html.Span(
                    html.Span(style={"width": f"{100 * share:.1f}%"}), className="bar", **{"aria-hidden": "true"}
                ),
                html.Span(f"{percent(share)} of articles{outlets}", className="figures"),
                html.Span(p, className="chance"),
            ],
            type="button",
            className=f"omission{faint}",
            **{"data-set": "compare-open", "data-value": f"emphasis|{row['topic']}", "aria-haspopup": "dialog"},
        )
    )
