"""Articles → events: groups across outlets, close in meaning and in time; and the event of a piece.

Distance is 1 − (½ cosine of title-and-lead vectors + ½ cosine of TF-IDF over the whole text), and 2 where
two articles are more than the window apart. Groups are made by average linkage, which, unlike connected
components, does not chain one story into the next.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline import words
from pipeline.names import telling
from pipeline.schema import EVENTS

# Beyond this many articles that hang together the full matrix of average linkage no longer fits comfortably in
# memory: Leiden's method parts the graph of near pairs first, whose communities alone would be weeks of a subject.
LINKAGE_LIMIT = 8000
BLOCK = 512  # rows whose likeness is computed at once: bounds memory
SMALL_BLOCK = 128  # fewer cost no less
SITE_TITLES, SITE_SHARE = 5, 0.05  # titles of an outlet that end alike, and their share
# An event is called by the title of one of the articles that are most like the others: of so large a part of them.
CENTRAL, LEAST_CENTRAL = 0.25, 3
KEYWORDS = 6  # that tell an event from the others
LEAD_WORDS = 120  # title and first 120 words tell an event better than the whole text does


def lead(title: str | None, text: str, *, begin: int = 0) -> str:
    """Title and first words of an article: what its vector is made from."""
    body = " ".join(text[begin : begin + 12 * LEAD_WORDS].split()[:LEAD_WORDS])
    return f"{title}. {body}" if title else body


def leads(articles: pd.DataFrame) -> list[str]:
    """The same of ARTICLES, in their order."""
    titles = articles["title"].where(articles["title"].notna(), None)
    return [lead(title, body) for title, body in zip(titles, articles["text"], strict=True)]


@dataclass(frozen=True)
class Closeness:
    """What likeness is computed from, row-aligned with the articles: unit vectors, unit TF-IDF rows, day numbers."""

    vectors: np.ndarray
    tfidf: sparse.csr_array
    days: np.ndarray

    def likeness(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """½ cosine + ½ TF-IDF cosine, rows × columns, without regard to time."""
        return _likeness(self.vectors[rows], self.tfidf[rows], self.vectors[columns], self.tfidf[columns])


def _likeness(
    vectors: np.ndarray, tfidf: sparse.csr_array, other_vectors: np.ndarray, other_tfidf: sparse.csr_array
) -> np.ndarray:
    return np.asarray(0.5 * (vectors @ other_vectors.T) + 0.5 * (tfidf @ other_tfidf.T).toarray())


def closeness(leads: np.ndarray, counts: sparse.csr_array, dates: pd.Series) -> Closeness:
    """From vectors of title and lead, word counts (same rows) and dates."""
    frequency = np.asarray((counts > 0).sum(0)).ravel()
    days = (dates.to_numpy("datetime64[D]") - np.datetime64("1970-01-01")).astype(np.int64)
    return Closeness(leads.astype(np.float32), words.tfidf(counts, frequency, counts.shape[0]), days)


def group(closeness: Closeness, *, window_days: int, threshold: float) -> np.ndarray:
    """A group number for each article: groups whose mean distance is at most the threshold, 0 – n − 1."""
    from scipy.sparse.csgraph import connected_components

    near = _near_pairs(closeness, window_days=window_days, threshold=threshold)
    _, component = connected_components(near, directed=False)
    labels = np.zeros(len(closeness.days), np.int64)
    groups = 0
    for rows in chain.from_iterable(_parts(near, together) for together in _members(component)):
        if 1 < len(rows) <= LINKAGE_LIMIT:
            inner = _average_linkage(closeness, rows, window_days=window_days, threshold=threshold)
        else:
            inner = np.zeros(len(rows), np.int64)
        labels[rows] = groups + inner
        groups += int(inner.max()) + 1
    return labels


def _members(labels: np.ndarray) -> list[np.ndarray]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []


def _parts(near: sparse.csr_array, rows: np.ndarray) -> Iterator[np.ndarray]:
    """Rows that hang together, in parts that average linkage can take; more only where they do not come apart."""
    parts = [rows] if len(rows) <= LINKAGE_LIMIT else [rows[part] for part in _members(_leiden(near[rows][:, rows]))]
    for part in parts:
        yield from [part] if len(parts) == 1 else _parts(near, part)


@dataclass(frozen=True)
class _Block:
    """Likeness of some rows to themselves and the later ones that the window reaches, in the order of days.

    like: rows begin … × columns begin …; −1 where two are more than the window apart.
    """

    begin: int
    like: np.ndarray


def _blocks(closeness: Closeness, rows: np.ndarray, *, window_days: int) -> Iterator[_Block]:
    """Every pair of the rows, which are in the order of days, that the window can reach."""
    days, vectors, tfidf = closeness.days[rows], closeness.vectors[rows], closeness.tfidf[rows]
    begin = 0
    while begin < len(rows):
        # Few more days than the window has, so that most of what is computed is within it.
        reach = int(np.searchsorted(days, days[begin] + window_days, side="right"))
        end = min(max(reach, begin + SMALL_BLOCK), begin + BLOCK, len(rows))
        last = int(np.searchsorted(days, days[end - 1] + window_days, side="right"))
        like = _likeness(vectors[begin:end], tfidf[begin:end], vectors[begin:last], tfidf[begin:last])
        like[days[None, begin:last] - days[begin:end, None] > window_days] = -1
        yield _Block(begin, like)
        begin = end


def _near_pairs(closeness: Closeness, *, window_days: int, threshold: float) -> sparse.csr_array:
    """Pairs within window and threshold, each once, as a matrix of likeness. Two groups whose mean distance is
    within the threshold hold such a pair, so that groups never cross this graph's components."""
    n = len(closeness.days)
    order = np.argsort(closeness.days, kind="stable")
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))]
    for block in _blocks(closeness, order, window_days=window_days):
        i, j = np.nonzero(block.like >= 1 - threshold)
        i, j = i[i < j], j[i < j]
        found.append((order[block.begin + i], order[block.begin + j], block.like[i, j]))
    i, j, data = (np.concatenate(part) for part in zip(*found, strict=True))
    return sparse.csr_array(sparse.coo_array((data, (i, j)), shape=(n, n)))


def _average_linkage(closeness: Closeness, rows: np.ndarray, *, window_days: int, threshold: float) -> np.ndarray:
    # Late: 20 MB that a process which only serves does not need.
    from scipy.cluster.hierarchy import fcluster, linkage

    n = len(rows)
    order = np.argsort(closeness.days[rows], kind="stable")
    condensed = np.full(n * (n - 1) // 2, 2.0)  # the rows of the upper triangle, one after the other
    for block in _blocks(closeness, rows[order], window_days=window_days):
        distance = np.where(block.like < 0, 2.0, np.clip(1 - block.like, 0, 2))
        for i, line in enumerate(distance):
            row = block.begin + i
            start = row * n - row * (row + 1) // 2
            condensed[start : start + len(line) - i - 1] = line[i + 1 :]
    labels = np.empty(n, np.int64)
    labels[order] = fcluster(linkage(condensed, "average"), threshold, "distance")
    return labels - 1


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

    An event's id comes from its earliest article, so that it stays while the event grows; its title is that of
    the article among those most like the others whose title says most of what sets the event apart.
    """
    if not len(articles):
        return pd.Series(index=articles.index, dtype="str"), EVENTS.empty()
    sizes = np.bincount(labels)
    shares = sparse.csr_array((1 / sizes[labels], (labels, np.arange(len(labels)))), shape=(len(sizes), len(labels)))
    tfidf = sparse.csr_array(shares @ closeness.tfidf)
    # The mean of an article's likenesses to its group is its likeness to the group's mean.
    central = 0.5 * (closeness.vectors * (shares @ closeness.vectors)[labels]).sum(1)
    central += 0.5 * np.asarray(closeness.tfidf.multiply(tfidf[labels]).sum(1)).ravel()
    apart = _apart(tfidf, sizes)
    titles = _titles(articles)
    heads = _heads(titles, labels, central, apart, vocabulary)
    firsts = _firsts(labels, np.lexsort((articles["article"], articles["date"], labels)))
    ids = np.array([hashlib.sha256(str(a).encode()).hexdigest()[:10] for a in articles["article"].iloc[firsts]])
    groups = articles.groupby(labels)
    table = pd.DataFrame(
        {
            "event": ids,
            "title": [
                title or text[:80]
                for title, text in zip(titles.iloc[heads], articles["text"].iloc[heads], strict=True)
            ],
            "start": groups["date"].min(),
            "end": groups["date"].max(),
            "articles": sizes,
            "outlets": groups["outlet"].nunique(),
            "keywords": _keywords(apart, vocabulary, articles, labels),
        }
    )
    return pd.Series(ids[labels], index=articles.index, dtype="str"), EVENTS.check(table.reset_index(drop=True))


def _titles(articles: pd.DataFrame) -> pd.Series:
    """The titles, empty where there is none, without the names of their site: what follows a bar in several of an
    outlet's titles, or a dash in many (in several that may be who said so)."""
    titles = articles["title"].fillna("").astype(str)
    outlet = titles.groupby(articles["outlet"]).transform("size")
    for mark, share in ((" | ", 0.0), (" - ", SITE_SHARE)):
        parts = titles.str.rpartition(mark)
        alike = titles.groupby([articles["outlet"], parts[2]]).transform("size")
        ends = (parts[0] != "") & (alike >= SITE_TITLES) & (alike >= share * outlet)
        titles = parts[0].where(ends, titles)
    return titles


def _apart(tfidf: sparse.csr_array, sizes: np.ndarray) -> sparse.csr_array:
    """groups × vocabulary: how much more of a word a group's articles have than all articles, where it is more."""
    if len(sizes) == 1:
        return tfidf
    everywhere = np.asarray(tfidf.T @ (sizes / sizes.sum()))
    apart = tfidf.copy()
    apart.data = np.maximum(apart.data - everywhere[apart.indices], 0)
    apart.eliminate_zeros()
    return apart


def _heads(
    titles: pd.Series, labels: np.ndarray, central: np.ndarray, apart: sparse.csr_array, vocabulary: tuple[str, ...]
) -> np.ndarray:
    """The article that gives each group its title: of the most central ones the one whose title has most of what sets
    the group apart for its length, so that no round-up speaks for it. Of equals the more central, then the first."""
    place, column = np.arange(len(labels)), {word: i for i, word in enumerate(vocabulary)}
    # Rounded, since the two of a pair are equally like each other.
    order = np.lexsort((place, -np.round(central, 4)))
    told = np.zeros(len(labels))
    for rows in (order[part] for part in _members(labels[order])):
        here = slice(*apart.indptr[labels[rows[0]] : labels[rows[0]] + 2])
        weight = dict(zip(apart.indices[here].tolist(), apart.data[here].tolist(), strict=True))
        few = max(LEAST_CENTRAL, math.ceil(CENTRAL * len(rows)))
        for row in rows[:few]:
            found = words.content_words(titles.iloc[row])
            single = sum(" " not in word for word in found)
            of_group = sum(weight.get(column[word], 0) for word in set(found) if word in column)
            told[row] = 1 + of_group / max(single, 1) ** 0.5
    return _firsts(labels, np.lexsort((place, -np.round(central, 4), -np.round(told, 4), labels)))


def _firsts(labels: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The first row of each group in an order that keeps groups together."""
    return order[np.flatnonzero(np.diff(labels[order], prepend=-1))]


def _keywords(
    apart: sparse.csr_array, vocabulary: tuple[str, ...], articles: pd.DataFrame, labels: np.ndarray
) -> list[str]:
    """The words that set each group most apart, of equals the first in the vocabulary, as its articles write them."""
    texts = pd.Series(articles["text"].to_numpy()).groupby(labels).apply(list)
    found = []
    for group, (start, stop) in enumerate(pairwise(apart.indptr)):
        columns = apart.indices[start:stop]
        best = np.lexsort((columns, -apart.data[start:stop]))[: 2 * KEYWORDS]
        found.append(", ".join(telling([vocabulary[i] for i in columns[best]], texts[group], KEYWORDS)))
    return found
