"""Charts: each is drawn from both kinds of source, says so where there is nothing, and shows what is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.export.canvas import numbers
from dashboard.figures import COLUMNS, ChartModule, all_charts, chart_named
from dashboard.figures._labels import SIDES, _common, _places, sides
from dashboard.figures._ticks import day_ticks, ticks
from dashboard.figures.outlet_map import _scaled
from dashboard.figures.periods import newcombe
from dashboard.palette import DARK, KNOWN_KINDS, LIGHT, NO_KIND, PRINT, THEMES, Theme, kind_styles, marks
from dashboard.plotly_js import TRACES
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot
from tests.dashboard import handmade

EXPECTED = {
    "strips", "matrix", "naming", "credit", "voices", "omissions", "keyness", "events-timeline", "trends",
    "outlet-map", "topics", "periods", "topic-tree",
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return handmade.made_snapshot(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return handmade.document()


def sources(chart: ChartModule, snapshot: Snapshot, document: dict[str, Any]) -> list[Any]:
    return [{"document": document, "snapshot": snapshot}[form] for form in chart.chart.takes]


def test_every_chart_is_found_by_itself() -> None:
    assert {chart.name for chart in all_charts()} >= EXPECTED
    assert len({chart.name for chart in all_charts()}) == len(all_charts())


@pytest.mark.parametrize("chart", all_charts(), ids=lambda c: c.name)
def test_a_chart_has_tidy_data_and_a_plain_figure(
    chart: ChartModule, snapshot: Snapshot, document: dict[str, Any]
) -> None:
    for source in sources(chart, snapshot, document):
        frame = chart.tidy(source)
        assert set(COLUMNS) <= set(frame.columns)
        assert frame["n"].dtype == "int64"
        assert (frame.loc[frame["value"].isna(), "n"] == 0).all() or chart.name == "outlet-map"
        for theme in THEMES.values():
            figure = chart.figure(frame, theme=theme, width=800)
            assert isinstance(figure, dict)
            assert "template" not in figure["layout"]
            assert figure["layout"]["width"] == 800
            json.dumps(figure)  # plain values only
            assert {trace["type"] for trace in figure["data"]} <= TRACES


@pytest.mark.parametrize("chart", all_charts(), ids=lambda c: c.name)
def test_no_data_gives_a_picture_that_says_so(
    chart: ChartModule, snapshot: Snapshot, document: dict[str, Any]
) -> None:
    frame = chart.tidy(sources(chart, snapshot, document)[0]).iloc[:0]
    figure = chart.figure(frame)
    assert figure["data"] == []
    assert len(figure["layout"]["annotations"][0]["text"]) > 20


@pytest.mark.parametrize("chart", all_charts(), ids=lambda c: c.name)
def test_an_unknown_option_is_refused(chart: ChartModule, document: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="no option"):
        chart.tidy(document, {"nonsense": "1"})


def test_an_unknown_chart_lists_those_there_are() -> None:
    with pytest.raises(InputError, match="strips"):
        chart_named("pie")


@pytest.mark.parametrize("name", [c.name for c in all_charts() if "document" in c.chart.takes])
def test_five_hundred_outlets_are_drawn(name: str) -> None:
    many, chart = handmade.document(500), chart_named(name)
    figure = chart.figure(chart.tidy(many), width=900)
    assert 0 < figure["layout"]["height"] < 8000


def test_names_are_never_read_as_markup(document: dict[str, Any]) -> None:
    chart = chart_named("naming")
    labels = chart.figure(chart.tidy(document))["layout"]["yaxis"]["ticktext"]
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; Ampersand" in labels
    assert "Line Break Herald" in labels
    assert "大桥日报" in labels


def test_strips_carry_the_answers_values(document: dict[str, Any]) -> None:
    frame = chart_named("strips").tidy(document)
    for row in [r for r in document["rows"] if r["standout"] is not None]:
        mine = frame[(frame["quantity"] == row["measure"]) & (frame["item"] == row["item"])].set_index("source")
        assert mine.loc["piece", "value"] == row["piece"]["value"]
        for outlet, cell in row["outlets"].items():
            assert cell["value"] is None or mine.loc[outlet, "value"] == cell["value"]
            assert mine.loc[outlet, "n"] == cell["n"]


def test_strips_put_the_piece_where_its_value_is() -> None:
    one = handmade.document()
    one["rows"] = [handmade.row("naming", "eyesore", 0.75, [0.0, 0.25], concept="the bridge")]
    chart = chart_named("strips")
    traces = chart.figure(chart.tidy(one))["data"]
    diamond = next(t for t in traces if t.get("marker", {}).get("symbol") == "diamond")
    assert numbers(diamond["x"]) == pytest.approx([0.75])


def test_a_stack_of_shares_is_as_long_as_their_sum(document: dict[str, Any]) -> None:
    chart = chart_named("naming")
    bars = [t for t in chart.figure(chart.tidy(document))["data"] if t["type"] == "bar"]
    assert sum(float(numbers(bar["x"])[0]) for bar in bars) == pytest.approx(1.0)  # the piece's


@pytest.mark.parametrize("quantity", ["naming", "credit", "voices"])
def test_data_of_the_corpus_is_the_snapshots_profile(quantity: str, snapshot: Snapshot) -> None:
    frame = chart_named("matrix").tidy(snapshot, {"measure": quantity}).set_index(["source", "item"])
    profile = snapshot.table("profile")
    profile = profile[(profile["quantity"] == quantity) & (profile["n"] > 0)]
    assert len(frame) == len(profile) > 0
    for row in profile.itertuples():
        mine = frame.loc[(row.outlet, row.item)]
        assert (mine["value"], mine["low"], mine["high"], mine["n"]) == (row.value, row.low, row.high, row.n)


def test_trends_over_one_step_are_the_values_of_the_corpus(snapshot: Snapshot) -> None:
    options = {"quantity": "naming", "item": "eyesore", "step": "month"}
    frame = chart_named("trends").tidy(snapshot, options).set_index("source")
    whole = chart_named("naming").tidy(snapshot)
    whole = whole[whole["item"] == "eyesore"].set_index("source")
    assert frame["value"].to_dict() == pytest.approx(whole["value"].to_dict())


def test_an_event_narrows_the_articles(snapshot: Snapshot) -> None:
    whole, some = (chart_named("naming").tidy(snapshot, o)["n"].sum() for o in ({}, {"event": "e2"}))
    assert 0 < some < whole
    with pytest.raises(InputError, match="no event"):
        chart_named("naming").tidy(snapshot, {"event": "e9"})


def test_a_timeline_counts_each_article_once(snapshot: Snapshot) -> None:
    frame = chart_named("events-timeline").tidy(snapshot)
    assert frame["value"].sum() == snapshot.table("articles")["event"].notna().sum()


def test_the_map_keeps_distances() -> None:
    points = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0], [1.0, 1.0]])
    squared = ((points[:, None] - points[None]) ** 2).sum(-1)
    found = _scaled(squared)
    assert ((found[:, None] - found[None]) ** 2).sum(-1) == pytest.approx(squared)


@pytest.mark.parametrize(
    ("points", "widths", "edge"),
    [
        ([[0, 0], [14, 4], [30, -6], [8, 40]], [90, 120, 70, 100], np.inf),
        # Here none finds room as long as the others stay where they are: two have to move together.
        ([[20, 11], [12, -7], [22, -22], [4, 13]], [107, 82, 70, 64], 90),
        ([[6, 26], [-30, -3], [20, 15], [-6, -1]], [73, 82, 58, 102], 90),
    ],
)
def test_names_beside_near_marks_meet_neither_names_nor_marks(
    points: list[list[int]], widths: list[int], edge: float
) -> None:
    at = np.array(points, float)
    found = sides(at[:, 0], at[:, 1], widths, size=11, mark=11, within=(-edge, edge))
    names = [_places(p, w, 11, 5.5)[list(SIDES).index(s)] for p, w, s in zip(at, widths, found, strict=True)]
    every = np.array([*names, *np.hstack([at - 5.5, at + 5.5])])[:, None]
    common = _common(every[: len(at)], every)[:, 0, :, 0]
    own = np.arange(len(at))
    common[own, own] = common[own, own + len(at)] = 0
    assert not common.any()


def test_a_name_alone_stands_over_its_mark() -> None:
    assert sides([0], [0], [50], size=11, mark=11) == ["top center"]


def test_the_map_has_a_row_a_pair(snapshot: Snapshot) -> None:
    n = len(handmade.OUTLETS_GIVEN)
    assert len(chart_named("outlet-map").tidy(snapshot)) == n * (n + 1) // 2


def _linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _oklab(linear: np.ndarray) -> np.ndarray:
    cones = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    lab = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    out: np.ndarray = lab @ np.cbrt(cones @ np.clip(linear, 0, 1))
    return out


SIGHT = {  # Machado, Oliveira & Fernandes 2009, severity 1
    "all": np.eye(3),
    "protanopia": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]]),
    "deuteranopia": np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
    "tritanopia": np.array([[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]),
}


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=lambda t: t.name)
@pytest.mark.parametrize("sight", SIGHT)
def test_colours_of_kinds_keep_apart_for_all_readers(theme: Theme, sight: str) -> None:
    seen = [_oklab(SIGHT[sight] @ _linear(colour)) for colour in theme.kinds]
    apart = [float(np.linalg.norm(a - b)) for i, a in enumerate(seen) for b in seen[:i]]
    assert min(apart) >= 0.09


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=lambda t: t.name)
def test_colours_stand_out_from_the_paper(theme: Theme) -> None:
    def luminance(colour: str) -> float:
        return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])

    paper = luminance(theme.paper)
    for colour in (*theme.kinds, *theme.parts, theme.piece, theme.ink, theme.muted):
        low, high = sorted((luminance(colour), paper))
        assert (high + 0.05) / (low + 0.05) >= 3.0, colour


def test_a_kind_looks_the_same_whichever_others_are_shown() -> None:
    alone, among = kind_styles(["state"], LIGHT), kind_styles([*reversed(KNOWN_KINDS), None, "odd"], LIGHT)
    assert alone["state"] == among["state"]
    assert len({(s.colour, s.symbol) for s in among.values()}) == len(KNOWN_KINDS) + 2
    assert NO_KIND in marks([None])


def test_importing_the_charts_is_light(root: Path) -> None:
    for path in (root / "dashboard" / "figures").glob("*.py"):
        assert "plotly.graph_objects" not in path.read_text(encoding="utf-8")


def test_trends_by_a_reader_s_own_groups_and_with_events_marked(snapshot: Snapshot) -> None:
    options = {"quantity": "naming", "item": "eyesore", "by": "own", "events": "2", "step": "month",
               "groups": '{"East": ["Morning Post Bag", "=SUM(A1:A9)"]}'}  # fmt: skip
    frame = chart_named("trends").tidy(snapshot, options)
    assert set(frame["source"]) == {"East", "in no group"}
    assert set(frame["events"]) == {"1 2024-05-05 The bridge opens; 2 2024-05-05 The budget, again"}
    drawn = chart_named("trends").figure(frame, theme=LIGHT)
    assert len(drawn["layout"]["shapes"]) == 2
    assert sum(note["text"] == "1, 2" for note in drawn["layout"]["annotations"]) == 2


def test_two_periods_are_the_values_of_their_articles(snapshot: Snapshot) -> None:
    options = {"quantity": "naming", "item": "eyesore", "first": "2024-05-05/2024-05-13",
               "second": "2024-05-13/2024-05-13"}  # fmt: skip
    frame = chart_named("periods").tidy(snapshot, options)
    whole = chart_named("naming").tidy(snapshot)
    whole = whole[whole["item"] == "eyesore"].set_index("source")
    first = frame[(frame["period"] == "first") & (frame["n"] > 0)].set_index("source")
    assert first["value"].to_dict() == pytest.approx(whole["value"].to_dict())
    second = frame[frame["period"] == "second"].set_index("source")
    some = second[second["difference"].notna()]
    assert len(some)
    assert (some["difference"] == some["value"] - first["value"].reindex(some.index)).all()
    assert ((some["difference_low"] <= some["difference"]) & (some["difference"] <= some["difference_high"])).all()


def test_periods_that_are_counted_together_have_the_values_of_each_alone(snapshot: Snapshot) -> None:
    early, late = "2024-05-01/2024-05-06", "2024-05-07/2024-05-31"

    def values(first: str, second: str, period: str) -> list[list[Any]]:
        options = {"quantity": "naming", "item": "eyesore", "first": first, "second": second}
        frame = chart_named("periods").tidy(snapshot, options)
        assert frame["difference"].dtype == "float64"
        rows = frame.loc[frame["period"] == period, ["source", "value", "low", "high", "n"]]
        return rows.fillna(-1).to_numpy().tolist()

    assert values(early, late, "first") == values(early, early, "first")
    assert values(early, late, "second") == values(late, late, "second")
    assert values(early, late, "first") != values(early, late, "second")


def test_a_difference_has_newcombe_s_interval() -> None:
    """The first example of Newcombe (1998): 56 of 70 less 48 of 80, by his method 10."""
    first = {"value": 48 / 80, "low": 0.4904, "high": 0.7004}
    second = {"value": 56 / 70, "low": 0.6920, "high": 0.8775}
    assert newcombe(first, second) == pytest.approx((0.2, 0.0524, 0.3339), abs=2e-3)


@pytest.mark.parametrize("period", ["yesterday", "2024-05-05", "2024-05-09/2024-05-05", "2024-05-05/2024-05-06/x"])
def test_a_period_that_is_none_is_refused(snapshot: Snapshot, period: str) -> None:
    with pytest.raises(InputError):
        chart_named("periods").tidy(snapshot, {"first": period})


def test_the_matrix_of_all_shows_each_measure_under_its_name(document: dict[str, Any], snapshot: Snapshot) -> None:
    chart = chart_named("matrix")
    for source in (document, snapshot):
        frame = chart.tidy(source, {"measure": "all"})
        assert (frame["quantity"] == frame["family"]).all()
        assert len(set(frame["quantity"])) > 3
        figure = chart.figure(frame, width=900)
        notes = " ".join(note["text"] for note in figure["layout"]["annotations"])
        assert all(f"<b>{title}</b>" in notes for title in frame["title"].unique())
        rows = numbers(figure["data"][0]["z"])
        assert np.nanmax(np.abs(rows)) <= 1  # beside the row's largest
        assert np.isnan(rows).all(1).sum() == frame["quantity"].nunique()  # the lines of names


def test_the_matrix_of_one_measure_says_which(document: dict[str, Any]) -> None:
    chart = chart_named("matrix")
    for measure in ("credit", "emphasis"):
        notes = chart.figure(chart.tidy(document, {"measure": measure}))["layout"]["annotations"]
        assert notes[0]["text"].startswith(f"<b>{measure}</b>")


def test_the_matrix_writes_values_in_the_ink_that_is_read_more_easily(document: dict[str, Any]) -> None:
    for theme in THEMES.values():
        figure = chart_named("matrix").figure(chart_named("matrix").tidy(document), theme=theme, width=1400)
        texts = figure["data"][1]
        assert set(texts["textfont"]["color"]) == {"#ffffff", "#000000"}
        assert len(texts["text"]) == len(texts["textfont"]["color"])


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [(-3, 3, "−3 −2 −1 0 1 2 3"), (0, 1.7, "0 0.5 1 1.5"), (0, 45, "0 10 20 30 40"), (0.01, 0.02, None)],
)
def test_axes_are_marked_at_round_numbers(low: float, high: float, texts: str | None) -> None:
    found = ticks(low, high)
    assert texts is None or found["ticktext"] == texts.split()
    assert 2 <= len(found["tickvals"]) <= 7
    assert all(low <= value <= high for value in found["tickvals"])


@pytest.mark.parametrize("days", [1, 3, 9, 40, 200, 900, 9000])
def test_axes_are_marked_at_days_the_first_with_its_year(days: int) -> None:
    start = np.datetime64("2024-12-27T12:00")
    found = day_ticks(str(start), str(start + np.timedelta64(days, "D")))
    assert 1 <= len(found["tickvals"]) <= 6
    assert found["ticktext"][0].endswith(f"<br>{found['tickvals'][0][:4]}")
    assert all("<br>" not in text or text[-4:] == day[:4] for day, text in zip(*found.values(), strict=True))


def test_a_strip_claims_nothing_of_a_piece_without_a_value(document: dict[str, Any]) -> None:
    rows = [handmade.row("portrayal", "builder", value, [0.5], label="the builder", title="Sentiment")
            for value in (None, 0.5, 0.9)]  # fmt: skip
    frame = chart_named("strips").tidy({**document, "rows": rows}, {"measure": "portrayal"})
    said = frame.groupby("row")["headline"].first().tolist()
    assert said[:2] == ["Sentiment: the builder"] * 2
    assert said[2] != said[0]


def test_what_moves_and_who_is_who_are_said(document: dict[str, Any], snapshot: Snapshot) -> None:
    moves = chart_named("trends")
    frame = moves.tidy(snapshot)
    assert any(str(frame["label"].iloc[0]) in note["text"] for note in moves.figure(frame)["layout"]["annotations"])
    credit = chart_named("credit")
    figure = credit.figure(credit.tidy(document))
    named = {trace["name"] for trace in figure["data"] if trace.get("showlegend")}
    assert figure["layout"]["showlegend"]
    assert {"this piece", *(kind for kind in handmade.OUTLETS_GIVEN.values() if kind)} <= named
