"""HTML fragments, as feeds carry them → plain text, a paragraph a line."""

from __future__ import annotations

import re

import lxml.etree
import lxml.html

# What parsers of other people's markup raise on markup that their writers never saw. Such a page or feed gives
# nothing and is counted; it does not end the run.
BROKEN_MARKUP = (AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figure figcaption footer h1 h2 h3 h4 h5 h6 header hr li main "
    "ol p pre section table td th tr ul".split()
)
_UNSEEN = frozenset("script style noscript template iframe object svg form button figcaption".split())


def plain(fragment: str) -> str:
    """The words of an HTML fragment; text without markup comes back as it is, blanks evened out."""
    if "<" not in fragment and "&" not in fragment:
        return _even(fragment)
    try:
        root = lxml.html.fragment_fromstring(fragment.replace("\0", ""), create_parent="div")
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return _even(re.sub(r"<[^>]*>", " ", fragment))
    parts: list[str] = []
    for event, element in lxml.etree.iterwalk(root, events=("start", "end", "comment")):
        seen = isinstance(element.tag, str) and not _hidden(element)
        if event == "start" and seen:
            parts.append(("\n" if element.tag in _BLOCKS else "") + (element.text or ""))
        elif event != "start":
            closing = "\n" if isinstance(element.tag, str) and element.tag in _BLOCKS else ""
            inside = element.getparent() is not None and not _hidden(element.getparent())
            parts.append(closing + ((element.tail or "") if inside and element is not root else ""))
    return _even("".join(parts))


def _hidden(element: lxml.etree._Element) -> bool:
    return element.tag in _UNSEEN or any(parent.tag in _UNSEEN for parent in element.iterancestors())


def _even(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
