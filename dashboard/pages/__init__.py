"""The pages: each module but those with a leading underscore is one, with a `PAGE`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.address import View
from dashboard.context import Context
from pipeline.snapshot import Snapshot


@dataclass(frozen=True)
class Page:
    """One page. layout(context, snapshot, view) draws it from what the address says; register(app, context)
    adds its callbacks, whose ids begin with the page's name. charts: whether it opens with some."""

    name: str
    path: str
    title: str
    layout: Callable[[Context, Snapshot, View], Any]
    register: Callable[[Any, Context], None]
    charts: bool = False


def all_pages() -> tuple[Page, ...]:
    """The pages in the order of the navigation; Compare, the first, is the home page."""
    from dashboard.pages import codebook, compare, events, methods, outlets, refreshes, topics, trends

    modules = (compare, events, trends, outlets, topics, refreshes, codebook, methods)
    return tuple(module.PAGE for module in modules)
