"""Compressed answers → bytes, never more than a limit, whatever they unpack to."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for gzip
_MEMBER = b"\x1f\x8b"  # begins each of the members that gzip may be made of (RFC 1952)


class UnpackError(Exception):
    """An answer that is too large, cut off, or packed in a way that was not asked for."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(what)
        self.reason = reason


def unpack(chunks: Iterable[bytes], encoding: str, *, most_bytes: int) -> tuple[bytes, int]:
    """The unpacked body and the number of bytes that came. Raises UnpackError past `most_bytes`."""
    names = [name.strip().lower() for name in encoding.split(",") if name.strip() not in ("", "identity")]
    if not names:
        return _plain(chunks, most_bytes)
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise UnpackError("unknown packing", f'packed as "{encoding}", which was not asked for')
    return _inflated(chunks, names[0], most_bytes)


def _plain(chunks: Iterable[bytes], most_bytes: int) -> tuple[bytes, int]:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        _within(len(body), most_bytes)
    return bytes(body), len(body)


def _inflated(chunks: Iterable[bytes], name: str, most_bytes: int) -> tuple[bytes, int]:
    body, wire, packed, left = bytearray(), 0, None, b""
    try:
        for come in chunks:
            wire += len(come)
            chunk = left + come
            packed = packed or zlib.decompressobj(_window(name, chunk))
            while chunk and not (packed.eof and len(chunk) < len(_MEMBER)):
                if packed.eof and not chunk.startswith(_MEMBER):  # what follows the last member is passed over
                    chunk = b""
                    break
                packed = zlib.decompressobj(_GZIP) if packed.eof else packed
                body += packed.decompress(chunk, most_bytes + 1 - len(body))
                _within(len(body), most_bytes)
                chunk = packed.unused_data if packed.eof else packed.unconsumed_tail
            left = chunk
    except zlib.error as error:
        raise UnpackError("broken packing", f"the packed answer is broken: {error}") from error
    if packed is not None and not packed.eof:
        raise UnpackError("broken packing", "the packed answer is cut off")
    return bytes(body), wire


def _window(name: str, first: bytes) -> int:
    """zlib's word for the packing. Some servers send deflate without the header that it should have."""
    if name != "deflate":
        return _GZIP
    zlib_header = len(first) > 1 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0
    return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS


def _within(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise UnpackError("too large", f"more than {most_bytes:,} bytes, unpacked")
