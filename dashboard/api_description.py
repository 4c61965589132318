"""The API in OpenAPI 3.1: what each address answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from dashboard.export.evidence import COLUMNS as SPAN
from dashboard.figures import COLUMNS as VALUE
from dashboard.figures import all_charts
from pipeline.schema import ARTICLES, EVENTS, OUTLETS, PROFILE, TOPICS, Table

VERSION = "1"
_TEXT = {"type": "string"}
_NAME = {"type": "string", "minLength": 1}
_LIMIT = ("limit", "rows of the answer, at most 1000", {"type": "integer", "minimum": 1, "maximum": 1000})
_OFFSET = ("offset", "rows to leave out at the beginning", {"type": "integer", "minimum": 0, "maximum": 10**9})
_DAY = {"type": "string", "format": "date"}
_GROUND = {"type": "string", "enum": ["event", "neighbourhood", "period"]}
Argument = tuple[str, str, dict[str, Any]]


@cache
def description() -> dict[str, Any]:
    """The whole description, as /api/v1/openapi.json answers it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parallax",
            "version": VERSION,
            "summary": "Read-only: one corpus, its snapshots, and comparisons of its articles.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {path: {"get": _operation(path, *parts)} for path, parts in _paths().items()},
        "components": {
            "schemas": {
                "Page": _PAGE,
                "Error": _ERROR,
                "Comparison": _COMPARISON,
            }
        },
    }


def _paths() -> dict[str, tuple[str, tuple[Argument, ...], dict[str, Any]]]:
    """Path → (summary, arguments, schema of the answer)."""
    paged = (_LIMIT, _OFFSET)
    texts = _rows(ARTICLES, without=("text", "byline", "content_hash"))
    event = _rows(EVENTS, event="id")
    members = {"members": {"type": "array", "items": texts}}
    one_event = {
        **event,
        "required": [*event["required"], "members"],
        "properties": {**event["properties"], **members},
    }
    comparison: dict[str, Any] = {"$ref": "#/components/schemas/Comparison"}
    listed: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
    return {
        "/snapshots": ("The snapshots there are, and the current one", (), _SNAPSHOTS),
        "/outlets": ("The outlets, with their articles counted", paged, _page(_rows(OUTLETS))),
        "/events": (
            "The events, largest first",
            (*paged, ("least", "only events of at least so many outlets",
                      {"type": "integer", "minimum": 1, "maximum": 10**9})),
            _page(event),
        ),
        "/events/{event}": ("One event with its articles", (), one_event),
        "/articles": (
            "The articles, without their texts",
            (*paged, ("event", "of one event", _TEXT), ("outlet", "of one outlet", _TEXT),
             ("since", "from this day", _DAY), ("until", "up to this day", _DAY)),
            _page(texts),
        ),
        "/articles/{article}": ("One article with its text", (), _rows(ARTICLES)),
        "/topics": ("The topics", paged, _page(_rows(TOPICS))),
        "/profile": (
            "The outlets' values, each with its interval and n",
            (*paged, ("outlet", "of one outlet", _TEXT), ("quantity", "of one quantity", _TEXT),
             ("item", "of one item", _TEXT)),
            _page(_rows(PROFILE)),
        ),
        "/evidence": (
            "The spans behind the values, with their sentences",
            (*paged, ("measure", "of one measure", _TEXT), ("item", "of one item", _TEXT),
             ("article", "of one article", _TEXT), ("outlet", "of one outlet", _TEXT),
             ("event", "of one event", _TEXT)),
            _page(_named(SPAN)),
        ),
        "/charts": ("The charts and their options", (), listed),
        "/charts/{chart}": (
            "The data behind a chart, of the corpus or of a stored article; a chart's own options are arguments too",
            (*paged, ("piece", "id of an article", _TEXT), ("event", "of one event", _TEXT),
             ("ground", "what the article is compared with", _GROUND), *_options()),
            _page(_named(VALUE)),
        ),
        "/compare": (
            "A stored article beside the other outlets, as `parallax compare --json` answers",
            (("article", "id of the article", _NAME), ("ground", "what it is compared with", _GROUND),
             ("event", "id of the event to compare with", _TEXT)),
            comparison,
        ),
    }  # fmt: skip


def _options() -> list[Argument]:
    """The charts' own options, each once; `event` is an argument of all."""
    about: dict[str, list[str]] = {}
    for module in all_charts():
        for option in module.chart.options:
            about.setdefault(option.name, []).append(f"{module.name}: {option.about}")
    return [(name, "; ".join(words), _TEXT) for name, words in sorted(about.items()) if name != "event"]


_KINDS = {"text": "string", "integer": "integer", "number": "number", "flag": "boolean", "day": "string"}


def _rows(table: Table, *, without: Sequence[str] = (), **renamed: str) -> dict[str, Any]:
    """The rows of a stored table, as `pipeline/schema.py` declares them."""
    properties: dict[str, Any] = {}
    for column in table.columns:
        if column.name in without:
            continue
        kind = _KINDS[column.kind]
        properties[renamed.get(column.name, column.name)] = {
            "type": [kind, "null"] if column.nullable else kind, "description": column.about,
            **({"format": "date"} if column.kind == "day" else {}),
        }  # fmt: skip
    return {"type": "object", "required": list(properties), "properties": properties}


def _named(columns: Sequence[str]) -> dict[str, Any]:
    return {"type": "object", "required": list(columns)}


def _page(row: dict[str, Any]) -> dict[str, Any]:
    """Some rows of an answer, of one form."""
    return {
        "allOf": [{"$ref": "#/components/schemas/Page"}],
        "type": "object",
        "properties": {"rows": {"type": "array", "items": row}},
    }


def _operation(path: str, summary: str, arguments: tuple[Argument, ...], answer: dict[str, Any]) -> dict[str, Any]:
    inside = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in inside
    ]
    every = (*arguments, ("snapshot", "id of a snapshot; the current one where none is given", _TEXT))
    parameters += [
        {"name": name, "in": "query", "required": path == "/compare" and name == "article", "description": about,
         "schema": schema}
        for name, about, schema in every
    ]  # fmt: skip
    failed = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "summary": summary,
        "operationId": path.strip("/").replace("/", "_").replace("{", "by_").replace("}", ""),
        "parameters": parameters,
        "responses": {
            "200": {"description": "the answer", "content": {"application/json": {"schema": answer}},
                    "headers": {"ETag": {"schema": _TEXT, "description": "changes with the snapshot"}}},
            "304": {"description": "what If-None-Match names is still the answer"},
            "400": {"description": "an argument is not of the form expected", "content": failed},
            "404": {"description": "there is no such thing", "content": failed},
            "503": {"description": "there is no snapshot to read", "content": failed},
        },
    }  # fmt: skip


_PAGE = {
    "type": "object",
    "required": ["total", "offset", "rows"],
    "properties": {
        "total": {"type": "integer", "minimum": 0},
        "offset": {"type": "integer", "minimum": 0},
        "rows": {"type": "array", "items": {"type": "object"}},
    },
}
_SNAPSHOTS = {
    "type": "object",
    "required": ["corpus", "current", "read", "snapshots"],
    "properties": {
        "corpus": _TEXT, "current": _TEXT, "read": _TEXT, "snapshots": {"type": "array", "items": _TEXT},
    },
}  # fmt: skip
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "what", "remedy"],
            "properties": {"status": {"type": "integer"}, "what": _TEXT, "remedy": _TEXT},
        }
    },
}
_COMPARISON = {
    "type": "object",
    "required": ["piece", "snapshot", "ground", "event", "outlets", "rows", "omissions", "evidence"],
    "properties": {
        "piece": {"type": "object"}, "snapshot": _TEXT, "ground": _GROUND, "event": {"type": ["object", "null"]},
        "outlets": {"type": "array"}, "rows": {"type": "array"}, "omissions": {"type": "array"},
        "evidence": {"type": "array"},
    },
}  # fmt: skip
