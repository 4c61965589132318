"""How the credit model reads running text: the second stack, fitted on real sentences that were read by hand."""

from __future__ import annotations

import numpy as np
from credit_material import NONE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from pipeline.credit_model import SPEAKS, Views, in_running_text, running_columns
from pipeline.credit_reading import likeliest
from pipeline.schema import CREDIT_LABELS

FOLDS = 5
# Of .001 to .1, the least log-loss on claims kept out.
C = 0.01


def fit(chosen: np.ndarray, views: Views, labels: np.ndarray) -> dict[str, np.ndarray]:
    """The stack's arrays, as `pipeline.credit_model.stack` reads them."""
    columns = np.hstack(running_columns(chosen, views))
    centre, scale = columns.mean(0), 1 / (columns.std(0) + 1e-6)
    fitted = LogisticRegression(C=C, max_iter=3000).fit((columns - centre) * scale, labels)
    arrays = {"centre": centre, "scale": scale, "coefficients": fitted.coef_, "intercepts": fitted.intercept_}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def kept_out(chosen: np.ndarray, views: Views, labels: np.ndarray, claims: np.ndarray) -> np.ndarray:
    """Probabilities of every pair by a stack fitted on pairs of other claims. claims: each pair's, as a number."""
    out = np.zeros_like(chosen)
    for fold in range(FOLDS):
        here = claims % FOLDS == fold
        fitted = fit(chosen[~here], {n: view[~here] for n, view in views.items()}, labels[~here])
        mine = {n: view[here] for n, view in views.items()}
        out[here] = in_running_text(chosen[here], np.exp(mine["judged"]), mine, fitted)
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
