"""Which generic frames a sentence takes up: a head with one inner layer on its static vector.

`scripts/train_frames.py` trains it: a teacher on the transformer's vectors learns labelled sentences, our own
(corpora/training/frame_sentences.jsonl) and real ones (frame_labels.jsonl), reads some 18,000 unlabelled news
sentences, and the head learns its scores beside the labels (distillation, Hinton et al. 2015). A frame that the head
does not know is read by how near its description is, against a fixed background of news sentences. English only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from pipeline.codebook import Frame
from pipeline.embed import WEIGHTS, verified
from pipeline.errors import WorkError
from pipeline.models import Encoder

FRAMES_SHA256 = "cc178804f09f974c21a671791763c07e288ecaee069ae2826dfabdd2ab0efa4e"
# Of background sentences 2 in 100 are this near to a description, if nearness is normal.
DESCRIPTION_Z = 2.0


@dataclass(frozen=True)
class Agreement:
    """How well a frame agrees with human labels: F1 over whole texts, its 95 % interval, texts that have it."""

    f1: float
    low: float
    high: float
    n: int


def agreements() -> dict[str, Agreement]:
    """The measured agreement of each frame that has any; a frame that is not here has none."""
    figures = json.loads((WEIGHTS / "frames_agreement.json").read_text(encoding="utf-8"))
    return {frame: Agreement(**figure) for frame, figure in figures.items()}


def log_odds(arrays: Mapping[str, np.ndarray], vectors: np.ndarray) -> np.ndarray:
    """float32, vectors × frames. arrays: the head's, by name."""
    a = {
        name: arrays[name].astype(np.float32)
        for name in ("centre", "scale", "inner", "inner_bias", "outer", "outer_bias")
    }
    inner = np.maximum((vectors - a["centre"]) * a["scale"] @ a["inner"] + a["inner_bias"], 0)
    return np.asarray(inner @ a["outer"] + a["outer_bias"], np.float32)


class FrameHead:
    """The trained head. Another weights file is taken only with its own `sha256`."""

    def __init__(self, weights: Path = WEIGHTS / "frames.safetensors", *, sha256: str = FRAMES_SHA256) -> None:
        self._path, self._sha256 = weights, sha256

    @property
    def hash(self) -> str:
        return f"frames-{self._sha256[:16]}"

    @cached_property
    def _arrays(self) -> dict[str, np.ndarray]:
        from safetensors.numpy import load_file

        return load_file(verified(self._path, self._sha256, what="the frame weights"))

    @cached_property
    def _metadata(self) -> dict[str, str]:
        from safetensors import safe_open

        verified(self._path, self._sha256, what="the frame weights")
        with safe_open(str(self._path), "numpy") as file:
            return dict(file.metadata())

    @cached_property
    def known(self) -> tuple[str, ...]:
        """The ids of the frames that it was trained for."""
        return tuple(json.loads(self._metadata["frames"]))

    def margins(self, vectors: np.ndarray, frames: Sequence[Frame], encoder: Encoder) -> np.ndarray:
        """float32, vectors × frames: above 0 the sentence takes up the frame, the higher the surer.

        vectors: of sentences, by `encoder`. For a known frame log-odds less the threshold, for another the
        z of its description's nearness less DESCRIPTION_Z; the two scales are alike in sign only. A vector
        of zeros (no known word) takes up no frame. Raises WorkError where the head was trained on another
        encoder.
        """
        if encoder.hash != self._metadata["encoder"]:
            raise WorkError(
                f"{self._path}: the frame weights belong to {self._metadata['encoder']}, not to {encoder.hash}; "
                "run scripts/train_frames.py"
            )
        out = np.empty((len(vectors), len(frames)), np.float32)
        scores = log_odds(self._arrays, vectors) - self._arrays["threshold"]
        for column, frame in enumerate(frames):
            if frame.id in self.known:
                out[:, column] = scores[:, self.known.index(frame.id)]
            else:
                out[:, column] = self._nearness(vectors, encoder.encode([frame.description])[0])
        out[~vectors.any(1)] = -np.inf
        return out

    def _nearness(self, vectors: np.ndarray, description: np.ndarray) -> np.ndarray:
        """How many standard deviations of the background nearer than DESCRIPTION_Z above its mean."""
        mean = float(self._arrays["mean"] @ description)
        spread = float(np.sqrt(description @ self._arrays["covariance"] @ description))
        if spread == 0:  # a description without known words
            return np.full(len(vectors), -np.inf, np.float32)
        return np.asarray((vectors @ description - mean) / spread - DESCRIPTION_Z, np.float32)
