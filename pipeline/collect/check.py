"""Trying sources without storing anything."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.collect.answer import FetchError
from pipeline.collect.http import Fetcher
from pipeline.collect.run import Progress, SourceHealth, collect_sources
from pipeline.corpus import Corpus, Source
from pipeline.library import open_library
from pipeline.settings import Settings

ENOUGH = 3  # articles that show what a source gives


def check_sources(
    corpus: Corpus,
    settings: Settings,
    *,
    progress: Progress = lambda done, total: None,
    fetcher: Fetcher | None = None,
) -> list[SourceHealth]:
    """Each source tried for a few articles, into a library that is thrown away.

    Web archives at an address are only begun: they have a gigabyte each.
    """
    few = [source.model_copy(update={"max_articles": ENOUGH}) for source in corpus.file.sources]
    own = fetcher is None
    fetcher = fetcher or Fetcher(settings)
    try:
        with tempfile.TemporaryDirectory() as folder:
            # The user's own database is left alone: what is tried here must not count as seen there.
            aside = settings.model_copy(update={"store": Path(folder), "library_url": None})
            with open_library(aside) as library:
                far = {one.name for one in few if one.kind == "warc" and one.urls}
                local = [one.model_copy(update={"urls": ()}) if one.name in far else one for one in few]
                health = collect_sources(corpus, library, aside, progress=progress, fetcher=fetcher, sources=local)
        return [_begun(one, few, fetcher) if one.source in far else one for one in health]
    finally:
        if own:
            fetcher.close()


def _begun(health: SourceHealth, sources: Sequence[Source], fetcher: Fetcher) -> SourceHealth:
    source = next(one for one in sources if one.name == health.source)
    health = health if source.paths else replace(health, failed=None)  # it was left without its addresses
    for url in source.urls:
        try:
            fetcher.get(url, headers={"Range": "bytes=0-65535"}, robots=False)
        except FetchError as error:
            if error.reason != "too large":  # a server that gives the whole file is there
                return replace(health, tried=health.tried + 1, failed=f"{error.reason}: {error.what}")
        health = replace(health, tried=health.tried + 1, answered=health.answered + 1)
    return health
