"""The library keeps what it is given, once, for good: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text

import pipeline.library
from pipeline.collect import Collected, Refused
from pipeline.errors import InputError, WorkError
from pipeline.library import Library, open_library
from pipeline.library.identity import address_key, article_id, canonical_url, content_hash
from pipeline.library.runs import SourceRun, Validator, add_run, keep_validators, runs, validators
from pipeline.library.tables import REVISION, metadata
from pipeline.settings import load_settings

pytest_plugins = ("tests.databases",)

NOW = datetime(2022, 3, 10, 3, 15, tzinfo=UTC)
FERRY = Collected(
    "Morning Post Bag", date(2022, 3, 9), "The ferry sails.", title="Ferry", url="https://bag.test/ferry"
)


def change(found: Collected = FERRY, **given: object) -> Collected:
    return dataclasses.replace(found, **given)  # type: ignore[arg-type]


def counts(library: Library, *found: Collected | Refused) -> tuple[int, int, int, int]:
    added = library.add("bridge", found)
    return added.new, added.changed, added.unchanged, len(added.refused)


def test_an_article_comes_back_as_it_was_given(library: Library) -> None:
    words = "  Two blanks,\r\na tab\t, an emoji 🚢, a combining e\u0301\n\n\u2028the end  "
    assert counts(library, change(text=words, byline="A. Sailor")) == (1, 0, 0, 0)
    row = library.articles("bridge").iloc[0]
    assert row["text"] == words
    assert (row["outlet"], row["title"], row["byline"]) == ("Morning Post Bag", "Ferry", "A. Sailor")
    assert row["date"].date() == date(2022, 3, 9)
    assert row["content_hash"] == content_hash("Ferry", words)
    assert row["version"] == 1


def test_the_frame_has_its_types_even_when_empty(library: Library) -> None:
    empty = library.articles("bridge")
    assert len(empty) == 0
    library.add("bridge", [change(title=None)])
    full = library.articles("bridge")
    assert list(empty.dtypes.astype(str)) == list(full.dtypes.astype(str))
    assert str(full["date"].dtype) == "datetime64[s]"
    assert full["title"].isna().all()


def test_adding_again_adds_nothing(library: Library) -> None:
    assert counts(library, FERRY) == (1, 0, 0, 0)
    assert counts(library, FERRY, FERRY) == (0, 0, 2, 0)
    assert len(library.articles("bridge")) == 1


def test_a_changed_article_is_a_new_version_and_both_stay(library: Library) -> None:
    counts(library, FERRY)
    assert counts(library, change(text="The ferry does not sail.")) == (0, 1, 0, 0)
    now = library.articles("bridge").iloc[0]
    assert (now["text"], now["version"]) == ("The ferry does not sail.", 2)
    history = library.history("bridge", now["article"])
    assert list(history["text"]) == ["The ferry sails.", "The ferry does not sail."]


def test_a_file_imported_twice_does_not_bring_old_versions_back(library: Library) -> None:
    both = [FERRY, change(text="The ferry does not sail.")]
    assert counts(library, *both) == (1, 1, 0, 0)
    assert counts(library, *both) == (0, 0, 2, 0)
    assert library.articles("bridge").iloc[0]["text"] == "The ferry does not sail."


def test_a_live_source_that_takes_a_change_back_is_followed(library: Library) -> None:
    texts = ["It sails.", "It does not sail.", "It sails."]
    for night, words in enumerate(texts):
        live = change(text=words, source="bag feed", fetched_at=NOW + timedelta(days=night))
        library.add("bridge", [live])
    assert library.articles("bridge").iloc[0]["version"] == 3


def test_two_sources_that_cut_an_article_differently_do_not_take_turns(library: Library) -> None:
    for night in range(3):
        at = NOW + timedelta(days=night)
        library.add("bridge", [change(text="Long cut.", source="feed", fetched_at=at)])
        library.add("bridge", [change(text="Short cut.", source="search", fetched_at=at)])
    assert library.articles("bridge").iloc[0]["version"] == 2


@pytest.mark.parametrize(
    "other",
    [
        "http://bag.test/ferry",
        "https://www.bag.test/ferry/",
        "https://BAG.test/ferry?utm_source=mail&fbclid=1#comments",
        "https://bag.test/travel/ferry-again",  # another address with the same words
    ],
)
def test_the_same_article_by_two_addresses_is_one(library: Library, other: str) -> None:
    assert counts(library, FERRY, change(url=other)) == (1, 0, 1, 0)
    # and stays one when it changes at its second address
    assert counts(library, change(url=other, text="Now longer.")) == (0, 1, 0, 0)
    assert len(library.articles("bridge")) == 1


def test_the_same_words_of_two_outlets_are_two_articles(library: Library) -> None:
    assert counts(library, FERRY, change(outlet="The Plumb Line", url="https://plumb.test/ferry")) == (2, 0, 0, 0)


def test_the_same_words_under_another_day_at_another_address_change_nothing(library: Library) -> None:
    again = change(url="https://bag.test/other", date=date(2022, 3, 10))
    assert counts(library, FERRY, again) == (1, 0, 1, 0)
    assert counts(library, FERRY, again) == (0, 0, 2, 0)
    assert library.articles("bridge").iloc[0]["date"].date() == date(2022, 3, 9)


def test_a_home_page_is_no_articles_address(library: Library) -> None:
    one, two = (change(url="https://bag.test/", title=t, text=t) for t in ("First", "Second"))
    assert counts(library, one, two) == (2, 0, 0, 0)


def test_the_sources_own_id_is_kept_and_a_taken_one_refused(library: Library) -> None:
    assert counts(library, change(id="bag-1", url=None)) == (1, 0, 0, 0)
    assert list(library.articles("bridge")["article"]) == ["bag-1"]
    added = library.add("bridge", [change(id="bag-1", url=None, outlet="The Plumb Line", text="Another.")])
    assert added.reasons == {"id taken": 1}
    assert '"bag-1" is already Morning Post Bag' in str(added.refused[0])
    assert counts(library, change(id="bag-1", url=None, text="A correction.")) == (0, 1, 0, 0)


def test_untitled_articles_of_one_day_are_told_apart(library: Library) -> None:
    one, two = (change(title=None, url=None, text=words) for words in ("First.", "Second."))
    assert counts(library, one, two) == (2, 0, 0, 0)


def test_texts_that_no_database_takes_are_refused_and_the_others_come_in(library: Library) -> None:
    added = library.add("bridge", [change(text="half \ud83d"), change(text="zero \0", url=None), FERRY])
    assert (added.new, added.reasons) == (1, {"damaged text": 2})


def test_corpora_are_apart(library: Library) -> None:
    library.add("bridge", [FERRY])
    library.add("harbour", [FERRY])
    assert len(library.articles("bridge")) == len(library.articles("harbour")) == 1


def test_the_order_is_day_outlet_id(library: Library) -> None:
    many = [change(outlet=o, date=date(2022, 3, d), url=None, title=f"{o}{d}") for d in (9, 7, 8) for o in "bäaA"]
    library.add("bridge", many)
    frame = library.articles("bridge")
    keys = list(zip(frame["date"], frame["outlet"], frame["article"], strict=True))
    assert keys == sorted(keys)


def test_raw_bytes_come_back(library: Library) -> None:
    html = b"<html>" + bytes(range(256)) * 50
    library.add("bridge", [change(raw=html)])
    article = library.articles("bridge")["article"][0]
    assert library.raw("bridge", article, 1) == html
    assert library.raw("bridge", article, 2) is None


def test_a_batch_that_fails_leaves_the_library_as_it_was(library: Library) -> None:
    def breaks() -> object:
        yield FERRY
        raise InputError("gone wrong", remedy="none")

    with pytest.raises(InputError):
        library.add("bridge", breaks())  # type: ignore[arg-type]
    assert len(library.articles("bridge")) == 0


def test_two_writers_at_once_store_each_article_once(library: Library) -> None:
    many = [change(url=f"https://bag.test/{i}", title=f"T{i}", text=f"words {i}") for i in range(300)]
    writers = [threading.Thread(target=library.add, args=("bridge", many)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    frame = library.articles("bridge")
    assert len(frame) == 300
    assert set(frame["version"]) == {1}


def test_runs_and_validators_come_back(library: Library) -> None:
    run = SourceRun("feed", NOW, 1.5, 3, 2, None, 1, 0, 4, {"paywall stub": 2}, "HTTP 500", 9000)
    add_run(library.engine, "bridge", run)
    assert runs(library.engine, "bridge") == [run]
    assert runs(library.engine, "bridge", source="other") == []
    first = Validator("https://bag.test/feed", '"a"', None, "ok", NOW)
    second = dataclasses.replace(first, etag='"b"')
    keep_validators(library.engine, "bridge", [first])
    keep_validators(library.engine, "bridge", [second])
    asked = [first.url, *(f"https://bag.test/{i}" for i in range(1200))]
    assert validators(library.engine, "bridge", asked) == {first.url: second}


def test_opening_twice_and_from_several_threads_migrates_once(library_url: str, tmp_path: Path) -> None:
    settings = load_settings(store=tmp_path, library_url=library_url)
    failures: list[Exception] = []

    def open_it() -> None:
        try:
            with open_library(settings) as library:
                library.articles("bridge")
        except WorkError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_migrations_lead_to_the_tables(library: Library) -> None:
    inspector = inspect(library.engine)
    for table in metadata.sorted_tables:
        found = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert found == {column.name: column.nullable for column in table.columns}, table.name


def test_the_revision_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(pipeline.library.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_a_library_of_the_first_form_gains_what_came_since_and_keeps_what_it_has(
    library: Library, library_url: str, tmp_path: Path
) -> None:
    counts(library, FERRY)
    with library.engine.begin() as connection:
        connection.execute(text("DROP TABLE codings"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with open_library(load_settings(store=tmp_path, library_url=library_url)) as opened:
        assert inspect(opened.engine).has_table("codings")
        assert len(opened.articles("bridge")) == 1


def test_a_library_of_a_newer_parallax_is_left_alone(library: Library, library_url: str, tmp_path: Path) -> None:
    with library.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'zzzz'"))
    with (
        pytest.raises(WorkError, match="newer"),
        open_library(load_settings(store=tmp_path, library_url=library_url)),
    ):
        pass


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("nonsense", InputError, "cannot be read"),
        ("oracle9://x/y", InputError, "no database"),
        ("postgresql://nobody@127.0.0.1:1/none", WorkError, "see that the server runs"),
        ("sqlite:////proc/none/library.sqlite", WorkError, "give a store"),
    ],
)
def test_a_library_that_cannot_be_opened_says_why(tmp_path: Path, url: str, kind: type[Exception], said: str) -> None:
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(kind, match=said), open_library(load_settings(store=tmp_path, library_url=url)):
        pass


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"these are not the bytes of a database " * 100)
    with pytest.raises(WorkError, match="move it away"), open_library(load_settings(store=tmp_path)):
        pass


def test_sqlite_keeps_what_was_committed_and_lets_readers_read(tmp_path: Path) -> None:
    with open_library(load_settings(store=tmp_path)) as library:
        engine = create_engine(f"sqlite:///{tmp_path / 'library.sqlite'}")
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        engine.dispose()
        library.add("bridge", [FERRY])


@given(st.text(max_size=80))
def test_canonical_urls_stay_canonical(tail: str) -> None:
    try:
        once = canonical_url(f"https://bag.test/{tail}")
    except ValueError:
        return
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.test/x?id=1", "https://a.test/x?id=2", False),
        ("https://a.test/x?id=1&utm_medium=b", "http://www.a.test/x?id=1", True),
        ("https://a.test:443/x", "https://a.test/x", True),
        ("https://a.test/x", "https://b.test/x", False),
        ("https://a.test/X", "https://a.test/x", False),
    ],
)
def test_addresses_are_told_apart_by_what_they_lead_to(one: str, other: str, same: bool) -> None:
    assert (address_key(one) == address_key(other)) is same


def test_ids_are_twelve_hex_digits_and_do_not_hang_on_the_words() -> None:
    assert article_id(FERRY) == article_id(change(text="Other words.", title="Other"))
    assert len(article_id(FERRY)) == 12
    int(article_id(FERRY), 16)
