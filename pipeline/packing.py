"""Sparse arrays and tallies as named plain arrays in .npz files without pickles, and such files mapped."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy import sparse

from pipeline.measures import Tally

PADDING = 0xD935  # the tag that Android's zipalign gives to a further field that only pads


def save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """An .npz file as np.savez writes it, but for each array's place: at a multiple of 64 bytes, so that it can be
    mapped and used as it lies. Raises OSError."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asanyarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy")
            assert archive.fp is not None
            begin = archive.fp.tell() + 30 + len(entry.filename) + 4  # local header, name, head of the further field
            gap = -begin % 64
            entry.extra = struct.pack("<HH", PADDING, gap) + bytes(gap)
            archive.writestr(entry, content.getbuffer())


def mapped(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an uncompressed .npz file, mapped: pages are read when touched, and shared by processes.

    Raises ValueError for a file whose arrays are compressed, OSError where it cannot be read.
    """
    out: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for entry in archive.infolist():
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{path}: {entry.filename} is compressed")
            file.seek(entry.header_offset + 26)  # of the local header: lengths of name and further fields
            name, further = (int.from_bytes(file.read(2), "little") for _ in range(2))
            file.seek(entry.header_offset + 30 + name + further)
            major, _ = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = read(file)
            order: str = "F" if fortran else "C"
            key = entry.filename.removesuffix(".npy")
            if 0 in shape or dtype.itemsize == 0:
                out[key] = np.empty(shape, dtype)  # nothing cannot be mapped
            else:
                out[key] = np.memmap(path, dtype, "r", file.tell(), shape, order)  # type: ignore[call-overload]
    return out


def pack_matrix(name: str, matrix: sparse.csr_array) -> dict[str, np.ndarray]:
    matrix = matrix.sorted_indices()  # what is mapped cannot be sorted in place when it is used
    return {
        f"{name}_data": matrix.data.astype(np.float32),
        f"{name}_indices": matrix.indices.astype(np.int32),
        f"{name}_indptr": matrix.indptr.astype(np.int64),
        f"{name}_shape": np.array(matrix.shape),
    }


def unpack_matrix(name: str, stored: Mapping[str, np.ndarray]) -> sparse.csr_array:
    indices, begins = stored[f"{name}_indices"], stored[f"{name}_indptr"]
    if stored[f"{name}_data"].size <= np.iinfo(indices.dtype).max:
        begins = begins.astype(indices.dtype)  # of two types, scipy would copy the long one instead of using the map
    parts = (stored[f"{name}_data"], indices, begins)
    matrix = sparse.csr_array(parts, shape=tuple(stored[f"{name}_shape"].tolist()))
    matrix.has_sorted_indices = True  # as it was packed: looking would read all of it
    return matrix


def pack_tally(tally: Tally) -> dict[str, np.ndarray]:
    if isinstance(tally.denominator, np.ndarray):
        below = {"shared": tally.denominator}
    else:
        below = pack_matrix("below", tally.denominator)
    squares = {} if tally.squares is None else pack_matrix("squares", tally.squares)
    return {"items": np.array(tally.items, dtype=str), **pack_matrix("above", tally.numerator), **below, **squares}


def unpack_tally(quantity: str, stored: Mapping[str, np.ndarray]) -> Tally:
    below = stored["shared"] if "shared" in stored else unpack_matrix("below", stored)
    items = tuple(str(item) for item in stored["items"].tolist())
    squares = unpack_matrix("squares", stored) if "squares_shape" in stored else None
    return Tally(quantity, items, unpack_matrix("above", stored), below, squares)
