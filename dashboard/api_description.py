"""The API in OpenAPI 3.1: what each address answers."""

from __future__ import annotations

from typing import Any

VERSION = "1"
_TEXT = {"type": "string"}
_NAME = {"type": "string", "minLength": 1}
_LIMIT = ("limit", "rows of the answer, at most 1000", {"type": "integer", "minimum": 1, "maximum": 1000})
_OFFSET = ("offset", "rows to leave out at the beginning", {"type": "integer", "minimum": 0, "maximum": 10**9})
_DAY = {"type": "string", "format": "date"}
_GROUND = {"type": "string", "enum": ["event", "neighbourhood", "period"]}
Argument = tuple[str, str, dict[str, Any]]


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
    page: dict[str, Any] = {"$ref": "#/components/schemas/Page"}
    thing: dict[str, Any] = {"type": "object"}
    comparison: dict[str, Any] = {"$ref": "#/components/schemas/Comparison"}
    listed: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
    return {
        "/snapshots": ("The snapshots there are, and the current one", (), _SNAPSHOTS),
        "/outlets": ("The outlets, with their articles counted", paged, page),
        "/events": (
            "The events, largest first",
            (*paged, ("least", "only events of at least so many outlets",
                      {"type": "integer", "minimum": 1, "maximum": 10**9})),
            page,
        ),
        "/events/{event}": ("One event with its articles", (), thing),
        "/articles": (
            "The articles, without their texts",
            (*paged, ("event", "of one event", _TEXT), ("outlet", "of one outlet", _TEXT),
             ("since", "from this day", _DAY), ("until", "up to this day", _DAY)),
            page,
        ),
        "/articles/{article}": ("One article with its text", (), thing),
        "/topics": ("The topics", paged, page),
        "/profile": (
            "The outlets' values, each with its interval and n",
            (*paged, ("outlet", "of one outlet", _TEXT), ("quantity", "of one quantity", _TEXT),
             ("item", "of one item", _TEXT)),
            page,
        ),
        "/evidence": (
            "The spans behind the values, with their sentences",
            (*paged, ("measure", "of one measure", _TEXT), ("item", "of one item", _TEXT),
             ("article", "of one article", _TEXT), ("outlet", "of one outlet", _TEXT),
             ("event", "of one event", _TEXT)),
            page,
        ),
        "/charts": ("The charts and their options", (), listed),
        "/charts/{chart}": (
            "The data behind a chart, of the corpus or of a stored article; a chart's own options are arguments too",
            (*paged, ("piece", "id of an article", _TEXT), ("event", "of one event", _TEXT),
             ("ground", "what the article is compared with", _GROUND)),
            page,
        ),
        "/compare": (
            "A stored article beside the other outlets, as `parallax compare --json` answers",
            (("article", "id of the article", _NAME), ("ground", "what it is compared with", _GROUND),
             ("event", "id of the event to compare with", _TEXT)),
            comparison,
        ),
    }  # fmt: skip


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
