"""Charts and tables as files: pictures, pages, data. Each says where it comes from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.export import tables
from dashboard.export.embed import SIDECAR, html_block, read_provenance, sidecar_of
from dashboard.export.files import check_free, form_of, write_files
from dashboard.export.page import as_html
from dashboard.export.pictures import PICTURES, WIDTH, Way, picture
from dashboard.export.provenance import provenance
from dashboard.figures import ChartModule
from dashboard.palette import PRINT, Theme

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
        described = {**said, "description": chart.chart.about}
        return picture(
            chart.figure(frame, theme=theme, width=width), form, described, width=width, scale=scale, way=way
        )
    if form == "html":
        return as_html(chart.figure(frame, theme=theme), frame, said)
    return table_bytes(frame, form, said)


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


def basket(
    entries: Sequence[tuple[ChartModule, pd.DataFrame, Mapping[str, Any]]],
    forms: Sequence[str],
    *,
    theme: Theme = PRINT,
    way: Way = "auto",
) -> bytes:
    """Several charts in several forms as one ZIP, a folder a chart; CSVs with their sidecars."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (chart, frame, said) in enumerate(entries, 1):
            for form in forms:
                path = Path(f"{number:02}-{chart.name}") / f"{chart.name}.{form}"
                data = chart_bytes(chart, frame, form, said, theme=theme, way=way)
                for name, content in files_of(path, data, frame, said).items():
                    archive.writestr(name.as_posix(), content)
    return out.getvalue()


__all__ = [
    "DATA", "FORMATS", "PICTURES", "SIDECAR", "WIDTH", "basket", "chart_bytes", "export_chart", "export_table",
    "form_of", "html_block", "provenance", "read_provenance", "table_bytes", "write_files",
]  # fmt: skip
