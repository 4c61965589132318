"""Tables by name: what the pages list and do not draw, taken away like the data behind a chart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from dashboard import queries
from dashboard.blindspots import blind_spots
from dashboard.export.evidence import document_evidence, snapshot_evidence
from dashboard.figures import Chart, Option, Source, TableModule, all_charts
from dashboard.figures._frame import document_values
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot, snapshot_ids

Document = Mapping[str, Any]
_EVENT = Option("event", "of one event only")
_OUTLET = Option("outlet", "of one outlet only")
_MEASURE = Option("measure", "of one measure only")
_ITEM = Option("item", "of one item only")


def _outlets(snapshot: Snapshot) -> pd.DataFrame:
    return _plain(queries.outlets(snapshot))


def _events(snapshot: Snapshot) -> pd.DataFrame:
    return _plain(snapshot.table("events").sort_values(["start", "end", "event"], kind="stable"))


def _coverage(snapshot: Snapshot) -> pd.DataFrame:
    titles = snapshot.table("events")[["event", "title"]]
    return _plain(queries.coverage(snapshot).merge(titles, on="event", how="left"))


def _articles(snapshot: Snapshot, *, event: str | None = None, outlet: str | None = None) -> pd.DataFrame:
    table = snapshot.heads
    table = _only(table, {"event": event, "outlet": outlet}, snapshot)
    return _plain(table.sort_values(["date", "article"], kind="stable"))


def _profile(
    snapshot: Snapshot, *, outlet: str | None = None, measure: str | None = None, item: str | None = None
) -> pd.DataFrame:
    table = snapshot.table("profile")
    return _plain(_only(table, {"outlet": outlet, "quantity": measure, "item": item}, snapshot))


def _apart(snapshot: Snapshot, *, outlet: str | None = None) -> pd.DataFrame:
    """Every outlet's differences from the others, the furthest first; `source` is the outlet."""
    there = snapshot.heads["outlet"]
    if outlet is not None and outlet not in set(there):
        raise InputError(f'no outlet "{outlet}" has articles here', remedy="take the table outlets for their names")
    names = [outlet] if outlet is not None else sorted(there.unique())
    kept = ("quantity", "family", "item", "label", "concept", "title", "unit", "median", "difference", "standout")
    rows = [
        {"source": name, **row["piece"], **{"quantity": row["measure"]}, **{k: row[k] for k in kept if k in row}}
        for name in names
        for row in queries.outlet_profile(snapshot, name)
    ]
    return pd.DataFrame(rows, columns=["source", *kept[:7], "value", "low", "high", "n", *kept[7:]])


def _refresh(snapshot: Snapshot, *, what: str | None = None) -> pd.DataFrame:
    table = snapshot.table("refresh")
    return _plain(table if what is None else table[table["what"] == what])


def _snapshots(snapshot: Snapshot) -> pd.DataFrame:
    """The snapshots of this corpus that are there, oldest first."""
    corpus, store = snapshot.corpus.name, snapshot.folder.parents[2]
    rows = [
        {"snapshot": known.id, "started": known.manifest.get("started"), "ended": known.manifest.get("ended"),
         **{f"{name}_rows": known.manifest["rows"].get(name) for name in ("articles", "outlets", "events")}}
        for known in (_opened(snapshot, name) for name in snapshot_ids(store, corpus))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _opened(snapshot: Snapshot, identifier: str) -> Snapshot:
    return snapshot if identifier == snapshot.id else Snapshot(snapshot.folder.parent / identifier)


def _comparison(document: Document, *, measure: str | None = None) -> pd.DataFrame:
    return document_values(document, family=measure)


def _distances(document: Document) -> pd.DataFrame:
    rows = [row for row in document.get("distances", ()) if row["value"] is not None]
    return pd.DataFrame(rows, columns=["measure", "outlet", "value"])


def _evidence(
    source: Source,
    *,
    event: str | None = None,
    outlet: str | None = None,
    measure: str | None = None,
    item: str | None = None,
) -> pd.DataFrame:
    """The spans behind the values: of a comparison, or of a snapshot (one event's or outlet's, where named)."""
    if isinstance(source, Snapshot):
        table = snapshot_evidence(source, event=event, outlets=[] if outlet is None else [outlet])
    else:
        table = document_evidence(source)
        table = table if outlet is None else table[table["source"] == outlet]
    for name, wanted in (("measure", measure), ("item", item)):
        table = table if wanted is None else table[table[name] == wanted]
    return table.reset_index(drop=True)


def _only(table: pd.DataFrame, wanted: Mapping[str, str | None], snapshot: Snapshot) -> pd.DataFrame:
    """The rows that hold these values. Raises InputError for a value that no row has."""
    for name, value in wanted.items():
        if value is None:
            continue
        if value not in set(table[name].dropna()):
            raise InputError(f'no {name} "{value}" in this table', remedy=f"see snapshot {snapshot.id} for its names")
        table = table[table[name] == value]
    return table


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """A stored table with days as YYYY-MM-DD, as they are in every file."""
    out = table.reset_index(drop=True)
    days = [name for name in out.columns if pd.api.types.is_datetime64_any_dtype(out[name])]
    return out.assign(**{name: out[name].dt.strftime("%Y-%m-%d") for name in days})


def _of_corpus(name: str, title: str, about: str, data: Any, *options: Option) -> TableModule:
    return TableModule(Chart(name, title, (), about, options, ("snapshot",)), data)


def _of_piece(name: str, title: str, about: str, data: Any, *options: Option) -> TableModule:
    return TableModule(Chart(name, title, ("piece",), about, options, ("document",)), data)


def _blind_spots(snapshot: Snapshot) -> pd.DataFrame:
    found = blind_spots(snapshot, {outlet: outlet for outlet in snapshot.table("outlets")["outlet"]})
    return _plain(found.drop(columns="outlets").rename(columns={"group": "outlet"}))


@cache
def all_tables() -> tuple[TableModule, ...]:
    """Every table that has no chart of its own."""
    evidence = Chart(
        "evidence", "The sentences behind the values", (), "A row a span: article, offsets, sentence, voice, label.",
        (_EVENT, _OUTLET, _MEASURE, _ITEM), ("document", "snapshot"),
    )  # fmt: skip
    return (
        TableModule(evidence, _evidence),
        _of_piece("comparison", "Every value of the comparison", "A row a value of the piece or an outlet.",
                  _comparison, _MEASURE),
        _of_piece("distances", "How near to whom", "Jensen–Shannon divergence of the piece from each outlet.",
                  _distances),
        _of_corpus("articles", "The articles", "A row an article, without its text.", _articles, _EVENT, _OUTLET),
        _of_corpus("blind-spots", "Blind spots", "Events that an outlet left out.", _blind_spots),
        _of_corpus("coverage", "Who reported what", "A row an event and outlet that reported it.", _coverage),
        _of_corpus("events", "The events", "A row an event.", _events),
        _of_corpus("outlet-profile", "What sets an outlet apart", "An outlet's differences from the others.", _apart,
                   _OUTLET),
        _of_corpus("outlets", "The outlets", "A row an outlet, its measured articles counted.", _outlets),
        _of_corpus("profile", "The outlets' values", "A row a value, with its interval and n.", _profile, _OUTLET,
                   _MEASURE, _ITEM),
        _of_corpus("refresh", "What the refresh did", "A row a stage, a source, or a reason for leaving out.",
                   _refresh, Option("what", "stage, source, drop or note")),
        _of_corpus("snapshots", "The snapshots", "A row a snapshot of this corpus.", _snapshots),
        _of_corpus("topic-list", "The topics", "A row a topic.", lambda snapshot: snapshot.table("topics")),
    )  # fmt: skip


def named(name: str) -> TableModule:
    """The chart or the table of that name. Raises InputError listing those there are."""
    every = {module.name: module for module in (*all_charts(), *all_tables())}
    if name not in every:
        raise InputError(f'no chart or table "{name}"', remedy=f"give one of: {', '.join(every)}")
    return every[name]
