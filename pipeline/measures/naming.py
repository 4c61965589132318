"""Naming: which of the rival names of a thing a text uses, and in whose voice."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.codebook import Codebook
from pipeline.measures import NOT_IT, Answer, Coding, Declaration, Example, Quantity, Tally, counts
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE
from pipeline.terms import Matcher


def _share(name: str, title: str, whose: str, *, ranked: bool = False) -> Quantity:
    return Quantity(
        name=name,
        title=title,
        unit=f"share of the concept's namings {whose}",
        bounds=(0.0, 1.0),
        higher_means=f"the text prefers this name to its rivals {whose}",
        ranked=ranked,
    )


DECLARATION = Declaration(
    name="naming",
    title="Naming",
    summary="Which of the rival names of a thing a text uses: in the outlet's own voice, in the words of those "
    "it quotes or reports, and at a distance (scare quotes, “so-called”, “what they call”).",
    quantities=(
        _share("naming", "Names in its own voice", "in its own voice", ranked=True),
        _share("naming_attributed", "Names in others' voices", "in attributed words"),
        _share("naming_distanced", "Names kept at a distance", "at a distance"),
        Quantity(
            name="naming_per_1000_words",
            title="Namings per 1,000 words, in any voice",
            unit="per 1,000 words",
            bounds=(0.0, None),
            higher_means="the text uses this name more often",
            scale=1000.0,
            minimum_n=100,
            ranked=False,
        ),
    ),
    reads=("concepts",),
    version=1,
    reference="Counts of the codebook's forms; voice from attribution (quotation marks, cue words, order)",
    limits="A form counts wherever it stands: list phrases that mean something else under `not_in`. A name in "
    "quotation marks of up to five words counts as distanced (“announced a ‘restructuring’”), but inside a "
    "reported clause as the speaker's (“said the ‘restructuring’ was over”). “X calls it a restructuring” is "
    "distanced, “X called it a disgrace” attributed. What somebody is said to praise, condemn or announce is "
    "named by the outlet. Irony without quotation marks counts as the outlet's own voice. On 280 rows of our own "
    "that no rule was mended by .93 of the voices were right (.90 to .96); the figure of `parallax evaluate naming` "
    "on other rows is higher because rules were mended by them. Unusual ways of reporting cost most: of 150 rows "
    "full of them .64 were right before rules were mended by others of their kind, .70 after.",
    examples=(
        Example(
            text="The strike entered its third day. “This walkout hurts us all,” the director said.",
            found=(("strike", "strike"), ("walkout", "walkout")),
            says="“strike” is in the outlet's own voice, “walkout” in the director's: naming is 1 for “strike”, "
            "naming_attributed is 1 for “walkout”.",
        ),
        Example(
            text="Managers hailed a so-called modernisation of the quays.",
            found=(("modernisation", "modernisation"),),
            says="“so-called” keeps the name at a distance: naming_distanced is 1 for “modernisation”.",
        ),
    ),
    evaluated_by=("naming", "attribution"),
    coding=Coding(
        question="In whose voice is {asked} called by the marked words?",
        subject="label",
        column="voice",
        answers=(
            Answer("own", "The outlet’s own", "the outlet itself calls it so"),
            Answer("attributed", "Somebody else’s", "it stands in words that are quoted or reported"),
            Answer("distanced", "Kept at a distance", "scare quotes, “so-called”, “what they call”, “alleged”"),
            Answer(NOT_IT, "Does not name it", "the words mean something else here"),
        ),
        quantities=("naming",),
    ),
)
_VOICE = {"naming": "own", "naming_attributed": "attributed", "naming_distanced": "distanced"}


def items(codebook: Codebook) -> tuple[str, ...]:
    """The codebook's terms, in its order."""
    return tuple(dict.fromkeys(term.term for concept in codebook.concepts for term in concept.terms))


def evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:  # noqa: ARG001
    """One row a naming inside a sentence: item = the term, label = its concept, weight 1."""
    terms = [term for concept in codebook.concepts for term in concept.terms]
    concepts = [concept.id for concept in codebook.concepts for _ in concept.terms]
    if not terms:
        return EVIDENCE.empty()
    matcher = Matcher.of(terms)
    rows = [
        (article, match.start, match.end, terms[match.term].term, concepts[match.term])
        for article, text in zip(reading.articles["article"], reading.articles["text"], strict=True)
        for match in matcher.find(text)
    ]
    found = pd.DataFrame(rows, columns=["article", "start", "end", "item", "label"])
    first = reading.sentence_rows(found["article"], found["start"])
    inside = (first >= 0) & (first == reading.sentence_rows(found["article"], found["end"] - 1))
    found, first = found[inside], first[inside]
    if not len(found):
        return EVIDENCE.empty()
    return EVIDENCE.check(
        found.assign(
            measure=DECLARATION.name,
            sentence=reading.sentences["sentence"].to_numpy()[first],
            voice=reading.voices(found["article"], found["start"], found["end"]),
            weight=1.0,
        )
    )


def score(evidence: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> list[Tally]:
    """Namings by a term ÷ namings of its concept, a voice each; and namings ÷ words."""
    order = items(codebook)
    rivals = _rivals(codebook, order)
    tallies = []
    for quantity, voice in _VOICE.items():
        rows = evidence[evidence["voice"] == voice]
        above = counts(rows["unit"], rows["item"], rows["weight"], len(units), order)
        tallies.append(Tally(quantity, order, above, sparse.csr_array(above @ rivals)))
    above = counts(evidence["unit"], evidence["item"], evidence["weight"], len(units), order)
    tallies.append(Tally("naming_per_1000_words", order, above, units["words"].to_numpy(np.float64)))
    return tallies


def _rivals(codebook: Codebook, order: tuple[str, ...]) -> sparse.csr_array:
    """items × items, 1 where two terms are names of one concept."""
    place = {item: i for i, item in enumerate(order)}
    together = np.zeros((len(order), len(order)))
    for concept in codebook.concepts:
        members = [place[term.term] for term in concept.terms]
        together[np.ix_(members, members)] = 1.0
    return sparse.csr_array(together)
