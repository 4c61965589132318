"""A collector that is killed, at any moment, loses no article and stores none twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, text

from pipeline.collect.run import collect_sources
from pipeline.corpus import Corpus, Source, load_corpus
from pipeline.library import open_library
from tests.newsstand import Newsstand, Reply, open_newsstand, page, quick, rfc822, rss, story

SOURCES, ARTICLES = 3, 25
# The suite kills a few times; PARALLAX_TEST_KILLS=50 asks for the whole proof.
KILLS = int(os.environ.get("PARALLAX_TEST_KILLS", "8"))


def collect(folder: Path, store: Path, addresses: tuple[str, ...]) -> None:
    """What the killed process does: the collector, as the command runs it."""
    corpus, settings = load_corpus(folder), quick(store, collect_workers=2)
    sources = [Source(name=f"s{i}", kind="feed", urls=(address,)) for i, address in enumerate(addresses)]
    with open_library(settings) as library:
        collect_sources(corpus, library, settings, sources=sources)


def feeds(stand: Newsstand) -> tuple[str, ...]:
    addresses = []
    for s in range(SOURCES):
        entries = []
        for n in range(ARTICLES):
            link = stand.put(f"/{s}/{n}", page(f"Report {s}-{n}", story(f"{s}-{n}")))
            entries.append({"title": f"Report {s}-{n}", "link": link, "pubDate": rfc822("2022-03-09")})
        addresses.append(stand.put(f"/feed{s}", Reply(rss(f"Outlet {s}", entries), kind="application/rss+xml")))
    return tuple(addresses)


def test_killed_at_random_moments(make_corpus: Callable[..., Corpus], store: Path) -> None:
    corpus, chance = make_corpus(), random.Random(20220309)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(
        ["pipeline.collect.run", "pipeline.collect.feeds", "trafilatura", "alembic.command"]
    )
    killed = 0
    with open_newsstand() as stand:
        addresses = feeds(stand)
        stand.pause_seconds = 0.01
        while killed < KILLS:
            child = processes.Process(target=collect, args=(corpus.folder, store, addresses))
            child.start()
            child.join(chance.uniform(0.02, 1.2))
            if child.exitcode is None:
                child.kill()
                child.join()
                killed += 1
                assert_whole_and_once(store)
            else:
                assert child.exitcode == 0
                renew(stand)  # all came before the kill: new articles, so that the next has work
        stand.pause_seconds = 0
        collect(corpus.folder, store, addresses)
    assert_whole_and_once(store)
    with open_library(quick(store)) as library:
        titles = library.articles(corpus.name)["title"]
    assert len(titles) == len(set(titles))
    assert {f"Report {s}-{n}" for s in range(SOURCES) for n in range(ARTICLES)} <= set(titles)
    assert set(titles) == set(stand_titles(stand))


def renew(stand: Newsstand) -> None:
    """Other articles at other addresses, beside those that were there."""
    mark = f"{time.monotonic_ns()}"
    for s in range(SOURCES):
        entries = []
        for n in range(ARTICLES):
            link = stand.put(f"/{s}/{n}/{mark}", page(f"Report {s}-{n}-{mark}", story(f"{s}-{n}-{mark}")))
            entries.append({"title": f"Report {s}-{n}-{mark}", "link": link, "pubDate": rfc822("2022-03-09")})
        stand.put(f"/feed{s}", Reply(rss(f"Outlet {s}", entries), kind="application/rss+xml"))


def stand_titles(stand: Newsstand) -> list[str]:
    """The titles of all articles that the server ever had."""
    bodies = [reply.body.decode() for reply in stand.replies.values() if isinstance(reply, Reply)]
    return [body.partition("<title>")[2].partition("<")[0] for body in bodies if body.startswith("<!doctype")]


def assert_whole_and_once(store: Path) -> None:
    """What is stored is whole: every article has its one version, every version its article, none twice."""
    if not (store / "library.sqlite").exists():
        return
    engine = create_engine(f"sqlite:///{store / 'library.sqlite'}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        if not connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'versions'")).scalar():
            return
        articles = connection.execute(text("SELECT count(*) FROM articles")).scalar()
        versions = connection.execute(text("SELECT count(*), count(DISTINCT content_hash) FROM versions")).one()
        addresses = connection.execute(text("SELECT count(*) FROM addresses")).scalar()
    engine.dispose()
    assert articles == versions[0] == versions[1] == addresses
