"""The main way through each page, in a real browser: what is chosen is shown, and stands in the address."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serving
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import analyse

pytestmark = pytest.mark.browser


@pytest.fixture
def refreshing_address(tmp_path: Path) -> Iterator[str]:
    """A dashboard whose corpus can be refreshed from the page."""
    made_snapshot(tmp_path)
    command = [sys.executable, "-m", "tests.dashboard.one_refresh", str(tmp_path)]
    yield from serving(tmp_path, analyse, refresh=command)


def drawn(page: Any, chart: str) -> None:
    """Waits until a chart has something to show."""
    expect(page.locator(f"#{chart} .main-svg").first).to_be_visible()


def test_a_refresh_is_started_from_its_page_and_the_newer_snapshot_is_offered(
    page: Any, refreshing_address: str
) -> None:
    page.goto(f"{refreshing_address}/refreshes")
    page.get_by_role("button", name="Refresh now").click()
    expect(page.locator(".now-starting, .now-running").first).to_be_visible()
    expect(page.get_by_role("button", name="Refresh now")).to_be_disabled()
    expect(page.locator(".banner")).to_contain_text("newer snapshot")
    expect(page.locator("#refreshes-runs")).to_contain_text("published")
    page.get_by_role("link", name="Show the newest").click()
    expect(page.locator(".outcome-published").first).to_be_visible()
    expect(page.locator(".banner")).to_have_count(0)


def test_a_click_on_refresh_is_not_undone_by_an_older_answer(page: Any, refreshing_address: str) -> None:
    held: list[tuple[Any, Any]] = []

    def hold(route: Any) -> None:
        ticked = "refreshes-poll.n_intervals" in route.request.post_data_json.get("changedPropIds", [])
        if ticked and not clicked:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    clicked: list[bool] = []
    page.route(re.compile("_dash-update"), hold)
    with page.expect_response(lambda answer: "shell-newer" in (answer.request.post_data or "")):
        page.goto(f"{refreshing_address}/refreshes")
    page.get_by_role("button", name="Refresh now").click()
    clicked.append(True)
    expect(page.locator(".now-starting, .now-running").first).to_be_visible()
    for route, answer in held:
        route.fulfill(response=answer)
    expect(page.locator("#refreshes-runs")).to_contain_text("published")


@pytest.mark.parametrize(("path", "box"), [("/", "#compare-piece"), ("/coding", "#coding-subject")])
def test_a_choice_is_found_by_its_words_in_any_order(page: Any, address: str, path: str, box: str) -> None:
    page.goto(f"{address}{path}")
    page.locator(box).click()
    title = page.get_by_role("option").nth(1).inner_text()
    words = re.findall(r"\w+", title)
    page.locator(box).fill("")
    page.locator(box).press_sequentially(f"{words[-1]} {words[0]} {words[1]}")
    expect(page.get_by_role("option", name=title)).to_be_visible()
    page.locator(box).press_sequentially(" nosuchword")
    expect(page.get_by_role("option")).to_have_count(0)


def test_an_event_to_code_is_found_by_its_words(page: Any, address: str) -> None:
    page.goto(f"{address}/coding?subject=naming|the-bridge")
    page.locator("#coding-event").fill("again budget")
    expect(page.get_by_role("option")).to_have_count(2)  # the whole corpus can be chosen whatever is typed
    page.get_by_role("option", name="The budget, again").click()
    page.wait_for_url("**event=e2**")


def test_another_event_is_found_among_all_by_its_words(page: Any, address: str) -> None:
    page.goto(f"{address}/?piece=a00")
    expect(page.locator(".strips")).to_be_visible()
    page.get_by_text("Change what it is compared with").click()
    page.locator("#compare-event").press_sequentially("nosuchword")
    expect(page.get_by_text("No event of two outlets or more with these words")).to_be_visible()
    page.locator("#compare-event").fill("budget again")
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("option").click()
    page.wait_for_url("**event=e2**")
    expect(page.locator("#compare-event")).to_have_value(re.compile("The budget, again"))


def test_a_choice_is_not_undone_by_a_list_that_comes_with_it(page: Any, address: str) -> None:
    page.goto(address)
    with page.expect_response(lambda answer: '"value":"news 00"' in (answer.request.post_data or "")):
        page.locator("#compare-piece").press_sequentially("news 00")
    expect(page.get_by_role("option")).to_have_count(1)
    newer = [{"value": "a00", "label": "Bridge news 00"}, {"value": "a10", "label": "Bridge news 10"}]
    page.get_by_role("option").evaluate(
        "(option, data) => { option.click(); window.dash_clientside.set_props('compare-piece', { data }); }", newer
    )
    expect(page.locator(".strips")).to_be_visible()
    page.wait_for_url("**piece=a00**")


def test_a_term_is_tried_added_and_taken_away_as_a_file(page: Any, address: str) -> None:
    page.goto(f"{address}/codebook")
    page.get_by_label("In so many words").press_sequentially("ferry")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator(".caught")).to_contain_text("40 places")
    page.get_by_role("button", name="Add it to the codebook").click()
    expect(page.locator(".edits")).to_contain_text("ferry")
    page.wait_for_url("**edit=**")
    page.reload()
    expect(page.locator(".edits")).to_contain_text("ferry")
    expect(page.locator(".caught")).to_contain_text("40 places")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download codebook.toml").click()
    assert 'term = "ferry"' in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="Take it out: “ferry”").click()
    expect(page.locator(".edits")).to_have_count(0)


def test_trends_follow_a_group_and_set_two_periods_side_by_side(page: Any, address: str) -> None:
    page.goto(f"{address}/trends?quantity=naming&item=eyesore&events=5")
    drawn(page, "trends-trends")
    drawn(page, "trends-periods")
    expect(page.locator(".marked-events")).to_contain_text("The bridge opens")
    page.get_by_text("kind", exact=True).first.click()
    page.wait_for_url("**by=kind**")
    expect(page.locator("#trends-trends")).to_contain_text("tabloid")


def test_a_group_of_one_s_own_orders_the_matrix(page: Any, address: str) -> None:
    page.goto(f"{address}/?piece=a00&view=matrix")
    expect(page.locator(".matrix")).to_be_visible()
    page.locator(".own-groups > summary").click()
    page.get_by_label("Name of the group").press_sequentially("Watched")
    page.locator("#compare-group-outlets").click()
    page.get_by_role("option", name="大桥日报").click()
    page.get_by_role("button", name="Make the group").click()
    expect(page.locator(".edits")).to_contain_text("Watched")
    page.get_by_text("Change what it is compared with").click()
    page.get_by_text("my groups", exact=True).click()
    expect(page.locator(".matrix .group").first).to_have_text("Watched")
    expect(page.locator(".matrix .group").nth(1)).to_have_text("in no group")
    page.wait_for_url("**groups=**")


def test_a_topic_shows_passages_outlets_and_its_course(page: Any, address: str) -> None:
    page.goto(f"{address}/topics")
    drawn(page, "topics-topic-tree")
    page.locator(".topic-link").first.click()
    expect(page.get_by_role("heading", name="Its course")).to_be_visible()
    drawn(page, "topics-trends")
    page.get_by_role("button", name="All its sentences").click()
    expect(page.get_by_role("dialog").locator("blockquote").first).to_be_visible()


def test_what_drives_a_distance_is_said_for_two_outlets(page: Any, address: str) -> None:
    page.goto(f"{address}/outlets?outlet=Morning+Post+Bag&other=The+Plumb+Line")
    drawn(page, "outlets-outlet-map")
    expect(page.locator("#outlets-drivers")).to_contain_text("Noise floor")


def click_mark(page: Any, chart: str, mark: str) -> None:
    """Clicks a mark of a chart as a hand does: plotly hears of a mark when it is pointed at."""
    drawn(page, chart)
    place = page.locator(f"#{chart} {mark}").first
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    expect(page.locator(f"#{chart} .hoverlayer .hovertext").first).to_be_visible()
    page.mouse.click(x, y)


def test_a_mark_of_a_chart_opens_its_sentences(page: Any, address: str) -> None:
    page.goto(f"{address}/events?event=e1&measure=credit")
    click_mark(page, "events-naming", ".bars .point path")
    drawer = page.get_by_role("dialog")
    expect(drawer.locator("mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.goto(f"{address}/trends?quantity=naming&item=eyesore")
    click_mark(page, "trends-trends", ".points path")
    expect(drawer.locator("mark").first).to_have_text("eyesore")


def test_an_outlet_s_sentences_come_when_it_is_opened(page: Any, address: str) -> None:
    page.goto(f"{address}/topics?topic=0")
    page.get_by_role("button", name="All its sentences").click()
    outlets = page.get_by_role("dialog").locator(".outlet-evidence")
    expect(outlets.first.locator("blockquote").first).to_be_visible()
    last = outlets.last
    expect(last.locator("blockquote")).to_have_count(0)
    last.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(last.locator("blockquote").first).to_be_visible()
    expect(last.locator("summary")).to_contain_text("article")


def test_a_mark_leads_to_its_event_its_topic_and_its_outlet(page: Any, address: str) -> None:
    page.goto(f"{address}/events")
    click_mark(page, "events-events-timeline", ".points path")
    page.wait_for_url("**/events?event=**")
    page.goto(f"{address}/topics")
    click_mark(page, "topics-topic-tree", ".points path")
    page.wait_for_url("**/topics?topic=**")
    page.goto(f"{address}/outlets?outlet=Morning+Post+Bag")
    click_mark(page, "outlets-outlet-map", ".points path >> nth=2")
    expect(page.locator("#outlets-outlet")).not_to_have_value("Morning Post Bag")


def test_an_event_s_figures_open_their_sentences_by_keyboard(page: Any, address: str) -> None:
    page.goto(f"{address}/events?event=e1&measure=credit")
    expect(page.locator("#events-matrix")).to_contain_text("Credit")
    page.locator("#events-matrix .row-name").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").locator("mark").first).to_be_visible()


def test_an_event_opens_onto_its_outlets(page: Any, address: str) -> None:
    page.goto(f"{address}/events")
    expect(page.locator("#events-blind")).to_contain_text("chance")
    page.get_by_role("link", name="The bridge opens").first.click()
    drawn(page, "events-naming")
    expect(page.locator(".headlines")).to_contain_text("Morning Post Bag")


def test_an_event_is_found_by_words_and_days_that_the_address_keeps(page: Any, address: str) -> None:
    page.goto(f"{address}/events")
    grid = page.locator("#events-found")
    expect(grid).to_contain_text("2 events of two outlets or more")
    page.get_by_label("Find an event").press_sequentially("budget")
    expect(grid).to_contain_text("1 event of two outlets or more")
    page.wait_for_url("**find=budget**")
    page.reload()
    expect(grid).to_contain_text("1 event of two outlets or more")
    page.get_by_label("Find an event").fill("no such words")
    expect(grid).to_contain_text("No event found")
    page.goto(f"{address}/events?since=2030-01-01&until=never")
    expect(grid).to_contain_text("No event found")


def test_a_frozen_address_keeps_the_view_and_names_its_snapshot(page: Any, address: str) -> None:
    page.goto(f"{address}/topics?topic=0")
    page.get_by_role("button", name="freeze").click()
    page.wait_for_url("**snapshot=**")
    assert "topic=0" in page.url
    page.reload()
    expect(page.get_by_role("button", name="frozen")).to_be_disabled()
    expect(page.get_by_role("heading", name="Its course")).to_be_visible()


def test_from_the_home_page_to_sentences_with_the_keyboard_alone(page: Any, address: str) -> None:
    page.goto(address)
    expect(page.locator("#compare-piece")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skips to the content
    tab_to(page, "input")
    with page.expect_response(lambda answer: '"value":"news 00"' in (answer.request.post_data or "")):
        page.keyboard.type("news 00")
    expect(page.get_by_role("option")).to_have_count(1)  # the list is drawn again with what was found
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".strips")).to_be_visible()
    page.wait_for_load_state("networkidle")
    tab_to(page, ".strip-row")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    tab_to(page, ".nav-link[href='/events']", backwards=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who reported what")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, ".grid a")
    page.keyboard.press("Enter")
    expect(page.locator(".headlines")).to_be_visible()


@pytest.mark.parametrize("slow", ["compare-drawer.title", "compare-open.data"])
def test_what_a_reader_opens_at_once_is_not_closed_by_answers_that_come_late(
    page: Any, address: str, slow: str
) -> None:
    late: list[Any] = []
    chosen: list[Any] = []

    def hold(route: Any) -> None:
        output, inputs = (route.request.post_data_json[part] for part in ("output", "inputs"))
        if "compare-drawer.title" in output and inputs[0].get("value"):
            chosen.append(route)
        elif slow in output and not chosen:
            late.append(route)
        else:
            route.continue_()

    page.route(re.compile("_dash-update-component"), hold)
    page.goto(f"{address}/?piece=a00")
    row = page.locator(".strip-row").first
    expect(row).to_be_visible()
    page.wait_for_timeout(1000)  # what is asked before a reader chooses has been asked
    row.click()
    for held in (late, chosen):
        page.wait_for_timeout(300)
        for route in held:
            route.continue_()
    expect(page.get_by_role("dialog")).to_be_visible()


def tab_to(page: Any, selector: str, *, backwards: bool = False) -> None:
    """Presses Tab until what is focused matches; fails where that takes more than 120 presses."""
    for _ in range(120):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the keyboard does not get to {selector}")


def test_a_coder_answers_by_keyboard_and_takes_it_back(page: Any, address: str) -> None:
    page.goto(f"{address}/coding?subject=credit%7Cbridge-too-dear")
    page.locator("#coding-coder").fill("AB")
    choice = page.locator('.coding-choice[data-key="4"]')
    expect(choice).to_be_enabled()
    first = choice.get_attribute("data-value")
    page.locator(".coding-card").focus()
    page.keyboard.press("4")
    expect(page.locator(".coding-progress")).to_contain_text("1 by you")
    expect(choice).not_to_have_attribute("data-value", first)
    expect(page.locator("#coding-results")).to_contain_text("the measure is right for")
    assert page.evaluate("document.activeElement.closest('#coding-card') !== null")
    page.keyboard.press("u")
    expect(page.locator(".coding-progress")).to_contain_text("0 by you")
    expect(choice).to_have_attribute("data-value", first)
    page.locator("#coding-coder").focus()
    page.keyboard.press("4")  # a letter of the name, not an answer
    expect(page.locator("#coding-coder")).to_have_value("AB4")
    expect(page.locator(".coding-progress")).to_contain_text("0 by you")


def test_beside_a_figure_s_sentences_stands_how_often_people_found_it_right(page: Any, address: str) -> None:
    page.goto(f"{address}/coding?subject=credit%7Cbridge-needed")
    page.locator("#coding-coder").fill("CD")
    page.locator('.coding-choice[data-key="1"]').click()
    expect(page.locator(".coding-progress")).to_contain_text("1 by you")
    page.goto(f"{address}/events?event=e1&measure=credit")
    page.locator('[data-set="shell-open"][data-value^="credit|bridge-needed"]').first.click()
    beside = page.get_by_role("dialog").locator(".by-hand")
    expect(beside).to_contain_text("of the 1 that were read at random here")
    expect(beside.get_by_role("link")).to_have_attribute("href", re.compile("/coding.*bridge-needed"))
