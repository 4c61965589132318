"""The Codebook page's trial: what an entry would catch, what it changes, and the file with the entries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dashboard import trial
from dashboard.editing import Edit, edited, known_as, made, read_edit
from dashboard.pages import _codebook_trial as parts
from dashboard.toml import as_toml
from dashboard.views.trial import caught
from pipeline.codebook import load_codebook
from pipeline.credit_gate import SIMILARITY_NAMES, Near
from pipeline.credit_reading import read_for, read_texts
from pipeline.errors import InputError
from pipeline.schema import CREDIT_LABELS
from pipeline.snapshot import Snapshot
from tests.dashboard.handmade import made_snapshot
from tests.dashboard.pagekit import texts


def told(stage: str, done: int, total: int) -> None:
    """Nobody listens."""


class Gate:
    """Near is what shares a word of five letters with a wording."""

    def __init__(self, propositions: Sequence[Any]) -> None:
        self.words = [
            {w for text in (p.claim, *p.paraphrases) for w in text.casefold().strip(".").split() if len(w) > 4}
            for p in propositions
        ]

    def near(self, sentences: Sequence[str], _vectors: Any = None) -> Near:
        pairs = [(i, j) for i, s in enumerate(sentences) for j, words in enumerate(self.words)
                 if words & set(s.casefold().strip(".").split())]  # fmt: skip
        rows, numbers = np.array(pairs, int).reshape(-1, 2).T
        return Near(rows, numbers, np.zeros((len(pairs), len(SIMILARITY_NAMES)), np.float32))


class Model:
    """Credits whatever came through the gate."""

    def gate(self, propositions: Sequence[Any]) -> Gate:
        return Gate(propositions)

    def read_running(self, pairs: Sequence[Any], similarities: np.ndarray) -> np.ndarray:  # noqa: ARG002
        out = np.full((len(pairs), len(CREDIT_LABELS)), 0.001, np.float32)
        out[:, CREDIT_LABELS.index("credits")] = 0.997
        return out


MODELS: Any = SimpleNamespace(credit=Model())


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return made_snapshot(Path(tmp_path_factory.mktemp("store")))


def test_a_term_catches_every_place_with_its_voice_and_asks_no_model(snapshot: Snapshot) -> None:
    tried = trial.try_edit(snapshot, [], made("term", "ferry", "the-bridge", []), None, told=told)  # type: ignore[arg-type]
    assert len(tried.evidence) == 40
    assert set(tried.evidence["voice"]) == {"own"}
    shown = texts(caught(tried, snapshot))
    assert "40 places" in shown
    assert "Morning Post Bag" in shown


def test_inflection_is_found_by_itself_and_further_forms_count(snapshot: Snapshot) -> None:
    tried = trial.try_edit(snapshot, [], made("term", "resident", "the-bridge", ["budget"]), None, told=told)  # type: ignore[arg-type]
    cut = dict(snapshot.table("articles")[["article", "text"]].itertuples(index=False))
    rows = tried.evidence.itertuples()
    assert {cut[row.article][row.start : row.end].casefold() for row in rows} == {"residents", "budget"}


def test_a_longer_term_says_what_it_takes_from_another(snapshot: Snapshot) -> None:
    tried = trial.try_edit(snapshot, [], made("term", "built the crossing", "the-bridge", []), None, told=told)  # type: ignore[arg-type]
    assert tried.taken is not None
    assert "crossing" not in tried.taken or tried.taken["crossing"] > 0
    assert len(tried.evidence) == 40


def test_a_term_that_the_codebook_has_is_shown_and_not_offered_again(snapshot: Snapshot) -> None:
    tried = trial.try_edit(snapshot, [], made("term", "Eyesore", "the-bridge", []), None, told=told)  # type: ignore[arg-type]
    assert tried.item == "eyesore"
    assert tried.known == "under “the bridge”"
    assert "codebook-add" not in str(parts._answer(tried, snapshot))


def test_a_claim_is_read_as_a_refresh_reads_it(snapshot: Snapshot) -> None:
    edit = made("claim", "Traffic is worse than before.", None, ["More traffic every day."])
    tried = trial.try_edit(snapshot, [], edit, MODELS, told=told)
    assert tried.item == "traffic-is-worse-than-before"
    assert len(tried.evidence) == 40
    assert set(tried.evidence["label"]) == {"credits"}
    assert "40 sentences" in texts(caught(tried, snapshot))


def test_a_paraphrase_says_what_would_come_in(snapshot: Snapshot) -> None:
    edit = made("paraphrase", "Residents doubt it.", "bridge-too-dear", [])
    tried = trial.try_edit(snapshot, [], edit, MODELS, told=told)
    assert tried.before is not None
    shown = texts(caught(tried, snapshot))
    assert "would come in" in shown
    assert "Residents doubt the budget." in shown


def test_of_a_large_corpus_articles_are_drawn_and_the_page_says_so(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "MOST_SENTENCES", 80)
    tried = trial.try_edit(snapshot, [], made("claim", "Traffic grows.", None, []), MODELS, told=told)
    assert (tried.articles, tried.of) == (10, 40)
    assert "drawn from 40" in texts(caught(tried, snapshot))


def test_reading_for_one_claim_is_reading_for_all_and_looking_at_one(snapshot: Snapshot) -> None:
    propositions = snapshot.codebook.propositions
    sentences = ["It costs too much.", "The town needs it.", "Nothing.", "The town needs it."]
    whole, part = read_texts(sentences, propositions, Model()), read_for(sentences, propositions, 1, Model())  # type: ignore[arg-type]
    mine = whole.propositions == 1
    assert list(part.rows) == list(whole.rows[mine]) == [1, 3]
    assert (part.probabilities == whole.probabilities[mine]).all()


def test_the_edited_codebook_is_a_sound_file(snapshot: Snapshot, tmp_path: Path) -> None:
    edits = [
        made("term", "span “over” the \\ river", "the-bridge", ["spans"]),
        made("claim", "No ferry will run.", None, []),
        made("claim", "No ferry will run!", None, ["The ferry is gone."]),
        made("paraphrase", "It is far too expensive.", "bridge-too-dear", []),
    ]
    file = tmp_path / "codebook.toml"
    file.write_text(as_toml(edited(snapshot.codebook, edits)), encoding="utf-8")
    book = load_codebook(file)
    assert [p.id for p in book.propositions][2:] == ["no-ferry-will-run", "no-ferry-will-run-2"]
    assert known_as(book, "spans") == "under “the bridge”"
    assert "It is far too expensive." in book.propositions[0].paraphrases


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("term", "eyesore", "the-bridge"), "has “eyesore” already"),
        (Edit("term", "span", "no-such"), 'no concept "no-such"'),
        (Edit("claim", "the bridge costs too much.", "x"), "already"),
        (Edit("paraphrase", "The bridge costs too much.", "bridge-too-dear"), "already"),
        (Edit("paraphrase", "Something.", "nothing"), 'no claim "nothing"'),
        (Edit("claim", "Something new.", "Not An Id"), "does not fit"),
    ],
)
def test_what_does_not_fit_is_refused_with_words(snapshot: Snapshot, edit: Edit, words: str) -> None:
    with pytest.raises(InputError, match=words):
        edited(snapshot.codebook, [edit])


def test_an_address_holds_an_edit_and_nothing_else_is_read_from_it() -> None:
    edit = made("claim", "No  ferry\nwill run.", None, ["a", "a", " "])
    assert edit.text == "No ferry will run."
    assert read_edit(edit.written()) == edit
    odd = ("", "x", "[]", "{}", '{"kind":"spell","text":"x","into":"","more":[]}')
    odd += ('{"kind":"term","text":5,"into":"","more":[]}', '{"kind":"term","text":"x","into":"","more":"y"}')
    for one in odd:
        assert read_edit(one) is None
    with pytest.raises(InputError, match="too long"):
        made("term", "w" * 5000, "", [])


def test_trying_a_term_loads_no_model_library(snapshot: Snapshot) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from dashboard.context import Context; from dashboard.editing import made\n"
        "from dashboard.trial import try_edit; from pipeline.settings import Settings\n"
        f"store = Path({str(snapshot.folder.parents[2])!r})\n"
        "context = Context(store, 'bridge', Settings(store=store))\n"
        "try_edit(context.snapshot(None), [], made('term', 'ferry', 'the-bridge', []), context.models,"
        " told=lambda *a: None)\n"
        "print([name for name in ('torch', 'bertopic', 'sentence_transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
