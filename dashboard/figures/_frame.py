"""The sources of charts as tidy frames: a comparison's rows, and an outlet's values in a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures import COLUMNS, Source
from dashboard.groups import event_rows, outlet_codes
from dashboard.lasting import lasting
from pipeline.errors import InputError
from pipeline.measures import all_measures, all_quantities
from pipeline.snapshot import Snapshot
from pipeline.uncertainty import estimate, linearised

PIECE = "piece"
EXTRA = ("family", "title", "concept", "low_bound", "high_bound", "median", "standout", "noise")
FOUND = ("value", "low", "high", "n")  # what is found of an item in a group of articles
_NUMBERS = ("value", "low", "high", "low_bound", "high_bound", "median", "standout", "noise", "difference",
            "difference_low", "difference_high")  # fmt: skip


def frame_of(rows: Sequence[Mapping[str, Any]], more: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as a frame with COLUMNS, then `more`; numbers as float64 with NaN, n as int64."""
    return typed({name: [row.get(name) for row in rows] for name in (*COLUMNS, *more)}, more)


def typed(columns: Mapping[str, Any], more: Sequence[str] = ()) -> pd.DataFrame:
    """The same from columns (sequences), of which one number, text or null stands for every row.

    Texts are plain objects here: pandas's own kind of text costs a millisecond a column, whatever its length.
    """
    rows = len(columns["source"])
    index = pd.RangeIndex(rows)  # one for all, or pandas compares them
    out: dict[str, Any] = {}
    for name in (*COLUMNS, *more):
        values = columns[name]
        if values is None or isinstance(values, str | int | float):
            values = [values] * rows
        if name == "n":
            out[name] = np.nan_to_num(np.asarray(values, np.float64)).astype(np.int64)
        elif name in _NUMBERS:
            out[name] = np.asarray(values, np.float64)
        else:
            out[name] = pd.Series(values, index=index, dtype=object)
    return pd.DataFrame(out, index=index)


def records(frame: pd.DataFrame, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows as dictionaries. By way of columns as lists, some five times faster than pandas's own.

    names: of the columns that are wanted; all where none are named.
    """
    names = [str(name) for name in frame.columns] if names is None else names
    columns = [frame[name].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def valued(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that have a value."""
    return [row for row in rows if row["value"] == row["value"]]


def kinds_of(source: Source) -> dict[str, str | None]:
    """The kind of each outlet; null where none is given."""
    if isinstance(source, Snapshot):
        return _kinds_of(source)
    return {entry["outlet"]: entry.get("kind") for entry in source["outlets"]}


@lasting
def _kinds_of(snapshot: Snapshot) -> dict[str, str | None]:
    table = snapshot.table("outlets")
    kinds = table["kind"].where(table["kind"].notna(), None)
    return dict(zip(table["outlet"], kinds, strict=True))


def with_kinds(document: Mapping[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """A comparison's answer whose outlets carry their kind and country, and rows of axes the words at their ends."""
    table = snapshot.table("outlets").set_index("outlet")[["kind", "country"]]
    known = table.where(table.notna(), None).to_dict("index")
    ends = {axis.id: (axis.positive[0], axis.negative[0]) for axis in snapshot.codebook.axes}
    return {
        **document,
        "outlets": [{**known.get(o["outlet"], {}), **o} for o in document["outlets"]],
        "rows": [
            {**row, "ends": ends[row["item"]]} if quantity_of(row) == "microframes" and row["item"] in ends else row
            for row in document["rows"]
        ],
    }


def quantity_of(row: Mapping[str, Any]) -> str:
    return str(row.get("quantity") or row["measure"])


def family_of(row: Mapping[str, Any]) -> str:
    return str(row.get("family") or row["measure"])


def piece_labels(document: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """The labels (credits, disputes, …) of the piece's own evidence for a row."""
    return [
        e["label"]
        for e in document["evidence"]
        if e["source"] == PIECE and e["measure"] == family_of(row) and e["item"] == row["item"] and e["label"]
    ]


def document_values(document: Mapping[str, Any], *, family: str | None = None, main: bool = False) -> pd.DataFrame:
    """A row a quantity, item and source (the piece first, then every outlet), in the answer's order.

    family: of one measure only. main: only each measure's own quantity, not the further ones it gives.
    """
    kinds, out = kinds_of(document), []
    for row in document["rows"]:
        if family is not None and family_of(row) != family:
            continue
        if main and quantity_of(row) != family_of(row):
            continue
        shared = {
            "quantity": quantity_of(row), "family": family_of(row), "item": row["item"], "unit": row["unit"],
            "label": row.get("label") or row["item"], "title": row.get("title") or row["measure"],
            "concept": row.get("concept"), "low_bound": row["bounds"][0], "high_bound": row["bounds"][1],
            "median": row["median"], "standout": row["standout"], "noise": row.get("noise"),
        }  # fmt: skip
        out.append({**shared, "source": PIECE, "kind": None, **row["piece"]})
        out += [{**shared, "source": o, "kind": kinds.get(o), **cell} for o, cell in row["outlets"].items()]
    return frame_of(out, EXTRA)


def values(source: Source, family: str, *, event: str | None = None) -> pd.DataFrame:
    """The values of a measure's own quantity for every item and source, from either kind of source."""
    if isinstance(source, Snapshot):
        return snapshot_values(source, family, event=event)
    return document_values(source, family=family, main=True)


def snapshot_values(snapshot: Snapshot, quantity: str, *, event: str | None = None) -> pd.DataFrame:
    """Each outlet's value of a quantity, wire copy once: as published over the corpus, or over one event.

    Over an event the values are made from the snapshot's tallies with its own seed and number of resamples.
    """
    rows = found_values(snapshot, quantity, event)
    declared, labels = all_quantities()[quantity], item_labels(snapshot)
    kinds, concepts = kinds_of(snapshot), concept_labels(snapshot)
    items, sources = rows["item"].tolist(), rows["outlet"].tolist()
    columns = {
        "quantity": quantity, "item": items, "source": sources, "unit": declared.unit, "title": declared.title,
        "label": [labels.get(item, item) for item in items], "kind": [kinds.get(source) for source in sources],
        "concept": [concepts.get(item) for item in items], "family": family_named(quantity),
        "low_bound": _bound(declared.bounds[0]), "high_bound": _bound(declared.bounds[1]),
        **{name: rows[name] for name in FOUND}, **dict.fromkeys(("median", "standout", "noise"), np.nan),
    }  # fmt: skip
    return typed(columns, EXTRA)


def _bound(value: float | None) -> float:
    return np.nan if value is None else value


def found_values(snapshot: Snapshot, quantity: str, event: str | None) -> dict[str, np.ndarray]:
    """What `snapshot_values` has and nothing that follows from it: item, outlet, value, low, high, n, a row each."""
    if quantity not in all_quantities():
        known = ", ".join(sorted(all_quantities()))
        raise InputError(f'no quantity "{quantity}"', remedy=f"give one of: {known}")
    return _profile(snapshot, quantity) if event is None else _event_profile(snapshot, quantity, event)


def _profile(snapshot: Snapshot, quantity: str) -> dict[str, np.ndarray]:
    """Where there is evidence in the corpus: item, outlet, and what was found, a row each."""
    profile = snapshot.table("profile")
    rows = profile[(profile["quantity"] == quantity) & (profile["n"] > 0)]
    return {name: rows[name].to_numpy() for name in ("item", "outlet", *FOUND)}


@lasting
def _event_profile(snapshot: Snapshot, quantity: str, event: str) -> dict[str, np.ndarray]:
    """The same over one event: kept, since a chart and the table of figures both show it."""
    inside = event_rows(snapshot, event)
    if not len(inside):
        raise InputError(f'no event "{event}" in snapshot {snapshot.id}', remedy="`parallax events` lists them")
    if quantity not in snapshot.quantities:
        return {name: np.empty(0) for name in ("item", "outlet", *FOUND)}
    rows = inside[snapshot.counted_once[inside]]
    codes, names = outlet_codes(snapshot)
    outlets = sorted({names[i] for i in codes[rows]})
    place = {name: i for i, name in enumerate(outlets)}
    groups = np.full(len(codes), -1)
    groups[rows] = [place[names[i]] for i in codes[rows]]
    found = grouped_values(snapshot, quantity, groups, len(outlets))
    some = found["n"] > 0
    items = np.array(snapshot.tally(quantity).items, dtype=object)
    group, item = np.nonzero(some)
    outlet = np.array(outlets, dtype=object)[group]
    return {"item": items[item], "outlet": outlet, **{name: part[some] for name, part in found.items()}}


def grouped_values(
    snapshot: Snapshot, quantity: str, groups: np.ndarray, n_groups: int, items: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Values of groups of articles (−1: in none) from the snapshot's tallies: value, low, high and n, each
    groups × items.

    items: a few of them, over what may be hundreds of groups: intervals from the linearised variance then.
    """
    tally, declared = snapshot.tally(quantity), all_quantities()[quantity]
    if items is not None:
        found = linearised(tally, declared, groups, n_groups, items=items)
    else:
        seed, resamples = int(snapshot.manifest["seed"]), int(snapshot.manifest["resamples"])
        found = estimate(tally, declared, groups, n_groups, seed=seed, resamples=resamples)
    return {"value": found.value, "low": found.low, "high": found.high, "n": found.n}


@lasting
def item_labels(snapshot: Snapshot) -> dict[str, str]:
    """A readable name for the items of the codebook and for topics."""
    topics = snapshot.table("topics")
    named = dict(zip(topics["topic"].astype(str), topics["label"], strict=True))
    return named | snapshot.codebook.labels()


@lasting
def concept_labels(snapshot: Snapshot) -> dict[str, str]:
    """The concept that each term names."""
    return {term.term: concept.label for concept in snapshot.codebook.concepts for term in concept.terms}


def family_named(quantity: str) -> str:
    """The measure that gives a quantity."""
    for measure in all_measures():
        if any(q.name == quantity for q in measure.declaration.quantities):
            return measure.name
    return quantity
