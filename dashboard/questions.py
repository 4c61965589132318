"""Whether what was sent to a callback is a question at all: Dash takes it for granted, and answers 500 where not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, request

PATH = "/_dash-update-component"


def refuse_malformed(server: Flask, callbacks: Callable[[], Mapping[str, Mapping[str, Any]]]) -> None:
    """Has a server answer 400 to what no page of it would send, and 404 to scripts that there are not.

    callbacks: the app's callbacks by their output, with `inputs` and `state`.
    """

    def before() -> Response | None:
        if request.path != PATH or request.method != "POST":
            return None
        try:
            fault = _fault(json.loads(request.get_data()), callbacks())
        except (ValueError, RecursionError):
            fault = "not JSON"
        return Response(f"malformed: {fault}\n", 400, mimetype="text/plain") if fault else None

    def missing(error: Exception) -> Response:  # noqa: ARG001 – its words name the installed packages
        return Response("there is no such script\n", 404, mimetype="text/plain")

    server.before_request(before)
    for kind in (DependencyException, InvalidResourceError):
        server.register_error_handler(kind, missing)


def _fault(asked: Any, callbacks: Mapping[str, Mapping[str, Any]]) -> str | None:
    """What is wrong with a question; null where it has the form that the page's script gives it."""
    if not isinstance(asked, dict) or not isinstance(asked.get("output"), str):
        return "no output"
    callback = callbacks.get(asked["output"])
    if callback is None:
        return "no such output"
    for part in ("inputs", "state"):
        if not _are(asked.get(part, []), [f"{w['id']}.{w['property']}" for w in callback[part]]):
            return part
    changed, outputs = asked.get("changedPropIds", []), asked.get("outputs")
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        return "changedPropIds"
    listed = asked["output"][2:-2].split("...") if asked["output"].startswith("..") else [asked["output"]]
    if isinstance(outputs, list) != asked["output"].startswith(".."):
        return "outputs"
    return None if _are(outputs if isinstance(outputs, list) else [outputs], listed) else "outputs"


def _are(given: Any, wanted: Sequence[str]) -> bool:
    """Whether these are the properties wanted, in their order, each as `id.property`."""
    if not isinstance(given, list) or not all(isinstance(w, dict) and {"id", "property"} <= w.keys() for w in given):
        return False
    return len(given) == len(wanted) and all(_is(w, name) for w, name in zip(given, wanted, strict=True))


def _is(given: Mapping[str, Any], wanted: str) -> bool:
    """Of several elements alike, whose id has names and values, any one with a text where the callback's may differ
    (MATCH)."""
    if not wanted.startswith("{"):
        return f"{given['id']}.{given['property']}" == wanted
    alike, _, its_property = wanted.rpartition(".")
    names, one = json.loads(alike), given["id"]
    return (
        given["property"] == its_property and isinstance(one, dict) and one.keys() == names.keys()
        and all(isinstance(one[key], str) and value in (["MATCH"], one[key]) for key, value in names.items())
    )  # fmt: skip
