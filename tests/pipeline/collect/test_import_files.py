"""Files that people give: what is right comes in, what is wrong is named with its place and remedy."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.collect import Collected, Refused
from pipeline.collect.files import read_file
from pipeline.collect.importing import import_all
from pipeline.corpus import Corpus
from pipeline.errors import InputError
from tests.newsstand import page, rss, story

GOOD = {"outlet": "Post Bag", "date": "2022-03-09", "title": "Ferry", "text": "The ferry sails on Monday."}


@pytest.fixture
def corpus(make_corpus: Callable[..., Corpus]) -> Corpus:
    return make_corpus()


def written(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def jsonl(path: Path, *rows: dict[str, Any] | str) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    return written(path, "".join(line + "\n" for line in lines))


def only(path: Path, corpus: Corpus, **more: Any) -> Collected | Refused:
    (found,) = list(read_file(path, corpus, **more))
    return found


def test_the_outlets_alias_becomes_its_name_and_unknown_columns_are_passed_over(
    tmp_path: Path, corpus: Corpus
) -> None:
    row = {
        **GOOD,
        "country": "Skerrow",
        "anything": [1, 2],
        "byline": " A. Sailor ",
        "id": 7,
        "url": "https://bag.test/f",
    }
    found = only(jsonl(tmp_path / "a.jsonl", row), corpus)
    assert found == Collected(
        "Morning Post Bag", date(2022, 3, 9), GOOD["text"], "Ferry", "A. Sailor", "https://bag.test/f", "7"
    )


def test_every_kind_of_table_gives_the_same_articles(tmp_path: Path, corpus: Corpus) -> None:
    rows = [{**GOOD, "text": f'Words with "quotes", commas;\nlines and ünïcode {i}'} for i in range(3)]
    paths = [jsonl(tmp_path / "a.jsonl", *rows)]
    paths.append(written(tmp_path / "a.jsonl.gz", gzip.compress(paths[0].read_bytes())))
    for name, delimiter in (("a.csv", ","), ("semicolon.csv", ";"), ("tab.csv", "\t")):
        with (tmp_path / name).open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, list(GOOD), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        paths.append(tmp_path / name)
    frame = pd.DataFrame(rows)
    frame.to_parquet(tmp_path / "a.parquet")
    frame.assign(date=pd.to_datetime(frame["date"])).to_parquet(tmp_path / "moments.parquet")
    paths += [tmp_path / "a.parquet", tmp_path / "moments.parquet"]
    paths.append(written(tmp_path / "a.json", json.dumps(rows)))
    read = [list(read_file(path, corpus)) for path in paths]
    assert len(read[0]) == 3
    assert all(found == read[0] for found in read)


@pytest.mark.parametrize(
    ("row", "reason", "said"),
    [
        ({**GOOD, "date": "March 9"}, "bad date", '"date" is "March 9"; give YYYY-MM-DD'),
        ({**GOOD, "date": "2022-02-30"}, "bad date", "2022-02-30"),
        ({**GOOD, "date": 20220309}, "bad date", "20220309"),
        ({**GOOD, "date": "0022-03-09"}, "bad date", "before there were newspapers"),
        ({**GOOD, "date": str(date.today() + timedelta(days=400))}, "date in the future", "in the future"),
        ({k: v for k, v in GOOD.items() if k != "outlet"}, "missing field", '"outlet" is missing'),
        ({**GOOD, "text": None}, "missing field", '"text" is missing'),
        ({**GOOD, "text": " \n\t"}, "empty text", '"text" is empty'),
        ({**GOOD, "text": 5}, "wrong type", '"text" is 5'),
        ({**GOOD, "title": ["a"]}, "wrong type", '"title" is'),
        ({**GOOD, "url": "ferry.html"}, "bad address", '"url" is "ferry.html"'),
        ({**GOOD, "url": "http://[::1"}, "bad address", '"url" is'),
        ('{"outlet": "Post Bag", ', "not JSON", "not JSON"),
        ("[1, 2]", "not an object", "not an object"),
        ("null", "not an object", "not an object"),
        ("[" * 100_000, "not JSON", "not JSON"),
        ('{"text": ' + "9" * 10_000 + "}", "not JSON", "too long"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_the_others_come_in(
    tmp_path: Path, corpus: Corpus, row: Any, reason: str, said: str
) -> None:
    path = jsonl(tmp_path / "a.jsonl", GOOD, "", row, {**GOOD, "text": "Another."})
    found = list(read_file(path, corpus))
    refused = [one for one in found if isinstance(one, Refused)]
    assert len(found) == 3
    assert [one.reason for one in refused] == [reason]
    assert str(refused[0]).startswith(f"{path}:3: ")
    assert said in str(refused[0])


def test_tomorrow_is_not_the_future_where_the_day_begins_first(tmp_path: Path, corpus: Corpus) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=1)).date()
    assert isinstance(only(jsonl(tmp_path / "a.jsonl", {**GOOD, "date": str(ahead)}), corpus), Collected)


def test_a_moment_gives_its_day(tmp_path: Path, corpus: Corpus) -> None:
    found = only(jsonl(tmp_path / "a.jsonl", {**GOOD, "date": "2022-03-09T23:50:00+01:00"}), corpus)
    assert isinstance(found, Collected)
    assert found.date == date(2022, 3, 9)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.jsonl", b"", "the file is empty"),
        ("a.jsonl", b"\n\n", "has no articles"),
        ("a.jsonl", b"\x00\x01\x02\xff" * 20, "is binary"),
        ("a.jsonl", b'{"outlet": "B"}\n', r'a.jsonl:1: "date", "text" is missing; give'),
        (
            "a.jsonl",
            json.dumps(GOOD).encode() + b'\n{"text": "caf\xe9"}\n' * 2,
            r"a.jsonl:2: not UTF-8: byte \d+ is 0xe9",
        ),
        ("a.jsonl", json.dumps(GOOD).encode("utf-16"), "is UTF-16"),
        ("a.jsonl.gz", gzip.compress(json.dumps(GOOD).encode() * 999)[:-20], "broken gzip"),
        ("a.csv", b"a,b\n1,2\n", "no column outlet, date, text"),
        ("a.csv", b"outlet,date,text\nB,2022-03-09,caf\xe9\n", "not UTF-8"),
        ("a.parquet", b"PAR1 and nothing more", "not Parquet"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b'{"a": 1}', "not a JSON Feed"),
        ("a.txt", b"Just words, and no outlet or day.", "does not say its outlet and date"),
        ("a.txt", b"outlet: B\ndate: March 9\n\nWords.", '"date" is "March 9"; give YYYY-MM-DD'),
        ("a.html", b"<html><body>hello</body></html>", "words of article on the page"),
        ("a.html", b"\x89PNG\x00\x01", "is binary"),
        ("a.warc", b"words and words", "not a WARC"),
        ("a.xml", b"<html><body>hello</body></html>", "an HTML page, not a feed"),
        ("a.rss", b"<unrecognized/>", "neither RSS, Atom nor JSON Feed"),
        ("a.docx", b"PK\x03\x04", 'the ending ".docx" is unknown'),
    ],
)
def test_a_file_that_gives_nothing_is_an_error_that_says_why(
    tmp_path: Path, corpus: Corpus, name: str, data: bytes, said: str
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        list(read_file(written(tmp_path / name, data), corpus))
    assert caught.value.exit_status == 2
    assert name in str(caught.value) or "ending" in said


def test_a_missing_file_and_a_folder(tmp_path: Path, corpus: Corpus) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read_file(tmp_path / "none.jsonl", corpus))
    with pytest.raises(InputError, match="is a folder"):
        list(read_file(tmp_path, corpus))


def test_a_csv_whose_quotes_never_close_gives_what_came_before(tmp_path: Path, corpus: Corpus) -> None:
    path = written(tmp_path / "a.csv", 'outlet,date,text\nB,2022-03-09,Words.\nB,2022-03-09,"never closed\n')
    found = list(read_file(path, corpus))
    assert [type(one) for one in found] == [Collected, Refused]
    assert found[1].line == 3  # type: ignore[union-attr]


def test_a_text_with_a_head(tmp_path: Path, corpus: Corpus) -> None:
    path = written(tmp_path / "a.txt", "title: Ferry\noutlet: Post Bag\ndate: 2022-03-09\n\nThe ferry\r\nsails.")
    found = only(path, corpus)
    assert isinstance(found, Collected)
    assert (found.outlet, found.title, found.text) == ("Morning Post Bag", "Ferry", "The ferry\nsails.")


def test_a_text_without_a_head_is_told_its_outlet_and_day(tmp_path: Path, corpus: Corpus) -> None:
    path = written(tmp_path / "a.txt", "The ferry sails.")
    found = only(path, corpus, outlet="Post Bag", day=date(2022, 3, 9))
    assert isinstance(found, Collected)
    assert (found.outlet, found.date) == ("Morning Post Bag", date(2022, 3, 9))


def test_a_page_gives_its_article_with_the_pages_own_day(tmp_path: Path, corpus: Corpus) -> None:
    path = written(tmp_path / "a.html", page("Ferry cut", story(1)))
    found = only(path, corpus, outlet="Post Bag")
    assert isinstance(found, Collected)
    assert (found.date, found.title, found.raw) == (date(2022, 3, 9), "Ferry cut", path.read_bytes())
    assert "note 5 of report 1" in found.text
    assert "All rights reserved" not in found.text


def test_a_saved_feed_gives_the_entries_that_are_whole(tmp_path: Path, corpus: Corpus) -> None:
    whole = {"title": "A", "link": "https://bag.test/a", "pubDate": "Wed, 09 Mar 2022 08:00:00 GMT",
             "description": story(1, paragraphs=9)}  # fmt: skip
    path = written(tmp_path / "a.rss", rss("Post Bag", [whole, {**whole, "description": "A teaser …"}]))
    found = list(read_file(path, corpus))
    assert isinstance(found[0], Collected)
    assert (found[0].outlet, found[0].date) == ("Morning Post Bag", date(2022, 3, 9))
    assert isinstance(found[1], Refused)
    assert found[1].reason == "teaser"


def test_nothing_is_given_out_of_several_files_when_one_cannot_be_read(tmp_path: Path, corpus: Corpus) -> None:
    files = [jsonl(tmp_path / "a.jsonl", GOOD), written(tmp_path / "b.jsonl", b"")]
    with pytest.raises(InputError, match=r"b\.jsonl"):
        import_all(files, corpus)


@pytest.mark.parametrize("wrong", [b"\xe9", b"\x00"])
def test_one_damaged_line_among_many_is_refused_and_the_others_come_in(
    tmp_path: Path, corpus: Corpus, wrong: bytes
) -> None:
    lines = [json.dumps({**GOOD, "title": f"Ferry {i}"}).encode() for i in range(300)]
    lines[200] = b'{"text": "caf' + wrong + b'"}'
    found = list(read_file(written(tmp_path / "a.jsonl", b"\n".join(lines)), corpus))
    (refused,) = [one for one in found if isinstance(one, Refused)]
    assert (len(found), refused.line, refused.reason) == (300, 201, "not UTF-8")
    offset = b"\n".join(lines).index(wrong)
    assert f"byte {offset} is" in refused.what


def test_a_text_with_half_a_character_is_refused_with_its_line(tmp_path: Path, corpus: Corpus) -> None:
    path = jsonl(tmp_path / "a.jsonl", GOOD, '{"outlet": "B", "date": "2022-03-09", "text": "\\ud800 \\u0000"}')
    refused = list(read_file(path, corpus))[1]
    assert isinstance(refused, Refused)
    assert (refused.line, refused.reason) == (2, "damaged text")


def test_a_name_that_no_system_takes_is_an_error_and_is_shown_short(corpus: Corpus) -> None:
    with pytest.raises(InputError, match="cannot be read") as caught:
        list(read_file("x" * 5000 + ".jsonl", corpus))
    assert len(str(caught.value)) < 400
