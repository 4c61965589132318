"""What a row of a comparison says, in a sentence: for strips, reports and alternative texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.numbers import number

_DEGREES = {  # what the piece does: above the others' median, below it
    "naming": ("Calls {concept} “{label}” in its own voice", "Avoids calling {concept} “{label}”"),
    "credit": ("Credits “{label}” more", "Credits “{label}” less"),
    "voices": ("Gives more of the floor to {label}", "Gives less of the floor to {label}"),
    "portrayal": ("Is kinder to {label}", "Is harder on {label}"),
    "frames": ("Frames it more by {label}", "Frames it less by {label}"),
    "emphasis": ("Dwells more on {label}", "Dwells less on {label}"),
    "microframes": ("Its words lean up {label}", "Its words lean down {label}"),
}


def headline(row: Mapping[str, Any]) -> str:
    """A few words on what the piece does in this row: "Calls the war “invasion” in its own voice"."""
    family, quantity = row.get("family") or row["measure"], row.get("quantity") or row["measure"]
    label, concept = row.get("label") or row["item"], row.get("concept") or "it"
    if quantity != family or family not in _DEGREES:
        return f"{row.get('title') or quantity}: {label}"
    up, down = _DEGREES[family]
    value, median = row["piece"]["value"], row["median"]
    if value is None or median is None:
        return f"{row.get('title') or quantity}: {label}"
    if family == "credit" and value < 0 <= median:
        return f"Disputes “{label}”"
    if family == "credit" and value > 0 >= median:
        return f"Credits “{label}”"
    if family == "naming" and value < median and value > 0:
        return f"Calls {concept} “{label}” less"
    return (up if value >= median else down).format(label=label, concept=concept)


def figures(row: Mapping[str, Any]) -> str:
    """The figures behind it: value with interval and n, and the outlets' median."""
    bounds, piece = row["bounds"], row["piece"]
    if piece["value"] is None:
        return f"no value (n 0); the median outlet {number(row['median'], bounds)}"
    low, high = number(piece["low"], bounds), number(piece["high"], bounds)
    return (
        f"{number(piece['value'], bounds)} [{low} – {high}], n {piece['n']}; "
        f"the median outlet {number(row['median'], bounds)}"
    )
