"""The parts of the Compare page: the invitation, the piece, its ground, the controls, the drawers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc

from dashboard import address, choices, grouping, html, queries
from dashboard.address import View
from dashboard.components import AS_FOUND, day_input, segment, select, state
from dashboard.context import Request
from dashboard.numbers import day, days, many
from dashboard.queries import rows_of
from dashboard.wording import STAGES
from pipeline.piece import Piece
from pipeline.snapshot import Snapshot

VIEWS = (("apart", "What sets it apart"), ("matrix", "All measures"), ("omitted", "What it leaves out"),
         ("reading", "Read"))  # fmt: skip
GROUNDS = (("", "Best fit"), ("event", "Its event"), ("neighbourhood", "Neighbourhood"), ("period", "Period"))
BY = (("kind", "kind"), ("country", "country"), ("none", "name"), ("own", "my groups"))
POLL_MILLISECONDS = 350


def stores(request: Request, view: View) -> html.Element:
    """What the page remembers while it is open."""
    return html.Div(
        [
            dcc.Store(id="compare-piece-key", data=asdict(request)),
            dcc.Store(id="compare-show", data=address.first(view, "show")),
            dcc.Store(id="compare-beside", data=address.first(view, "beside")),
            dcc.Store(id="compare-request"),
            dcc.Store(id="compare-done"),
            dcc.Store(id="compare-open", data={"value": address.first(view, "open")} if view.get("open") else None),
            dcc.Interval(id="compare-poll", interval=POLL_MILLISECONDS, disabled=True),
        ]
    )


def piece_select(snapshot: Snapshot, chosen: str | None, *, label: str) -> dmc.Select:
    """The searchable list of the corpus's articles."""
    return select(
        "compare-piece", label, choices.articles(snapshot, chosen=chosen), chosen, searchable=True, clearable=False,
        placeholder="Search titles, outlets and days", nothingFoundMessage="No article with these words", limit=60,
        maxDropdownHeight=340, className="piece-select", filter=AS_FOUND,
    )  # fmt: skip


def piece_card(piece: Piece) -> html.Element:
    """The piece under study: whose, when, how long, and how it begins."""
    words = len(piece.text[piece.body_start :].split())
    line = " · ".join(part for part in (piece.outlet or "no outlet", day(piece.date), many(words, "word")) if part)
    begins = piece.text[piece.body_start : piece.body_start + 320].strip()
    cut = begins.rpartition(" ")[0] + " …" if len(piece.text) - piece.body_start > 320 else begins
    title = piece.title or begins[:80].rpartition(" ")[0] + " …"
    return html.Section(
        [
            html.P([html.Span(className="mark mark-piece"), "The piece"], className="kicker"),
            html.H1(title, className="headline"),
            html.P(line, className="meta"),
            html.P(cut, className="lead"),
            html.P(
                [
                    html.PageLink("Choose another", href="/"),
                    html.Button("Bring a text", id="compare-bring-open", className="linklike"),
                ],
                className="card-actions",
            ),
        ],
        className="card card-piece",
    )


def event_waiting() -> list[Any]:
    return [html.P("Its event", className="kicker"), html.P("Looking for it …", className="meta waiting")]


def event_card(document: dict[str, Any], per_day: pd.DataFrame) -> list[Any]:
    """The ground: the event found, why, how well it matches, and how its coverage runs. per_day: a day a row."""
    event, ground = document["event"], document["ground"]
    articles = sum(o["articles"] for o in document["outlets"])
    on_ground = f"{many(articles, 'article')} of {many(len(document['outlets']), 'outlet')}"
    names = {"event": "its event", "neighbourhood": "the neighbourhood of its event", "period": "a period"}
    words = document.get("why", "")
    kicker = html.P(f"Compared with {names[ground]}", className="kicker")
    if event is None:
        span = days(per_day.iloc[0, 0], per_day.iloc[-1, 0]) if len(per_day) else "No single event"
        return [kicker, html.H2(span, className="headline"), html.P(on_ground, className="meta"), spark(per_day),
                html.P(words[:1].upper() + words[1:] + ".", className="lead")]  # fmt: skip
    shared = [w for w in event.get("shared", []) if w]
    return [
        kicker,
        html.H2(event["title"], className="headline"),
        html.P(f"{days(event['start'], event['end'])} · {on_ground}", className="meta"),
        spark(per_day),
        html.P(
            [
                words[:1].upper() + words[1:],
                html.Span([" – match ", html.Strong(f"{event['match']:.2f}")])
                if event.get("match") is not None
                else None,
                f"; both speak of {', '.join(shared[:5])}." if shared else ".",
            ],
            className="lead",
        ),
    ]


def spark(per_day: pd.DataFrame) -> html.Element | None:
    """Articles a day as small bars."""
    if len(per_day) < 2:
        return None
    top = max(int(per_day["articles"].max()), 1)
    bars = [
        html.Span(
            style={"height": f"{max(4, 100 * n / top):.0f}%"}, **{"data-tip": f"{day(d)}: {many(int(n), 'article')}"}
        )
        for d, n in rows_of(per_day.tail(60))
    ]
    return html.Div(bars, className="spark", role="img", **{"aria-label": "Articles a day"})


def controls(snapshot: Snapshot, request: Request, view: View) -> html.Element:
    """What may be chosen about the comparison; each choice is in the address."""
    return html.Div(
        [
            dmc.SegmentedControl(
                id="compare-view", data=[{"value": v, "label": t} for v, t in VIEWS], className="views", size="sm",
                value=address.one_of(view, "view", [v for v, _ in VIEWS], "apart"),
                attributes={"root": {"aria-label": "View"}},
            ),
            html.Details(
                [
                    html.Summary("Change what it is compared with"),
                    _ground_controls(snapshot, request, view),
                ],
                className="settings",
                open=bool(request.against or request.event or request.ground or request.since),
            ),
            grouping.editor("compare", snapshot, address.first(view, "groups")),
        ],
        className="toolbar",
    )  # fmt: skip


def _ground_controls(snapshot: Snapshot, request: Request, view: View) -> html.Element:
    names = queries.outlets(snapshot)
    present = list(names.loc[names["articles"] > 0, "outlet"])
    return html.Div(
        [
            segment("compare-ground", "Ground", GROUNDS, request.ground or ""),
            select("compare-event", "Another event", choices.events(snapshot, chosen=request.event), request.event,
                   searchable=True, clearable=True, placeholder="As matched", filter=AS_FOUND,
                   nothingFoundMessage="No event of two outlets or more with these words",
                   clearButtonProps={"aria-label": "As matched"}),
            day_input("compare-since", "Period from", request.since),
            day_input("compare-until", "until", request.until),
            dmc.MultiSelect(id="compare-against", label="Outlets", data=present, value=list(request.against),
                            size="sm", placeholder="" if request.against else "All", searchable=True, clearable=True,
                            clearButtonProps={"aria-label": "All outlets"}),
            segment("compare-wire", "Wire copy", (("once", "once"), ("everywhere", "everywhere")), request.wire),
            segment("compare-by", "Outlets by", BY, address.one_of(view, "by", [b for b, _ in BY], "kind")),
        ],
        className="settings-grid",
    )  # fmt: skip


def progress(stage: str, done: int, total: int, *, warm: bool) -> html.Element:
    """How far the comparison is, and the button that stops it. warm: whether what it needs of models is loaded."""
    share = 100 * done / total if total else 0
    first = "The first text since the server began also has the models loaded, which may take a minute."
    return html.Div(
        [
            html.Div(
                [
                    html.Span(STAGES.get(stage, stage.capitalize()) + " …", className="stage"),
                    dmc.Progress(value=max(share, 8), size="md", striped=True, animated=True,
                                 className="progress-bar", **{"aria-label": "Progress of the comparison"}),
                    dmc.Button("Cancel", id="compare-cancel", variant="outline", size="xs"),
                ],
                className="progress",
            ),
            None if warm else html.P(first, className="fine"),
        ]
    )  # fmt: skip


def cancelled() -> html.Element:
    """What stands in the place of a comparison that the reader stopped."""
    again = html.A("Compare again", href="")  # the address as it is
    return state("Cancelled", "Nothing is being compared. Change a choice, or begin again.", action=again)


def evidence_drawer() -> dmc.Drawer:
    """Where the sentences behind a figure are shown."""
    return dmc.Drawer(id="compare-drawer", title="", position="right", size="min(1080px, 100%)", children=[],
                      className="evidence-drawer", zIndex=500)  # fmt: skip


def bring(snapshot: Snapshot) -> dmc.Drawer:
    """Where a reader brings a text: pasted, from a file, or from an address."""
    names = list(queries.outlets(snapshot)["outlet"])
    return dmc.Drawer(
        id="compare-bring",
        title="Bring a text",
        position="right",
        size="min(640px, 100%)",
        zIndex=500,
        children=[
            dmc.Textarea(id="compare-text", label="The text", autosize=True, minRows=10, maxRows=22, size="sm",
                         placeholder="Paste the piece here", description="It stays on this machine, and is kept "
                         "there so that the link to this comparison works."),
            html.Div(
                [
                    dcc.Upload(html.Button("or choose a file (.txt, .html)", className="linklike", type="button"),
                               id="compare-upload", max_size=2 * 2**20, multiple=False, className="upload"),
                    dmc.TextInput(id="compare-url", label="or its address", placeholder="https://…", size="sm"),
                ],
                className="bring-other",
            ),
            html.Div(
                [
                    dmc.TextInput(id="compare-title", label="Title", description="if it has one", size="sm"),
                    dmc.Autocomplete(id="compare-outlet", label="Outlet", description="if known", data=names,
                                     size="sm"),
                    day_input("compare-date", "Date", None, description="helps to find its event"),
                ],
                className="bring-more",
            ),
            html.Div(id="compare-bring-error", **{"aria-live": "assertive"}),
            dmc.Button("Compare it", id="compare-bring-go", size="md", mt="md"),
        ],
    )  # fmt: skip
