"""A codebook as a codebook.toml, in the form that people write it in."""

from __future__ import annotations

import json
from typing import Any

from pipeline.codebook import Codebook


def as_toml(book: Codebook) -> str:
    """The file's text; `load_codebook` reads the same codebook from it."""
    data = book.model_dump(mode="json")
    lines = [f"title = {_value(data['title'])}", f"language = {_value(data['language'])}"]
    for section in ("concepts", "propositions", "speakers", "entities", "frames", "axes"):
        for entry in data[section]:
            lines += ["", f"[[{section}]]", *_pairs(entry)]
            for term in entry.get("terms", ()):
                lines += [f"[[{section}.terms]]", *_pairs(term)]
    return "\n".join(lines) + "\n"


def _pairs(entry: dict[str, Any]) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in entry.items() if key != "terms" and value not in ([], None)]


def _value(value: Any) -> str:
    """A string or a list of strings; TOML's basic strings are JSON's, but for the one control character more."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
