"""Parallax: the framing of one piece of writing beside what other outlets wrote about the same event.

from pipeline import open_snapshot

snapshot = open_snapshot(".parallax", "name-of-the-corpus")
snapshot.table("profile")  # a tidy DataFrame: outlet, quantity, item, value, low, high, n
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.snapshot import open_snapshot

__all__ = ["open_snapshot"]


def __getattr__(name: str) -> Any:
    """`open_snapshot`, imported when it is first asked for: to import the package alone loads nothing."""
    if name == "open_snapshot":
        from pipeline.snapshot import open_snapshot

        return open_snapshot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
