"""Makes pipeline/weights/frames.safetensors: the head that reads generic frames off static vectors.

    python scripts/train_frames.py [--data FOLDER]

A teacher (logistic regression on the transformer's vectors) learns corpora/training/frame_sentences.jsonl,
which is ours. It scores unlabelled news sentences, and a ridge regression on static vectors learns its
scores. FOLDER (or the setting `evaluation_data`) holds those sentences: the texts of NewsMTSC
(gold/portrayal_train.jsonl.gz, MIT) and of FNC-1 (train/stance_documents.jsonl.gz, Apache-2.0); they shape
the weights, their labels are not read, and they are not part of Parallax. Some five minutes on one core.
Prints how held-out own sentences are read, and the SHA-256 that `pipeline/frame_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import KFold

from pipeline.embed import WEIGHTS, StaticEncoder, TransformerEncoder
from pipeline.evaluate import read_rows
from pipeline.settings import load_settings
from pipeline.text import sentence_spans

OWN = Path(__file__).resolve().parents[1] / "corpora" / "training" / "frame_sentences.jsonl"
DOCUMENT_SENTENCES = 10_000  # of FNC-1's 14,000; more brought nothing
SENTENCE_CHARACTERS = (40, 400)
# Chosen by cross-validation on own sentences; neighbouring values do as well.
TEACHER_C, STUDENT_ALPHA, OWN_WEIGHT = 2.0, 5.0, 5.0


def background(data: Path) -> list[str]:
    """News sentences without labels, in a fixed order."""
    first = sorted({row["text"] for row in read_rows(data / "gold" / "portrayal_train.jsonl.gz")})
    low, high = SENTENCE_CHARACTERS
    rows = read_rows(data / "train" / "stance_documents.jsonl.gz")
    texts = sorted({row["text"] for row in rows})
    second = sorted({t[a:b] for t in texts for a, b in sentence_spans(t) if low < b - a < high})
    random.Random(0).shuffle(second)
    return first + second[:DOCUMENT_SENTENCES]


def teach(vectors: np.ndarray, flags: np.ndarray) -> list[LogisticRegression]:
    """One logistic regression a frame."""
    return [
        LogisticRegression(C=TEACHER_C, class_weight="balanced", max_iter=500).fit(vectors, flags[:, j])
        for j in range(flags.shape[1])
    ]


def scores(teachers: list[LogisticRegression], vectors: np.ndarray) -> np.ndarray:
    """Log-odds, vectors × frames."""
    return np.stack([teacher.decision_function(vectors) for teacher in teachers], 1)


def distilled(own: dict[str, np.ndarray], pool: dict[str, np.ndarray], rows: np.ndarray) -> Ridge:
    """The head taught by a teacher of the given own rows."""
    teachers = teach(own["transformer"][rows], own["flags"][rows])
    wanted = np.vstack([scores(teachers, pool["transformer"]), scores(teachers, own["transformer"][rows])])
    given = np.vstack([pool["static"], own["static"][rows]])
    weight = np.concatenate([np.ones(len(pool["static"])), np.full(len(rows), OWN_WEIGHT)])
    return Ridge(alpha=STUDENT_ALPHA).fit(given, wanted, sample_weight=weight)


def threshold(own: dict[str, np.ndarray], pool: dict[str, np.ndarray]) -> float:
    """The log-odds at which own sentences, each held out once in five folds, are read best (micro-F1)."""
    flags = own["flags"]
    found = np.zeros(flags.shape)
    for train, test in KFold(5, shuffle=True, random_state=0).split(flags):
        found[test] = distilled(own, pool, train).predict(own["static"][test])
    tried = np.arange(-1.5, 1.0, 0.05)
    figures = [f1_score(flags, found > t, average="micro") for t in tried]
    best = float(tried[int(np.argmax(figures))])
    print(f"held out: mean average precision {average_precision_score(flags, found, average='macro'):.3f}")
    print(f"micro-F1 {max(figures):.3f} at {best:.2f}, n {len(flags)}")
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=load_settings().evaluation_data)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = read_rows(OWN)
    frames = sorted({frame for row in rows for frame in row["frame"]})
    static, transformer = StaticEncoder(), TransformerEncoder()
    texts, news = [row["text"] for row in rows], background(options.data)
    own = {
        "static": static.encode(texts),
        "transformer": transformer.encode(texts),
        "flags": np.array([[frame in row["frame"] for frame in frames] for row in rows]),
    }
    pool = {"static": static.encode(news), "transformer": transformer.encode(news)}
    cut = threshold(own, pool)
    head = distilled(own, pool, np.arange(len(rows)))
    arrays = {
        "weight": head.coef_.T.astype(np.float32),
        "bias": head.intercept_.astype(np.float32),
        "threshold": np.full(1, cut, np.float32),
        "mean": pool["static"].mean(0).astype(np.float32),
        "covariance": np.cov(pool["static"], rowvar=False).astype(np.float32),
    }
    path = WEIGHTS / "frames.safetensors"
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    save_file(contiguous, path, metadata={"frames": json.dumps(frames), "encoder": static.hash})
    print(path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
