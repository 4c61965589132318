"""What the credit model learns from: written sentences, running text of the demonstration corpora, real sentences.

Real sentences are those of FNC-1's documents (Apache-2.0) and of NewsMTSC (MIT) that are near one of our claims
(corpora/training/credit_claims.jsonl) and were read by hand (credit_labels.jsonl, which names each by its hash), and
those for which claims were written (credit_said.jsonl). They are not part of Parallax: a folder of evaluation data
has them, in train/stance_documents.jsonl.gz and gold/portrayal_train.jsonl.gz.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.codebook import Proposition
from pipeline.evaluate import read_rows as read_packed
from pipeline.schema import CREDIT_LABELS
from pipeline.settings import load_settings
from pipeline.text import split

TRAINING = Path(__file__).resolve().parent.parent / "corpora" / "training"
SEED = 20220309
NONE = CREDIT_LABELS.index("none")
DOCUMENTS, SENTENCES = "train/stance_documents.jsonl.gz", "gold/portrayal_train.jsonl.gz"
PASSAGE_WORDS = 120
PLACE = re.compile(r"\{(\d+):(\d+)\}")
# What the networks learn, and what fits the stack for chosen texts and the one for running text: no claim, nor a
# sentence under it, is in two of them.
LEARNT, FOR_STACK, FOR_RUNNING = range(3)
# The written claims that fit the stack, by their place in the file.
STACK_CLAIMS = range(287, 359)
# Of the subjects that real sentences are near to, two in five of the second half fit the stack for running text.
RUNNING_HALF, RUNNING_SHARE = 1, (2, 5)
# What a row is: written for us; running text of the demonstration corpora, which is never put under a strange claim,
# since a sentence on a subject may speak to several of its propositions; a real sentence near a claim; one near a
# claim that a model was unsure of; one that a claim was written for. Only `near` says how often running text speaks
# to a claim.
KINDS = ("written", "running", "near", "unsure", "said")
# Claims so alike that one is never `none` under the other.
ALIKE = {"weapons_drag_on": "arms_prolong"}


@dataclass(frozen=True)
class Material:
    """The training sentences, row-aligned; the written ones first, then those of running text, the real ones last."""

    texts: list[str]
    labels: np.ndarray  # positions in CREDIT_LABELS
    claims: np.ndarray  # positions in `propositions`
    propositions: list[Proposition]
    parts: np.ndarray  # LEARNT, FOR_STACK or FOR_RUNNING
    kinds: np.ndarray  # of KINDS

    def some(self, wanted: np.ndarray) -> Material:
        """Some rows; the propositions stay."""
        texts = [text for text, kept in zip(self.texts, wanted, strict=True) if kept]
        return Material(
            texts, self.labels[wanted], self.claims[wanted], self.propositions, self.parts[wanted], self.kinds[wanted]
        )

    def of_kind(self, kind: str) -> np.ndarray:
        """Which rows are of one of KINDS."""
        return np.asarray(self.kinds == KINDS.index(kind))

    def claims_of(self, wanted: np.ndarray) -> list[int]:
        """The claims of some rows, in order."""
        return sorted(set(self.claims[wanted].tolist()))

    def alike(self, one: int, other: int) -> bool:
        """Whether two claims say nearly the same."""
        first, second = (self.propositions[c].id.replace("-", "_") for c in (one, other))
        return ALIKE.get(first) == second or ALIKE.get(second) == first


def data_of(parser: argparse.ArgumentParser, given: Path | None) -> Path:
    """The folder of evaluation data: the one given, or the setting's. Ends the program where there is neither."""
    data = given or load_settings().evaluation_data
    if data is None:
        parser.error("give --data, or set evaluation_data")
    return data


def load(data: Path) -> Material:
    """Everything. Raises SystemExit where real sentences are not in the data."""
    written = read_rows(TRAINING / "credit_sentences.jsonl") + [
        {**row, "text": text, "label": label}
        for row in read_rows(TRAINING / "credit_by_claim.jsonl")
        for label in CREDIT_LABELS
        for text in row[label]
    ]
    names = list(dict.fromkeys(row["proposition"] for row in written))
    kept = {names[place] for place in STACK_CLAIMS}
    for row in written:
        row["part"], row["kind"] = FOR_STACK if row["proposition"] in kept else LEARNT, "written"
    running = read_rows(TRAINING / "credit_running_text.jsonl")
    for row in running:
        row["proposition"] = f"running-{row['proposition']}"  # the same id may stand for a written claim
        row["part"], row["kind"] = LEARNT, "running"
    rows = written + running + _real(data)
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["proposition"], row)
    number = {name: i for i, name in enumerate(first)}
    return Material(
        texts=[row["text"] for row in rows],
        labels=np.array([CREDIT_LABELS.index(row["label"]) for row in rows]),
        claims=np.array([number[row["proposition"]] for row in rows]),
        propositions=[
            Proposition(id=name.replace("_", "-"), claim=row["claim"], paraphrases=tuple(row["paraphrases"]))
            for name, row in first.items()
        ],
        parts=np.array([row["part"] for row in rows]),
        kinds=np.array([KINDS.index(row["kind"]) for row in rows]),
    )


def _real(data: Path) -> list[dict[str, Any]]:
    """The pairs that were read by hand, in the form of the written ones."""
    claims = {row["proposition"]: row for row in read_rows(TRAINING / "credit_claims.jsonl")}
    labels = read_rows(TRAINING / "credit_labels.jsonl")
    said = read_rows(TRAINING / "credit_said.jsonl")
    texts = {key_of(text): text for text in sentences(data)}
    if missing := {row["key"] for row in labels + said} - texts.keys():
        raise SystemExit(f"{len(missing)} of the labelled sentences are not in {data}: another version of it?")
    near = [
        {**claims[row["proposition"]], **row, "text": texts[row["key"]],
         "part": FOR_RUNNING if _fits_running(claims[row["proposition"]]) else LEARNT,
         "kind": "unsure" if row.get("unsure") else "near"}
        for row in labels
    ]  # fmt: skip
    fits = {row["key"] for row in near if row["part"] == FOR_RUNNING}
    told = [
        {**row, "claim": named(row["claim"], texts[row["key"]]), "text": texts[row["key"]], "part": LEARNT,
         "paraphrases": [named(wording, texts[row["key"]]) for wording in row["paraphrases"]], "kind": "said"}
        for row in said
        if row["key"] not in fits
    ]  # fmt: skip
    return [{**row, "proposition": f"real-{row['proposition']}"} for row in near + told]


def _fits_running(claim: dict[str, Any]) -> bool:
    """Whether a claim on real sentences is of a subject that is kept for the stack for running text."""
    drawn, of = RUNNING_SHARE
    place = int(hashlib.sha256(claim["topic"].encode()).hexdigest(), 16) % of
    return claim["half"] == RUNNING_HALF and place < drawn


def named(claim: str, sentence: str) -> str:
    """A claim with the names for which it has their places in the sentence: {12:24}."""
    return PLACE.sub(lambda place: sentence[int(place[1]) : int(place[2])], claim)


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sentences(data: Path) -> Iterator[str]:
    """The sentences of FNC-1's documents, as a refresh splits them, and those of NewsMTSC."""
    documents = list(dict.fromkeys(row["text"] for row in read_packed(data / DOCUMENTS)))
    articles = pd.DataFrame({"article": [str(i) for i in range(len(documents))], "text": documents})
    found, _ = split(articles, passage_words=PASSAGE_WORDS)
    for article, start, end in zip(found["article"], found["start"], found["end"], strict=True):
        yield documents[int(article)][start:end]
    yield from (row["text"] for row in read_packed(data / SENTENCES))
