"""What sets a piece apart: a strip a row, the piece as a diamond with its interval, the outlets as their marks."""

from __future__ import annotations

from typing import Any

from dashboard import html
from dashboard.components import legend, mark
from dashboard.context import Analysis, row_key
from dashboard.numbers import interval, number
from dashboard.views.scale import Scale, lanes, scale_of
from dashboard.wording import Said, said

Kinds = dict[str, str | None]
SHOWN = 12
# A row nearer to the median than the spread between outlets does not set a piece apart.
LEAST_STANDOUT = 1.0


def ranked_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """The rows that set the piece apart, the furthest first."""
    rows = [row for row in analysis.document["rows"] if row.get("standout") is not None]
    return [row for row in rows if abs(row["standout"]) >= LEAST_STANDOUT]


def strips(analysis: Analysis, kinds: Kinds, *, limit: int | None = SHOWN) -> html.Element:
    """The ranked rows as strips, each a button that opens its sentences."""
    rows = [strip_row(row, words_of(row, analysis), kinds) for row in ranked_rows(analysis)[:limit]]
    return html.Div([legend(list(dict.fromkeys(kinds.values()))), html.Ol(rows, className="strips")])


def strip_row(
    row: dict[str, Any], words: Said, kinds: Kinds, *, store: str = "compare-open", whose: str = "this piece"
) -> html.Element:
    """One row: what it says in words, the figures, and the strip. store: which store a click writes its key to."""
    value = number(row["piece"]["value"], row["bounds"])
    return html.Li(
        html.Button(
            [
                html.Span(
                    [
                        html.Span(words.finding, className="finding"),
                        html.Span(words.figures, className="figures"),
                    ],
                    className="strip-words",
                ),
                html.Span(value, className="strip-value"),
                strip(row, kinds, whose),
            ],
            type="button",
            className="strip-row",
            **{
                "data-set": store,
                "data-value": row_key(row),
                "aria-haspopup": "dialog",
            },
        )
    )


def words_of(row: dict[str, Any], analysis: Analysis) -> Said:
    """A row in words, with the labels of the piece's evidence for it."""
    evidence = analysis.evidence
    mine = evidence[
        (evidence["source"] == "piece")
        & (evidence["measure"] == row.get("family", row["measure"]))
        & (evidence["item"] == row["item"])
    ]
    labels = [label for label in mine["label"] if isinstance(label, str)]
    return said(row, labels, analysis.ends.get(row["item"]))


def strip(row: dict[str, Any], kinds: Kinds, whose: str = "this piece") -> html.Element:
    """The strip itself: noise band and median, outlets, piece; its scale's ends beneath."""
    scale = scale_of(row)
    outlets = [(name, cell) for name, cell in row["outlets"].items() if cell["value"] is not None]
    places = [scale.at(cell["value"]) for _, cell in outlets]
    every = list(kinds.values())
    dots = [
        html.Span(
            mark(kinds.get(name), every),
            className="dot" + ("" if row_enough(cell) else " dot-faint"),
            style={"left": f"{place}%", "--lane": str(lane)},
            **{"data-tip": f"{name}: {number(cell['value'], row['bounds'])}, n {cell['n']}"},
        )
        for (name, cell), place, lane in zip(outlets, places, lanes(places), strict=True)
    ]
    left, right = scale.ends
    return html.Span(
        [
            html.Span(
                [html.Span(className="axis"), *_band(row, scale), *dots, *_piece(row, scale, whose)],
                className="strip-plot",
            ),
            html.Span([html.Span(left), html.Span(right)], className="strip-ends"),
        ],
        className="strip",
        **{"aria-hidden": "true"},
    )


def row_enough(cell: dict[str, Any]) -> bool:
    """Whether an outlet's value rests on enough to be drawn in full strength."""
    return bool(cell["n"] >= 3)


def _band(row: dict[str, Any], scale: Scale) -> list[html.Element]:
    if row["median"] is None:
        return []
    tick = html.Span(className="median", style={"left": f"{scale.at(row['median'])}%"})
    noise = row.get("noise")
    if not noise:
        return [tick]
    left, right = scale.at(row["median"] - noise), scale.at(row["median"] + noise)
    return [html.Span(className="noise", style={"left": f"{left}%", "width": f"{right - left:.2f}%"}), tick]


def _piece(row: dict[str, Any], scale: Scale, whose: str) -> list[html.Element]:
    cell = row["piece"]
    if cell["value"] is None:
        return []
    tip = f"{whose}: {number(cell['value'], row['bounds'])} ({interval(cell, row['bounds'])}), n {cell['n']}"
    out = []
    if cell["low"] is not None:
        left, right = scale.at(cell["low"]), scale.at(cell["high"])
        out.append(html.Span(className="whisker", style={"left": f"{left}%", "width": f"{right - left:.2f}%"}))
    diamond = html.Span(html.Span(className="mark mark-piece"), className="dot dot-piece",
                        style={"left": f"{scale.at(cell['value'])}%"}, **{"data-tip": tip})  # fmt: skip
    return [*out, diamond]
