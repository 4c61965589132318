"""The reading view: a text in full, its spans coloured by the measure that they count for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard import html
from dashboard.numbers import many
from dashboard.queries import rows_of
from dashboard.views.matrix import measure_order

# A word of 100,000 characters is no word; beyond this the text is shown in part, and says so.
LONGEST = 60_000
COLOURS = 8  # that the style sheet has for measures
CHIPS = 10  # items at first; the others unfold


def marked_text(text: str, spans: pd.DataFrame, *, side: str) -> html.Element:
    """A text with its spans. spans: measure, item, start, end, voice. side: `piece` or `article`.

    Where spans overlap, each stretch carries all that cover it; the narrowest gives its colour.
    """
    whole, text = len(text), text[:LONGEST]
    spans = spans[(spans["start"] < spans["end"]) & (spans["end"] <= len(text))]
    borders = sorted({0, len(text), *spans["start"].astype(int), *spans["end"].astype(int), *_breaks(text)})
    paragraphs: list[list[Any]] = [[]]
    starts = spans["start"].to_numpy()
    ends = spans["end"].to_numpy()
    for begin, end in pairwise(borders):
        part = text[begin:end]
        if "\n" in part and not part.strip():
            paragraphs.append([])
            continue
        covering = spans[(starts <= begin) & (ends >= end)]
        paragraphs[-1].append(_stretch(part, covering) if len(covering) else part)
    body = [html.P(parts) for parts in paragraphs if parts]
    if whole > LONGEST:
        body.append(html.P(f"The text goes on for {many(whole - LONGEST, 'character')}.", className="fine"))
    return html.Div(body, className=f"running-text side-{side}")


def _breaks(text: str) -> list[int]:
    return [place for match in re.finditer(r"\s*\n\s*", text) for place in match.span()]


def _stretch(part: str, covering: pd.DataFrame) -> html.Element:
    order = covering.assign(width=covering["end"] - covering["start"]).sort_values("width", kind="stable")
    top = order.iloc[0]
    keys = " ".join(dict.fromkeys(_name(m, i) for m, i in zip(order["measure"], order["item"], strict=True)))
    says = "; ".join(
        dict.fromkeys(
            f"{row.measure}: {row.shown}" + (f", {row.label}" if isinstance(row.label, str) else "")
            for row in rows_of(order)
        )
    )
    voice = top["voice"] if isinstance(top["voice"], str) else "none"
    label = f" label-{top['label']}" if isinstance(top["label"], str) else ""
    return html.Mark(
        part,
        className=f"span family-{family_number(top['measure'])} voice-{voice}{label}",
        title=says + (f" ({voice} voice)" if voice != "none" else ""),
        **{"data-row": keys},
    )


def _name(measure: str, item: str) -> str:
    """A span's row as one word, for an attribute that holds several."""
    return re.sub(r"\s+", "_", f"{measure}|{item}")


def family_number(measure: str) -> int:
    """The place of a measure among all, which gives its colour."""
    return measure_order().get(measure, 0) % COLOURS


def found_list(spans: pd.DataFrame) -> Any:
    """What was found in a text, by item; pointing at one lights its sentences."""
    if not len(spans):
        return html.P("Nothing of this measure is in this text.", className="none")
    size = spans.groupby(["measure", "item", "shown"], sort=False).size().sort_values(ascending=False, kind="stable")
    chips = [_chip(measure, item, shown, int(n)) for (measure, item, shown), n in size.items()]
    first, rest = html.Ul(chips[:CHIPS], className="chips"), chips[CHIPS:]
    if not rest:
        return first
    unfold = html.Details([html.Summary(many(len(rest), "more item")), html.Ul(rest, className="chips")])
    return html.Div([first, unfold], className="chip-frame")


def _chip(measure: str, item: str, shown: str, n: int) -> html.Element:
    colour = html.Span(className=f"swatch family-{family_number(measure)}")
    button = html.Button([colour, html.Span(shown), html.Span(str(n), className="n")], type="button",
                         className="chip", **{"data-lights": _name(measure, item)})  # fmt: skip
    return html.Li(button)


def choose(spans: pd.DataFrame, measures: Sequence[str], labels: dict[str, str]) -> pd.DataFrame:
    """The spans of some measures, with what each item is called as `shown`."""
    some = spans[spans["measure"].isin(list(measures))]
    return some.assign(shown=[labels.get(str(item), str(item)) for item in some["item"]])
