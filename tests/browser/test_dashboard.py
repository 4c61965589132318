"""The dashboard in a real browser: from paste to evidence, links, keyboard, hostile texts, accessibility."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from dashboard.pages import all_pages

pytestmark = pytest.mark.browser

PIECE = """The eyesore costs too much. Nobody in the town asked for the eyesore, and nobody will use it.
“It is needed,” said the mayor. The ferry has stopped, and residents doubt the budget.
The eyesore stands, and the road is as full as before. The town needs the crossing, they say; it does not."""


def test_from_a_pasted_text_to_the_sentences_behind_a_figure(page: Any, real_address: str) -> None:
    page.goto(real_address)
    page.get_by_role("button", name="Bring your own text").click()
    page.get_by_label("The text", exact=True).fill(PIECE)
    page.get_by_label("Title").fill("An eyesore, again")
    page.get_by_role("button", name="Compare it").click()
    expect(page.get_by_role("heading", name="An eyesore, again")).to_be_visible()
    expect(page.locator("#compare-event-card")).to_contain_text("Compared with")
    page.get_by_text("All measures", exact=True).click()
    page.get_by_role("button", name="eyesore", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="This piece")).to_be_visible()
    expect(dialog.locator("mark", has_text="eyesore").first).to_be_visible()
    page.wait_for_url("**open=**")
    page.reload()
    expect(page.get_by_role("dialog").locator("mark", has_text="eyesore").first).to_be_visible()


def test_a_choice_is_in_the_address_and_going_back_undoes_it(page: Any, address: str) -> None:
    page.goto(f"{address}/?piece=a00")
    expect(page.locator(".strips")).to_be_visible()
    page.get_by_text("What it leaves out", exact=True).first.click()
    expect(page.locator(".omissions").first).to_be_visible()
    page.wait_for_url("**view=omitted**")
    page.go_back()
    expect(page.locator(".strips")).to_be_visible()


def test_a_comparison_by_keyboard_alone(page: Any, address: str) -> None:
    page.goto(f"{address}/?piece=a00&view=matrix")
    first = page.locator(".matrix .row-name").first
    expect(first).to_be_visible()
    page.wait_for_load_state("networkidle")  # what is drawn again would lose the focus
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_hostile_text_does_nothing(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Bring your own text").click()
    hostile = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1"> and a few words of text ' * 4
    page.get_by_label("The text", exact=True).fill("It says: " + hostile)
    page.get_by_role("button", name="Compare it").click()
    expect(page.locator(".strips")).to_be_visible()
    page.get_by_text("Read", exact=True).click()
    expect(page.locator(".running-text").first).to_contain_text("<script>")
    assert page.evaluate("window.hacked") is None


def test_an_empty_text_is_refused_with_words(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Bring your own text").click()
    page.get_by_role("button", name="Compare it").click()
    expect(page.get_by_role("alert")).to_contain_text("no text yet")


@pytest.mark.parametrize("width", [1440, 360])
def test_every_page_fits_its_window(page: Any, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for each in all_pages():
        page.goto(f"{address}{each.path}")
        expect(page.locator("#shell-page h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, each.name


# Every view, and what shows that it is drawn.
VIEWS = {
    **{each.path: "#shell-page h1" for each in all_pages()},
    **{f"/?piece=a00&view={view}": "#compare-body .section" for view in ("apart", "matrix", "omitted", "reading")},
    "/?piece=a00&view=matrix&open=" + quote("naming|eyesore"): "[role=dialog] blockquote",
    "/?piece=a00&ground=period": "#compare-body .section",
    "/?piece=none-such": ".landing .state-error",
    "/?snapshot=20200101T000000000000Z": "h1.state-title",
    "/events?event=e1": "#events-matrix .matrix",
    "/events?event=none-such": "h1.state-title",
    "/topics?topic=0": ".page-topics blockquote",
    "/topics?topic=none-such": "h1.state-title",
    "/trends?events=5&by=kind": "#trends-trends .main-svg",
    "/codebook?try=" + quote('{"kind":"term","text":"ferry","into":"the-bridge","more":[]}'): ".caught",
    "/coding?subject=credit%7Cbridge-needed": ".coding-card",
    "/nowhere": "h1.state-title",
}


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_any_page_in_light_and_in_dark(
    page: Any, address: str, check: Callable[[], list[str]], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    faults: list[str] = []
    for path, drawn in VIEWS.items():
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(address + path)
        expect(page.locator(drawn).first).to_be_visible()
        faults += in_both(page, check, path)
    for opener, drawn in (("#shell-basket-button", "#shell-basket-list"), ("#compare-bring-open", "#compare-text")):
        page.goto(address)
        page.locator(opener).click()
        expect(page.locator(drawn)).to_be_visible()
        faults += in_both(page, check, opener)
    assert "\n".join(faults) == ""


def in_both(page: Any, check: Callable[[], list[str]], view: str) -> list[str]:
    """What axe finds wrong with the view as it stands, in light and in dark."""
    faults: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        faults += [f"{scheme} {view}: {fault}" for fault in check()]
    return faults


@pytest.mark.parametrize("path", ["/events?event=e1", "/trends", "/outlets", "/topics"])
def test_a_chart_is_no_wider_than_a_narrow_window(page: Any, address: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address + path)
    expect(page.locator(".chart .main-svg").first).to_be_visible()
    widths = page.eval_on_selector_all(".chart", "charts => charts.map(chart => chart.scrollWidth)")
    assert max(widths) <= 390


def test_a_table_fades_where_it_goes_on_until_it_is_scrolled_there(page: Any, address: str) -> None:
    faded = re.compile(r"rgba\(0, 0, 0, 0\.\d+\)")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/?piece=a00&view=matrix")
    matrix = page.locator(".matrix-scroll")
    expect(matrix).to_have_css("mask-image", faded)
    matrix.evaluate("table => table.scrollTo(table.scrollWidth, 0)")
    expect(matrix).not_to_have_css("mask-image", faded)
    page.set_viewport_size({"width": 2400, "height": 800})
    page.goto(f"{address}/?piece=a00&view=matrix")
    expect(matrix.locator("td").first).to_be_visible()
    expect(matrix).not_to_have_css("mask-image", faded)  # all of it is there


def test_one_word_of_a_hundred_thousand_letters_stays_in_its_column(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Bring your own text").click()
    page.get_by_label("The text", exact=True).fill(PIECE + " They said: " + "a" * 100_000 + ".")
    page.get_by_role("button", name="Compare it").dblclick()  # twice at once
    expect(page.locator(".strips")).to_be_visible()
    page.get_by_text("Read", exact=True).click()
    expect(page.locator(".running-text").first).to_contain_text("aaaa")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_drawer_keeps_the_focus_and_gives_it_back(page: Any, address: str) -> None:
    page.goto(address)
    opener = page.locator("#shell-basket-button")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "!!document.activeElement.closest('[role=dialog]') || document.activeElement.tabIndex < 0"
        )
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_what_is_put_into_the_basket_stays_there_and_comes_as_one_file(page: Any, address: str) -> None:
    page.goto(f"{address}/?piece=a00")
    strips = page.locator('[data-take^="strips?"]')
    expect(strips).to_be_visible(timeout=60_000)
    strips.click()
    expect(page.locator("#shell-basket-button")).to_have_text("Take away (1)")
    page.goto(f"{address}/refreshes")
    expect(page.locator("#shell-basket-button")).to_have_text("Take away (1)")
    expect(page.locator('[data-take^="snapshots?"]')).to_be_visible()
    page.locator("#shell-basket-button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What sets this piece apart")
    expect(dialog).to_contain_text("3 things to take")
    dialog.get_by_role("checkbox", name="PNG").uncheck()
    with page.expect_download() as taken:
        dialog.get_by_role("button", name="Download the basket").click()
    assert names_in(taken.value.path()) == {
        "01-strips/strips.csv", "01-strips/strips.csv-metadata.json", "CONTENTS.txt",
    }  # fmt: skip
    with page.expect_download() as taken:
        dialog.get_by_role("button", name="Download this view").click()
    assert {"01-refresh/refresh.csv", "03-snapshots/snapshots.csv"} <= names_in(taken.value.path())
    dialog.get_by_role("button", name="Remove What sets this piece apart").click()
    expect(dialog).to_contain_text("Nothing yet")


def names_in(path: Any) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())
