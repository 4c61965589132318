"""What pages are put together from: headings, states, marks, help. Texts are always children, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc

from dashboard import address, html
from dashboard.screen import CLEAR, mark_style
from pipeline.errors import ParallaxError

# Only what stays on the reader's machine: plotly's own button to share a chart uploads it to its maker.
GRAPH_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "pan2d", "zoom2d",
                               "resetScale2d"],
}  # fmt: skip


# What stands in the place of a chart until it is drawn: nothing that would flash, in light or in dark.
NO_FIGURE: dict[str, Any] = {
    "data": [],
    "layout": {
        "height": 220, "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    },
}  # fmt: skip


def heading(title: str, *, kicker: str | None = None, about: Any = None) -> html.Element:
    """The head of a page."""
    return html.Header(
        [
            html.P(kicker, className="kicker") if kicker else None,
            html.H1(title, className="headline"),
            html.P(about, className="standfirst") if about else None,
        ],
        className="page-head",
    )


def section(title: str, *content: Any, about: Any = None, tools: Any = None, name: str | None = None) -> html.Element:
    """A part of a page under a rule, with its title, what it shows, and its tools."""
    head = html.Div(
        [html.H2(title, className="section-title"), html.Div(tools, className="section-tools") if tools else None],
        className="section-head",
    )
    words = html.P(about, className="section-about") if about else None
    more = {"id": name} if name else {}
    return html.Section([head, words, *content], className="section", **more)


def state(
    title: str, *words: Any, action: Any = None, kind: str = "empty", whole: bool = False
) -> html.Element:  # fmt: skip
    """A place where something would be and is not: empty, or an error with what to do. whole: it is all that
    the page has, and its title is the page's."""
    role = {"role": "alert"} if kind == "error" else {}
    head = html.H1 if whole else html.P
    return html.Div(
        [head(title, className="state-title"), *[html.P(part) for part in words if part], action],
        className=f"state state-{kind}",
        **role,
    )


def failure(error: BaseException, *, action: Any = None, whole: bool = False) -> html.Element:
    """An error for the reader: ours say what and what to do; others are in the log."""
    if isinstance(error, ParallaxError):
        return state("That did not work", str(error), action=action, kind="error", whole=whole)
    words = "The server's log says what. Other pages still work."
    return state("Something is wrong on our side", words, action=action, kind="error", whole=whole)


def loading(children: Any, *, height: str = "12rem") -> dcc.Loading:
    """Shows that a part is on its way, without moving what is there already."""
    return dcc.Loading(
        children,
        custom_spinner=html.Div("Loading …", className="waiting", role="status"),
        delay_show=250,
        overlay_style={"visibility": "visible", "opacity": 0.5, "minHeight": height},
    )


def graph(name: str, figure: dict[str, Any] | None = None, *, label: str) -> html.Element:
    """A chart with its description for those who do not see it."""
    chart = dcc.Graph(id=name, figure=figure or NO_FIGURE, config=GRAPH_CONFIG, className="chart")
    return html.Figure(chart, role="group", **{"aria-label": label}, className="chart-frame")


def mark(kind: str | None, kinds: Sequence[str | None]) -> html.Element:
    """The mark of a kind of outlet: colour and shape."""
    css, style = mark_style(
        kind if isinstance(kind, str) else None, tuple(k if isinstance(k, str) else None for k in kinds)
    )
    return html.Span(className=css, style=style, **{"aria-hidden": "true"})


def legend(kinds: Sequence[str | None], *, piece: str | None = "this piece") -> html.Element:
    """What the marks mean."""
    named = list(dict.fromkeys(k if isinstance(k, str) else None for k in kinds))
    entries = [html.Li([mark(kind, kinds), kind or "no kind given"]) for kind in named]
    if piece:
        entries.insert(0, html.Li([html.Span(className="mark mark-piece"), piece], className="legend-piece"))
    return html.Ul(entries, className="legend", **{"aria-label": "Marks"})


def voice_badge(voice: str | None) -> html.Element | None:
    """Whose words a span is in."""
    words = {"own": "own voice", "attributed": "attributed", "distanced": "distanced"}
    return html.Span(words.get(voice, voice), className=f"badge voice-{voice}") if voice else None


# The forms that a chart and the rows of a table are taken away in, with what links call them.
PICTURES = (("png", "PNG"), ("svg", "SVG"), ("pdf", "PDF"), ("html", "HTML"))
DATA = (("csv", "CSV"), ("csv-metadata.json", "its notes"), ("xlsx", "Excel"), ("parquet", "Parquet"),
        ("json", "JSON"))  # fmt: skip
REPORTS = (("html", "HTML"), ("pdf", "PDF"))
View = Mapping[str, str | Sequence[str] | None]


def take(name: str, view: View) -> list[Any]:
    """The links that take a chart away as a picture or as its data, and the button that puts it in the basket."""
    wanted = address.write(view)
    links = [
        html.Span("picture: "),
        *_links(f"/take/{name}", wanted, PICTURES),
        html.Span("data: "),
        *_links(f"/take/{name}", wanted, DATA),
    ]
    return [_folded("Take the chart away", links), into_basket(f"{name}{wanted}")]


def take_table(name: str, view: View, *, words: str = "Take the table away") -> html.Element:
    """The links that take a table away as data, and the button that puts it in the basket."""
    wanted = address.write(view)
    links = _links(f"/take/{name}", wanted, DATA)
    return html.Div([_folded(words, links), into_basket(f"{name}{wanted}")], className="take")


def take_report(view: View) -> html.Element:
    """The links that take a whole comparison away as a report."""
    wanted = address.write(view)
    links = _links("/report", wanted, REPORTS)
    return html.Div(
        [_folded("Take the whole comparison away, as a report", links), into_basket(f"report{wanted}")],
        className="take",
    )


def _folded(words: str, links: list[Any]) -> html.Element:
    """Links that unfold: most readers look, and few take away."""
    return html.Details([html.Summary(words), html.Span(links, className="take-links")])


def _links(path: str, wanted: str, forms: Sequence[tuple[str, str]]) -> list[html.Element]:
    return [html.A(title, href=f"{path}.{form}{wanted}", download="") for form, title in forms]


def into_basket(wanted: str) -> html.Element:
    """Puts a thing into the basket. What a view holds is read from these buttons, by the page's script."""
    return html.Button(
        "into the basket", type="button", className="linklike",
        **{"data-set": "shell-basket-act", "data-value": f"add {wanted}", "data-take": wanted},
    )  # fmt: skip


def help_text(words: str) -> html.Element:
    """A question mark that says a few words, to mouse, finger and keyboard."""
    return html.Button("?", className="help", type="button", **{"aria-label": f"? {words}", "data-tip": words})


def facts(pairs: Sequence[tuple[str, Any]]) -> html.Element:
    """Names and values, one a line."""
    rows = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs if value is not None]
    return html.Dl(rows, className="facts")


def table(
    frame: pd.DataFrame, *, caption: str, numeric: Sequence[str] = (), taken: html.Element | None = None
) -> html.Element:
    """A short table for reading; its columns' names are its head. taken: the links that take it away."""
    head = html.Tr([html.Th(name, scope="col", className="num" if name in numeric else "") for name in frame.columns])
    body = [
        html.Tr([html.Td(value, className="num" if name in numeric else "")
                 for name, value in zip(frame.columns, row, strict=True)])
        for row in frame.itertuples(index=False, name=None)
    ]  # fmt: skip
    whole = html.Div(
        html.Table(
            [html.Caption(caption, className="sr-only"), html.Thead(head), html.Tbody(body)], className="plain"
        ),
        className="table-scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )
    return whole if taken is None else html.Div([whole, taken])


# How a list is searched in the browser (`parallax.js`): by every word that is typed, in any order; or not at all,
# where the server finds what is shown.
BY_WORDS, AS_FOUND = {"function": "byWords"}, {"function": "asFound"}


def select(name: str, label: str, data: Any, value: str | None, **more: Any) -> dmc.Select:
    """A choice of one. Where it is `searchable`, by words, if no other `filter` is given."""
    how = {"filter": BY_WORDS} if more.get("searchable") else {}
    return dmc.Select(id=name, label=label, data=data, value=value, allowDeselect=False, size="sm", **how | more)


def segment(name: str, label: str, data: Any, value: str) -> html.Element:
    """A choice of one among few, all in view. data: values with their titles."""
    return html.Div(
        [
            html.Span(label, className="control-label", id=f"{name}-label"),
            dmc.SegmentedControl(id=name, data=[{"value": v, "label": t} for v, t in data], value=value, size="xs",
                                 attributes={"root": {"aria-label": label}}),
        ]
    )  # fmt: skip


def day_input(name: str, label: str, value: str | None, *, clearable: bool = True, **more: Any) -> dmc.DateInput:
    """A day, typed or chosen."""
    return dmc.DateInput(id=name, label=label, value=value, size="sm", placeholder="Any day",
                         valueFormat="D MMMM YYYY", clearable=clearable,
                         clearButtonProps={"aria-label": "No day"}, **more)  # fmt: skip
