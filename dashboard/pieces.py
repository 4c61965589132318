"""Pieces that readers bring, kept in the store by what they say, so that a link to one works tomorrow."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.errors import InputError, WorkError
from pipeline.piece import Piece, text_piece

# A long feature has 60,000 characters; a book is no piece, and reading one would hold the others up.
LARGEST_CHARACTERS = 400_000
_KEY = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True)
class PieceShelf:
    """The folder of the pieces brought to one corpus; readable by its owner alone."""

    folder: Path

    def keep(
        self,
        text: str,
        *,
        title: str | None = None,
        outlet: str | None = None,
        day: date | None = None,
        body_start: int = 0,
    ) -> str:
        """Keeps a piece and returns its key. The same piece twice is kept once.

        Raises InputError for an empty or a far too long text, WorkError where it cannot be written.
        """
        if not text[body_start:].strip():
            raise InputError("the piece is empty", remedy="paste some sentences")
        if len(text) > LARGEST_CHARACTERS:
            raise InputError(f"the piece has {len(text):,} characters", remedy=f"give at most {LARGEST_CHARACTERS:,}")
        content = {
            "text": text,
            "title": title or None,
            "outlet": outlet or None,
            "date": day.isoformat() if day else None,
            "body_start": body_start,
        }
        data = json.dumps(content, ensure_ascii=True, sort_keys=True)
        key = hashlib.sha256(data.encode()).hexdigest()[:20]
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f".{key}.{hashlib.sha256(str(id(data)).encode()).hexdigest()[:6]}"
            draft.write_text(data, encoding="utf-8")
            draft.replace(self.folder / f"{key}.json")
        except OSError as error:
            raise WorkError(f"the piece cannot be kept in {self.folder}: {error.strerror or error}") from error
        return key

    def piece(self, key: str) -> Piece:
        """The piece of a key. Raises InputError where there is none: a link from another machine."""
        path = self.folder / f"{key}.json"
        if not _KEY.fullmatch(key) or not path.is_file():
            raise InputError(
                "the piece of this link is not kept here", remedy="bring its text again; the link is made anew"
            )
        kept = json.loads(path.read_text(encoding="utf-8"))
        return text_piece(
            kept["text"],
            title=kept["title"],
            outlet=kept["outlet"],
            date=date.fromisoformat(kept["date"]) if kept["date"] else None,
            body_start=kept["body_start"],
        )
