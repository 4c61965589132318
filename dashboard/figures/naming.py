"""What contested things are called, and by whom: stacked bars of rival terms."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import values
from dashboard.figures._stack import stacked_bars
from dashboard.palette import Theme
from pipeline.errors import InputError

CHART = Chart(
    name="naming",
    title="What it is called",
    needs=(),
    about="Each source's own-voice namings of a contested thing, shared out over the rival terms.",
    options=(Option("concept", "one contested thing only, by its name"), Option("event", "one event only")),
    takes=("document", "snapshot"),
)


def data(source: Source, *, concept: str | None = None, event: str | None = None) -> pd.DataFrame:
    """A row a term and source: the term's share of the concept's namings in the source's own voice."""
    frame = values(source, "naming", event=event)
    if concept is None:
        return frame
    if concept not in set(frame["concept"]):
        known = ", ".join(sorted(frame["concept"].dropna().unique())) or "none"
        raise InputError(f'nothing is named under "{concept}"', remedy=f"give one of: {known}")
    return frame[frame["concept"] == concept].reset_index(drop=True)


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A block a concept, a bar a source."""
    return stacked_bars(
        frame, block="concept", theme=theme, width=width, x_title="share of namings in the source's own voice",
        why_empty="None of the codebook's contested things is named here in a source's own voice.",
    )  # fmt: skip
