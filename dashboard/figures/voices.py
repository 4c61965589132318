"""Whose words are carried: stacked bars of speaker groups."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import values
from dashboard.figures._stack import stacked_bars
from dashboard.palette import Theme

CHART = Chart(
    name="voices",
    title="Whose words are carried",
    needs=(),
    about="Each source's attributed words, shared out over the codebook's groups of speakers.",
    options=(Option("event", "one event only"),),
    takes=("document", "snapshot"),
)


def data(source: Source, *, event: str | None = None) -> pd.DataFrame:
    """A row a group of speakers and source: the group's share of the source's attributed words."""
    return values(source, "voices", event=event)


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A bar a source."""
    return stacked_bars(
        frame, block=None, theme=theme, width=width, x_title="share of attributed words",
        why_empty="No words are attributed here to a speaker that the codebook knows.",
    )  # fmt: skip
