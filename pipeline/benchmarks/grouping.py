"""Articles → events: the graph of near pairs and average linkage within it, beside linkage over everything."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline import events, words
from pipeline.bench import Line, Setting, Side, in_turns
from pipeline.benchmarks._synthetic import article

MOST = 4000  # the rival's matrix grows with the square: 128 MB here
ROUNDS = 7  # a round is some tenths of a second: one alone says more of what else the machine does


def bench(setting: Setting) -> Line:
    """Articles a second: ours ÷ scikit-learn's average linkage over the whole matrix of distances."""
    from sklearn.cluster import AgglomerativeClustering

    n = min(setting.articles, MOST)
    frame = pd.DataFrame([article(number) for number in range(n)])
    leads = [events.lead(title, text) for title, text in zip(frame["title"], frame["text"], strict=True)]
    counts = words.count(frame["text"], minimum=2)
    close = events.closeness(setting.models.static.encode(leads), counts.counts, pd.to_datetime(frame["date"]))
    every = np.arange(n)

    def whole() -> None:
        distance = 1 - close.likeness(every, every)
        distance[np.abs(close.days[:, None] - close.days[None, :]) > 3] = 2
        AgglomerativeClustering(
            n_clusters=None, metric="precomputed", linkage="average", distance_threshold=0.65
        ).fit(np.clip((distance + distance.T) / 2, 0, 2))

    seconds = in_turns(lambda: events.group(close, window_days=3, threshold=0.65), whole, rounds=ROUNDS)
    return Line(
        "grouping into events ÷ linkage over all pairs",
        "articles",
        Side("near pairs, then average linkage within", seconds[0], n),
        Side("AgglomerativeClustering over all pairs", seconds[1], n),
    )
