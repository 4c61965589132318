"""Corpora made on the spot: invented texts about invented matters, as many as asked for, the same each time."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline.corpus import Corpus, load_corpus

OUTLETS = ("Quay Courier", "Fell Gazette", "Moor Times", "Weir Herald", "Tarn Post", "Scar Bulletin", "Holm Star")
PLACES = "Askrigg Brayford Colwell Dunmere Elsworth Farndale Garrick Hexby Ingleton Kelbrook Lorton Marwick".split()
MATTERS = (
    ("ferry", "timetable", "crossing", "harbour", "fares", "pier"),
    ("quarry", "gravel", "blasting", "lorries", "dust", "licence"),
    ("school", "pupils", "classrooms", "teachers", "merger", "bus"),
    ("reservoir", "drought", "pipes", "leakage", "hosepipe", "pressure"),
    ("hospital", "ward", "nurses", "beds", "clinic", "surgeon"),
    ("windfarm", "turbines", "cables", "moorland", "birds", "grid"),
    ("library", "shelves", "opening", "readers", "archive", "catalogue"),
    ("stadium", "terraces", "season", "club", "tickets", "floodlights"),
)
PEOPLE = ("the mayor", "a spokesman for the county", "the union", "residents", "an engineer", "the company")
OPENINGS = (
    "{who} said on {day} that the {a} near {place} would need another {n} months",
    "Nobody in {place} expected the {a} and the {b} to be settled before the {c}",
    "{who} called the {b} at {place} an eyesore and asked for a hearing about the {a}",
    "The {a} costs {n} crowns a week, according to {who}, and the {b} is no better",
    "Work on the {c} began in {place} while the {a} stood still",
    "“We will not accept the {b},” {who} told reporters in {place}",
    "The council has not said whether the {a}, the {b} or the {c} comes first",
    "{who} denied that the {c} was to blame for the {a}",
)
DAYS = "Monday Tuesday Wednesday Thursday Friday".split()
START = date(2024, 3, 1)

CODEBOOK = """
title = "Invented matters"

[[concepts]]
id = "the-works"
label = "the works"
[[concepts.terms]]
term = "eyesore"
[[concepts.terms]]
term = "crossing"

[[speakers]]
id = "city"
label = "the city"
names = ["mayor", "council", "county"]

[[axes]]
id = "settled-open"
label = "settled – open"
positive = ["settled", "expected"]
negative = ["denied", "blame"]
"""

# The same with every section, so that every measure has its work; the claim is about one matter in eight, as a
# claim in a real corpus is about a part of it.
FULL_CODEBOOK = (
    CODEBOOK
    + """
[[propositions]]
id = "quarry-dust"
claim = "The dust of the quarry makes people ill."
paraphrases = ["Blasting at the quarry harms the health of residents.", "People are ill because of quarry dust."]

[[entities]]
id = "union"
label = "the union"
names = ["the union"]

[[frames]]
id = "economic"
label = "Economic"
description = "costs, benefits and money"
"""
)


def article(number: int, *, articles_a_day: int = 40, sentences: int = 14) -> dict[str, Any]:
    """The article of a number: outlet, date, matter and words follow from it alone."""
    rng = random.Random(number)
    matter = MATTERS[(number // 5) % len(MATTERS)]
    place = PLACES[(number // 40) % len(PLACES)]
    lines = []
    for _ in range(sentences):
        a, b, c = rng.sample(matter, 3)
        line = rng.choice(OPENINGS).format(
            who=rng.choice(PEOPLE), day=rng.choice(DAYS), a=a, b=b, c=c, n=rng.randint(2, 60), place=place
        )
        lines.append(f"{line[0].upper()}{line[1:]}; note {rng.randint(1, 10**6)} of {rng.choice(PLACES)} says so.")
    return {
        "id": f"s{number:06d}",
        "outlet": OUTLETS[number % len(OUTLETS)],
        "date": (START + timedelta(days=number // articles_a_day)).isoformat(),
        "title": f"{matter[0].capitalize()} in {place}: {rng.choice(matter)} and {rng.choice(matter)} ({number})",
        "text": " ".join(lines),
    }


def make_corpus(
    folder: Path, numbers: Sequence[int], *, name: str = "synthetic", codebook: str = CODEBOOK, sentences: int = 14
) -> Corpus:
    """A corpus folder with the articles of these numbers, loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    outlets = "".join(f'\n[[outlets]]\nname = "{outlet}"\n' for outlet in OUTLETS)
    source = '\n[[sources]]\nname = "articles"\nkind = "files"\npaths = ["articles.jsonl"]\n'
    head = f'name = "{name}"\ntitle = "Invented matters"\n'
    (folder / "corpus.toml").write_text(head + outlets + source, encoding="utf-8")
    (folder / "codebook.toml").write_text(codebook, encoding="utf-8")
    lines = [json.dumps(article(number, sentences=sentences)) + "\n" for number in numbers]
    (folder / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
    return load_corpus(folder)
