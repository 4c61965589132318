"""Files with an article a row: JSON Lines, CSV, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.collect import Collected, Refused
from pipeline.collect.bytes import Damage, lines, need_file, read_bytes
from pipeline.collect.bytes import decode as decode_bytes
from pipeline.collect.rows import REQUIRED, read_row, shorten
from pipeline.corpus import Corpus
from pipeline.errors import InputError

MOST_DAMAGED_SHARE = 0.01  # of lines: a slip of a disk or a scraper hits a few, another encoding far more
_COLUMNS = (*REQUIRED, "title", "url", "byline", "id")


def read_json_lines(path: Path, corpus: Corpus, *, source: str) -> Iterator[Collected | Refused]:
    """A JSON object a line; blank lines are passed over, damaged ones refused.

    Raises InputError after the last line of a file with more damage than chance does: its encoding is another.
    """
    number, damaged, first = 0, 0, None
    for number, line in lines(path):
        if isinstance(line, Damage):
            damaged, first = damaged + 1, first or (number, line.what)
            yield Refused(str(path), "not UTF-8", line.what, "save it as UTF-8", number)
        elif line.strip():
            yield _json_row(line, corpus, str(path), number, source)
    if first and damaged > max(1, number * MOST_DAMAGED_SHARE):
        what = f"{first[1]}, and so on {damaged} of {number} lines"
        raise InputError(what, remedy="save it as UTF-8", where=path, line=first[0])


def _json_row(line: str, corpus: Corpus, where: str, number: int, source: str) -> Collected | Refused:
    remedy = 'give one JSON object a line: {"outlet": …, "date": …, "text": …}'
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        at = f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else "too deep"
        return Refused(where, "not JSON", f'not JSON: {at}: "{shorten(line, 40)}"', remedy, number)
    except ValueError:  # an integer of thousands of digits
        return Refused(where, "not JSON", f'a number is too long: "{shorten(line, 40)}"', remedy, number)
    if not isinstance(row, dict):
        return Refused(where, "not an object", f'not an object: "{shorten(line, 40)}"', remedy, number)
    return read_row(row, corpus, where=where, line=number, source=source)


def read_csv(path: Path, corpus: Corpus, *, source: str) -> Iterator[Collected | Refused]:
    """Comma-, semicolon- or tab-separated, the first row naming the columns."""
    text = decode_bytes(read_bytes(path), path)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    _need_columns(names, path)
    reader.fieldnames = names
    begin = reader.line_num + 1
    try:
        for row in reader:
            yield read_row(row, corpus, where=str(path), line=begin, source=source)
            begin = reader.line_num + 1
    except csv.Error as error:
        yield Refused(
            str(path), "broken CSV", f"broken CSV: {error}", "close the quotes; the rest was not read", begin
        )


def read_parquet(path: Path, corpus: Corpus, *, source: str) -> Iterator[Collected | Refused]:
    """An article a row; rows are numbered from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    need_file(path)
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        _need_columns(names, path)
        number = 0
        for batch in file.iter_batches(batch_size=500, columns=[c for c in _COLUMNS if c in names]):
            for row in batch.to_pylist():
                number += 1
                # pandas writes a missing value of a numeric column as NaN, the one value unlike itself
                row = {name: None if value != value else value for name, value in row.items()}
                yield read_row(row, corpus, where=str(path), line=number, source=source)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"not Parquet: {shorten(str(error))}", remedy="write it again", where=path) from error


def _need_columns(names: list[str], path: Path) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        has = shorten(", ".join(names), 120) or "none"
        raise InputError(
            f"no column {', '.join(missing)} (it has {has})",
            remedy=f"name the columns {', '.join(REQUIRED)}; title, url, byline, id may follow",
            where=path,
            line=1,
        )


def read_json(path: Path, data: Any, corpus: Corpus, *, source: str) -> Iterator[Collected | Refused]:
    """A JSON array of articles."""
    for number, row in enumerate(data, 1):
        if isinstance(row, dict):
            yield read_row(row, corpus, where=f"{path}[{number}]", line=1, source=source)
        else:
            what = f"not an object: {shorten(repr(row), 40)}"
            yield Refused(f"{path}[{number}]", "not an object", what, "give objects with outlet, date, text")
