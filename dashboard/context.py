"""What the pages of one app share: its corpus, its snapshots, the pieces brought to it, and its work."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.answers import Answers
from dashboard.jobs import Job, Jobs, Told
from dashboard.pieces import PieceShelf
from dashboard.refreshing import Refresher
from pipeline.errors import InputError, WorkError
from pipeline.intact import open_sound
from pipeline.piece import Piece, article_piece, text_piece
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot, corpus_folder, current_id, open_snapshot

if TYPE_CHECKING:
    from pipeline.models import Models

# Readers on an older snapshot keep it; more than this many at once are opened anew when asked for.
OPEN_SNAPSHOTS = 4
PATIENCE_SECONDS = 300  # for a comparison that a request waits for: a long piece on a busy machine


@dataclass(frozen=True)
class Request:
    """What a comparison answers. `article` or `text` (the key of a kept piece) names the piece."""

    snapshot: str
    article: str | None = None
    text: str | None = None
    ground: str | None = None
    event: str | None = None
    since: str | None = None
    until: str | None = None
    against: tuple[str, ...] = ()
    wire: str = "once"

    @property
    def key(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Analysis:
    """A finished comparison: the document of `parallax compare --json`, and the piece's text.

    The text stands here, and not only in the snapshot, because a piece that was brought is in no snapshot.
    """

    request: Request
    document: dict[str, Any]
    text: str
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)  # of each axis: its upper and its lower end

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """The document's evidence, a row a span, with `key`: the row of the document that it counts for."""
        columns = (
            "measure", "item", "source", "article", "start", "end", "text", "label", "voice", "sentence_start",
            "sentence_end",
        )  # fmt: skip
        return pd.DataFrame(self.document["evidence"], columns=list(columns))

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The document's rows by their key."""
        return {row_key(row): row for row in self.document["rows"]}


def row_key(row: dict[str, Any]) -> str:
    """What names a row in addresses and in the page: `naming|invasion`."""
    return f"{row['measure']}|{row['item']}"


Analyse = Callable[[Snapshot, Piece, Request, Told], dict[str, Any]]


class Context:
    """One app's share of the process. Two apps in a process have two of these, and share nothing."""

    def __init__(
        self,
        store: Path,
        corpus: str,
        settings: Settings,
        *,
        analyse: Analyse | None = None,
        refresh: Sequence[str] | None = None,
    ) -> None:
        self.store, self.corpus, self.settings = store, corpus, settings
        self.refresher = Refresher(store, corpus, settings, refresh)
        self.pieces = PieceShelf(corpus_folder(store, corpus) / "pieces")
        self.answers = Answers()
        self._analyse = analyse or self._compare
        self._open: OrderedDict[str, Snapshot] = OrderedDict()
        self._instead: dict[str, str] = {}
        self._lock = threading.Lock()
        self.warm = False  # whether a text was compared, so that the models are there

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs()

    @cached_property
    def models(self) -> Models:
        """The models, loaded when a piece first needs them."""
        from pipeline.models import Models

        return Models(credit=self.snapshot(None).corpus.models.credit)

    def newest(self) -> str | None:
        """The id of the snapshot in force now."""
        return current_id(self.store, self.corpus)

    def snapshot(self, identifier: str | None) -> Snapshot:
        """A snapshot; where none is named, the one in force, or yesterday's where that one is damaged.

        Raises WorkError or InputError.
        """
        with self._lock:
            newest = self.newest() if identifier is None else None
            chosen = identifier or self._instead.get(newest or "", newest)
            if chosen is not None and chosen in self._open:
                self._open.move_to_end(chosen)
                return self._open[chosen]
            opened = open_snapshot(self.store, self.corpus, identifier) if identifier else self._sound(newest)
            self._open[opened.id] = opened
            while len(self._open) > OPEN_SNAPSHOTS:
                self._open.popitem(last=False)
            return opened

    def _sound(self, newest: str | None) -> Snapshot:
        """The snapshot in force or, remembered until there is a newer one, what is shown instead of a damaged one."""
        opened = open_sound(self.store, self.corpus)
        if newest is not None and opened.id != newest:
            self._instead[newest] = opened.id
        return opened

    def piece(self, request: Request) -> Piece:
        """The piece that a request names. Raises InputError where it is not to be had."""
        if request.text:
            return self.pieces.piece(request.text)
        return article_piece(self.snapshot(request.snapshot), request.article or "")

    def ask(self, request: Request) -> Job:
        """Has a comparison made in the background, or finds it made already."""
        return self.jobs.ask(request.key, lambda told: self._answer(request, told))

    def prepare(self) -> None:
        """Has the models loaded while a reader is still pasting, who would else wait for them: by a comparison of a
        line in the codebook's words, which nobody sees."""
        if not self.warm:
            self.jobs.ask("models", self._prepared)

    def _prepared(self, told: Told) -> None:
        snapshot = self.snapshot(None)
        claims = [proposition.claim for proposition in snapshot.codebook.propositions[:1]]
        names = [f"{name}." for entity in snapshot.codebook.entities[:1] for name in entity.names[:1]]
        line = text_piece(" ".join([f"{snapshot.corpus.title}.", *claims, *names]))
        self._analyse(snapshot, line, Request(snapshot.id), told)
        self.warm = True

    def analysis(self, key: str | None) -> Analysis | None:
        """A finished comparison by its request's key; null where it is not there (any more)."""
        job = self.jobs.get(key)
        return job.result if job is not None and job.state == "done" else None

    def finished(self, request: Request) -> Analysis:
        """A comparison, waited for. Raises WorkError where it was cancelled or takes too long, and what the
        comparison raised."""
        job = self.ask(request)
        if job.future is None:
            raise WorkError("the comparison was cancelled: ask again")
        try:
            analysis: Analysis = job.future.result(timeout=PATIENCE_SECONDS)
        except CancelledError as error:
            raise WorkError("the comparison was cancelled: ask again") from error
        except TimeoutError as error:
            raise WorkError(f"the comparison takes longer than {PATIENCE_SECONDS} s: ask again later") from error
        return analysis

    def _answer(self, request: Request, told: Told) -> Analysis:
        snapshot, piece = self.snapshot(request.snapshot), self.piece(request)
        ends = {axis.id: (axis.positive[0], axis.negative[0]) for axis in snapshot.codebook.axes}
        document = self._analyse(snapshot, piece, request, told)
        self.warm = self.warm or request.text is not None
        return Analysis(request, document, piece.text, ends)

    def _compare(self, snapshot: Snapshot, piece: Piece, request: Request, told: Told) -> dict[str, Any]:
        from pipeline.compare import compare

        return compare(
            piece,
            snapshot,
            models=self.models,
            settings=self.settings,
            ground=request.ground,  # type: ignore[arg-type]
            event=request.event,
            since=_day(request.since),
            until=_day(request.until),
            against=request.against,
            wire="everywhere" if request.wire == "everywhere" else "once",
            told=told,
        ).document()


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InputError(f'"{value}" is no day', remedy="give YYYY-MM-DD") from error
