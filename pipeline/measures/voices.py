"""Voices: whom a text lets speak, by the codebook's groups of speakers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook
from pipeline.measures import Declaration, Example, Quantity, Tally, counts
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.speakers import Cast, Groups
from pipeline.text import words

UNRESOLVED = "unresolved"  # nobody is named, or nobody of the codebook's groups
ALL = "all"

DECLARATION = Declaration(
    name="voices",
    title="Voices",
    summary="Whose words a text carries: the share of its quoted and reported words that each group of "
    "speakers has, and how much of the text is quoted or reported at all.",
    quantities=(
        Quantity(
            name="voices",
            title="Share of attributed words",
            unit="share of attributed words",
            bounds=(0.0, 1.0),
            higher_means="more of the words that the text quotes or reports are this group's",
            minimum_n=50,
        ),
        Quantity(
            name="attributed_share",
            title="Quoted or reported words",
            unit="share of words",
            bounds=(0.0, 1.0),
            higher_means="more of the text is in others' words",
            minimum_n=100,
        ),
    ),
    reads=("speakers",),
    version=2,
    reference="Attribution as source, cue and content: Pareti 2015; Newell, Margolin & Ruths 2018 (PolNeAR)",
    limits="A speaker counts for the group whose name, title or office is the longest in the source, or whose "
    "place stands beside an office (“the Vessian minister”); a surname for whoever the article introduced. Others, "
    "and sources without a name, count as unresolved. A pronoun stands for whoever spoke last.",
    examples=(
        Example(
            text="“We will not move,” the dockers said.",
            found=((UNRESOLVED, "“We will not move,”"),),
            says="All four quoted words are the dockers'; without such a group in the codebook, unresolved.",
        ),
    ),
    evaluated_by=("attribution",),
)


def items(codebook: Codebook) -> tuple[str, ...]:
    """The codebook's groups in its order, and the rest."""
    return (*(group.id for group in codebook.speakers), UNRESOLVED)


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:  # noqa: ARG001
    """One row a content span a sentence: item = the speaker's group, label = the speaker, weight = words.

    A word inside two spans counts once, for the outer one.
    """
    rows = reading.attributions
    content = _parts(rows[rows["role"] == "content"], reading)
    if not len(content):
        return EVIDENCE.empty()
    item = _groups(content, reading, Groups(codebook.speakers))
    voice = reading.voices(content["article"], content["start"], content["end"])
    out = content.assign(measure=DECLARATION.name, item=item, label=content["speaker"], voice=voice)
    return EVIDENCE.check(out[out["weight"] > 0])


def _parts(content: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Content spans without overlaps, cut at the borders of sentences, with their sentence and words."""
    texts = dict(zip(reading.articles["article"], reading.articles["text"], strict=True))
    inner = dict(list(content.sort_values(["start", "end"]).groupby("article", sort=False)))
    sentences = reading.sentences[reading.sentences["article"].isin(inner)]
    out = []
    for article, spans in sentences.groupby("article", sort=False):
        text, done = texts[article], 0
        ordered = spans.sort_values("start")
        cuts = list(zip(ordered["sentence"], ordered["start"], ordered["end"], strict=True))
        first = 0
        for start, end, speaker in zip(*(inner[article][c] for c in ("start", "end", "speaker")), strict=True):
            start, done = max(start, done), max(done, end)
            while first < len(cuts) and cuts[first][2] <= start:
                first += 1
            k = first
            while k < len(cuts) and cuts[k][1] < end:
                number, a, b = cuts[k]
                a, b = max(a, start), min(b, end)
                if b > a:
                    out.append((article, number, a, b, speaker, float(words(text[a:b]))))
                k += 1
    return pd.DataFrame(out, columns=["article", "sentence", "start", "end", "speaker", "weight"])


def _groups(content: pd.DataFrame, reading: Reading, groups: Groups) -> list[str]:
    """The group of each row's speaker. Rows are in the order of their articles."""
    texts = dict(zip(reading.articles["article"], reading.articles["text"], strict=True))
    casts: dict[str, Cast] = {}
    out = []
    for article, speaker in zip(content["article"], content["speaker"], strict=True):
        cast = casts.setdefault(article, Cast(groups, texts[article]))
        out.append((None if pd.isna(speaker) else cast.group(speaker)) or UNRESOLVED)
    return out


def score(evidence: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> list[Tally]:
    """A group's words ÷ attributed words; attributed words ÷ words."""
    order = items(codebook)
    above = counts(evidence["unit"], evidence["item"], evidence["weight"], len(units), order)
    attributed = np.asarray(above.sum(axis=1), np.float64).ravel()
    all_of = pd.Series(ALL, index=evidence.index)
    whole = counts(evidence["unit"], all_of, evidence["weight"], len(units), (ALL,))
    return [
        Tally("voices", order, above, attributed),
        Tally("attributed_share", (ALL,), whole, units["words"].to_numpy(np.float64)),
    ]
