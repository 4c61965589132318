"""Fits how the credit model reads running text, and writes it into pipeline/weights/credit.safetensors.

    python scripts/calibrate_credit.py [--data FOLDER] [--measure]

Run after `scripts/train_credit.py`, whose weights stay as they are: what is said of texts that were chosen for a
claim is not touched. Its sentences were written; those of real articles are another matter, and most that are near a
claim do not speak to it. FOLDER (or the setting `evaluation_data`) has train/stance_documents.jsonl.gz (FNC-1,
Apache-2.0) and gold/portrayal_train.jsonl.gz (NewsMTSC, MIT): sentences of theirs that are near one of our claims
(corpora/training/credit_claims.jsonl) were read by hand (credit_labels.jsonl, which names each by its hash). They
shape the stack and are not part of Parallax. --measure writes nothing and prints how pairs are read by a stack
fitted on the other subjects: choices are made on that. A few minutes on one core.
Prints the SHA-256 that `pipeline/credit_model.py` has to name.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from train_credit import TRAINING, read_rows

from pipeline.codebook import Proposition
from pipeline.credit_model import SPEAKS, StackedModel, Views, in_running_text, running_columns
from pipeline.credit_reading import likeliest
from pipeline.embed import WEIGHTS
from pipeline.evaluate import read_rows as read_packed
from pipeline.models import Models
from pipeline.schema import CREDIT_LABELS
from pipeline.settings import load_settings
from pipeline.text import split

DOCUMENTS, SENTENCES = "train/stance_documents.jsonl.gz", "gold/portrayal_train.jsonl.gz"
PASSAGE_WORDS = 120
FOLDS = 5
# Of .001 to .1, the least log-loss on subjects kept out.
C = 0.01
NONE = CREDIT_LABELS.index("none")


@dataclass(frozen=True)
class Pairs:
    """Row-aligned: sentence, claim, label (position in CREDIT_LABELS), number of the claim's subject."""

    texts: list[str]
    propositions: list[Proposition]
    labels: np.ndarray
    subjects: np.ndarray


def load(data: Path) -> Pairs:
    """The pairs that were read by hand. Raises SystemExit where sentences are not in the data."""
    claims = {row["proposition"]: row for row in read_rows(TRAINING / "credit_claims.jsonl")}
    rows = read_rows(TRAINING / "credit_labels.jsonl")
    texts = {key_of(text): text for text in sentences(data)}
    if missing := {row["key"] for row in rows} - texts.keys():
        raise SystemExit(f"{len(missing)} of the labelled sentences are not in {data}: another version of it?")
    subjects = sorted({row["topic"] for row in claims.values()})
    propositions = {
        name: Proposition(id=name, claim=row["claim"], paraphrases=tuple(row["paraphrases"]))
        for name, row in claims.items()
    }
    return Pairs(
        [texts[row["key"]] for row in rows],
        [propositions[row["proposition"]] for row in rows],
        np.array([CREDIT_LABELS.index(row["label"]) for row in rows]),
        np.array([subjects.index(claims[row["proposition"]]["topic"]) for row in rows]),
    )


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sentences(data: Path) -> Iterator[str]:
    """The sentences of FNC-1's documents, as a refresh splits them, and those of NewsMTSC."""
    documents = list(dict.fromkeys(row["text"] for row in read_packed(data / DOCUMENTS)))
    articles = pd.DataFrame({"article": [str(i) for i in range(len(documents))], "text": documents})
    found, _ = split(articles, passage_words=PASSAGE_WORDS)
    for article, start, end in zip(found["article"], found["start"], found["end"], strict=True):
        yield documents[int(article)][start:end]
    yield from (row["text"] for row in read_packed(data / SENTENCES))


def read(pairs: Pairs, model: StackedModel) -> tuple[np.ndarray, Views]:
    """What the model says of every pair as of a chosen text, and what else there is to be said of it."""
    claims = list({p.id: p for p in pairs.propositions}.values())
    number = {p.id: i for i, p in enumerate(claims)}
    places = np.arange(len(pairs.texts)), np.array([number[p.id] for p in pairs.propositions])
    near = model.gate(claims).similarities(pairs.texts)[places]
    asked = list(zip(pairs.texts, pairs.propositions, strict=True))
    return model.read(asked, near), model.around(asked, near)


def fit(chosen: np.ndarray, views: Views, labels: np.ndarray) -> dict[str, np.ndarray]:
    """The stack's arrays, as `pipeline.credit_model.stack` reads them."""
    columns = np.hstack(running_columns(chosen, views))
    centre, scale = columns.mean(0), 1 / (columns.std(0) + 1e-6)
    fitted = LogisticRegression(C=C, max_iter=3000).fit((columns - centre) * scale, labels)
    arrays = {"centre": centre, "scale": scale, "coefficients": fitted.coef_, "intercepts": fitted.intercept_}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def kept_out(chosen: np.ndarray, views: Views, pairs: Pairs) -> np.ndarray:
    """Probabilities of every pair by a stack fitted on pairs of other subjects."""
    out = np.zeros_like(chosen)
    for fold in range(FOLDS):
        here = pairs.subjects % FOLDS == fold
        fitted = fit(chosen[~here], {n: view[~here] for n, view in views.items()}, pairs.labels[~here])
        out[here] = in_running_text(chosen[here], {n: view[here] for n, view in views.items()}, fitted)
    return out


def report(name: str, found: np.ndarray, labels: np.ndarray) -> None:
    """Prints how well pairs are told apart, and what those that are called something come to."""
    speaks, said = labels != NONE, likeliest(found)
    called = said != NONE
    right = called & (said == labels)
    each = ", ".join(
        f"{label} {np.sum(right & (labels == i))} of {np.sum(said == i)} called, {np.sum(labels == i)} there"
        for i, label in enumerate(CREDIT_LABELS)
        if i != NONE
    )
    print(
        f"{name}: area under the curve for speaking to the claim {roc_auc_score(speaks, 1 - found[:, NONE]):.3f}, "
        f"log-loss {log_loss(labels, found, labels=range(len(CREDIT_LABELS))):.3f} (n {len(labels)}); at {SPEAKS} "
        f"{called.sum()} are called something: {np.mean(speaks[called]):.3f} speak, {right.sum() / called.sum():.3f} "
        f"are right, {np.mean(called[speaks]):.3f} are found; {each}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits how the credit model reads running text.")
    parser.add_argument("--data", type=Path, help="folder of evaluation data")
    parser.add_argument("--measure", action="store_true", help="measure on subjects kept out, write nothing")
    options = parser.parse_args()
    data = options.data or load_settings().evaluation_data
    if data is None:
        parser.error("give --data, or set evaluation_data")
    pairs, model = load(data), Models().credit
    assert isinstance(model, StackedModel)
    chosen, views = read(pairs, model)
    report("as for chosen texts", chosen, pairs.labels)
    report("on subjects kept out", kept_out(chosen, views, pairs), pairs.labels)
    if not options.measure:
        path = WEIGHTS / "credit.safetensors"
        others = {name: array for name, array in load_file(path).items() if not name.startswith("running.")}
        fitted = fit(chosen, views, pairs.labels)
        save_file(others | {f"running.{name}": np.ascontiguousarray(a) for name, a in fitted.items()}, path)
        print(path, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
