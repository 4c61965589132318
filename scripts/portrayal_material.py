"""What portrayal learns from: our own role texts, NewsMTSC's sentiments, real texts cast by hand, and many targets
that nobody labelled.

Ours are corpora/training/role_sentences.jsonl, role_passages.jsonl and role_passages_long.jsonl. Real texts are those
of NewsMTSC (Hamborg and Donnay 2021, MIT) and of FNC-1 (Apache-2.0), of which a folder of evaluation data has
gold/portrayal_train.jsonl.gz and train/stance_documents.jsonl.gz; corpora/training/role_labels.jsonl names, by the
hash of a text and the place in it, whose role was read by hand.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from credit_material import DOCUMENTS, TRAINING, key_of, read_packed, read_rows, sentences
from credit_material import SENTENCES as SENTIMENTS

from pipeline.evaluate.roles import surroundings
from pipeline.sentiment_model import POLARITIES, ROLES, Span, Targets, windows
from pipeline.text import sentence_spans

UNKNOWN = -1  # a sentiment or a role that nobody labelled
PARTS = 5  # of all labelled texts; a subject's and a document's are in one
# Of a text that nobody labelled: so many names, and so many groups of people or bodies.
NAMES, GROUPS = 3, 2
SHORTEST, LONGEST = 40, 600  # characters of a sentence that nobody labelled
NAME = re.compile(r"(?<![\w.])(?:[A-Z][\w’'-]+)(?: (?:(?:of|the|de|al|bin) )?[A-Z][\w’'-]+)*")
GROUP = re.compile(
    r"\b(?:(?:the|local|ordinary|young|elderly|foreign|its|their|his|her|these|those) )?(?:[a-z]+ )?"
    r"(?:residents|workers|families|children|civilians|patients|farmers|soldiers|troops|protesters|voters|refugees"
    r"|migrants|students|teachers|parents|women|passengers|prisoners|hostages|victims|officials|authorities|police"
    r"|lawmakers|militants|rebels|terrorists|activists|journalists|scientists|doctors|nurses|villagers|tenants"
    r"|pensioners|taxpayers|customers|critics|leaders|politicians|government|regime|administration|company|ministry"
    r"|council|army|military|union|party|church|media|press|court|bank|community|public|people|town|village|city"
    r"|country|nation)\b"
)
# They begin sentences, or name days, and nobody in them is portrayed.
NO_NAMES = frozenset(
    "i the a an but and it he she they we you in on at if as so no for from this that these those there what when "
    "who monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)


Cast = Mapping[str, Mapping[Span, int]]  # by a text's hash and a place in it, the role read by hand


@dataclass(frozen=True)
class Text:
    """A text and its targets, with what is known of each."""

    targets: Targets
    sentiments: tuple[int, ...]  # positions in POLARITIES, or UNKNOWN
    roles: tuple[int, ...]  # positions in ROLES, or UNKNOWN
    source: str
    part: int
    weight: float = 1.0


def labelled(data: Path) -> list[Text]:
    """Everything that somebody labelled. Raises SystemExit where the data lack a text."""
    cast = _labels()
    news = read_packed(data / SENTIMENTS)
    documents = {key_of(row["text"]): row["text"] for row in read_packed(data / DOCUMENTS)}
    reports = {key: roles for key, roles in cast.items() if key in documents}
    if missing := cast.keys() - reports.keys() - {key_of(row["text"]) for row in news}:
        raise SystemExit(f"{len(missing)} of the texts cast by hand are not in {data}: another version of it?")
    return [*_own(), *_news(news, cast), *_reports(documents, reports)]


def unlabelled(data: Path) -> list[Text]:
    """Sentences, real and our own, with targets that nobody labelled."""
    rng = random.Random(0)
    own = [row["text"] for name in ("credit_sentences", "credit_running_text") for row in read_rows(_file(name))]
    written = (text[start:end] for text in own for start, end in sentence_spans(text))
    out = []
    for text in dict.fromkeys([*sentences(data), *written]):
        if SHORTEST < len(text) < LONGEST and (spans := _targets_in(text, rng)):
            out += _texts(text, spans, source="unlabelled", part=UNKNOWN)
    return out


def _targets_in(text: str, rng: random.Random) -> list[Span]:
    names = [m.span() for m in NAME.finditer(text) if m.group().lower() not in NO_NAMES]
    groups = [
        (start, end)
        for start, end in (m.span() for m in GROUP.finditer(text))
        if all(end <= begin or start >= finish for begin, finish in names)
    ]
    some = [rng.sample(found, min(most, len(found))) for found, most in ((names, NAMES), (groups, GROUPS))]
    return sorted(some[0] + some[1])


def _own() -> Iterator[Text]:
    for row in read_rows(_file("role_sentences")):
        yield from _cast(row, source="sentences", key=row["text"])
    for source, name in (("passages", "role_passages"), ("long", "role_passages_long")):
        for row in read_rows(_file(name)):
            yield from _cast(row, source=source, key=row["subject"])
            for start, end in sentence_spans(row["text"]):
                inside = [
                    {**t, "start": t["start"] - start, "end": t["end"] - start}
                    for t in row["targets"]
                    if start <= t["start"] and t["end"] <= end
                ]
                if inside:
                    sentence = {"text": row["text"][start:end], "targets": inside}
                    yield from _cast(sentence, source=source, key=row["subject"])


def _cast(row: dict[str, Any], *, source: str, key: str) -> list[Text]:
    spans = [(t["start"], t["end"]) for t in row["targets"]]
    roles = [ROLES.index(t["role"]) for t in row["targets"]]
    return _texts(row["text"], spans, roles=roles, source=source, part=part_of(key))


def _news(rows: Sequence[dict[str, Any]], cast: Cast) -> Iterator[Text]:
    for row in rows:
        spans = [(t["start"], t["end"]) for t in row["targets"]]
        known = cast.get(key_of(row["text"]), {})
        yield from _texts(
            row["text"],
            spans,
            sentiments=[POLARITIES.index(t["polarity"]) for t in row["targets"]],
            roles=[known.get(span, UNKNOWN) for span in spans],
            source="news",
            part=part_of(row["text"]),
        )


def _reports(documents: Mapping[str, str], cast: Cast) -> Iterator[Text]:
    """Each mention of an entity in its sentence has the entity's role; together they count as their root."""
    for key, roles in cast.items():
        for (start, end), role in roles.items():
            near = surroundings(documents[key], start, end)
            for targets in near:
                yield from _texts(
                    targets.text,
                    targets.spans,
                    roles=[role],
                    source="reports",
                    part=part_of(key),
                    weight=len(near) ** -0.5,
                )


def _labels() -> Cast:
    rows = sorted(read_rows(_file("role_labels")), key=lambda row: str(row["key"]))
    return {
        key: {(row["start"], row["end"]): ROLES.index(row["role"]) for row in of_text}
        for key, of_text in groupby(rows, key=lambda row: str(row["key"]))
    }


def _texts(
    text: str,
    spans: Sequence[Span],
    *,
    source: str,
    part: int,
    sentiments: Sequence[int] | None = None,
    roles: Sequence[int] | None = None,
    weight: float = 1.0,
) -> list[Text]:
    """The text or, where it is too long for one, its windows, a target each."""
    nothing = [UNKNOWN] * len(spans)
    known = list(zip(sentiments or nothing, roles or nothing, strict=True))
    out, first = [], 0
    for window in windows(Targets(text, tuple(spans))):
        mine = known[first : first + len(window.spans)]
        first += len(mine)
        out.append(Text(window, tuple(s for s, _ in mine), tuple(r for _, r in mine), source, part, weight))
    return out


def part_of(key: str) -> int:
    """Which of PARTS parts a text falls into, by the hash of its key: the same in every run."""
    return int(key_of(key), 16) % PARTS


def _file(name: str) -> Path:
    return TRAINING / f"{name}.jsonl"
