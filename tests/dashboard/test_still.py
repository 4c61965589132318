"""What stands still goes to the browser as one component, and shows the same."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
import pytest

from dashboard import html
from dashboard.app import create_app
from dashboard.still import still
from dashboard.visits import Reader
from pipeline.settings import Settings
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import asking, parts, texts

WORDS = html.P(["It costs ", html.Strong("too much"), "."], className="fine")


def kinds(component: Any) -> list[str]:
    """The components of Dash in a page: what stands still is one."""
    found = []
    for part in parts(component):
        found.append(part["type"])
        part["props"].pop("tree", None)
    return found


def test_elements_without_an_id_are_one_component() -> None:
    page = html.Div([WORDS, html.Ol([html.Li(["one", None, 2]), html.Li(WORDS)])])
    assert kinds(still(page)) == ["Still"]
    assert texts(still(page)) == texts(page)


def test_what_has_an_id_stays_a_component_and_its_siblings_go_together() -> None:
    page = html.Div([WORDS, "and", WORDS, html.Div(WORDS, id="there"), WORDS, html.PageLink("away", href="/")])
    assert kinds(still(page)) == ["Div", "Still", "Div", "Still", "Still", "Link"]
    assert texts(still(page)) == texts(page)


def test_components_of_others_stay_with_what_they_hold_still() -> None:
    page = html.Div([dmc.Button([WORDS, WORDS], id="go"), dmc.Progress(value=3)])
    assert kinds(still(page)) == ["Div", "Button", "Still", "Progress"]
    assert texts(still(page)) == texts(page)


def test_what_is_given_is_left_as_it_was() -> None:
    button = dmc.Button(WORDS, id="go")
    page = html.Div([WORDS, button])
    before = copy.deepcopy(page)
    still(page)
    assert page["props"]["children"][0] == before["props"]["children"][0]
    assert button.children is WORDS


@pytest.mark.parametrize("data", [None, "text", 3, True, ["a", "b"], {"value": "a"}, [{"value": "a", "label": "A"}]])
def test_what_is_no_element_is_as_it_was(data: Any) -> None:
    assert still(data) == data


def test_a_page_comes_as_few_components_that_all_can_be_reached(tmp_path: Path) -> None:
    made_snapshot(tmp_path)
    app = create_app(tmp_path, "bridge", Settings(store=tmp_path))
    [methods, *_] = Reader(asking(app)).open("/methods", "")
    page = methods.answer["response"]["shell-page"]["children"]
    elements = sum(1 for _ in parts(page))
    assert len(kinds(page)) < elements / 10
