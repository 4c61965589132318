"""Makes pipeline/weights/frames.safetensors: the head that reads generic frames off static vectors.

    python scripts/train_frames.py [--data FOLDER]

A teacher (logistic regressions on the transformer's vectors) learns corpora/training/frame_sentences.jsonl, which is
ours, and frame_labels.jsonl, which names real sentences by their hash. It scores unlabelled news sentences, and a
network of one inner layer on static vectors learns its scores beside the labels. FOLDER (or the setting
`evaluation_data`) holds the real sentences: the texts of NewsMTSC (gold/portrayal_train.jsonl.gz, MIT) and of FNC-1
(train/stance_documents.jsonl.gz, Apache-2.0); they shape the weights, their own labels are not read, and they are not
part of Parallax. Some six minutes on two cores. Prints how held-out sentences are read, and the SHA-256 that
`pipeline/frame_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from credit_material import TRAINING, data_of, key_of
from credit_material import read_rows as read_own
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import KFold
from torch import nn

from pipeline.embed import WEIGHTS, StaticEncoder, TransformerEncoder
from pipeline.evaluate import read_rows
from pipeline.frame_model import log_odds
from pipeline.text import sentence_spans

DOCUMENT_SENTENCES = 10_000  # of FNC-1's 14,000; more brought nothing
SENTENCE_CHARACTERS = (40, 400)
# Chosen by cross-validation on labelled sentences; neighbouring values do as well.
TEACHER_C = 2.0
INNER, DROPOUT, RATE, DECAY, PASSES = 512, 0.5, 2e-3, 1e-3, 20
BATCH, LABELLED_BATCH, LABELLED_WEIGHT = 256, 128, 0.5
FOLDS, SEED = 5, 0


@dataclass(frozen=True)
class Sentences:
    """static, transformer: sentences × dimensions. flags: sentences × frames, of labelled ones."""

    static: np.ndarray
    transformer: np.ndarray
    flags: np.ndarray

    def some(self, rows: np.ndarray) -> Sentences:
        return Sentences(self.static[rows], self.transformer[rows], self.flags[rows])


def background(data: Path) -> list[str]:
    """News sentences, in a fixed order."""
    first = sorted({row["text"] for row in read_rows(data / "gold" / "portrayal_train.jsonl.gz")})
    low, high = SENTENCE_CHARACTERS
    rows = read_rows(data / "train" / "stance_documents.jsonl.gz")
    texts = sorted({row["text"] for row in rows})
    second = sorted({t[a:b] for t in texts for a, b in sentence_spans(t) if low < b - a < high})
    random.Random(0).shuffle(second)
    return first + second[:DOCUMENT_SENTENCES]


def labelled(news: list[str]) -> list[dict[str, Any]]:
    """Our own sentences and those of the news that were read by hand: `text` and `frame`, a list."""
    texts = {key_of(text): text for text in news}
    real = read_own(TRAINING / "frame_labels.jsonl")
    if missing := sum(row["key"] not in texts for row in real):
        raise SystemExit(f"{missing} of the labelled sentences are not in the data: another version of it?")
    return read_own(TRAINING / "frame_sentences.jsonl") + [{**row, "text": texts[row["key"]]} for row in real]


def encoded(texts: list[str], flags: np.ndarray) -> Sentences:
    return Sentences(StaticEncoder().encode(texts), TransformerEncoder().encode(texts), flags)


def taught(known: Sentences, vectors: np.ndarray) -> np.ndarray:
    """What a teacher of the labelled sentences makes of others: a probability for each and frame."""
    teachers = [
        LogisticRegression(C=TEACHER_C, max_iter=1000).fit(known.transformer, known.flags[:, j])
        for j in range(known.flags.shape[1])
    ]
    return np.stack([teacher.predict_proba(vectors)[:, 1] for teacher in teachers], 1).astype(np.float32)


def head_of(known: Sentences, pool: Sentences) -> dict[str, np.ndarray]:
    """The head's arrays, as `pipeline.frame_model` reads them, but for the threshold."""
    torch.manual_seed(SEED)
    centre, scale = pool.static.mean(0), 1 / pool.static.std(0)
    every, wanted = (torch.from_numpy(a) for a in ((pool.static - centre) * scale, taught(known, pool.transformer)))
    some, flags = (torch.from_numpy(a) for a in ((known.static - centre) * scale, known.flags.astype(np.float32)))
    inner, outer = nn.Linear(every.shape[1], INNER), nn.Linear(INNER, flags.shape[1])
    network = nn.Sequential(inner, nn.ReLU(), nn.Dropout(DROPOUT), outer)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = PASSES * len(every) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    loss_of = nn.BCEWithLogitsLoss()
    for _ in range(steps):
        i, j = torch.randint(len(every), (BATCH,)), torch.randint(len(some), (LABELLED_BATCH,))
        loss = loss_of(network(every[i]), wanted[i]) + LABELLED_WEIGHT * loss_of(network(some[j]), flags[j])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    arrays = {
        "centre": centre, "scale": scale, "inner": inner.weight.detach().numpy().T,
        "inner_bias": inner.bias.detach().numpy(), "outer": outer.weight.detach().numpy().T,
        "outer_bias": outer.bias.detach().numpy(),
    }  # fmt: skip
    return {name: np.ascontiguousarray(array, np.float16) for name, array in arrays.items()}


def thresholds(known: Sentences, pool: Sentences, place: np.ndarray) -> np.ndarray:
    """The log-odds, one a frame, at which labelled sentences, each held out once, are read best (F1). place: of each
    labelled sentence, its row in the pool; −1 for our own."""
    found = np.zeros(known.flags.shape, np.float32)
    for train, test in KFold(FOLDS, shuffle=True, random_state=SEED).split(known.flags):
        left = np.setdiff1d(np.arange(len(pool.static)), place[test])
        found[test] = log_odds(head_of(known.some(train), pool.some(left)), known.static[test])
    tried = np.arange(-3.0, 1.0, 0.05)
    figures = np.array([f1_score(known.flags, found > t, average=None) for t in tried])
    best = tried[figures.argmax(0)].astype(np.float32)
    print(f"held out, n {len(found)}: mean average precision {average_precision_score(known.flags, found):.3f}")
    for name, cut in (("one threshold", np.median(best)), ("one a frame", best)):
        f1 = [f1_score(known.flags, found > cut, average=how) for how in ("micro", "macro")]
        print(f"{name}: micro-F1 {f1[0]:.3f}, macro-F1 {f1[1]:.3f}")
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of evaluation data")
    options = parser.parse_args()
    news = background(data_of(parser, options.data))
    rows = labelled(news)
    frames = sorted({frame for row in rows for frame in row["frame"]})
    texts, row_of = [row["text"] for row in rows], {text: i for i, text in enumerate(news)}
    known = encoded(texts, np.array([[frame in row["frame"] for frame in frames] for row in rows]))
    pool = encoded(news, np.zeros((len(news), len(frames)), bool))
    cut = thresholds(known, pool, np.array([row_of.get(text, -1) for text in texts]))
    arrays = head_of(known, pool) | {
        "threshold": cut,
        "mean": pool.static.mean(0).astype(np.float32),
        "covariance": np.cov(pool.static, rowvar=False).astype(np.float32),
    }
    path = WEIGHTS / "frames.safetensors"
    save_file(arrays, path, metadata={"frames": json.dumps(frames), "encoder": StaticEncoder().hash})
    print(path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
