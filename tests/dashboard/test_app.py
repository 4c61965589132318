"""The dashboard as an app: pages, headers, two in one process, hostile texts, links that restore a view."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from dashboard.asking import request_of
from dashboard.behind import behind
from dashboard.context import Analysis, Context
from dashboard.pages import _compare_views as views
from dashboard.pages import all_pages
from dashboard.views import evidence, reading
from pipeline.errors import WorkError
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import OUTLETS_GIVEN, made_snapshot
from tests.dashboard.pagekit import analyse, as_json, make_context, parts, texts

HOSTILE = (
    '<script>window.hacked=1</script> **bold** <img src=x onerror="window.hacked=1"> \x00\x1b[31m ' + "w" * 100_000
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("store"))
    made_snapshot(folder)
    return folder


@pytest.fixture(scope="module")
def context(store: Path) -> Context:
    return make_context(store)


@pytest.fixture(scope="module")
def snapshot(context: Context) -> Snapshot:
    return context.snapshot(None)


@pytest.fixture(scope="module")
def analysis(context: Context, snapshot: Snapshot) -> Analysis:
    request = request_of(snapshot, {"piece": ["a00"]})
    assert request is not None
    found: Analysis = context.ask(request).result
    return found


def route(app: Any, path: str, search: str = "", held: str | None = None) -> dict[str, Any]:
    """What the router answers for an address."""
    outputs = ("shell-page.children", "shell-snapshot.data", "shell-nav.children", "shell-about.children",
               "shell-notice.children", "shell-title.data", "shell-written.data", "shell-fault.children")  # fmt: skip
    listed = [dict(zip(("id", "property"), name.split("."), strict=True)) for name in outputs]
    body = {
        "output": f"..{'...'.join(outputs)}..",
        "outputs": listed,
        "inputs": [{"id": "shell-address", "property": "pathname", "value": path},
                   {"id": "shell-address", "property": "search", "value": search}],
        "state": [{"id": "shell-snapshot", "property": "data", "value": held},
                  {"id": "shell-written", "property": "data", "value": None}],
        "changedPropIds": ["shell-address.pathname"],
    }  # fmt: skip
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text[:500]
    found: dict[str, Any] = json.loads(answer.text)["response"]
    return found


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_every_page_is_drawn_with_one_main_heading(page: Any, context: Context, snapshot: Snapshot) -> None:
    drawn = page.layout(context, snapshot, {})
    assert sum(part["type"] == "H1" for part in parts(drawn)) == 1


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_the_ids_of_a_page_carry_its_name(page: Any, context: Context, snapshot: Snapshot) -> None:
    ids = [part["props"]["id"] for part in parts(page.layout(context, snapshot, {})) if "id" in part["props"]]
    anchors = {"general", "corpus"} | {i for i in ids if i.startswith("measure-")}
    assert [i for i in ids if not i.startswith(f"{page.name}-") and i not in anchors] == []
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_whatever_the_address_says_a_page_is_drawn(page: Any, context: Context, snapshot: Snapshot) -> None:
    odd = {k: ["<x>"] for k in ("event", "topic", "outlet", "quantity", "item", "step", "view", "ground", "piece")}
    assert texts(page.layout(context, snapshot, odd))


def test_nothing_is_ever_taken_for_markup(context: Context, snapshot: Snapshot, analysis: Analysis) -> None:
    drawn = [page.layout(context, snapshot, {}) for page in all_pages()]
    drawn += [views.draw(analysis, snapshot, view=v, by="kind", show=None, beside=None)
              for v in ("apart", "matrix", "omitted", "reading")]  # fmt: skip
    for component in drawn:
        assert "dangerously" not in as_json(component)
        assert not any(part["type"] in ("Markdown", "Script", "Iframe") for part in parts(component))


def test_a_hostile_text_is_shown_as_it_is(context: Context, snapshot: Snapshot) -> None:
    key = context.pieces.keep(HOSTILE, title=HOSTILE[:60])
    request = request_of(snapshot, {"text": [key]})
    assert request is not None
    found: Analysis = context.ask(request).result
    drawn = views.draw(found, snapshot, view="reading", by="kind", show=None, beside=None)
    assert "<script>window.hacked=1</script>" in texts(drawn)
    assert len(texts(drawn)) < 3 * reading.LONGEST


@pytest.mark.parametrize("view", ["apart", "matrix", "omitted", "reading"])
@pytest.mark.parametrize("by", ["kind", "country", "none"])
def test_every_view_of_a_comparison_is_drawn(analysis: Analysis, snapshot: Snapshot, view: str, by: str) -> None:
    assert texts(views.draw(analysis, snapshot, view=view, by=by, show=None, beside=None))


def test_the_matrix_has_every_outlet_and_a_figure_opens_its_sentences(analysis: Analysis, snapshot: Snapshot) -> None:
    drawn = views.draw(analysis, snapshot, view="matrix", by="none", show=None, beside=None)
    shown = texts(drawn)
    assert all(outlet in shown for outlet in OUTLETS_GIVEN)
    values = {part["props"].get("data-value") for part in parts(drawn)}
    assert "naming|eyesore" in values
    assert "naming|eyesore@Morning Post Bag" in values


def test_the_sentences_of_both_sides_are_marked(context: Context, analysis: Analysis, snapshot: Snapshot) -> None:
    mine = behind(context, analysis, snapshot, "naming|eyesore", snapshot.table("articles"))
    panel = evidence.panel(analysis, snapshot, "naming|eyesore", mine, first="Morning Post Bag")
    marks = [part for part in parts(panel) if part["type"] == "Mark"]
    assert len(marks) == 3
    assert "own voice" in texts(panel)


def test_words_are_found_when_a_reader_asks(context: Context, analysis: Analysis, snapshot: Snapshot) -> None:
    found = behind(context, analysis, snapshot, "keyness|eyesore", snapshot.table("articles"))
    assert {text.casefold() for text in found["text"]} == {"eyesore"}
    assert "piece" in set(found["source"])


def test_a_piece_in_another_language_has_no_figures(analysis: Analysis, snapshot: Snapshot) -> None:
    piece = {**analysis.document["piece"], "measured": False, "language": "fr"}
    foreign = Analysis(analysis.request, {**analysis.document, "piece": piece}, analysis.text)
    shown = texts(views.draw(foreign, snapshot, view="apart", by="kind", show=None, beside=None))
    assert "not measured" in shown


def test_two_dashboards_in_one_process_show_their_own_data(store: Path, tmp_path: Path) -> None:
    made_snapshot(tmp_path, corpus="other-bridge")
    first = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    second = create_app(tmp_path, "other-bridge", Settings(store=tmp_path), analyse=analyse)
    one, two = route(first, "/events"), route(second, "/events")
    assert one["shell-snapshot"]["data"] != two["shell-snapshot"]["data"]
    assert route(first, "/events")["shell-snapshot"] == one["shell-snapshot"]


def test_the_reader_keeps_the_snapshot_until_another_is_asked_for(tmp_path: Path) -> None:
    old = made_snapshot(tmp_path)
    app = create_app(tmp_path, "bridge", Settings(store=tmp_path), analyse=analyse)
    new = made_snapshot(tmp_path)
    assert route(app, "/", held=old.id)["shell-snapshot"]["data"] == old.id
    assert route(app, "/")["shell-snapshot"]["data"] == new.id
    assert route(app, "/", f"?snapshot={old.id}", held=new.id)["shell-snapshot"]["data"] == old.id


def test_a_link_to_a_snapshot_that_is_gone_says_so(store: Path) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    found = route(app, "/", "?snapshot=20200101T000000000000Z")
    assert "no snapshot" in texts(found["shell-page"]["children"])


def test_an_address_without_a_page_says_so(store: Path) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    assert "no such page" in texts(route(app, "/nowhere")["shell-page"]["children"])


def test_the_corpus_s_notice_stands_on_every_page(store: Path) -> None:
    app = create_app(store, "bridge", Settings(store=store), analyse=analyse)
    for page in all_pages():
        assert "Invented texts." in texts(route(app, page.path)["shell-notice"]["children"])


def test_no_answer_waits_for_itself(store: Path) -> None:
    # Dash holds back what a reader asks for while a callback is under way whose outputs lead to its own inputs.
    asked = create_app(store, "bridge", Settings(store=store)).server.test_client().get("/_dash-dependencies").json
    assert asked
    after = TopologicalSorter[str]()
    for callback in asked:
        inputs = [f"{i['id']}.{i['property']}" for i in callback["inputs"]]
        for output in callback["output"].strip(".").split("..."):
            after.add(output.partition("@")[0], *inputs)
    after.prepare()  # raises CycleError, which names the circle


def test_answers_carry_the_headers_that_keep_a_page_to_itself(store: Path) -> None:
    client = create_app(store, "bridge", Settings(store=store), analyse=analyse).server.test_client()
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert '<html lang="en">' in client.get("/").text
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", client.get("/").text)


def test_health_and_readiness(store: Path, tmp_path: Path) -> None:
    full = create_app(store, "bridge", Settings(store=store), analyse=analyse).server.test_client()
    empty = create_app(tmp_path, "bridge", Settings(store=tmp_path), analyse=analyse).server.test_client()
    assert (full.get("/healthz").status_code, full.get("/readyz").status_code) == (200, 200)
    assert (empty.get("/healthz").status_code, empty.get("/readyz").status_code) == (200, 503)
    assert (full.get("/metrics").status_code, full.get("/metrics").mimetype) == (200, "text/plain")
    assert "parallax refresh" in empty.get("/readyz").text


def damage(folder: Path, name: str) -> None:
    """As a disk does that lost the end of a file."""
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: len(data) // 2])


def test_where_the_newest_snapshot_is_damaged_yesterdays_is_shown(tmp_path: Path) -> None:
    yesterday, today = made_snapshot(tmp_path), made_snapshot(tmp_path)
    for name in ("evidence.parquet", "by_article/evidence.arrow"):
        damage(today.folder, name)
    client = create_app(tmp_path, "bridge", Settings(store=tmp_path), analyse=analyse).server.test_client()
    for _ in range(2):
        assert client.get("/readyz").text == f"ready {yesterday.id}\n"
        assert client.get("/api/v1/outlets").headers["ETag"].startswith(f'"{yesterday.id}-')
    asked_for = client.get(f"/api/v1/evidence?snapshot={today.id}")
    assert asked_for.status_code == 503
    assert "is damaged; run a refresh" in asked_for.text
    tomorrow = made_snapshot(tmp_path)
    assert client.get("/readyz").text == f"ready {tomorrow.id}\n"


def test_where_no_snapshot_can_be_read_it_is_not_ready_and_says_why(tmp_path: Path) -> None:
    only = made_snapshot(tmp_path)
    served = create_app(tmp_path, "bridge", Settings(store=tmp_path), analyse=analyse).server.test_client()
    assert served.get("/readyz").status_code == 200
    damage(only.folder, "refresh.parquet")
    later = create_app(tmp_path, "bridge", Settings(store=tmp_path), analyse=analyse).server.test_client()
    assert later.get("/readyz").status_code == 503
    assert "refresh.parquet is not what was published): run `parallax refresh`" in later.get("/readyz").text
    shutil.rmtree(only.folder)
    for client in (served, later):
        assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)


def test_what_is_too_large_never_reaches_a_page(store: Path) -> None:
    client = create_app(store, "bridge", Settings(store=store), analyse=analyse).server.test_client()
    answer = client.post("/_dash-update-component", data=b"x" * (9 * 2**20), content_type="application/json")
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_chart_s_data_is_to_be_had_by_its_address(store: Path, form: str) -> None:
    client = create_app(store, "bridge", Settings(store=store), analyse=analyse).server.test_client()
    whole, piece = client.get(f"/take/naming.{form}"), client.get(f"/take/strips.{form}?piece=a00")
    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "attachment" in piece.headers["Content-Disposition"]
    assert client.get("/take/nothing.csv").status_code == 400
    assert client.get("/take/strips.exe?piece=a00").status_code == 400


def test_opening_without_any_snapshot_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="parallax refresh"):
        make_context(tmp_path).snapshot(None)


def test_serving_loads_no_model_library(store: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from dashboard.app import create_app; from pipeline.settings import Settings\n"
        f"store = Path({str(store)!r}); app = create_app(store, 'bridge', Settings(store=store))\n"
        "app.server.test_client().get('/')\n"
        "heavy = ('torch', 'bertopic', 'sentence_transformers', 'transformers', 'umap')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("path", "asks"),
    [("/", r'<link rel="prefetch" as="script" href="([^"]+)">'), ("/topics", r'<script async [^>]*src="([^"]+)">')],
)
def test_what_draws_charts_is_asked_for_beforehand_where_it_is(store: Path, path: str, asks: str) -> None:
    client = create_app(store, "bridge", Settings(store=store)).server.test_client()
    answers = [client.get(address) for address in re.findall(asks, client.get(path).text)]
    assert {(answer.status_code, answer.mimetype) for answer in answers} == {(200, "text/javascript")}
    assert b"Plotly" in answers[0].data
    assert all(answer.cache_control.max_age for answer in answers)
