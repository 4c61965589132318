"""The Coding page: who may answer, what a button's words do, what is shown before and after."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashboard import coded
from dashboard.app import create_app
from dashboard.context import Context
from dashboard.links import coding_link
from dashboard.pages import coding as page
from dashboard.views.coding import corrected_here, right_here
from dashboard.views.evidence import CORRECTED_HERE, READ_BY_HAND, read_by_hand
from pipeline.errors import InputError
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import as_json, make_context, texts

DEAR = coded.Choice("credit|bridge-too-dear")


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return made_snapshot(tmp_path)


@pytest.fixture
def context(snapshot: Snapshot) -> Context:
    """A dashboard whose readers all may code."""
    store = snapshot.folder.parents[2]
    context = make_context(store)
    context.settings = Settings(store=store, code_from_page="all")
    return context


def shown(context: Context, *, coder: str | None = "AB", again: bool = False) -> str:
    return as_json(page.reading(context, context.snapshot(None), DEAR, coder, again=again))


def first_answer(drawn: str, value: str) -> str:
    """What the button says that gives this answer."""
    return next(told for told in re.findall(r'"data-value": "([^"]+)"', drawn) if told.endswith(f" {value}"))


def give(context: Context, value: str, *, coder: str = "AB") -> None:
    coded.answered(context, first_answer(shown(context, coder=coder), value), coder)


def test_a_span_is_shown_without_what_the_measure_said_and_where_it_stands_only_on_demand(context: Context) -> None:
    drawn = page.reading(context, context.snapshot(None), DEAR, "AB", again=False)
    words = texts(drawn)
    assert "What does the sentence do with the claim “The bridge costs too much.”?" in words
    assert "The eyesore costs too much." in words
    assert "label-credits" not in as_json(drawn)
    before, _, folded = words.partition("Where it stands")
    assert "Bridge news" not in before
    assert "Bridge news" in folded


def test_an_answer_leads_to_the_next_span_and_can_be_taken_back(context: Context) -> None:
    first = first_answer(shown(context), "none")
    give(context, "none")
    after = shown(context)
    assert first_answer(after, "none") != first
    assert "1 by you" in texts(json.loads(after))
    back = first_answer(after, "back")
    coded.answered(context, back, "AB")
    assert first_answer(shown(context), "none") == first
    with pytest.raises(InputError, match="no answer of yours"):
        coded.answered(context, back, "AB")


def test_two_readers_get_different_spans_or_what_the_other_has_read(context: Context) -> None:
    one = first_answer(shown(context), "credits")
    give(context, "credits")
    assert first_answer(shown(context, coder="CD"), "credits") != one
    assert first_answer(shown(context, coder="CD", again=True), "credits") == one
    assert "Nothing that only others have read" in texts(json.loads(shown(context, again=True)))


def test_what_comes_of_it_is_there_from_the_first_answer_on(context: Context, snapshot: Snapshot) -> None:
    def outcome() -> str:
        return texts(page.outcome(context, snapshot, DEAR, "outlet"))

    assert "No answer yet" in outcome()
    give(context, "disputes")
    assert "the measure is right for 0" in outcome()
    for _ in range(200):
        if "All of it is read" in shown(context):
            break
        give(context, "disputes")
    assert "The values, corrected" in outcome()
    assert "−1.00" in outcome()
    mine = coded.values_of(context, snapshot, DEAR, "own", '{"Papers": ["Morning Post Bag", "The Plumb Line"]}')
    assert list(mine["group"]) == ["Papers"]
    assert list(mine["outlets"]) == [2]
    values = coded.values_of(context, snapshot, DEAR, "kind")
    assert set(values["corrected"]) == {-1.0}
    assert "corrected_low" in coded.file_of(context, snapshot, "values", DEAR, "kind")["content"]
    assert "disputes" in coded.file_of(context, snapshot, "answers", DEAR, "kind")["content"]


@pytest.mark.parametrize(
    ("told", "words"),
    [("", "no answer"), ("{id} 1 credits", "no answer"), ("x {of} all 1 credits", "no snapshot"),
     ("../.. {of} all 0 credits", "no snapshot"), ("{id} {of} all 9999 credits", "no span 9999"),
     ("{id} {of} all -1 credits", "no answer"), ("{id} {of} all 0 agrees", "give one of"),
     ("{id} credit|x all 0 credits", "give one of"), ("{id} {of} x 0 credits", "no event")],
)  # fmt: skip
def test_what_no_button_says_stores_nothing(context: Context, snapshot: Snapshot, told: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        coded.answered(context, told.format(id=snapshot.id, of=DEAR.subject), "AB")
    assert "0 by you" in texts(json.loads(shown(context)))


@pytest.mark.parametrize(
    ("allowed", "words"),
    [("local", "the setting code_from_page opens it"), ("none", "keep coding out of the page")],
)
def test_who_may_not_code_is_told_why_and_nothing_is_stored(
    tmp_path: Path, snapshot: Snapshot, allowed: Any, words: str
) -> None:
    context = make_context(tmp_path)
    context.settings = Settings(store=tmp_path, code_from_page=allowed)  # nobody asks: no request is there
    drawn = shown(context)
    assert words in texts(json.loads(drawn))
    assert drawn.count('"disabled": true') == 5
    with pytest.raises(InputError, match="nothing was stored"):
        coded.answered(context, f"{snapshot.id} {DEAR.subject} all 0 credits", "AB")


def test_without_a_name_nobody_answers(context: Context, snapshot: Snapshot) -> None:
    assert "Say above who reads" in texts(json.loads(shown(context, coder=" ")))
    with pytest.raises(InputError, match="name or initials"):
        coded.answered(context, f"{snapshot.id} {DEAR.subject} all 0 credits", None)


def test_an_answer_goes_over_the_wire_from_this_machine_and_from_no_other(tmp_path: Path, snapshot: Snapshot) -> None:
    app = create_app(tmp_path, "bridge", Settings(store=tmp_path))
    outputs = [{"id": "coding-card", "property": "children"}, {"id": "coding-said", "property": "children"},
               {"id": "coding-given", "property": "data"}]  # fmt: skip
    told = {"value": f"{snapshot.id} {DEAR.subject} all 0 credits", "at": 1}
    asked = {
        "output": "..coding-card.children...coding-said.children...coding-given.data..", "outputs": outputs,
        "inputs": [{"id": "coding-answer", "property": "data", "value": told},
                   {"id": "coding-subject", "property": "value", "value": DEAR.subject},
                   {"id": "coding-event", "property": "value", "value": DEAR.event},
                   {"id": "coding-coder", "property": "value", "value": "AB"},
                   {"id": "coding-what", "property": "value", "value": "new"}],
        "changedPropIds": ["coding-answer.data"],
        "state": [{"id": "shell-snapshot", "property": "data", "value": snapshot.id}],
    }  # fmt: skip

    def answer(remote: str) -> str:
        sent = app.server.test_client().post(
            "/_dash-update-component",
            json=asked,
            environ_base={"REMOTE_ADDR": remote},
            base_url="http://127.0.0.1:8050",
        )
        assert sent.status_code == 200, sent.text[:300]
        return str(sent.text)

    assert "nothing was stored" in answer("203.0.113.9")
    assert "1 by you" in answer("127.0.0.1")


@pytest.mark.parametrize(
    ("measure", "item", "event", "link"),
    [
        ("credit", "bridge-needed", None, "/coding?subject=credit%7Cbridge-needed"),
        ("naming", "eyesore", "e1", "/coding?event=e1&subject=naming%7Cthe-bridge"),
        ("portrayal", "builder", None, "/coding?subject=portrayal%7Cbuilder"),
        ("voices", "city", None, None),
        ("emphasis", "0", None, None),
    ],
)
def test_sentences_lead_to_reading_some_of_them_by_hand(
    snapshot: Snapshot, measure: str, item: str, event: str | None, link: str | None
) -> None:
    assert coding_link(snapshot, measure, item, event) == link
    drawn = read_by_hand(snapshot, measure, item, drawer="corpus", event=event)
    assert (drawn is None) == (link is None)
    assert link is None or link in as_json(drawn)


def test_beside_sentences_stands_how_often_those_who_read_some_found_it_right(
    context: Context, snapshot: Snapshot
) -> None:
    def right(measure: str, item: str) -> str:
        found = coded.read_here(context, snapshot, measure, item, None)
        return "" if found is None else texts(right_here(found.agreement))

    assert right("credit", "bridge-too-dear") == ""
    give(context, "credits")
    assert "of the 1 that were read" in right("credit", "bridge-too-dear")
    assert right("credit", "bridge-needed") == right("naming", "eyesore") == right("voices", "city") == ""
    give(context, "unclear", coder="CD")
    assert "of the 1 that were read" in right("credit", "bridge-too-dear")
    bridge = coded.Choice("naming|the-bridge")
    drawn = as_json(page.reading(context, snapshot, bridge, "AB", again=False))
    coded.answered(context, first_answer(drawn, "own"), "AB")
    assert "of the 1 that were read" in right("naming", "eyesore")


def test_beside_sentences_stand_the_outlets_values_once_enough_is_read(context: Context, snapshot: Snapshot) -> None:
    def corrected(event: str | None) -> str:
        found = coded.read_here(context, snapshot, "credit", "bridge-too-dear", event)
        drawn = None if found is None else corrected_here(found.values, on_event=event is not None)
        return "" if drawn is None else texts(drawn)

    assert corrected(None) == ""
    frame = coded.frame(snapshot, DEAR)
    coded.desk_of(context).give(frame, "AB", dict.fromkeys(range(len(frame)), "disputes"))
    everything = corrected(None)
    assert f"over the whole corpus: {frame.spans['outlet'].nunique()} outlets" in everything
    assert everything.count("−1.00") >= frame.spans["outlet"].nunique()  # all read, and all said to be disputes
    here = coded.frame(snapshot, coded.Choice(DEAR.subject, "e1"))
    assert f"on this event: {here.spans['outlet'].nunique()} outlet" in corrected("e1")
    assert len(here) < len(frame)


def test_where_the_library_is_damaged_the_sentences_say_so_and_stand(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no library" * 1000)
    app = create_app(tmp_path, "bridge", Settings(store=tmp_path))
    of = {"drawer": "corpus", "event": "", "of": DEAR.subject}
    line, values = {**of, "type": READ_BY_HAND}, {**of, "type": CORRECTED_HERE}
    any_of = '{"drawer":["MATCH"],"event":["MATCH"],"of":["MATCH"],"type":"%s"}.children'
    asked = {
        "output": f"..{any_of % READ_BY_HAND}...{any_of % CORRECTED_HERE}..",
        "outputs": [{"id": line, "property": "children"}, {"id": values, "property": "children"}],
        "inputs": [{"id": line, "property": "id", "value": line}], "changedPropIds": [],
        "state": [{"id": "shell-snapshot", "property": "data", "value": snapshot.id}],
    }  # fmt: skip
    said = app.server.test_client().post("/_dash-update-component", json=asked)
    assert said.status_code == 200
    assert "cannot be said" in said.text
    assert "shell-fault" not in said.text


def test_what_can_be_coded_is_listed_with_its_answers_until_something_is_chosen(
    context: Context, snapshot: Snapshot
) -> None:
    assert "answer" not in texts(page.chooser(context, snapshot))
    give(context, "none")
    give(context, "none", coder="CD")
    drawn = page.chooser(context, snapshot)
    assert "The bridge costs too much. 2 answers by 2 coders" in texts(drawn)
    assert "/coding?subject=naming%7Cthe-bridge" in as_json(drawn)


def test_where_an_event_has_nothing_the_corpus_is_offered(context: Context, snapshot: Snapshot) -> None:
    def drawn(event: str) -> str:
        return as_json(page.reading(context, snapshot, coded.Choice("portrayal|builder", event), "AB", again=False))

    assert "Read of the whole corpus" in drawn("e1")
    assert "Read of the whole corpus" not in drawn("all")


def test_who_only_looks_makes_no_library(snapshot: Snapshot) -> None:
    context = make_context(snapshot.folder.parents[2])
    page.chooser(context, snapshot)
    page.reading(context, snapshot, DEAR, "AB", again=False)
    assert not (context.store / "library.sqlite").exists()


def test_an_event_alone_is_read_where_it_is_chosen(context: Context, snapshot: Snapshot) -> None:
    def spans(choice: coded.Choice) -> int:
        return len(coded.frame(snapshot, choice))

    only = coded.Choice(DEAR.subject, "e1")
    assert 0 < spans(only) < spans(DEAR)
    drawn = as_json(page.reading(context, snapshot, only, "AB", again=False))
    coded.answered(context, first_answer(drawn, "credits"), "AB")
    assert "1 answer drawn for another event" not in texts(page.outcome(context, snapshot, only, "outlet"))
    assert page.outcome(context, snapshot, DEAR, "outlet")["props"]["className"] == "state state-empty"
    chosen = as_json(page.layout(context, snapshot, {"event": ["e2"]}))
    assert "The budget, again" in chosen


def test_a_value_that_cannot_be_had_is_a_dash(context: Context, snapshot: Snapshot) -> None:
    for _ in range(200):
        if "All of it is read" in shown(context):
            break
        give(context, "none")
    words = texts(page.outcome(context, snapshot, DEAR, "outlet"))
    assert "corrected: —" in re.sub(r"\s+", " ", words)
    assert "nan" not in words.casefold()
