"""Data behind a chart as CSV, XLSX, Parquet and JSON: a row a value, with unit, low, high and n."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.export.embed import SHEET
from dashboard.export.provenance import KEY
from pipeline.spreadsheet import RUNS, harmless

MOST_ROWS = 1_048_575  # of a sheet, less the header
_ILLEGAL = {i: None for i in range(32) if i not in (9, 10, 13)}

ABOUT = {
    "quantity": "what is measured", "item": "what it is measured of", "label": "the item's readable name",
    "source": "the outlet, or “piece”", "kind": "the outlet's kind", "value": "the value; empty where there is none",
    "low": "lower end of the 95 % interval", "high": "upper end", "n": "pieces of evidence that the value rests on",
    "unit": "the value's unit", "family": "the measure that gives the quantity", "title": "the quantity's title",
    "concept": "the contested thing that a term names", "low_bound": "least possible value",
    "high_bound": "greatest possible value", "median": "median of the outlets",
    "standout": "the piece's difference from the median in units of the outlets' spread",
    "noise": "how far one outlet is from itself", "row": "place in the chart", "headline": "the row in words",
    "p": "chance that a text this long would not touch the topic", "q": "p adjusted for looking at many topics",
    "outlets": "outlets that touch the topic", "day": "first day of the step", "article": "id of the article",
    "start": "first character in the article's text", "end": "one past the last", "text": "the span",
    "voice": "whose words: own, attributed, distanced", "weight": "what it adds", "measure": "the measure",
}  # fmt: skip


def _is_text(column: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def as_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8, RFC 4180: CRLF line ends, quotes doubled; numbers in full, nothing where there is no value."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows([_csv_cell(value) for value in row] for row in _rows(frame))
    return out.getvalue().encode("utf-8")


def _csv_cell(value: Any) -> Any:
    return "" if value is None else harmless(value) if isinstance(value, str) else repr(value)


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    """The rows as plain Python values; null where there is no value."""
    columns = []
    for name in frame.columns:
        column = frame[name]
        values = column.tolist()
        columns.append([None if _missing(v) else v for v in values])
    return [list(row) for row in zip(*columns, strict=True)] if columns else []


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def csv_sidecar(name: str, data: bytes, frame: pd.DataFrame, said: Mapping[str, Any]) -> bytes:
    """What the CSV's columns are, and where it comes from (W3C Metadata Vocabulary for Tabular Data)."""
    columns = [
        {"name": str(c), "titles": str(c), "datatype": _datatype(frame[c]), "dc:description": ABOUT.get(str(c), "")}
        for c in frame.columns
    ]
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": name,
        "dc:title": said["title"],
        "dc:creator": said["by"],
        "dc:date": said["date"],
        "tableSchema": {"columns": columns},
        KEY: dict(said),
        f"{KEY}:sha256": hashlib.sha256(data).hexdigest(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=str).encode("utf-8")


def _datatype(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    return "number" if pd.api.types.is_numeric_dtype(column) else "string"


def as_json(frame: pd.DataFrame, said: Mapping[str, Any]) -> bytes:
    """{"provenance": …, "columns": {name: meaning}, "rows": [{…}]}, null where there is no value."""
    names = [str(name) for name in frame.columns]
    document = {
        "provenance": dict(said),
        "columns": {name: ABOUT.get(name, "") for name in names},
        "rows": [dict(zip(names, row, strict=True)) for row in _rows(frame)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=str, allow_nan=False).encode("utf-8")


def as_parquet(frame: pd.DataFrame, said: Mapping[str, Any]) -> bytes:
    """Typed columns; the provenance in the schema's metadata under "parallax"."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = {name: "str" for name in frame.columns if frame[name].dtype == object}  # a column may have no text at all
    table = pa.Table.from_pandas(frame.astype(texts), preserve_index=False)
    meta = {**(table.schema.metadata or {}), KEY.encode(): json.dumps(said, ensure_ascii=False, default=str).encode()}
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(meta), out, compression="zstd")
    return out.getvalue()


def as_xlsx(frame: pd.DataFrame, said: Mapping[str, Any]) -> bytes:
    """A sheet of typed data with a frozen, filterable header, and a sheet of notes."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    _fill_data(sheet, frame.head(MOST_ROWS))
    _fill_notes(book.create_sheet(SHEET), frame, said)
    book.properties.title, book.properties.creator = str(said["title"])[:250], str(said["by"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_data(sheet: Any, frame: pd.DataFrame) -> None:
    from openpyxl.styles import Font

    sheet.append([str(name) for name in frame.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    texts = [i for i, name in enumerate(frame.columns) if _is_text(frame[name])]
    for r, row in enumerate(_rows(frame), 2):
        for c, value in enumerate(row, 1):
            if value is None:
                continue
            cell = sheet.cell(r, c, _sheet_text(value) if c - 1 in texts else value)
            if c - 1 in texts:
                cell.data_type = "s"  # text, whatever it begins with: kept as it is, and never run
                cell.quotePrefix = cell.value.startswith(RUNS)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for c, name in enumerate(frame.columns, 1):
        longest = max([len(str(name)), *(len(str(v)) for v in frame[name].head(200))])
        sheet.column_dimensions[sheet.cell(1, c).column_letter].width = min(longest + 3, 60)


def _sheet_text(value: Any) -> str:
    """A text as a sheet's cell can hold it."""
    return str(value).translate(_ILLEGAL)[:32_767]


def _fill_notes(sheet: Any, frame: pd.DataFrame, said: Mapping[str, Any]) -> None:
    """What it is and where it comes from, for people; what each column means; the provenance for programs."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 100
    rows: list[tuple[str, str]] = [
        (key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
        for key, value in said.items()
        if value not in (None, {}, [])
    ]
    if len(frame) > MOST_ROWS:
        rows.append(("left out", f"{len(frame) - MOST_ROWS:,} rows that a sheet cannot hold; the CSV has all"))
    rows.append(("", ""))
    rows += [(f"column {name}", ABOUT.get(str(name), "")) for name in frame.columns]
    rows += [("", ""), (KEY, json.dumps(said, ensure_ascii=False, default=str))]
    for r, (key, value) in enumerate(rows, 1):
        for c, text in ((1, key), (2, value)):
            cell = sheet.cell(r, c, _sheet_text(text))
            cell.data_type = "s"
