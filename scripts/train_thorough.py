"""Makes pipeline/weights/credit_thorough.safetensors from what is in corpora/training/.

    python scripts/train_thorough.py [--data FOLDER] [--measure]

FOLDER (or the setting `evaluation_data`) has the real sentences, see `credit_material.py`. Two large transformers are
trained on what is labelled, all their layers; what ships, small products beside the layers of a third
(`pipeline/large_cross_encoder.py`), learns from the same labels and from what the two say of these and of pairs that
nobody labelled (Hinton et al. 2015, Distilling the knowledge in a neural network). Its stacks are fitted as those of
the built-in model are. Needs the extra `thorough` and a GPU: a quarter of an hour of an H100, and ten minutes of
stacks. Prints the SHA-256 that `pipeline/credit_model.py` has to name.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from credit_examples import examples, nearness
from credit_material import SEED, data_of, load
from credit_teaching import Pair, unlabelled
from pair_networks import LARGE, TEACHERS, Example, train
from train_credit import fitted, write

from pipeline.cross_encoder import CrossEncoder
from pipeline.embed import WEIGHTS, TransformerEncoder

# Of the pairs that nobody labelled, at most so many a pass: the large one takes minutes for what a small one does in
# seconds.
MOST = 40_000

Draw = Callable[[random.Random], list[Example]]


@dataclass(frozen=True)
class Taught:
    """Draws the examples of one pass: pairs, each under one of its wordings, and labelled rows, with what the large
    ones say of each in the mean."""

    readers: Sequence[CrossEncoder]
    labelled: Draw
    pairs: Sequence[Pair]

    def __call__(self, rng: random.Random) -> list[Example]:
        some = rng.sample(self.pairs, min(MOST, len(self.pairs)))
        rows = [Example(rng.choice(pair.known), pair.text) for pair in some] + self.labelled(rng)
        asked = [(row.claim, row.text) for row in rows]
        odds = np.exp(np.mean([reader.log_probabilities(asked) for reader in self.readers], axis=0))
        soft = odds / odds.sum(1, keepdims=True)
        return [row._replace(soft=tuple(each)) for row, each in zip(rows, soft.tolist(), strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the weights of the thorough credit model.")
    parser.add_argument("--data", type=Path, help="folder of evaluation data")
    parser.add_argument("--measure", action="store_true", help="measure on unseen claims, write nothing")
    options = parser.parse_args()
    data = data_of(parser, options.data)
    material = load(data)
    near = nearness(material.some(material.of_kind("written") | material.of_kind("running")))

    def labelled(rng: random.Random) -> list[Example]:
        return examples(material, near, rng)

    pairs = unlabelled(material, data, random.Random(SEED), TransformerEncoder())
    large = [recipe.reader(train(recipe, labelled, seed=SEED + n)) for n, recipe in enumerate(TEACHERS)]
    learnt = train(LARGE, Taught(large, labelled, pairs), seed=SEED)
    parts = fitted(material, LARGE.reader(learnt))
    if not options.measure:
        write({**parts, "first": parts["stack"], "cross_encoder": learnt}, WEIGHTS / "credit_thorough.safetensors")


if __name__ == "__main__":
    main()
