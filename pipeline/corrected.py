"""What hand coding says of a measure: how often it is right here, and the values once that is reckoned in.

The corrected value is survey sampling's difference estimator, tuned. For texts it is known as design-based supervised
learning (Egami, Hinck, Stewart and Wei 2023) and prediction-powered inference (Angelopoulos, Duchi and Zrnic 2023):

    Σ all spans λ·machine  +  Σ coded spans (found ÷ coded)·(person − λ·machine)

for numerator and denominator alike, found and coded those of the span's outlet. It is right whatever the measure's
errors, for the coded spans are drawn at random. λ, from 0 (the coded spans alone) to 1, is the one that makes the
variance least, the same for all outlets. Intervals come from the ratio's linearised variance over articles (Cochran
1977, 6.4) with Student's t; one more coded span at either end of the scale is reckoned in, without which a sample
that agrees throughout would leave no doubt. In simulated samples of 20 to 200 spans the 95 % intervals held the true
value in 93 to 100 of 100.

Only what the measure found is drawn from: what it missed is in neither value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.codebook import Codebook
from pipeline.coding import Read, SamplingFrame, Subject, alpha
from pipeline.measures import NOT_IT, Quantity, Tally, all_quantities, measure_named
from pipeline.tallies import dense, reindexed
from pipeline.uncertainty import linearised, wilson

LEAST_CODED = 10  # spans of a group below which its sample says next to nothing, unless these are all it has
ROUNDS = 4  # of the ratio and λ, which depend on one another; they settle after two or three

COLUMNS = (
    "group", "outlets", "quantity", "item", "value", "low", "high", "n", "corrected", "corrected_low",
    "corrected_high", "corrected_n", "found", "coded",
)  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """Machine beside people, span by span; of a span with several coders each one's answer counts in part.

    right: share of the coded spans whose answer is the coders', with its 95 % interval; null without any. n: coded
    spans. table: machine's answers × coders', counts. alpha: Krippendorff's between coders, of `twice` spans.
    """

    right: float | None
    low: float | None
    high: float | None
    n: int
    table: pd.DataFrame
    alpha: float | None
    twice: int


def agreement(frame: SamplingFrame, read: Read) -> Agreement:
    """How far the measure's answers are the coders'."""
    clear, values = read.clear, list(frame.subject.coding.values)
    found = frame.spans["found"].to_numpy(object)[clear["row"].to_numpy()]
    table = (
        clear.assign(found=found)
        .pivot_table(index="found", columns="answer", values="weight", aggfunc="sum", fill_value=0.0)
        .reindex(index=[value for value in values if value != NOT_IT], columns=values, fill_value=0.0)
    )
    n, agreed = clear["row"].nunique(), float((clear["weight"] * (clear["answer"] == found)).sum())
    between, twice = alpha(clear[["row", "coder", "answer"]])
    if not n:
        return Agreement(None, None, None, 0, table, between, twice)
    low, high = (float(end) for end in wilson(np.array(agreed / n), np.array(n)))
    return Agreement(agreed / n, low, high, n, table, between, twice)


def corrected(frame: SamplingFrame, read: Read, codebook: Codebook, groups: Mapping[str, str]) -> pd.DataFrame:
    """The measure's values and the corrected ones, a row a group, quantity and item: COLUMNS.

    groups: the group of each outlet; those in none take no part. Nor do outlets of which nothing is coded (`outlets`
    says how many do), and groups with fewer than LEAST_CODED coded spans, unless these are all that was found.
    value, low, high, n: as measured. corrected, with its interval: the same once the coders' answers are reckoned in;
    corrected_n: coded spans that count for the item. Null where there is nothing to take a value of. found, coded:
    spans found and read in the group's outlets that take part.
    """
    spans, subject, clear = frame.spans, frame.subject, read.clear
    coded = np.isin(np.arange(len(spans)), clear["row"])
    taken = _taken(spans["outlet"], coded, groups)
    if not len(taken):
        return pd.DataFrame(columns=list(COLUMNS))
    spans, coded = spans.iloc[taken].reset_index(drop=True), coded[taken]
    clear = clear.assign(row=np.searchsorted(taken, clear["row"]))[np.isin(clear["row"], taken)]
    sample = _Sample.of(spans, coded, groups)
    frames = []
    for name in subject.coding.quantities:
        quantity = all_quantities()[name]
        items = tuple(dict.fromkeys(spans["item"]))
        machine = _scored(spans, subject, codebook, quantity.name, items)
        answered = _answered(spans, clear, subject)
        scored = _scored(answered, subject, codebook, quantity.name, items)
        person = [_summed(side, answered, len(spans)) for side in scored]
        frames += [
            _rows(quantity, item, sample, _Sides(*(side[:, i] for side in (*machine, *person))))
            for i, item in enumerate(items)
        ]
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


def _taken(outlets: pd.Series, coded: np.ndarray, groups: Mapping[str, str]) -> np.ndarray:
    """The rows of the spans that take part."""
    table = pd.DataFrame({"outlet": outlets, "group": outlets.map(groups), "coded": coded, "found": 1})
    some = table[table.groupby("outlet")["coded"].transform("any")]
    of_group = some.groupby("group")[["coded", "found"]].transform("sum")
    return np.asarray(some.index[of_group["coded"] >= of_group["found"].clip(upper=LEAST_CODED)])


@dataclass(frozen=True)
class _Sample:
    """Who was drawn. weight: found ÷ coded of the row's outlet, 0 where it was not coded. group, article: codes."""

    weight: np.ndarray
    group: np.ndarray
    article: np.ndarray
    of_article: np.ndarray  # the group of each article
    names: tuple[str, ...]
    outlets: np.ndarray  # in each group
    coded: np.ndarray
    found: np.ndarray

    @classmethod
    def of(cls, spans: pd.DataFrame, coded: np.ndarray, groups: Mapping[str, str]) -> _Sample:
        outlet, outlets = pd.factorize(spans["outlet"])
        names = tuple(sorted({groups[name] for name in outlets}))
        of_outlet = np.array([names.index(groups[name]) for name in outlets])
        group, (article, articles) = of_outlet[outlet], pd.factorize(spans["article"])
        of_article = np.zeros(len(articles), np.int64)
        of_article[article] = group
        weight = np.bincount(outlet) / np.maximum(np.bincount(outlet, coded), 1)
        return cls(
            weight=np.where(coded, weight[outlet], 0.0), group=group, article=article, of_article=of_article,
            names=names, outlets=np.bincount(of_outlet, minlength=len(names)),
            coded=np.bincount(group, coded, len(names)).astype(np.int64),
            found=np.bincount(group, minlength=len(names)),
        )  # fmt: skip

    def total(self, values: np.ndarray) -> np.ndarray:
        """The sum over each group's rows."""
        return np.bincount(self.group, values, len(self.names))

    def by_article(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.article, values, len(self.of_article))

    def tally(self, quantity: str, item: str, sides: _Sides) -> Tally:
        """What the machine's spans add, by article."""
        summed = (self.by_article(side) for side in (sides.above, sides.below, sides.above**2))
        return Tally(quantity, (item,), *(sparse.csr_array(side[:, None]) for side in summed))

    def of_articles(self, values: np.ndarray) -> np.ndarray:
        """The sum over each group's articles."""
        return np.bincount(self.of_article, values, len(self.names))


def _answered(spans: pd.DataFrame, clear: pd.DataFrame, subject: Subject) -> pd.DataFrame:
    """The evidence as the coders have it: a row an answer, with `row`, the span's, and `share`, its part in it."""
    coding = subject.coding
    kept = clear[clear["answer"] != NOT_IT]
    rows = spans.iloc[kept["row"]].reset_index(drop=True)
    answer = kept["answer"].reset_index(drop=True)
    weight = answer.map(coding.weights).astype(float) if coding.weights else rows["weight"]
    return rows.assign(**{coding.column: answer}, weight=weight, row=kept["row"].array, share=kept["weight"].array)


def _scored(
    rows: pd.DataFrame, subject: Subject, codebook: Codebook, quantity: str, items: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """What each row of evidence adds to numerator and denominator, by the measure itself: rows × items, twice."""
    measure = measure_named(subject.measure)
    assert measure is not None
    assert measure.score is not None  # a measure that is coded finds spans
    units = pd.DataFrame({"sentences": 0, "words": 0}, index=range(len(rows)))
    tallies = measure.score(rows.assign(unit=np.arange(len(rows))), units, codebook)
    tally = next(tally for tally in tallies if tally.quantity == quantity)
    return dense(reindexed(tally, items), slice(None))


def _summed(values: np.ndarray, answered: pd.DataFrame, n: int) -> np.ndarray:
    """What answers add, for each of the n spans: of a span with several coders their mean."""
    out = np.zeros((n, values.shape[1]))
    np.add.at(out, answered["row"].to_numpy(np.int64), values * answered["share"].to_numpy()[:, None])
    return out


def _rows(quantity: Quantity, item: str, sample: _Sample, sides: _Sides) -> pd.DataFrame:
    """One item's values by the machine, and corrected."""
    by_machine = linearised(sample.tally(quantity.name, item, sides), quantity, sample.of_article, len(sample.names))
    share, found = 0.0, _reckoned(sample, sides, 0.0)
    for _ in range(ROUNDS):
        share = _tuned(sample, sides, found)
        found = _reckoned(sample, sides, share)
    counting = sample.total((sample.weight > 0) * sides.b)
    low, high = _interval(quantity, found, counting, sample.coded)
    return pd.DataFrame(
        {
            "group": sample.names, "outlets": sample.outlets, "quantity": quantity.name, "item": item,
            "value": by_machine.value[:, 0], "low": by_machine.low[:, 0], "high": by_machine.high[:, 0],
            "n": by_machine.n[:, 0], "corrected": np.clip(found.ratio, *quantity.bounds), "corrected_low": low,
            "corrected_high": high, "corrected_n": np.rint(counting).astype(np.int64), "found": sample.found,
            "coded": sample.coded,
        }
    )  # fmt: skip


@dataclass(frozen=True)
class _Sides:
    """What each span adds to numerator and denominator of one item: by the machine (above, below), by the people
    (a, b; 0 where nobody read)."""

    above: np.ndarray
    below: np.ndarray
    a: np.ndarray
    b: np.ndarray


@dataclass(frozen=True)
class _Reckoned:
    """Of each group the ratio (NaN where there is none), its denominator, and the sum of its articles' squares."""

    ratio: np.ndarray
    total: np.ndarray
    squares: np.ndarray


def _reckoned(sample: _Sample, sides: _Sides, share: float) -> _Reckoned:
    w = sample.weight
    numerator = share * sides.above * (1 - w) + w * sides.a
    denominator = share * sides.below * (1 - w) + w * sides.b
    total = sample.total(denominator)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(total > 0, sample.total(numerator) / total, np.nan)
    left = sample.by_article(numerator - np.nan_to_num(ratio)[sample.group] * denominator)
    return _Reckoned(ratio, total, sample.of_articles(left**2))


def _tuned(sample: _Sample, sides: _Sides, found: _Reckoned) -> float:
    """λ: how much of the machine's answers to take, 0 to 1, so that the squares of all groups are least."""
    w, ratio = sample.weight, np.nan_to_num(found.ratio)[sample.group]
    by_machine = sample.by_article((sides.above - ratio * sides.below) * (1 - w))
    by_people = sample.by_article(w * (sides.a - ratio * sides.b))
    each = np.where(found.total > 0, found.total, np.inf)[sample.of_article] ** 2
    squares = float((by_machine**2 / each).sum())
    return float(np.clip(-(by_machine * by_people / each).sum() / squares, 0, 1)) if squares else 0.0


def _interval(
    quantity: Quantity, found: _Reckoned, counting: np.ndarray, coded: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """95 %, within the bounds. counting: coded spans that count for the item."""
    from scipy.special import stdtrit  # some megabytes, which a reader of other pages does without

    floor, ceiling = (float(bound) for bound in quantity.bounds if bound is not None)
    with np.errstate(invalid="ignore", divide="ignore"):
        at_the_ends = ((ceiling - found.ratio) ** 2 + (found.ratio - floor) ** 2) / np.maximum(counting, 1) ** 2
        error = np.sqrt(found.squares / found.total**2 + at_the_ends)
    half = stdtrit(np.maximum(coded - 1, 1), 0.975) * error
    return np.clip(found.ratio - half, floor, ceiling), np.clip(found.ratio + half, floor, ceiling)
