"""References of the measures, and how to cite a report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.measures import all_measures

GENERAL = (
    "Bonett & Price 2012, Adjusted Wald confidence interval for a difference of binomial proportions based on paired "
    "data (Journal of Educational and Behavioral Statistics 37)",
    "Wilson 1927, Probable inference, the law of succession, and statistical inference (Journal of the American "
    "Statistical Association 22)",
    "Lin 1991, Divergence measures based on the Shannon entropy (IEEE Transactions on Information Theory 37)",
    "Benjamini & Hochberg 1995, Controlling the false discovery rate (Journal of the Royal Statistical Society B 57)",
)


def references() -> list[str]:
    """What the intervals, distances and adjustments rest on, in alphabetical order."""
    return sorted(GENERAL, key=str.casefold)


def by_measure() -> list[tuple[str, str]]:
    """What each measure rests on."""
    return [(m.declaration.title, m.declaration.reference) for m in all_measures() if m.declaration.reference]


def citation(title: str | None, said: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """The report as APA (7th edition) and BibTeX cite it."""
    name = title or "A piece without a title"
    version = str(said["by"]).removeprefix("Parallax").strip()
    where = said.get("permalink")
    apa = (
        f"Parallax (Version {version}). ({now.year}, {now:%B} {now.day}). Framing of “{name}” beside other outlets "
        f"[Data report; corpus {said['corpus']}, snapshot {said['snapshot']}]." + (f" {where}" if where else "")
    )
    fields = {
        "author": "{Parallax}",
        "title": "{Framing of ``" + _tex(name) + "'' beside other outlets}",
        "year": str(now.year),
        "month": f"{now:%b}".lower(),
        "note": "{" + _tex(f"Corpus {said['corpus']}, snapshot {said['snapshot']}, Parallax {version}") + "}",
        **({"url": "{" + str(where) + "}"} if where else {}),
    }
    key = "parallax" + re.sub(r"\W", "", str(said["snapshot"]))[:8]
    body = ",\n".join(f"  {field} = {value}" for field, value in fields.items())
    return {"apa": apa, "bibtex": f"@misc{{{key},\n{body}\n}}"}


def _tex(text: str) -> str:
    """A text that TeX takes as it is."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(c, "\\" + c if c in "&%$#_{}" else c) for c in " ".join(text.split()))
