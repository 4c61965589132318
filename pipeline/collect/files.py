"""Files that people give → articles, by the file's ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from pipeline.collect import Collected, Refused
from pipeline.collect.bytes import need_file, read_bytes, read_text
from pipeline.collect.tables import read_csv, read_json, read_json_lines, read_parquet
from pipeline.collect.texts import read_page_file, read_text_file
from pipeline.corpus import Corpus
from pipeline.errors import InputError

Found = Iterator[Collected | Refused]

ENDINGS = (
    ".jsonl", ".jsonl.gz", ".csv", ".parquet", ".txt", ".md", ".html", ".htm", ".warc", ".warc.gz",
    ".rss", ".atom", ".xml", ".json",
)  # fmt: skip


def read_file(
    path: Path | str, corpus: Corpus, *, outlet: str | None = None, day: date | None = None, source: str = "import"
) -> Found:
    """The articles of one file, and what of it could not become one.

    outlet, day: for texts, pages and feeds that do not say them themselves. Raises InputError for a file
    that cannot be read at all, and after the last row for one in which nothing can be taken.
    """
    path = Path(path)
    taken, first, refused = 0, None, 0
    for found in _reader(path, corpus, outlet=outlet, day=day, source=source)():
        if isinstance(found, Collected):
            taken += 1
        else:
            refused, first = refused + 1, first or found
        yield found
    if taken == 0:
        raise nothing_taken(path, first, refused)


def nothing_taken(path: Path, first: Refused | None, refused: int) -> InputError:
    """The error for a file without a single article: its first refusal, and how many there were."""
    if first is None:
        return InputError("has no articles", remedy="give a file with at least one", where=path)
    more = "" if refused == 1 else f" (so or otherwise wrong: all {refused} of them)"
    return InputError(first.what + more, remedy=first.remedy, where=first.where, line=first.line)


def _reader(path: Path, corpus: Corpus, *, outlet: str | None, day: date | None, source: str) -> Callable[[], Found]:
    need_file(path)
    name = path.name.lower()
    if name.endswith((".jsonl", ".jsonl.gz")):
        return partial(read_json_lines, path, corpus, source=source)
    if name.endswith(".csv"):
        return partial(read_csv, path, corpus, source=source)
    if name.endswith(".parquet"):
        return partial(read_parquet, path, corpus, source=source)
    if name.endswith((".txt", ".md")):
        return partial(read_text_file, path, corpus, outlet=outlet, day=day, source=source)
    if name.endswith((".html", ".htm")):
        return partial(read_page_file, path, corpus, outlet=outlet, day=day, source=source)
    if name.endswith((".warc", ".warc.gz")):
        from pipeline.collect.warc import read_warc

        return partial(read_warc, path, corpus, source=source)
    if name.endswith((".rss", ".atom", ".xml")):
        return partial(_feed, path, read_bytes(path), corpus, outlet=outlet, source=source)
    if name.endswith(".json"):
        return partial(_json, path, corpus, outlet=outlet, source=source)
    known = ", ".join(ENDINGS)
    raise InputError(f'the ending "{path.suffix}" is unknown', remedy=f"give one of {known}", where=path)


def _feed(path: Path, data: bytes, corpus: Corpus, *, outlet: str | None, source: str) -> Found:
    from pipeline.collect.feeds import read_saved_feed

    return read_saved_feed(data, corpus, where=str(path), outlet=outlet, source=source)


def _json(path: Path, corpus: Corpus, *, outlet: str | None, source: str) -> Found:
    text = read_text(path)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        remedy = "give a JSON Feed or an array of articles; for an object a line, name the file .jsonl"
        raise InputError(f"not JSON: {error.msg}", remedy=remedy, where=path, line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"not JSON that can be read: {error}", remedy="mend it", where=path) from error
    if isinstance(data, list):
        return read_json(path, data, corpus, source=source)
    return _feed(path, text.encode("utf-8", "surrogatepass"), corpus, outlet=outlet, source=source)
