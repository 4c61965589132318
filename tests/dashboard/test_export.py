"""Exports: every chart in every form, read back by readers that are not ours."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pypdf import PdfReader

from dashboard.export import DATA, FORMATS, Entry, basket, chart_bytes, export_chart, export_table, fonts, provenance
from dashboard.export import browser as browser_module
from dashboard.export import pictures as pictures_module
from dashboard.export.embed import read_provenance, sidecar_of
from dashboard.export.evidence import document_evidence, snapshot_evidence
from dashboard.export.tables import harmless
from dashboard.figures import ChartModule, all_charts, chart_named
from pipeline.errors import InputError, WorkError
from pipeline.snapshot import Snapshot
from tests.dashboard import handmade

CHARTS = all_charts()
FORMULA = "=SUM(A1:A9)"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return handmade.made_snapshot(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def frames(snapshot: Snapshot) -> dict[str, pd.DataFrame]:
    document = handmade.document()
    return {c.name: c.tidy(document if "document" in c.chart.takes else snapshot) for c in CHARTS}


@pytest.fixture(scope="module")
def said(snapshot: Snapshot) -> dict[str, Any]:
    return provenance(
        snapshot, chart="naming", title='What <it> is "called" & why', n=18, filters={"piece": "p1", "event": None},
        permalink="http://127.0.0.1:8050/?piece=p1",
    )  # fmt: skip


def check_said(path: Path, said: dict[str, Any]) -> None:
    found = read_provenance(path)
    assert {key: found[key] for key in said} == json.loads(json.dumps(said))
    for key in ("snapshot", "corpus_hash", "codebook_hash", "models", "libraries", "seed", "n", "date", "filters"):
        assert found[key] is not None
    assert found["models"]["encoder"]["hash"]


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c.name)
def test_a_picture_without_a_browser(
    chart: ChartModule, form: str, frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / f"chart.{form}"
    export_chart(chart, frames[chart.name], path, said, way="drawn", scale=1)
    look_at(path, said)
    assert read_provenance(path)["drawn"] == "matplotlib"
    check_said(path, said)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
@pytest.mark.usefixtures("chromium")
def test_a_picture_by_chromium(
    form: str, frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / f"chart.{form}"
    export_chart(chart_named("strips"), frames["strips"], path, said, way="browser", scale=2)
    look_at(path, said, scale=2)
    assert read_provenance(path)["drawn"] == "plotly in Chromium"
    check_said(path, said)


def look_at(path: Path, said: dict[str, Any], *, scale: int = 1) -> None:
    """Opens a picture with another reader: its size, its text, its fonts."""
    if path.suffix == ".png":
        with Image.open(path) as image:
            image.load()
            assert image.width == 900 * scale
            assert len(set(image.convert("RGB").resize((64, 64)).getdata())) > 3  # not blank
            assert json.loads(image.text["parallax"])["snapshot"] == said["snapshot"]  # type: ignore[attr-defined]
    elif path.suffix == ".svg":
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        texts = " ".join("".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text"))
        assert "What <it> is" in texts  # letters, not outlines
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert "@font-face" in root.findtext("{http://www.w3.org/2000/svg}style", "")
    else:
        reader = PdfReader(path)
        assert "What <it> is" in re.sub(r"\s+", " ", reader.pages[0].extract_text())
        assert json.loads(str((reader.metadata or {})["/Parallax"]))["snapshot"] == said["snapshot"]
        fonts: Any = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
        assert all(embedded(font.get_object()) for font in fonts.values())


def embedded(font: Any) -> bool:
    """Whether a PDF's font carries its outlines."""
    if font["/Subtype"] == "/Type3":
        return True
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return any(key in inner["/FontDescriptor"] for key in ("/FontFile", "/FontFile2", "/FontFile3"))


@pytest.mark.parametrize("form", [*DATA, "html"])
@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c.name)
def test_data_is_read_back_as_it_was(
    chart: ChartModule, form: str, frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path
) -> None:
    frame, path = frames[chart.name], tmp_path / f"data.{form}"
    export_chart(chart, frame, path, said)
    check_said(path, said)
    if form == "html":
        page = path.read_text(encoding="utf-8")
        assert "Plotly.newPlot" in page
        markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
        assert not re.search(r'(?:src|href)="', markup)
        assert "default-src 'none'" in markup  # whatever a script would fetch, the page refuses
        return
    values = read_values(path)
    assert [None if v is None else pytest.approx(v) for v in values["value"]] == [
        None if v != v else v for v in frame["value"]
    ]
    assert [int(n) for n in values["n"]] == frame["n"].tolist()


def read_values(path: Path) -> dict[str, list[Any]]:
    """value and n of a file, by a reader of its form; null where there is no value."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        return {"value": [float(r["value"]) if r["value"] else None for r in rows], "n": [r["n"] for r in rows]}
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path)["Data"]
        assert sheet.freeze_panes == "A2"
        header, *rows = sheet.iter_rows(values_only=True)
        return {name: [row[header.index(name)] for row in rows] for name in ("value", "n")}
    if path.suffix == ".parquet":
        table = pq.read_table(path).to_pydict()
        return {"value": [None if v is None or v != v else v for v in table["value"]], "n": table["n"]}
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return {name: [row[name] for row in rows] for name in ("value", "n")}


def test_csv_keeps_hard_names_and_runs_no_formula(
    frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    export_chart(chart_named("naming"), frames["naming"], path, said)
    text = path.read_bytes().decode("utf-8")
    assert text.splitlines()[0].count(",") == len(frames["naming"].columns) - 1
    assert "\r\n" in text
    found = set(pd.read_csv(path)["source"])
    expected = {harmless(name) for name in handmade.OUTLETS_GIVEN} | {"piece"}
    assert found == expected
    assert not any(str(value).startswith(("=", "@", "+")) for value in found)
    beside = json.loads(sidecar_of(path).read_text(encoding="utf-8"))
    assert [c["name"] for c in beside["tableSchema"]["columns"]] == list(frames["naming"].columns)


def test_xlsx_holds_a_formula_as_text(frames: dict[str, pd.DataFrame], said: dict[str, Any]) -> None:
    data = chart_bytes(chart_named("naming"), frames["naming"], "xlsx", said)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for row in book["Data"].iter_rows() for cell in row if cell.value == FORMULA]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)
    value = next(c for c in book["Data"][1] if c.value == "value").column
    assert all(isinstance(book["Data"].cell(r, value).value, float | int | None) for r in range(2, 8))
    assert "Notes" in book.sheetnames


def test_a_changed_csv_is_noticed(frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    export_chart(chart_named("naming"), frames["naming"], path, said)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(InputError, match="changed"):
        read_provenance(path)
    sidecar_of(path).unlink()
    with pytest.raises(InputError, match="beside it"):
        read_provenance(path)


@pytest.mark.parametrize("form", [f for f in FORMATS if f != "csv"])
def test_a_strangers_file_says_nothing(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"other.{form}"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40 if form == "png" else b"<svg></svg>")
    with pytest.raises(InputError, match="says nothing"):
        read_provenance(path)


@pytest.mark.parametrize(("name", "what"), [("a.gif", "unknown ending"), ("a", "no ending"), (".", "folder")])
def test_a_file_of_no_known_form_is_refused(
    name: str, what: str, frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=what):
        export_chart(chart_named("naming"), frames["naming"], tmp_path / name, said)
    assert not list(tmp_path.iterdir())


def test_a_file_that_exists_is_kept(frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        export_chart(chart_named("naming"), frames["naming"], path, said)
    assert path.read_text(encoding="utf-8") == "mine"
    export_chart(chart_named("naming"), frames["naming"], path, said, force=True)
    check_said(path, said)


@pytest.mark.parametrize(("code", "told"), [(28, "no room"), (13, "no right")])
def test_what_cannot_be_written_leaves_nothing(
    code: int, told: str, frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(_: int) -> None:
        raise OSError(code, "as a full or forbidding disk would")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WorkError, match=told):
        export_chart(chart_named("naming"), frames["naming"], tmp_path / "a.csv", said)
    assert not list(tmp_path.iterdir())


def test_without_chromium_the_choice_falls_on_the_other_way(
    frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (browser_module, pictures_module):
        monkeypatch.setattr(module, "browser_path", lambda: None)
    path = tmp_path / "a.png"
    export_chart(chart_named("naming"), frames["naming"], path, said)
    assert read_provenance(path)["drawn"] == "matplotlib"
    with pytest.raises(WorkError, match="install Chromium"):
        chart_bytes(chart_named("naming"), frames["naming"], "png", said, way="browser")


def test_a_picture_says_which_letters_it_lacks(
    frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.svg"
    monkeypatch.setattr(fonts, "families", lambda _: ["DejaVu Sans"])  # has Arabic, and no Chinese
    export_chart(chart_named("naming"), frames["naming"], path, said, way="drawn")
    assert read_provenance(path)["missing_fonts"] == [
        "Chinese, Japanese, Korean (on Debian: apt-get install fonts-noto-cjk)"
    ]
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    texts = " ".join("".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "no font here has letters of Chinese" in texts
    assert "大桥日报" in texts  # the name itself is whole: only its shapes are missing here


def test_where_nothing_can_draw_it_says_what_to_install(
    frames: dict[str, pd.DataFrame], said: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any, **__: Any) -> bytes:
        raise ImportError("No module named 'matplotlib'")

    monkeypatch.setattr(pictures_module, "browser_path", lambda: None)
    monkeypatch.setattr(pictures_module, "drawn_picture", gone)
    with pytest.raises(WorkError, match=r"apt-get install chromium.*pip install matplotlib"):
        chart_bytes(chart_named("naming"), frames["naming"], "svg", said)


@pytest.mark.parametrize(("width", "scale"), [(100, 1.0), (900, 99.0), (4000, 8.0)])
def test_a_size_that_cannot_be_is_refused(
    width: int, scale: float, frames: dict[str, pd.DataFrame], said: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        chart_bytes(chart_named("naming"), frames["naming"], "png", said, width=width, scale=scale, way="drawn")


@pytest.mark.parametrize("form", FORMATS)
def test_no_data_is_written_too(
    form: str, said: dict[str, Any], frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    path = tmp_path / f"empty.{form}"
    export_chart(chart_named("naming"), frames["naming"].iloc[:0], path, said, way="drawn", scale=1)
    check_said(path, said)


def test_five_hundred_outlets_fit_a_picture(said: dict[str, Any]) -> None:
    chart = chart_named("strips")
    data = chart_bytes(chart, chart.tidy(handmade.document(500)), "png", said, way="drawn", scale=1)
    assert struct.unpack(">II", data[16:24])[0] == 900


def test_a_basket_holds_a_folder_a_chart(
    frames: dict[str, pd.DataFrame], said: dict[str, Any], tmp_path: Path
) -> None:
    entries = [Entry(chart_named(name), frames[name], said) for name in ("naming", "voices")]
    archive = zipfile.ZipFile(io.BytesIO(basket(entries, ("svg", "csv"), way="drawn")))
    assert sorted(archive.namelist()) == [
        "01-naming/naming.csv", "01-naming/naming.csv-metadata.json", "01-naming/naming.svg",
        "02-voices/voices.csv", "02-voices/voices.csv-metadata.json", "02-voices/voices.svg", "CONTENTS.txt",
    ]  # fmt: skip
    archive.extractall(tmp_path)
    check_said(tmp_path / "01-naming" / "naming.csv", said)


def test_evidence_slices_its_articles(snapshot: Snapshot, said: dict[str, Any], tmp_path: Path) -> None:
    frame = snapshot_evidence(snapshot, event="e1")
    texts = snapshot.table("articles").set_index("article")["text"]
    assert len(frame)
    assert all(texts[row.article][row.start : row.end] == row.text for row in frame.itertuples())
    assert all(row.text in row.sentence for row in frame.itertuples())
    export_table(frame, tmp_path / "e.xlsx", said)
    with pytest.raises(InputError, match="no outlet"):
        snapshot_evidence(snapshot, outlets=["Nobody"])
    assert set(document_evidence(handmade.document())["source"]) >= {"piece"}
