"""An event's outlets among themselves: rows as a comparison has them, without a piece."""

from __future__ import annotations

from typing import Any

from dashboard.figures._frame import concept_labels, family_named, found_values, item_labels
from pipeline.measures import all_quantities
from pipeline.snapshot import Snapshot

NO_PIECE = {"value": None, "low": None, "high": None, "n": 0}


def rows_among(snapshot: Snapshot, event: str, quantity: str) -> list[dict[str, Any]]:
    """A row an item of a quantity, those with most evidence first. Left out is what nobody has any of: the terms
    that no outlet uses here, the roles that none gives.

    Raises InputError for an event or a quantity that there is not.
    """
    found = found_values(snapshot, quantity, event)
    declared, family = all_quantities()[quantity], family_named(quantity)
    labels, concepts = item_labels(snapshot), concept_labels(snapshot)
    rows: dict[str, dict[str, Any]] = {
        item: {
            "measure": quantity, "family": family, "item": item, "title": declared.title,
            "label": labels.get(item, item), "concept": concepts.get(item), "unit": declared.unit,
            "bounds": list(declared.bounds), "piece": NO_PIECE, "outlets": {},
        }
        for item in dict.fromkeys(found["item"].tolist())
    }  # fmt: skip
    columns = (found[name].tolist() for name in ("item", "outlet", *NO_PIECE))
    for item, outlet, *cell in zip(*columns, strict=True):
        rows[item]["outlets"][outlet] = dict(zip(NO_PIECE, cell, strict=True))
    some = [row for row in rows.values() if _any(row)]
    return sorted(some, key=lambda row: -sum(cell["n"] for cell in row["outlets"].values()))


def _any(row: dict[str, Any]) -> bool:
    """Whether a row says anything: of a quantity that counts from nothing up, whether it is more than nothing."""
    return row["bounds"][0] != 0 or any(cell["value"] > 0 for cell in row["outlets"].values())
