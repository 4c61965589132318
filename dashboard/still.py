"""What of an answer stands still, sent as one: elements of HTML in which nothing is asked for or changed by id.

Dash keeps a component for every element, and as each of them is first drawn it asks all of them anew: the time grows
with the square of their number, and a browser took four seconds and more for a drawer of a thousand elements. What
holds no id and no component of others is therefore handed over whole, to `Still` of `assets/parallax.js`, which draws
the same elements. Whoever makes pages does as if this were not there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import groupby
from operator import itemgetter
from typing import Any

import dash
from dash.development.base_component import Component

from dashboard.html import HTML


class StillDash(dash.Dash):  # type: ignore[misc]  # dash says nothing of its types
    """A Dash whose callbacks answer in these terms. One with several outputs answers with a tuple."""

    def callback(self, *given: Any, **more: Any) -> Any:
        """As in Dash; what the function answers is sent `still`."""
        register = super().callback(*given, **more)

        def registered(function: Callable[..., Any]) -> Any:
            @wraps(function)
            def answered(*args: Any, **kwargs: Any) -> Any:
                answer = function(*args, **kwargs)
                return tuple(still(part) for part in answer) if isinstance(answer, tuple) else still(answer)

            return register(answered)

        return registered


def still(node: Any) -> Any:
    """A component, a list of some, or text, as it is sent; everything else as it is. What is given is not changed."""
    drawn, plain = _parted(node)
    return _whole(drawn) if plain else drawn


def _parted(node: Any) -> tuple[Any, bool]:
    """The node, and whether all of it stands still; where only parts do, these are whole in it."""
    if node is None or isinstance(node, str | int | float):
        return node, True
    if isinstance(node, list | tuple):
        parts = [_parted(child) for child in node]
        return (node, True) if all(plain for _, plain in parts) else (_runs(parts), False)
    if isinstance(node, Component):
        return _around(node), False
    if not isinstance(node, dict) or "namespace" not in node:
        return node, False
    children, plain = _parted(node["props"].get("children"))
    if plain and node["namespace"] == HTML and "id" not in node["props"]:
        return node, True
    if children is None:
        return node, False
    return {**node, "props": {**node["props"], "children": _whole(children) if plain else children}}, False


def _around(component: Component) -> Component:
    """A component of others, with what it holds: a copy, for answers that are kept are not to be changed."""
    if getattr(component, "children", None) is None:
        return component
    changed = copy.copy(component)
    changed.children = still(component.children)
    return changed


def _runs(parts: Iterable[tuple[Any, bool]]) -> list[Any]:
    """Siblings of which some stand still: those that do and follow one another are together."""
    out: list[Any] = []
    for plain, run in groupby(parts, key=itemgetter(1)):
        nodes = [node for node, _ in run]
        drawn = _whole(nodes) if plain else nodes
        out += drawn if isinstance(drawn, list) else [drawn]
    return out


def _whole(plain: Any) -> Any:
    """What stands still as one component; mere text stays text."""
    if not _has_elements(plain):
        return plain
    return {"type": "Still", "namespace": "parallax_parts", "props": {"tree": plain}}


def _has_elements(plain: Any) -> bool:
    return isinstance(plain, dict) or (isinstance(plain, list | tuple) and any(_has_elements(one) for one in plain))
