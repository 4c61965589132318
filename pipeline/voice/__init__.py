"""Whose words: who is quoted or reported where, and what the outlet itself keeps at a distance.

Direct and reported speech are found by quotation marks, cue words (`pipeline.lexicon`) and the order of
words around them. Nothing is trained. English.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from pipeline.schema import ATTRIBUTIONS
from pipeline.voice.article import Row, read

# In the narrow sense a content is what somebody says, writes or thinks; in the wide sense also what
# somebody wants, plans, praises, condemns: the outlet's own words about a stance.
Scope = Literal["speech", "all"]
_KINDS: dict[Scope, frozenset[str]] = {
    "speech": frozenset({"speech", "name"}),
    "all": frozenset({"speech", "name", "intent", "stance"}),
}


def attributions(articles: pd.DataFrame, sentences: pd.DataFrame, *, scope: Scope = "speech") -> pd.DataFrame:
    """The attributions of some articles, as rows of ATTRIBUTIONS.

    articles: columns `article`, `text`. sentences: SENTENCES of those articles; text outside them is not read.
    One row a source, cue and content span, sharing `attribution` and `speaker`; a content that is broken by
    its cue has several rows. Rows of role "distance" stand for themselves. `speaker` is null where nobody is
    named. scope: "speech", what counts as another's voice; "all" takes in wants, plans and stances.
    """
    spans: dict[str, list[tuple[int, int]]] = {}
    for article, a, b in zip(sentences["article"], sentences["start"], sentences["end"], strict=True):
        spans.setdefault(article, []).append((a, b))
    rows: list[Row] = []
    for article, text in zip(articles["article"], articles["text"], strict=True):
        if article in spans:
            rows += read(article, text, sorted(spans[article]), _KINDS[scope])
    return ATTRIBUTIONS.check(pd.DataFrame(rows, columns=ATTRIBUTIONS.names))
