"""Outlets in groups, topics in themes, and what drives the distance of two outlets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dashboard import groups, pairs
from dashboard.figures import chart_named
from dashboard.groups import coded, group_of, read_groups
from dashboard.pages import _compare_views as views
from dashboard.pages import outlets
from dashboard.pages._compare_views import kinds_on
from dashboard.themes import themes_of, tree_of
from dashboard.views.distances import distances
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import OUTLETS_GIVEN, made_snapshot
from tests.dashboard.pagekit import make_context, texts

OWN = {"Odd": ["=SUM(A1:A9)", "Line\nBreak Herald"], "Even": ["大桥日报"]}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("store"))
    made_snapshot(folder)
    return folder


@pytest.fixture(scope="module")
def snapshot(store: Path) -> Snapshot:
    return make_context(store).snapshot(None)


def test_groups_go_into_an_address_and_come_back() -> None:
    assert read_groups(groups.written(OWN)) == OWN
    assert groups.written({}) == ""
    for odd in ("x", "[1]", '{"a": "b"}', '{" ": ["b"]}', None):
        assert read_groups(odd) == {}
    assert read_groups('{"a": ["b", 3]}') == {"a": ["b"]}


def test_an_outlet_is_in_one_group(snapshot: Snapshot) -> None:
    own = group_of(snapshot, "own", {**OWN, "Late": ["大桥日报"]})
    assert (own["大桥日报"], own["=SUM(A1:A9)"], own["Morning Post Bag"]) == ("Even", "Odd", "in no group")
    assert group_of(snapshot, "kind", {})["The Plumb Line"] == "no kind given"
    with pytest.raises(InputError, match="no way to group"):
        group_of(snapshot, "colour", {})


def test_every_counted_article_is_in_a_group(snapshot: Snapshot) -> None:
    counted = np.arange(40) % 2 == 0
    codes, names = coded(snapshot, "country", {}, counted)
    assert names == ["Skerrow"]
    assert (codes == np.where(counted, 0, -1)).all()


def test_a_comparison_is_grouped_and_marked_by_a_reader_s_own_groups(store: Path, snapshot: Snapshot) -> None:
    from dashboard.asking import request_of

    request = request_of(snapshot, {"piece": ["a00"]})
    assert request is not None
    analysis = make_context(store).ask(request).result
    kinds = kinds_on(analysis, snapshot, "own", OWN)
    assert list(kinds) == list(OUTLETS_GIVEN)
    grouped = dict(views.grouped(kinds, "own"))
    assert grouped["Odd"] == ["=SUM(A1:A9)", "Line\nBreak Herald"]
    for view in ("apart", "matrix"):
        shown = texts(views.draw(analysis, snapshot, view=view, by="own", show=None, beside=None, own=OWN))
        assert "Even" in shown


def test_distances_stand_beside_those_of_the_outlet_s_own_articles(store: Path, snapshot: Snapshot) -> None:
    from dashboard.asking import request_of

    request = request_of(snapshot, {"piece": ["a00"]})
    assert request is not None
    analysis = make_context(store).ask(request).result
    rows = [{"measure": m, "outlet": "Morning Post Bag", "value": v, "floor": f}
            for m, v, f in (("naming", 0.2, 0.4), ("voices", 0.6, 0.1))]  # fmt: skip
    analysis.document["distances"] = rows
    shown = texts(distances(analysis))
    assert "0.40  · own articles 0.25" in shown
    assert "0.20  · own articles 0.40" in shown
    analysis.document["distances"] = [{"measure": "naming", "outlet": "x", "value": 0.3}]
    assert "not known" in texts(distances(analysis))


def test_the_parts_of_a_distance_are_the_whole_of_it(snapshot: Snapshot) -> None:
    found = pairs.drivers(snapshot, "Morning Post Bag", "大桥日报")
    assert [one.measure for one in found if one.value is not None]
    values = [one.value for one in found if one.value is not None]
    assert values == sorted(values, reverse=True)
    for one in found:
        if one.value:
            assert one.items["part"].sum() <= 1 + 1e-9
            assert (one.items["first"] != one.items["second"]).all()


def test_a_distance_is_the_map_s(snapshot: Snapshot) -> None:
    frame = chart_named("outlet-map").tidy(snapshot, {"measure": "voices"})
    pair = frame[(frame["source"] == "大桥日报") & (frame["item"] == "Morning Post Bag")]
    driver = next(one for one in pairs.drivers(snapshot, "Morning Post Bag", "大桥日报") if one.measure == "voices")
    assert driver.value == pytest.approx(float(pair["value"].iloc[0]))


def test_an_outlet_beside_itself_says_so(snapshot: Snapshot) -> None:
    assert "same outlet" in texts(outlets.apart(snapshot, "大桥日报", "大桥日报"))
    assert "Part of the distance" in texts(outlets.apart(snapshot, "大桥日报", "Morning Post Bag"))


def test_every_topic_is_in_one_theme_and_in_the_tree(snapshot: Snapshot) -> None:
    themes = themes_of(snapshot)
    assert sorted(t for _, topics in themes for t in topics) == [0, 1]
    tree = tree_of(snapshot)
    assert tree is not None
    assert sorted(tree.leaves) == [0, 1]
    frame = chart_named("topic-tree").tidy(snapshot)
    merge = frame[frame["left"] != ""].iloc[0]
    a, b = np.asarray(snapshot.array("topics"), float)
    assert merge["value"] == pytest.approx(np.linalg.norm(a / np.linalg.norm(a) - b / np.linalg.norm(b)))
    assert merge["n"] == snapshot.table("topics")["passages"].sum()
