"""HTML elements as Dash sends them: what `dash.html` makes of the same arguments, in a fraction of its time.

A component of Dash looks its arguments up when it is made and all of its possible properties up when it is sent;
a drawer of sentences or a matrix has a thousand of them, and that was most of what it cost. These are the plain
dictionaries that come of it. A test holds that every name and property used on a page is one that Dash has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Element = dict[str, Any]
HTML = "dash_html_components"  # Dash's name for the package of HTML's elements


def _element(name: str, package: str = HTML) -> Callable[..., Element]:
    """The function that makes elements of this name, from their children and properties (`data-…` among them)."""

    def made(children: Any = None, **properties: Any) -> Element:
        if children is not None:
            properties["children"] = children
        return {"type": name, "namespace": package, "props": properties}

    return made


A = _element("A")
Article = _element("Article")
Blockquote = _element("Blockquote")
Button = _element("Button")
Caption = _element("Caption")
Code = _element("Code")
Dd = _element("Dd")
Details = _element("Details")
Div = _element("Div")
Dl = _element("Dl")
Dt = _element("Dt")
Figcaption = _element("Figcaption")
Figure = _element("Figure")
Footer = _element("Footer")
H1 = _element("H1")
H2 = _element("H2")
H3 = _element("H3")
Header = _element("Header")
Li = _element("Li")
Main = _element("Main")
Mark = _element("Mark")
Nav = _element("Nav")
Ol = _element("Ol")
P = _element("P")
PageLink = _element("Link", "dash_core_components")  # to another page, without loading the dashboard anew
Section = _element("Section")
Span = _element("Span")
Strong = _element("Strong")
Summary = _element("Summary")
Table = _element("Table")
Tbody = _element("Tbody")
Td = _element("Td")
Th = _element("Th")
Thead = _element("Thead")
Tr = _element("Tr")
Ul = _element("Ul")
