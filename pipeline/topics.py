"""BERTopic over passages: the only module that imports it.

BERTopic's parts are chosen so that nothing is left to chance: principal components instead of UMAP, and
k-means started from Ward's clusters of an evenly drawn sample instead of HDBSCAN. The same passages give
the same topics whatever the seed or the order, every passage has a topic, and a piece is assigned as the
corpus was: to the nearest centroid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from pipeline.names import LABEL, naming, terms_of
from pipeline.schema import TOPICS
from pipeline.words import content_words

SAMPLE = 4000  # passages that Ward's clusters are drawn from: its cost grows with the square
COMPONENTS = 50
SAME_TOPIC = 0.85  # cosine of centroids above which a refitted topic keeps its id and label
LEAST_LIKENESS = 0.15  # a passage further than this from every centroid has no topic


DRIFT = 0.8  # new passages a fifth less like their topics than the old ones were are about something else
LEAST_NEW = 30  # fewer new passages say nothing about drift


@dataclass(frozen=True)
class TopicModel:
    """Topics as found: the TOPICS table, and their centroids (topics × dimensions, unit float32)."""

    table: pd.DataFrame
    centroids: np.ndarray

    def likeness(self, vectors: np.ndarray) -> float:
        """The mean cosine of passages to their nearest topic; 0 where there is none."""
        if not len(self.centroids) or not len(vectors):
            return 0.0
        return float((vectors.astype(np.float32) @ self.centroids.T).max(1).mean())

    def sized(self, assigned: np.ndarray) -> TopicModel:
        """The same topics with the numbers of these assigned passages."""
        sizes = pd.Series(assigned).value_counts()
        counted = self.table["topic"].map(sizes).fillna(0).astype("int64")
        return TopicModel(TOPICS.check(self.table.assign(passages=counted)), self.centroids)

    def assign(self, vectors: np.ndarray) -> np.ndarray:
        """The topic of each passage vector; −1 where none is near."""
        if not len(self.centroids) or not len(vectors):
            return np.full(len(vectors), -1, np.int64)
        like = vectors.astype(np.float32) @ self.centroids.T
        best = like.argmax(1)
        near = like[np.arange(len(like)), best] >= LEAST_LIKENESS
        return np.where(near, self.table["topic"].to_numpy()[best], -1)


class _Components:
    """Principal components in the place where BERTopic expects UMAP."""

    def fit(self, x: np.ndarray, y: Any = None) -> _Components:  # noqa: ARG002 – BERTopic's signature
        centred = x - x.mean(0)
        _, _, axes = np.linalg.svd(centred.T @ centred)
        self.axes = axes[: min(COMPONENTS, *x.shape)].T
        return self

    def transform(self, x: np.ndarray) -> np.ndarray:
        reduced: np.ndarray = (x - x.mean(0)) @ self.axes
        return reduced


class _Clusters:
    """k-means from Ward's clusters of a sample, in the place where BERTopic expects HDBSCAN."""

    def __init__(self, clusters: int) -> None:
        self.clusters = clusters

    def fit(self, x: np.ndarray, y: Any = None) -> _Clusters:  # noqa: ARG002 – BERTopic's signature
        from sklearn.cluster import AgglomerativeClustering, KMeans

        # Sorted by content, so that the sample does not depend on the order in which passages came.
        order = np.lexsort(np.round(x[:, :3], 5).T)
        sample = x[order[:: max(1, len(x) // SAMPLE)]]
        first = AgglomerativeClustering(self.clusters).fit_predict(sample)
        centres = np.stack([sample[first == c].mean(0) for c in range(self.clusters)])
        self.labels_ = KMeans(self.clusters, init=centres, n_init=1, random_state=0).fit_predict(x)
        return self


def topic_count(passages: int) -> int:
    """How many topics to look for: with the root of the passages, between 2 and 150."""
    return int(np.clip(round(1.2 * passages**0.5), 2, 150))


def find_topics(
    texts: list[str],
    vectors: np.ndarray,
    *,
    topics: int | None = None,
    previous: TopicModel | None = None,
    renamed: bool = False,
) -> TopicModel:
    """BERTopic's topics of some passages. vectors: passages × dimensions, unit length.

    A topic whose centroid lies near one of `previous` keeps its id, and its label unless all are to be `renamed`.
    Fewer than 8 passages, or passages without telling words, have no topics.
    """
    wanted = min(topics or topic_count(len(texts)), len(texts) // 4)
    if wanted < 2 or not any(content_words(text) for text in texts):
        return TopicModel(TOPICS.empty(), np.zeros((0, vectors.shape[1]), np.float32))
    labels, words = _bertopic(texts, vectors, wanted)
    found = sorted(set(labels.tolist()))
    centroids = np.stack([vectors[labels == t].mean(0) for t in found]).astype(np.float32)
    centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-9)
    rows = [
        {"topic": i, "label": " · ".join(words[t][:LABEL]), "words": ", ".join(words[t]), "passages": 0}
        for i, t in enumerate(found)
    ]
    model = _with_kept_ids(TopicModel(TOPICS.frame(rows), centroids), previous, renamed=renamed)
    return model.sized(model.assign(vectors))


@dataclass(frozen=True)
class Fit:
    """When topics were found last, and on what; a snapshot's manifest carries it.

    at: ISO moment. passages: how many there were. likeness: their mean cosine to their topics.
    configuration: what else the topics follow from.
    """

    at: str
    passages: int
    likeness: float
    configuration: str


def why_refit(
    fit: Fit | None, model: TopicModel | None, vectors: np.ndarray, *, configuration: str, now: datetime, days: int,
    share: float,
) -> str | None:  # fmt: skip
    """Why topics are to be found anew and not only assigned; null where they are not.

    Depends on the corpus and the clock alone, so that a full refresh and an incremental one decide alike.
    """
    if fit is None or model is None:
        return "never found before"
    if fit.configuration != configuration:
        return "other settings or vectors"
    if not len(model.table):
        return "none were found before"
    new = len(vectors) - fit.passages
    if new == 0:
        return None
    if new >= share * fit.passages or new <= -share * fit.passages:
        return f"{len(vectors)} passages, found on {fit.passages}"
    age = (now - datetime.fromisoformat(fit.at)).days
    if age >= days:
        return f"found {age} days ago"
    if new >= LEAST_NEW:
        of_new = (model.likeness(vectors) * len(vectors) - fit.likeness * fit.passages) / new
        if of_new < DRIFT * fit.likeness:
            return f"new passages drift: likeness {of_new:.2f}, {fit.likeness:.2f} when found"
    return None


def _bertopic(texts: list[str], vectors: np.ndarray, topics: int) -> tuple[np.ndarray, dict[int, list[str]]]:
    """BERTopic's label of each passage, and the names of each label, most telling by c-TF-IDF."""
    from bertopic import BERTopic
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    terms = terms_of(texts)
    model = BERTopic(
        umap_model=_Components(),
        hdbscan_model=_Clusters(topics),
        vectorizer_model=CountVectorizer(vocabulary=[str(i) for i in range(len(terms.names))], analyzer=str.split),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
        calculate_probabilities=False,
    )
    # BERTopic counts over a topic's passages joined to one text: each passage gives a term once, or a name that
    # one passage repeats would stand for the topic.
    labels = np.asarray(model.fit_transform(terms.passages(), vectors)[0])
    named = {}
    for row, topic in enumerate(np.unique(labels)):  # in the order of BERTopic's rows
        within = np.asarray(terms.has[labels == topic].sum(0)).ravel()
        weights = model.c_tf_idf_[[row]].toarray()[0]
        named[int(topic)] = naming(terms, within, weights, int((labels == topic).sum())) or ["unnamed"]
    return labels, named


def _with_kept_ids(new: TopicModel, old: TopicModel | None, *, renamed: bool) -> TopicModel:
    """New topics under the ids and labels of the old ones that they continue; others get ids never used."""
    if old is None or not len(old.table):
        return new
    from scipy.optimize import linear_sum_assignment  # 15 MB that a dashboard has no use for

    like = new.centroids @ old.centroids.T
    mine, theirs = linear_sum_assignment(-like)
    pairs = zip(mine.tolist(), theirs.tolist(), strict=True)
    kept = {i: j for i, j in pairs if like[i, j] >= SAME_TOPIC}
    fresh = int(old.table["topic"].max()) + 1
    table, columns = new.table.copy(), ["topic"] if renamed else ["topic", "label"]
    for i in range(len(table)):
        if i in kept:
            table.loc[i, columns] = old.table.loc[kept[i], columns].to_numpy()
        else:
            table.loc[i, "topic"], fresh = fresh, fresh + 1
    return TopicModel(TOPICS.check(table), new.centroids)
