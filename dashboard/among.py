"""An event's outlets among themselves: rows as a comparison has them, without a piece."""

from __future__ import annotations

from typing import Any

from dashboard.figures._frame import records, snapshot_values
from pipeline.measures import all_quantities
from pipeline.snapshot import Snapshot

NO_PIECE = {"value": None, "low": None, "high": None, "n": 0}


def rows_among(snapshot: Snapshot, event: str, quantity: str) -> list[dict[str, Any]]:
    """A row an item of a quantity, those with most evidence first. Left out is what nobody has any of: the terms
    that no outlet uses here, the roles that none gives.

    Raises InputError for an event or a quantity that there is not.
    """
    rows: dict[str, dict[str, Any]] = {}
    for value in records(snapshot_values(snapshot, quantity, event=event)):
        if value["item"] not in rows:
            rows[value["item"]] = {
                "measure": quantity, "family": value["family"], "item": value["item"], "title": value["title"],
                "label": value["label"], "concept": value["concept"], "unit": value["unit"],
                "bounds": list(all_quantities()[quantity].bounds), "piece": NO_PIECE, "outlets": {},
            }  # fmt: skip
        rows[value["item"]]["outlets"][value["source"]] = {name: value[name] for name in NO_PIECE}
    some = [row for row in rows.values() if _any(row)]
    return sorted(some, key=lambda row: -sum(cell["n"] for cell in row["outlets"].values()))


def _any(row: dict[str, Any]) -> bool:
    """Whether a row says anything: of a quantity that counts from nothing up, whether it is more than nothing."""
    return row["bounds"][0] != 0 or any(cell["value"] > 0 for cell in row["outlets"].values())
