"""What the credit model learns from: written sentences, running text of the demonstration corpora, real sentences.

Real sentences are those of FNC-1's documents (Apache-2.0) and of NewsMTSC (MIT) that are near one of our claims
(corpora/training/credit_claims.jsonl) and were read by hand (credit_labels.jsonl, which names each by its hash), and
those for which claims were written (credit_said.jsonl). They are not part of Parallax: a folder of evaluation data
has them, in train/stance_documents.jsonl.gz and gold/portrayal_train.jsonl.gz.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.codebook import Proposition
from pipeline.evaluate import read_rows as read_packed
from pipeline.schema import CREDIT_LABELS
from pipeline.text import split

TRAINING = Path(__file__).resolve().parent.parent / "corpora" / "training"
SEED = 20220309
FOLDS = 3
HELD_OUT = 0
# The fold of pairs of running text: in training always, and never under a strange claim, since a sentence on a
# subject may speak to several of its propositions.
RUNNING = -1
# The folds of real sentences, whole subjects in one: each of the two trainings leaves one out and judges it.
HALVES = (-2, -3)
# The same halves, of pairs that were sought: claims written for a sentence, and pairs that a model was unsure of.
# They teach, but do not say how often running text speaks to a claim.
SOUGHT = (-4, -5)
NONE = CREDIT_LABELS.index("none")
DOCUMENTS, SENTENCES = "train/stance_documents.jsonl.gz", "gold/portrayal_train.jsonl.gz"
PASSAGE_WORDS = 120
PLACE = re.compile(r"\{(\d+):(\d+)\}")
# Claims so alike that one would give the other away: kept in one fold.
ALIKE = {"weapons_drag_on": "arms_prolong"}
# Folds were drawn for the first claims; later ones are learnt from, but for those that say nearly what a claim kept
# out says, or are on its theme: these are kept out, too.
FOLDS_DRAWN = 127
LATER_HELD_OUT = {
    "ai_mass_unemployment", "rent_cap_shortage", "tavora_captives", "concord_arms", "student_protests_foreign_hand",
    "courts_remade_for_impunity", "sallow_truce", "tram_contract_for_donations", "quessian_arms_prolong_war",
    "highland_front_broke_truce", "talvey_innocent", "belmara_dam_protests_steered", "kesslin_checks_unfair",
    "tamarra_fears_overtaken", "orlund_toll_breaks_sea_law", "cassovar_wants_to_weaken_nyrelle",
    "velish_language_complaints_justified", "halvern_bank_bonds",
}  # fmt: skip
# From here on all are kept out, so that more claims than the first fit the stack for chosen texts.
FIRST_FOR_THE_STACK = 287
# Claims whose theme the pairs of running text have too: a score on them is not one on an unseen subject.
THEME_SEEN = {
    "arms_prolong", "weapons_drag_on", "alliance_expansion", "atrocity_staged", "gov_extremists", "human_shields",
    "sanctions_boomerang", "border_biolabs", "no_peace_wish", "offensive_failed", "proxy_war", "prisoners_tortured",
    "truce_rearm", "hospitals_military", "concord_arms", "tavora_captives",
}  # fmt: skip


@dataclass(frozen=True)
class Material:
    """The training sentences, row-aligned."""

    texts: list[str]
    labels: np.ndarray  # positions in CREDIT_LABELS
    claims: np.ndarray  # positions in `propositions`
    propositions: list[Proposition]
    folds: np.ndarray

    def without_real(self) -> Material:
        """Without the real sentences and the claims on them, which come last."""
        claims = int(self.claims[~self.real].max()) + 1
        kept = int((~self.real).sum())
        return Material(
            self.texts[:kept], self.labels[:kept], self.claims[:kept], self.propositions[:claims], self.folds[:kept]
        )

    @property
    def real(self) -> np.ndarray:
        """Which rows are real sentences."""
        return np.isin(self.folds, HALVES + SOUGHT)

    def of_half(self, half: int) -> np.ndarray:
        """Which rows are real sentences of one half, near a claim or sought. half: one of HALVES."""
        return np.isin(self.folds, (half, SOUGHT[HALVES.index(half)]))

    @cached_property
    def claim_folds(self) -> list[int]:
        """The fold of each claim; of one on real sentences its half."""
        fold = dict(zip(self.claims.tolist(), self.folds.tolist(), strict=True))
        return [HALVES[SOUGHT.index(f)] if (f := fold[claim]) in SOUGHT else f for claim in range(len(fold))]

    @cached_property
    def said(self) -> frozenset[int]:
        """The claims that were written for a sentence: all that there is of them was sought."""
        sought = np.isin(self.folds, SOUGHT)
        return frozenset(self.claims[sought].tolist()) - frozenset(self.claims[~sought].tolist())

    def alike(self, one: int, other: int) -> bool:
        """Whether two claims say nearly the same."""
        first, second = (self.propositions[c].id.replace("-", "_") for c in (one, other))
        return ALIKE.get(first) == second or ALIKE.get(second) == first


def load(data: Path) -> Material:
    """Everything, with folds that keep claims whole. Raises SystemExit where real sentences are not in the data."""
    written = read_rows(TRAINING / "credit_sentences.jsonl")
    running = read_rows(TRAINING / "credit_running_text.jsonl")
    for row in running:
        row["proposition"] = f"running-{row['proposition']}"  # the same id may stand for a written claim
    real = _real(data)
    rows = written + running + real
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["proposition"], row)
    names = list(first)
    propositions = [
        Proposition(id=name.replace("_", "-"), claim=row["claim"], paraphrases=tuple(row["paraphrases"]))
        for name, row in first.items()
    ]
    fold = _folds(list(dict.fromkeys(row["proposition"] for row in written)))
    number = {name: i for i, name in enumerate(names)}
    return Material(
        texts=[row["text"] for row in rows],
        labels=np.array([CREDIT_LABELS.index(row["label"]) for row in rows]),
        claims=np.array([number[row["proposition"]] for row in rows]),
        propositions=propositions,
        folds=np.array([row["fold"] if "fold" in row else fold.get(row["proposition"], RUNNING) for row in rows]),
    )


def _folds(names: list[str]) -> dict[str, int]:
    """The fold of each written claim. names: in the order of the file."""
    first, later = names[:FOLDS_DRAWN], names[FOLDS_DRAWN:]
    order = [name for name in first if name not in ALIKE]
    random.Random(SEED).shuffle(order)
    fold = {name: i % FOLDS for i, name in enumerate(order)}
    fold |= {name: fold[other] for name, other in ALIKE.items()}
    kept = LATER_HELD_OUT | set(names[FIRST_FOR_THE_STACK:])
    return fold | {name: HELD_OUT if name in kept else 1 + i % (FOLDS - 1) for i, name in enumerate(later)}


def _real(data: Path) -> list[dict[str, Any]]:
    """The pairs that were read by hand, in the form of the written ones, with their `fold`."""
    claims = {row["proposition"]: row for row in read_rows(TRAINING / "credit_claims.jsonl")}
    labels = read_rows(TRAINING / "credit_labels.jsonl")
    said = read_rows(TRAINING / "credit_said.jsonl")
    texts = {key_of(text): text for text in sentences(data)}
    if missing := {row["key"] for row in labels + said} - texts.keys():
        raise SystemExit(f"{len(missing)} of the labelled sentences are not in {data}: another version of it?")
    near = [{**claims[row["proposition"]], **row, "sought": row.get("unsure", False)} for row in labels]
    sought = [
        {**row, "sought": True, "claim": named(row["claim"], texts[row["key"]]),
         "paraphrases": [named(wording, texts[row["key"]]) for wording in row["paraphrases"]]}
        for row in said
    ]  # fmt: skip
    return [
        {"proposition": f"real-{row['proposition']}", "claim": row["claim"], "paraphrases": row["paraphrases"],
         "text": texts[row["key"]], "label": row["label"], "fold": (SOUGHT if row["sought"] else HALVES)[row["half"]]}
        for row in near + sought
    ]  # fmt: skip


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
