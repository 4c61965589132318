"""Values, intervals and the noise floor: known values, and what must not change them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from pipeline.measures import Quantity, Tally
from pipeline.packing import pack_tally, unpack_tally
from pipeline.tallies import dense, reindexed, rows_of, stacked
from pipeline.uncertainty import (
    Estimate,
    divergence,
    estimate,
    false_discovery,
    linearised,
    noise_floor,
)

SHARE = Quantity("share", "Share", "share", (0.0, 1.0), "more")
STANCE = Quantity("stance", "Stance", "share", (-1.0, 1.0), "more")
RATE = Quantity("rate", "Rate", "per 1,000 words", (0.0, None), "more", scale=1000)
KEYNESS = Quantity("keyness", "z", "standard errors", (None, None), "more", estimate="log_odds")


def tally(above: list[list[float]], below: list[list[float]] | list[float]) -> Tally:
    shared = np.asarray(below, float)
    items = tuple(f"i{i}" for i in range(np.asarray(above).shape[1]))
    numerator = sparse.csr_array(np.asarray(above, float))
    return Tally("q", items, numerator, shared if shared.ndim == 1 else sparse.csr_array(shared))


def values(found: Estimate) -> np.ndarray:
    return np.stack([found.value, found.low, found.high, found.n])


def run(t: Tally, quantity: Quantity, groups: list[int], n_groups: int = 2, *, seed: int = 1) -> Estimate:
    return estimate(t, quantity, np.array(groups), n_groups, seed=seed, resamples=200)


def test_a_value_is_sum_over_sum_and_n_the_sum_below() -> None:
    found = run(tally([[1, 0], [2, 1], [5, 5]], [[2, 4], [2, 4], [5, 5]]), SHARE, [0, 0, 1])
    assert found.value.tolist() == [[0.75, 0.125], [1, 1]]
    assert found.n.tolist() == [[4, 8], [5, 5]]


def test_a_shared_denominator_and_a_scale() -> None:
    found = run(tally([[1], [2], [0]], [500.0, 1000.0, 10.0]), RATE, [0, 0, 1])
    assert found.value.ravel().tolist() == [2, 0]


def test_what_cannot_be_had_is_nan_with_n_0() -> None:
    found = run(tally([[0], [1]], [[0], [1]]), SHARE, [0, 1], 3)
    assert np.isnan(found.value[[0, 2]]).all()
    assert np.isnan(found.low[[0, 2]]).all()
    assert np.isnan(found.high[[0, 2]]).all()
    assert found.n.ravel().tolist() == [0, 1, 0]


def test_units_outside_every_group_take_no_part() -> None:
    found = run(tally([[1], [0]], [[1], [1]]), SHARE, [0, -1], 1)
    assert found.value.ravel().tolist() == [1]
    assert found.n.ravel().tolist() == [1]


def test_none_of_twelve_has_wilsons_interval() -> None:
    """Wilson 1927 for 0 of 12: 0 to 0.2425."""
    found = run(tally([[0]] * 12, [[1]] * 12), SHARE, [0] * 12, 1)
    assert found.low[0, 0] == 0
    assert found.high[0, 0] == pytest.approx(0.24249, abs=1e-4)


def scale(sides: list[list[int]]) -> Tally:
    """A unit a list: of things each of which says −1, 0 or 1."""
    summed = ([[f(unit)] for unit in sides] for f in (sum, len, lambda unit: sum(map(abs, unit))))
    above, below, squares = (sparse.csr_array(np.array(column, float)) for column in summed)
    return Tally("q", ("x",), above, below, squares)


def test_all_of_twelve_on_a_scale_from_minus_one() -> None:
    """Bonett and Price 2012: 12 and 0 of 12 become 13 and 1 of 14; .857 ± 1.96 · √((1 − .857²) ÷ 14)."""
    found = run(scale([[1]] * 12), STANCE, [0] * 12, 1)
    assert (found.value[0, 0], found.high[0, 0]) == (1, 1)
    assert found.low[0, 0] == pytest.approx(0.5873, abs=1e-4)


def test_a_scale_of_mostly_noughts_is_surer_than_one_of_both_ends() -> None:
    """2 and 1 of 40 become 3 and 2 of 42; 20 and 19 become 21 and 20: of one value, .024."""
    for number, ends in ((2, (-0.0803, 0.1279)), (20, (-0.2749, 0.3225))):
        every = [1] * number + [-1] * (number - 1) + [0] * (41 - 2 * number)
        of_one_article = linearised(scale([every]), STANCE, np.array([0]), 1)
        assert of_one_article.value[0, 0] == pytest.approx(1 / 40)
        assert (of_one_article.low[0, 0], of_one_article.high[0, 0]) == pytest.approx(ends, abs=1e-4)


def test_a_scale_without_its_squares_is_as_unsure_as_can_be() -> None:
    sides = [[1, 0, 0, -1, 0, 0]] * 4
    bare = replace(scale(sides), squares=None)
    assert run(bare, STANCE, [0] * 4, 1).high > run(scale(sides), STANCE, [0] * 4, 1).high


def test_squares_go_with_their_rows_and_items() -> None:
    """A tally that is taken apart, put together and reordered gives what it gave."""
    whole = scale([[1, 0], [-1], [0, 0, 1], [1, 1]])
    rows = stacked([rows_of(whole, np.array([i])) for i in range(4)])
    again = unpack_tally("q", pack_tally(reindexed(rows, ("y", "x"))))
    groups = np.array([0, 0, 1, 1])
    one, other = linearised(whole, STANCE, groups, 2), linearised(again, STANCE, groups, 2, items=["x"])
    assert np.array_equal(values(one), values(other))


def test_articles_that_differ_widen_an_interval_beyond_wilsons() -> None:
    clustered = run(tally([[10]] * 5 + [[0]] * 5, [[10]] * 10), SHARE, [0] * 10, 1)
    even = run(tally([[5]] * 10, [[10]] * 10), SHARE, [0] * 10, 1)
    assert clustered.value[0, 0] == even.value[0, 0] == 0.5
    assert clustered.high[0, 0] - clustered.low[0, 0] > 2 * (even.high[0, 0] - even.low[0, 0])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=12))
def test_value_and_interval_stay_in_order_and_within_bounds(units: list[tuple[int, int, int]]) -> None:
    above, more, groups = zip(*units, strict=True)
    below = [[a + b] for a, b in zip(above, more, strict=True)]
    found = run(tally([[a] for a in above], below), SHARE, list(groups), 3)
    some = found.n > 0
    assert (np.isnan(found.value) == ~some).all()
    assert (found.low[some] >= 0).all()
    assert (found.low[some] <= found.value[some]).all()
    assert (found.value[some] <= found.high[some]).all()
    assert (found.high[some] <= 1).all()


def test_the_order_of_groups_changes_nothing() -> None:
    t = tally([[1, 3], [0, 1], [2, 2], [4, 0], [1, 1]], [[4, 4]] * 5)
    one, other = run(t, SHARE, [0, 0, 1, 1, 0]), run(t, SHARE, [1, 1, 0, 0, 1])
    assert np.array_equal(values(one), values(other)[:, ::-1])


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly() -> None:
    t = tally([[i % 3] for i in range(40)], [[4]] * 40)
    one, again, other = (run(t, SHARE, [0] * 40, 1, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(values(one), values(again))
    assert other.low[0, 0] == pytest.approx(one.low[0, 0], abs=0.03)


def test_log_odds_as_reckoned_by_hand() -> None:
    """Monroe et al. 2008, eq. 15, 19, 22, for one word of two; the prior has half the smaller side's words."""
    found = estimate(
        tally([[8, 12], [2, 18]], [20.0, 20.0]), KEYNESS, np.array([0, 1]), 2, seed=1, resamples=50,
        background=np.array([9.5, 29.5]),
    )  # fmt: skip
    mine, other, n, a, a0 = 8, 2, 20, 2.5, 10  # (9.5 + 10 + 0.5) of 80 in shape, 10 words in all
    delta = math.log((mine + a) / (n + a0 - mine - a)) - math.log((other + a) / (n + a0 - other - a))
    variance = sum(1 / x for x in (mine + a, n + a0 - mine - a, other + a, n + a0 - other - a))
    z = delta / math.sqrt(variance)
    assert found.value[0, 0] == pytest.approx(z)
    assert found.value[1, 0] == pytest.approx(-z)
    assert (found.low[0, 0], found.high[0, 0]) == (pytest.approx(z - 1.959964), pytest.approx(z + 1.959964))
    assert found.n.tolist() == [[8, 12], [2, 18]]


def test_log_odds_of_a_side_without_words_cannot_be_had() -> None:
    found = run(tally([[1, 1], [0, 0]], [2.0, 0.0]), KEYNESS, [0, 1])
    assert np.isnan(found.value).all()


def test_an_outlet_of_equal_articles_is_no_distance_from_itself() -> None:
    t = tally([[1]] * 6 + [[0], [4]] * 3, [[4]] * 12)
    even = noise_floor(t, SHARE, np.array([0] * 6 + [-1] * 6), 1, seed=1)
    uneven = noise_floor(t, SHARE, np.array([-1] * 6 + [0] * 6), 1, seed=1)
    assert even.tolist() == [0]
    assert 0 < uneven[0] <= 1


def test_one_article_has_no_halves() -> None:
    assert np.isnan(noise_floor(tally([[1]], [[4]]), SHARE, np.array([0]), 1, seed=1)).all()


def test_the_noise_floor_does_not_depend_on_the_order_of_outlets() -> None:
    t = tally([[i % 3] for i in range(12)], [[4]] * 12)
    groups = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    one, other = (noise_floor(t, SHARE, g, 3, seed=1) for g in (groups, 2 - groups))
    assert np.array_equal(one, other)


def test_stacked_tallies_are_one_below_the_other() -> None:
    both = stacked([tally([[1]], [2.0]), tally([[3]], [4.0])])
    above, below = dense(both, np.array([0, 1]))
    assert above.tolist() == [[1], [3]]
    assert below.tolist() == [[2], [4]]


def test_adjusted_p_values_as_published() -> None:
    """Benjamini & Hochberg 1995: p·m/rank, made monotone from the largest down."""
    assert false_discovery(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert false_discovery(np.array([])).tolist() == []


def test_divergence_is_0_between_equals_1_between_strangers_and_null_without_words() -> None:
    p, q = np.array([1.0, 1.0, 0.0]), np.array([0.0, 0.0, 5.0])
    assert divergence(p, 7 * p) == pytest.approx(0)
    assert divergence(p, q) == pytest.approx(1)
    assert divergence(p, 0 * q) is None
    assert divergence(np.array([1.0, 0.0]), np.array([1.0, 1.0])) == pytest.approx(0.31128, abs=1e-5)


def test_a_tally_is_put_into_another_order_of_items() -> None:
    first = tally([[1, 2], [3, 4]], [[5, 6], [7, 8]])
    above, below = dense(reindexed(first, ["i1", "other", "i0"]), np.array([0, 1]))
    assert above.tolist() == [[2, 0, 1], [4, 0, 3]]
    assert below.tolist() == [[6, 0, 5], [8, 0, 7]]
    assert reindexed(first, ["other"]).numerator.toarray().tolist() == [[0], [0]]
