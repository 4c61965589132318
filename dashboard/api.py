"""The read-only JSON API under /api/v1/: the same answers as the commands, for notebooks and other programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, request

from dashboard.api_answers import PATHS, ApiAnswers, Compare, NotFoundError, Reader
from dashboard.api_description import VERSION, description
from pipeline.errors import InputError, WorkError
from pipeline.snapshot import Snapshot, snapshot_ids

if TYPE_CHECKING:
    from dashboard.context import Context

ROOT = "/api/v1"


def register_api(server: Flask, reader: Reader, *, compare: Compare) -> None:
    """Adds the API to a server. compare: makes the answer of `parallax compare --json` for a stored article."""
    api = Blueprint("api", __name__, url_prefix=ROOT)
    answers = ApiAnswers(reader, compare)
    for name, path in PATHS.items():
        api.add_url_rule(path, name, _served(getattr(answers, name), path, reader))
    api.add_url_rule("/openapi.json", "openapi", lambda: _json(description()))
    api.add_url_rule("/<path:anything>", "unknown", _unknown)
    server.register_blueprint(api)


def _unknown(anything: str) -> Response:
    return _error(404, f"there is no {ROOT}/{anything}", f"{ROOT}/openapi.json lists what there is")


def _served(answer: Callable[..., Any], path: str, reader: Reader) -> Callable[..., Response]:
    """An answer as a response: JSON, an ETag by snapshot and question, errors as JSON with 400, 404, 503."""

    @wraps(answer)
    def respond(**parts: str) -> Response:
        try:
            _check_arguments(path)
            snapshot = _snapshot(reader)
            tag = _tag(snapshot)
            known = tag in request.if_none_match
            response = Response(status=304) if known else _json(answer(snapshot, **parts))
            response.set_etag(tag)
            response.headers["Cache-Control"] = "private, no-cache"
            return response
        except NotFoundError as error:
            return _error(404, str(error), f"{ROOT}/openapi.json lists what there is")
        except InputError as error:
            return _error(400, error.what, error.remedy)
        except WorkError as error:
            return _error(503, str(error), "try again after a refresh")

    return respond


def _tag(snapshot: Snapshot) -> str:
    """Changes with the snapshot, the question and the form of the answers."""
    asked = f"{VERSION}|{snapshot.id}|{request.full_path}"
    return f"{snapshot.id}-{hashlib.sha256(asked.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _snapshot(reader: Reader) -> Snapshot:
    chosen = request.args.get("snapshot")
    if chosen is not None and chosen not in snapshot_ids(reader.store, reader.corpus):
        raise NotFoundError(f'there is no snapshot "{chosen}"')
    return reader.snapshot(chosen)


def _json(document: Any) -> Response:
    text = json.dumps(document, ensure_ascii=False, default=str, allow_nan=False)
    return Response(text + "\n", mimetype="application/json")


def _error(status: int, what: str, remedy: str) -> Response:
    response = _json({"error": {"status": status, "what": what, "remedy": remedy}})
    response.status_code = status
    return response


def _check_arguments(path: str) -> None:
    """An argument that the answer does not know is refused: a misspelt filter would filter nothing."""
    described = path.replace("<", "{").replace(">", "}")
    known = {p["name"] for p in description()["paths"][described]["get"]["parameters"] if p["in"] == "query"}
    for given in request.args:
        if given not in known:
            raise InputError(f'unknown argument "{given}"', remedy=f"the arguments here: {', '.join(sorted(known))}")


def serve_api(server: Flask, context: Context) -> None:
    """Adds the API to the dashboard's server; comparisons are made, and kept, as the pages' own are."""
    from dashboard.context import Request

    def compared(snapshot: Snapshot, article: str, ground: str | None, event: str | None) -> dict[str, Any]:
        asked = Request(snapshot=snapshot.id, article=article, ground=ground, event=event)
        return context.finished(asked).document

    register_api(server, context, compare=compared)
