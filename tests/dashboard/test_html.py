"""Elements are made without Dash's own checks; these hold what the checks would have held."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import dash
import pytest
from dash.development.base_component import Component

import dashboard
from dashboard import html

CODE = Path(dashboard.__file__).parent
OPEN = ("data-", "aria-")  # attributes of which HTML lets anybody make more


def _elements(path: Path) -> Iterator[tuple[str, str, str]]:
    """Every element that a module makes: where, its name, and a property that it is given (or none)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and ast.unparse(called.value) == "html":
            where = f"{path.relative_to(CODE)}:{node.lineno}"
            yield where, called.attr, ""
            for given in node.keywords:
                names = [given.arg] if given.arg else _literal_keys(given.value)
                yield from ((where, called.attr, name) for name in names if name)


def _literal_keys(given: ast.expr) -> list[str]:
    return [key.value for part in ast.walk(given) if isinstance(part, ast.Dict) for key in part.keys
            if isinstance(key, ast.Constant) and isinstance(key.value, str)]  # fmt: skip


def _of_dash(element: str) -> type[Component]:
    found: type[Component] = dash.dcc.Link if element == "PageLink" else getattr(dash.html, element)
    return found


def _properties(element: str) -> list[str]:
    made = _of_dash(element)(**({"href": "/"} if element == "PageLink" else {}))
    known: list[str] = made.available_properties
    return known


def test_every_element_and_property_is_one_that_dash_has() -> None:
    used = {found for path in CODE.rglob("*.py") if path.name != "html.py" for found in _elements(path)}
    elements = [found for found in used if hasattr(html, found[1])]
    assert len(elements) > 500
    wrong = [
        f"{where}: {element} has no {name}"
        for where, element, name in sorted(elements)
        if name and not name.startswith(OPEN) and name not in _properties(element)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "name", sorted(name for name, made in vars(html).items() if getattr(made, "__name__", "") == "made")
)
def test_an_element_is_sent_as_dash_would_send_it(name: str) -> None:
    given = {"className": "a"} | ({"href": "/events"} if name == "PageLink" else {"data-value": "b"})
    assert getattr(html, name)(["words"], **given) == _of_dash(name)(["words"], **given).to_plotly_json()
