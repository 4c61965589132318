"""Files as they are written: all at once or not at all, and never over something without being told to."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import InputError, WorkError


def form_of(path: Path, forms: tuple[str, ...]) -> str:
    """The form that a file's ending names, without its dot. Raises InputError for a folder or another ending."""
    listed = ", ".join(f".{form}" for form in forms)
    if path.is_dir():
        raise InputError("is a folder", remedy=f"name a file in it, ending in {listed}", where=path)
    form = path.suffix.lower().removeprefix(".")
    if form not in forms:
        what = f'unknown ending ".{form}"' if form else "has no ending"
        raise InputError(what, remedy=f"end the name in one of {listed}", where=path)
    return form


def check_free(path: Path, *, force: bool) -> None:
    """Refuses a file that exists, unless told otherwise, and a folder that does not."""
    if path.exists() and not force:
        raise InputError("exists already", remedy="give another name, or --force to replace it", where=path)
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}", remedy="make it, or name another", where=path)


def write_files(files: Mapping[Path, bytes], *, force: bool = False) -> None:
    """Writes files that belong together: each aside and flushed, then put in its place in one step.

    Raises InputError for what exists (without force) or has no folder, WorkError for no room and no right;
    nothing half-written is left.
    """
    for path in files:
        check_free(path, force=force)
    drafts: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
            drafts[path] = draft
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        raise WorkError(f"{path}: could not be written: {_why(error)}") from error


def _why(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "there is no room left; make some, or name another place"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "no right to write there; name another place, or mend the rights"
    if error.errno == errno.ENAMETOOLONG:
        return "its name is too long; give a shorter one"
    return f"{error.strerror or error}; name another place"
