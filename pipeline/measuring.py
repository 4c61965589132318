"""Runs the measures: sentences → evidence (kept by content) → tallies → the outlets' profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from pipeline.cache import KEY, kept_rows
from pipeline.codebook import Codebook
from pipeline.kept import Kept
from pipeline.measures import Measure, Tally, all_measures, all_quantities
from pipeline.models import Models
from pipeline.reading import Reading
from pipeline.schema import EVIDENCE, PROFILE
from pipeline.uncertainty import estimate
from pipeline.words import WordCounts

TEXT_VERSION = 1  # raise it when sentences or voices change: evidence rests on them


def part_of(reading: Reading, articles: pd.DataFrame) -> Reading:
    """The reading of some of its articles."""
    wanted = set(articles["article"])
    parts = (reading.sentences, reading.attributions, reading.passages)
    return Reading(articles, *(frame[frame["article"].isin(wanted)].reset_index(drop=True) for frame in parts))


def gather_evidence(
    reading: Reading,
    codebook: Codebook,
    models: Models,
    kept: Kept,
    *,
    told: Callable[[str, int, int], None],
) -> pd.DataFrame:
    """The evidence of every kept measure, as EVIDENCE; only articles not measured before are read.

    reading.articles has the column `content_hash`.
    """
    frames = []
    for measure in all_measures():
        if not measure.declaration.kept:
            continue
        declared = measure.declaration
        configuration = "|".join(
            (str(TEXT_VERSION), str(declared.version), codebook.section_hash(*declared.reads),
             measure.configuration(models))
        )  # fmt: skip
        memories = {kind: kept.memory(kind, rests_on) for kind, rests_on in measure.memories(models).items()}
        frames.append(
            kept_rows(
                kept.shelf(f"evidence-{measure.name}", configuration),
                reading.articles,
                partial(_evidence_of_some, measure, reading, codebook, models.remembering(memories)),
                told=partial(told, measure.name),
            )
        )
    some = [EVIDENCE.check(frame) for frame in frames if len(frame)]
    return EVIDENCE.check(pd.concat(some, ignore_index=True)) if some else EVIDENCE.empty()


def _evidence_of_some(
    measure: Measure, reading: Reading, codebook: Codebook, models: Models, articles: pd.DataFrame
) -> pd.DataFrame:
    return measure.evidence(part_of(reading, articles), codebook, models)


def evidence_of(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:
    """The evidence of every measure of spans in a few texts, not kept: for a piece, for which somebody waits.

    Two measures are read side by side: what models compute leaves the interpreter to others.
    """
    read_by_spans = [m for m in all_measures() if m.score is not None]
    with ThreadPoolExecutor(2, thread_name_prefix="measures") as pool:
        frames = list(pool.map(lambda m: m.evidence(reading, codebook, models), read_by_spans))
    some = [frame for frame in frames if len(frame)]
    return EVIDENCE.check(pd.concat(some, ignore_index=True)) if some else EVIDENCE.empty()


def topic_evidence(reading: Reading, codebook: Codebook, models: Models) -> pd.DataFrame:
    """The evidence of the span measures that depend on the corpus and so are not kept (topics)."""
    frames = [
        m.evidence(reading, codebook, models)
        for m in all_measures()
        if m.score is not None and not m.declaration.kept
    ]
    some = [frame for frame in frames if len(frame)]
    return EVIDENCE.check(pd.concat(some, ignore_index=True)) if some else EVIDENCE.empty()


def tallies_of(
    evidence: pd.DataFrame, units: pd.DataFrame, unit_of_row: np.ndarray, codebook: Codebook
) -> dict[str, Tally]:
    """Every span measure's tallies by quantity. unit_of_row: the row in `units` of each row of evidence."""
    evidence = evidence.assign(unit=unit_of_row)
    out = {}
    for measure in all_measures():
        if measure.score is not None:
            mine = evidence[evidence["measure"] == measure.name]
            out.update({tally.quantity: tally for tally in measure.score(mine, units, codebook)})
    return out


def word_tallies_of(counts: WordCounts, codebook: Codebook, models: Models) -> dict[str, Tally]:
    """Every word measure's tallies by quantity, rows as in `counts`."""
    return {
        tally.quantity: tally
        for measure in all_measures()
        if measure.score_words is not None
        for tally in measure.score_words(counts, codebook, models)
    }


def article_units(articles: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Units for tallies over articles: `sentences`, `passages` and `words` of each, in the articles' order."""
    number = articles["article"].map(passages["article"].value_counts()).fillna(0)
    return articles[["sentences", "words"]].assign(passages=number).reset_index(drop=True)


def profile(
    articles: pd.DataFrame,
    tallies: Mapping[str, Tally],
    counts_once: np.ndarray,
    *,
    seed: int,
    resamples: int,
) -> pd.DataFrame:
    """PROFILE: each outlet's value of every quantity over the corpus. counts_once: articles that take part.

    Log-odds are left out: they are taken where outlets are compared, on their own ground.
    """
    outlets = sorted(articles["outlet"].unique())
    codes = pd.Categorical(articles["outlet"], categories=outlets).codes.astype(np.int64)
    groups = np.where(counts_once, codes, -1)
    frames = []
    for name, tally in tallies.items():
        quantity = all_quantities()[name]
        if quantity.estimate == "log_odds" or not tally.items:
            continue
        found = estimate(tally, quantity, groups, len(outlets), seed=seed, resamples=resamples)
        frames.append(
            pd.DataFrame(
                {
                    "outlet": np.repeat(outlets, len(tally.items)),
                    "quantity": name,
                    "item": np.tile(np.array(tally.items, dtype=object), len(outlets)),
                    "value": found.value.ravel(),
                    "low": found.low.ravel(),
                    "high": found.high.ravel(),
                    "n": found.n.ravel(),
                }
            )
        )
    return PROFILE.check(pd.concat(frames, ignore_index=True)) if frames else PROFILE.empty()


def measured(articles: pd.DataFrame) -> pd.DataFrame:
    """The articles that measures read, with what keeping needs."""
    return articles.loc[articles["measured"], ["article", "outlet", "date", "title", "text", KEY]].reset_index(
        drop=True
    )
