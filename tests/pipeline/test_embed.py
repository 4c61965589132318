"""Vectors: unit length, the same whatever stands around a text, and only from verified weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline import embed
from pipeline.errors import InputError, WorkError
from pipeline.models import Models

TEXTS = [
    "The harbour was closed on Monday.",
    "Ships may not enter the port.",
    "The recipe asks for two eggs.",
    "A",
    "🙂 \u200f\u200dשלום",
    "word " * 400,
]
TIERS = ("static", "transformer")


@pytest.mark.parametrize("tier", TIERS)
def test_rows_have_length_one_and_the_declared_width(models: Models, tier: str) -> None:
    encoder = getattr(models, tier)
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("tier", TIERS)
def test_nothing_gives_nothing_and_an_empty_text_zeros(models: Models, tier: str) -> None:
    encoder = getattr(models, tier)
    assert encoder.encode([]).shape == (0, encoder.dimensions)
    assert not encoder.encode(["", "  \n"]).any()


@pytest.mark.parametrize("tier", TIERS)
def test_a_text_has_the_same_vector_wherever_it_stands(models: Models, tier: str) -> None:
    encoder = getattr(models, tier)
    together, turned = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])[::-1]
    assert np.allclose(together, turned, atol=1e-5)
    assert np.allclose(together[0], encoder.encode(TEXTS[:1])[0], atol=1e-5)


@pytest.mark.parametrize("tier", TIERS)
def test_capitals_make_no_difference(models: Models, tier: str) -> None:
    first, second = getattr(models, tier).encode([TEXTS[0], TEXTS[0].upper()])
    assert first @ second > 0.999


@pytest.mark.parametrize("tier", TIERS)
def test_like_texts_are_nearer_than_unlike_ones(models: Models, tier: str) -> None:
    harbour, port, recipe = getattr(models, tier).encode(TEXTS[:3])
    assert harbour @ port > harbour @ recipe


@pytest.mark.parametrize("tier", TIERS)
def test_half_a_surrogate_pair_is_read_over(models: Models, tier: str) -> None:
    assert np.isfinite(getattr(models, tier).encode(["a \ud83d harbour"])).all()


def test_static_vectors_lose_little_by_being_stored_small(models: Models) -> None:
    from safetensors.numpy import load_file

    stored = load_file(embed.WEIGHTS / "static.safetensors")
    assert stored["vectors"].dtype == np.int8
    # Half a step of the int8 grid is the most that rounding loses of a value.
    lost = stored["scales"] / 2 * np.sqrt(models.static.dimensions)
    lengths = np.linalg.norm(stored["vectors"] * stored["scales"][:, None], axis=1)
    assert np.median(lost[lengths > 0] / lengths[lengths > 0]) < 0.02


def test_other_static_vectors_are_refused_and_both_hashes_named(tmp_path: Path) -> None:
    path = tmp_path / "static.safetensors"
    path.write_bytes((embed.WEIGHTS / "static.safetensors").read_bytes()[:-1] + b"!")
    with pytest.raises(WorkError) as caught:
        embed.StaticEncoder(path).encode(["a"])
    assert embed.STATIC_SHA256 in str(caught.value)
    assert len({word for word in str(caught.value).split() if len(word.strip(",;")) == 64}) == 2


def test_another_transformer_is_refused_and_both_hashes_named(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(embed.transformer_folder(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(WorkError, match=embed.TRANSFORMER_SHA256):
        embed.TransformerEncoder(folder).encode(["a"])


def test_missing_weights_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        embed.StaticEncoder(tmp_path / "none.safetensors").encode(["a"])


def test_hashes_name_the_weights(models: Models) -> None:
    assert embed.STATIC_SHA256[:16] in models.static.hash
    assert embed.TRANSFORMER_SHA256[:16] in models.transformer.hash
    assert embed.StaticEncoder(sha256="0" * 64).hash != models.static.hash
