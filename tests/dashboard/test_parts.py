"""Small parts of the dashboard: addresses, numbers, words, scales, work in the background, kept pieces, files."""

from __future__ import annotations

import stat
import threading
import tomllib
from pathlib import Path

import pytest

from dashboard import address, numbers
from dashboard.jobs import Jobs, StoppedError
from dashboard.pieces import LARGEST_CHARACTERS, PieceShelf
from dashboard.toml import as_toml
from dashboard.views.scale import lanes, scale_of
from dashboard.wording import said
from pipeline.codebook import Codebook, load_codebook
from pipeline.corpus import corpora_folder
from pipeline.errors import InputError, ParallaxError
from tests.dashboard.handmade import row


def test_an_address_holds_a_view_whole() -> None:
    view = {"piece": ["a&b=c ü"], "against": ["Comma, & Sons", "大桥日报"], "view": ["matrix"]}
    assert address.read(address.write(view)) == view


def test_what_is_no_day_in_an_address_is_none() -> None:
    given = address.read("?a=2024-05-05&b=yesterday&c=2024-13-01")
    assert [address.day(given, key) for key in "abcd"] == ["2024-05-05", "", "", ""]


def test_one_view_has_one_address_whatever_the_order_and_what_is_empty() -> None:
    assert address.write({"b": "1", "a": "2", "c": None, "d": "", "e": []}) == address.write({"a": ["2"], "b": ["1"]})


def test_an_address_from_elsewhere_chooses_only_what_there_is() -> None:
    assert address.one_of(address.read("?view=<script>"), "view", ["apart", "matrix"], "apart") == "apart"
    assert address.read(None) == {}


@pytest.mark.parametrize(
    ("value", "bounds", "shown"),
    [
        (0.714, (0.0, 1.0), "71\u202f%"),
        (0.0996, (0.0, 1.0), "10\u202f%"),
        (0.9983, (0.0, 1.0), "99.8\u202f%"),
        (0.9999, (0.0, 1.0), ">\u202f99.9\u202f%"),
        (1.0, (0.0, 1.0), "100\u202f%"),
        (0.986, (0.0, 1.0), "99\u202f%"),
        (0.0274, (0.0, 1.0), "2.7\u202f%"),
        (0.03, (0.0, 1.0), "3\u202f%"),
        (0.004, (0.0, 1.0), "0.4\u202f%"),
        (0.0002, (0.0, 1.0), "<\u202f0.1\u202f%"),
        (0.0, (0.0, 1.0), "0\u202f%"),
        (0.64, (-1.0, 1.0), "+0.64"),
        (-0.2, (-1.0, 1.0), "−0.20"),
        (0.044, (-1.0, 1.0), "+0.044"),
        (0.0, (-1.0, 1.0), "0.00"),
        (3.21, (0.0, None), "3.2"),
        (-2.57, (None, None), "−2.6"),
        (None, (0.0, 1.0), "—"),
    ],
)
def test_a_number_is_shown_one_way(
    value: float | None, bounds: tuple[float | None, float | None], shown: str
) -> None:
    assert numbers.number(value, bounds) == shown


def test_days_are_said_as_short_as_they_may_be() -> None:
    assert numbers.days("2022-03-05", "2022-03-08") == "5 – 8 March 2022"
    assert numbers.days("2022-02-28", "2022-03-02") == "28 February – 2 March 2022"
    assert numbers.days("2022-03-05", "2022-03-05") == "5 March 2022"
    assert numbers.moment("2026-11-23T21:15:00+00:00") == "23 November 2026, 21:15 UTC"


def test_a_row_is_said_in_words_with_its_count_and_the_others_median() -> None:
    words = said(row("naming", "eyesore", 0.75, [0.0, 0.1], concept="the bridge"))
    assert words.finding == "Calls the bridge “eyesore” in its own voice"
    assert words.figures.startswith("6 of 8 namings")
    assert "the median outlet" in words.figures


def test_a_measure_without_words_of_its_own_gets_plain_ones() -> None:
    words = said(row("brightness", "lamp", 0.7, [0.1]))
    assert words.finding == "brightness, lamp: higher than others"


def test_a_strip_holds_every_outlet_and_the_piece_with_its_interval() -> None:
    for given in (row("voices", "city", 0.2, [0.5, 0.9]), row("keyness", "w", 4.0, [-1.0], bounds=[None, None])):
        scale = scale_of(given)
        values = [c["value"] for c in given["outlets"].values()] + [given["piece"]["low"], given["piece"]["high"]]
        assert all(scale.low <= value <= scale.high for value in values)


def test_places_that_would_cover_one_another_go_to_other_lanes() -> None:
    found = lanes([0.0, 0.0, 0.0, 50.0])
    assert len(set(found[:3])) == 3
    assert found[3] == 0


def test_work_asked_for_twice_at_once_is_done_once() -> None:
    jobs, go, made = Jobs(workers=2), threading.Event(), []

    def work(_: object) -> int:
        made.append(1)
        go.wait(10)
        return 7

    first, second = jobs.ask("k", work), jobs.ask("k", work)
    go.set()
    assert first is second
    assert (first.result, made) == (7, [1])
    assert first.state == "done"


def test_cancelled_work_stops_at_its_next_word_and_may_be_asked_for_again() -> None:
    jobs, begun, go = Jobs(), threading.Event(), threading.Event()

    def work(told):  # type: ignore[no-untyped-def]
        begun.set()
        go.wait(10)
        told("measure", 1, 2)
        return 1

    job = jobs.ask("k", work)
    assert begun.wait(10)
    jobs.cancel("k")
    go.set()
    with pytest.raises(StoppedError):
        _ = job.result
    assert job.state == "cancelled"
    assert jobs.ask("k", lambda told: 2).result == 2


def test_cancelled_work_that_still_runs_is_cancelled_for_its_reader_and_may_be_asked_for_again() -> None:
    jobs, begun, go = Jobs(), threading.Event(), threading.Event()

    def work(told):  # type: ignore[no-untyped-def]
        begun.set()
        go.wait(10)
        told("measure", 1, 2)

    job = jobs.ask("k", work)
    assert begun.wait(10)
    jobs.cancel("k")
    assert (job.state, job.cancelled) == ("running", True)
    again = jobs.ask("k", lambda told: 2)
    go.set()
    assert (again is job, again.result) == (False, 2)


def test_work_that_fails_keeps_its_reason() -> None:
    def work(_: object) -> int:
        raise InputError("no such event", remedy="choose another")

    job = Jobs().ask("k", work)
    with pytest.raises(InputError):
        _ = job.result
    assert job.state == "failed"
    assert isinstance(job.error, ParallaxError)


def test_the_latest_results_are_kept_and_the_oldest_go() -> None:
    jobs = Jobs(kept=2)
    for key in "abcd":
        assert jobs.ask(key, lambda told, key=key: key).result == key
    assert jobs.get("a") is None
    assert jobs.get("d") is not None


def test_a_piece_is_kept_by_what_it_says_in_a_private_folder(tmp_path: Path) -> None:
    shelf = PieceShelf(tmp_path / "pieces")
    key = shelf.keep("A text.\nOf two lines.", title="T", outlet="O")
    assert shelf.keep("A text.\nOf two lines.", title="T", outlet="O") == key
    assert shelf.keep("A text.\nOf two lines.", title="Another") != key
    piece = shelf.piece(key)
    assert (piece.text, piece.title, piece.outlet) == ("A text.\nOf two lines.", "T", "O")
    assert stat.S_IMODE((tmp_path / "pieces").stat().st_mode) == 0o700


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LARGEST_CHARACTERS + 1)])
def test_a_piece_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        PieceShelf(tmp_path).keep(text)


@pytest.mark.parametrize("key", ["../../etc/passwd", "0" * 20, "", "0" * 19 + "/"])
def test_a_link_to_a_piece_that_is_not_here_says_so(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match="not kept here"):
        PieceShelf(tmp_path).piece(key)


def test_a_codebook_survives_being_written_as_a_file(tmp_path: Path, bridge: Codebook) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(as_toml(bridge), encoding="utf-8")
    assert load_codebook(path) == bridge


def test_every_codebook_that_ships_survives_being_written_as_a_file() -> None:
    for path in corpora_folder().glob("*/codebook.toml"):
        book = load_codebook(path)
        assert Codebook.model_validate(tomllib.loads(as_toml(book))) == book
