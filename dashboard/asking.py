"""What an address asks for, as a request for a comparison."""

from __future__ import annotations

from dashboard import address
from dashboard.address import View
from dashboard.context import Request
from pipeline.snapshot import Snapshot


def request_of(snapshot: Snapshot, view: View) -> Request | None:
    """What the address asks for; null where it names no piece."""
    article, text = address.first(view, "piece"), address.first(view, "text")
    if not article and not text:
        return None
    ground = address.one_of(view, "ground", ("", "event", "neighbourhood", "period"), "")
    return Request(
        snapshot=snapshot.id,
        article=None if text else article,
        text=text,
        ground=ground or None,
        event=address.first(view, "event"),
        since=address.first(view, "since"),
        until=address.first(view, "until"),
        against=tuple(view.get("against", ())),
        wire=address.one_of(view, "wire", ("once", "everywhere"), "once"),
    )
