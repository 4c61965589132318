"""How long a browser takes to draw sentences that stand still, beside the same elements as components of Dash."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import dash
from dash import Input, Output
from flask import Flask
from waitress import create_server

from dashboard import html
from dashboard.benchmarks._browser import browser, missing
from dashboard.still import StillDash
from pipeline.bench import ROUNDS, Line, Setting, Side, timed

SENTENCES = 120  # what a drawer of many outlets has: some thousand elements
TARGET = 0.2
ASSETS = Path(__file__).parent.parent / "assets"


def bench(setting: Setting) -> Line:  # noqa: ARG001
    """Seconds from a click to the last sentence ÷ the same with plain Dash, in turns, each on a page just loaded."""
    title = f"{SENTENCES} sentences drawn ÷ as components of Dash"
    if why := missing():
        none = Side("not measured", float("nan"), 0)
        return Line(title, "sentences", none, None, of="seconds", target=TARGET, why=why)
    with _serving(StillDash) as still, _serving(dash.Dash) as plain, browser() as opened:
        turns = [(_drawn(opened, still), _drawn(opened, plain)) for _ in range(ROUNDS + 1)]
    ours, rival = (median(seconds) for seconds in zip(*turns[1:], strict=True))  # the first does not count
    sides = Side("as one", ours, SENTENCES), Side("components of Dash", rival, SENTENCES)
    return Line(title, "sentences", *sides, of="seconds", target=TARGET)


def _drawn(opened: Any, address: str) -> float:
    """Seconds from the click until they are there."""
    page = opened.new_page()
    page.goto(address)
    button = page.locator("#go")
    button.wait_for()

    def draw() -> None:
        button.click()
        page.wait_for_selector(".last", timeout=120_000)

    seconds = timed(draw)
    page.close()
    return seconds


@contextmanager
def _serving(kind: type[Any]) -> Iterator[str]:
    """The address of an app whose one button brings the sentences."""
    app = kind(__name__, server=Flask(f"drawing-{kind.__name__}"), assets_folder=str(ASSETS))
    app.layout = dash.html.Div([dash.html.Button("Go", id="go"), dash.html.Div(id="drawn")])
    app.callback(Output("drawn", "children"), Input("go", "n_clicks"), prevent_initial_call=True)(_sentences)
    server = create_server(app.server, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}/"
    finally:
        server.close()
        thread.join(10)


def _sentences(_: int) -> list[Any]:
    sentence = html.Blockquote(
        [
            html.P([html.Span("What stands before, "), html.Mark("what is meant"), html.Span(", what comes after.")]),
            html.P(html.Span("own voice", className="badge")),
        ]
    )
    return [*[sentence] * SENTENCES, html.P("That is all.", className="last")]
