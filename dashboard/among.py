"""An event's outlets among themselves: rows as a comparison has them, without a piece."""

from __future__ import annotations

from typing import Any

from dashboard.figures._frame import records, snapshot_values
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot

NO_PIECE = {"value": None, "low": None, "high": None, "n": 0}


def measures_among(snapshot: Snapshot) -> dict[str, str]:
    """The measures that outlets can be compared by, sentence by sentence, and their titles."""
    return {
        measure.name: measure.declaration.title
        for measure in all_measures()
        if measure.score is not None and measure.name in snapshot.quantities
    }


def rows_among(snapshot: Snapshot, event: str, measure: str) -> list[dict[str, Any]]:
    """A row an item of each of the measure's quantities, those with most evidence first. Left out is what nobody
    has any of: the terms that no outlet uses here, the roles that none gives.

    Raises InputError for an event that there is not.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    quantities = next(m.declaration.quantities for m in all_measures() if m.name == measure)
    for quantity in quantities:
        if quantity.name not in snapshot.quantities:
            continue
        for value in records(snapshot_values(snapshot, quantity.name, event=event)):
            empty = {
                "measure": quantity.name, "family": measure, "item": value["item"], "title": quantity.title,
                "label": value["label"], "concept": value["concept"], "unit": quantity.unit,
                "bounds": list(quantity.bounds), "piece": NO_PIECE, "outlets": {},
            }  # fmt: skip
            row = rows.setdefault((quantity.name, value["item"]), empty)
            row["outlets"][value["source"]] = {name: value[name] for name in NO_PIECE}
    some = [row for row in rows.values() if _any(row)]
    return sorted(some, key=lambda row: -sum(cell["n"] for cell in row["outlets"].values()))


def _any(row: dict[str, Any]) -> bool:
    """Whether a row says anything: of a quantity that counts from nothing up, whether it is more than nothing."""
    return row["bounds"][0] != 0 or any(cell["value"] > 0 for cell in row["outlets"].values())
