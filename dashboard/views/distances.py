"""How near a piece is to each outlet: divergences beside how far the outlet's own articles are from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import html
from dashboard.context import Analysis
from pipeline.measures import all_measures


def distances(analysis: Analysis) -> Any:
    """Outlets, the nearest first: the mean over the measures, and inside each measure's own. Null without any."""
    rows = [row for row in analysis.document.get("distances", []) if row["value"] is not None]
    by_outlet: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_outlet.setdefault(row["outlet"], []).append(row)
    if not by_outlet:
        return None
    order = sorted(by_outlet, key=lambda name: (_mean([row["value"] for row in by_outlet[name]]) or 0, name))
    titles = {measure.name: measure.declaration.title for measure in all_measures()}
    return html.Ol([_outlet(name, by_outlet[name], titles) for name in order], className="distances")


def _outlet(name: str, rows: list[dict[str, Any]], titles: dict[str, str]) -> html.Element:
    floors = [row["floor"] for row in rows if row.get("floor") is not None]
    value, floor = _mean([row["value"] for row in rows]), _mean(floors) if len(floors) == len(rows) else None
    inside = [
        html.Li([html.Span(titles.get(row["measure"], row["measure"]), className="topic"),
                 *_figure(row["value"], row.get("floor"))])
        for row in rows
    ]  # fmt: skip
    summary = html.Summary([html.Span(name, className="topic"), *_figure(value or 0.0, floor)])
    return html.Li(html.Details([summary, html.Ul(inside, className="distances inner")]), className="distance")


def _figure(value: float, floor: float | None) -> list[Any]:
    """The figure and its bar, with a mark where the outlet's own articles lie."""
    within = floor is not None and value <= floor
    own = "own articles: not known" if floor is None else f"own articles {floor:.2f}"
    mark = html.Span(className="floor", style={"left": f"{100 * (floor or 0):.1f}%"}) if floor is not None else None
    bar = [html.Span(className="filled", style={"width": f"{100 * value:.1f}%"}), mark]
    return [
        html.Span([html.Strong(f"{value:.2f}"), f" · {own}"], className="chance" + (" within" if within else "")),
        html.Span(bar, className="bar", **{"aria-hidden": "true"}),
    ]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
