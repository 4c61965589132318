"""Writes into README.md what the code knows better: the table of settings. Run it through `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from pipeline.settings import Settings

README = Path(__file__).resolve().parent.parent / "README.md"
PLACE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)


def settings_table() -> str:
    """Every setting with its default and its help, as Markdown."""
    rows = ["| setting | default | what |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        plain = field.default in (None, PydanticUndefined, ())
        rows.append(f"| `{name}` | {'none' if plain else f'`{field.default}`'} | {field.description} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Writes the file."""
    source = README.read_text(encoding="utf-8")
    README.write_text(PLACE.sub(lambda _: settings_table(), source), encoding="utf-8")


if __name__ == "__main__":
    main()
