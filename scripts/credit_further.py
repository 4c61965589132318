"""Lets the network of the built-in credit model learn on from claims that were written since it was trained.

    python scripts/credit_further.py ROWS NETWORK FURTHER

ROWS: what `credit_rows.py` wrote for NETWORK, which `credit_networks.py` made of it. FURTHER: the file to write,
which `train_credit.py` takes in NETWORK's place. The network stays what it was but for what is new: of pairs that it
has met it is to say what it said before, and the weights are the mean of the former ones and of several trainings
that differ in what they learn (Wortsman et al. 2022, Robust fine-tuning of zero-shot models, and Model soups). Its
matrices are read rounded, as they ship. Half an hour of two cores a training.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from credit_examples import plain_examples
from credit_material import NONE, SEED, TRAINING, read_rows
from credit_networks import BITS, checker, learnt, scores, to_batch
from credit_rows import pieces_of
from pair_networks import Example
from pair_rows import Numbered, Rows, batches
from pruning import SMOOTHING, optimiser_of, round_weights
from safetensors.numpy import load_file, save_file
from torch import nn
from torch.nn import functional

from pipeline.codebook import Proposition
from pipeline.credit_gate import wordings
from pipeline.cross_encoder import pair_reader
from pipeline.pruned_transformer import PairReader
from pipeline.schema import CREDIT_LABELS

NEW = "credit_grievances.jsonl"  # what was written since the network was trained
OLDER = "credit_by_claim.jsonl"  # claims that it has met
BATCH, RATE, WARM_UP = 32, 5e-5, 0.05
TOLD = 50  # steps
MET_LABELLED = 0.5  # the share of pairs that the network has met that was labelled
# New sentences under another new claim, as `none`, for each under its own.
STRANGE_SHARE = 0.3


@dataclass(frozen=True)
class Training:
    """One training, and its share in the weights; the former ones have what is left.

    none: how many of a claim's sentences that do not speak to it are learnt. met: pairs that the network has met, for
    each new row. older: whether plain sentences of claims that it has met are learnt as well.
    """

    share: float
    passes: int = 3
    none: int = 18
    met: float = 0.7
    older: bool = False
    seed: int = SEED


# Of some ten mixtures of these and the former weights what is best on claims and on real sentences that nothing has
# learnt; alone, each doubts plain denials.
TRAININGS = (
    Training(share=0.2, none=8),
    Training(share=0.15),
    Training(share=0.2, passes=2, met=1.5, older=True, seed=11),
)


def propositions(rows: Sequence[dict[str, Any]]) -> list[Proposition]:
    """The claims of rows as `read_rows` gives them."""
    return [
        Proposition(
            id=row["proposition"].replace("_", "-"), claim=row["claim"], paraphrases=tuple(row["paraphrases"])
        )
        for row in rows
    ]


def new_examples(training: Training, rng: random.Random) -> list[Example]:
    """One pass: every new sentence under a wording of its claim, some under another claim, and plain ones."""
    rows = read_rows(TRAINING / NEW)
    known = propositions(rows)
    out = []
    for number, row in enumerate(rows):
        for label, name in enumerate(CREDIT_LABELS):
            for text in row[name][: training.none if label == NONE else None]:
                out.append(Example(rng.choice(wordings(known[number])), text, label))
                if rng.random() < STRANGE_SHARE:
                    other = rng.choice([p for p in known if p is not known[number]])
                    out.append(Example(rng.choice(wordings(other)), text, NONE))
    out += plain_examples(known, rng)
    return out + (plain_examples(propositions(read_rows(TRAINING / OLDER)), rng) if training.older else [])


def as_rows(passes: list[list[Example]]) -> Rows:
    """Examples as word pieces."""
    number = Numbered()
    draws = [
        (n, number(row.claim), number(row.text), row.label) for n, examples in enumerate(passes) for row in examples
    ]
    pieces, ends = pieces_of(number.texts)
    none = np.zeros((0, 4), np.int32)
    return Rows(pieces, ends, none[:, 0], none[:, 0], none[:, :2], np.array(draws, np.int32), none)


def met_pairs(rows: Rows, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Wordings and texts of pairs that the network has met."""
    labelled = rows.draws[rng.choice(len(rows.draws), int(count * MET_LABELLED), replace=False)]
    others = rows.pairs[rng.choice(len(rows.pairs), count - len(labelled), replace=False)]
    first = np.concatenate([labelled[:, 1], rows.wordings(others[:, 0], rng)])
    return first, np.concatenate([labelled[:, 2], others[:, 1]])


def steps(
    new: Rows, old: Rows, met: float, before: PairReader, rng: np.random.Generator
) -> Iterator[tuple[torch.Tensor, ...]]:
    """Word pieces, mask and what is to be said (pairs × labels) of each batch."""
    for number in np.unique(new.draws[:, 0]):
        _, first, second, labels = new.draws[new.draws[:, 0] == number].T
        again = met_pairs(old, int(met * len(first)), rng)
        said = np.exp(scores(before, old, *again))
        smooth = np.eye(len(CREDIT_LABELS))[labels] * (1 - SMOOTHING) + SMOOTHING / len(CREDIT_LABELS)
        parts = [
            (rows, one[some], other[some], wanted[some])
            for rows, one, other, wanted in ((new, first, second, smooth), (old, *again, said))
            for some in batches(rows.lengths(one) + rows.lengths(other), BATCH, rng)
        ]
        for i in rng.permutation(len(parts)):
            rows, one, other, wanted = parts[i]
            batch = to_batch(rows, one, other, np.zeros(len(one)))
            yield batch.ids, batch.mask, torch.from_numpy(wanted.astype(np.float32)).to(batch.mask.device)


def further(network: PairReader, training: Training, old: Rows) -> PairReader:
    """The network, having learnt the new rows."""
    rng = random.Random(training.seed)
    new = as_rows([new_examples(training, rng) for _ in range(training.passes)])
    torch.manual_seed(training.seed)
    check, before = checker(old), copy.deepcopy(network)
    print(f"before: {check(network)}", flush=True)
    round_weights(network, BITS)
    optimiser = optimiser_of(network, RATE)
    total = int(len(new.draws) * (1 + training.met) / BATCH)
    begin, losses = time.perf_counter(), []
    drawn = np.random.default_rng(training.seed)
    for step, (ids, mask, wanted) in enumerate(steps(new, old, training.met, before, drawn)):
        for group in optimiser.param_groups:
            group["lr"] = RATE * max(0.0, min(1 - step / total, (step + 1) / (WARM_UP * total)))
        network.train()
        found, _ = network(ids, mask)
        loss = functional.cross_entropy(found, wanted)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        if (step + 1) % TOLD == 0:
            print(
                f"{step + 1} of {total}: loss {np.mean(losses[-TOLD:]):.3f}, {time.perf_counter() - begin:.0f} s",
                flush=True,
            )
    print(f"after: {check(network)}", flush=True)
    return network.eval()


def mean_of(before: np.ndarray, after: Sequence[np.ndarray]) -> np.ndarray:
    """float16: the weights before and after each of the trainings, by their shares."""
    learnt_now = sum(training.share * one.astype(np.float32) for training, one in zip(TRAININGS, after, strict=True))
    left = 1 - sum(training.share for training in TRAININGS)
    return np.asarray(left * before.astype(np.float32) + learnt_now, np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description="Lets the built-in credit model's network learn new claims.")
    parser.add_argument("rows", type=Path, help="what `credit_rows.py` wrote")
    parser.add_argument("network", type=Path, help="what `credit_networks.py` wrote")
    parser.add_argument("further", type=Path, help="the file to write")
    options = parser.parse_args()
    old, before = Rows.load(options.rows), load_file(options.network)
    after = [learnt(further(pair_reader(before), training, old)) for training in TRAININGS]
    former = learnt(pair_reader(before))
    save_file({n: mean_of(former[n], [one[n] for one in after]) for n in former}, options.further)


if __name__ == "__main__":
    main()
