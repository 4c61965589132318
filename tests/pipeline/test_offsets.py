"""Whatever a piece is made of, every span that the answer cites is cut from its text as given."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from pipeline.cli.comparing import bring
from pipeline.compare import compare
from pipeline.corpus import load_corpus
from pipeline.models import Models
from pipeline.refresh import refresh
from pipeline.settings import Settings, load_settings
from pipeline.snapshot import Snapshot
from tests.conftest import CODEBOOK, CORPUS
from tests.newsstand import page, story

# Without propositions and entities: their models cost seconds, and cut no spans of their own.
QUICK = (
    CODEBOOK[: CODEBOOK.index("[[propositions]]")]
    + CODEBOOK[CODEBOOK.index("[[speakers]]") : CODEBOOK.index("[[entities]]")]
)
SENTENCES = (
    "The mayor said that the crossing would open on Monday.", "Officials called it an “eyesore”, no less.",
    '"The crossing is late," the city council said, "and the eyesore is dear."', "A BLOT ON THE RIVER IS OPEN.",
    "“The eyesore never closes, the mayor said.", "The crossing cost 3.5 million, e.g. for lamps.",
)  # fmt: skip
BETWEEN = (
    " ", "\r\n", "\n\n", "\r", "\u2028", "\u200f ", "\u202e \u202c", " \u200d", "\u200b", "\u00a0", "\x0b", "\x85",
    " 👩‍👩‍👧‍👦 ", " 🇺🇳", "\ufeff", " e\u0301té ", "\u00ad", "<p>", "&nbsp;", " " * 300, " مرحبا ", "—", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(store=tmp_path_factory.mktemp("store"), resamples=50)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, settings: Settings, models: Models) -> Snapshot:
    folder = tmp_path_factory.mktemp("bridge")
    (folder / "codebook.toml").write_text(QUICK, encoding="utf-8")
    (folder / "corpus.toml").write_text(CORPUS + "[topics]\npassage_words = 20\n", encoding="utf-8")
    rows = [
        {"outlet": outlet, "date": "2024-05-06", "title": f"{outlet} on the crossing",
         "text": " ".join((*SENTENCES[i:], *SENTENCES[:i], f"{outlet} was there."))}
        for i, outlet in enumerate(("Morning Post Bag", "The Plumb Line", "Hill Radio"))
    ]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "articles.jsonl").write_text(lines, encoding="utf-8")
    return refresh(load_corpus(folder), settings, models=models)


def answer(path: Path, published: Snapshot, settings: Settings, models: Models) -> dict[str, Any]:
    """The answer on a file, its spans held against the text that it says it read."""
    result = compare(bring(str(path), published, settings), published, models=models, settings=settings).document()
    text = result["piece"]["text"]
    spans = [row for row in result["evidence"] if row["source"] == "piece"]
    for row in spans:
        assert text[row["start"] : row["end"]] == row["text"] != ""
        assert row["sentence_start"] <= row["start"] < row["end"] <= row["sentence_end"]
    json.dumps(result, allow_nan=False)
    return result


@hypothesis.settings(max_examples=20)
@hypothesis.given(
    parts=st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(BETWEEN)), min_size=4, max_size=12),
    form=st.sampled_from(("NFC", "NFD")),
    mark=st.sampled_from((b"", b"\xef\xbb\xbf")),
)
def test_spans_are_cut_from_the_text_of_the_file(
    parts: list[tuple[str, str]],
    form: Any,
    mark: bytes,
    published: Snapshot,
    settings: Settings,
    models: Models,
) -> None:
    written = unicodedata.normalize(form, "".join(sentence + between for sentence, between in parts))
    path = settings.store / "piece.txt"
    path.write_bytes(mark + written.encode())
    result = answer(path, published, settings, models)
    # What Python's text mode gives: line ends as \n, and no byte order mark.
    assert result["piece"]["text"] == path.read_text(encoding="utf-8-sig")
    named = [row["item"] for row in result["evidence"] if row["source"] == "piece" and row["measure"] == "naming"]
    assert named


def test_spans_of_a_page_are_cut_from_the_article_that_was_read(
    published: Snapshot, settings: Settings, models: Models
) -> None:
    path = settings.store / "piece.html"
    path.write_bytes(page("The eyesore", " ".join(SENTENCES) + "\n" + story(1)))
    result = answer(path, published, settings, models)
    assert any(row["source"] == "piece" for row in result["evidence"])
    assert "<p>" not in result["piece"]["text"]


def test_spans_far_into_a_line_of_megabytes(published: Snapshot, settings: Settings, models: Models) -> None:
    path = settings.store / "long.txt"
    path.write_text("word " * 300_000 + "and the eyesore opened " * 3, encoding="utf-8")
    result = answer(path, published, settings, models)
    assert [row["text"] for row in result["evidence"] if row["item"] == "eyesore"][:3] == ["eyesore"] * 3
