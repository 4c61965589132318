"""Writes provenance into the bytes of a file, and reads it back."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from dashboard.export.provenance import KEY
from pipeline.errors import InputError

_PNG = b"\x89PNG\r\n\x1a\n"
SHEET = "Notes"
SIDECAR = "-metadata.json"


def _dumped(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, default=str)


def png_with(data: bytes, said: Mapping[str, Any]) -> bytes:
    """A PNG with the provenance as an international text chunk (iTXt), under the keyword "parallax"."""
    text = KEY.encode("latin-1") + b"\0\0\0\0\0" + _dumped(said).encode("utf-8")
    chunk = b"iTXt" + text
    block = struct.pack(">I", len(text)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    head = len(_PNG) + 25  # the signature and IHDR, which must come first
    return data[:head] + block + data[head:]


def _read_png(data: bytes) -> str | None:
    at = len(_PNG)
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        keyword, _, rest = body.partition(b"\0")
        if kind == b"iTXt" and keyword == KEY.encode("latin-1"):
            # Two bytes say whether it is compressed; language and translated keyword end in a zero each.
            return rest[2:].split(b"\0", 2)[-1].decode("utf-8")
        at += 12 + length
    return None


def svg_with(data: bytes, said: Mapping[str, Any], *, style: str = "") -> bytes:
    """An SVG with title and description for screen readers, and the provenance in its metadata. style: CSS."""
    text = data.decode("utf-8")
    opened = re.search(r"<svg\b[^>]*>", text)
    if opened is None:
        raise ValueError("not an SVG")
    block = (
        f"<title>{escape(str(said['title']))}</title><desc>{escape(str(said.get('description') or ''))}</desc>"
        f'<metadata id="{KEY}">{escape(_dumped(said))}</metadata>' + (f"<style>{style}</style>" if style else "")
    )
    return (text[: opened.end()] + block + text[opened.end() :]).encode("utf-8")


def _read_svg(data: bytes) -> str | None:
    found = re.search(rf'<metadata id="{KEY}">(.*?)</metadata>', data.decode("utf-8"), re.DOTALL)
    return html.unescape(found[1]) if found else None


def pdf_with(data: bytes, said: Mapping[str, Any]) -> bytes:
    """A PDF with its title, and the provenance among its properties as /Parallax."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.add_metadata({"/Title": str(said["title"]), "/Creator": str(said["by"]), f"/{KEY.title()}": _dumped(said)})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _read_pdf(data: bytes) -> str | None:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        facts: Mapping[str, Any] = PdfReader(io.BytesIO(data)).metadata or {}
    except PyPdfError:
        return None
    # WeasyPrint writes the names of a page's meta elements as they are.
    value = facts.get(f"/{KEY.title()}") or facts.get(f"/{KEY}")
    return None if value is None else str(value)


def _read_html(data: bytes) -> str | None:
    pattern = rf'<script type="application/json" id="{KEY}">(.*?)</script>'
    found = re.search(pattern, data.decode("utf-8", "replace"), re.DOTALL)
    return found[1].replace("<\\/", "</") if found else None


def html_block(said: Mapping[str, Any]) -> str:
    """The provenance as an element of a page; harmless whatever it holds."""
    text = _dumped(said).replace("<", "\\u003c")
    return f'<script type="application/json" id="{KEY}">{text}</script>'


def _read_xlsx(data: bytes) -> str | None:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
    except (zipfile.BadZipFile, KeyError, OSError):
        return None
    if SHEET not in book.sheetnames:
        return None
    return next((str(row[1]) for row in book[SHEET].iter_rows(values_only=True) if row and row[0] == KEY), None)


def _read_parquet(data: bytes) -> str | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        kept = pq.read_schema(io.BytesIO(data)).metadata or {}
    except (pa.ArrowInvalid, OSError):
        return None
    return kept[KEY.encode()].decode("utf-8") if KEY.encode() in kept else None


def _read_json(data: bytes) -> str | None:
    try:
        document = json.loads(data)
    except ValueError:
        return None
    return _dumped(document["provenance"]) if isinstance(document, dict) and "provenance" in document else None


_READERS = {
    ".png": _read_png, ".svg": _read_svg, ".pdf": _read_pdf, ".html": _read_html, ".xlsx": _read_xlsx,
    ".parquet": _read_parquet, ".json": _read_json,
}  # fmt: skip


def read_provenance(path: Path) -> dict[str, Any]:
    """What an exported file says of itself. Raises InputError where it says nothing, or is not of a form that
    Parallax writes, or (CSV) is no longer the file that its sidecar was written for."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", remedy="give an exported file", where=path) from error
    if path.suffix.lower() == ".csv":
        return _read_sidecar(path, data)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        forms = ", ".join(sorted([*_READERS, ".csv"]))
        raise InputError("not a form that Parallax writes", remedy=f"give one of {forms}", where=path)
    try:
        text = reader(data)
        said = None if text is None else json.loads(text)
    except (ValueError, struct.error):
        said = None
    if not isinstance(said, dict):
        raise InputError(
            "says nothing of where it comes from", remedy="give a file that Parallax exported, unchanged", where=path
        )
    return said


def sidecar_of(path: Path) -> Path:
    """The file beside a CSV that says what its columns are and where it comes from (W3C CSV on the Web)."""
    return path.with_name(path.name + SIDECAR)


def _read_sidecar(path: Path, data: bytes) -> dict[str, Any]:
    beside = sidecar_of(path)
    try:
        document = json.loads(beside.read_text(encoding="utf-8"))
        said, digest = document[KEY], document[f"{KEY}:sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"there is no {beside.name} beside it that says where it comes from",
            remedy="keep the two files together", where=path,
        ) from error  # fmt: skip
    if hashlib.sha256(data).hexdigest() != digest:
        raise InputError(
            f"it was changed since {beside.name} was written", remedy="export it again, or verify the original",
            where=path,
        )  # fmt: skip
    return dict(said)
