"""Topics."""

from __future__ import annotations

from typing import Any

from dashboard.address import View
from dashboard.components import heading
from dashboard.context import Context
from dashboard.pages import Page
from pipeline.snapshot import Snapshot


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:
    """The page."""
    return heading("Topics")


def register(app: Any, context: Context) -> None:
    """The page's callbacks."""


PAGE = Page("topics", "/topics", "Topics", layout, register)
