"""Articles → events: groups across outlets, close in meaning and in time; and the event of a piece.

Distance is 1 − (½ cosine of title-and-lead vectors + ½ cosine of TF-IDF over the whole text), and 2 where
two articles are more than the window apart. Groups are made by average linkage, which, unlike connected
components, does not chain one story into the next.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipeline import words
from pipeline.schema import EVENTS

# Beyond this many articles in one connected group the full matrix of average linkage no longer fits
# comfortably in memory, and Leiden's method on the graph of near pairs takes over.
LINKAGE_LIMIT = 8000
LEAD_WORDS = 120  # title and first 120 words tell an event better than the whole text does


def lead(title: str | None, text: str, *, begin: int = 0) -> str:
    """Title and first words of an article: what its vector is made from."""
    body = " ".join(text[begin : begin + 12 * LEAD_WORDS].split()[:LEAD_WORDS])
    return f"{title}. {body}" if title else body


@dataclass(frozen=True)
class Closeness:
    """What likeness is computed from, row-aligned with the articles: unit vectors, unit TF-IDF rows, day numbers."""

    vectors: np.ndarray
    tfidf: sparse.csr_array
    days: np.ndarray

    def likeness(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """½ cosine + ½ TF-IDF cosine, rows × columns, without regard to time."""
        meaning = self.vectors[rows] @ self.vectors[columns].T
        return np.asarray(0.5 * meaning + 0.5 * (self.tfidf[rows] @ self.tfidf[columns].T).toarray())


def closeness(leads: np.ndarray, counts: sparse.csr_array, dates: pd.Series) -> Closeness:
    """From vectors of title and lead, word counts (same rows) and dates."""
    frequency = np.asarray((counts > 0).sum(0)).ravel()
    days = (dates.to_numpy("datetime64[D]") - np.datetime64("1970-01-01")).astype(np.int64)
    return Closeness(leads.astype(np.float32), words.tfidf(counts, frequency, counts.shape[0]), days)


def group(closeness: Closeness, *, window_days: int, threshold: float) -> np.ndarray:
    """A group number for each article: groups whose mean distance is at most the threshold, 0 – n − 1."""
    n = len(closeness.days)
    near = _near_pairs(closeness, window_days=window_days, threshold=threshold)
    _, component = connected_components(near, directed=False)
    labels = np.zeros(n, np.int64)
    next_label = 0
    for rows in _members(component):
        if len(rows) == 1:
            inner = np.zeros(1, np.int64)
        elif len(rows) <= LINKAGE_LIMIT:
            inner = _average_linkage(closeness, rows, window_days=window_days, threshold=threshold)
        else:
            inner = _leiden(near[rows][:, rows])
        labels[rows] = next_label + inner
        next_label += int(inner.max()) + 1
    return labels


def _members(labels: np.ndarray) -> list[np.ndarray]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []


def _near_pairs(closeness: Closeness, *, window_days: int, threshold: float) -> sparse.csr_array:
    """Pairs within window and threshold, as a matrix of likeness. Two groups whose mean distance is within the
    threshold hold such a pair, so that groups never cross this graph's components."""
    order = np.argsort(closeness.days, kind="stable")
    days = closeness.days[order]
    found = []
    for begin in range(0, len(order), 512):
        rows = order[begin : begin + 512]
        last = np.searchsorted(days, days[min(begin + 511, len(days) - 1)] + window_days, side="right")
        columns = order[begin:last]
        like = closeness.likeness(rows, columns)
        apart = np.abs(closeness.days[rows][:, None] - closeness.days[columns][None, :]) > window_days
        i, j = np.nonzero((like >= 1 - threshold) & ~apart)
        found.append((rows[i], columns[j], like[i, j]))
    n = len(order)
    if not found:
        return sparse.csr_array((n, n))
    i, j, data = (np.concatenate(part) for part in zip(*found, strict=True))
    return sparse.csr_array(sparse.coo_array((data[i != j], (i[i != j], j[i != j])), shape=(n, n)))


def _average_linkage(closeness: Closeness, rows: np.ndarray, *, window_days: int, threshold: float) -> np.ndarray:
    # Late: 20 MB that a process which only serves does not need.
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distance = 1 - closeness.likeness(rows, rows)
    days = closeness.days[rows]
    distance[np.abs(days[:, None] - days[None, :]) > window_days] = 2
    distance = np.clip((distance + distance.T) / 2, 0, 2)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    return fcluster(tree, threshold, "distance").astype(np.int64) - 1


def _leiden(near: sparse.csr_array) -> np.ndarray:
    """Communities of the graph of near pairs, by modularity (Traag, Waltman & van Eck 2019)."""
    import random

    import igraph

    pairs = sparse.coo_array(sparse.triu(near + near.T))
    graph = igraph.Graph(n=near.shape[0], edges=list(zip(*pairs.coords, strict=True)))
    igraph.set_random_number_generator(random.Random(0))  # the result is to depend on the articles alone
    found = graph.community_leiden(objective_function="modularity", weights=pairs.data.tolist())
    return np.asarray(found.membership, np.int64)


def describe(
    articles: pd.DataFrame, labels: np.ndarray, closeness: Closeness, vocabulary: tuple[str, ...]
) -> tuple[pd.Series, pd.DataFrame]:
    """Each article's event id, and the EVENTS. A group of one article is an event too: somebody's alone.

    An event's id comes from its earliest article, so that it stays while the event grows.
    """
    ids = pd.Series(index=articles.index, dtype="str")
    rows = []
    for members in _members(labels):
        part = articles.iloc[members]
        first = part.sort_values(["date", "article"])["article"].iloc[0]
        event = hashlib.sha256(str(first).encode()).hexdigest()[:10]
        like = closeness.likeness(members, members).mean(1)
        central = part.iloc[int(np.argmax(np.round(like, 6)))]
        weight = np.asarray(closeness.tfidf[members].mean(0)).ravel()
        words = [vocabulary[i] for i in np.argsort(-weight, kind="stable")[:6] if weight[i] > 0]
        ids.iloc[members] = event
        rows.append(
            {
                "event": event,
                "title": central["title"] if isinstance(central["title"], str) else central["text"][:80],
                "start": part["date"].min(),
                "end": part["date"].max(),
                "articles": len(part),
                "outlets": part["outlet"].nunique(),
                "keywords": ", ".join(words),
            }
        )
    return ids, EVENTS.check(pd.DataFrame(rows, columns=EVENTS.names))
