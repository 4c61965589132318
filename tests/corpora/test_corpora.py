"""The demonstration corpora: as large and as various as promised, invented, marked, labelled from the text."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus import Corpus, load_corpus
from pipeline.schema import CREDIT_LABELS, VOICES

ROOT = Path(__file__).resolve().parents[2] / "corpora"
# name: least outlets, kinds of outlet, events, articles; words of an article
PROMISED = {"ukraine-2022": (8, 8, 6, 80, (150, 500)), "harbour-strike": (5, 5, 4, 24, (100, 500))}


@cache
def corpus(name: str) -> Corpus:
    return load_corpus(ROOT / name)


@cache
def articles(name: str) -> tuple[dict[str, Any], ...]:
    lines = (ROOT / name / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


demonstration = pytest.mark.parametrize("name", PROMISED)


@demonstration
def test_it_is_as_large_as_promised(name: str) -> None:
    outlets, kinds, events, number, _ = PROMISED[name]
    assert len({a["outlet"] for a in articles(name)}) >= outlets
    assert len({o.kind for o in corpus(name).file.outlets}) >= kinds
    assert len({a["labels"]["event"] for a in articles(name)}) >= events
    assert len(articles(name)) >= number


@demonstration
def test_articles_are_as_long_as_news_is(name: str) -> None:
    least, most = PROMISED[name][4]
    lengths = {a["id"]: len(a["text"].split()) for a in articles(name)}
    assert {i: n for i, n in lengths.items() if not least <= n <= most} == {}


@demonstration
def test_it_says_that_it_is_invented(name: str) -> None:
    assert "invented" in (corpus(name).file.notice or "").casefold()
    assert "invented" in (ROOT / name / "README.md").read_text(encoding="utf-8").casefold()
    assert "demonstration" in corpus(name).file.title


@demonstration
def test_its_outlets_are_listed_and_none_is_real(name: str) -> None:
    listed = {o.name for o in corpus(name).file.outlets}
    assert {a["outlet"] for a in articles(name)} <= listed
    with (ROOT / "war-2022" / "corpus.toml").open("rb") as file:
        real = {str(o["name"]).casefold() for o in tomllib.load(file)["outlets"]}
    real |= {
        "reuters",
        "the guardian",
        "the new york times",
        "the times",
        "le monde",
        "xinhua",
        "rt",
        "the economist",
    }
    assert not {outlet.casefold() for outlet in listed} & real


@demonstration
def test_its_addresses_lead_nowhere(name: str) -> None:
    hosts = {re.sub(r"https?://([^/]+).*", r"\1", a["url"]) for a in articles(name) if a.get("url")}
    assert all(host.endswith(".example") for host in hosts)


@demonstration
def test_every_article_is_whole_and_there_once(name: str) -> None:
    ids = [a["id"] for a in articles(name)]
    assert len(set(ids)) == len(ids)
    for a in articles(name):
        assert a["title"]
        assert datetime.date.fromisoformat(a["date"])
        assert a["text"] == a["text"].strip()


@demonstration
def test_labels_of_credit_stand_verbatim_in_the_text_and_name_propositions(name: str) -> None:
    known = {p.id for p in corpus(name).codebook.propositions}
    labelled = [(a, label) for a in articles(name) for label in a["labels"]["credit"]]
    assert len(labelled) >= len(articles(name)) // 2
    for a, label in labelled:
        assert label["sentence"] in a["text"], a["id"]
        assert label["proposition"] in known, a["id"]
        assert label["label"] in CREDIT_LABELS, a["id"]


@demonstration
def test_labels_of_naming_name_terms_that_the_text_has(name: str) -> None:
    terms = {t.term: t for concept in corpus(name).codebook.concepts for t in concept.terms}
    for a in articles(name):
        for label in a["labels"]["naming"]:
            assert label["voice"] in VOICES, a["id"]
            term = terms[label["term"]]
            stems = [form.casefold().rstrip("sy") for form in (term.term, *term.forms)]
            assert any(stem in a["text"].casefold() for stem in stems), (a["id"], term.term)


@demonstration
def test_each_event_is_seen_by_several_outlets_within_days(name: str) -> None:
    for event in {a["labels"]["event"] for a in articles(name)}:
        mine = [a for a in articles(name) if a["labels"]["event"] == event]
        days = [datetime.date.fromisoformat(a["date"]) for a in mine]
        assert len({a["outlet"] for a in mine}) >= 5, event
        assert (max(days) - min(days)).days <= 10, event


@demonstration
def test_its_codebook_has_all_that_measures_read(name: str) -> None:
    codebook = corpus(name).codebook
    for section in ("concepts", "propositions", "speakers", "entities", "frames", "axes"):
        assert getattr(codebook, section), section
    assert len(codebook.propositions) >= (8 if name == "ukraine-2022" else 4)


def test_the_propositions_that_are_promised_are_there() -> None:
    assert "russian-security-concerns" in {p.id for p in corpus("ukraine-2022").codebook.propositions}


def test_the_definition_of_real_outlets_has_no_text() -> None:
    assert {path.name for path in (ROOT / "war-2022").iterdir()} == {"README.md", "corpus.toml"}
    war = corpus("war-2022")
    assert war.codebook == corpus("ukraine-2022").codebook
    assert all(outlet.kind and outlet.country for outlet in war.file.outlets)
    assert len(war.file.outlets) == 17
