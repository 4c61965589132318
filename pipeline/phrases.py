"""How a sentence is worded, as learnt: its runs of one to three words, with the claim's own words masked.

Beside the written lexicons of `cues.py` these carry turns of phrase that nobody thinks of listing. Since
words that the claim or a paraphrase has are masked, what is left is how it speaks of the claim, not of what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.schema import CREDIT_LABELS

LONGEST = 3
# Words of the claim are known by so many first letters, whatever their ending; shorter ones are not masked.
STEM_LETTERS, LEAST_LETTERS = 5, 4
MASK, NUMBER, BEGIN, END = "CLAIM", "#", "^", "$"
_TOKEN = re.compile(r"[a-z]+(?:n['’]t)?|['’]s|[\"“”‘’?!:;,…—–-]|\d+")
_WORD = re.compile(r"[a-z]+")


def phrases(sentence: str, wordings: Sequence[str]) -> list[str]:
    """The runs of one to three tokens of a sentence, each once, in order of length."""
    own = {
        word[:STEM_LETTERS]
        for text in wordings
        for word in _WORD.findall(text.casefold())
        if len(word) >= LEAST_LETTERS
    }
    tokens = [BEGIN, *(_masked(token, own) for token in _TOKEN.findall(sentence.casefold())), END]
    runs = (
        "_".join(tokens[i : i + length]) for length in range(1, LONGEST + 1) for i in range(len(tokens) - length + 1)
    )
    return list(dict.fromkeys(runs))


def _masked(token: str, own: set[str]) -> str:
    if token[0].isdigit():
        return NUMBER
    return MASK if len(token) >= LEAST_LETTERS and token[:STEM_LETTERS] in own else token.replace("’", "'")


class Phrasing:
    """Log-probabilities of the labels from a sentence's phrases alone.

    weights: `vocabulary` (UTF-8 bytes, a phrase a line), `rarity` (inverse document frequency of each),
    `coefficients` (labels × phrases) and `intercepts`.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        lines = weights["vocabulary"].tobytes().decode("utf-8").split("\n")
        self._columns = {phrase: i for i, phrase in enumerate(lines)}
        self._rarity = weights["rarity"].astype(np.float32)
        self._coefficients = weights["coefficients"].astype(np.float32)
        self._intercepts = weights["intercepts"].astype(np.float32)

    def log_probabilities(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> np.ndarray:
        """float32, pairs × labels in the order of CREDIT_LABELS, for pairs of sentence and wordings."""
        out = np.zeros((len(pairs), len(CREDIT_LABELS)), np.float32)
        for row, (sentence, wordings) in enumerate(pairs):
            known = [self._columns[run] for run in phrases(sentence, wordings) if run in self._columns]
            values = self._rarity[known]
            values /= max(float(np.linalg.norm(values)), 1e-9)
            logits = self._coefficients[:, known] @ values + self._intercepts
            logits -= logits.max()
            out[row] = logits - np.log(np.exp(logits).sum())
        return out
