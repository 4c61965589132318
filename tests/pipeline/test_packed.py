"""Matrices in few bits."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.packed import GROUP, largest, pack, unpack


@pytest.mark.parametrize("bits", [3, 4, 5, 8])
def test_no_value_is_off_by_more_than_half_a_step_of_its_group(bits: int) -> None:
    values = np.random.default_rng(0).normal(size=(7, 3 * GROUP)).astype(np.float32)
    packed = pack(values, bits)
    assert packed["codes"].nbytes * 8 == values.size * bits
    found = unpack(packed["codes"], packed["scales"], bits)
    step = np.abs(values.reshape(7, 3, GROUP)).max(2) / largest(bits)
    off = np.abs(found - values).reshape(7, 3, GROUP).max(2)
    assert (off <= step * 0.52).all()


def test_what_was_unpacked_packs_to_the_same() -> None:
    values = np.random.default_rng(1).normal(size=(5, 2 * GROUP)).astype(np.float32)
    once = pack(values, 4)
    again = pack(unpack(once["codes"], once["scales"], 4), 4)
    assert all(np.array_equal(once[name], again[name]) for name in once)


def test_a_group_of_zeros_stays_zero() -> None:
    packed = pack(np.zeros((2, GROUP), np.float32), 5)
    assert not unpack(packed["codes"], packed["scales"], 5).any()
