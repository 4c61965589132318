"""Sentences for invented articles, each with what the measures would find in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.codebook import Axis, Codebook, Concept, Frame, Named, Proposition, Speakers, Term
from pipeline.words import WordCounts, count

KINDS = ("state", "public", "commercial", "tabloid", "agency")
COUNTRIES = ("Askrigg", "Brayford", "Colwell", "Dunmere", "Elsworth", "Farndale", "Garrick")
MATTERS = 60
EACH = 60  # sentences a matter
WORDS_A_MATTER = 12
_SYLLABLES = "bar den fell gar holm ing kel lor mar nes ost pel quay ras skel tarn ulv wen yar zet".split()
_FORMS = (
    "{entity} said that the {a} near the {b} would need another {n} months before the {term} could open",
    "Nobody expected the {a} and the {b} to be settled before the {term}, and the {c} stands as it stood",
    "{speaker} called the {term} a burden for everybody and asked for a hearing about the {a} of the {b}",
    "The {a} costs {n} crowns a week, according to {speaker}, and neither {entity} nor the {b} is any better",
    "Work on the {c} began in spring while the {a}, the {b} and what is left of the {c} stood still for {n} days",
    "“We will not accept the {term},” {speaker} told reporters beside the {b}, where the {c} used to be",
    "{entity} has not said whether the {a}, the {b} or the {c} comes first, and {speaker} does not know",
    "{speaker} denied that the {term} was to blame for the {a}, whatever {entity} may say about the {c}",
)
_PAIRS = (
    ("cheap", "thrifty", "expensive", "wasteful"), ("safe", "harmless", "dangerous", "risky"),
    ("legal", "lawful", "illegal", "criminal"), ("fair", "just", "unfair", "unjust"),
    ("strong", "firm", "weak", "feeble"), ("open", "honest", "secret", "hidden"),
)  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """Sentences, `each` to a matter. evidence, attributions: as in `schema.py` with offsets in the sentence and
    `pool`, the sentence's number, in its order, instead of the article."""

    texts: list[str]
    titles: list[str]
    labels: list[str]
    each: int
    lengths: np.ndarray
    words: np.ndarray
    counts: WordCounts
    evidence: pd.DataFrame
    attributions: pd.DataFrame

    @property
    def matters(self) -> int:
        return len(self.labels)


def codebook() -> Codebook:
    """A codebook of the size of a real one."""
    words = _words(np.random.default_rng(5), 100)
    terms, names = iter(words[:32]), [word.capitalize() for word in words[32:]]
    return Codebook(
        title="Invented matters",
        concepts=tuple(
            Concept(id=f"concept-{i}", label=f"matter {i}", terms=tuple(Term(term=next(terms)) for _ in range(4)))
            for i in range(8)
        ),
        propositions=tuple(
            Proposition(id=f"claim-{i}", claim=f"The {word} costs too much.", paraphrases=(f"{word} is dear.",))
            for i, word in enumerate(words[:10])
        ),
        speakers=tuple(
            Speakers(id=f"speaker-{i}", label=f"the {n} office", names=(f"{n} office",))
            for i, n in enumerate(names[:8])
        ),
        entities=tuple(Named(id=f"entity-{i}", label=n, names=(n,)) for i, n in enumerate(names[8:18])),
        frames=tuple(Frame(id=f"frame-{i}", label=f"Frame {i}", description="an aspect") for i in range(14)),
        axes=tuple(
            Axis(id=f"{a}-{c}", label=f"{a} – {c}", positive=(a, b), negative=(c, d)) for a, b, c, d in _PAIRS
        ),
    )


def make_pool(book: Codebook, rng: np.random.Generator) -> Pool:
    """The sentences of all matters, with their evidence."""
    words = np.array(_words(rng, MATTERS * WORDS_A_MATTER)).reshape(MATTERS, WORDS_A_MATTER)
    texts: list[str] = []
    evidence: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    for matter in range(MATTERS):
        for _ in range(EACH):
            rows, quoted, text = _sentence(book, words[matter], rng)
            evidence += [{"pool": len(texts), **row} for row in rows]
            spans += [{"pool": len(texts), **row} for row in quoted]
            texts.append(text)
    return Pool(
        texts=texts,
        titles=[f"{row[i % 6].capitalize()} and {row[6 + i % 6]}" for row in words.tolist() for i in range(EACH)],
        labels=[", ".join(row[:4]) for row in words.tolist()],
        each=EACH,
        lengths=np.array([len(text) for text in texts]),
        words=np.array([len(text.split()) for text in texts]),
        counts=count(texts),
        evidence=_typed(evidence, ("measure", "item", "label", "voice")),
        attributions=_typed(spans, ("role", "speaker")),
    )  # fmt: skip


def _sentence(
    book: Codebook, words: np.ndarray, rng: np.random.Generator
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    """A sentence: its evidence, its attribution, its text."""
    a, b, c = rng.choice(words, 3, replace=False).tolist()
    concept = book.concepts[int(rng.integers(len(book.concepts)))]
    term = concept.terms[int(rng.integers(len(concept.terms)))].term
    speaker = book.speakers[int(rng.integers(len(book.speakers)))]
    entity = book.entities[int(rng.integers(len(book.entities)))]
    form = _FORMS[int(rng.integers(len(_FORMS)))]
    text = form.format(a=a, b=b, c=c, term=term, n=int(rng.integers(2, 60)), speaker=f"the {speaker.names[0]}",
                       entity=entity.names[0])  # fmt: skip
    text = f"{text[0].upper()}{text[1:]}."
    voice = "attributed" if "“" in form or "{speaker} called" in form else "own"
    rows = []
    if "{term}" in form:
        aside = voice == "own" and rng.random() < 0.08
        rows.append(_row(text, term, "naming", term, concept.id, "distanced" if aside else voice))
    if "{entity}" in form:
        tone = int(rng.integers(-1, 2))
        label = ("unfavourable", "neutral", "favourable")[tone + 1]
        rows.append(_row(text, entity.names[0], "portrayal", entity.id, label, voice, weight=float(tone)))
        if rng.random() < 0.4:
            role = str(rng.choice(["protagonist", "antagonist", "innocent"]))
            rows.append(_row(text, entity.names[0], "portrayal", entity.id, role, voice))
    quoted: list[dict[str, Any]] = []
    if "{speaker}" in form:
        said = text[1 : text.index("”")] if "“" in text else text[: len(text) // 2]
        name, size = speaker.names[0], float(len(said.split()))
        rows.append(_row(text, said, "voices", speaker.id, name, "attributed", weight=size))
        quoted = [{"role": role, **_place(text, span), "speaker": speaker.names[0]}
                  for role, span in (("source", speaker.names[0]), ("content", said))]  # fmt: skip
    for frame in rng.choice(len(book.frames), size=int(rng.integers(0, 3)), replace=False):
        rows.append(_row(text, text, "frames", book.frames[int(frame)].id, None, None))
    if rng.random() < 0.1:
        claim = book.propositions[int(rng.integers(len(book.propositions)))].id
        rows.append(_row(text, text, "credit", claim, str(rng.choice(["credits", "reports", "disputes"])), voice))
    return rows, quoted, text


def _place(text: str, span: str) -> dict[str, int]:
    start = text.casefold().index(span.casefold())
    return {"start": start, "end": start + len(span)}


def _row(
    text: str, span: str, measure: str, item: str, label: str | None, voice: str | None, *, weight: float = 1.0
) -> dict[str, Any]:
    place = _place(text, span)
    return {"measure": measure, "item": item, **place, "label": label, "voice": voice, "weight": weight}


def _typed(rows: list[dict[str, Any]], texts: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows).astype(dict.fromkeys(texts, "str"))


def _words(rng: np.random.Generator, n: int) -> list[str]:
    """So many different invented words, none a part of another's beginning that a search would confuse."""
    out: dict[str, None] = {}
    while len(out) < n:
        out["".join(rng.choice(_SYLLABLES, 3).tolist())] = None
    return list(out)
