"""How stable and how coherent the topics are, beside BERTopic's own defaults on the same vectors.

    python scripts/measure_topics.py [FILE] [--passages N] [--seeds N] [--only ours|defaults]

FILE is .jsonl or .jsonl.gz with a `text` a line; without it the synthetic corpus of the benchmarks is used.
Prints one JSON document. Stability is the mean adjusted Rand index between pairs of fits: over seeds on all
passages, and over random nine tenths of the passages, on those that both fits saw. Coherence is the mean
NPMI (Bouma 2009) of the pairs among a topic's ten words, by the passages they occur in, over the topics.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_rand_score

from pipeline.benchmarks._synthetic import article
from pipeline.evaluate import read_rows
from pipeline.models import Models
from pipeline.names import WORD, bare, singular
from pipeline.text import split
from pipeline.topics import find_topics

PASSAGE_WORDS = 60  # as a corpus's default
KEPT = 0.9
SYNTHETIC = 300
Words = list[list[str]]
Fit = tuple[np.ndarray, Words]  # the topic of each passage, and ten words a topic


def passages(file: Path | None, most: int) -> list[str]:
    """The texts of `most` passages, evenly drawn."""
    rows = read_rows(file) if file else [article(number) for number in range(SYNTHETIC)]
    frame = pd.DataFrame({"article": [str(i) for i in range(len(rows))], "text": [row["text"] for row in rows]})
    _, found = split(frame, passage_words=PASSAGE_WORDS)
    texts = frame.set_index("article")["text"]
    out = [texts[a][b:e] for a, b, e in zip(found["article"], found["start"], found["end"], strict=True)]
    out = list(dict.fromkeys(out))
    return [out[i] for i in np.unique(np.linspace(0, len(out) - 1, min(most, len(out))).astype(int))]


def ours(texts: list[str], vectors: np.ndarray, seed: int) -> Fit:
    """Parallax's topics. They draw nothing: the seed is put where a library might look for it."""
    np.random.seed(seed)
    model = find_topics(texts, vectors)
    return model.assign(vectors), [words.split(", ") for words in model.table["words"]]


def defaults(texts: list[str], vectors: np.ndarray, seed: int) -> Fit:
    """BERTopic as it comes, but for UMAP's seed (its other settings are those that BERTopic gives it)."""
    from bertopic import BERTopic
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(umap_model=reducer)
    labels, _ = model.fit_transform(texts, vectors)
    return np.asarray(labels), [[w for w, _ in model.get_topic(t) if w] for t in sorted(set(labels)) if t >= 0]


FITS = {"ours": ours, "defaults": defaults}


def over_seeds(fit: Callable[..., Fit], texts: list[str], vectors: np.ndarray, seeds: int) -> tuple[float, list[Fit]]:
    fits = [fit(texts, vectors, seed) for seed in range(seeds)]
    return float(np.mean([adjusted_rand_score(a, b) for (a, _), (b, _) in combinations(fits, 2)])), fits


def over_samples(fit: Callable[..., Fit], texts: list[str], vectors: np.ndarray, samples: int) -> float:
    """Each fit sees another nine tenths of the passages; pairs are compared on what both saw."""
    labels = []
    for seed in range(samples):
        rows = np.sort(np.random.default_rng(seed).permutation(len(texts))[: int(KEPT * len(texts))])
        found = np.full(len(texts), -2)
        found[rows] = fit([texts[i] for i in rows], vectors[rows], seed)[0]
        labels.append(found)
    both = [(a[(a > -2) & (b > -2)], b[(a > -2) & (b > -2)]) for a, b in combinations(labels, 2)]
    return float(np.mean([adjusted_rand_score(a, b) for a, b in both]))


def coherence(topics: Words, texts: Sequence[str]) -> float:
    """The mean NPMI of pairs of a topic's words, −1 … 1; a pair that never meets counts −1. A word occurs where any
    of its inflections does that Parallax takes for one word, whoever named the topic by it."""
    there = {bare(word).casefold() for text in texts for word in words_of(text)}

    def units(text: str) -> list[str]:
        words = [singular(bare(word).casefold(), there) for word in words_of(text)]
        return [" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)]

    names = [[units(name)[-1] for name in words if units(name)] for words in topics]
    wanted = sorted({name for words in names for name in words})
    count = CountVectorizer(vocabulary=wanted, binary=True, analyzer=units)
    found = sparse.csr_array(count.transform(texts)).astype(np.float64)
    column, n = {w: i for i, w in enumerate(wanted)}, len(texts)
    alone, together = np.asarray(found.sum(0)).ravel() / n, (found.T @ found).toarray() / n
    means = []
    for words in names:
        pairs = [(column[a], column[b]) for a, b in combinations(words, 2) if a != b]
        scores = [npmi(together[i, j], alone[i], alone[j]) for i, j in pairs if alone[i] and alone[j]]
        if scores:
            means.append(float(np.mean(scores)))
    return float(np.mean(means))


def words_of(text: str) -> list[str]:
    return WORD.findall(text.replace("’", "'"))


def npmi(both: float, a: float, b: float) -> float:
    """Normalised pointwise mutual information of two words that occur in these shares of the passages."""
    if both == 0:
        return -1.0
    return 1.0 if both == 1 else float(np.log(both / (a * b)) / -np.log(both))


def measured(fit: Callable[..., Fit], texts: list[str], vectors: np.ndarray, seeds: int) -> dict[str, Any]:
    stable, fits = over_seeds(fit, texts, vectors, seeds)
    return {
        "ari_over_seeds": round(stable, 4),
        "ari_over_samples": round(over_samples(fit, texts, vectors, seeds), 4),
        "npmi": round(float(np.mean([coherence(words, texts) for _, words in fits])), 4),
        "topics": [len(words) for _, words in fits],
        "without_topic": round(float(np.mean([(labels == -1).mean() for labels, _ in fits])), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--passages", type=int, default=3000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", choices=FITS, help="one of the two; both where none is named")
    options = parser.parse_args()
    texts = passages(options.file, options.passages)
    vectors = Models().static.encode(texts)
    names = [options.only] if options.only else list(FITS)
    found = {name: measured(FITS[name], texts, vectors, options.seeds) for name in names}
    print(json.dumps({"passages": len(texts), "seeds": options.seeds, **found}, indent=1))


if __name__ == "__main__":
    main()
