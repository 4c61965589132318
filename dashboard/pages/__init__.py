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
    adds its callbacks, whose ids begin with the page's name. charts: whether it opens with some.
    likely(snapshot): what its readers open next, as the searches of its address, the likeliest first."""

    name: str
    path: str
    title: str
    layout: Callable[[Context, Snapshot, View], Any]
    register: Callable[[Any, Context], None]
    charts: bool = False
    likely: Callable[[Snapshot], list[str]] = lambda snapshot: []


def all_pages() -> tuple[Page, ...]:
    """The pages in the order of the navigation; Compare, the first, is the home page."""
    from dashboard.pages import codebook, coding, compare, events, methods, outlets, refreshes, topics, trends

    modules = (compare, events, trends, outlets, topics, refreshes, codebook, coding, methods)
    return tuple(module.PAGE for module in modules)
