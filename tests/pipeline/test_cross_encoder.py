"""The network of the built-in credit model, from what ships."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.credit_model import CREDIT_SHA256, CreditWeights
from pipeline.cross_encoder import MAX_TOKENS, CrossEncoder, unpacked
from pipeline.embed import WEIGHTS
from pipeline.errors import WorkError
from pipeline.schema import CREDIT_LABELS

PATH = WEIGHTS / "credit.safetensors"
PAIRS = [
    ("The bridge costs too much.", "The mayor said that the bridge costs too much."),
    ("The bridge costs too much.", "Green."),
    ("The bridge costs too much.", "The bridge " + "was painted green and " * 100 + "opened."),
]


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    return CreditWeights(PATH, CREDIT_SHA256).part("cross_encoder.")


def test_a_pair_is_read_alike_whatever_stands_around_it(weights: dict[str, np.ndarray]) -> None:
    reader = CrossEncoder(weights)
    whole = reader.log_probabilities(PAIRS)
    assert whole.shape == (len(PAIRS), len(CREDIT_LABELS))
    assert np.allclose(np.exp(whole).sum(1), 1, atol=1e-5)
    alone = np.concatenate([reader.log_probabilities([pair]) for pair in PAIRS])
    assert np.allclose(whole, alone, atol=1e-4)


def test_the_end_of_what_is_too_long_is_not_read(weights: dict[str, np.ndarray]) -> None:
    claim, text = PAIRS[2]
    found = CrossEncoder(weights).log_probabilities([(claim, text), (claim, text + " It is a scandal.")])
    assert len(text.split()) > MAX_TOKENS
    assert np.allclose(found[0], found[1], atol=1e-5)


@pytest.mark.parametrize("change", ["lacks its head", "lacks its scales", "has another array"])
def test_weights_of_another_version_are_refused(weights: dict[str, np.ndarray], change: str) -> None:
    given = dict(weights)
    if change == "lacks its head":
        del given["head.bias"]
    elif change == "lacks its scales":
        del given["pieces.weight.scales"]
    else:
        given["head.other"] = given["head.bias"]
    with pytest.raises(WorkError, match="another version"):
        CrossEncoder(given).log_probabilities(PAIRS)


def test_what_ships_is_small(weights: dict[str, np.ndarray]) -> None:
    assert PATH.stat().st_size <= 25_000_000
    codes = sum(values.nbytes for name, values in weights.items() if name.endswith(".codes"))
    whole = sum(values.nbytes for values in unpacked(weights).values())
    assert codes < whole / 6
