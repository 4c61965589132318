"""Measures × outlets: every value with its colour, its interval and its n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dashboard import html
from dashboard.components import help_text, mark, state
from dashboard.context import row_key
from dashboard.figures.matrix import EACH
from dashboard.numbers import interval, is_share, number
from pipeline.measures import all_measures, all_quantities
from pipeline.snapshot import Snapshot

FIRST = ("naming", "credit", "voices", "portrayal", "frames", "emphasis", "microframes", "keyness")
Kinds = dict[str, str | None]
Groups = list[tuple[str, list[str]]]


@dataclass(frozen=True)
class _Columns:
    """What stands across: the outlets in their groups, and before them the piece where there is one."""

    groups: Groups
    event: str | None

    @property
    def piece(self) -> bool:
        return self.event is None

    @property
    def others(self) -> str:
        """What is said of the rows that are not shown."""
        if self.piece:
            return "nearer to the others; choose this measure alone to see them"
        return "with less evidence, which the data has that can be taken away"

    def opens(self, row: dict[str, Any], source: str | None = None) -> dict[str, str]:
        """What a click on a row, or on one source's figure in it, opens."""
        key = row_key(row) + (f"@{source}" if source else "")
        if self.piece:
            return {"data-set": "compare-open", "data-value": key}
        return {"data-set": "shell-open", "data-value": f"{key}#{self.event}"}


def matrix(
    rows: Sequence[dict[str, Any]], groups: Groups, kinds: Kinds, *, whole: bool = False, event: str | None = None
) -> Any:
    """The table. groups: the outlets under the names of their groups. whole: all rows of every quantity.

    event: an event whose outlets are set side by side without a piece; the piece's column is then left out.
    """
    columns = _Columns(groups, event)
    some = [row for row in rows if row["piece"]["n"] or any(cell["n"] for cell in row["outlets"].values())]
    if not some:
        return state("Nothing to set side by side", "No measure found anything on either side.")
    order = measure_order()
    some.sort(key=lambda r: (order.get(r.get("family", ""), 99), r["measure"] != r.get("family"), r["measure"]))
    bodies = [_quantity(name, list(part), columns, whole=whole)
              for name, part in groupby(some, key=lambda row: row["measure"])]  # fmt: skip
    return html.Div(
        html.Table(
            [
                html.Caption("Values of each measure's items, by outlet", className="sr-only"),
                _head(columns, kinds),
                *bodies,
            ],
            className="matrix",
        ),
        className="table-scroll matrix-scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": "Matrix of measures and outlets; arrow keys move between figures"},
    )


def measure_order() -> dict[str, int]:
    """The place of each measure where they are listed: those that readers know best first, others by name."""
    known = [name for name in FIRST if name in {m.name for m in all_measures()}]
    others = [m.name for m in all_measures() if m.name not in FIRST]
    return {name: i for i, name in enumerate(known + others)}


def quantity_choices(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The quantities with values here, under their measure."""
    order = measure_order()
    groups = []
    for measure in sorted(all_measures(), key=lambda m: order[m.name]):
        some = [q for q in measure.declaration.quantities if q.name in snapshot.quantities and q.estimate == "ratio"]
        if some:
            items = [{"value": q.name, "label": q.title} for q in some]
            groups.append({"group": measure.declaration.title, "items": items})
    return groups


def _head(columns: _Columns, kinds: Kinds) -> html.Element:
    every, groups = list(kinds.values()), columns.groups
    upper = [html.Td(), *([html.Td()] if columns.piece else [])]
    upper += [html.Th(name, colSpan=len(names), scope="colgroup", className="group") for name, names in groups]
    lower: list[Any] = [html.Td()]
    if columns.piece:
        lower.append(
            html.Th([html.Span(className="mark mark-piece"), "this piece"], scope="col", className="col-piece")
        )
    for _, names in groups:
        lower += [
            html.Th(html.Span([html.Span(name), mark(kinds.get(name), every)], className="col-name"), scope="col",
                    className="col-outlet" + (" first" if name == names[0] else ""))
            for name in names
        ]  # fmt: skip
    return html.Thead([html.Tr(upper), html.Tr(lower)] if len(groups) > 1 else [html.Tr(lower)])


def _quantity(name: str, rows: list[dict[str, Any]], columns: _Columns, *, whole: bool) -> html.Element:
    quantity = all_quantities().get(name)
    shown = rows if whole else rows[:EACH]  # the first; the number of the others is said
    wide = 1 + int(columns.piece) + sum(len(names) for _, names in columns.groups)
    title = [html.Span(rows[0]["title"]), html.Span(rows[0]["unit"], className="unit")]
    if quantity:
        title.append(help_text(f"Higher means: {quantity.higher_means}."))
    out = [html.Tr(html.Th(html.Div(title), colSpan=wide, scope="rowgroup", className="measure"))]
    concept = None
    for row in sorted(shown, key=lambda r: str(r.get("concept") or "")):
        if row.get("concept") and row["concept"] != concept:
            concept = row["concept"]
            out.append(html.Tr(html.Th(concept, colSpan=wide, scope="rowgroup", className="concept")))
        out.append(_row(row, columns))
    if len(rows) > len(shown):
        more = f"and {len(rows) - len(shown)} further rows, {columns.others}"
        out.append(html.Tr(html.Td(more, colSpan=wide, className="fine more")))
    return html.Tbody(out)


def _row(row: dict[str, Any], columns: _Columns) -> html.Element:
    label = html.Button(row["label"], type="button", className="row-name", title=row["label"],
                        **columns.opens(row), **{"aria-haspopup": "dialog"})  # fmt: skip
    cells = [html.Th(label, scope="row")]
    top = _largest(row)
    if columns.piece:
        cells.append(_cell(row["piece"], row, top, columns.opens(row, "piece"), css="cell-piece"))
    for _, names in columns.groups:
        for name in names:
            cell = row["outlets"].get(name, {"value": None, "n": 0})
            opens = columns.opens(row, name)
            cells.append(_cell(cell, row, top, opens, css="first" if name == names[0] else ""))
    return html.Tr(cells)


def _cell(cell: dict[str, Any], row: dict[str, Any], top: float, opens: dict[str, str], *, css: str) -> html.Element:
    value = cell.get("value")
    if value is None:
        return html.Td("·", className=f"cell none {css}", **{"data-tip": "no value, n 0"})
    strength = min(1.0, abs(value) / top) if top else 0.0
    side = "low" if value < 0 else "high"
    tip = f"{number(value, row['bounds'])} ({interval(cell, row['bounds'])}), n {cell['n']}"
    few = " few" if cell["n"] < 3 else ""
    return html.Td(
        number(value, row["bounds"]),
        className=f"cell {side}{few} {css}",
        style={"--heat": f"{70 * strength:.0f}%"},
        tabIndex=-1,
        **opens,
        **{"data-tip": tip},
    )


def _largest(row: dict[str, Any]) -> float:
    """What the strongest colour of a row stands for: its bound for signed scales, its largest value otherwise."""
    values = [abs(c["value"]) for c in (row["piece"], *row["outlets"].values()) if c.get("value") is not None]
    largest = max(values, default=0.0)
    if is_share(row["bounds"]):
        return max(largest, 0.05)
    return largest or 1.0
