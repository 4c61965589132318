"""Permalinks: the address under which a chart, a table or a comparison can be seen, bound to its snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import address
from pipeline.coding import subject_of
from pipeline.snapshot import Snapshot

# What an address says to shape a comparison, besides a chart's own options.
PIECE_KEYS = ("piece", "text", "ground", "event", "since", "until", "against", "wire")
# The page that shows what is taken of the corpus, and the options that it reads from its address.
_PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "trends": ("/trends", ("quantity", "item", "step")),
    "outlet-map": ("/outlets", ("measure",)),
    "outlet-profile": ("/outlets", ("outlet",)),
    "outlets": ("/outlets", ()),
    "profile": ("/outlets", ("outlet",)),
    "topics": ("/topics", ()),
    "topic-list": ("/topics", ()),
    "refresh": ("/refreshes", ()),
    "snapshots": ("/refreshes", ()),
}
_EVENTS = ("/events", ("event",))
_TRENDS = ("naming", "credit", "voices")  # charts of one quantity: over the whole corpus they are seen in time
_VIEWS = {"matrix": "matrix", "comparison": "matrix", "omissions": "omitted"}
View = Mapping[str, str | Sequence[str] | None]


def coding_link(snapshot: Snapshot, measure: str, item: str, event: str | None) -> str | None:
    """Where the sentences of an item, in an event or all, are coded by hand; null where they cannot be."""
    subject = subject_of(snapshot.codebook, measure, item)
    if subject is None:
        return None
    return "/coding" + address.write({"subject": f"{measure}|{subject.id}", "event": event})


def permalink(base: str, name: str, options: View, *, piece: View | None, snapshot: str) -> str | None:
    """Where a chart or table can be seen; null where there is no such place.

    base: of the dashboard, `http://host:port`. piece: what shapes the comparison that it was taken of. There is
    no place for a text that is not kept in the store.
    """
    if piece is not None:
        if not piece.get("piece") and not piece.get("text"):
            return None
        view = {**{key: piece.get(key) for key in PIECE_KEYS}, "view": _VIEWS.get(name)}
        if view["wire"] in ("once", ["once"]):
            view["wire"] = None  # as it is where nothing is said
        return base + "/" + address.write({**view, "snapshot": snapshot})
    if name in _TRENDS and not options.get("event"):
        return base + "/trends" + address.write({"quantity": name, "snapshot": snapshot})
    path, keys = _EVENTS if options.get("event") else _PAGES.get(name, _EVENTS)
    return base + path + address.write({**{key: options.get(key) for key in keys}, "snapshot": snapshot})
