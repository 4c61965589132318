"""Coding by hand as it looks: the span to read with its answers, and what comes of those that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard import html
from dashboard.components import facts, section, state, table
from dashboard.figures._frame import records
from dashboard.numbers import count, day, interval, many, number
from dashboard.views.scale import Scale
from pipeline.coding import UNCLEAR, Read, SamplingFrame, Subject, in_context
from pipeline.corrected import LEAST_CODED, Agreement
from pipeline.measures import Quantity, all_quantities
from pipeline.snapshot import Snapshot

STORE = "coding-answer"  # which store a button writes its answer to
BACK = "back"  # the answer that takes the last one back
ALL = "all"  # the whole corpus, and no event


def told(snapshot: Snapshot, frame: SamplingFrame, row: int, answer: str) -> str:
    """What a button says: all that its answer is of, for by the time it is heard something else may be chosen."""
    subject = f"{frame.subject.measure}|{frame.subject.id}"
    return f"{snapshot.id} {subject} {frame.event or ALL} {row} {answer}"


def card(snapshot: Snapshot, frame: SamplingFrame, row: int, *, may: str | None) -> html.Element:
    """One span in its context, and a button an answer. may: why nobody can answer; null where they can."""
    subject, span = frame.subject, frame.spans.iloc[row]
    words = in_context(snapshot, frame.spans.iloc[[row]]).iloc[0]
    return html.Div(
        [
            html.P(subject.question, className="coding-question", id="coding-question"),
            html.Blockquote(
                html.P(
                    [
                        html.Span(words["before"], className="around"), words["left"],
                        html.Mark(words["span"], className="span voice-none"), words["right"],
                        html.Span(words["after"], className="around"),
                    ]
                ),
                **{"aria-live": "polite"},  # the next one comes while the focus stays on the answers
            ),
            html.Div(_buttons(snapshot, frame, row, disabled=may is not None), className="coding-answers",
                     role="group", **{"aria-labelledby": "coding-question"}),
            html.P(may, className="fine", role="status") if may else None,
            html.Details([html.Summary("Where it stands"), html.P(_where(snapshot, span), className="fine")]),
        ],
        className="coding-card", tabIndex=-1,
    )  # fmt: skip


def _buttons(snapshot: Snapshot, frame: SamplingFrame, row: int, *, disabled: bool) -> list[html.Element]:
    answers = [(one.value, one.title, one.about) for one in frame.subject.coding.answers]
    answers.append((UNCLEAR, "Cannot tell", "counted, and left out of every figure"))
    return [
        html.Button(
            [html.Span(key, className="key", **{"aria-hidden": "true"}),
             html.Span([html.Span(title, className="answer"), html.Span(about, className="fine")])],
            type="button", className="coding-choice", disabled=disabled,
            **{"data-set": STORE, "data-value": told(snapshot, frame, row, value), "data-key": key},
        )
        for key, (value, title, about) in zip([*"123456789"[: len(answers) - 1], "0"], answers, strict=True)
    ]  # fmt: skip


def _where(snapshot: Snapshot, span: pd.Series) -> str:
    article = snapshot.heads.iloc[int(snapshot.places([span["article"]])[0])]
    title = article["title"] if isinstance(article["title"], str) else "no title"
    return f"{article['outlet']} · {day(article['date'])} · {title}"


def progress(snapshot: Snapshot, frame: SamplingFrame, read: Read, coder: str | None) -> html.Element:
    """How much is read, by whom, and how to take the last answer back."""
    done = read.seen["row"].nunique()
    mine = int((read.seen["coder"] == coder).sum()) if coder else 0
    share = 100 * done / len(frame) if len(frame) else 0
    back = html.Button(
        [html.Span("U", className="key", **{"aria-hidden": "true"}), "Take my last answer back"], type="button",
        className="linklike", **{"data-set": STORE, "data-value": told(snapshot, frame, 0, BACK), "data-key": "u"},
    )  # fmt: skip
    return html.Div(
        [
            html.P([html.Span([html.Strong(f"{count(done)} of {many(len(frame), 'span')} read"),
                               f", {count(mine)} by you" if coder else ""]), back if mine else None]),
            html.Span(html.Span(style={"width": f"{share:.1f}%"}), className="bar", **{"aria-hidden": "true"}),
        ],
        className="coding-progress",
    )  # fmt: skip


def results(
    found: Agreement, read: Read, values: pd.DataFrame, subject: Subject, labels: dict[str, str], *, gaps: int
) -> Any:
    """What the answers say of the measure, and of its values. labels: readable names of items. gaps: spans that were
    skipped or came since."""
    if not found.n:
        return state("No answer yet", "What comes of the answers stands here from the first one on.")
    return html.Div([_agreement(found, read, gaps), *_confused(found, subject), *_values(values, labels)])


def right_here(found: Agreement) -> list[Any]:
    """How often the measure is right, in a line beside sentences that it found. found: of some that were read."""
    return [html.Strong(f"Right for {_right(found)} of the {count(found.n)} that were read at random here."), " "]


def corrected_here(values: pd.DataFrame, *, on_event: bool) -> html.Element | None:
    """The outlets' values of one item once the answers are reckoned in, to be unfolded; null where there are none.
    values: `corrected`'s, a row an outlet and quantity."""
    if values.empty:
        return None
    where = "on this event" if on_event else "over the whole corpus"
    outlets = many(values["group"].nunique(), "outlet")
    lists: list[Any] = []
    for quantity, rows in values.groupby("quantity", sort=False):
        known = all_quantities()[str(quantity)]
        lists += [html.P(known.title, className="fine"), *_values_of(rows, known)]
    return html.Details(
        [html.Summary(f"Values corrected by hand, {where}: {outlets}"), _key(), *lists],
        className="corrected-here",
    )


def _right(found: Agreement) -> str:
    return f"{number(found.right, (0.0, 1.0))} ({interval({'low': found.low, 'high': found.high}, (0.0, 1.0))})"


def _agreement(found: Agreement, read: Read, gaps: int) -> html.Element:
    between = None if found.alpha is None else f"α {found.alpha:.2f} ({many(found.twice, 'span')} read twice)"
    aside = [
        f"{many(n, 'answer')} {why}"
        for n, why in (
            (read.unclear, "that could not be told"), (read.reworded, "to other words of the question"),
            (read.gone, "on spans that are no longer found"),
            (read.elsewhere, "drawn for another event, which the order here has not come to"),
        )
        if n
    ]  # fmt: skip
    return facts(
        [
            ("the measure is right for", _right(found)), ("spans read", count(found.n)), ("coders agree", between),
            ("left out", "; ".join(aside) or None),
            ("to be read first", f"{many(gaps, 'span')} skipped, or come since" if gaps else None),
        ]
    )  # fmt: skip


def _confused(found: Agreement, subject: Subject) -> list[Any]:
    titles = {one.value: one.title for one in subject.coding.answers}
    rows = found.table[found.table.sum(axis=1) > 0]
    shown = pd.DataFrame({"The measure said": [titles[name] for name in rows.index]})
    for name in rows.columns:
        shown[titles[name]] = [f"{value:g}" for value in rows[name].round(1)]
    about = html.P("What the measure said, beside what people said, in spans.", className="section-about")
    return [about, table(shown, caption="The measure’s answers beside people’s", numeric=list(shown.columns[1:]))]


def _values(values: pd.DataFrame, labels: dict[str, str]) -> list[Any]:
    if values.empty:
        return [state("Not enough for a value yet",
                      f"A corrected value takes {LEAST_CODED} spans read, or all that there are.")]  # fmt: skip
    out: list[Any] = []
    for (quantity, item), rows in values.groupby(["quantity", "item"], sort=False):
        known = all_quantities()[str(quantity)]
        title = html.H3(f"{known.title}: {labels.get(str(item), str(item))}", className="coding-item")
        out += [title, *_values_of(rows, known)]
    return [section("The values, corrected", _key(), *out, about=(
        "Each as the measure has it and once the answers are reckoned in, with 95 % intervals. The corrected one is "
        "right whatever the measure’s errors; what the measure missed is in neither."))]  # fmt: skip


def _values_of(rows: pd.DataFrame, quantity: Quantity) -> list[Any]:
    return [_HEAD, html.Ol([_value(row, quantity) for row in records(rows)], className="corrected")]


_HEAD = html.Div(
    [html.Span(), html.Span("corrected"), html.Span("as measured"), html.Span()], className="corrected-head",
    **{"aria-hidden": "true"},
)  # fmt: skip


def _key() -> html.Element:
    measured = html.Li([html.Span(className="mark mark-measured"), "as measured"])
    corrected = html.Li([html.Span(className="mark mark-piece"), "corrected by hand, with its interval"])
    return html.Ul([corrected, measured], className="legend", **{"aria-label": "Marks"})


def _value(row: dict[str, Any], quantity: Quantity) -> html.Element:
    bounds = quantity.bounds
    measured, corrected = _cell(row, "value", ""), _cell(row, "corrected", "corrected_")
    outlets = f", {many(row['outlets'], 'outlet')}" if row["outlets"] > 1 else ""
    read = f"{count(row['coded'])} of {count(row['found'])} read{outlets}"
    return html.Li(
        [
            html.Span([html.Span(row["group"], className="finding"), html.Span(read, className="figures")],
                      className="strip-words"),
            _figure("corrected", corrected, bounds, "corrected-value"),
            _figure("as measured", measured, bounds, "corrected-value measured"),
            _strip(measured, corrected, Scale(float(bounds[0] or 0), float(bounds[1] or 1), bounds)),
        ],
        className="strip-row",
    )  # fmt: skip


def _cell(row: dict[str, Any], value: str, ends: str) -> dict[str, float | None]:
    """A value and its interval; null for what cannot be had."""
    found = {"value": row[value], "low": row[f"{ends}low"], "high": row[f"{ends}high"]}
    return {name: None if pd.isna(one) else float(one) for name, one in found.items()}


def _figure(words: str, cell: dict[str, float | None], bounds: Sequence[float | None], css: str) -> html.Element:
    said = html.Span(f"{words}: ", className="sr-only")
    shown = html.Span(number(cell["value"], bounds), className="corrected-number")
    return html.Span([said, shown, html.Span(interval(cell, bounds), className="figures")], className=css)


def _strip(measured: dict[str, float | None], corrected: dict[str, float | None], scale: Scale) -> html.Element:
    marks = [html.Span(className="axis")]
    if scale.low < 0:
        marks.append(html.Span(className="zero", style={"left": f"{scale.at(0)}%"}))
    if measured["value"] is not None:
        dot = html.Span(className="mark mark-measured")
        marks.append(html.Span(dot, className="dot", style={"left": f"{scale.at(measured['value'])}%"}))
    value, low, high = corrected["value"], corrected["low"], corrected["high"]
    if value is not None and low is not None and high is not None:
        left, right = scale.at(low), scale.at(high)
        marks.append(html.Span(className="whisker", style={"left": f"{left}%", "width": f"{right - left:.2f}%"}))
        diamond = html.Span(className="mark mark-piece")
        marks.append(html.Span(diamond, className="dot dot-piece", style={"left": f"{scale.at(value)}%"}))
    left_end, right_end = scale.ends
    return html.Span(
        [html.Span(marks, className="strip-plot"),
         html.Span([html.Span(left_end), html.Span(right_end)], className="strip-ends")],
        className="strip", **{"aria-hidden": "true"},
    )  # fmt: skip
