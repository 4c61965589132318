"""Texts as read: sentences, attributions and passages of some articles, and the voice of any span.

A `Reading` is what measures work on, for the articles of a corpus and for a piece alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.schema import ATTRIBUTIONS, PASSAGES, SENTENCES, VOICES


@dataclass(frozen=True)
class Reading:
    """Some articles, read.

    articles: columns `article`, `text` at least, each article once. sentences, attributions, passages:
    as declared in `schema.py`, for those articles only (attributions and passages may be empty).
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame = field(default_factory=SENTENCES.empty)
    attributions: pd.DataFrame = field(default_factory=ATTRIBUTIONS.empty)
    passages: pd.DataFrame = field(default_factory=PASSAGES.empty)

    @cached_property
    def _bases(self) -> pd.Series:
        """Where each article's text starts if all texts were one: global = base + offset."""
        lengths = self.articles["text"].astype("str").str.len().to_numpy(np.int64) + 1
        return pd.Series(np.cumsum(lengths) - lengths, index=self.articles["article"])

    @cached_property
    def sentence_texts(self) -> list[str]:
        """The sentences' texts, in the order of `sentences`."""
        texts = dict(zip(self.articles["article"], self.articles["text"], strict=True))
        rows = self.sentences[["article", "start", "end"]].itertuples(index=False)
        return [texts[article][start:end] for article, start, end in rows]

    def positions(self, articles: pd.Series, offsets: pd.Series) -> np.ndarray:
        """Offsets in articles as positions in all texts laid end to end, int64."""
        return np.asarray(self._bases.reindex(articles).to_numpy(np.int64) + offsets.to_numpy(np.int64))

    def sentence_rows(self, articles: pd.Series, offsets: pd.Series) -> np.ndarray:
        """The row in `sentences` of the sentence that each offset falls in; −1 where in none."""
        if not len(self.sentences):
            return np.full(len(articles), -1)
        starts = self.positions(self.sentences["article"], self.sentences["start"])
        ends = self.positions(self.sentences["article"], self.sentences["end"])
        order = np.argsort(starts, kind="stable")
        where = self.positions(articles, offsets)
        row = order[np.clip(np.searchsorted(starts[order], where, side="right") - 1, 0, None)]
        return np.where((where >= starts[row]) & (where < ends[row]), row, -1)

    @cached_property
    def _voice_borders(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        out = {}
        for role in ("content", "distance"):
            rows = self.attributions[self.attributions["role"] == role]
            out[role] = _merged(
                self.positions(rows["article"], rows["start"]), self.positions(rows["article"], rows["end"])
            )
        return out

    def voices(self, articles: pd.Series, starts: pd.Series, ends: pd.Series) -> np.ndarray:
        """The voice of each span, as text: distanced before attributed before own.

        A span is in a voice if its middle is in a span of that voice.
        """
        middle = (self.positions(articles, starts) + self.positions(articles, ends)) // 2
        own, attributed, distanced = VOICES
        voice = np.full(len(middle), own, dtype=object)
        voice[_inside(middle, *self._voice_borders["content"])] = attributed
        voice[_inside(middle, *self._voice_borders["distance"])] = distanced
        return voice


def _merged(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping intervals joined: sorted, disjoint starts and ends."""
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    new = np.concatenate([[True], starts[1:] > ends[:-1]])
    last = np.concatenate([np.flatnonzero(new)[1:] - 1, [len(starts) - 1]])
    return starts[new], ends[last]


def _inside(points: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Which points lie in one of the sorted, disjoint intervals."""
    if not len(starts):
        return np.zeros(len(points), bool)
    row = np.searchsorted(starts, points, side="right") - 1
    return (row >= 0) & (points < ends[np.clip(row, 0, None)])


def opens_passage(sentences: pd.DataFrame) -> np.ndarray:
    """bool, one a sentence: whether it is the first of its passage."""
    first = sentences.groupby(["article", "passage"])["sentence"].transform("min")
    return np.asarray(sentences["sentence"] == first)
