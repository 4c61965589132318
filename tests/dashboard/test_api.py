"""The JSON API: as its description says, the snapshot's figures, plain errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.api import ROOT, register_api
from dashboard.api_description import description
from dashboard.figures import all_charts
from pipeline.snapshot import Snapshot, open_snapshot
from tests.dashboard import handmade


@dataclass
class Reader:
    store: Path
    corpus: str

    def snapshot(self, identifier: str | None) -> Snapshot:
        return open_snapshot(self.store, self.corpus, identifier)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    handmade.made_snapshot(folder)
    return folder


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    server = Flask("api")
    register_api(
        server, Reader(store, "bridge"), compare=lambda snapshot, *_: handmade.document(snapshot=snapshot.id)
    )
    return server.test_client()


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    response = client.get(ROOT + path)
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    return response.get_json()


def fits(value: Any, schema: Any) -> bool:
    """Whether a value is of an OpenAPI schema: the part of JSON Schema that the description uses."""
    if "$ref" in schema:
        return fits(value, description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if not all(fits(value, part) for part in schema.get("allOf", ())):
        return False
    kinds: dict[str, Any] = {
        "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
        "null": type(None),
    }  # fmt: skip
    allowed = schema.get("type", list(kinds))
    allowed = [allowed] if isinstance(allowed, str) else allowed
    if not any(isinstance(value, kinds[kind]) and (kind == "boolean" or value is not True) for kind in allowed):
        return False
    if schema.get("format") == "date" and value is not None:
        date.fromisoformat(value)
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, list):
        return all(fits(item, schema.get("items", {})) for item in value)
    if isinstance(value, dict):
        inside = all(fits(value[k], s) for k, s in schema.get("properties", {}).items() if k in value)
        return inside and all(key in value for key in schema.get("required", ()))
    return True


@pytest.mark.parametrize("path", list(description()["paths"]))
def test_every_answer_is_of_the_form_described(client: FlaskClient, path: str) -> None:
    asked = path.format(event="e1", article="a00", chart="naming") + ("?article=a00" if path == "/compare" else "")
    found = get(client, asked)
    schema = description()["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert fits(found, schema)
    if "total" in found:
        assert found["rows"], "an answer without rows shows nothing"


def test_a_wrong_answer_is_seen() -> None:
    schema = description()["paths"]["/events"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    row = {"id": "e1", "title": "t", "start": "2024-05-05", "end": "2024-05-08", "articles": 3, "outlets": 2}
    assert fits({"total": 1, "offset": 0, "rows": [{**row, "keywords": ""}]}, schema)
    assert not fits({"total": 1, "offset": 0, "rows": [row]}, schema)
    assert not fits({"total": 1, "offset": 0, "rows": [{**row, "keywords": 3}]}, schema)
    assert not fits({"offset": 0, "rows": []}, schema)


@pytest.mark.parametrize("path", ["/nothing", "/events/none", "/compare", "/events?snapshot=none"])
def test_every_error_is_of_the_form_described(client: FlaskClient, path: str) -> None:
    assert fits(client.get(ROOT + path).get_json(), {"$ref": "#/components/schemas/Error"})


def test_every_option_of_a_chart_is_described() -> None:
    given = {p["name"] for p in description()["paths"]["/charts/{chart}"]["get"]["parameters"]}
    assert {option.name for module in all_charts() for option in module.chart.options} <= given


def test_the_description_is_served_and_whole(client: FlaskClient) -> None:
    found = get(client, "/openapi.json")
    assert found["openapi"].startswith("3.1")
    operations = [path["get"]["operationId"] for path in found["paths"].values()]
    assert len(operations) == len(set(operations))
    for path, item in found["paths"].items():
        named = {p["name"] for p in item["get"]["parameters"] if p["in"] == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def test_the_profile_is_the_snapshots(client: FlaskClient, store: Path) -> None:
    table = open_snapshot(store, "bridge").table("profile")
    found = get(client, "/profile?quantity=naming")
    expected = table[table["quantity"] == "naming"]
    assert found["total"] == len(expected)
    for row, given in zip(expected.itertuples(), found["rows"], strict=True):
        assert given["value"] == (None if row.value != row.value else row.value)
        assert given["n"] == row.n


@pytest.mark.parametrize("chart", [c.name for c in all_charts()])
def test_charts_give_their_data(client: FlaskClient, chart: str) -> None:
    module = next(c for c in all_charts() if c.name == chart)
    asked = f"/charts/{chart}" + ("" if "snapshot" in module.chart.takes else "?piece=a00")
    found = get(client, asked)
    assert found["total"] == len(found["rows"])


def test_pages_go_on_where_the_last_ended(client: FlaskClient) -> None:
    whole = get(client, "/articles")["rows"]
    assert get(client, "/articles?limit=7&offset=7")["rows"] == whole[7:14]
    assert get(client, "/articles?event=e2&since=2024-05-01")["total"] == 8
    assert get(client, "/articles?outlet=%3DSUM(A1:A9)")["total"] == 5


def test_an_article_comes_with_its_text(client: FlaskClient, store: Path) -> None:
    texts = open_snapshot(store, "bridge").table("articles").set_index("article")["text"]
    assert get(client, "/articles/a31")["text"] == texts["a31"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404), ("/events/none", 404), ("/articles/none", 404), ("/charts/none", 404),
        ("/events?snapshot=none", 404), ("/compare?article=none", 404), ("/compare", 400), ("/articles?limit=0", 400),
        ("/articles?limit=%C2%B2", 400), ("/articles?since=March", 400), ("/articles?until=", 400),
        ("/evidence?event=", 404), ("/articles?outlett=x", 400),
        ("/compare?article=a00&ground=moon", 400), ("/charts/naming?event=none", 404),
        ("/charts/naming?words=3", 400),
        ("/charts/strips", 400), ("/charts/trends?piece=a00", 400), ("/events?snapshot=..%2F..", 404),
    ],
)  # fmt: skip
def test_errors_are_json_with_a_remedy(client: FlaskClient, path: str, status: int) -> None:
    error = get(client, path, status)["error"]
    assert error["status"] == status
    assert error["what"]
    assert error["remedy"]


def test_an_etag_changes_with_the_snapshot_and_the_question(store: Path) -> None:
    server = Flask("api")
    register_api(server, Reader(store, "bridge"), compare=lambda *_: {})
    client = server.test_client()
    first = client.get(f"{ROOT}/topics")
    tag = first.headers["ETag"]
    again = client.get(f"{ROOT}/topics", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{ROOT}/events").headers["ETag"] != tag
    handmade.made_snapshot(store)
    later = client.get(f"{ROOT}/topics", headers={"If-None-Match": tag})
    assert later.status_code == 200
    assert later.headers["ETag"] != tag


def test_without_a_snapshot_it_says_so(tmp_path: Path) -> None:
    server = Flask("api")
    register_api(server, Reader(tmp_path, "bridge"), compare=lambda *_: {})
    assert get(server.test_client(), "/events", 503)["error"]["what"]


def test_nothing_can_be_changed(client: FlaskClient) -> None:
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(f"{ROOT}/articles").status_code == 405
