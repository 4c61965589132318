"""Taking away from the dashboard: files by address, tables by name, the basket, the whole view, permalinks."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pandas as pd
import pytest
from flask.testing import FlaskClient

from dashboard import address, basket
from dashboard.app import create_app
from dashboard.context import Context
from dashboard.export import DATA, Entry, entry_bytes, provenance
from dashboard.export.embed import read_provenance
from dashboard.export.evidence import with_sentences
from dashboard.export.listed import all_tables, named
from dashboard.figures import TableModule, all_charts
from dashboard.links import permalink
from dashboard.pages import all_pages
from dashboard.taking import MOST
from pipeline.cli.refreshing import verify_command
from pipeline.errors import InputError, WorkError
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot, open_snapshot
from tests.dashboard import handmade
from tests.dashboard.pagekit import analyse, make_context, parts

TABLES = all_tables()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("store"))
    handmade.made_snapshot(folder)
    return folder


@pytest.fixture(scope="module")
def snapshot(store: Path) -> Snapshot:
    return open_snapshot(store, "bridge")


@pytest.fixture(scope="module")
def context(store: Path) -> Context:
    return make_context(store)


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    return create_app(store, "bridge", Settings(store=store), analyse=analyse).server.test_client()


def rows_of(table: TableModule, snapshot: Snapshot) -> pd.DataFrame:
    document = with_sentences(handmade.document(), snapshot, handmade.PIECE_TEXT)
    return table.tidy(snapshot if "snapshot" in table.chart.takes else document)


def test_charts_and_tables_have_names_of_their_own() -> None:
    names = [module.name for module in (*all_charts(), *TABLES)]
    assert len(names) == len(set(names))
    with pytest.raises(InputError, match=r"give one of: .*naming.*evidence"):
        named("nothing")


@pytest.mark.parametrize("form", DATA)
@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_table_can_be_had_in_every_form(table: TableModule, form: str, snapshot: Snapshot) -> None:
    frame = rows_of(table, snapshot)
    said = provenance(snapshot, chart=table.name, title=table.chart.title, n=len(frame))
    data = io.BytesIO(entry_bytes(Entry(table, frame, said), form))
    if form == "csv":
        found = pd.read_csv(data)
    elif form == "xlsx":
        assert openpyxl.load_workbook(data)["Data"].freeze_panes == "A2"
        found = pd.read_excel(data, sheet_name="Data")
    elif form == "parquet":
        found = pd.read_parquet(data)
    else:
        found = pd.DataFrame(json.load(data)["rows"], columns=frame.columns)
    assert list(found.columns) == list(frame.columns)
    assert len(found) == len(frame)


def test_a_table_has_no_picture(snapshot: Snapshot) -> None:
    table = named("events")
    with pytest.raises(InputError, match="is a table"):
        entry_bytes(Entry(table, rows_of(table, snapshot), {}), "png")


def test_the_evidence_of_a_comparison_has_its_sentences(snapshot: Snapshot) -> None:
    document = with_sentences(handmade.document(), snapshot, handmade.PIECE_TEXT)
    frame = named("evidence").tidy(document, {"measure": "naming", "item": "eyesore", "outlet": "piece"})
    (row,) = frame.to_dict("records")
    assert (row["text"], row["sentence"]) == ("eyesore", handmade.PIECE_TEXT[:26])
    assert handmade.PIECE_TEXT[row["start"] : row["end"]] == row["text"]
    assert (row["title"], row["date"], row["voice"]) == ("The eyesore on the river", "2024-05-07", "own")


def test_a_file_of_an_address_says_where_it_comes_from(client: FlaskClient, store: Path, tmp_path: Path) -> None:
    newest = open_snapshot(store, "bridge").id
    for form in (*DATA, "svg", "html"):
        answer = client.get(f"/take/naming.{form}?piece=a00&concept=the+bridge")
        assert answer.status_code == 200, answer.text
        assert f'filename="parallax-naming.{form}"' in answer.headers["Content-Disposition"]
        path = tmp_path / f"parallax-naming.{form}"
        path.write_bytes(answer.data)
        if form == "csv":
            notes = answer.headers["Link"].partition(">")[0].removeprefix("<")
            (tmp_path / "parallax-naming.csv-metadata.json").write_bytes(client.get(f"/take/{notes}").data)
        said = read_provenance(path)
        assert said["filters"] == {"piece": "a00", "concept": "the bridge"}
        link = urlsplit(said["permalink"])
        assert address.read(link.query) == {"piece": ["a00"], "snapshot": [newest]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/take/naming.gif", 400), ("/take/nothing.png", 400), ("/take/events.png", 400), ("/take/strips.csv", 400),
        ("/take/naming.csv?snapshot=none", 400), ("/take/naming.png?scale=big", 400),
        ("/take/naming.png?width=9", 400),
        ("/take/strips.csv?piece=none", 400), ("/report.txt?piece=a00", 400), ("/report.html", 400),
        ("/basket.zip", 400), ("/basket.zip?take=naming", 400), ("/basket.zip?take=nothing&form=csv", 400),
        ("/take/naming.csv?" + "&".join("a=1" for _ in range(300)), 200),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_in_words(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.text.strip()
    if status == 400:
        assert answer.mimetype == "text/plain"
        assert "; " in answer.text  # what is wrong, and the remedy


def test_a_zip_holds_charts_tables_and_reports(client: FlaskClient, tmp_path: Path) -> None:
    things = ["naming?event=e1", "events", "report?piece=a00"]
    asked = address.write({"take": things, "form": ["svg", "csv", "html"]})
    answer = client.get(f"/basket.zip{asked}")
    assert answer.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == [
        "01-naming/naming.csv", "01-naming/naming.csv-metadata.json", "01-naming/naming.html",
        "01-naming/naming.svg", "02-events/events.csv", "02-events/events.csv-metadata.json", "CONTENTS.txt",
        "report-01.html",
    ]  # fmt: skip
    archive.extractall(tmp_path)
    assert read_provenance(tmp_path / "01-naming" / "naming.csv")["filters"] == {"event": "e1"}
    assert "01-naming: What it is called · event e1" in archive.read("CONTENTS.txt").decode("utf-8")


def test_the_basket_keeps_things_once_and_in_order() -> None:
    view = ["naming?event=e1", "topics"]
    assert basket.changed(["topics"], "add naming?a=b c", view) == ["topics", "naming?a=b c"]
    assert basket.changed(["topics"], "add-view", view) == ["topics", "naming?event=e1"]
    assert basket.changed(["topics", "events"], "drop topics", view) == ["events"]
    assert basket.changed(["topics"], "empty", view) == []
    with pytest.raises(InputError, match="at most"):
        basket.changed([f"events?event={i}" for i in range(MOST)], "add topics", [])


def test_the_basket_says_what_is_in_it() -> None:
    shown = basket.listed(["naming?event=e1&snapshot=x", "gone?a=1"], ["events"])
    words = json.dumps([list(parts(part)) for part in shown if part is not None], default=str)
    assert "What it is called" in words
    assert "event e1" in words
    assert 'no chart or table \\"gone\\"' in words
    assert "1 thing to take: The events" in words


@pytest.mark.parametrize("page", [p for p in all_pages() if p.name != "codebook"], ids=lambda p: p.name)
def test_every_page_says_what_can_be_taken(page: Any, context: Context, snapshot: Snapshot) -> None:
    """A chart's links come with the chart; a table's stand there at once. The codebook is a file of its own."""
    from dashboard.pages import _compare_views as views
    from dashboard.pages import outlets

    if page.name == "compare":
        analysis = context.finished(request(snapshot))
        drawn = [views.draw(analysis, snapshot, view=v, by="kind", show=None, beside=None)
                 for v in ("apart", "matrix", "omitted", "reading")]  # fmt: skip
    elif page.name == "outlets":
        drawn = [outlets.profile(snapshot, next(iter(handmade.OUTLETS_GIVEN)))]
    else:
        drawn = [page.layout(context, snapshot, {})]
    for view in drawn:
        props = [part["props"] for part in parts(view)]
        takes = [p["data-take"] for p in props if "data-take" in p]
        assert takes or any(str(p.get("id", "")).endswith("-take") for p in props)
        for thing in takes:
            name, _, query = thing.partition("?")
            assert name == "report" or named(name)
            assert "snapshot" in address.read(query)


def request(snapshot: Snapshot) -> Any:
    from dashboard.asking import request_of

    return request_of(snapshot, {"piece": ["a00"]})


def test_a_permalink_leads_where_the_thing_is_shown() -> None:
    base = "http://127.0.0.1:8050"
    for name, options, piece, expected in (
        ("naming", {"event": "e1"}, None, "/events?event=e1&snapshot=s"),
        ("naming", {}, None, "/trends?quantity=naming&snapshot=s"),
        ("trends", {"item": "x y"}, None, "/trends?item=x+y&snapshot=s"),
        ("omissions", {}, {"piece": ["a"], "wire": ["once"]}, "/?piece=a&snapshot=s&view=omitted"),
        ("strips", {}, {"text": "k", "against": ["A", "B"]}, "/?against=A&against=B&snapshot=s&text=k"),
    ):
        assert permalink(base, name, options, piece=piece, snapshot="s") == base + expected
    assert permalink(base, "strips", {}, piece={}, snapshot="s") is None  # a file that was never brought


def exported(client: FlaskClient, path: Path) -> Path:
    path.write_bytes(client.get(f"/take/naming{path.suffix}").data)
    return path


@pytest.mark.parametrize("form", ["json", "svg", "xlsx", "parquet", "html"])
def test_a_file_is_held_against_its_snapshot(
    form: str, client: FlaskClient, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = exported(client, tmp_path / f"a.{form}")
    verify_command(str(path), store=store, json=True, corpus=None)
    answer = json.loads(capsys.readouterr().out)
    assert answer["intact"]
    assert answer["file"]["chart"] == "naming"
    assert answer["checked"] == [
        {"corpus": "bridge", "snapshot": open_snapshot(store, "bridge").id, "there": True, "faults": []}
    ]
    with pytest.raises(WorkError, match=r"is not in .*empty; give another --store"):
        verify_command(str(path), store=tmp_path / "empty", json=False, corpus=None)


def test_a_faulty_snapshot_and_a_file_that_says_otherwise_are_told(tmp_path: Path) -> None:
    made = handmade.made_snapshot(tmp_path / "store")
    server = create_app(tmp_path / "store", "bridge", Settings(store=tmp_path / "store"), analyse=analyse).server
    path = exported(server.test_client(), tmp_path / "a.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["provenance"]["corpus_hash"] = "other"
    (tmp_path / "b.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(WorkError, match="the file says corpus_hash other"):
        verify_command(str(tmp_path / "b.json"), store=tmp_path / "store", json=False, corpus=None)
    damaged = made.folder / "events.parquet"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(WorkError, match="1 faults in snapshot"):
        verify_command(str(path), store=tmp_path / "store", json=False, corpus=None)
    with pytest.raises(InputError, match="no such file"):
        verify_command(str(tmp_path / "gone.png"), store=tmp_path / "store", json=False, corpus=None)
