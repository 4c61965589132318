"""Names beside marks, each on the side where it meets the fewest others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

# Sides in the order in which they are liked: where the name stands, as parts of its own width and height.
SIDES = {
    "top center": (0.0, 1.0), "bottom center": (0.0, -1.0), "middle right": (1.0, 0.0), "middle left": (-1.0, 0.0),
    "top right": (1.0, 1.0), "top left": (-1.0, 1.0), "bottom right": (1.0, -1.0), "bottom left": (-1.0, -1.0),
}  # fmt: skip
LINE = 1.3  # height of a line, in sizes of its letters
PASSES = 4  # after which names rarely change sides any more


def sides(
    x: Sequence[float], y: Sequence[float], widths: Sequence[float], *, size: float, mark: float,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> list[str]:  # fmt: skip
    """The side of each mark on which its name stands, in plotly's words.

    x, y, widths: pixels; size: of the letters; mark: of the marks; within: the edges of the picture, which names
    keep to where they can. A name takes the side that covers the least of the other names and marks, and moves again
    once the others have theirs; two that could meet also move together, since neither may find room as long as the
    other stays. With few names none meet.
    """
    points = np.column_stack([x, y]).astype(float)
    half, every = mark / 2, np.arange(len(points))
    places = np.stack([_places(point, width, size, half) for point, width in zip(points, widths, strict=True)])
    meet = _common(places, places)
    meet[every, :, every] = 0
    over = _common(places, np.hstack([points - half, points + half])[:, None])[..., 0]
    over[every, :, every] = 0
    beyond = np.clip(within[0] - places[:, :, 0], 0, None) + np.clip(places[:, :, 2] - within[1], 0, None)
    # Worst is what is cut off; a mark under a name is lost, a name under another half so; a tie goes to the side
    # that is liked more.
    alone = over.sum(2) * 3 + beyond * 100 + np.arange(len(SIDES)) * 0.5
    near = [(i, j) for i, j in combinations(every.tolist(), 2) if meet[i, :, j].any()]
    chosen = np.zeros(len(points), dtype=int)
    for _ in range(PASSES):
        before = chosen.copy()
        for i in np.argsort(points[:, 1], kind="stable"):
            chosen[i] = int(_costs(i, alone, meet, chosen).argmin())
        for i, j in near:
            own, other = (_costs(k, alone, meet, chosen) for k in (i, j))
            own, other = own - meet[i, :, j, chosen[j]], other - meet[j, :, i, chosen[i]]
            both = own[:, None] + other + meet[i, :, j]
            chosen[i], chosen[j] = np.unravel_index(both.argmin(), both.shape)
        if (before == chosen).all():
            break
    names = list(SIDES)
    return [names[i] for i in chosen]


def _costs(i: int, alone: np.ndarray, meet: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """What each side of a name costs, where the others stand as chosen: mostly square pixels that are covered."""
    return np.asarray(alone[i] + meet[i][:, np.arange(len(chosen)), chosen].sum(1))


def _places(point: np.ndarray, width: float, size: float, half: float) -> np.ndarray:
    """sides × (left, bottom, right, top) of a name beside its mark."""
    across, up = np.array(list(SIDES.values())).T
    middle_x = point[0] + across * (width / 2 + np.where(up == 0, half + 2, 2))
    middle_y = point[1] + up * (half + 2 + size * LINE / 2)
    tall = size * LINE / 2
    return np.column_stack([middle_x - width / 2, middle_y - tall, middle_x + width / 2, middle_y + tall])


def _common(places: np.ndarray, others: np.ndarray) -> np.ndarray:
    """names × sides × others × their sides: the area in square pixels that two places have in common.

    places, others: names × sides × (left, bottom, right, top)."""
    one, two = places[:, :, None, None], others[None, None]
    wide, tall = (np.minimum(one[..., k + 2], two[..., k + 2]) - np.maximum(one[..., k], two[..., k]) for k in (0, 1))
    return np.asarray(np.clip(wide, 0, None) * np.clip(tall, 0, None))
