"""Corpus files: what is read, and every slip named with file, line and remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.corpus import Corpus, EventSettings, TopicSettings, load_corpus
from pipeline.errors import InputError

MINIMAL = 'name = "bridge"\ntitle = "A bridge"\n[[outlets]]\nname = "The Plumb Line"\n'


def test_what_is_not_said_has_its_default(make_corpus: Callable[..., Corpus]) -> None:
    corpus = make_corpus(corpus=MINIMAL)
    assert corpus.name == "bridge"
    assert corpus.file.sources == ()
    assert (corpus.file.events, corpus.file.topics) == (EventSettings(), TopicSettings())
    assert corpus.codebook.title == "A bridge"


def test_outlets_are_known_by_their_aliases_in_any_case(make_corpus: Callable[..., Corpus]) -> None:
    corpus = make_corpus()
    assert corpus.outlet_name(" post bag ") == "Morning Post Bag"
    assert corpus.outlet_name("Somebody Else ") == "Somebody Else"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (MINIMAL + 'colour = "red"\n', 5, 'unknown key "colour"'),
        (MINIMAL + "[events]\nwindow = 3\n", 6, 'unknown key "window"'),
        (MINIMAL + "[events]\nwindow_days = -1\n", 6, "events.window_days is -1"),
        (MINIMAL + "[topics]\npassage_words = 'many'\n", 6, "'many'"),
        (MINIMAL + '[[sources]]\nname = "x"\nkind = "radio"\n', 7, "'radio'"),
        ('title = "A bridge"\n[[outlets]]\nname = "x"\n', 1, '"name" is missing'),
        (MINIMAL.replace('"bridge"', '"The Bridge"'), 1, "'The Bridge'"),
        ('name = "bridge"\ntitle = "A bridge"\noutlets = []\n', 3, '"outlets"'),
        (MINIMAL + "[[[", 5, "not TOML"),
    ],
)
def test_a_slip_is_named_with_its_line(
    make_corpus: Callable[..., Corpus], content: str, line: int, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        make_corpus(corpus=content)
    assert said in caught.value.what
    assert caught.value.line == line
    assert str(caught.value.where).endswith("corpus.toml")
    assert caught.value.remedy


def test_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_bytes('title = "Brücke"'.encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        load_corpus(tmp_path)


def test_a_corpus_without_its_codebook_says_which_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_text(MINIMAL)
    with pytest.raises(InputError, match=r"codebook\.toml: no such file"):
        load_corpus(tmp_path)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r'no corpus "nowhere".*harbour-strike.*ukraine-2022'):
        load_corpus("nowhere")


@pytest.mark.parametrize("name", ["ukraine-2022", "harbour-strike", "war-2022"])
def test_the_corpora_that_come_along_are_read(name: str) -> None:
    assert load_corpus(name).name == name


def test_commands_know_a_corpus_by_its_folder_where_its_name_would_find_another(tmp_path: Path) -> None:
    known = load_corpus("harbour-strike")
    copy = shutil.copytree(known.folder, tmp_path / "mine")
    assert load_corpus(known.given) == known
    assert known.given == "harbour-strike"
    assert load_corpus(load_corpus(copy).given).folder == copy.resolve()


def test_the_hash_follows_the_content(make_corpus: Callable[..., Corpus]) -> None:
    first = make_corpus(corpus=MINIMAL)
    again = make_corpus(corpus=MINIMAL + "# a comment\n")
    other = make_corpus(corpus=MINIMAL + "[events]\nwindow_days = 4\n")
    assert first.hash == again.hash != other.hash
