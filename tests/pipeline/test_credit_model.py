"""The credit models: probabilities from claim and sentence alone; another model in the built-in's place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import credit_model, embed
from pipeline.codebook import Proposition
from pipeline.credit_gate import MOST_PROPOSITIONS, SIMILARITY_NAMES, Gate, Thresholds, stands_out
from pipeline.credit_model import SPEAKS, CreditModel, StackedModel, load_credit_model
from pipeline.credit_reading import Memories, likeliest, read_pairs, read_texts
from pipeline.cues import CUE_NAMES, cue_matrix, cues
from pipeline.errors import InputError, WorkError
from pipeline.evaluate import evaluate, read_rows
from pipeline.inference_model import credit_of
from pipeline.memory import Memory
from pipeline.models import Models
from pipeline.schema import CREDIT_LABELS

TESTS = Path(__file__).resolve().parents[1]
UNSEEN = TESTS / "data" / "credit_unseen.jsonl"
TRAINING = TESTS.parent / "corpora" / "training"
CLAIM = Proposition(
    id="dear-bridge", claim="The bridge costs too much.", paraphrases=("The city cannot afford the bridge.",)
)
SENTENCES = [
    "The mayor said that the bridge costs too much.",
    "The bridge costs far too much, and the city will pay for it for decades.",
    "The council denied that the bridge is too expensive.",
    "The bridge will be painted green next week.",
]


class WordEncoder:
    """Counts each word in a column of its own: an encoder without weights."""

    name, hash, dimensions = "words", "words-1", 4096

    def __init__(self) -> None:
        self._columns: dict[str, int] = {}

    def encode(self, texts: list[str]) -> np.ndarray:
        out = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().replace(".", "").split():
                out[row, self._columns.setdefault(word, len(self._columns))] += 1
        return embed.unit(out)


def gate_of(propositions: list[Proposition]) -> Gate:
    encoder = WordEncoder()
    background = encoder.encode(["the cat sat", "on the mat", "rain fell all day", "ships in the bay"])
    return Gate(
        propositions,
        encoder,
        encoder,
        backgrounds=(background, background),
        thresholds=Thresholds(static_score=0.5, score=0.5, similarity=0.3),
    )


def test_each_pair_gets_probabilities(models: Models) -> None:
    found = read_pairs(SENTENCES, np.zeros(len(SENTENCES), int), [CLAIM], models.credit)
    assert found.shape == (len(SENTENCES), len(CREDIT_LABELS))
    assert np.allclose(found.sum(1), 1, atol=1e-4)


def test_the_four_labels_are_told_apart(models: Models) -> None:
    found = read_pairs(SENTENCES, np.zeros(len(SENTENCES), int), [CLAIM], models.credit)
    labels = [CREDIT_LABELS[i] for i in found.argmax(1)]
    assert labels == ["reports", "credits", "disputes", "none"]


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("{0}.", "credits"), ("It is a fact that {1}.", "credits"), ("The minister said that {1}.", "reports"),
        ("{0}, according to officials.", "reports"), ("The ministry denied that {1}.", "disputes"),
        ("There is no evidence that {1}.", "disputes"),
    ],
)  # fmt: skip
def test_a_claim_in_its_own_words_is_read_as_it_stands(models: Models, sentence: str, label: str) -> None:
    claims = {row["claim"]: tuple(row["paraphrases"]) for row in read_rows(UNSEEN)}
    given = [Proposition(id=f"p{i}", claim=c, paraphrases=p) for i, (c, p) in enumerate(claims.items())]
    bare = [p.claim.rstrip(".") for p in given]
    texts = [sentence.format(claim, claim[0].lower() + claim[1:]) for claim in bare]
    found = read_pairs(texts, np.arange(len(given)), given, models.credit).argmax(1)
    assert np.mean(found == CREDIT_LABELS.index(label)) > 0.9


# Claims and sentences that were written to measure with, and that nothing may learn or be chosen on.
def test_claims_that_taught_nothing_are_read_no_worse_than_they_were() -> None:
    document = evaluate("credit", UNSEEN)
    assert document["n"] == 576
    assert document["value"] >= 0.72


def test_no_training_claim_is_one_to_measure_with() -> None:
    learnt = {row["claim"] for path in TRAINING.glob("credit_*.jsonl") for row in read_rows(path) if "claim" in row}
    assert not learnt & {row["claim"] for row in read_rows(UNSEEN)}


def test_a_proposition_in_capitals_is_read_like_another(models: Models) -> None:
    loud = Proposition(id="loud", claim=CLAIM.claim.upper(), paraphrases=tuple(p.upper() for p in CLAIM.paraphrases))
    where = np.zeros(len(SENTENCES), int)
    quiet_found = read_pairs(SENTENCES, where, [CLAIM], models.credit)
    assert np.allclose(quiet_found, read_pairs(SENTENCES, where, [loud], models.credit), atol=1e-3)


def test_what_stands_around_a_sentence_changes_nothing(models: Models) -> None:
    first = read_texts(SENTENCES, [CLAIM], models.credit)
    turned = read_texts(SENTENCES[::-1], [CLAIM], models.credit)
    here = {SENTENCES[i]: p for i, p in zip(first.rows, first.probabilities, strict=True)}
    there = {SENTENCES[::-1][i]: p for i, p in zip(turned.rows, turned.probabilities, strict=True)}
    assert here.keys() == there.keys()
    assert all(np.allclose(here[text], there[text], atol=1e-4) for text in here)


def test_a_text_that_occurs_twice_is_read_alike(models: Models) -> None:
    found = read_texts([SENTENCES[0], SENTENCES[1], SENTENCES[0]], [CLAIM], models.credit)
    at = {int(row): p for row, p in zip(found.rows, found.probabilities, strict=True)}
    assert 0 in at
    assert (at[0] == at[2]).all()


SCHOOL = Proposition(
    id="school-small", claim="The school has too few rooms.", paraphrases=("Pupils are taught in corridors.",)
)


def test_one_proposition_more_has_its_own_pairs_read_and_no_sentence_encoded_again(
    models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = [*SENTENCES, "The head said that the school has too few rooms.", "The school has plenty of rooms."]
    encoded, judged = list[str](), list[tuple[str, str]]()
    model, encode, judge = models.credit, models.transformer.encode, models.credit.read_running

    def encoding(texts: list[str]) -> np.ndarray:
        encoded.extend(texts)
        return encode(texts)

    def judging(pairs: Sequence[tuple[str, Proposition]], similarities: np.ndarray) -> np.ndarray:
        judged.extend((sentence, proposition.id) for sentence, proposition in pairs)
        return judge(pairs, similarities)

    def forget() -> None:
        encoded.clear()
        judged.clear()

    monkeypatch.setattr(models.transformer, "encode", encoding)
    monkeypatch.setattr(model, "read_running", judging)
    memories = Memories(Memory(tmp_path / "vectors"), Memory(tmp_path / "readings"))
    read_texts(sentences, [CLAIM], model, memories)
    assert set(encoded) >= set(SENTENCES[:3])
    first = judged.copy()
    forget()
    more = read_texts(sentences, [CLAIM, SCHOOL], model, memories)
    assert judged
    assert {claim for _, claim in judged} == {SCHOOL.id}
    assert not set(encoded) & {sentence for sentence, _ in first}
    forget()
    again = read_texts(sentences, [CLAIM, SCHOOL], model, memories)
    assert not judged
    assert not set(encoded) & set(sentences)
    whole = read_texts(sentences, [CLAIM, SCHOOL], model)
    assert set(judged) >= {*first, (sentences[4], SCHOOL.id)}
    for found in (more, again):
        assert found.rows.tolist() == whole.rows.tolist()
        assert found.propositions.tolist() == whole.propositions.tolist()
        assert np.allclose(found.probabilities, whole.probabilities, atol=1e-4)


def test_running_text_is_read_by_its_own_stack(models: Models) -> None:
    where = np.zeros(len(SENTENCES), int)
    near = models.credit.gate([CLAIM]).similarities(SENTENCES)[:, 0]
    pairs = [(sentence, CLAIM) for sentence in SENTENCES]
    running = models.credit.read_running(pairs, near)
    assert not np.allclose(running, models.credit.read(pairs, near), atol=0.05)
    none = CREDIT_LABELS.index("none")
    assert np.allclose(running.sum(1), 1, atol=1e-5)
    assert running[3, none] > running[:3, none].max()
    assert [CREDIT_LABELS[i] for i in likeliest(running)] == ["reports", "credits", "disputes", "none"]
    assert np.allclose(
        read_texts(SENTENCES, [CLAIM], models.credit).probabilities, running[where == 0][:3], atol=1e-4
    )


def test_what_hardly_speaks_to_a_claim_is_none_and_else_the_likeliest_of_the_others() -> None:
    none = CREDIT_LABELS.index("none")
    of = {label: i for i, label in enumerate(CREDIT_LABELS)}
    found = np.zeros((3, len(CREDIT_LABELS)))
    found[:, none] = 1 - SPEAKS - 0.01, 1 - SPEAKS + 0.01, 1
    found[:2, of["reports"]] = 0.2
    found[:2, of["disputes"]] = 1 - found[:2].sum(1)
    assert likeliest(found).tolist() == [of["reports"], none, none]


def test_nothing_to_read_gives_nothing(models: Models) -> None:
    assert len(read_texts([], [CLAIM], models.credit).rows) == 0
    assert len(read_texts(SENTENCES, [], models.credit).rows) == 0
    assert read_pairs([], np.zeros(0, int), [CLAIM], models.credit).shape == (0, 4)
    odd = ["", "🙂", "\u200f\u200d", "." * 500]
    assert len(read_texts(odd, [CLAIM], models.credit).labels) <= len(odd)


def test_of_500_propositions_a_sentence_is_read_for_the_few_nearest() -> None:
    things = [f"{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(500)]
    many = [Proposition(id=f"p{i}", claim=f"{x * 5} sinks fast.", paraphrases=(x,)) for i, x in enumerate(things)]
    near = gate_of(many).near([f"{things[7] * 5} sinks fast.", "Nothing happened today."])
    assert (near.rows == 0).all()
    assert 7 in near.propositions.tolist()
    assert len(near.rows) <= MOST_PROPOSITIONS


def test_a_sentence_is_read_for_the_two_nearest_propositions_that_stand_out() -> None:
    similarities = np.array([[0.6, 0.7, 0.3, 0.2], [0.8, 0.1, 0.1, 0.0], [0.3, 0.2, 0.4, 0.1], [0.6, 0.6, 0.5, 0.5]])
    assert stands_out(similarities).tolist() == [
        [True, True, False, False],
        [True, False, False, False],
        [False] * 4,
        [False] * 4,
    ]
    assert stands_out(similarities[:2, :2]).tolist() == [[True, True], [True, False]]


def test_the_gate_holds_back_what_is_far() -> None:
    near = gate_of([CLAIM]).near(["The bridge costs too much.", "Rain fell all day."])
    assert near.rows.tolist() == [0]
    assert near.similarities.shape == (1, len(SIMILARITY_NAMES))


def test_cues_have_their_names_and_take_capitals_calmly() -> None:
    assert cue_matrix([]).shape == (0, len(CUE_NAMES))
    row = cues("Officials denied that the bridge was unsafe.", "The bridge is unsafe.")
    assert row[CUE_NAMES.index("deny")] == 1
    assert row[CUE_NAMES.index("denied_or_false")] == 1
    loud = cues("OFFICIALS DENIED THAT THE BRIDGE WAS UNSAFE.", "THE BRIDGE IS UNSAFE.")
    assert loud[CUE_NAMES.index("deny")] == 1


def test_who_uses_a_term_says_nothing_of_the_claim() -> None:
    plain = "The bridge costs too much"
    aside = cues(f"{plain} in what many economists call a “money pit”.", CLAIM.claim)
    assert not aside[[CUE_NAMES.index(name) for name in ("say", "quoted", "attributed", "distance")]].any()
    claimed = cues("The army took over in what many critics call a coup.", "The takeover was a coup.")
    assert claimed[CUE_NAMES.index("attributed")] == 1, "the term is what is claimed"
    called = cues(f"{plain}, critics say.", CLAIM.claim)
    assert called[CUE_NAMES.index("attributed")] == 1


def test_other_weights_are_refused(tmp_path: Path, models: Models) -> None:
    path = tmp_path / "credit.safetensors"
    path.write_bytes(b"other weights")
    with pytest.raises(WorkError, match=credit_model.CREDIT_SHA256):
        StackedModel(models, weights=path).gate([CLAIM])


def test_what_ships_is_small_and_named_in_the_hash(models: Models) -> None:
    assert (embed.WEIGHTS / "credit.safetensors").stat().st_size <= 25_000_000
    assert credit_model.CREDIT_SHA256[:16] in models.credit.hash


def tiny_classifier(folder: Path, labels: list[str]) -> Path:
    """A sequence classifier with random weights, made on the spot."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(1)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"the bridge costs too much city said .".split()]
    folder.mkdir()
    numbers = {piece: number for number, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    untyped: Any = PreTrainedTokenizerFast
    untyped(tokenizer_object=tokenizer, pad_token="[PAD]").save_pretrained(folder)
    return folder


def test_an_nli_model_slots_in(tmp_path: Path, models: Models) -> None:
    folder = tiny_classifier(tmp_path / "nli", ["CONTRADICTION", "entailment", "neutral"])
    model: CreditModel = load_credit_model(str(folder), models)
    found = read_texts(SENTENCES, [CLAIM], model)
    assert np.allclose(found.probabilities.sum(1), 1, atol=1e-4)
    assert model.hash != models.credit.hash
    again = read_texts(SENTENCES[::-1], [CLAIM], load_credit_model(str(folder), models))
    assert np.allclose(np.sort(found.probabilities, 0), np.sort(again.probabilities, 0), atol=1e-4)


def test_other_weights_of_an_nli_model_give_another_hash(tmp_path: Path, models: Models) -> None:
    folder = tiny_classifier(tmp_path / "nli", ["entailment", "neutral", "contradiction"])
    before = load_credit_model(str(folder), models).hash
    (folder / "model.safetensors").write_bytes(b"retrained")
    assert load_credit_model(str(folder), models).hash != before


def test_a_model_that_is_no_nli_model_is_refused(tmp_path: Path, models: Models) -> None:
    folder = tiny_classifier(tmp_path / "stars", ["one star", "two stars"])
    with pytest.raises(InputError, match="entailment"):
        read_texts(SENTENCES, [CLAIM], load_credit_model(str(folder), models))


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, models: Models) -> None:
    with pytest.raises(InputError, match="NLI cross-encoder"):
        read_texts(SENTENCES, [CLAIM], load_credit_model(str(tmp_path / "nowhere"), models))


def test_what_is_entailed_and_attributed_is_reported() -> None:
    relations = np.array([[0.9, 0.05, 0.05], [0.9, 0.05, 0.05], [0.05, 0.05, 0.9], [0.9, 0.05, 0.05]])
    attributed, denied = np.array([True, False, False, True]), np.array([False, False, False, True])
    found = credit_of(relations, attributed, denied)
    assert [CREDIT_LABELS[i] for i in found.argmax(1)] == ["reports", "credits", "disputes", "disputes"]
    assert np.allclose(found.sum(1), 1)


def test_a_name_for_the_whole_keeps_no_distance() -> None:
    column = CUE_NAMES.index("distance")
    assert cues("It is what the council calls a bargain.", CLAIM.claim)[column] == 1
    assert cues("The bridge costs too much in what experts call a textbook case.", CLAIM.claim)[column] == 0
