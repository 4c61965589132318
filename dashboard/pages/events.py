"""Events."""

from __future__ import annotations

from typing import Any

from dashboard.address import View
from dashboard.components import heading
from dashboard.context import Context
from dashboard.pages import Page
from pipeline.snapshot import Snapshot


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:
    """The page."""
    return heading("Events")


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""


PAGE = Page("events", "/events", "Events", layout, register)
