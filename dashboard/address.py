"""The address bar: a view as the part of the address after the question mark, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import parse_qs, urlencode

View = dict[str, list[str]]
# Longer than any view that the dashboard writes; what is longer was not written by it.
LONGEST = 8000
MOST_FIELDS = 100


def read(search: str | None, *, longest: int = LONGEST) -> View:
    """`?a=1&a=2&b=x` → {"a": ["1", "2"], "b": ["x"]}. Empty values are left out."""
    fields = (search or "")[:longest].lstrip("?").split("&")[:MOST_FIELDS]
    return parse_qs("&".join(fields))


def write(view: Mapping[str, str | Sequence[str] | None]) -> str:
    """The reverse of `read`, keys in alphabetical order, so that one view has one address."""
    pairs = [
        (key, item)
        for key, value in sorted(view.items())
        for item in ([value] if isinstance(value, str) else value or [])
        if item
    ]
    return "?" + urlencode(pairs) if pairs else ""


def first(view: View, key: str, default: str | None = None) -> str | None:
    """The first value of a key."""
    return view.get(key, [default])[0]


def one_of(view: View, key: str, allowed: Sequence[str], default: str) -> str:
    """The value of a key if it is allowed, the default otherwise: an address may hold anything."""
    value = first(view, key)
    return value if value is not None and value in allowed else default


def day(view: View, key: str) -> str:
    """The day of a key as yyyy-mm-dd; empty where there is none, or what it holds is no day."""
    try:
        return date.fromisoformat(first(view, key) or "").isoformat()
    except ValueError:
        return ""
