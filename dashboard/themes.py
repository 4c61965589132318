"""Topics in a hierarchy: Ward's linkage of their centroids, cut into a handful of themes.

Ward's keeps themes of like size; average linkage left one with two thirds of all passages beside single topics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.lasting import lasting
from pipeline.snapshot import Snapshot

NAMED_AFTER = 3  # topics that a theme is named after: its largest


@dataclass(frozen=True)
class Tree:
    """topics: ids, in the order of the table. merges: scipy's linkage, topics − 1 rows (two nodes, distance, topics
    below); node i < topics is a topic, the others the merges in order. leaves: positions from top to bottom.
    """

    topics: list[int]
    merges: np.ndarray
    leaves: list[int]


@lasting
def tree_of(snapshot: Snapshot) -> Tree | None:
    """The hierarchy; null with fewer than two topics."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    topics = [int(t) for t in snapshot.table("topics")["topic"]]
    vectors = np.asarray(snapshot.array("topics"), np.float64)
    if len(topics) < 2 or len(vectors) != len(topics):
        return None
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    merges = linkage(unit, "ward", optimal_ordering=len(topics) <= 300)
    return Tree(topics, merges, [int(i) for i in leaves_list(merges)])


@lasting
def themes_of(snapshot: Snapshot, *, most: int | None = None) -> list[tuple[str, list[int]]]:
    """Themes, each a name and the ids of its topics, in the tree's order; about √n of n topics, or at most `most`.

    A theme is called by the first name of each of its largest topics.
    """
    tree = tree_of(snapshot)
    if tree is None:
        return [("All", [int(t) for t in snapshot.table("topics")["topic"]])]
    from scipy.cluster.hierarchy import fcluster

    wanted = most or max(2, round(len(tree.topics) ** 0.5))
    cluster = fcluster(tree.merges, wanted, "maxclust")
    groups: dict[int, list[int]] = {}
    for leaf in tree.leaves:
        groups.setdefault(int(cluster[leaf]), []).append(tree.topics[leaf])
    table = snapshot.table("topics").set_index("topic")
    return [(_name(table, topics), topics) for topics in groups.values()]


def _name(table: pd.DataFrame, topics: list[int]) -> str:
    largest = table.loc[topics].sort_values("passages", ascending=False, kind="stable").head(NAMED_AFTER)
    return ", ".join(dict.fromkeys(str(label).split(" · ")[0].strip() for label in largest["label"]))
