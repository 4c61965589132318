from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.codebook import Codebook, Frame
from pipeline.embed import StaticEncoder
from pipeline.errors import InputError, WorkError
from pipeline.evaluate.frames import evaluate, frame_id
from pipeline.frame_model import FrameHead, agreements
from pipeline.measures import frames
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.text import split

GENERIC = ("economic", "legality", "health-and-safety", "security-and-defense")
BOOK = Codebook(
    title="test",
    frames=tuple(Frame(id=name, label=name, description=name.replace("-", " ")) for name in GENERIC),
)
MONEY = "Wheat prices rose and exporters lost millions, so banks and investors worry about profits."
LAW = "The supreme court ruled that the decree is unconstitutional, and an appeal was dismissed by the judges."
PLAIN = "She put the book on the shelf."


def read(*texts: str) -> Reading:
    articles = pd.DataFrame({"article": [f"a{i}" for i in range(len(texts))], "text": list(texts)})
    sentences, passages = split(articles, passage_words=50)
    return Reading(articles, sentences=sentences, passages=passages)


def found(reading: Reading, book: Codebook = BOOK) -> set[tuple[str, str]]:
    rows = frames.evidence(reading, book, Models())
    texts = dict(zip(reading.articles["article"], reading.articles["text"], strict=True))
    columns = rows[["item", "article", "start", "end"]].to_numpy().tolist()
    return {(str(item), texts[article][start:end]) for item, article, start, end in columns}


def test_sentences_are_found_in_their_frame() -> None:
    rows = found(read(f"{MONEY} {LAW} {PLAIN}"))
    assert ("economic", MONEY) in rows
    assert ("legality", LAW) in rows
    assert not [item for item, text in rows if text == PLAIN]


def test_the_declared_example_holds() -> None:
    (example,) = frames.DECLARATION.examples
    assert set(example.found) <= found(read(example.text))


def test_evidence_does_not_depend_on_the_other_articles() -> None:
    alone, beside = found(read(MONEY)), found(read(LAW, MONEY, PLAIN))
    assert alone == {row for row in beside if row[1] == MONEY}


@pytest.mark.parametrize("text", ["", " \n\n ", "…", "🌾🌾🌾", "零" * 50, "\x00\x01"])
def test_texts_without_known_words_take_up_no_frame(text: str) -> None:
    assert not found(read(text))


def test_a_codebook_without_frames_gives_no_rows() -> None:
    assert frames.evidence(read(MONEY), Codebook(title="none"), Models()).empty


def test_a_frame_that_the_head_does_not_know_is_read_by_its_description() -> None:
    sport = Frame(id="sport", label="Sport", description="Football match, goal, striker, referee, league, coach.")
    book = Codebook(title="sport", frames=(sport,))
    match = "The striker scored a late goal and the league leaders won the football match."
    assert found(read(f"{match} {LAW}"), book) == {("sport", match)}


def test_a_description_without_known_words_is_met_by_nothing() -> None:
    empty = Codebook(title="t", frames=(Frame(id="empty", label="x", description="\u2800"),))
    assert not found(read(MONEY), empty)


def test_shares_are_between_0_and_1_and_rest_on_all_sentences() -> None:
    reading = read(f"{MONEY} {PLAIN}", PLAIN)
    rows = frames.evidence(reading, BOOK, Models())
    units = pd.DataFrame({"sentences": [2, 1], "words": [21, 7]})
    (tally,) = frames.score(rows.assign(unit=rows["article"].map({"a0": 0, "a1": 1})), units, BOOK)
    shares = tally.numerator.toarray() / np.asarray(tally.denominator)[:, None]
    assert tally.items == GENERIC
    assert ((shares >= 0) & (shares <= 1)).all()
    assert shares[0, 0] == 0.5
    assert not shares[1].any()


def test_no_evidence_scores_zero_of_all_sentences() -> None:
    rows = frames.evidence(read(""), BOOK, Models()).assign(unit=pd.Series(dtype="int64"))
    (tally,) = frames.score(rows, pd.DataFrame({"sentences": [3], "words": [9]}), BOOK)
    assert tally.numerator.sum() == 0
    assert list(np.asarray(tally.denominator)) == [3]


def test_weights_of_another_encoder_are_refused() -> None:
    class Other(StaticEncoder):
        hash = "other"

    with pytest.raises(WorkError, match="train_frames"):
        FrameHead().margins(np.zeros((1, 256), np.float32), BOOK.frames, Other())


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "frames.safetensors"
    path.write_bytes(b"x")
    with pytest.raises(WorkError, match="SHA-256"):
        _ = FrameHead(path).known


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Economic", "economic"),
        ("Security_and_defense", "security-and-defense"),
        ("Security and Defence", "security-and-defense"),
        ("Legality_Constitutionality_and_jurisprudence", "legality"),
        ("legality, constitutionality and jurisdiction", "legality"),
        ("Political", "political"),
        ("Political_correctness", None),
        ("Other", None),
    ],
)
def test_names_of_frames_lead_to_their_ids(name: str, expected: str | None) -> None:
    assert frame_id(name, FrameHead().known) == expected


def test_the_task_reads_whole_texts() -> None:
    result = evaluate([{"text": f"{MONEY} {MONEY}", "frames": ["Economic"]}, {"text": PLAIN, "frames": []}])
    assert result.n == 2
    assert result.detail["frames"]["economic"]["recall"] == 1
    assert result.value is not None
    assert 0 < result.value <= 1
    json.dumps(result.detail)


def test_the_task_without_rows_has_no_value() -> None:
    assert evaluate([]).value is None


def test_the_task_names_a_frame_that_it_does_not_know() -> None:
    with pytest.raises(InputError, match='row 1 has the frame "Sport"'):
        evaluate([{"text": MONEY, "frames": ["Sport"]}])


def test_measured_agreement_is_of_frames_that_the_head_knows() -> None:
    known = FrameHead().known
    for frame, figure in agreements().items():
        assert frame in known
        assert 0 <= figure.low <= figure.f1 <= figure.high <= 1
        assert figure.n >= 10
