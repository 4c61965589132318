"""How a reader's text comes in: pasted, from a file, or from an address, by the same readers as the command's."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import TYPE_CHECKING

from dashboard.context import Context
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.collect.piece import PieceText


def bring_piece(
    context: Context,
    text: str | None,
    url: str | None,
    title: str | None,
    outlet: str | None,
    day: str | None,
    *,
    upload: str | None = None,
    name: str | None = None,
) -> str:
    """Keeps what the reader brought and returns its key; what the reader says of it goes before what it says.

    upload: a file as the browser sends it, `data:…;base64,…`. Raises InputError with what to do.
    """
    found = _read(context, text or "", (url or "").strip(), upload, name or "the file")
    return context.pieces.keep(
        found.text,
        title=(title or "").strip() or found.title,
        outlet=(outlet or "").strip() or found.outlet,
        day=_day(day) or found.date,
        body_start=found.body_start,
    )


def _read(context: Context, text: str, url: str, upload: str | None, name: str) -> PieceText:
    from pipeline.collect.piece import read_piece, text_piece

    if upload:
        return text_piece(_decoded(upload, name), where=name)
    if text.strip():
        return text_piece(text, where="the text")
    if url:
        if not url.startswith(("http://", "https://")):
            raise InputError(f'"{url[:80]}" is no address', remedy="give one that begins with https://")
        return read_piece(url, settings=context.settings)
    raise InputError("there is no text yet", remedy="paste it, choose a file, or give its address")


def _decoded(upload: str, name: str) -> str:
    try:
        data = base64.b64decode(upload.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise InputError("the file did not arrive whole", remedy="choose it again", where=name) from error
    if b"\x00" in data:
        raise InputError("not a text", remedy="save it as plain text or HTML", where=name)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", remedy="save it as UTF-8", where=name) from error


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InputError(f'the date is "{value}"', remedy="give YYYY-MM-DD") from error
