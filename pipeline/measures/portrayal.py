"""Portrayal: how a text speaks of the codebook's entities, and which roles it gives them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.codebook import Codebook
from pipeline.measures import NOT_IT, Answer, Coding, Declaration, Example, Quantity, Tally, counts
from pipeline.mentions import Names
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.sentiment_model import ROLES, Portrayal, SentimentModel, Targets

SENTIMENTS = {-1: "unfavourable", 0: "neutral", 1: "favourable"}
BEARING = ROLES[:3]  # "none" is no role
# Each sentence is a pass of a transformer, some 10 ms: an entity's tone in an article settles after a few
# sentences, while some articles name it forty times. All entities of a sentence that is read are read.
SENTENCES_READ = 3

DECLARATION = Declaration(
    name="portrayal",
    title="Portrayal",
    summary="How favourably a text speaks of each entity, and whether it casts it as protagonist, antagonist or "
    "innocent.",
    quantities=(
        Quantity(
            name="portrayal",
            title="Sentiment towards it",
            unit="mean of −1, 0 and 1 over mentions",
            bounds=(-1.0, 1.0),
            higher_means="mentions are more favourable",
        ),
        *(
            Quantity(
                name=f"portrayal_{role}",
                title=f"Cast as {role}",
                unit="share of mentions in a role",
                bounds=(0.0, 1.0),
                higher_means=f"more of the mentions that give it a role make it the {role}",
                # Agreement with human labels is little above giving everyone the commonest role (accuracy .76
                # to .68, macro-F1 .62, n 481): shown, not ranked.
                ranked=False,
            )
            for role in BEARING
        ),
    ),
    reads=("entities",),
    version=1,
    reference="Hamborg and Donnay 2021, NewsMTSC (sentiment towards a target); the three main roles of "
    "SemEval-2025 task 10",
    limits="English. Names only: pronouns and paraphrases are not followed. In an article "
    f"{SENTENCES_READ} sentences of each entity are read, spread evenly from its first to its last, and in them "
    "every entity, once a sentence. Sentiment in a "
    "quotation counts as the text's, with the voice beside it. Irony is missed. See the agreement with human "
    "labels before you lean on roles.",
    examples=(
        Example(
            text="Osk Mining poisoned the wells of the village and lied about it.",
            found=(("osk-mining", "Osk Mining"),),
            says="one mention of Osk Mining, unfavourable (−1), as antagonist",
        ),
    ),
    evaluated_by=("portrayal", "roles"),
    coding=Coding(
        question="How does the sentence speak of {asked}?",
        subject="item",
        column="label",
        answers=(
            Answer("favourable", "Favourably", "praise, sympathy, or a deed that speaks for it"),
            Answer("neutral", "Neutrally", "neither for it nor against it"),
            Answer("unfavourable", "Unfavourably", "blame, ridicule, or a deed that speaks against it"),
            Answer(NOT_IT, "Means something else", "the name stands for another thing here"),
        ),
        quantities=("portrayal",),
        weights={label: float(polarity) for polarity, label in SENTIMENTS.items()},
    ),
)


@cache
def sentiment_model() -> SentimentModel:
    """The model, loaded once for all batches of a refresh."""
    return SentimentModel()


def configuration(models: Models) -> str:  # noqa: ARG001
    """Changes with the model."""
    return f"{sentiment_model().hash}-{SENTENCES_READ}"


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:  # noqa: ARG001
    """Two kinds of rows a mention: its sentiment (label favourable, neutral or unfavourable; weight 1, 0, −1)
    and, where it has one, its role (label protagonist, antagonist or innocent; weight 1).
    """
    found = mentions(reading, codebook)
    if found.empty:
        return EVIDENCE.empty()
    texts = reading.sentence_texts
    spans: dict[int, list[tuple[int, int]]] = {}
    for row, begin, finish in found[["row", "begin", "finish"]].to_numpy().tolist():
        spans.setdefault(row, []).append((begin, finish))
    sentences = [Targets(texts[row], tuple(places)) for row, places in spans.items()]
    return _rows(found, sentiment_model().read(sentences), reading)


def mentions(reading: Reading, codebook: Codebook) -> pd.DataFrame:
    """The mentions to read, those of a sentence together: item, article, sentence, start, end; and, of the
    sentence, its row and the mention's place in it (begin, finish). One of an entity in a sentence at most.
    """
    names = Names(codebook.entities)
    firsts: dict[tuple[int, str], tuple[int, int]] = {}
    for row, text in enumerate(reading.sentence_texts):
        for mention in names.find(text):
            firsts.setdefault((row, mention.item), (mention.start, mention.end))
    frame = pd.DataFrame(
        [(row, item, *place) for (row, item), place in firsts.items()], columns=["row", "item", "begin", "finish"]
    )
    if frame.empty:
        return frame
    of = reading.sentences[["article", "sentence", "start"]].iloc[frame["row"]].reset_index(drop=True)
    frame = frame.assign(article=of["article"], sentence=of["sentence"])
    frame = frame.assign(start=of["start"] + frame["begin"], end=of["start"] + frame["finish"])
    kept: pd.DataFrame = frame.loc[frame["row"].isin(_rows_read(frame))].reset_index(drop=True)
    return kept


def _rows_read(frame: pd.DataFrame) -> np.ndarray:
    """The rows of sentences to read: SENTENCES_READ of each article and item, evenly from first to last."""
    groups = frame.groupby(["article", "item"], sort=False)["row"]
    place, size = groups.cumcount().to_numpy(), groups.transform("size").to_numpy()
    steps = np.arange(SENTENCES_READ)[None, :] * (size[:, None] - 1) // max(SENTENCES_READ - 1, 1)
    return np.asarray(frame["row"].to_numpy()[(size <= SENTENCES_READ) | (place[:, None] == steps).any(1)])


def _rows(found: pd.DataFrame, read: Portrayal, reading: Reading) -> pd.DataFrame:
    places = found[["item", "article", "sentence", "start", "end"]].assign(measure=DECLARATION.name)
    places["voice"] = reading.voices(places["article"], places["start"], places["end"])
    sentiments = [SENTIMENTS[int(polarity)] for polarity in read.polarity]
    role = np.array(ROLES, dtype=object)[read.roles.argmax(1)]
    bearing = np.isin(role, BEARING)
    both = [
        places.assign(label=sentiments, weight=read.polarity.astype(float)),
        places[bearing].assign(label=role[bearing], weight=1.0),
    ]
    rows = pd.concat(both).sort_index(kind="stable")
    return EVIDENCE.check(rows)


def score(evidence: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> list[Tally]:
    """Sentiment ÷ mentions read; mentions in a role ÷ mentions in any role."""
    items = tuple(entity.id for entity in codebook.entities)

    def summed(rows: pd.DataFrame, values: pd.Series | None = None) -> sparse.csr_array:
        return counts(rows["unit"], rows["item"], values, len(units), items)

    toned = evidence[evidence["label"].isin(SENTIMENTS.values())]
    cast = evidence[evidence["label"].isin(BEARING)]
    in_any, tone = summed(cast), toned["weight"]
    tallies = [Tally("portrayal", items, summed(toned, tone), summed(toned), summed(toned, tone**2))]
    for role in BEARING:
        above = summed(cast[cast["label"] == role])
        tallies.append(Tally(f"portrayal_{role}", items, above, in_any))
    return tallies
