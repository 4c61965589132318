"""Hand coding as pages read and store it: the sampling frame of a choice, its answers, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from dashboard.allowing import asker, may
from dashboard.context import Context
from dashboard.groups import NO_GROUP, group_of, read_groups
from dashboard.lasting import lasting_few
from dashboard.views.coding import ALL, BACK
from pipeline.coding import Read, SamplingFrame, coder_name, frame_of, subject_named, subject_of
from pipeline.corrected import Agreement, agreement, corrected
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot

if TYPE_CHECKING:
    from pipeline.coding_desk import Desk


@dataclass(frozen=True)
class Choice:
    """What a reader codes: `measure|subject`, and the event, or ALL."""

    subject: str | None
    event: str | None = ALL

    def __bool__(self) -> bool:
        return bool(self.subject)


@lasting_few(2)  # of a large corpus some hundred thousand rows each; coders stay with one for long
def frame(snapshot: Snapshot, choice: Choice) -> SamplingFrame:
    """What is to be read for a choice. Raises InputError for one that there is not."""
    measure, _, identifier = (choice.subject or "").partition("|")
    event = None if choice.event in (None, ALL) else choice.event
    found = frame_of(snapshot, subject_named(snapshot.codebook, measure, identifier), event)
    pa.default_memory_pool().release_unused()  # of a large corpus a dozen megabytes, which would stay
    return found


def desk_of(context: Context) -> Desk:
    from pipeline.coding_desk import Desk  # brings the library's database along, which other pages do without

    return Desk(context.settings, context.corpus)


def refusal(context: Context, coder: str | None) -> str | None:
    """Why nobody can answer now; null where they can."""
    allowed = context.settings.code_from_page
    if not may(allowed, asker(), context.settings):
        if allowed == "none":
            return "The settings keep coding out of the page (code_from_page)."
        return "Only readers on the machine that serves this page may code; the setting code_from_page opens it."
    return None if (coder or "").strip() else "Say above who reads: a name or initials."


def answered(context: Context, told: str, coder: str | None) -> None:
    """Stores what a button says (`views.coding.told`): an answer, or that the coder's last one is taken back.

    Raises InputError for what no button says, and for who may not; WorkError where it cannot be stored.
    """
    refused = refusal(context, coder)
    if refused is not None:
        raise InputError("nothing was stored", remedy=refused)
    desk, name, parts = desk_of(context), coder_name(coder), told.split(" ")
    if len(parts) != 5 or not parts[3].isdecimal():
        raise InputError("that is no answer", remedy="use the buttons of the page")
    identifier, subject, event, row, answer = parts
    drawn = frame(context.snapshot(identifier), Choice(subject, event))
    if answer == BACK:
        if desk.take_back(drawn, name) is None:
            raise InputError("there is no answer of yours to take back", remedy="give one first")
        return
    if int(row) >= len(drawn):
        raise InputError(f"there is no span {row} any more", remedy="load the page again")
    desk.give(drawn, name, {int(row): answer})


def so_far(context: Context, snapshot: Snapshot, choice: Choice) -> tuple[SamplingFrame, Read]:
    drawn = frame(snapshot, choice)
    return drawn, desk_of(context).read(drawn)


@dataclass(frozen=True)
class ReadHere:
    """What answers say of an item. agreement: over the corpus. values: of the ground, as `corrected` gives them."""

    agreement: Agreement
    values: pd.DataFrame


def read_here(context: Context, snapshot: Snapshot, measure: str, item: str, event: str | None) -> ReadHere | None:
    """How often a measure is right of an item's subject, by those who read some of the corpus, and what that makes of
    the outlets' values, on an event or over the corpus; null where nobody read any.

    Raises WorkError where the library is not to be had.
    """
    subject = subject_of(snapshot.codebook, measure, item)
    if subject is None or desk_of(context).codings(subject).empty:
        return None  # before the frame is drawn, which takes longer
    key = f"{subject.measure}|{subject.id}"
    drawn, read = so_far(context, snapshot, Choice(key))
    found = agreement(drawn, read)
    if not found.n:
        return None
    if event is not None:
        drawn, read = so_far(context, snapshot, Choice(key, event))
    values = values_in(snapshot, drawn, read, "outlet", None)
    return ReadHere(found, values[values["item"] == item])


def values_of(context: Context, snapshot: Snapshot, choice: Choice, by: str, own: str | None = None) -> pd.DataFrame:
    """The values as measured and corrected, a row a group and item."""
    return values_in(snapshot, *so_far(context, snapshot, choice), by, own)


def values_in(snapshot: Snapshot, drawn: SamplingFrame, read: Read, by: str, own: str | None) -> pd.DataFrame:
    found = corrected(drawn, read, snapshot.codebook, group_of(snapshot, by, read_groups(own)))
    return found[found["group"] != NO_GROUP] if by == "own" else found


def file_of(
    context: Context, snapshot: Snapshot, what: str, choice: Choice, by: str, own: str | None = None
) -> dict[str, str]:
    """All answers of the corpus, or the values of what is chosen, as a CSV to be sent."""
    if what == "answers":
        from pipeline.coding_sheet import answers_csv

        return {"content": answers_csv(desk_of(context).codings()), "filename": "parallax-answers.csv"}
    from dashboard.export.tables import as_csv

    content = as_csv(values_of(context, snapshot, choice, by, own)).decode("utf-8")
    return {"content": content, "filename": f"parallax-{(choice.subject or '').replace('|', '-')}-corrected.csv"}
