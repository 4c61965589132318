"""Sparse arrays and tallies as named plain arrays, for .npz files without pickles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from pipeline.measures import Tally


def pack_matrix(name: str, matrix: sparse.csr_array) -> dict[str, np.ndarray]:
    return {
        f"{name}_data": matrix.data.astype(np.float32),
        f"{name}_indices": matrix.indices.astype(np.int32),
        f"{name}_indptr": matrix.indptr.astype(np.int64),
        f"{name}_shape": np.array(matrix.shape),
    }


def unpack_matrix(name: str, stored: Mapping[str, np.ndarray]) -> sparse.csr_array:
    parts = (stored[f"{name}_data"], stored[f"{name}_indices"], stored[f"{name}_indptr"])
    return sparse.csr_array(parts, shape=tuple(stored[f"{name}_shape"].tolist()))


def pack_tally(tally: Tally) -> dict[str, np.ndarray]:
    if isinstance(tally.denominator, np.ndarray):
        below = {"shared": tally.denominator}
    else:
        below = pack_matrix("below", tally.denominator)
    return {"items": np.array(tally.items, dtype=str), **pack_matrix("above", tally.numerator), **below}


def unpack_tally(quantity: str, stored: Mapping[str, np.ndarray]) -> Tally:
    below = stored["shared"] if "shared" in stored else unpack_matrix("below", stored)
    items = tuple(str(item) for item in stored["items"].tolist())
    return Tally(quantity, items, unpack_matrix("above", stored), below)
