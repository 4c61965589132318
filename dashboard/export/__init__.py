"""Charts and tables as files: pictures, pages, data. Each says where it comes from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.export import fonts, tables
from dashboard.export.embed import SIDECAR, html_block, read_provenance, sidecar_of
from dashboard.export.files import check_free, form_of, write_files
from dashboard.export.page import as_html
from dashboard.export.pictures import PICTURES, WIDTH, Way, picture
from dashboard.export.provenance import provenance
from dashboard.figures import ChartModule, TableModule
from dashboard.palette import PRINT, Theme
from pipeline.errors import InputError

DATA = ("csv", "xlsx", "parquet", "json")
FORMATS = (*PICTURES, "html", *DATA)


def chart_bytes(
    chart: ChartModule,
    frame: pd.DataFrame,
    form: str,
    said: Mapping[str, Any],
    *,
    theme: Theme = PRINT,
    width: int = WIDTH,
    scale: float = 2.0,
    way: Way = "auto",
) -> bytes:
    """A chart, or the data behind it, in one of FORMATS. Pictures are in the print theme unless told otherwise."""
    if form in PICTURES:
        described = {**said, "description": chart.chart.about, **_lacking(frame)}
        return picture(
            chart.figure(frame, theme=theme, width=width), form, described, width=width, scale=scale, way=way
        )
    if form == "html":
        return as_html(chart.figure(frame, theme=theme), frame, said)
    return table_bytes(frame, form, said)


def _lacking(frame: pd.DataFrame) -> dict[str, Any]:
    """The scripts in the names of a picture that no font here has letters of, where there are any."""
    names = [str(value) for column in ("source", "label", "concept") if column in frame for value in frame[column]]
    missing = fonts.missing_scripts(set(names))
    return {"missing_fonts": missing} if missing else {}


def table_bytes(frame: pd.DataFrame, form: str, said: Mapping[str, Any]) -> bytes:
    """A table in one of DATA; what a CSV cannot say is in its sidecar (`sidecar_bytes`)."""
    if form == "csv":
        return tables.as_csv(frame)
    return {"xlsx": tables.as_xlsx, "parquet": tables.as_parquet, "json": tables.as_json}[form](frame, said)


def files_of(path: Path, data: bytes, frame: pd.DataFrame | None, said: Mapping[str, Any]) -> dict[Path, bytes]:
    """The file, and for a CSV its sidecar."""
    if path.suffix.lower() != ".csv" or frame is None:
        return {path: data}
    return {path: data, sidecar_of(path): tables.csv_sidecar(path.name, data, frame, said)}


def export_chart(
    chart: ChartModule,
    frame: pd.DataFrame,
    path: Path,
    said: Mapping[str, Any],
    *,
    theme: Theme = PRINT,
    width: int = WIDTH,
    scale: float = 2.0,
    way: Way = "auto",
    force: bool = False,
) -> list[Path]:
    """Writes a chart in the form that the file's ending names; returns the files written.

    Raises InputError (unknown ending, a folder, a file that exists) and WorkError (no room, no right, no way
    to draw); then nothing is written.
    """
    form = form_of(path, FORMATS)
    check_free(path, force=force)
    data = chart_bytes(chart, frame, form, said, theme=theme, width=width, scale=scale, way=way)
    written = files_of(path, data, frame, said)
    write_files(written, force=force)
    return list(written)


def export_table(frame: pd.DataFrame, path: Path, said: Mapping[str, Any], *, force: bool = False) -> list[Path]:
    """Writes a table (evidence, articles, …) in the form that the file's ending names; as `export_chart`."""
    form = form_of(path, DATA)
    check_free(path, force=force)
    written = files_of(path, table_bytes(frame, form, said), frame, said)
    write_files(written, force=force)
    return list(written)


@dataclass(frozen=True)
class Entry:
    """One thing of a basket: a chart or a table with its rows and its provenance."""

    module: TableModule
    frame: pd.DataFrame
    said: Mapping[str, Any]


def forms_of(module: TableModule, forms: Sequence[str]) -> list[str]:
    """Those of the forms that it can be had in; CSV for a table where none of them holds data."""
    if isinstance(module, ChartModule):
        return list(forms)
    return [form for form in forms if form in DATA] or ["csv"]


def basket(
    entries: Sequence[Entry],
    forms: Sequence[str],
    *,
    more: Mapping[str, bytes] | None = None,
    theme: Theme = PRINT,
    width: int = WIDTH,
    scale: float = 2.0,
    way: Way = "auto",
) -> bytes:
    """Several charts and tables in several forms as one ZIP: a folder each, CSVs with their sidecars, and a
    CONTENTS.txt that says what each is. more: further files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for number, entry in enumerate(entries, 1):
            folder = f"{number:02}-{entry.module.name}"
            lines.append(_content_line(folder, entry))
            for form in forms_of(entry.module, forms):
                path = Path(folder) / f"{entry.module.name}.{form}"
                data = entry_bytes(entry, form, theme=theme, width=width, scale=scale, way=way)
                for name, content in files_of(path, data, entry.frame, entry.said).items():
                    archive.writestr(name.as_posix(), content)
        for further, content in (more or {}).items():
            lines.append(further)
            archive.writestr(further, content)
        archive.writestr("CONTENTS.txt", "\n".join([*lines, "", CHECKED, ""]))
    return out.getvalue()


CHECKED = "Every file says where it comes from: `parallax verify FILE` reads it back."


def _content_line(folder: str, entry: Entry) -> str:
    said = entry.said
    chosen = ", ".join(f"{name} {value}" for name, value in said["filters"].items())
    parts = [said["title"], chosen, f"{len(entry.frame):,} rows", f"snapshot {said['snapshot']}", said["permalink"]]
    return f"{folder}: " + " · ".join(str(part) for part in parts if part)


def entry_bytes(
    entry: Entry, form: str, *, theme: Theme = PRINT, width: int = WIDTH, scale: float = 2.0, way: Way = "auto"
) -> bytes:
    """A chart or a table in one form. Raises InputError for a picture of a table."""
    if isinstance(entry.module, ChartModule):
        return chart_bytes(
            entry.module, entry.frame, form, entry.said, theme=theme, width=width, scale=scale, way=way
        )
    if form not in DATA:
        raise InputError(f"{entry.module.name} is a table and has no .{form}", remedy=f"take {', '.join(DATA)}")
    return table_bytes(entry.frame, form, entry.said)


__all__ = [
    "DATA", "FORMATS", "PICTURES", "SIDECAR", "WIDTH", "Entry", "basket", "chart_bytes", "entry_bytes",
    "export_chart", "export_table", "form_of", "forms_of", "html_block", "provenance", "read_provenance",
    "table_bytes", "write_files",
]  # fmt: skip
