"""The thorough credit model: what is added to a large transformer, and where its published files come from."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from pipeline import large_cross_encoder
from pipeline.credit_model import THOROUGH, ThoroughModel, load_credit_model
from pipeline.credit_reading import read_pairs
from pipeline.errors import InputError, WorkError
from pipeline.large_cross_encoder import ADAPTED, PACKAGES, LargeCrossEncoder, published_file
from pipeline.models import Models
from pipeline.schema import CREDIT_LABELS
from tests.pipeline.test_credit_model import CLAIM, SENTENCES

WIDTH, LAYERS, RANK = 16, 2, 3
WORDS = ["<s>", "<pad>", "</s>", "<unk>", *"the bridge costs too much is cheap and green said mayor".split()]
PAIRS = [
    ("the bridge costs too much", "the mayor said the bridge is cheap"),
    ("the bridge costs too much", "green"),
    ("the bridge is green", "the bridge is green and the mayor said too much"),
]


@pytest.fixture(scope="module")
def published() -> dict[str, bytes]:
    """The files of a transformer of the same make, small and untrained."""
    import torch
    from safetensors.torch import save
    from transformers import MPNetConfig, MPNetModel

    torch.manual_seed(0)
    sizes = {"hidden_size": WIDTH, "intermediate_size": 2 * WIDTH, "max_position_embeddings": 120}
    config = MPNetConfig(vocab_size=len(WORDS), num_hidden_layers=LAYERS, num_attention_heads=2, **sizes)
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return {
        "config.json": json.dumps(config.to_dict()).encode(),
        "tokenizer.json": tokenizer.to_str().encode(),
        "model.safetensors": save(MPNetModel(config).state_dict()),
    }


def weights(*, times: float = 1.0) -> dict[str, np.ndarray]:
    """A head, and something to add to every adapted layer. times: how much of it."""
    rng = np.random.default_rng(0)
    out = {"head.weight": rng.normal(size=(len(CREDIT_LABELS), WIDTH)), "head.bias": np.zeros(len(CREDIT_LABELS))}
    for number in range(LAYERS):
        for name in ADAPTED:
            inputs = 2 * WIDTH if name == "output.dense" else WIDTH
            outputs = 2 * WIDTH if name == "intermediate.dense" else WIDTH
            place = f"transformer.encoder.layer.{number}.{name}"
            out[f"{place}.a"], out[f"{place}.b"] = rng.normal(size=(RANK, inputs)), rng.normal(size=(outputs, RANK))
            out[f"{place}.b"] *= times
    return {name: values.astype(np.float16) for name, values in out.items()}


def reader(published: dict[str, bytes], given: dict[str, np.ndarray]) -> LargeCrossEncoder:
    sha256 = hashlib.sha256(published["model.safetensors"]).hexdigest()
    return LargeCrossEncoder(given, published=published.__getitem__, sha256=sha256)


def test_a_pair_is_read_alike_whatever_stands_around_it(published: dict[str, bytes]) -> None:
    whole = reader(published, weights()).log_probabilities(PAIRS)
    assert whole.shape == (len(PAIRS), len(CREDIT_LABELS))
    assert np.allclose(np.exp(whole).sum(1), 1, atol=1e-5)
    alone = np.concatenate([reader(published, weights()).log_probabilities([pair]) for pair in PAIRS[::-1]])[::-1]
    assert np.allclose(whole, alone, atol=1e-5)


def test_the_product_is_added_to_each_layers_weight(published: dict[str, bytes]) -> None:
    from safetensors.torch import load, save

    given = weights()
    added = load(published["model.safetensors"])
    for name in [name for name in given if name.endswith(".a")]:
        layer = name.removeprefix("transformer.").removesuffix(".a")
        product = given[name[:-1] + "b"].astype(np.float32) @ given[name].astype(np.float32)
        added[f"{layer}.weight"] = added[f"{layer}.weight"] + product
    merged = {**published, "model.safetensors": save(added)}
    found = reader(published, given).log_probabilities(PAIRS)
    assert np.allclose(found, reader(merged, weights(times=0)).log_probabilities(PAIRS), atol=1e-4)
    assert not np.allclose(found, reader(published, weights(times=0)).log_probabilities(PAIRS), atol=1e-2)


def test_other_weights_than_the_published_ones_are_refused(published: dict[str, bytes]) -> None:
    changed = {**published, "model.safetensors": published["model.safetensors"] + b" "}
    sha256 = hashlib.sha256(published["model.safetensors"]).hexdigest()
    with pytest.raises(WorkError, match=sha256):
        LargeCrossEncoder(weights(), published=changed.__getitem__, sha256=sha256).log_probabilities(PAIRS)


@pytest.mark.parametrize("change", ["lacks its head", "has another layer's"])
def test_weights_of_another_version_are_refused(published: dict[str, bytes], change: str) -> None:
    given = weights()
    if change == "lacks its head":
        del given["head.bias"]
    else:
        given["transformer.encoder.layer.9.output.dense.a"] = given["head.weight"]
    with pytest.raises(WorkError, match="another version"):
        reader(published, given).log_probabilities(PAIRS)


@pytest.fixture
def packages(tmp_path: Path, published: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The archive in parts, as the extra's packages carry it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("large/1_Pooling/config.json", "{}")
        for name, content in published.items():
            archive.writestr(f"large/{name}", content)
    size = len(packed.getvalue()) // len(PACKAGES) + 1
    parts = []
    for number in range(len(PACKAGES)):
        parts.append(tmp_path / f"large.zip.00{number + 1}")
        parts[-1].write_bytes(packed.getvalue()[number * size : (number + 1) * size])

    class File:
        def __init__(self, path: Path) -> None:
            self.name, self._path = path.name, path

        def locate(self) -> Path:
            return self._path

    held = dict(zip(PACKAGES, parts, strict=True))
    monkeypatch.setattr(metadata, "files", lambda package: [File(held[package])])
    return parts


@pytest.mark.usefixtures("packages")
def test_the_files_are_read_from_the_parts_of_an_archive(published: dict[str, bytes]) -> None:
    assert {name: published_file(name) for name in published} == published


def test_a_damaged_part_is_said(packages: list[Path]) -> None:
    packages[-1].write_bytes(b"")
    with pytest.raises(InputError, match="damaged"):
        published_file("model.safetensors")


def test_without_packages_and_hub_the_way_to_get_them_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: Any) -> Any:
        raise metadata.PackageNotFoundError

    def offline(*_: Any) -> Any:
        raise OSError("offline")

    monkeypatch.setattr(metadata, "files", absent)
    monkeypatch.setattr("transformers.utils.hub.cached_file", offline)
    with pytest.raises(InputError, match="thorough") as raised:
        load_credit_model(THOROUGH, Models())
    assert "pip install" in str(raised.value)


@pytest.mark.usefixtures("packages")
def test_what_ships_fits_the_published_transformer() -> None:
    model = load_credit_model(THOROUGH, Models())
    assert isinstance(model, ThoroughModel)
    assert model.hash != load_credit_model("built-in", Models()).hash
    arrays = model._weights.part("cross_encoder.")
    places = {name.removesuffix(".a") for name in arrays if name.endswith(".a")}
    assert places == {f"transformer.encoder.layer.{i}.{name}" for i in range(12) for name in ADAPTED}
    assert all(arrays[f"{place}.b"].shape[1] == arrays[f"{place}.a"].shape[0] for place in places)


@pytest.mark.skipif(not large_cross_encoder._parts(), reason="the extra `thorough` is not installed")
def test_the_four_labels_are_told_apart() -> None:
    found = read_pairs(SENTENCES, np.zeros(len(SENTENCES), int), [CLAIM], load_credit_model(THOROUGH, Models()))
    assert [CREDIT_LABELS[i] for i in found.argmax(1)] == ["reports", "credits", "disputes", "none"]
