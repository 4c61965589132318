"""What is dwelt on: stacked bars of topics."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import values
from dashboard.figures._stack import stacked_bars
from dashboard.palette import Theme

CHART = Chart(
    name="topics",
    title="What is dwelt on",
    needs=(),
    about="Each source's sentences, shared out over the topics; the nine largest topics are named.",
    options=(Option("event", "one event only"),),
    takes=("document", "snapshot"),
)


def data(source: Source, *, event: str | None = None) -> pd.DataFrame:
    """A row a topic and source: the share of the source's sentences on the topic."""
    return values(source, "emphasis", event=event)


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A bar a source."""
    return stacked_bars(
        frame, block=None, theme=theme, width=width, x_title="share of passages",
        why_empty="No topic was found in these texts.",
    )  # fmt: skip
