"""What stands around every page: the head with the navigation, the banners, the foot; and the router."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, no_update
from dash.exceptions import PreventUpdate

from dashboard import address, basket, drawer, html
from dashboard.answers import passing
from dashboard.components import failure, state
from dashboard.context import Context
from dashboard.numbers import STATED, count, moment
from dashboard.pages import Page
from dashboard.screen import mantine_theme
from pipeline.errors import ParallaxError
from pipeline.retention import pin
from pipeline.snapshot import Snapshot

# A refresh takes minutes and comes once a night: looking once a minute is soon enough.
LOOK_SECONDS = 60
LASTING = ("/", "/events", "/trends", "/outlets", "/topics", "/methods")


def frame() -> Any:
    """The frame that every page is shown in."""
    return dmc.MantineProvider(
        [
            dcc.Location(id="shell-address", refresh=False),
            dcc.Store(id="shell-snapshot"),
            dcc.Store(id="shell-written"),
            dcc.Store(id="shell-title"),
            dcc.Store(id="shell-scheme"),
            dcc.Store(id="shell-width"),
            *basket.stores(),
            dcc.Interval(id="shell-look", interval=LOOK_SECONDS * 1000),
            html.A("Skip to the content", href="#main", className="skip"),
            html.Header(
                [
                    html.Div(
                        [
                            html.PageLink([html.Span(className="logo", **{"aria-hidden": "true"}), "Parallax"],
                                          href="/", className="brand"),
                            html.Div(id="shell-about", className="shell-about"),
                            basket.button(),
                            dmc.ColorSchemeToggle(
                                id="shell-toggle", lightIcon="☾", darkIcon="☀", variant="subtle", size="lg",
                                color="ink", attributes={"root": {"aria-label": "Light or dark"}},
                            ),
                        ],
                        className="masthead",
                    ),
                    html.Nav(id="shell-nav", **{"aria-label": "Pages"}, className="nav"),
                ],
                className="shell-head",
            ),
            html.Section(
                [html.Div(id="shell-notice"), html.Div(id="shell-newer", role="status"), html.Div(id="shell-fault")],
                className="notice-frame",
                **{"aria-label": "Notices"},
            ),
            html.Main(
                html.Div(html.Div("Loading …", className="waiting", role="status"), id="shell-page"),
                id="main", tabIndex=-1, className="main",
            ),
            *drawer.frame(),
            basket.drawer(),
            html.Footer(
                [
                    html.P(STATED),
                    html.P("Days are as the sources dated them; moments are in UTC. Nothing on this page asks "
                           "another "
                           "machine for anything."),
                ],
                className="shell-foot",
            ),
        ],
        id="shell-theme",
        theme=mantine_theme(),
        defaultColorScheme="auto",
    )  # fmt: skip


def navigation(pages: Sequence[Page], current: str) -> list[Any]:
    """The links to the pages; the present one says so."""
    return [
        html.PageLink(
            page.title, href=page.path, className="nav-link" + (" current" if page.name == current else ""),
            **({"title": f"{page.title}: this page"} if page.name == current else {}),
        )
        for page in pages
    ]  # fmt: skip


def about(snapshot: Snapshot, *, frozen: bool) -> list[Any]:
    """What is being looked at: corpus, snapshot, articles; and the link that freezes it."""
    articles = snapshot.manifest["rows"]["articles"]
    when = moment(snapshot.manifest.get("ended") or snapshot.manifest["started"])
    return [
        html.Span(snapshot.corpus.title, className="about-corpus"),
        html.Span(
            [html.Span(f"snapshot of {when}", className="about-when"), f" · {count(articles)} articles"],
            className="about-snapshot",
        ),
        html.Button(
            "frozen" if frozen else "freeze",
            id="shell-freeze",
            className="linklike",
            disabled=frozen,
            title="The address of this view is bound to this snapshot"
            if frozen
            else "Bind the address of this view to this snapshot, so that the link shows the same figures tomorrow",
        ),
    ]


def notice(snapshot: Snapshot) -> Any:
    """The corpus's own notice, wherever the corpus is shown."""
    text = snapshot.corpus.notice
    return html.P([html.Strong("Please note. "), text], className="notice", role="note") if text else None


def newer(context: Context, held: str | None, path: str, search: str) -> Any:
    """A banner where the snapshot in view is not the newest: the reader keeps it until clicking."""
    newest = context.newest()
    if not held or not newest or newest == held:
        return None
    view = address.read(search)
    frozen = view.pop("snapshot", None)
    words = "This view is frozen to an older snapshot." if frozen else "A newer snapshot is there."
    link = html.A("Show the newest", href=path + address.write(view))
    return html.P([words, " ", link], className="banner")


def register(app: Any, context: Context, pages: Sequence[Page]) -> None:
    """The router, and what the frame does by itself."""
    by_path = {page.path: page for page in pages}
    basket.register(app, context)
    drawer.register(app, context)
    context.answers.lasting("shell-page.children", _lasts, but=["shell-written.data"])

    def route(path: str, search: str, held: str | None, written: str | None) -> tuple[Any, ...]:
        if written is not None and (path + (search or "")) == written:
            raise PreventUpdate  # the page itself wrote its address
        view = address.read(search)
        page = by_path.get(path.rstrip("/") or "/")
        if page is None:
            words = state("There is no such page", "The address leads nowhere here.", kind="error", whole=True,
                          action=html.PageLink("Go to Compare", href="/"))  # fmt: skip
            return words, no_update, navigation(pages, ""), no_update, no_update, "Not found", path, None
        frozen = address.first(view, "snapshot")
        try:
            snapshot = context.snapshot(frozen or held)
            content = page.layout(context, snapshot, view)
        except ParallaxError as error:
            passing()
            newest = html.A("Show the newest snapshot", href=path + address.write({**view, "snapshot": None}))
            return (
                failure(error, action=newest if context.newest() else None, whole=True),
                no_update,
                navigation(pages, page.name),
                no_update,
                no_update,
                page.title,
                path,
                None,
            )
        return (
            content, snapshot.id, navigation(pages, page.name), about(snapshot, frozen=frozen is not None),
            notice(snapshot), page.title, path + (search or ""), None,
        )  # fmt: skip

    app.callback(
        Output("shell-page", "children"), Output("shell-snapshot", "data"), Output("shell-nav", "children"),
        Output("shell-about", "children"), Output("shell-notice", "children"), Output("shell-title", "data"),
        Output("shell-written", "data"), Output("shell-fault", "children"),
        Input("shell-address", "pathname"), Input("shell-address", "search"),
        State("shell-snapshot", "data"), State("shell-written", "data"),
    )(route)  # fmt: skip

    app.callback(
        Output("shell-newer", "children"),
        Input("shell-look", "n_intervals"), Input("shell-snapshot", "data"),
        State("shell-address", "pathname"), State("shell-address", "search"),
    )(lambda _, held, path, search: newer(context, held, path, search or ""))  # fmt: skip

    def freeze(clicks: int | None, held: str, search: str) -> str:
        if not clicks:
            raise PreventUpdate
        pin(context.store, context.corpus, held)
        return address.write({**address.read(search), "snapshot": held})

    app.callback(
        Output("shell-address", "search", allow_duplicate=True),
        Input("shell-freeze", "n_clicks"), State("shell-snapshot", "data"), State("shell-address", "search"),
        prevent_initial_call=True,
    )(freeze)  # fmt: skip

    arrived = ClientsideFunction(namespace="parallax", function_name="arrived")
    app.clientside_callback(arrived, Input("shell-title", "data"))
    look = ClientsideFunction(namespace="parallax", function_name="look")
    app.clientside_callback(
        look, Output("shell-scheme", "data"), Output("shell-width", "data"),
        Input("shell-toggle", "computedColorScheme"),
    )  # fmt: skip


def _lasts(given: dict[str, Any]) -> bool:
    """Whether a page follows from its snapshot and its address alone: the others show the store, or what a
    reader brought, or are there already and have written their address themselves."""
    path, search = str(given.get("shell-address.pathname")), str(given.get("shell-address.search") or "")
    if given.get("shell-written.data") == path + search:
        return False
    return path in LASTING and "piece=" not in search and "text=" not in search


def one_at_a_time(app: Any, poll: str) -> None:
    """Has a poll wait for the answer to each tick: the callback on its ticks sets `disabled` to false to go on."""
    app.clientside_callback(
        ClientsideFunction(namespace="parallax", function_name="wait"),
        Output(poll, "disabled", allow_duplicate=True), Input(poll, "n_intervals"), prevent_initial_call=True,
    )  # fmt: skip


def write_address(app: Any, page: str, names: Mapping[str, str | list[str]], *inputs: Input) -> None:
    """Has a page write its state into the address: a name for each input, in their order, with its default.

    Empty values and defaults are left out; what the address holds besides (a frozen snapshot) stays.
    """

    def write(*values: Any) -> tuple[str, str]:
        *given, search, path = values
        if path.rstrip("/") != ("" if page == "compare" else f"/{page}"):
            raise PreventUpdate  # the reader is elsewhere by now
        view: dict[str, Any] = dict(address.read(search))
        for (name, default), value in zip(names.items(), given, strict=True):
            value = value.get("value") if isinstance(value, dict) else value
            view[name] = None if value == default else value
        text = address.write(view)
        if text == (search or ""):
            raise PreventUpdate
        return text, path + text

    app.callback(
        Output("shell-address", "search", allow_duplicate=True),
        Output("shell-written", "data", allow_duplicate=True),
        *inputs, State("shell-address", "search"), State("shell-address", "pathname"),
        prevent_initial_call=True,
    )(write)  # fmt: skip
