"""How well each task agrees with human labels, as last measured by `make gate ARGS=--record`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.embed import WEIGHTS

FIGURES = WEIGHTS / "validity.json"
# What a figure says, for somebody who meets it beside a measure.
MEANINGS = {
    "credit": "how far what a sentence does with a claim (credits, reports, disputes it or none of these) is told "
    "rightly, four labels equally often (576 sentences of our own on 24 claims, which taught nothing)",
    "attribution": "share of the words that news texts put into others' mouths that are found, and found rightly "
    "(PolNeAR; 100 of its texts were read while the rules were written)",
    "events": "how far articles on one event, and only they, come together (BASIL and AllSides; the threshold was "
    "chosen with these articles in view)",
    "extraction": "how much of a page's article text is taken out, and nothing else",
    "frames": "how far the generic frames of an article are those that its annotators gave (SemEval-2023 task 3; "
    "one choice was made on a third of its texts)",
    "naming": "share of names whose voice (the outlet's own, somebody's, at a distance) is told rightly (280 rows "
    "of our own that no rule was mended by)",
    "narratives": "how well the credit of a claim tells texts that push it from texts that do not: .5 is chance, 1 "
    "is always (SemEval-2025 task 10)",
    "portrayal": "how far sentiment towards a named target is read as its annotators read it (NewsMTSC)",
    "roles": "share of entities whose main role is told rightly; giving all the commonest role is right for .68 "
    "(SemEval-2025 task 10; choices were made on 308 of its 481 entities)",
}


@dataclass(frozen=True)
class Noted:
    """A figure that no command measures anew, with where it comes from. n: what it rests on."""

    task: str
    what: str
    value: float
    n: int
    source: str


_UNSEEN = "the 576 sentences that the built-in model is measured on, which taught neither"
_READ = "a reading by hand of 520 pairs of sentence and claim, drawn from all that were near in a real week"
_CAST = (
    "entities of 186 articles of 17 outlets, February to April 2022, cast by us; the commonest role is right for "
    ".42; a choice between trainings was made on 785 of them"
)
_HELD_OUT = (
    "7,573 sentences, most of them real ones that the head's training read by hand, each held out once; two readers "
    "of 200 agree at .86"
)
NOTED = (
    Noted("credit", "macro-F1 over the four labels, of the thorough model", 0.88, 576, _UNSEEN),
    Noted("credit", "of what is called something, the share with the right label", 0.59, 190, _READ),
    Noted("credit", "of what is called “credits”, the share that is", 0.52, 29, _READ),
    Noted("credit", "of what is called something, the share that speaks to the claim", 0.66, 190, _READ),
    Noted("credit", "of what ought to be called something, the share that is found", 0.79, 160, _READ),
    Noted("credit", "of what the thorough model calls something, the share with the right label", 0.61, 172, _READ),
    Noted("credit", "of what ought to be called something, the share the thorough model finds", 0.74, 160, _READ),
    Noted("frames", "micro-F1 over the frames of single sentences", 0.68, 7573, _HELD_OUT),
    Noted("roles", "accuracy on entities in coverage of a war", 0.75, 950, _CAST),
)


def by_source(rows: Iterable[Noted]) -> list[list[Noted]]:
    """Those together that come from one source."""
    out: dict[str, list[Noted]] = {}
    for one in rows:
        out.setdefault(one.source, []).append(one)
    return list(out.values())


@dataclass(frozen=True)
class Agreement:
    """One task's figure. low, high: its 95 % interval, null where the task gives none; n: labelled things."""

    task: str
    metric: str
    n: int
    value: float
    low: float | None
    high: float | None

    @property
    def meaning(self) -> str:
        return MEANINGS[self.task]


def agreements(file: Path = FIGURES) -> dict[str, Agreement]:
    """The measured tasks, by name; a task that is not here was not measured on labels that shaped nothing."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    return {row["task"]: Agreement(**row) for row in rows}


def record(found: list[Agreement], file: Path = FIGURES) -> None:
    """Writes the figures of these tasks over those that were there; others stay."""
    kept = (agreements(file) if file.exists() else {}) | {one.task: one for one in found}
    rows = [asdict(kept[task]) for task in sorted(kept)]
    file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def table(found: dict[str, Agreement]) -> str:
    """The figures as Markdown."""
    rows = ["| task | n | figure | value | 95 % interval | what it says |", "| --- | --- | --- | --- | --- | --- |"]
    for one in found.values():
        interval = "none" if one.low is None or one.high is None else f"{one.low:.3f} – {one.high:.3f}"
        rows.append(f"| `{one.task}` | {one.n:,} | {one.metric} | {one.value:.3f} | {interval} | {one.meaning} |")
    return "\n".join(rows) + "\n"


def noted_table(rows: tuple[Noted, ...] = NOTED) -> str:
    """The figures that no command measures, as Markdown."""
    lines = ["| task | figure | value | n | from |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| `{one.task}` | {one.what} | {one.value:.2f} | {one.n:,} | {one.source} |" for one in rows]
    return "\n".join(lines) + "\n"
