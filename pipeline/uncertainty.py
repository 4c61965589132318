"""From tallies to values: one vectorised place for values, 95 % intervals and the noise floor.

An outlet's interval comes from resampling its articles, a piece's from resampling its sentences. A resampled share of
0 of 12 would have no width, so an interval is never narrower than n things drawn one by one would leave it: Wilson's
(1927) for a share, Bonett and Price's (2012) for a scale such as credits less disputes. Everything is seeded and does
not depend on the order of the groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.measures import Quantity, Tally
from pipeline.tallies import column, column_of, dense, rows_of

Z95 = 1.959964
AT_HAND = 500_000  # numbers that are taken out of a tally at once: an event's, seldom a corpus's
AT_ONCE = 16  # groups of one size resampled together: more would fill the memory, not save time


@dataclass(frozen=True)
class Estimate:
    """groups × items arrays: value, low, high (NaN where there is no evidence), and n (int64)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray

    @property
    def standard_error(self) -> np.ndarray:
        """Half the interval's width in units of 1.96; NaN where there is no value."""
        return np.asarray((self.high - self.low) / (2 * Z95))


def estimate(
    tally: Tally,
    quantity: Quantity,
    groups: np.ndarray,
    n_groups: int,
    *,
    seed: int,
    resamples: int,
    background: np.ndarray | None = None,
) -> Estimate:
    """Values and intervals of each group of units.

    groups: the group of each unit, 0 … n_groups − 1, or −1 for units that take no part. background: for
    log-odds, the items' counts in the rest of the corpus, which shape the prior.
    """
    if quantity.estimate == "log_odds":
        return _log_odds(tally, groups, n_groups, background)
    shape = (n_groups, len(tally.items))
    value, low, high = (np.full(shape, np.nan) for _ in range(3))
    n = np.zeros(shape, np.int64)
    taken = _taking(tally, np.flatnonzero(groups >= 0))
    for some, rows in _of_one_size(groups, n_groups):
        above, below = taken(rows.ravel())
        wide = (len(some), rows.shape[1], shape[1])
        # units × (groups and their items): groups of one size are resampled with the same draws, so at once.
        above, below = (np.swapaxes(side.reshape(wide), 0, 1).reshape(wide[1], -1) for side in (above, below))
        total_above, total_below = above.sum(0), below.sum(0)
        with np.errstate(invalid="ignore", divide="ignore"):
            whole = np.where(total_below > 0, quantity.scale * total_above / total_below, np.nan)
        ends = _resampled(above, below, quantity, seed=seed, resamples=resamples)
        found = (whole, *ends, np.rint(total_below).astype(np.int64))
        value[some], low[some], high[some], n[some] = (part.reshape(len(some), -1) for part in found)
    squares = _summed_squares(tally, groups, n_groups, range(shape[1]))
    return Estimate(value, *_no_narrower(value, low, high, n, quantity, squares), n)


def _of_one_size(groups: np.ndarray, n_groups: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Groups with equally many units, a few at a time, and their units, a row a group."""
    units = np.flatnonzero(groups >= 0)
    order = units[np.argsort(groups[units], kind="stable")]
    sizes = np.bincount(groups[units], minlength=n_groups)
    begins = np.cumsum(sizes) - sizes
    for size in np.unique(sizes[sizes > 0]):
        alike = np.flatnonzero(sizes == size)
        for first in range(0, len(alike), AT_ONCE):
            some = alike[first : first + AT_ONCE]
            yield some, order[begins[some][:, None] + np.arange(size)]


def linearised(
    tally: Tally, quantity: Quantity, groups: np.ndarray, n_groups: int, *, items: Sequence[str] | None = None
) -> Estimate:
    """What `estimate` gives, for hundreds of groups at once: value ± 1.96 standard errors of the ratio, from its
    linearised variance Σ (a − R·b)² ÷ (Σ b)², to which resampling the units converges (Cochran 1977, 6.4).

    items: which of the tally's, in which order; all where none are named. Within the quantity's bounds, and never
    narrower than those of `estimate` may be. Some hundred times faster than resampling, which differs from it where a
    group has few units; there that least is mostly the wider of all.
    """
    chosen = range(len(tally.items)) if items is None else [tally.items.index(item) for item in items]
    shape = (n_groups, len(chosen))
    ratio, error, b = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        for i, place in enumerate(chosen):
            above, below = column(tally, place)
            rows = np.flatnonzero((groups >= 0) & ((below != 0) | (above != 0)))  # of most items, few
            above, below, group = above[rows], below[rows], groups[rows]

            def summed(values: np.ndarray, group: np.ndarray = group) -> np.ndarray:
                return np.bincount(group, values, n_groups)

            b[:, i] = summed(below)
            r = ratio[:, i] = np.where(b[:, i] > 0, summed(above) / b[:, i], np.nan)
            squares = summed(above**2) - 2 * r * summed(above * below) + r**2 * summed(below**2)
            error[:, i] = np.sqrt(np.maximum(squares, 0)) / b[:, i]
    value, half, n = quantity.scale * ratio, Z95 * quantity.scale * error, np.rint(b).astype(np.int64)
    floor, ceiling = quantity.bounds
    low, high = np.clip(value - half, floor, None), np.clip(value + half, None, ceiling)
    squares = _summed_squares(tally, groups, n_groups, chosen)
    return Estimate(value, *_no_narrower(value, low, high, n, quantity, squares), n)


def _taking(tally: Tally, units: np.ndarray) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """`dense` for some of these units (which are in order) after others: what is little is taken out once, since
    that costs the same for one unit as for a hundred."""
    if len(units) * len(tally.items) > AT_HAND:
        return lambda rows: dense(tally, rows)
    above, below = dense(tally, units)

    def taken(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        places = np.searchsorted(units, rows)
        return above[places], below[places]

    return taken


def _resampled(
    above: np.ndarray, below: np.ndarray, quantity: Quantity, *, seed: int, resamples: int
) -> tuple[np.ndarray, np.ndarray]:
    """The 2.5 and 97.5 percentiles of the ratio over resampled units; NaN where it cannot be had."""
    units, items = above.shape
    if units == 0:
        return np.full(items, np.nan), np.full(items, np.nan)
    rng = np.random.default_rng([seed, units])
    # How often each unit is drawn; counted, which is several times faster than drawing from a multinomial.
    drawn = rng.integers(0, units, (resamples, units)) + units * np.arange(resamples)[:, None]
    weights = np.bincount(drawn.ravel(), minlength=resamples * units).reshape(resamples, units).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = quantity.scale * (weights @ above) / (weights @ below)
    ratios[~np.isfinite(ratios)] = np.nan
    ratios.sort(axis=0)  # NaN last
    return _percentile(ratios, 0.025), _percentile(ratios, 0.975)


def _percentile(ordered: np.ndarray, share: float) -> np.ndarray:
    """What np.nanpercentile gives for sorted columns, NaN where a column has nothing else; many times faster."""
    n = np.isfinite(ordered).sum(0)
    place = share * np.maximum(n - 1, 0)
    below = place.astype(np.int64)
    columns = np.arange(ordered.shape[1])
    low, high = ordered[below, columns], ordered[np.minimum(below + 1, np.maximum(n - 1, 0)), columns]
    return np.asarray(low + (high - low) * (place - below))


def wilson(share: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's (1927) 95 % interval of shares 0 – 1 of n; NaN where n is 0."""
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * np.sqrt(share * (1 - share) / n + Z95**2 / (4.0 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def bonett_price(value: np.ndarray, squares: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of Bonett and Price (2012, Adjusted Wald confidence interval for a difference of binomial
    proportions based on paired data) for the mean of n values from −1 to 1: one more is reckoned in at either end.
    squares: the sum of their squares, such as how many are not 0 of those that are −1, 0 or 1. NaN where n is 0.
    """
    centre = n * value / (n + 2)
    half = Z95 * np.sqrt(np.maximum((squares + 2) / (n + 2) - centre**2, 0) / (n + 2))
    return np.clip(centre - half, -1, 1), np.clip(centre + half, -1, 1)


def _no_narrower(
    value: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    n: np.ndarray,
    quantity: Quantity,
    squares: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """The interval widened to that of n things drawn one by one, where things are counted and the quantity is bounded
    on both sides; always holding the value. squares: of a scale's things, their sum; where a snapshot lacks it, each
    is taken to stand at an end."""
    if quantity.counted and None not in quantity.bounds:
        scale = quantity.bounds[0] != 0
        with np.errstate(invalid="ignore", divide="ignore"):
            least, most = bonett_price(value, n if squares is None else squares, n) if scale else wilson(value, n)
        low, high = np.fmin(low, least), np.fmax(high, most)
    none = np.isnan(value)
    return np.where(none, np.nan, np.fmin(low, value)), np.where(none, np.nan, np.fmax(high, value))


def _summed_squares(tally: Tally, groups: np.ndarray, n_groups: int, places: Sequence[int]) -> np.ndarray | None:
    """groups × items: the tally's squares in each group; null where it has none."""
    if tally.squares is None:
        return None
    some = groups >= 0
    columns = [np.bincount(groups[some], column_of(tally.squares, i)[some], n_groups) for i in places]
    return np.stack(columns, 1) if columns else np.zeros((n_groups, 0))


def _log_odds(tally: Tally, groups: np.ndarray, n_groups: int, background: np.ndarray | None) -> Estimate:
    """Monroe, Colaresi & Quinn (2008), "Fightin' Words": z of the log-odds of each group against all others.

    The prior has the background's shape and half as many words as the smaller side: a larger one would pull
    the smaller side to the background alone, and call a word telling that both sides use less. The interval
    is z ± 1.96.
    """
    totals = np.zeros((n_groups, len(tally.items)))
    for group in range(n_groups):
        totals[group] = tally.numerator[np.flatnonzero(groups == group)].sum(0)
    everything = totals.sum(0)
    shape = (everything if background is None else background + everything) + 0.5
    value = np.full(totals.shape, np.nan)
    for group in range(n_groups):
        mine, other = totals[group], everything - totals[group]
        n_mine, n_other = mine.sum(), other.sum()
        if n_mine == 0 or n_other == 0:
            continue
        a0 = min(n_mine, n_other) / 2
        prior = shape / shape.sum() * a0
        rest_mine, rest_other = n_mine + a0 - mine - prior, n_other + a0 - other - prior
        delta = np.log((mine + prior) / rest_mine) - np.log((other + prior) / rest_other)
        variance = 1 / (mine + prior) + 1 / rest_mine + 1 / (other + prior) + 1 / rest_other
        value[group] = delta / np.sqrt(variance)
    return Estimate(value, value - Z95, value + Z95, totals.astype(np.int64))


def noise_floor(
    tally: Tally, quantity: Quantity, groups: np.ndarray, n_groups: int, *, seed: int, splits: int = 40
) -> np.ndarray:
    """How far apart an outlet is from itself: per item, the median over outlets of the mean distance
    between two random halves of its articles. NaN where no outlet has two articles with evidence.
    """
    out = np.full(len(tally.items), np.nan)
    if quantity.estimate == "log_odds" or not n_groups:
        return out
    distances = np.full((n_groups, len(tally.items)), np.nan)
    units = np.flatnonzero(groups >= 0)
    order = units[np.argsort(groups[units], kind="stable")]
    ends = np.cumsum(np.bincount(groups[units], minlength=n_groups)).tolist()
    ours = rows_of(tally, order)  # taken out at once: a group's are then a slice
    for group, (begin, end) in enumerate(zip([0, *ends], ends, strict=False)):
        if end - begin < 2:
            continue
        above, below = dense(ours, slice(begin, end))
        half = _halves(seed, end - begin, splits)
        with np.errstate(invalid="ignore", divide="ignore"):
            first, second = (half @ above) / (half @ below), ((1 - half) @ above) / ((1 - half) @ below)
            apart = np.abs(first - second)
            there = np.isfinite(apart)
            distances[group] = quantity.scale * np.where(there, apart, 0).sum(0) / there.sum(0)
    some = np.isfinite(distances).any(0)
    out[some] = np.nanmedian(distances[:, some], axis=0)
    return out


@lru_cache(maxsize=256)  # the same for every quantity
def _halves(seed: int, units: int, splits: int) -> np.ndarray:
    """splits × units: 1 for the units of a random half. Do not change it in place."""
    rng = np.random.default_rng([seed, units, 2])
    return rng.permuted(np.tile(np.arange(units) < units // 2, (splits, 1)), axis=1).astype(float)


def false_discovery(p: np.ndarray) -> np.ndarray:
    """Benjamini & Hochberg (1995): adjusted p-values, in the order given."""
    if not len(p):
        return p
    order = np.argsort(p)[::-1]
    ranked = p[order] * len(p) / np.arange(len(p), 0, -1)
    out = np.empty(len(p))
    out[order] = np.minimum(1, np.minimum.accumulate(ranked))
    return out


def divergence(p: np.ndarray, q: np.ndarray) -> float | None:
    """Jensen–Shannon divergence in base 2, 0 – 1, of two count vectors; null where one is empty."""
    if p.sum() == 0 or q.sum() == 0:
        return None
    p, q = p / p.sum(), q / q.sum()
    m = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        left, right = np.where(p > 0, p * np.log2(p / m), 0), np.where(q > 0, q * np.log2(q / m), 0)
    return float(min(1.0, max(0.0, (left.sum() + right.sum()) / 2)))
