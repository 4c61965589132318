"""What a piece is compared with: its event, its neighbourhood, or a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline import events, words
from pipeline.errors import InputError
from pipeline.memory import key_of
from pipeline.models import Models
from pipeline.names import telling
from pipeline.piece import Piece
from pipeline.settings import Settings
from pipeline.snapshot import Snapshot

GroundKind = Literal["event", "neighbourhood", "period"]
SECOND_LOOK = 60  # articles that the transformer compares with the piece: about a second
# Match below which a piece fits no event: of 685 labelled articles 99 % lie above it for their own event, and
# 81 % below it for every other one once their own is taken away.
LEAST_MATCH = 0.40
SHARED = 6  # words that say why a piece fits an event
PERIOD_DAYS = 7  # either side of the piece's date, where a period is compared and none is given


@dataclass(frozen=True)
class Ground:
    """The articles that a piece is compared with.

    rows: their rows in the snapshot's articles. match: 0 – 1, the piece's likeness to the event. shared:
    words of both. why: one sentence for people.
    """

    kind: GroundKind
    rows: np.ndarray
    event: str | None
    match: float | None
    why: str
    shared: tuple[str, ...] = ()
    candidates: tuple[tuple[str, float], ...] = field(default=())


@dataclass(frozen=True)
class Likeness:
    """The likeness of a piece to every measured article, and what it is made of."""

    rows: np.ndarray  # rows in the snapshot's articles
    value: np.ndarray
    tfidf: sparse.csr_array  # of the piece, 1 × vocabulary


def likeness(piece: Piece, snapshot: Snapshot, models: Models) -> Likeness:
    """½ cosine of title and lead + ½ cosine of TF-IDF, as events are made from; for the nearest, the mean of
    that and the transformer's cosine of title and lead, which tells what an opinion piece starts from."""
    articles = snapshot.table("articles")
    rows = np.flatnonzero(articles["measured"])
    close = snapshot.closeness
    vector = models.static.encode([events.lead(piece.title, piece.text, begin=piece.body_start)])[0]
    mine = words.count([f"{piece.title or ''}. {piece.text[piece.body_start :]}"])
    column = snapshot.words.column
    known = [(column[w], n) for w, n in zip(mine.vocabulary, mine.counts.toarray()[0], strict=True) if w in column]
    where = np.array([place for place, _ in known], np.int64)
    n = np.array([times for _, times in known], np.float32)
    counts = sparse.csr_array((n, (np.zeros(len(n), np.int64), where)), shape=(1, len(column)))
    frequency = np.asarray((snapshot.words.counts[rows] > 0).sum(0)).ravel()
    tfidf = words.tfidf(counts, frequency, len(rows))
    value = 0.5 * (close.vectors @ vector) + 0.5 * (close.tfidf @ tfidf.T).toarray().ravel()
    value = np.clip(value, 0, 1)
    nearest = _candidates(piece, articles.iloc[rows], value, window=snapshot.corpus.events.window_days)
    sharp = value / 2  # those not looked at twice stay behind those that were
    theirs = _sharp(nearest, articles.iloc[rows[nearest]], snapshot, models)
    sharp[nearest] += np.clip(theirs @ _own_sharp(piece, articles.iloc[rows], snapshot, models), 0, 1) / 2
    return Likeness(rows, sharp, tfidf)


def _sharp(places: np.ndarray, articles: pd.DataFrame, snapshot: Snapshot, models: Models) -> np.ndarray:
    """The transformer's vectors of some articles' title and lead: the snapshot's, where they are this encoder's."""
    if (kept := _kept_sharp(snapshot, models)) is not None:
        return np.asarray(kept[places], np.float32)
    leads = events.leads(articles)
    return models.memory("leads").rows(
        [key_of(models.transformer.hash, lead) for lead in leads],
        lambda some: models.transformer.encode([leads[i] for i in some]),
    )


def _own_sharp(piece: Piece, articles: pd.DataFrame, snapshot: Snapshot, models: Models) -> np.ndarray:
    """The same of the piece: the snapshot's where it is one of its articles, so that nothing has to be loaded."""
    place = np.flatnonzero((articles["article"] == piece.article).to_numpy(bool))
    if len(place) and (kept := _kept_sharp(snapshot, models)) is not None:
        return np.asarray(kept[place[0]], np.float32)
    own = models.transformer.encode([events.lead(piece.title, piece.text, begin=piece.body_start)])
    return np.asarray(own[0])


def _kept_sharp(snapshot: Snapshot, models: Models) -> np.ndarray | None:
    """The snapshot's vectors, of the measured articles; null where it has none by this encoder."""
    same = snapshot.manifest.get("transformer") == models.transformer.hash
    return snapshot.sharp_leads if same else None


def _candidates(piece: Piece, articles: pd.DataFrame, value: np.ndarray, *, window: int) -> np.ndarray:
    """The articles worth a second look: the most alike within the window, then the most alike at all."""
    order = value.copy()
    if piece.date is not None:
        near = np.abs((articles["date"] - pd.Timestamp(piece.date)).dt.days.to_numpy()) <= window
        order = order + near
    return np.argsort(-order, kind="stable")[:SECOND_LOOK]


def choose_ground(
    piece: Piece,
    snapshot: Snapshot,
    *,
    models: Models,
    settings: Settings,
    kind: GroundKind | None = None,
    event: str | None = None,
    since: date | None = None,
    until: date | None = None,
    against: Sequence[str] = (),
) -> Ground:
    """The ground asked for, or, where nothing is asked for, the best there is.

    A piece that fits no event is compared with the period; an event with fewer outlets than the setting
    `minimum_outlets` is widened to its neighbourhood. Raises InputError for an unknown event or outlet, and
    for a ground without articles.
    """
    articles = snapshot.table("articles")
    like = likeness(piece, snapshot, models)
    allowed = _not_itself(piece, articles)[like.rows] & _among(against, articles)[like.rows]
    found = _rank_events(piece, like, articles, allowed, window=snapshot.corpus.events.window_days)
    if event is not None and event not in set(articles["event"].dropna()):
        raise InputError(f'no event "{event}" in snapshot {snapshot.id}', remedy="`parallax events` lists them")
    best, match = (event, dict(found).get(event, 0.0)) if event else found[0] if found else (None, 0.0)
    fits = event is not None or match >= LEAST_MATCH
    if kind == "period" or ((since or until) and kind is None) or (not fits and kind != "neighbourhood"):
        if kind == "event":
            why = f"it fits no event (best match {match:.2f}), so it is compared with the period"
        else:
            why = "the period asked for" if fits else f"it fits no event (best match {match:.2f})"
        return _period(piece, articles, like, allowed, since, until, why, tuple(found[:5]))
    chosen = Ground(
        kind="event",
        rows=like.rows[allowed & (articles["event"].iloc[like.rows] == best).to_numpy(bool)],
        event=best,
        match=match,
        why="the event chosen by hand" if event else "the event whose articles are most like it",
        shared=_shared(piece, like, articles, best, snapshot),
        candidates=tuple(found[:5]),
    )
    outlets = articles["outlet"].iloc[chosen.rows].nunique()
    widen = kind == "neighbourhood" or (kind is None and outlets < min(settings.minimum_outlets, _most(articles)))
    return _neighbourhood(piece, chosen, articles, like, allowed, settings, outlets) if widen else _some(chosen)


def _most(articles: pd.DataFrame) -> int:
    """A corpus of few outlets cannot have more of them on an event."""
    return int(articles["outlet"].nunique())


def _not_itself(piece: Piece, articles: pd.DataFrame) -> np.ndarray:
    """All articles but the piece, its wire copies, and any of the very same text."""
    same = (articles["article"] == piece.article) | (articles["text"].str.strip() == piece.text.strip())
    wires = set(articles.loc[same, "wire"].dropna())
    return np.asarray(~(same | articles["wire"].isin(wires)), bool)


def _among(against: Sequence[str], articles: pd.DataFrame) -> np.ndarray:
    """Articles of the outlets asked for; all where none is."""
    known = set(articles["outlet"])
    for outlet in against:
        if outlet not in known:
            listed = ", ".join(sorted(known))
            raise InputError(f'no outlet "{outlet}" in this corpus', remedy=f"give one of: {listed}")
    return articles["outlet"].isin(list(against)).to_numpy(bool) if against else np.ones(len(articles), bool)


def _rank_events(
    piece: Piece, like: Likeness, articles: pd.DataFrame, allowed: np.ndarray, *, window: int
) -> list[tuple[str, float]]:
    """Events within the window of the piece's date, best first, by the mean of their three nearest articles."""
    part = articles.iloc[like.rows]
    near = allowed & part["event"].notna().to_numpy(bool)
    if piece.date is not None:
        apart = np.abs((part["date"] - pd.Timestamp(piece.date)).dt.days.to_numpy())
        near &= apart <= window
    return event_scores(part["event"].to_numpy()[near], like.value[near])


def event_scores(event: np.ndarray, value: np.ndarray) -> list[tuple[str, float]]:
    """Events by their likeness to a piece, best first: the mean of the nearest article's and the nearest three's.

    An event of fewer than three articles is judged by those it has.
    """
    frame = pd.DataFrame({"event": event, "like": value})
    top = frame.sort_values(["like", "event"], ascending=[False, True]).groupby("event", sort=False).head(3)
    by_event = top.groupby("event", sort=True)["like"]
    score = (by_event.max() + by_event.mean()) / 2
    return [(str(e), float(v)) for e, v in score.sort_values(ascending=False, kind="stable").items()]


def _shared(
    piece: Piece, like: Likeness, articles: pd.DataFrame, event: str | None, snapshot: Snapshot
) -> tuple[str, ...]:
    """The words that count most for both piece and event, as the piece writes them."""
    rows = np.flatnonzero((articles["event"].iloc[like.rows] == event).to_numpy(bool))
    weight = np.asarray(snapshot.closeness.tfidf[rows].mean(0)).ravel() * like.tfidf.toarray().ravel()
    best = np.argsort(-weight, kind="stable")[: 2 * SHARED]
    return tuple(telling([snapshot.words.vocabulary[i] for i in best if weight[i] > 0], [piece.text], SHARED))


def _neighbourhood(
    piece: Piece,
    event: Ground,
    articles: pd.DataFrame,
    like: Likeness,
    allowed: np.ndarray,
    settings: Settings,
    outlets: int,
) -> Ground:
    """The event's articles and those most like the piece, within the window."""
    days = articles["date"].iloc[like.rows]
    middle = pd.Timestamp(piece.date) if piece.date else articles["date"].iloc[event.rows].mean()
    near = allowed & (np.abs((days - middle).dt.days.to_numpy()) <= settings.neighbourhood_days)
    order = np.flatnonzero(near)[np.argsort(-like.value[near], kind="stable")]
    rows = np.union1d(like.rows[order[: settings.neighbourhood_articles]], event.rows)
    taken = f"the nearest coverage within {settings.neighbourhood_days} days is taken in"
    few = outlets < settings.minimum_outlets
    why = f"its event has {outlets} outlet{'s' if outlets != 1 else ''}, so {taken}" if few else f"{taken}, as asked"
    return _some(Ground("neighbourhood", rows, event.event, event.match, why, event.shared, event.candidates))


def _period(
    piece: Piece,
    articles: pd.DataFrame,
    like: Likeness,
    allowed: np.ndarray,
    since: date | None,
    until: date | None,
    why: str,
    candidates: tuple[tuple[str, float], ...],
) -> Ground:
    """All coverage between two days; without them, a week either side of the piece; without a date, all."""
    week = pd.Timedelta(days=PERIOD_DAYS)
    given = bool(since or until)
    begin = pd.Timestamp(since) if since else None if given or not piece.date else pd.Timestamp(piece.date) - week
    end = pd.Timestamp(until) if until else None if given or not piece.date else pd.Timestamp(piece.date) + week
    days = articles["date"].iloc[like.rows]
    inside = allowed.copy()
    if begin is not None:
        inside &= (days >= begin).to_numpy(bool)
    if end is not None:
        inside &= (days <= end).to_numpy(bool)
    if not inside.any() and not given:
        inside, why = allowed, f"{why}; nothing lies near its date, so the whole corpus is taken"
    return _some(Ground("period", like.rows[inside], None, None, why, (), candidates))


def _some(ground: Ground) -> Ground:
    if not len(ground.rows):
        raise InputError(
            "there is nothing to compare with on this ground",
            remedy="choose another event, period or outlets",
        )
    return ground
