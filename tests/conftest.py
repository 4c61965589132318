"""What tests share: no network, no settings from outside, a store of their own, tiny corpora, readings."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pandas as pd
import pytest

from pipeline import text as texts
from pipeline.codebook import Codebook
from pipeline.corpus import Corpus, load_corpus
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import ATTRIBUTIONS

ROOT = Path(__file__).resolve().parent.parent
# The same examples in every run, and no deadline: a slow machine is not a fault.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CODEBOOK = """
title = "A bridge"

[[concepts]]
id = "the-bridge"
label = "the bridge"
[[concepts.terms]]
term = "crossing"
[[concepts.terms]]
term = "eyesore"
forms = ["blot on the river"]

[[propositions]]
id = "bridge-too-dear"
claim = "The bridge costs too much."
paraphrases = ["The crossing is a waste of public money.", "The city cannot afford the bridge."]

[[speakers]]
id = "city"
label = "the city"
names = ["mayor", "city council"]

[[entities]]
id = "builder"
label = "the builder"
names = ["Castor Works", "the builder"]

[[frames]]
id = "economic"
label = "Economic"
description = "costs, benefits and money"

[[axes]]
id = "cheap-dear"
label = "cheap – dear"
positive = ["cheap", "thrifty"]
negative = ["expensive", "wasteful"]
"""
CORPUS = """
name = "bridge"
title = "A bridge (test)"

[[outlets]]
name = "Morning Post Bag"
country = "Skerrow"
kind = "local"
language = "en"
aliases = ["Post Bag"]

[[outlets]]
name = "The Plumb Line"

[[sources]]
name = "articles"
kind = "files"
paths = ["articles.jsonl"]
"""


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """No test reaches beyond this machine; one that tries fails."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("localhost", "::1", "0.0.0.0")):
                raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local_only)
        yield


@pytest.fixture(autouse=True)
def _plain_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the person who runs the tests do not shape them."""
    for name in list(os.environ):
        if name.startswith("PARALLAX_") and name != "PARALLAX_EVALUATION_DATA":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of the test's own."""
    return tmp_path / "store"


@pytest.fixture(scope="session")
def models() -> Models:
    return Models()


@pytest.fixture(scope="session")
def bridge() -> Codebook:
    """A small codebook with one entry a section."""
    return Codebook.model_validate(tomllib.loads(CODEBOOK))


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[..., Corpus]:
    """make_corpus(articles, codebook=…, corpus=…): a corpus folder made on the spot, loaded."""

    def make(articles: Sequence[dict[str, Any]] = (), *, codebook: str = CODEBOOK, corpus: str = CORPUS) -> Corpus:
        folder = tmp_path / "corpus"
        folder.mkdir(exist_ok=True)
        (folder / "codebook.toml").write_text(codebook, encoding="utf-8")
        (folder / "corpus.toml").write_text(corpus, encoding="utf-8")
        lines = [json.dumps(article, ensure_ascii=False) + "\n" for article in articles]
        (folder / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
        return load_corpus(folder)

    return make


@pytest.fixture(scope="session")
def read() -> Callable[..., Reading]:
    """read("text one", "text two", attributed=["…"], distanced=["…"]): a reading with these spans in voices."""

    def make(*given: str, attributed: Sequence[str] = (), distanced: Sequence[str] = ()) -> Reading:
        articles = pd.DataFrame({"article": [f"a{i}" for i in range(len(given))], "text": list(given)})
        sentences, passages = texts.split(articles, passage_words=20)
        rows = [
            {"article": article, "attribution": i, "role": role, "start": text.index(span),
             "end": text.index(span) + len(span), "speaker": None}
            for role, spans in (("content", attributed), ("distance", distanced))
            for i, span in enumerate(spans)
            for article, text in zip(articles["article"], articles["text"], strict=True)
            if span in text
        ]  # fmt: skip
        return Reading(articles, sentences, ATTRIBUTIONS.frame(rows), passages)

    return make


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium; without one the test is skipped, or fails where CI is set."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        told = "no Chromium is installed (on Debian: apt-get install chromium)"
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail(told)
        pytest.skip(told)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    """Playwright's tests use the installed Chromium; root needs it without its sandbox."""
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": flags}
