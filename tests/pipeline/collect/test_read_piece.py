"""The piece somebody brings: its text exactly, its head understood, and what is no piece told why."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.collect.piece import read_piece
from pipeline.errors import InputError
from tests.newsstand import Reply, open_newsstand, page, quick, story

WORDS = (
    "The ferry company said on Monday that it would cut its winter timetable by a third, blaming fuel prices again."
)


def brought(tmp_path: Path, name: str, data: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("given", "title", "outlet", "day", "begins"),
    [
        (WORDS, None, None, None, "The ferry"),
        (f" date 2022-03-09 {WORDS}", None, None, date(2022, 3, 9), "The ferry"),
        (f"date: 2022-03-09\n\n{WORDS}", None, None, date(2022, 3, 9), "The ferry"),
        (f"2022-03-09\n{WORDS}", None, None, date(2022, 3, 9), "The ferry"),
        (
            f"title: Cut\noutlet: Post Bag\ndate: 2022-03-09\n\n{WORDS}",
            "Cut",
            "Post Bag",
            date(2022, 3, 9),
            "The ferry",
        ),
        (f'---\ntitle: "Cut"\ndate: 2022-03-09\n---\n\n{WORDS}', "Cut", None, date(2022, 3, 9), "The ferry"),
        (f"Date set for the vote. {WORDS}", None, None, None, "Date set"),
        (f"---\n{WORDS}", None, None, None, "---"),
        (f"In 2022-03-09 {WORDS}", None, None, None, "In 2022"),
    ],
)
def test_heads(
    tmp_path: Path, given: str, title: str | None, outlet: str | None, day: date | None, begins: str
) -> None:
    piece = read_piece(str(brought(tmp_path, "piece.txt", given)))
    assert (piece.title, piece.outlet, piece.date) == (title, outlet, day)
    assert piece.text == given
    assert piece.text[piece.body_start :].startswith(begins)


def test_the_text_is_what_pythons_text_mode_reads(tmp_path: Path) -> None:
    path = brought(tmp_path, "piece.txt", b"\xef\xbb\xbf" + f"{WORDS}\r\nSecond\rthird 🚢\u2028end".encode())
    assert read_piece(str(path)).text == path.read_text(encoding="utf-8-sig")


def test_two_megabytes_in_one_line(tmp_path: Path) -> None:
    assert len(read_piece(str(brought(tmp_path, "piece.txt", "word " * 400_000))).text) == 2_000_000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"word", "too short: 1 word; give at least 20"),
        (b"only five words in here", "too short: 5 words"),
        (b"date 2022-03-09", "there are no words in it"),
        (b" \n ", "there are no words in it"),
        (b"\x00\x01\x02" * 99, "is binary"),
        (b"\x89PNG\r\n\x1a\n" * 20, "is a picture"),
        (WORDS.encode() + b" caf\xe9", r"not UTF-8: byte \d+ is 0xe9; save it as UTF-8"),
        (WORDS.encode("utf-16"), "is UTF-16"),
        (f"date: March 9\n{WORDS}".encode(), 'piece.txt:1: "date" is "March 9"; give YYYY-MM-DD'),
        (b"<html><body><p>nothing</p></body></html>", "words of article on the page"),
    ],
)
def test_what_is_no_piece_says_why(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_piece(str(brought(tmp_path, "piece.txt", data)))
    assert caught.value.exit_status == 2
    assert "piece.txt" in str(caught.value)


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_piece(str(tmp_path))
    with pytest.raises(InputError, match="no such file"):
        read_piece(str(tmp_path / "none.txt"))


@pytest.mark.parametrize("name", ["piece.html", "piece.txt"])
def test_a_page_gives_its_article_and_says_so(tmp_path: Path, name: str) -> None:
    piece = read_piece(str(brought(tmp_path, name, page("Ferry cut", story(1)))))
    assert "note 5 of report 1" in piece.text
    assert "<p>" not in piece.text
    assert (piece.title, piece.date) == ("Ferry cut", date(2022, 3, 9))
    assert piece.note is not None


def test_one_row_of_json_lines(tmp_path: Path) -> None:
    row = {"text": f"  {WORDS}\r\n", "title": "Cut", "date": "2022-03-09", "outlet": "Post Bag"}
    piece = read_piece(str(brought(tmp_path, "piece.jsonl", json.dumps(row) + "\n")))
    assert (piece.text, piece.title, piece.date) == (row["text"], "Cut", date(2022, 3, 9))
    with pytest.raises(InputError, match="has 2 rows"):
        read_piece(str(brought(tmp_path, "two.jsonl", (json.dumps(row) + "\n") * 2)))


@pytest.mark.parametrize("stream", [io.BytesIO(WORDS.encode()), io.StringIO(WORDS)])
def test_standard_input(stream: io.BytesIO | io.StringIO) -> None:
    assert read_piece("-", stdin=stream).text == WORDS


def test_standard_input_with_nothing_in_it() -> None:
    with pytest.raises(InputError, match="standard input: nothing came"):
        read_piece("-", stdin=io.BytesIO(b""))


def test_an_address(tmp_path: Path) -> None:
    with open_newsstand() as stand:
        address = stand.put("/cut", page("Ferry cut", story(1)))
        plain = stand.put("/plain", Reply(WORDS.encode(), kind="text/plain"))
        settings = quick(tmp_path)
        assert read_piece(address, settings=settings).title == "Ferry cut"
        assert read_piece(plain, settings=settings).text == WORDS
        with pytest.raises(InputError, match="HTTP 404"):
            read_piece(stand.url("/none"), settings=settings)
        with pytest.raises(InputError, match="PARALLAX_ALLOW_HOSTS"):
            read_piece(address, settings=quick(tmp_path, allow_hosts=()))


def test_a_piece_in_a_script_without_blanks_is_not_too_short(tmp_path: Path) -> None:
    words = "渡船公司周一表示将把冬季班次削减三分之一并指责燃料价格上涨" * 4
    assert read_piece(str(brought(tmp_path, "piece.txt", words))).text == words


def test_half_characters_in_a_row_are_refused(tmp_path: Path) -> None:
    path = brought(tmp_path, "piece.jsonl", '{"text": "' + WORDS + ' \\ud800"}')
    with pytest.raises(InputError, match=r"piece\.jsonl:1: .text. has characters that are none"):
        read_piece(str(path))


@pytest.mark.parametrize("address", ["ftp://bag.test/a", "file:///etc/passwd"])
def test_other_addresses_than_http_are_said_to_be_none(address: str) -> None:
    with pytest.raises(InputError, match="no address that can be fetched"):
        read_piece(address)


def test_a_page_in_utf_16_is_read(tmp_path: Path) -> None:
    html = page("Ferry cut", story(1))
    text = html.decode() if isinstance(html, bytes) else html
    piece = read_piece(str(brought(tmp_path, "piece.html", text.encode("utf-16"))))
    assert "note 5 of report 1" in piece.text


def test_a_year_in_the_text_of_a_page_is_no_date(tmp_path: Path) -> None:
    words = "".join(f"<p>{line} It began in 2015.</p>" for line in story(1).split("\n"))
    html = f"<!doctype html><html><head><title>Ferry</title></head><body><article>{words}</article></body></html>"
    assert read_piece(str(brought(tmp_path, "piece.html", html))).date is None
    dated = html.replace("<head>", '<head><meta property="article:published_time" content="2022-01-01">')
    assert read_piece(str(brought(tmp_path, "dated.html", dated))).date == date(2022, 1, 1)
