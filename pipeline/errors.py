"""The errors that Parallax raises for people to read: what, where, how many, and the remedy."""

from __future__ import annotations

from pathlib import Path


class ParallaxError(Exception):
    """Base of every error that a person is meant to read. The command ends with `exit_status`."""

    exit_status = 1


class WorkError(ParallaxError):
    """Work that was asked for rightly and could not be done (full disk, broken snapshot, dead network)."""


class InputError(ParallaxError):
    """Something the user gave is not of the form expected. The library is left as it was.

    The message reads `where: what; remedy`, for instance
    `articles.jsonl:17: "date" is "March 9"; give YYYY-MM-DD`.
    """

    exit_status = 2

    def __init__(self, what: str, *, remedy: str, where: str | Path | None = None, line: int | None = None) -> None:
        self.what, self.remedy, self.where, self.line = what, remedy, where, line
        place = "" if where is None else f"{where}:{line}: " if line is not None else f"{where}: "
        super().__init__(f"{place}{what}; {remedy}")


class SchemaError(WorkError):
    """A table that passes between two stages is not what `schema.py` declares: a fault of ours."""
