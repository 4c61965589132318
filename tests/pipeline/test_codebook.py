"""Codebooks: what is read, and every slip named with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.codebook import Codebook, load_codebook
from pipeline.errors import InputError

GOOD = """title = "A bridge"
[[concepts]]
id = "the-bridge"
label = "the bridge"
[[concepts.terms]]
term = "crossing"
[[concepts.terms]]
term = "eyesore"
[[propositions]]
id = "too-dear"
claim = "The bridge costs too much."
paraphrases = ["The city cannot afford it."]
"""


def refused(tmp_path: Path, content: str | bytes) -> InputError:
    path = tmp_path / "codebook.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        load_codebook(path)
    assert caught.value.exit_status == 2
    assert str(path) in str(caught.value)
    assert caught.value.remedy
    return caught.value


def test_a_good_codebook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(GOOD)
    codebook = load_codebook(path)
    assert [term.term for term in codebook.concepts[0].terms] == ["crossing", "eyesore"]
    assert codebook.labels() == {"too-dear": "The bridge costs too much."}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('label = "the bridge"', 'label = "the bridge"\ncolour = "red"', 5, 'unknown key "colour"'),
        ('term = "eyesore"', 'term = "eyesore"\nfrom = ["x"]', 9, 'unknown key "from"'),
        ('title = "A bridge"', 'title = "A bridge"\n[[concept]]\nid = "x"', 2, 'unknown key "concept"'),
        ('paraphrases = ["The city cannot afford it."]', "paraphrases = []", 12, '"paraphrases"'),
        ('\nparaphrases = ["The city cannot afford it."]', "", 9, '"paraphrases" is missing'),
        ('claim = "The bridge costs too much."', 'claim = " "', 11, "claim"),
        ('id = "too-dear"', 'id = "Too Dear"', 10, "'Too Dear'"),
        ('[[concepts.terms]]\nterm = "eyesore"\n', "", 5, '"terms"'),
        ('claim = "The bridge costs too much."', "claim = 7", 11, "7"),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert GOOD.count(old) == 1
    error = refused(tmp_path, GOOD.replace(old, new))
    assert said in error.what
    assert error.line == line


def test_a_term_in_two_concepts_is_named(tmp_path: Path) -> None:
    terms = '[[concepts.terms]]\nterm = "Crossing"\n[[concepts.terms]]\nterm = "y"\n'
    more = '[[concepts]]\nid = "other"\nlabel = "o"\n' + terms
    error = refused(tmp_path, GOOD + more)
    assert 'the form "Crossing" belongs to "crossing" of concept "the-bridge"' in error.what
    assert error.line == 17


def test_a_form_in_two_terms_of_one_concept_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD.replace('term = "eyesore"', 'term = "eyesore"\nforms = ["crossing"]'))
    assert "belongs to" in error.what


def test_an_id_used_twice_is_named(tmp_path: Path) -> None:
    more = '[[propositions]]\nid = "too-dear"\nclaim = "c"\nparaphrases = ["p"]\n'
    error = refused(tmp_path, GOOD + more)
    assert 'propositions has the id "too-dear" twice' in error.what
    assert error.line == 14


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD + "[[axes\n")
    assert "not TOML" in error.what
    assert error.line == 13


def test_another_encoding_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, 'title = "Brücke"'.encode("latin-1"))
    assert "not UTF-8 (byte 11)" in error.what


def test_an_empty_file_lacks_a_title(tmp_path: Path) -> None:
    assert '"title" is missing' in refused(tmp_path, "").what


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_codebook(tmp_path / "none.toml")


def test_a_folder_is_no_codebook(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_codebook(tmp_path)


def test_the_hash_follows_content_and_a_section_only_its_own(bridge: Codebook) -> None:
    other = bridge.model_copy(update={"frames": ()})
    assert other.hash != bridge.hash
    assert other.section_hash("concepts") == bridge.section_hash("concepts")
    assert other.section_hash("frames") != bridge.section_hash("frames")


def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_codebook(path).title == "A bridge"
