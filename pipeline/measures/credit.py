"""Credit: how far a text takes a proposition as true, and how much it speaks of it at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook
from pipeline.credit_reading import Memories, Readings, read_texts
from pipeline.measures import NOT_IT, Answer, Coding, Declaration, Example, Quantity, Tally, counts
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE

DECLARATION = Declaration(
    name="credit",
    title="Credit",
    summary="Whether sentences credit a proposition (assert or presuppose it), report it (leave it with somebody "
    "who says so) or dispute it, however it is worded; and how many sentences speak of it.",
    quantities=(
        Quantity(
            name="credit",
            title="Credit",
            unit="balance",
            bounds=(-1.0, 1.0),
            higher_means="the proposition is credited more often, or disputed less often, where it comes up",
            minimum_n=3,
        ),
        Quantity(
            name="attention",
            title="Attention",
            unit="share",
            bounds=(0.0, 1.0),
            higher_means="more of the sentences speak of the proposition, whatever they do with it",
            minimum_n=10,
        ),
    ),
    reads=("propositions",),
    version=9,
    reference="own; labels as in stance detection (Hanselowski et al. 2018), with attribution told apart",
    limits="Reads one sentence at a time, in English. Disputes without a cue word (irony, counter-evidence) and "
    "credits that contain a negation are the least sure. In real articles six in ten of the labels given are right "
    "(of “credits” half, and by a stricter reading fewer), a third of what is called something does not speak to the "
    "claim, and a fifth of what does is missed: compare outlets, and read the sentences behind a figure.",
    examples=(
        Example(
            text="The minister said that the harbour dues are driving ships away. The harbour board denied that the "
            "dues drive ships away. Every captain knows that the dues drive ships to other ports.",
            found=(
                ("dues-drive-ships-away", "The minister said that the harbour dues are driving ships away."),
                ("dues-drive-ships-away", "The harbour board denied that the dues drive ships away."),
                ("dues-drive-ships-away", "Every captain knows that the dues drive ships to other ports."),
            ),
            says="One sentence reports the claim, one disputes it, one credits it: credit 0, attention 1.",
        ),
    ),
    evaluated_by=("credit", "narratives"),
    coding=Coding(
        question="What does the sentence do with the claim “{asked}”?",
        subject="item",
        column="label",
        answers=(
            Answer("credits", "Credits it", "says that it is so, or takes it as given, in the outlet’s own voice"),
            Answer("reports", "Reports it", "leaves it with somebody who says so, as in a quotation"),
            Answer("disputes", "Disputes it", "says or shows that it is not so, or that it is denied"),
            Answer(NOT_IT, "Does not speak to it", "is about something else, however near"),
        ),
        quantities=("credit",),
    ),
)
_CREDITS, _REPORTS, _DISPUTES, _NONE = "credits", "reports", "disputes", "none"


def configuration(models: Models) -> str:
    """What evidence rests on besides the text and the codebook."""
    return models.credit.hash


def memories(models: Models) -> dict[str, str]:
    """What is kept of single sentences and pairs, and what each kind rests on besides their words."""
    return {
        "sentence-vectors": models.transformer.hash,
        "credit-readings": f"{DECLARATION.version}|{models.credit.hash}",
    }


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:
    """A row a sentence and proposition: label credits, reports or disputes, weight 1.

    A sentence that stands in somebody's quotation cannot be the outlet's own credit: it reports.
    """
    kept = Memories(models.memory("sentence-vectors"), models.memory("credit-readings"))
    return rows_of(reading, codebook, read_texts(reading.sentence_texts, codebook.propositions, models.credit, kept))


def rows_of(reading: Reading, codebook: Codebook, found: Readings) -> pd.DataFrame:
    """What was read of a reading's sentences, as EVIDENCE: of those that likely speak to a proposition."""
    kept = np.flatnonzero(found.labels != _NONE)
    if not len(kept):
        return EVIDENCE.empty()
    rows = reading.sentences.iloc[found.rows[kept]].reset_index(drop=True)
    rows = rows[["article", "sentence", "start", "end"]].assign(
        measure=DECLARATION.name,
        item=[codebook.propositions[i].id for i in found.propositions[kept]],
        label=found.labels[kept],
        voice=reading.voices(rows["article"], rows["start"], rows["end"]),
        weight=1.0,
    )
    rows.loc[(rows["voice"] == "attributed") & (rows["label"] == _CREDITS), "label"] = _REPORTS
    return EVIDENCE.check(rows)


def score(evidence: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> list[Tally]:
    """Credit = (credits − disputes) ÷ (credits + reports + disputes); attention = sentences about it ÷ sentences."""
    items = tuple(proposition.id for proposition in codebook.propositions)
    side = evidence["label"].map({_CREDITS: 1.0, _REPORTS: 0.0, _DISPUTES: -1.0}).astype(float)
    balance = counts(evidence["unit"], evidence["item"], side, len(units), items)
    sided = counts(evidence["unit"], evidence["item"], side.abs(), len(units), items)
    about = counts(evidence["unit"], evidence["item"], None, len(units), items)
    sentences = units["sentences"].to_numpy(float)
    return [Tally("credit", items, balance, about, sided), Tally("attention", items, about, sentences)]
