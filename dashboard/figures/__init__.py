"""The charts: each module of this package is one, drawn alike for a page, a file and a report.

A chart module has
  CHART             a `Chart`
  data(source, *, …) → a tidy DataFrame, a row a value; options are keyword arguments named in CHART.options
  draw(frame, *, theme, width=None) → a plotly figure as a plain dict, {"data": […], "layout": {…}}

`source` is what `parallax compare --json` answers (a dict) or a `Snapshot`. Both functions are pure. `draw`
sees the frame alone, so that a file's data and its picture cannot differ; an empty frame gives a picture that
says so. A frame has at least the columns of COLUMNS; a value that cannot be had is NaN with n 0.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Literal

import pandas as pd

from dashboard.palette import LIGHT, Theme
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

Need = Literal["piece", "event"]
Source = Mapping[str, Any] | Snapshot
Figure = dict[str, Any]

# source: the outlet, or "piece". kind: the outlet's. n: the pieces of evidence that the value rests on.
COLUMNS = ("quantity", "item", "label", "source", "kind", "value", "low", "high", "n", "unit")


@dataclass(frozen=True)
class Option:
    """Something that may be chosen about a chart, on the command line as --set name=value."""

    name: str
    about: str


@dataclass(frozen=True)
class Chart:
    """What a chart says of itself. `needs`: what must be given; `takes`: which sources it can be drawn from."""

    name: str
    title: str
    needs: tuple[Need, ...]
    about: str
    options: tuple[Option, ...] = ()
    takes: tuple[Literal["document", "snapshot"], ...] = ("document",)


@dataclass(frozen=True)
class TableModule:
    """A table that can be taken away: what it says of itself, and the function that gives its rows."""

    chart: Chart
    data: Callable[..., pd.DataFrame]

    @property
    def name(self) -> str:
        return self.chart.name

    def tidy(self, source: Source, options: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Its rows, with options given by name. Raises InputError for an option it does not have, and for a
        source that it cannot be had of."""
        given = dict(options or {})
        known = [option.name for option in self.chart.options]
        what = "chart" if isinstance(self, ChartModule) else "table"
        for name in given:
            if name not in known:
                listed = ", ".join(known) or "none"
                raise InputError(f'{what} {self.name} has no option "{name}"', remedy=f"its options: {listed}")
        form = "snapshot" if isinstance(source, Snapshot) else "document"
        if form not in self.chart.takes:
            missing = "piece" if form == "snapshot" else "corpus"
            raise InputError(f"{what} {self.name} needs a {missing}", remedy=f"give a {missing}")
        return self.data(source, **given)


@dataclass(frozen=True)
class ChartModule(TableModule):
    """A chart with its two functions."""

    draw: Callable[..., Figure]

    def figure(self, frame: pd.DataFrame, *, theme: Theme = LIGHT, width: int | None = None) -> Figure:
        """The chart of its data."""
        return self.draw(frame, theme=theme, width=width)


def _chart(module: ModuleType) -> ChartModule:
    return ChartModule(module.CHART, module.data, module.draw)


@cache
def all_charts() -> tuple[ChartModule, ...]:
    """Every chart of this package, by the name of its module."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return tuple(_chart(importlib.import_module(f"{__name__}.{name}")) for name in names)


def chart_named(name: str) -> ChartModule:
    """The chart of that name. Raises InputError listing those there are."""
    for module in all_charts():
        if module.name == name:
            return module
    listed = ", ".join(module.name for module in all_charts())
    raise InputError(f'no chart "{name}"', remedy=f"give one of: {listed}")
