"""Matrices in few bits, for weights that ship: groups of neighbouring values in a row share a scale."""

from __future__ import annotations

import numpy as np

# Values that share a scale. A row's length is a multiple of it.
GROUP = 64


def pack(values: np.ndarray, bits: int) -> dict[str, np.ndarray]:
    """`codes`, uint8, and `scales`, float16, rows × groups. values: rows × columns; each is rounded to one of
    2 ** bits - 1 multiples of its group's scale, the largest of the group being exact to that scale's rounding."""
    groups = values.astype(np.float32).reshape(len(values), -1, GROUP)
    most = largest(bits)
    scales = (np.abs(groups).max(2) / most).astype(np.float16)
    divisor = np.where(scales > 0, scales, np.float16(1)).astype(np.float32)
    codes = np.clip(np.rint(groups / divisor[:, :, None]), -most, most).astype(np.int16) + most
    spread = (codes.reshape(-1, 1) >> np.arange(bits)) & 1
    return {"codes": np.packbits(spread.astype(np.uint8).ravel()), "scales": scales}


def unpack(codes: np.ndarray, scales: np.ndarray, bits: int) -> np.ndarray:
    """float32, rows × columns: what `pack` made of them."""
    count = scales.size * GROUP
    spread = np.unpackbits(codes, count=count * bits).reshape(count, bits)
    values = spread @ (1 << np.arange(bits)).astype(np.float32) - largest(bits)
    return (values.reshape(*scales.shape, GROUP) * scales.astype(np.float32)[:, :, None]).reshape(len(scales), -1)


def largest(bits: int) -> int:
    """The largest multiple of a scale that so many bits hold, either way."""
    return int(2 ** (bits - 1) - 1)
