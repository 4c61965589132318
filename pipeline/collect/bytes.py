"""Files as text: what is no text is told apart and said, with its byte."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError

# Marks at the start of files that are something else than text.
_KINDS = {
    b"%PDF": "a PDF", b"PK\x03\x04": "a zip archive or office document", b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"\x1f\x8b": "gzip-compressed", b"PAR1": "a Parquet file", b"SQLite format 3": "a database",
}  # fmt: skip
_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
MOST_SHOWN = 200  # characters of a path in a message: a text given for a file's name may be a book
MAX_UNPACKED_BYTES = 4 * 2**30  # a bomb unpacks a thousandfold; the largest honest corpus file is far below


@dataclass(frozen=True)
class Damage:
    """What is wrong with a line that is no text."""

    what: str


def need_file(path: Path) -> None:
    """Raises InputError where there is no file to read."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError("no such file", remedy="see that the path is right", where=path) from error
    except (OSError, ValueError) as error:  # a name with a zero character is a ValueError
        raise _unreadable(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise InputError("is a folder", remedy="give a file", where=path)
    if stat.S_ISREG(found.st_mode) and found.st_size == 0:
        raise InputError("the file is empty", remedy="give a file with text in it", where=path)


def _unreadable(path: Path, error: OSError | ValueError) -> InputError:
    why = getattr(error, "strerror", None) or str(error)
    shown = str(path) if len(str(path)) <= MOST_SHOWN else f"{str(path)[:MOST_SHOWN]}…"
    return InputError(f"cannot be read: {why}", remedy="give a file that can be read", where=shown)


def read_bytes(path: Path) -> bytes:
    """The whole file. Raises InputError."""
    need_file(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def decode(data: bytes, where: Path | str) -> str:
    """UTF-8 bytes as text, line ends as they are, without a byte order mark. Raises InputError with the byte."""
    kind = next((kind for mark, kind in _KINDS.items() if data.startswith(mark)), None)
    if kind is not None:
        raise InputError(f"is {kind}, not text", remedy="give text in UTF-8", where=where)
    wide = _WIDE.get(data[:2])
    if wide is not None:
        raise InputError(f"is {wide}, not UTF-8 (byte 0)", remedy="save it as UTF-8", where=where)
    if (zero := data.find(b"\0")) >= 0:
        raise InputError(f"is binary (byte {zero} is 0)", remedy="give text in UTF-8", where=where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"not UTF-8: byte {error.start} is 0x{data[error.start]:02x}"
        raise InputError(what, remedy="save it as UTF-8", where=where, line=line) from error


def read_text(path: Path) -> str:
    """The file's characters with universal line ends, as Python's text mode reads them. Raises InputError."""
    text = decode(read_bytes(path), path)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines(path: Path) -> Iterator[tuple[int, str | Damage]]:
    """The numbered lines of a UTF-8 file, packed with gzip or not, with what is wrong in place of a damaged one.

    Raises InputError for a file that is something else from its first line on, or whose packing is broken.
    """
    need_file(path)
    number = offset = 0
    try:
        with _opened(path) as stream:
            for raw in stream:
                number += 1
                yield number, decode(raw, path) if offset == 0 else _line(raw, offset)
                offset += len(raw)
                if offset > MAX_UNPACKED_BYTES:
                    raise InputError("unpacks to more than 4 GiB", remedy="split it", where=path, line=number)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        what = f"broken gzip after line {number}: {error}"
        raise InputError(what, remedy="fetch or pack the file again", where=path) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    if offset == 0:
        raise InputError("the file is empty", remedy="give a file with articles", where=path)


def _line(raw: bytes, offset: int) -> str | Damage:
    """A line that begins at a byte of its file, as text."""
    if (zero := raw.find(b"\0")) >= 0:
        return Damage(f"binary: byte {offset + zero} is 0")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Damage(f"not UTF-8: byte {offset + error.start} is 0x{raw[error.start]:02x}")


def _opened(path: Path) -> io.BufferedIOBase:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]
