"""Values in words: a sentence for each row of a comparison. Measures without words of their own get plain ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.numbers import count, many, number
from pipeline.validity import Agreement, Noted

Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """A row in words: the finding, and the figures under it."""

    finding: str
    figures: str


def unbroken(label: str) -> str:
    """A topic's label, whose dots begin no line."""
    return label.replace(" · ", "\u00a0· ")


def said(row: Row, labels: Sequence[str] = (), ends: tuple[str, str] | None = None) -> Said:
    """A row in words.

    labels: those of the piece's evidence for it (credits, disputes, …), where it has any. ends: for an axis,
    the words at its upper and its lower end.
    """
    words = _FAMILIES.get(str(row.get("family", row["measure"])), _plain)
    if ends is not None and row["measure"] == "microframes":
        to, other = ends if _higher(row) else ends[::-1]
        finding = f"Its words lean more to “{to}”, less to “{other}”"
    else:
        finding = words(row)
    return Said(finding, f"{_piece(row, labels)}; the median outlet {number(row['median'], row['bounds'])}")


def _piece(row: Row, labels: Sequence[str]) -> str:
    value, n = number(row["piece"]["value"], row["bounds"]), row["piece"]["n"]
    if row["measure"] == "naming":
        own = round((row["piece"]["value"] or 0) * n)
        return f"{own} of {many(n, 'naming')}, {value}"
    if row["measure"] == "credit" and labels:
        said_so = [f"{labels.count(name)} {name}" for name in ("credits", "reports", "disputes") if name in labels]
        return f"{value} – {', '.join(said_so)}"
    return f"{value} (n {n})"


def _naming(row: Row) -> str:
    subject = f"{row['concept']}" if row.get("concept") else "it"
    higher = _higher(row)
    term = f"“{row['label']}”"
    if row["measure"] == "naming":
        if higher:
            return f"Calls {subject} {term} in its own voice"
        return f"Avoids {term} for {subject} in its own voice"
    return f"{row['title']}: {term}, for {subject}"


def _credit(row: Row) -> str:
    claim = f"“{row['label'].rstrip('.')}”"
    if row["measure"] != "credit":
        return f"Comes {'more' if _higher(row) else 'less'} often to {claim}"
    value = row["piece"]["value"] or 0
    if value > 0.05:
        return f"Credits {claim}" if _higher(row) else f"Credits, but less than others, {claim}"
    if value < -0.05:
        return f"Disputes {claim}" if not _higher(row) else f"Disputes, but less than others, {claim}"
    return f"Neither credits nor disputes {claim}"


def _voices(row: Row) -> str:
    if row["measure"] != "voices":
        return f"Leaves {'more' if _higher(row) else 'less'} of its words to others, quoted or reported"
    whom = "speakers that the codebook does not know" if row["item"] == "unresolved" else row["label"]
    return f"Gives {'more' if _higher(row) else 'less'} of its quoted words to {whom}"


def _portrayal(row: Row) -> str:
    if row["measure"] != "portrayal":
        return f"{row['title']}: {row['label']}, {'more' if _higher(row) else 'less'} than others"
    return f"Speaks {'better' if _higher(row) else 'worse'} of {row['label']} than others do"


def _frames(row: Row) -> str:
    return f"{'Leans on' if _higher(row) else 'Makes little of'} the frame “{row['label']}”"


def _emphasis(row: Row) -> str:
    return f"Dwells {'more' if _higher(row) else 'less'} on “{unbroken(row['label'])}”"


def _microframes(row: Row) -> str:
    return f"{row['title']} on {row['label']}: {'higher' if _higher(row) else 'lower'} than others"


def _keyness(row: Row) -> str:
    return f"Uses “{row['label']}” {'more' if _higher(row) else 'less'} than the others"


def _plain(row: Row) -> str:
    return f"{row['title']}, {row['label']}: {'higher' if _higher(row) else 'lower'} than others"


def _higher(row: Row) -> bool:
    return (row["difference"] or 0) >= 0


_FAMILIES: dict[str, Callable[[Row], str]] = {
    "naming": _naming,
    "credit": _credit,
    "voices": _voices,
    "portrayal": _portrayal,
    "frames": _frames,
    "emphasis": _emphasis,
    "microframes": _microframes,
    "keyness": _keyness,
}
STAGES = {
    "waiting": "Waiting for its turn",
    "match": "Finding its event",
    "read": "Reading the piece",
    "measure": "Measuring",
    "evidence": "Gathering the sentences",
    "done": "Done",
}


def agreed(one: Agreement) -> str:
    """A task's agreement with human labels: "macro-F1 0.75 (0.73 – 0.78), n 1,476: how far …"."""
    interval = f" ({one.low:.2f} – {one.high:.2f})" if one.low is not None and one.high is not None else ""
    return f"{one.metric} {one.value:.2f}{interval}, n {count(one.n)}: {one.meaning}."


def noted(some: Sequence[Noted]) -> str:
    """Figures of one task and source that no command measures, and where they come from."""
    figures = "; ".join(f"{one.what} {one.value:.2f}, n {count(one.n)}" for one in some)
    return f"{some[0].task}, on {some[0].source}: {figures}."
