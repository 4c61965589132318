"""Names beside marks, each on the side where it meets the fewest others."""

from __future__ import annotations

from collections.abc import Sequence

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
    keep to where they can. A name takes the side that covers the least of
    the other names and marks, and moves again once the others have theirs: with few names none meet.
    """
    points = np.column_stack([x, y]).astype(float)
    half = mark / 2
    marks = np.hstack([points - half, points + half])
    places = np.stack([_places(point, width, size, half) for point, width in zip(points, widths, strict=True)])
    chosen = np.zeros(len(points), dtype=int)
    liking = np.arange(len(SIDES)) * 0.5  # square pixels: a tie goes to the side that is liked more
    beyond = np.clip(within[0] - places[:, :, 0], 0, None) + np.clip(places[:, :, 2] - within[1], 0, None)
    liking = liking + beyond * 100  # what is cut off is worse than what is covered
    for _ in range(PASSES):
        before = chosen.copy()
        for i in np.argsort(points[:, 1], kind="stable"):
            others = np.delete(np.vstack([places[np.arange(len(points)), chosen], marks]), i, axis=0)
            chosen[i] = int(np.argmin(_covered(places[i], others) + liking[i]))
        if (before == chosen).all():
            break
    names = list(SIDES)
    return [names[i] for i in chosen]


def _places(point: np.ndarray, width: float, size: float, half: float) -> np.ndarray:
    """sides × (left, bottom, right, top) of a name beside its mark."""
    across, up = np.array(list(SIDES.values())).T
    middle_x = point[0] + across * (width / 2 + np.where(up == 0, half + 2, 2))
    middle_y = point[1] + up * (half + 2 + size * LINE / 2)
    tall = size * LINE / 2
    return np.column_stack([middle_x - width / 2, middle_y - tall, middle_x + width / 2, middle_y + tall])


def _covered(places: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The area in square pixels of each place that the others cover."""
    wide = np.minimum(places[:, None, 2], others[None, :, 2]) - np.maximum(places[:, None, 0], others[None, :, 0])
    tall = np.minimum(places[:, None, 3], others[None, :, 3]) - np.maximum(places[:, None, 1], others[None, :, 1])
    return np.asarray((np.clip(wide, 0, None) * np.clip(tall, 0, None)).sum(1))
