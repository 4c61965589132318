"""Events: who reported what and when, who left it out; and one event's outlets side by side."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, State, dcc

from dashboard import address, charts, grouping, html, queries, shell
from dashboard.address import View
from dashboard.among import rows_among
from dashboard.blindspots import blind_spots
from dashboard.components import day_input, heading, legend, mark, section, segment, select, state, take, take_table
from dashboard.context import Context
from dashboard.groups import Groups, group_of, read_groups
from dashboard.numbers import day, days, many, percent
from dashboard.pages import Page
from dashboard.queries import rows_of
from dashboard.views import matrix
from pipeline.snapshot import Snapshot

SHOWN = 30  # events in the grid, of those that are asked for
TYPED_MILLISECONDS = 300  # after the last letter, what was typed is looked for
BLIND = 12
BEGIN_WITH = "naming"  # the measure that an event's figures are of at first, and addresses leave out
# A gap less likely than this is worth a look; the list is long otherwise, and mostly chance.
LIKELY = 0.1
BY = (("", "outlet"), ("kind", "kind"), ("country", "country"), ("own", "my groups"))
SIDE_BY_SIDE = (("naming", "What the outlets call things in their own voice"),
                ("credit", "How far the outlets credit each claim"),
                ("voices", "Whose words the outlets carry"), ("topics", "What the outlets dwell on"))  # fmt: skip


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page: all events, or the one that the address names."""
    chosen = address.first(view, "event")
    if chosen:
        return _one(snapshot, chosen, view)
    by = address.one_of(view, "by", [value for value, _ in BY], "")
    words, since, until = address.first(view, "find") or "", address.day(view, "since"), address.day(view, "until")
    events, _ = queries.find_events(snapshot)
    if not len(events):
        return html.Div([heading("Who reported what"), state(
            "No event yet", "No two outlets report on the same thing here. More articles of the same days may "
            "change that.", action=html.PageLink("What came in, and what was left out", href="/methods#corpus"),
        )])  # fmt: skip
    return html.Div(
        [
            heading("Who reported what", about=_widest(snapshot, events)),
            section("Who was there",
                    _finding(words, since, until),
                    html.Div(found(snapshot, words, since, until), id="events-found", **{"aria-live": "polite"}),
                    take_table("coverage", {"snapshot": snapshot.id}),
                    take_table("events", {"snapshot": snapshot.id}, words="Take all events away"),
                    about="In the order of time, each event called by one of its headlines. A mark is an outlet that "
                    "reported it, larger with more articles; a dash is one that did not. Open an event to set its "
                    "outlets side by side."),
            section("Blind spots",
                    html.Div(segment("events-by", "Left out by", BY, by), className="controls"),
                    grouping.editor("events", snapshot, address.first(view, "groups")),
                    html.Div(id="events-blind"),
                    take_table("blind-spots", {"snapshot": snapshot.id}),
                    about="Events that an outlet (or a group) left out although, from its share of the coverage in "
                    "the days around, one would expect it. The chance is that of having none of the event’s articles "
                    "if they fell to outlets at random by volume; a gap may also be the corpus’s, not the outlet’s."),
            section("When", charts.chart("events", "events-timeline", label="Articles a day, by event",
                                         marks="/events?event=")),
        ],
        className="page page-events",
    )  # fmt: skip


def _widest(snapshot: Snapshot, events: pd.DataFrame) -> list[Any]:
    """The event that most outlets reported, in a sentence."""
    widest = events.sort_values(["outlets", "articles"], ascending=False, kind="stable").iloc[0]
    there = int((queries.outlets(snapshot)["articles"] > 0).sum())
    return [
        "Most widely reported: ",
        html.PageLink(widest["title"], href="/events" + address.write({"event": widest["event"]})),
        f", by {widest['outlets']} of {many(there, 'outlet')} in {many(int(widest['articles']), 'article')}.",
    ]


def _finding(words: str, since: str, until: str) -> html.Element:
    """The controls that say which events are shown."""
    return html.Div(
        [
            dmc.TextInput(id="events-find", label="Find an event", placeholder="Words of its headlines", size="sm",
                          value=words, debounce=TYPED_MILLISECONDS),
            day_input("events-since", "From", since or None),
            day_input("events-until", "until", until or None),
        ],
        className="controls",
    )  # fmt: skip


def found(snapshot: Snapshot, words: str, since: str, until: str) -> Any:
    """The events that were asked for, the most widely reported of them, in the order of time; and of how many."""
    events, there = queries.find_events(snapshot, words, since=since or None, until=until or None, limit=SHOWN)
    if not there:
        words = "No event of two outlets or more has these words, in its headlines or its own, on these days."
        return state("No event found", words)
    every = f"{many(there, 'event')} of two outlets or more"
    shown = f"The {SHOWN} most widely reported of {every}." if there > SHOWN else f"{every}."
    return [html.P(shown, className="fine"), _grid(snapshot, events.sort_values(["start", "end", "event"]))]


def _grid(snapshot: Snapshot, events: pd.DataFrame) -> html.Element:
    """Events down, outlets across: a mark where an outlet reported, its size by the number of articles."""
    outlets = queries.outlets(snapshot)
    outlets = outlets[outlets["articles"] > 0]
    kinds = list(outlets["kind"])
    covered = queries.coverage(snapshot)
    covered = covered[covered["event"].isin(events["event"])]
    size = {(row.event, row.outlet): row.articles for row in rows_of(covered)}
    across = [(o.outlet, mark(o.kind, kinds)) for o in rows_of(outlets)]
    head = html.Tr([html.Th("Event", scope="col"), *[
        html.Th(html.Span([html.Span(name), sign], className="col-name"), scope="col")
        for name, sign in across], html.Th("Articles", scope="col", className="num")])  # fmt: skip
    body = [
        html.Tr(
            [
                html.Th(
                    [html.PageLink(event.title, href="/events" + address.write({"event": event.event})),
                     html.Span(days(event.start, event.end), className="fine")], scope="row"),
                *[_there(size.get((event.event, name), 0), name, sign) for name, sign in across],
                html.Td(str(event.articles), className="num"),
            ]
        )
        for event in rows_of(events)
    ]  # fmt: skip
    caption = html.Caption("Which outlets reported which event", className="sr-only")
    return html.Div(
        [
            legend(kinds, piece=None),
            html.Div(
                html.Table([caption, html.Thead(head), html.Tbody(body)], className="grid"),
                className="table-scroll", tabIndex=0, role="region", **{"aria-label": "Events and outlets"},
            ),
        ]
    )  # fmt: skip


def _there(n: int, outlet: str, sign: html.Element) -> html.Element:
    if not n:
        return html.Td(html.Span("no article", className="sr-only"), className="absent")
    scale = f"{min(1.9, 0.75 + 0.3 * n):.2f}"
    words = f"{outlet}: {many(n, 'article')}"
    return html.Td(
        [html.Span(sign, className="there", style={"transform": f"scale({scale})"}),
         html.Span(many(n, "article"), className="sr-only")],
        **{"data-tip": words},
    )  # fmt: skip


def blind(snapshot: Snapshot, by: str, own: Groups) -> Any:
    """The gaps that chance would hardly explain, with what volume would lead one to expect."""
    every = blind_spots(snapshot, group_of(snapshot, by, own))
    spots = every[every["chance"] <= LIKELY].head(BLIND)
    if not len(spots):
        words = (f"Of {many(len(every), 'gap')} none is less likely than one in ten, given the volume. "
                 "Outlets taken together, by kind, country or groups of your own, leave larger ones.")  # fmt: skip
        return state("None that chance would not explain", words)
    hidden = int((every["chance"] <= LIKELY).sum()) - len(spots)
    return html.Div(
        [
            html.Ol([_spot(spot) for spot in rows_of(spots)], className="spots"),
            html.P(f"{many(hidden, 'further gap')} less likely than one in ten.", className="fine")
            if hidden
            else None,
        ]
    )


def _spot(spot: Any) -> html.Element:
    volume = f"{percent(spot.share)} of what was written in the days around"
    return html.Li(
        [
            html.Strong(spot.group), f" ({many(spot.outlets, 'outlet')})" if spot.outlets > 1 else "",
            " has nothing on ", html.PageLink(spot.title, href="/events" + address.write({"event": spot.event})),
            html.Span(f"one would expect {spot.expected:.1f} articles ({volume}); chance of none "
                      f"{percent(spot.chance)}", className="figures"),
        ]
    )  # fmt: skip


def _one(snapshot: Snapshot, event: str, view: View) -> Any:
    table = snapshot.table("events")
    found = table[table["event"] == event]
    if not len(found):
        return state("There is no such event in this snapshot", "An older link may mean another snapshot.",
                     kind="error", whole=True, action=html.PageLink("All events", href="/events"))  # fmt: skip
    row = found.iloc[0]
    articles = queries.event_articles(snapshot, event)
    outlets = queries.outlets(snapshot)
    kinds = dict(zip(outlets["outlet"], outlets["kind"], strict=True))
    every = list(kinds.values())
    there = int((outlets["articles"] > 0).sum())
    meta = f"{days(row['start'], row['end'])} · {many(int(row['articles']), 'article')} by {row['outlets']} of " \
           f"{many(there, 'outlet')}"  # fmt: skip
    choices = matrix.quantity_choices(snapshot)
    names = [choice["value"] for group in choices for choice in group["items"]]
    measure = address.one_of(view, "measure", names, names[0]) if names else None
    reported = set(articles["outlet"])
    missing = [name for name in outlets.loc[outlets["articles"] > 0, "outlet"] if name not in reported]
    return html.Div(
        [
            html.P(html.PageLink("All events", href="/events"), className="kicker"),
            heading(row["title"], about=meta),
            dcc.Store(id="events-chosen", data=event),
            section(
                "In their headlines",
                html.Ul([_article(a, kinds, every) for a in rows_of(articles)], className="headlines columns"),
                html.P(f"Nothing from {', '.join(missing)}.", className="fine") if missing else None,
                html.P(f"Words that tell it from other events: {row['keywords']}.", className="fine"),
                take_table("articles", {"event": event, "snapshot": snapshot.id}),
                take_table("evidence", {"event": event, "snapshot": snapshot.id}, words="Take their sentences away"),
                about="Open an article to set it beside the others.",
            ),
            section(
                "Every figure",
                html.Div(select("events-measure", "Measure", choices, measure), className="controls"),
                html.Div(id="events-matrix"),
                about="Each outlet’s value on this event alone. Point at one, or move to it with the arrow keys, for "
                "its 95 % interval and n; open it for its sentences. Pale figures rest on fewer than three.",
            ),
            *[section(words, charts.chart("events", name, label=words, event=event)) for name, words in SIDE_BY_SIDE],
        ],
        className="page page-events",
    )


def among(snapshot: Snapshot, event: str, measure: str) -> Any:
    """One measure's values of an event's outlets, side by side."""
    rows = rows_among(snapshot, event, measure)
    outlets = queries.outlets(snapshot)
    there = {name for row in rows for name in row["outlets"]}
    kinds = {o.outlet: o.kind if isinstance(o.kind, str) else None for o in rows_of(outlets) if o.outlet in there}
    taken = take("matrix", {"measure": measure, "event": event, "snapshot": snapshot.id})
    return [matrix.matrix(rows, [("outlets", list(kinds))], kinds, event=event), html.Div(taken, className="take")]


def _article(article: Any, kinds: dict[str, Any], every: list[Any]) -> html.Element:
    return html.Li(
        [
            html.Span([mark(kinds.get(article.outlet), every), f"{article.outlet} · "
                                                                              f"{day(article.date)}"],
                      className="outlet-line"),
            html.PageLink(article.headline, href="/" + address.write({"piece": article.article}),
                     className="headline-link"),
        ]
    )  # fmt: skip


def register(app: Any, context: Context) -> None:
    """The page's charts."""
    charts.draw(app, context, "events", "events-timeline", {})
    grouping.register(app, "events")
    app.callback(
        Output("events-blind", "children"),
        Input("events-by", "value"),
        Input("events-groups", "data"),
        State("shell-snapshot", "data"),
    )(lambda by, own, held: blind(context.snapshot(held), by or "outlet", read_groups(own)))
    asked = (Input("events-find", "value"), Input("events-since", "value"), Input("events-until", "value"))
    context.answers.lasting("events-found.children")
    app.callback(
        Output("events-found", "children"), *asked, State("shell-snapshot", "data"), prevent_initial_call=True
    )(lambda words, since, until, held: found(context.snapshot(held), words or "", since or "", until or ""))
    shell.write_address(app, "events", {"by": "", "groups": "", "find": "", "since": "", "until": ""},
                        Input("events-by", "value"), Input("events-groups", "data"), *asked)  # fmt: skip
    context.answers.lasting("events-matrix.children")
    context.answers.lasting("events-blind.children")
    app.callback(
        Output("events-matrix", "children"),
        Input("events-chosen", "data"),
        Input("events-measure", "value"),
        State("shell-snapshot", "data"),
    )(lambda event, measure, held: among(context.snapshot(held), event, measure) if measure else None)
    shell.write_address(app, "events", {"measure": BEGIN_WITH}, Input("events-measure", "value"))
    for name, _ in SIDE_BY_SIDE:
        charts.draw(app, context, "events", name, {"event": Input("events-chosen", "data")})


def likely(snapshot: Snapshot) -> list[str]:
    """Each event, those that most outlets reported first."""
    table = snapshot.table("events").sort_values(["outlets", "articles"], ascending=False, kind="stable")
    return [address.write({"event": event}) for event in table["event"]]


PAGE = Page("events", "/events", "Events", layout, register, charts=True, likely=likely)
