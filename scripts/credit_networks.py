"""Trains the networks of the built-in credit model, from rows that `credit_rows.py` wrote: two large ones on what is
labelled, then, from the first of them, the one that ships.

    python scripts/credit_networks.py ROWS NETWORK

ROWS: a file of `pair_rows.Rows`. NETWORK: the file to write, its arrays as float16. The large ones begin as the
thorough model, for which the extra `thorough` is needed. Twenty minutes of an H200; without a GPU a matter of days.
"""

from __future__ import annotations

import argparse
import copy
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from pair_rows import Rows, batches
from pruning import DEVICE, SMOOTHING, Batch, Pruning, mixed, optimiser_of
from sklearn.metrics import f1_score, roc_auc_score
from torch import nn
from torch.nn import functional

from pipeline.pruned_transformer import Attention, PairReader

TEACHER_RATES, TEACHER_BATCH, WARM_UP = (3e-5, 4e-5), 96, 0.1
PASSES = 3
BATCH = 512
# Steps and rates of learning while it becomes smaller, and after.
SMALLER, SMALLER_RATES = 6000, (2e-4, 1e-4)
FINISHED, FINISHED_RATE, ROUNDED_FROM = 7600, 1e-4, 0.4
# Of a batch, labelled rows under a wording drawn anew; the others are pairs that nobody labelled.
LABELLED = 0.3
# Parameters of the layers' heads and inner units: in five bits each, as they ship, the file stays below 25 MB.
WANTED, BITS = 15_600_000, 5
SEED = 7
NONE = 3
READ_AT_ONCE = 1024 if DEVICE == "cuda" else 64


def to_batch(rows: Rows, first: np.ndarray, second: np.ndarray, labels: np.ndarray) -> Batch:
    ids, mask = rows.batch(first, second)
    return Batch(*(torch.from_numpy(values).to(DEVICE) for values in (ids, mask, labels.astype(np.int64))))


def teacher(
    network: PairReader, rows: Rows, rate: float, seed: int, check: Callable[[PairReader], str]
) -> PairReader:
    """The network, having learnt the labelled rows of so many passes."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network.train()
    optimiser = optimiser_of(network, rate)
    passes = np.unique(rows.draws[:, 0])
    drawn = [rows.draws[rows.draws[:, 0] == passes[(seed + n) % len(passes)]] for n in range(PASSES)]
    steps, step = sum(-(-len(part) // TEACHER_BATCH) for part in drawn), 0
    for number, part in enumerate(drawn, 1):
        begin, losses = time.perf_counter(), []
        lengths = rows.lengths(part[:, 1]) + rows.lengths(part[:, 2])
        for batch in ahead(to_batch(rows, *part[some, 1:].T) for some in batches(lengths, TEACHER_BATCH, rng)):
            done = step / steps
            for group in optimiser.param_groups:
                group["lr"] = rate * (done / WARM_UP if done < WARM_UP else max(0.0, (1 - done) / (1 - WARM_UP)))
            with mixed():
                scores, _ = network(batch.ids, batch.mask)
            loss = functional.cross_entropy(scores.float(), batch.labels, label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            step += 1
            losses.append(loss.detach())
        mean = float(torch.stack(losses).mean())
        print(f"  pass {number}: loss {mean:.3f}, {time.perf_counter() - begin:.0f} s; {check(network)}", flush=True)
        network.train()
    return network.eval()


def endless(rows: Rows, rng: np.random.Generator) -> Iterator[Batch]:
    """Batches of both kinds of rows: all pairs once, then again, with as many labelled rows as their share is."""
    passes = np.unique(rows.draws[:, 0])
    labelled = np.empty((0, 3), rows.draws.dtype)
    while True:
        for begin in range(0, len(order := rng.permutation(len(rows.pairs))), step := 16 * BATCH):
            some = rows.pairs[order[begin : begin + step]]
            wanted = int(len(some) * LABELLED / (1 - LABELLED))
            while len(labelled) < wanted:
                new = rows.draws[rows.draws[:, 0] == rng.choice(passes), 1:]
                labelled = np.concatenate([labelled, rng.permutation(new)])
            mine, labelled = labelled[:wanted], labelled[wanted:]
            first = np.concatenate([rows.wordings(some[:, 0], rng), mine[:, 0]])
            second = np.concatenate([some[:, 1], mine[:, 1]])
            labels = np.concatenate([np.full(len(some), -1), mine[:, 2]])
            for part in batches(rows.lengths(first) + rows.lengths(second), BATCH, rng):
                yield to_batch(rows, first[part], second[part], labels[part])


def ahead(batches: Iterator[Batch], many: int = 8) -> Iterator[Batch]:
    """The batches, made in a thread while others are learnt."""
    ready: queue.Queue[Batch | None] = queue.Queue(many)

    def fill() -> None:
        for batch in batches:
            ready.put(batch)
        ready.put(None)

    threading.Thread(target=fill, daemon=True).start()
    while (batch := ready.get()) is not None:
        yield batch


def scores(network: PairReader, rows: Rows, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """float32, pairs × labels: log-probabilities."""
    network.eval()
    order = np.argsort(rows.lengths(first) + rows.lengths(second), kind="stable")
    out = None
    with torch.inference_mode(), mixed():
        for some in np.split(order, range(READ_AT_ONCE, len(order), READ_AT_ONCE)):
            batch = to_batch(rows, first[some], second[some], np.zeros(len(some)))
            found = network(batch.ids, batch.mask)[0].float().log_softmax(1).cpu().numpy()
            out = np.zeros((len(first), found.shape[1]), np.float32) if out is None else out
            out[some] = found
    assert out is not None
    return out


def checker(rows: Rows) -> Callable[[PairReader], str]:
    """Says how a network reads what no network learns, in each part."""

    def check(network: PairReader) -> str:
        said = []
        for part in np.unique(rows.checks[:, 0]):
            _, first, second, labels = rows.checks[rows.checks[:, 0] == part].T
            found = scores(network, rows, first, second)
            area = roc_auc_score(labels != NONE, -found[:, NONE])
            likeliest = found.argmax(1)
            called = likeliest != NONE
            said.append(
                f"part {part}: macro-F1 {f1_score(labels, likeliest, average='macro'):.3f}, area {area:.3f}, "
                f"right {np.mean(likeliest[called] == labels[called]):.3f} of {called.sum()}"
            )
        return "; ".join(said)

    return check


def teachers(thorough: PairReader, rows: Rows, seed: int) -> list[PairReader]:
    """Large ones. thorough: what they begin as."""
    return [
        teacher(copy.deepcopy(thorough).to(DEVICE), rows, rate, seed + number, checker(rows))
        for number, rate in enumerate(TEACHER_RATES)
    ]


def pruning(large: list[PairReader], rows: Rows, seed: int) -> Pruning:
    """The first of the large ones, before anything is taken out."""
    network = copy.deepcopy(large[0])
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        elif isinstance(module, Attention):
            module.dropout = 0.0
    return Pruning(network, large, ahead(endless(rows, np.random.default_rng(seed))), checker(rows))


def learnt(network: PairReader) -> dict[str, np.ndarray]:
    """float16, by the names of `PairReader`'s arrays."""
    state = {
        name.replace("parametrizations.weight.original", "weight"): v for name, v in network.state_dict().items()
    }
    return {name: values.detach().cpu().numpy().astype(np.float16) for name, values in state.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the network of the built-in credit model.")
    parser.add_argument("rows", type=Path, help="what `credit_rows.py` wrote")
    parser.add_argument("network", type=Path, help="the file to write")
    options = parser.parse_args()
    # Imported here, so that the rest needs little more than torch on the machine that has the GPU.
    from published_reader import thorough_reader
    from safetensors.numpy import save_file

    rows = Rows.load(options.rows)
    large = teachers(thorough_reader(), rows, SEED)
    student = pruning(large, rows, SEED)
    student.smaller(SMALLER, wanted=WANTED, rates=SMALLER_RATES)
    student.finished(FINISHED, bits=BITS, rate=FINISHED_RATE, rounded_from=ROUNDED_FROM)
    save_file(learnt(student.network), options.network)


if __name__ == "__main__":
    main()
