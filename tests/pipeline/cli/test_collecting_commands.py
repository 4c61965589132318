"""`parallax import`, `collect`, `sources check`, `articles`: answers, lines and exit statuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus import Corpus
from tests.newsstand import Reply, open_newsstand, page, rfc822, rss, story

GOOD = {"outlet": "Post Bag", "date": "2022-03-09", "title": "Ferry", "text": "The ferry sails on Monday."}


Run = Callable[..., tuple[int, str, str]]


def jsonl(path: Path, *rows: Any) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8")
    return path


def test_import_says_what_came_in_and_what_did_not(
    parallax: Run, make_corpus: Callable[..., Corpus], tmp_path: Path
) -> None:
    corpus = make_corpus().folder
    rows = [{**GOOD, "text": f"Words {i}.", "title": f"T{i}"} for i in range(999)]
    path = jsonl(tmp_path / "many.jsonl", *rows[:500], '{"broken', *rows[500:], {**GOOD, "outlet": "Stranger"})
    status, out, err = parallax("import", path, "--corpus", corpus, "--json")
    answer = json.loads(out)
    assert (status, answer["new"], answer["refused"], answer["reasons"]) == (0, 1000, 1, {"not JSON": 1})
    assert answer["unlisted"] == {"Stranger": 1}
    assert f"{path}:501: not JSON" in err
    assert answer["refusals"][0].startswith(f"{path}:501: ")
    status, out, err = parallax("import", path, "--corpus", corpus)
    assert (status, out) == (0, "")
    assert "0 new, 0 changed, 1000 already there, 1 refused (1 not JSON)" in err


def test_a_wrong_file_ends_with_two_and_leaves_the_library_as_it_was(
    parallax: Run, make_corpus: Callable[..., Corpus], tmp_path: Path
) -> None:
    corpus = make_corpus().folder
    good, empty = jsonl(tmp_path / "good.jsonl", GOOD), jsonl(tmp_path / "empty.jsonl")
    status, out, err = parallax("import", good, empty, "--corpus", corpus)
    assert (status, out) == (2, "")
    assert err.strip().splitlines()[-1] == f"parallax: {empty}: the file is empty; give a file with text in it"
    assert json.loads(parallax("articles", "--corpus", corpus, "--json")[1]) == []
    assert parallax("import", good, "--corpus", "none")[0] == 2


def test_texts_are_told_their_outlet_and_day(
    parallax: Run, make_corpus: Callable[..., Corpus], tmp_path: Path
) -> None:
    corpus = make_corpus().folder
    (tmp_path / "a.txt").write_text("The ferry sails.", encoding="utf-8")
    assert parallax("import", "a.txt", "--corpus", corpus)[0] == 2
    assert parallax("import", "a.txt", "--corpus", corpus, "--outlet", "Post Bag", "--date", "March 9")[0] == 2
    assert parallax("import", "a.txt", "--corpus", corpus, "--outlet", "Post Bag", "--date", "2022-03-09")[0] == 0
    (row,) = json.loads(parallax("articles", "--corpus", corpus, "--outlet", "Post Bag", "--json")[1])
    assert (row["outlet"], row["date"], row["words"]) == ("Morning Post Bag", "2022-03-09", 3)
    status, out, _ = parallax("articles", "--corpus", corpus)
    assert (status, row["article"] in out) == (0, True)


def test_collect_and_sources_check(
    parallax: Run, make_corpus: Callable[..., Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARALLAX_ALLOW_HOSTS", '["127.0.0.1"]')
    monkeypatch.setenv("PARALLAX_HOST_DELAY_SECONDS", "0")
    with open_newsstand() as stand:
        link = stand.put("/a", page("Ferry", story(1)))
        entry = {"title": "Ferry", "link": link, "pubDate": rfc822("2022-03-09")}
        good = stand.put("/feed", Reply(rss("Post Bag", [entry]), kind="application/rss+xml"))
        table = '\n[[sources]]\nname = "{}"\nkind = "feed"\nurls = ["{}"]\n'
        outlets = 'name = "bridge"\ntitle = "A bridge"\n\n[[outlets]]\nname = "Post Bag"\n'
        both = make_corpus(corpus=outlets + table.format("good", good) + table.format("bad", stand.url("/none")))
        status, out, err = parallax("sources", "check", "--corpus", both.folder, "--json")
        assert status == 1
        assert [one["failed"] is None for one in json.loads(out)["sources"]] == [True, False]
        assert "1 of 2 sources do not answer: bad" in err
        assert json.loads(parallax("articles", "--corpus", both.folder, "--json")[1]) == []

        status, out, err = parallax("collect", "--corpus", both.folder, "--json")
        answer = json.loads(out)["sources"]
        assert (status, answer[0]["new"], answer[1]["failed"]) == (0, 1, "HTTP 404: HTTP 404 from 127.0.0.1")
        assert "good: 1 new, 0 changed, 0 unchanged" in err
        assert "bad: failed" in err
        assert len(json.loads(parallax("sources", "runs", "--corpus", both.folder, "--json")[1])) == 2

        only = make_corpus(corpus=outlets + table.format("bad", stand.url("/none")))
        status, _, err = parallax("collect", "--corpus", only.folder)
        assert status == 1
        assert "none of the 1 sources" in err
