"""The training sentences are what their README says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.frame_model import FrameHead
from pipeline.schema import CREDIT_LABELS
from pipeline.sentiment_model import ROLES

TRAINING = Path(__file__).resolve().parents[2] / "corpora" / "training"
FILES = ("credit_sentences.jsonl", "credit_running_text.jsonl")
BY_CLAIM = ("credit_by_claim.jsonl", "credit_grievances.jsonl")


def rows_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TRAINING / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", FILES)
def test_rows_are_whole_and_there_once(name: str) -> None:
    rows = rows_of(name)
    assert {row["label"] for row in rows} == set(CREDIT_LABELS)
    assert all(row["text"].strip() and row["claim"].strip() and row["paraphrases"] for row in rows)
    assert max(Counter((row["proposition"], row["text"]) for row in rows).values()) == 1


@pytest.mark.parametrize("name", FILES)
def test_a_proposition_has_one_wording(name: str) -> None:
    known: dict[str, tuple[str, ...]] = {}
    for row in rows_of(name):
        wordings = (row["claim"], *row["paraphrases"])
        assert known.setdefault(row["proposition"], wordings) == wordings


def test_the_readme_counts_them() -> None:
    readme = (TRAINING / "README.md").read_text(encoding="utf-8")
    rows = rows_of(FILES[0])
    each = Counter(row["proposition"] for row in rows)
    assert f"{len(rows):,} sentences, {len(each)} claims" in readme
    for proposition, count in each.items():
        line = next(line for line in readme.splitlines() if line.startswith(f"| `{proposition}` |"))
        assert line.endswith(f"| {count} |")
    assert f"has {len(rows_of(FILES[1])):,} pairs" in readme


@pytest.mark.parametrize("name", BY_CLAIM)
def test_sentences_by_claim_are_whole_there_once_and_counted(name: str) -> None:
    rows = rows_of(name)
    texts = [text for row in rows for label in CREDIT_LABELS for text in row[label]]
    assert all(len(row[label]) >= 3 for row in rows for label in CREDIT_LABELS)
    assert all(text.strip() == text != "" for text in texts)
    assert len(set(texts)) == len(texts)
    assert len({row["proposition"] for row in rows}) == len({row["claim"] for row in rows}) == len(rows)
    others = [row for other in (FILES[0], *BY_CLAIM) if other != name for row in rows_of(other)]
    assert not {row["proposition"] for row in others} & {row["proposition"] for row in rows}
    readme = (TRAINING / "README.md").read_text(encoding="utf-8")
    assert f"`{name}` has {len(texts):,} sentences on {len(rows):,} claims" in readme


def test_running_text_is_that_of_the_demonstration_corpora() -> None:
    articles = {
        name: [
            " ".join(json.loads(line)["text"].split())
            for line in (TRAINING.parent / name / "articles.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        for name in ("ukraine-2022", "harbour-strike")
    }
    for row in rows_of(FILES[1]):
        assert any(row["text"] in text for text in articles[row["corpus"]])


def test_labels_of_real_sentences_are_of_claims_that_are_there_and_hold_no_text() -> None:
    claims, labels = rows_of("credit_claims.jsonl"), rows_of("credit_labels.jsonl")
    names = [row["proposition"] for row in claims]
    assert len(set(names)) == len(names)
    assert all(row["claim"].strip() and row["topic"] and len(row["paraphrases"]) >= 3 for row in claims)
    assert {row["proposition"] for row in labels} <= set(names)
    assert all(row.keys() - {"unsure"} == {"proposition", "key", "label"} for row in labels)
    assert max(Counter((row["proposition"], row["key"]) for row in labels).values()) == 1
    count = Counter(row["label"] for row in labels)
    readme = (TRAINING / "README.md").read_text(encoding="utf-8")
    assert f"{len(claims)} claims on {len({row['topic'] for row in claims})} subjects" in readme
    assert f"{len(labels):,} labels" in readme
    some = f"{count['reports']:,} report, {count['credits']} credit, {count['disputes']} dispute"
    assert f"{count['none']:,} are none, {some}" in readme


def test_claims_written_for_real_sentences_name_their_places_and_hold_no_text() -> None:
    rows = rows_of("credit_said.jsonl")
    assert len({row["proposition"] for row in rows}) == len(rows)
    assert all(row.keys() == {"proposition", "half", "claim", "paraphrases", "key", "label"} for row in rows)
    assert all(row["claim"].strip() and row["paraphrases"] and row["label"] in CREDIT_LABELS for row in rows)
    halves: dict[str, set[int]] = {}
    for row in rows:
        halves.setdefault(row["key"], set()).add(row["half"])
    assert all(len(half) == 1 for half in halves.values()), "the claims of a sentence are learnt together"
    count = Counter(row["label"] for row in rows)
    readme = (TRAINING / "README.md").read_text(encoding="utf-8")
    assert f"{len(rows):,} claims that were written for {len(halves):,} such sentences" in readme
    some = f"{count['reports']:,} report, {count['disputes']:,} dispute, {count['credits']:,} credit"
    assert f"{count['none']:,} none, {some}" in readme


@pytest.mark.parametrize("name", ["role_sentences.jsonl", "role_passages.jsonl", "role_passages_long.jsonl"])
def test_targets_of_role_texts_stand_where_they_say(name: str) -> None:
    for row in rows_of(name):
        assert row["targets"]
        for target in row["targets"]:
            assert row["text"][target["start"] : target["end"]] == target["mention"]
            assert target["role"] in ROLES


@pytest.mark.parametrize("name", ["role_passages.jsonl", "role_passages_long.jsonl"])
def test_an_entity_of_a_passage_has_one_role_and_the_readme_counts_them(name: str) -> None:
    readme = " ".join((TRAINING / "README.md").read_text(encoding="utf-8").split())
    section = readme.partition(f"## {name} ")[2].partition(" ## ")[0]
    rows = rows_of(name)
    each = [{(t["entity"], t["role"]) for t in row["targets"]} for row in rows]
    assert all(len({entity for entity, _ in found}) == len(found) for found in each)
    roles = Counter(role for found in each for _, role in found)
    assert section.startswith(f"{len(rows)} passages ")
    assert f"over {len({row['subject'] for row in rows})} subjects" in section
    assert f"{roles.total():,} entities: {roles['antagonist']} antagonists" in section
    assert f"{roles['protagonist']} protagonists, {roles['innocent']} innocents, {roles['none']} without" in section


def test_roles_of_real_texts_name_their_places_once_and_hold_no_text() -> None:
    rows = rows_of("role_labels.jsonl")
    assert all(row.keys() == {"key", "start", "end", "role"} for row in rows)
    assert all(0 <= row["start"] < row["end"] and row["role"] in ROLES for row in rows)
    assert len({(row["key"], row["start"], row["end"]) for row in rows}) == len(rows)
    assert f"{len(rows):,} roles of a name" in (TRAINING / "README.md").read_text(encoding="utf-8")


def test_frames_of_real_sentences_are_known_and_hold_no_text() -> None:
    rows, known = rows_of("frame_labels.jsonl"), set(FrameHead().known)
    assert all(row.keys() == {"key", "frame"} and set(row["frame"]) <= known for row in rows)
    assert len({row["key"] for row in rows}) == len(rows)
    assert {frame for row in rows for frame in row["frame"]} == known
    readme = (TRAINING / "README.md").read_text(encoding="utf-8")
    assert f"the frames of {len(rows):,} *real* sentences" in readme
    assert f"empty for {sum(not row['frame'] for row in rows):,};" in readme
