"""Whatever a piece is made of, every span that the answer cites is cut from its text as given."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import hypothesis
import pandas as pd
import pytest
from hypothesis import strategies as st

from pipeline.cli.comparing import bring
from pipeline.compare import compare
from pipeline.corpus import load_corpus
from pipeline.models import Models
from pipeline.piece import Piece, read_piece_text
from pipeline.refresh import refresh
from pipeline.settings import Settings, load_settings
from pipeline.sides import piece_evidence
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


def held(piece: Piece, published: Snapshot, models: Models) -> pd.DataFrame:
    """The piece's evidence, its spans held against the piece's text and sentences."""
    reading = read_piece_text(piece, published, models)
    found = piece_evidence(piece, reading, published, models)
    sentences = reading.sentences.set_index("sentence")
    for row in found.itertuples(index=False):
        assert 0 <= row.start < row.end <= len(piece.text)
        assert sentences.at[row.sentence, "start"] <= row.start
        assert row.end <= sentences.at[row.sentence, "end"]
    return found[found["measure"] == "naming"]


@hypothesis.settings(max_examples=40)
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
    piece = bring(str(path), published, settings)
    # What Python's text mode gives: line ends as \n, and no byte order mark.
    assert piece.text == path.read_text(encoding="utf-8-sig")
    forms = {"crossing", "crossings", "eyesore", "eyesores", "blot on the river", "blots on the river"}
    named = held(piece, published, models)
    assert len(named)
    for row in named.itertuples(index=False):
        assert piece.text[row.start : row.end].casefold() in forms


def test_spans_far_into_a_line_of_megabytes(published: Snapshot, settings: Settings, models: Models) -> None:
    path = settings.store / "long.txt"
    path.write_text("word " * 300_000 + "and the eyesore opened " * 3, encoding="utf-8")
    piece = bring(str(path), published, settings)
    named = held(piece, published, models)
    assert [piece.text[a:b] for a, b in zip(named["start"], named["end"], strict=True)] == ["eyesore"] * 3


def test_the_answer_on_a_page_has_the_text_that_its_spans_are_cut_from(
    published: Snapshot, settings: Settings, models: Models
) -> None:
    path = settings.store / "piece.html"
    path.write_bytes(page("The eyesore", " ".join(SENTENCES) + "\n" + story(1)))
    piece = bring(str(path), published, settings)
    result = compare(piece, published, models=models, settings=settings).document()
    text, spans = result["piece"]["text"], [row for row in result["evidence"] if row["source"] == "piece"]
    assert "<p>" not in text
    assert "eyesore" in {row["text"] for row in spans}
    for row in spans:
        assert text[row["start"] : row["end"]] == row["text"]
    assert json.loads(json.dumps(result, allow_nan=False)) == result
