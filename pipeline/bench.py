"""Benchmarks: each module of `pipeline/benchmarks/` is one line, a ratio of two things timed side by side.

A benchmark module has `bench(setting) → Line`. Seconds depend on the machine and on what else it does; the
two sides are timed in turns in one run, so that their ratio hardly does.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any, Literal

from pipeline import benchmarks
from pipeline.benchmarks._synthetic import FULL_CODEBOOK, make_corpus
from pipeline.corpus import Corpus
from pipeline.errors import InputError
from pipeline.models import Models
from pipeline.settings import Settings, load_settings

ROUNDS = 3
LARGE_VERSION = 3  # raise it when large snapshots are made otherwise: kept ones are then made anew


@dataclass(frozen=True)
class Side:
    """One of the two things: what it is, and how long it took for how many; of an amount, `n` is how much."""

    name: str
    seconds: float
    n: int

    @property
    def per_second(self) -> float:
        return self.n / self.seconds


@dataclass(frozen=True)
class Line:
    """One line. ratio: what `of` says. target: what it should be at least or at most; null where nothing is promised.

    rival null: there is nothing to hold it against here, and `why` says why.
    """

    title: str
    unit: str
    ours: Side
    rival: Side | None
    of: Literal["rate", "seconds", "amount"] = "rate"
    target: float | None = None
    why: str | None = None
    more: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Our rate ÷ the rival's, higher is better; or our seconds, or amount, ÷ the rival's, lower is better."""
        if self.rival is None:
            return None
        if self.of == "amount":
            return self.ours.n / self.rival.n
        if self.of == "rate":
            return self.ours.per_second / self.rival.per_second
        return self.ours.seconds / self.rival.seconds

    @property
    def met(self) -> bool | None:
        """Whether the target is met; null where there is none."""
        if self.target is None or self.ratio is None:
            return None
        return self.ratio >= self.target if self.of == "rate" else self.ratio <= self.target

    def as_json(self, name: str) -> dict[str, Any]:
        ratio = None if self.ratio is None else round(self.ratio, 4)
        return {"name": name, **asdict(self), "ratio": ratio, "met": self.met}


@dataclass
class Setting:
    """What benchmarks share. folder: theirs to fill. articles: how large the synthetic corpus is; large: how large
    the synthetic snapshot that is served."""

    folder: Path
    articles: int = 2000
    large: int = 10_000
    cache: Path | None = None  # where large snapshots are kept for the next time
    told: Callable[[str], None] = lambda line: None

    @cached_property
    def models(self) -> Models:
        return Models()

    @cached_property
    def settings(self) -> Settings:
        return load_settings(store=self.folder / "store")

    @cached_property
    def large_store(self) -> Path:
        """A store with the large synthetic snapshot, under the name that `_large.py` gives."""
        from pipeline.benchmarks._large import NAME, make_large
        from pipeline.snapshot import current_id

        store = (self.cache or self.folder) / f"large-{LARGE_VERSION}-{self.large}"
        if current_id(store, NAME) is None:
            self.told(f"making a snapshot of {self.large:,} synthetic articles")
            make_large(store, self.large, models=self.models)
        return store

    def corpus(self, articles: int) -> Corpus:
        """The synthetic corpus with so many articles, with a codebook that has every section."""
        return make_corpus(self.folder / "corpus", range(articles), codebook=FULL_CODEBOOK)

    def refresh_seconds(self, articles: int) -> float:
        """How long a refresh takes after which so many articles are in; what was kept is not done again."""
        from pipeline.refresh import refresh

        corpus = self.corpus(articles)
        return timed(lambda: refresh(corpus, self.settings, models=self.models))

    @cached_property
    def first_seconds(self) -> float:
        """How long the first refresh of the synthetic corpus takes, once everything is imported and loaded."""
        from pipeline.refresh import refresh

        self.told("reading a few articles, so that imports and models are no part of it")
        few = make_corpus(self.folder / "few", range(24), name="few", codebook=FULL_CODEBOOK)
        refresh(few, self.settings, models=self.models)
        self.told(f"refreshing {self.articles:,} synthetic articles")
        return self.refresh_seconds(self.articles)


def timed(work: Callable[[], Any]) -> float:
    """Seconds that it takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def in_turns(ours: Callable[[], Any], rival: Callable[[], Any], *, rounds: int = ROUNDS) -> tuple[float, float]:
    """The median seconds of each, timed in turns after one round that does not count."""
    ours(), rival()
    pairs = [(timed(ours), timed(rival)) for _ in range(rounds)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def all_benchmarks(packages: Sequence[Any] = (benchmarks,)) -> dict[str, Callable[[Setting], Line]]:
    """Every benchmark of these packages, by the name of its module."""
    found = {}
    for package in packages:
        for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
            if not module.startswith("_"):
                found[module] = importlib.import_module(f"{package.__name__}.{module}").bench
    return found


def run_benchmarks(
    setting: Setting, names: Sequence[str] = (), *, packages: Sequence[Any] = (benchmarks,)
) -> Iterator[tuple[str, Line]]:
    """Each line as it is done, all where none is named. Raises InputError for a name that there is not."""
    known = all_benchmarks(packages)
    wrong = [name for name in names if name not in known]
    if wrong:
        raise InputError(f'no benchmark "{wrong[0]}"', remedy=f"give some of: {', '.join(known)}")
    for name in names or known:
        setting.told(f"{name} …")
        yield name, known[name](setting)
