"""The credit measure: evidence from each sentence alone, values from evidence, and its evaluation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.codebook import Codebook
from pipeline.errors import InputError
from pipeline.evaluate import credit as credit_task
from pipeline.evaluate import narratives
from pipeline.measures import credit
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import CREDIT_LABELS, EVIDENCE
from pipeline.tallies import dense

Read = Callable[..., Reading]
SAID = "The mayor said that the bridge costs too much."
MEANT = "This bridge is simply too expensive for the city."
DENIED = "The council denied that the bridge is too expensive."
ELSE = "The bridge will be painted green next week."


def labels_of(evidence: pd.DataFrame) -> list[str]:
    return evidence.sort_values(["article", "start"])["label"].tolist()


def test_sentences_are_found_with_their_labels(bridge: Codebook, models: Models, read: Read) -> None:
    reading = read(f"{SAID} {MEANT} {DENIED} {ELSE}")
    evidence = credit.evidence(reading, bridge, models)
    assert labels_of(evidence) == ["reports", "credits", "disputes"]
    assert set(evidence["item"]) == {"bridge-too-dear"}
    text = reading.articles["text"].iloc[0]
    assert [text[a:b] for a, b in zip(evidence["start"], evidence["end"], strict=True)] == [SAID, MEANT, DENIED]


def test_what_is_quoted_is_not_the_outlets_own_credit(bridge: Codebook, models: Models, read: Read) -> None:
    own, quoted = read(MEANT), read(MEANT, attributed=[MEANT])
    assert labels_of(credit.evidence(own, bridge, models)) == ["credits"]
    evidence = credit.evidence(quoted, bridge, models)
    assert labels_of(evidence) == ["reports"]
    assert evidence["voice"].tolist() == ["attributed"]


def test_a_quoted_dispute_stays_one(bridge: Codebook, models: Models, read: Read) -> None:
    assert labels_of(credit.evidence(read(DENIED, attributed=[DENIED]), bridge, models)) == ["disputes"]


def test_the_order_of_articles_changes_nothing(bridge: Codebook, models: Models, read: Read) -> None:
    reading = read(SAID, MEANT, f"{ELSE} {DENIED}")
    turned = Reading(
        reading.articles.iloc[::-1].reset_index(drop=True),
        reading.sentences.sample(frac=1, random_state=3).reset_index(drop=True),
    )
    here, there = (credit.evidence(r, bridge, models) for r in (reading, turned))
    order = ["article", "sentence", "item"]
    pd.testing.assert_frame_equal(
        here.sort_values(order).reset_index(drop=True), there.sort_values(order).reset_index(drop=True)
    )


def test_an_article_has_the_same_evidence_alone(bridge: Codebook, models: Models, read: Read) -> None:
    together = credit.evidence(read(SAID, MEANT), bridge, models)
    alone = credit.evidence(read(SAID), bridge, models)
    pd.testing.assert_frame_equal(together[together["article"] == "a0"].reset_index(drop=True), alone)


@pytest.mark.parametrize("text", ["", "🙂 \u200f\u200d", "word " * 3000, "“" + MEANT])
def test_odd_texts_are_read(text: str, bridge: Codebook, models: Models, read: Read) -> None:
    assert list(credit.evidence(read(text), bridge, models).columns) == EVIDENCE.names


def test_a_codebook_without_propositions_has_no_evidence(bridge: Codebook, models: Models, read: Read) -> None:
    bare = bridge.model_copy(update={"propositions": ()})
    assert credit.evidence(read(MEANT), bare, models).empty


def test_values_follow_from_the_labels(bridge: Codebook) -> None:
    labels = ["credits", "credits", "disputes", "reports", "credits"]
    evidence = pd.DataFrame({"unit": [0, 0, 0, 0, 1], "item": "bridge-too-dear", "label": labels})
    units = pd.DataFrame({"sentences": [10, 5, 4], "words": [100, 50, 40]})
    balance, attention = credit.score(evidence, units, bridge)
    rows = np.arange(3)
    assert [part.ravel().tolist() for part in dense(balance, rows)] == [[1, 1, 0], [4, 1, 0]]
    assert [part.ravel().tolist() for part in dense(attention, rows)] == [[4, 1, 0], [10, 5, 4]]


def row(text: str, label: str) -> dict[str, object]:
    return {
        "proposition": "dear",
        "claim": "The bridge costs too much.",
        "paraphrases": ["The city cannot afford the bridge."],
        "text": text,
        "label": label,
    }


def test_evaluation_gives_every_row_a_label() -> None:
    rows = [row(SAID, "reports"), row(MEANT, "credits"), row(DENIED, "disputes"), row(ELSE, "none")]
    result = credit_task.evaluate(rows)
    assert result.n == 4
    assert result.value == 1
    counted = sum(n for found in result.detail["confusion"].values() for n in found.values())
    assert counted == 4
    assert set(result.detail["labels"]) == set(CREDIT_LABELS)


def test_evaluation_of_nothing_has_no_value() -> None:
    assert credit_task.evaluate([]).value is None
    assert narratives.evaluate([]).value is None


def test_evaluation_says_what_a_row_lacks() -> None:
    with pytest.raises(InputError, match="paraphrases"):
        credit_task.evaluate([{"proposition": "p", "claim": "c", "text": "t", "label": "none"}])
    with pytest.raises(InputError, match="claim"):
        credit_task.evaluate([row(SAID, "reports") | {"claim": " "}])


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("T: Talk of dues: Dues drive ships away", "Dues drive ships away."),
        ("T: Talk of dues: Criticism of the port authority", "The port authority deserve criticism."),
        ("T: Distrust towards pilots: Other", "Pilots cannot be trusted."),
        ("Dues", "Dues."),
    ],
)
def test_a_narratives_name_becomes_a_claim(name: str, claim: str) -> None:
    assert narratives.proposition_of(name, 0).claim == claim


def test_documents_that_push_a_narrative_rank_above_others() -> None:
    pushing = {"text": MEANT, "subnarratives": ["T: Money: The bridge costs too much"]}
    others = [{"text": text, "subnarratives": []} for text in (ELSE, DENIED, "", "Ships sailed at noon.")]
    result = narratives.evaluate([pushing] * 5 + others)
    assert result.n == 9
    assert result.value == 1


def test_area_under_the_curve_counts_ties_half() -> None:
    assert narratives.area_under_curve(np.array([2.0, 3.0]), np.array([1.0])) == 1
    assert narratives.area_under_curve(np.array([1.0]), np.array([1.0, 1.0])) == 0.5
