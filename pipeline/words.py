"""Counts of words and two-word phrases: what keyness, microframes and TF-IDF are computed from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.text import WORD

# Function words: they carry no subject, and would fill every list of telling words.
FUNCTION_WORDS = frozenset(
    "a about above across after again against all almost along already also although always am among an and "
    "another any are around as at away back be became because become been before being below between both but by "
    "came can cannot come could did do does doing done down during each either else enough even ever every few "
    "first for from further get gets getting give go goes going gone got had has have having he her here hers "
    "herself him himself his how however i if in indeed instead into is it its itself just keep kept last least "
    "less like made make many may me might mine more most much must my myself near neither never no nobody none "
    "nor not nothing now of off often on once one only onto or other others our ours out over own part per "
    "perhaps put quite rather re really said same say says see seem seemed seems several shall she should since "
    "so some still such take than that the their theirs them themselves then there therefore these they thing "
    "things this those though through thus to together too took toward towards two three under until up upon us "
    "use used using very via was way we well went were what whatever when where whether which while who whole "
    "whom whose why will with within without would yet you your yours yourself s t ll ve d m don didn isn aren "
    "wasn weren won it's he's she's they're we're i'm that's don't didn't doesn't isn't wasn't can't won't "
    "couldn't wouldn't mr mrs ms according told added adding".split()
)


@dataclass(frozen=True)
class WordCounts:
    """units × vocabulary counts. The vocabulary is sorted; a phrase is two words with a blank between."""

    vocabulary: tuple[str, ...]
    counts: sparse.csr_array

    @cached_property
    def column(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.vocabulary)}

    @property
    def total(self) -> np.ndarray:
        """How often each word occurs in all units."""
        return np.asarray(self.counts.sum(0)).ravel()

    def only(self, keep: np.ndarray) -> WordCounts:
        """The counts of some of the vocabulary: a boolean for each word."""
        columns = np.flatnonzero(keep)
        return WordCounts(tuple(self.vocabulary[i] for i in columns), sparse.csr_array(self.counts[:, columns]))


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, typographic apostrophes made straight, possessive endings off."""
    found = [match[0].casefold().replace("’", "'") for match in WORD.finditer(text)]
    return [word[:-2] if word.endswith("'s") else word for word in found]


def content_words(text: str) -> list[str]:
    """The words and two-word phrases of a text that are not function words, numbers or single letters."""
    kept = [w if _telling(w) else None for w in tokens(text)]
    pairs = pairwise(kept)
    return [w for w in kept if w] + [f"{a} {b}" for a, b in pairs if a and b]


def _telling(word: str) -> bool:
    return len(word) > 1 and word not in FUNCTION_WORDS and not word[0].isdigit()


def count(texts: Iterable[str], *, minimum: int = 1, always: Sequence[str] = ()) -> WordCounts:
    """Counts of each text's content words; words in fewer than `minimum` texts are left out, but for `always`."""
    rows = [Counter(content_words(text)) for text in texts]
    spread = Counter(word for row in rows for word in row)
    kept = {word for word, n in spread.items() if n >= minimum} | {w for w in always if w in spread}
    vocabulary = tuple(sorted(kept))
    column = {word: i for i, word in enumerate(vocabulary)}
    found = [(i, column[w], n) for i, row in enumerate(rows) for w, n in row.items() if w in column]
    where = np.array(found, dtype=np.int64).reshape(-1, 3)
    shape = (len(rows), len(vocabulary))
    matrix = sparse.coo_array((where[:, 2].astype(np.float32), (where[:, 0], where[:, 1])), shape=shape)
    return WordCounts(vocabulary, sparse.csr_array(matrix))


def count_rows(articles: pd.DataFrame) -> pd.DataFrame:
    """Each article's counts as one row that can be kept: article, words (one a line), counts (uint32 bytes)."""
    found = [Counter(content_words(text)) for text in articles["text"]]
    return pd.DataFrame(
        {
            "article": articles["article"].to_numpy(),
            "words": pd.array(["\n".join(row) for row in found], dtype="str"),
            "counts": [np.fromiter(row.values(), np.uint32, len(row)).tobytes() for row in found],
        }
    )


def join_rows(rows: pd.DataFrame, unit: np.ndarray, units: int, *, minimum: int = 1) -> WordCounts:
    """What `count` gives, from rows of `count_rows`. unit: the unit of each row, 0 … units − 1."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # Through a list: a long column comes in chunks, which have no one dictionary.
    lists = pc.split_pattern(pa.array(rows["words"].tolist(), pa.large_string()), "\n")
    # A text without content words is one empty word.
    codes = pc.dictionary_encode(lists.flatten())
    known = np.array(codes.dictionary.to_pylist(), dtype=object)
    column = codes.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    row = np.repeat(unit, pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64))
    real = known[column] != "" if len(known) else np.zeros(0, bool)
    column, row = column[real], row[real]
    data = np.frombuffer(b"".join(rows["counts"]), np.uint32).astype(np.float32)
    spread = np.bincount(column, minlength=len(known))
    order = sorted((i for i in np.flatnonzero(spread >= minimum) if spread[i]), key=known.__getitem__)
    place = np.full(len(known), -1, np.int64)
    place[order] = np.arange(len(order))
    stay = place[column] >= 0
    where = (row[stay], place[column[stay]])
    matrix = sparse.coo_array((data[stay], where), shape=(units, len(order)))
    return WordCounts(tuple(known[order].tolist()), sparse.csr_array(matrix))


def tfidf(counts: sparse.csr_array, document_frequency: np.ndarray, documents: int) -> sparse.csr_array:
    """Rows of length 1: (1 + ln count) · (1 + ln((1 + documents) ÷ (1 + document frequency)))."""
    out = counts.astype(np.float32).copy()
    out.data = (1 + np.log(out.data)).astype(np.float32)
    idf = (1 + np.log((1 + documents) / (1 + document_frequency))).astype(np.float32)
    out = sparse.csr_array(out.multiply(idf[None, :]))
    norms = np.sqrt(np.asarray(out.multiply(out).sum(1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(norms, 1e-9)) @ out)
