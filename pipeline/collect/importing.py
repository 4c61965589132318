"""Files named on the command line, as articles: all are read before any is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from pipeline.collect import Collected, Refused
from pipeline.collect.files import read_file
from pipeline.corpus import Corpus


def import_all(
    files: Sequence[Path], corpus: Corpus, *, outlet: str | None = None, day: date | None = None
) -> list[tuple[Path, Iterable[Collected | Refused]]]:
    """Each file with what is in it. A file that cannot be read raises InputError before anything is stored.

    Web archives are too large to hold: they are read to their first article here and streamed later.
    """
    out: list[tuple[Path, Iterable[Collected | Refused]]] = []
    for path in files:
        found = read_file(path, corpus, outlet=outlet, day=day)
        if path.name.lower().endswith((".warc", ".warc.gz")):
            out.append((path, _begun(found)))
        else:
            out.append((path, list(found)))
    return out


def _begun(found: Iterable[Collected | Refused]) -> Iterable[Collected | Refused]:
    """The same finds, the reader already past its first article, so that a wrong file is known by now."""
    from itertools import chain

    finds, head = iter(found), []
    for one in finds:
        head.append(one)
        if isinstance(one, Collected):
            break
    return chain(head, finds)
