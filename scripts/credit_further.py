"""Lets the network of the built-in credit model learn on from claims that were written since it was trained.

    python scripts/credit_further.py ROWS NETWORK FURTHER

ROWS: what `credit_rows.py` wrote for NETWORK, which `credit_networks.py` made of it. FURTHER: the file to write,
which `train_credit.py` takes in NETWORK's place. The network stays what it was but for what is new: of pairs that it
has met it is to say what it said before, and of its weights a part stays (Wortsman et al. 2022, Robust fine-tuning of
zero-shot models). Its matrices are read rounded, as they ship. Half an hour of two cores.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections.abc import Iterator
from pathlib import Path

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
PASSES, BATCH, RATE, WARM_UP = 3, 32, 5e-5, 0.05
TOLD = 50  # steps
# Pairs that the network has met, for each new row; of these the share that was labelled.
MET, MET_LABELLED = 0.7, 0.5
# The part of the weights that stays what it was: of a quarter and a half what is best on claims and on real sentences
# that nothing has learnt.
STAYS = 0.5
# New sentences under another new claim, as `none`, for each under its own.
STRANGE_SHARE = 0.3


def new_examples(rng: random.Random) -> list[Example]:
    """One pass: every new sentence under a wording of its claim, some under another claim, and plain ones."""
    claims = read_rows(TRAINING / NEW)
    known = [
        Proposition(
            id=row["proposition"].replace("_", "-"), claim=row["claim"], paraphrases=tuple(row["paraphrases"])
        )
        for row in claims
    ]
    out = []
    for number, row in enumerate(claims):
        for label, name in enumerate(CREDIT_LABELS):
            for text in row[name]:
                out.append(Example(rng.choice(wordings(known[number])), text, label))
                if rng.random() < STRANGE_SHARE:
                    other = rng.choice([p for p in known if p is not known[number]])
                    out.append(Example(rng.choice(wordings(other)), text, NONE))
    return out + plain_examples(known, rng)


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


def steps(new: Rows, old: Rows, before: PairReader, rng: np.random.Generator) -> Iterator[tuple[torch.Tensor, ...]]:
    """Word pieces, mask and what is to be said (pairs × labels) of each batch."""
    for number in np.unique(new.draws[:, 0]):
        _, first, second, labels = new.draws[new.draws[:, 0] == number].T
        met = met_pairs(old, int(MET * len(first)), rng)
        said = np.exp(scores(before, old, *met))
        smooth = np.eye(len(CREDIT_LABELS))[labels] * (1 - SMOOTHING) + SMOOTHING / len(CREDIT_LABELS)
        parts = [
            (rows, one[some], other[some], wanted[some])
            for rows, one, other, wanted in ((new, first, second, smooth), (old, *met, said))
            for some in batches(rows.lengths(one) + rows.lengths(other), BATCH, rng)
        ]
        for i in rng.permutation(len(parts)):
            rows, one, other, wanted = parts[i]
            batch = to_batch(rows, one, other, np.zeros(len(one)))
            yield batch.ids, batch.mask, torch.from_numpy(wanted.astype(np.float32)).to(batch.mask.device)


def further(network: PairReader, new: Rows, old: Rows, seed: int) -> PairReader:
    """The network, having learnt the new rows."""
    torch.manual_seed(seed)
    check, before = checker(old), copy.deepcopy(network)
    print(f"before: {check(network)}", flush=True)
    round_weights(network, BITS)
    optimiser = optimiser_of(network, RATE)
    total = int(len(new.draws) * (1 + MET) / BATCH)
    begin, losses = time.perf_counter(), []
    for step, (ids, mask, wanted) in enumerate(steps(new, old, before, np.random.default_rng(seed))):
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


def mixed_weights(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """float16: of both, as STAYS has it."""
    return np.asarray(STAYS * before.astype(np.float32) + (1 - STAYS) * after, np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description="Lets the built-in credit model's network learn new claims.")
    parser.add_argument("rows", type=Path, help="what `credit_rows.py` wrote")
    parser.add_argument("network", type=Path, help="what `credit_networks.py` wrote")
    parser.add_argument("further", type=Path, help="the file to write")
    options = parser.parse_args()
    rng = random.Random(SEED)
    new, old = as_rows([new_examples(rng) for _ in range(PASSES)]), Rows.load(options.rows)
    network = pair_reader(load_file(options.network))
    before = learnt(network)
    after = learnt(further(network, new, old, SEED))
    save_file({name: mixed_weights(before[name], after[name]) for name in before}, options.further)


if __name__ == "__main__":
    main()
