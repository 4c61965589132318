"""Coding by hand: people read at random what a measure found, without its answer in view, and give theirs.

Their answers say how often the measure is right in this corpus, and correct its values (`corrected.py`). What may
be coded, and in which order, follows from a snapshot alone; the answers lie in the library. A refresh that brings
articles leaves every answer where it is, for a span is known by its article's content and its place there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.codebook import Codebook
from pipeline.errors import InputError
from pipeline.measures import Coding, all_measures, measure_named
from pipeline.schema import EVIDENCE
from pipeline.snapshot import Snapshot

CONTEXT = 320  # characters of the article on either side of a sentence: some two sentences
UNCLEAR = "unclear"  # the answer that a coder cannot tell: counted, and left out of every figure
LONGEST_NAME = 60  # of a coder
SPAN = ["article", "content_hash", "start", "end"]  # what tells the spans of a subject apart


@dataclass(frozen=True)
class Subject:
    """What coders are asked about: one claim, one thing with rival names, one entity.

    asked: its words in the question. An answer counts as long as these words are the same.
    """

    measure: str
    id: str
    asked: str

    @property
    def coding(self) -> Coding:
        return coding_of(self.measure)

    @property
    def question(self) -> str:
        return self.coding.question.format(asked=self.asked)


def coding_of(measure: str) -> Coding:
    """How a measure is coded. Raises InputError for a measure that there is not, or that nobody can code."""
    known = {m.name: m.declaration.coding for m in all_measures() if m.declaration.coding is not None}
    if measure not in known:
        what = "cannot be coded by hand" if measure_named(measure) else "is no measure"
        raise InputError(f'"{measure}" {what}', remedy=f"give one of: {', '.join(known)}")
    return known[measure]


def subjects(codebook: Codebook) -> list[Subject]:
    """All that can be coded, by measure and in the codebook's order."""
    sections = {
        "propositions": [(entry.id, entry.claim) for entry in codebook.propositions],
        "concepts": [(entry.id, entry.label) for entry in codebook.concepts],
        "entities": [(entry.id, entry.label) for entry in codebook.entities],
    }
    return [
        Subject(measure.name, identifier, asked)
        for measure in all_measures()
        if measure.declaration.coding is not None
        for section in measure.declaration.reads
        for identifier, asked in sections[section]
    ]


def subject_named(codebook: Codebook, measure: str, identifier: str) -> Subject:
    """One of them. Raises InputError naming those there are."""
    coding_of(measure)
    mine = {subject.id: subject for subject in subjects(codebook) if subject.measure == measure}
    if identifier not in mine:
        raise InputError(f'{measure} has no "{identifier}" here', remedy=f"give one of: {', '.join(mine) or 'none'}")
    return mine[identifier]


def subject_of(codebook: Codebook, measure: str, item: str) -> Subject | None:
    """What coders are asked about where an item of a measure is to be read: for a term, the thing that it names. Null
    where the measure or the item cannot be coded."""
    concepts = {term.term: concept.id for concept in codebook.concepts for term in concept.terms}
    identifier = concepts.get(item) if measure == "naming" else item
    return next((one for one in subjects(codebook) if (one.measure, one.id) == (measure, identifier)), None)


@dataclass(frozen=True)
class SamplingFrame:
    """What there is to read of a subject, over the corpus or in one event, and in which order.

    spans: EVIDENCE with outlet, content_hash, `found` (the measure's answer) and `place` (from 0 in its outlet's
    order), wire copy once, in the order in which it is to be read. Answers and figures name spans by their row here.

    Every outlet's order is a shuffle that depends on each span alone, so that what is read so far is a random sample
    of the outlet, whatever a refresh adds; and the outlets take turns, for small ones would hardly be drawn.
    """

    subject: Subject
    event: str | None
    spans: pd.DataFrame

    def __len__(self) -> int:
        return len(self.spans)


def frame_of(snapshot: Snapshot, subject: Subject, event: str | None = None) -> SamplingFrame:
    """The sampling frame of a subject. Raises InputError for an event that there is not."""
    heads, coding = snapshot.heads, subject.coding
    if event is not None and event not in set(snapshot.table("events")["event"]):
        raise InputError(f'no event "{event}" in snapshot {snapshot.id}', remedy="`parallax events` lists them")
    where = {"measure": [subject.measure], coding.subject: [subject.id]}
    if event is not None:
        where["article"] = list(heads["article"][heads["event"] == event])
    rows = EVIDENCE.check(snapshot.rows("evidence", **where))
    at = snapshot.places(rows["article"])
    of = heads[["outlet", "content_hash"]].take(at)  # of these articles alone: all would be Python's strings
    rows = rows.assign(outlet=of["outlet"].array, content_hash=of["content_hash"].array, found=rows[coding.column])
    rows = rows[snapshot.counted_once[at] & rows["found"].isin(coding.values)]
    drawn = [_drawn(subject, span) for span in rows[SPAN].itertuples(index=False, name=None)]
    rows = rows.assign(drawn=np.array(drawn, dtype=np.uint64)).sort_values(["outlet", "drawn"], kind="stable")
    rows = rows.assign(place=rows.groupby("outlet").cumcount())
    rows = rows.sort_values(["place", "drawn"], kind="stable", ignore_index=True).drop(columns="drawn")
    return SamplingFrame(subject, event, rows)


def _drawn(subject: Subject, span: tuple[object, ...]) -> int:
    """A number that says nothing of the span, and is the same in every snapshot and event."""
    words = "\0".join(map(str, (subject.measure, subject.id, *span)))
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True)
class Read:
    """The answers on a frame. answers: those that count; row (of the frame), coder, answer, id; the latest last.
    seen: also those that do not count yet, drawn for some other event alone and not yet for this frame.

    reworded: answers to other words of the question. gone: answers on spans that are no longer found.
    """

    answers: pd.DataFrame
    seen: pd.DataFrame
    reworded: int
    gone: int

    @property
    def clear(self) -> pd.DataFrame:
        """The answers of coders who could tell, with `weight`: those on one span weigh 1 together."""
        told = self.answers[self.answers["answer"] != UNCLEAR]
        return told.assign(weight=1 / told.groupby("row")["row"].transform("size"))

    @property
    def unclear(self) -> int:
        return int((self.answers["answer"] == UNCLEAR).sum())

    @property
    def elsewhere(self) -> int:
        """Answers that were drawn for another event alone."""
        return len(self.seen) - len(self.answers)


def read_of(frame: SamplingFrame, codings: pd.DataFrame) -> Read:
    """A subject's answers beside its frame. codings: as the library gives them, with the columns of SPAN.

    What was drawn for another event is no sample of this frame: it counts where the order has come past it, or where
    nothing of its outlet is left to read.
    """
    same = codings[codings["asked"] == frame.subject.asked]
    rows = frame.spans[[*SPAN, "outlet", "place"]].assign(row=np.arange(len(frame)))
    both = same.merge(rows, on=SPAN, how="left").sort_values("id", kind="stable", ignore_index=True)
    there = both["row"].notna()
    seen = both[there].astype({"row": "int64"}).reset_index(drop=True)
    drawn = (seen["event"].isna() | (seen["event"] == frame.event)).to_numpy(bool)
    last = seen["place"].where(drawn, -1).groupby(seen["outlet"]).transform("max")
    left = set(frame.spans["outlet"][~np.isin(np.arange(len(frame)), seen["row"])])
    counts = drawn | (seen["place"] < last) | ~seen["outlet"].isin(left)
    columns = ["row", "coder", "answer", "id"]
    return Read(
        answers=seen.loc[counts, columns].reset_index(drop=True),
        seen=seen[columns],
        reworded=len(codings) - len(same),
        gone=int((~there).sum()) if frame.event is None else 0,
    )


def next_rows(frame: SamplingFrame, read: Read, coder: str, *, again: bool = False) -> list[int]:
    """The rows that a coder is to read, in their order: what nobody has read or, with `again`, only others have."""
    mine = set(read.seen.loc[read.seen["coder"] == coder, "row"])
    others = set(read.seen["row"])
    return [row for row in range(len(frame)) if row not in mine and ((row in others) == again)]


def gaps(frame: SamplingFrame, read: Read) -> int:
    """Spans that nobody read though later ones of their outlet's order are: skipped, or come with a refresh since.

    Few do no harm. Where many have come, what was read is a sample of what was there before.
    """
    rows, places = np.arange(len(frame)), frame.spans["place"]
    last = places.where(np.isin(rows, read.answers["row"]), -1).groupby(frame.spans["outlet"]).transform("max")
    return int((~np.isin(rows, read.seen["row"]) & (places < last)).sum())


def in_context(snapshot: Snapshot, spans: pd.DataFrame) -> pd.DataFrame:
    """The spans as coders see them, row-aligned: `before` (of the article, cut at a blank); `left`, `span` and
    `right`, which together are the sentence; and `after`."""
    texts = snapshot.texts(spans["article"])
    places = snapshot.rows("sentences", ["article", "sentence", "start", "end"], article=list(texts))
    sentence = {(a, n): (begin, end) for a, n, begin, end in places.itertuples(index=False, name=None)}
    rows = []
    for span in spans[["article", "sentence", "start", "end"]].itertuples(index=False):
        text, (begin, end) = texts[span.article], sentence[span.article, span.sentence]
        before, after = text[max(0, begin - CONTEXT) : begin], text[end : end + CONTEXT]
        rows.append(
            {
                "before": "… " + before.partition(" ")[2] if begin > CONTEXT else before,
                "left": text[begin : span.start], "span": text[span.start : span.end], "right": text[span.end : end],
                "after": after.rpartition(" ")[0] + " …" if end + CONTEXT < len(text) else after,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["before", "left", "span", "right", "after"])


def alpha(answers: pd.DataFrame) -> tuple[float | None, int]:
    """Krippendorff's α for nominal answers (2004, ch. 11), and the spans that several coders read.

    answers: row, coder, answer. 1 is perfect agreement, 0 what chance gives; null where nobody read a span twice
    or all gave one answer, when there is nothing to agree on.
    """
    table = answers.groupby(["row", "answer"]).size().unstack(fill_value=0)
    table = table[table.sum(axis=1) > 1]
    if table.empty:
        return None, 0
    counts = table.to_numpy(float)
    size = counts.sum(1)
    observed = ((size**2 - (counts**2).sum(1)) / (size - 1)).sum()
    of_each, n = counts.sum(0), counts.sum()
    expected = (n**2 - (of_each**2).sum()) / (n - 1)
    return (None if expected == 0 else float(1 - observed / expected)), len(table)


def checked_answer(subject: Subject, answer: str) -> str:
    """The answer, where it is one of those that may be given. Raises InputError."""
    allowed: Sequence[str] = (*subject.coding.values, UNCLEAR)
    if answer not in allowed:
        raise InputError(f'"{answer}" is no answer', remedy=f"give one of: {', '.join(allowed)}")
    return answer


def coder_name(name: str | None) -> str:
    """A coder's name or initials. Raises InputError for none, or for one that is too long."""
    words = " ".join((name or "").split())
    if not words or len(words) > LONGEST_NAME:
        what = f"a coder's name of {len(words)} characters" if words else "no coder is named"
        raise InputError(what, remedy=f"give a name or initials of up to {LONGEST_NAME} characters")
    return words
