"""Writes what the code knows better: the settings into README.md, agreement with human labels into docs/validity.md.

Run it through `make docs`.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from pipeline.settings import Settings
from pipeline.validity import agreements, noted_table, table

ROOT = Path(__file__).resolve().parent.parent
README, VALIDITY = ROOT / "README.md", ROOT / "docs" / "validity.md"


def settings_table() -> str:
    """Every setting with its default and its help, as Markdown."""
    rows = ["| setting | default | what |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        plain = field.default in (None, PydanticUndefined, ())
        rows.append(f"| `{name}` | {'none' if plain else f'`{field.default}`'} | {field.description} |")
    return "\n".join(rows) + "\n"


def place(file: Path, name: str, text: str) -> None:
    """Puts a text between the marks of its name in a file."""
    marks = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    file.write_text(marks.sub(lambda _: text, file.read_text(encoding="utf-8")), encoding="utf-8")


def main() -> None:
    """Writes the files."""
    place(README, "settings", settings_table())
    place(VALIDITY, "validity", table(agreements()))
    place(VALIDITY, "noted", noted_table())


if __name__ == "__main__":
    main()
