"""A piece beside the sources: the right ground, values that can be counted by hand, evidence that can be cut out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.compare import compare
from pipeline.corpus import Corpus, load_corpus
from pipeline.embed import TransformerEncoder
from pipeline.errors import InputError, WorkError
from pipeline.ground import choose_ground
from pipeline.intact import verify
from pipeline.models import Models
from pipeline.piece import article_piece, text_piece
from pipeline.refresh import refresh
from pipeline.settings import Settings, load_settings
from pipeline.snapshot import Snapshot, open_snapshot
from tests.conftest import CODEBOOK, CORPUS

# Without propositions and entities: their models are tried in their own tests, and cost seconds to load.
QUICK = (
    CODEBOOK[: CODEBOOK.index("[[propositions]]")]
    + CODEBOOK[CODEBOOK.index("[[speakers]]") : CODEBOOK.index("[[entities]]")]
)
OPENING = (
    "The new {name} over the river Skerr opened on Monday after nine years of work. Thousands of people walked "
    "across it in the rain, and the ferry made its last trip. {more} The mayor said that the {name} would bring "
    "the two halves of the town together, and shops on both banks stayed open late into the night."
)
STRIKE = (
    "Bus drivers in the northern depots stopped work at dawn over pay and rest times. Schools told parents to make "
    "other plans and the hospital moved appointments. The company offered talks; the drivers want a new rota first."
)
OUTLETS = ("Morning Post Bag", "The Plumb Line", "Hill Radio", "Lower Town Gazette", "Skerr Weekly")


def articles() -> list[dict[str, Any]]:
    """Five outlets on the opening of a bridge, in one word each; two on a strike a month later; one in German."""
    rows = [
        {"outlet": outlet, "date": f"2024-05-0{6 + i % 2}", "title": f"Bridge over the Skerr opens, {outlet} reports",
         "text": OPENING.format(name="eyesore" if outlet == "The Plumb Line" else "crossing",
                                more=f"{outlet} counted the lamps on it: there are {40 + i}.")}
        for i, outlet in enumerate(OUTLETS)
    ]  # fmt: skip
    rows += [
        {"outlet": o, "date": "2024-06-10", "title": "Bus drivers stop work", "text": f"{STRIKE} {o} was there."}
        for o in OUTLETS[:2]
    ]
    german = (
        "Die neue Brücke wurde am Montag eröffnet. Der Bürgermeister sprach von einem großen Tag für die Stadt, "
        "und viele Menschen gingen trotz des Regens hinüber, während die Fähre zum letzten Mal ablegte."
    )
    return [*rows, {"outlet": "Brückenbote", "date": "2024-05-06", "title": "Brücke offen", "text": german}]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("bridge")
    (folder / "codebook.toml").write_text(QUICK, encoding="utf-8")
    (folder / "corpus.toml").write_text(CORPUS + "[topics]\npassage_words = 20\n", encoding="utf-8")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in articles())
    (folder / "articles.jsonl").write_text(lines, encoding="utf-8")
    return load_corpus(folder)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(store=tmp_path_factory.mktemp("store"), resamples=100)


@pytest.fixture(scope="module")
def published(corpus: Corpus, settings: Settings, models: Models) -> Snapshot:
    return refresh(corpus, settings, models=models)


PIECE = (
    "So the eyesore is open. On Monday the town got its eyesore over the river Skerr, nine years late, and "
    "thousands of people walked across it in the rain as if it were a gift. The last ferry went without a word. "
    "The crossing, as officials like to call it, cost more than the school and the hospital together."
)


def rows(document: dict[str, Any], measure: str) -> dict[str, Any]:
    return {row["item"]: row for row in document["rows"] if row["measure"] == measure}


@pytest.fixture(scope="module")
def document(published: Snapshot, settings: Settings, models: Models) -> dict[str, Any]:
    return asked(published, settings, models)


def asked(published: Snapshot, settings: Settings, models: Models, wire: Any = "everywhere") -> dict[str, Any]:
    piece = text_piece(PIECE, date=date(2024, 5, 7))
    return compare(piece, published, models=models, settings=settings, wire=wire).document()


def test_a_refresh_publishes_an_intact_snapshot_and_counts_what_it_leaves_out(published: Snapshot) -> None:
    assert verify(published) == []
    articles = published.table("articles").set_index("outlet")
    assert articles.loc["Brückenbote", "reason"] == "language de"
    assert not articles.loc["Brückenbote", "measured"]
    drops = published.table("refresh").query("what == 'drop'")
    assert dict(zip(drops["name"], drops["count"], strict=True)) == {"language de": 1}


def test_a_piece_is_set_beside_the_event_it_is_about(document: dict[str, Any]) -> None:
    assert document["ground"] == "event"
    assert document["event"]["outlets"] == 5
    assert {o["outlet"] for o in document["outlets"]} == set(OUTLETS)
    assert 0.4 <= document["event"]["match"] <= 1


def test_naming_is_what_a_reader_counts(document: dict[str, Any]) -> None:
    row = rows(document, "naming")["eyesore"]
    assert row["outlets"]["The Plumb Line"]["value"] == 1
    assert {row["outlets"][o]["value"] for o in OUTLETS if o != "The Plumb Line"} == {0}
    assert row["median"] == 0
    assert row["piece"]["value"] > 0.5
    assert row["piece"]["low"] <= row["piece"]["value"] <= row["piece"]["high"] <= 1


def test_words_are_shown_as_they_are_written(document: dict[str, Any]) -> None:
    written = {item: row["label"] for item, row in rows(document, "keyness").items()}
    assert written["thousands"] == "thousands"
    assert written["monday"] == "Monday"
    assert written["river skerr"] == "river Skerr"


def test_what_cannot_be_had_is_null_with_n_0(document: dict[str, Any]) -> None:
    for row in document["rows"]:
        for cell in (row["piece"], *row["outlets"].values()):
            assert (cell["value"] is None) == (cell["low"] is None) == (cell["high"] is None)
            assert cell["value"] is not None or cell["n"] == 0


def test_evidence_is_cut_from_the_text_as_given(document: dict[str, Any], published: Snapshot) -> None:
    texts = published.table("articles").set_index("article")["text"].to_dict() | {document["piece"]["id"]: PIECE}
    assert {row["measure"] for row in document["evidence"]} >= {"naming", "emphasis"}
    for row in document["evidence"]:
        text = texts[row["article"]]
        assert text[row["start"] : row["end"]] == row["text"]
        assert row["sentence_start"] <= row["start"] < row["end"] <= row["sentence_end"]
    named = [r for r in document["evidence"] if r["source"] == "piece" and r["item"] == "eyesore"]
    assert [r["text"] for r in named] == ["eyesore", "eyesore"]


def test_the_answer_is_plain_json(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_the_same_question_has_the_same_answer(
    document: dict[str, Any], published: Snapshot, settings: Settings, models: Models
) -> None:
    again = open_snapshot(settings.store, published.corpus.name)
    assert asked(again, settings, models) == document


def test_wire_copy_counts_once_unless_asked_for_everywhere(
    document: dict[str, Any], published: Snapshot, settings: Settings, models: Models
) -> None:
    once = asked(published, settings, models, wire="once")
    counted = [
        sum(cell["n"] for cell in rows(answer, "naming")["crossing"]["outlets"].values())
        for answer in (document, once)
    ]
    assert counted[0] > counted[1] > 0


def test_an_article_is_not_compared_with_itself(published: Snapshot, settings: Settings, models: Models) -> None:
    chosen = published.table("articles").query("outlet == 'Hill Radio'")["article"].iloc[0]
    found = compare(article_piece(published, chosen), published, models=models, settings=settings)
    assert chosen not in set(published.table("articles")["article"].iloc[found.ground.rows])
    assert found.piece.outlet == "Hill Radio"


class Unread(TransformerEncoder):
    """The transformer, where nobody may load it."""

    @property
    def _model(self) -> Any:
        raise AssertionError("the transformer was loaded")


def test_an_article_of_the_corpus_finds_its_ground_without_the_transformer(
    published: Snapshot, settings: Settings, models: Models
) -> None:
    chosen = article_piece(published, published.table("articles").query("outlet == 'Hill Radio'")["article"].iloc[0])
    without = Models()
    without.__dict__["transformer"] = Unread()
    kept = choose_ground(chosen, published, models=without, settings=settings)
    brought = choose_ground(replace(chosen, article=None), published, models=models, settings=settings)
    assert list(kept.rows) == list(brought.rows)
    assert (kept.kind, kept.event) == (brought.kind, brought.event)
    assert kept.match == pytest.approx(brought.match, abs=1e-3)  # vectors are kept as half floats
    with pytest.raises(AssertionError, match="loaded"):
        choose_ground(text_piece(PIECE), published, models=without, settings=settings)


def test_a_text_that_the_corpus_has_is_not_compared_with_itself(
    published: Snapshot, settings: Settings, models: Models
) -> None:
    text = published.table("articles").query("outlet == 'Hill Radio'")["text"].iloc[0]
    found = compare(text_piece(f"\n{text}\n"), published, models=models, settings=settings)
    assert "Hill Radio" not in {o["outlet"] for o in found.document()["outlets"]}


def test_a_piece_that_fits_no_event_is_compared_with_the_period(
    published: Snapshot, settings: Settings, models: Models
) -> None:
    recipe = (
        "Rinse the lentils and leave them to soak. Chop two onions and fry them gently in butter until they turn "
        "golden. Add cumin, coriander and a little chilli, then the lentils and a litre of stock, and simmer."
    )
    answer = compare(text_piece(recipe), published, models=models, settings=settings).document()
    assert answer["ground"] == "period"
    assert answer["event"] is None
    assert "fits no event" in answer["why"]


def test_a_piece_in_another_language_is_placed_and_not_measured(
    published: Snapshot, settings: Settings, models: Models
) -> None:
    german = (
        "Am Montag wurde die Brücke über den Fluss eröffnet. Viele Menschen gingen im Regen hinüber, obwohl das "
        "Bauwerk mehr gekostet hat als die Schule und das Krankenhaus zusammen."
    )
    answer = compare(text_piece(german), published, models=models, settings=settings).document()
    assert answer["piece"]["language"] == "de"
    assert not answer["piece"]["measured"]
    assert all(row["piece"]["n"] == 0 and row["piece"]["value"] is None for row in answer["rows"])
    assert not [row for row in answer["evidence"] if row["source"] == "piece"]


def test_the_ground_can_be_chosen(published: Snapshot, settings: Settings, models: Models) -> None:
    piece = text_piece(PIECE)
    june = compare(
        piece, published, models=models, settings=settings, since=date(2024, 6, 1), until=date(2024, 6, 30)
    )
    assert june.ground.kind == "period"
    assert {o["outlet"] for o in june.outlets} == set(OUTLETS[:2])
    one = compare(piece, published, models=models, settings=settings, against=["Hill Radio"])
    assert {o["outlet"] for o in one.outlets} == {"Hill Radio"}
    strike = published.table("events").query("start >= '2024-06-01'")["event"].iloc[0]
    other = compare(piece, published, models=models, settings=settings, ground="event", event=strike)
    assert other.document()["event"]["id"] == strike


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"event": "nowhere"}, "no event"),
        ({"against": ["Nobody"]}, "no outlet"),
        ({"since": date(1999, 1, 1), "until": date(1999, 1, 2)}, "nothing to compare"),
    ],
)
def test_a_ground_that_is_not_there_is_an_error(
    wrong: dict[str, Any], told: str, published: Snapshot, settings: Settings, models: Models
) -> None:
    with pytest.raises(InputError, match=told):
        compare(text_piece(PIECE), published, models=models, settings=settings, **wrong)


@pytest.mark.parametrize(
    "text", ["one two three", "word " * 3000, "😀 ‏مرحبا‎ “never closed " * 30, "ALL CAPITALS NO STOP " * 50]
)
def test_odd_pieces_have_an_answer(text: str, published: Snapshot, settings: Settings, models: Models) -> None:
    answer = compare(text_piece(text), published, models=models, settings=settings).document()
    assert json.dumps(answer, allow_nan=False)


def test_an_empty_corpus_says_what_to_do(tmp_path: Path, models: Models) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "codebook.toml").write_text(QUICK, encoding="utf-8")
    (tmp_path / "c" / "corpus.toml").write_text(CORPUS[: CORPUS.index("[[sources]]")], encoding="utf-8")
    settings = load_settings(store=tmp_path / "store")
    with pytest.raises(WorkError, match="no articles"):
        refresh(load_corpus(tmp_path / "c"), settings, models=models)


def test_a_second_refresh_with_nothing_new_gives_the_same_tables(
    corpus: Corpus, settings: Settings, models: Models, published: Snapshot
) -> None:
    for full in (False, True):
        again = refresh(corpus, settings, models=models, full=full)
        for name in ("articles", "sentences", "events", "evidence", "profile", "topics", "passages"):
            assert again.table(name).equals(published.table(name)), f"{name}, full={full}"


def test_a_value_has_an_n_and_what_cannot_be_had_has_none(document: dict[str, Any]) -> None:
    for row in document["rows"]:
        for cell in (row["piece"], *row["outlets"].values()):
            assert (cell["value"] is None) == (cell["n"] == 0), (row["measure"], row["item"], cell)
