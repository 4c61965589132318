"""One figure, wherever it leaves: in every form of data, in the API and in the report it is the snapshot's."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.figures import chart_named
from dashboard.numbers import number
from dashboard.report import report_bytes
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot, open_snapshot
from tests.dashboard import handmade
from tests.dashboard.pagekit import analyse

Figures = dict[tuple[str, str], tuple[Any, ...]]  # (outlet, item) → value, low, high, n
FORMS = ("csv", "xlsx", "parquet", "json", "api")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("store"))
    handmade.made_snapshot(folder)
    return folder


@pytest.fixture(scope="module")
def snapshot(store: Path) -> Snapshot:
    return open_snapshot(store, "bridge")


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    return create_app(store, "bridge", Settings(store=store), analyse=analyse).server.test_client()


def figures(rows: Any) -> Figures:
    """Rows by outlet and item; null where there is no value."""
    return {
        (str(row["source"]).removeprefix("'"), str(row["item"])): tuple(
            None if row[k] in (None, "") or math.isnan(float(row[k])) else float(row[k])
            for k in ("value", "low", "high", "n")
        )
        for row in rows
    }


def taken(client: FlaskClient, form: str, query: str) -> Figures:
    """The figures of the matrix as they leave in a form."""
    if form == "api":
        return figures(client.get(f"/api/v1/charts/matrix{query}").get_json()["rows"])
    data = client.get(f"/take/matrix.{form}{query}").data
    if form == "csv":
        return figures(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    if form == "xlsx":
        header, *rows = openpyxl.load_workbook(io.BytesIO(data))["Data"].iter_rows(values_only=True)
        return figures(dict(zip(header, row, strict=True)) for row in rows)
    if form == "parquet":
        return figures(pq.read_table(io.BytesIO(data)).to_pylist())
    return figures(json.loads(data)["rows"])


def assert_equal(found: Figures, expected: Figures, form: str) -> None:
    """To the last bit; a sheet keeps 15 digits, as the programs that open it do."""
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == (sheet(values) if form == "xlsx" else values)


def sheet(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(None if value is None else pytest.approx(value, rel=1e-14) for value in values)


def published(snapshot: Snapshot, quantity: str) -> Figures:
    """The figures as the refresh published them: read from the file, not through our reader."""
    table = pd.read_parquet(snapshot.folder / "profile.parquet")
    table = table[(table["quantity"] == quantity) & (table["n"] > 0)].rename(columns={"outlet": "source"})
    return figures(table.to_dict("records"))


@pytest.mark.parametrize("form", FORMS)
def test_the_corpus_in_every_form(form: str, snapshot: Snapshot, client: FlaskClient) -> None:
    quantities = sorted(set(snapshot.table("profile")["quantity"]))
    assert {"naming", "credit", "voices"} <= set(quantities)
    for quantity in quantities:
        assert_equal(taken(client, form, f"?measure={quantity}"), published(snapshot, quantity), form)


@pytest.mark.parametrize("form", FORMS)
def test_a_comparison_in_every_form(form: str, client: FlaskClient) -> None:
    document = client.get("/api/v1/compare?article=a00").get_json()
    rows = [row for row in document["rows"] if row["measure"] == "naming"]
    expected = figures(
        {"source": source, "item": row["item"], **cell}
        for row in rows
        for source, cell in (("piece", row["piece"]), *row["outlets"].items())
    )
    assert_equal(taken(client, form, "?measure=naming&piece=a00"), expected, form)


def test_the_report_shows_the_answers_figures(snapshot: Snapshot) -> None:
    document = handmade.document(snapshot=snapshot.id)
    page = report_bytes(document, snapshot, "html", text=handmade.PIECE_TEXT).decode("utf-8")
    shown = chart_named("strips").tidy(document, {"rows": "8"})
    assert len(shown)
    for row in shown[shown["source"] == "piece"].to_dict("records"):
        assert number(row["value"], (row["low_bound"], row["high_bound"])) in page
        assert f"n {row['n']}" in page
