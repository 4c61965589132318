"""What the JSON API answers: of each path the rows, or the thing, that a snapshot has for the question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

import pandas as pd
from flask import request

from dashboard.figures import all_charts, chart_named
from dashboard.figures._frame import with_kinds
from pipeline.errors import InputError, ParallaxError
from pipeline.schema import TABLES
from pipeline.snapshot import Snapshot, snapshot_ids

MOST = 1000  # rows of one answer
GROUNDS = ("event", "neighbourhood", "period")
# Where each answer is to be had, by the name of the method that gives it.
PATHS = {
    "snapshots": "/snapshots", "outlets": "/outlets", "events": "/events", "event": "/events/<event>",
    "articles": "/articles", "article": "/articles/<article>", "topics": "/topics", "profile": "/profile",
    "evidence": "/evidence", "charts": "/charts", "chart_data": "/charts/<chart>", "compare_article": "/compare",
}  # fmt: skip


class Reader(Protocol):
    """What the API reads from: the dashboard's context is one."""

    store: Any
    corpus: str

    def snapshot(self, identifier: str | None) -> Snapshot: ...


Compare = Callable[[Snapshot, str, str | None, str | None], dict[str, Any]]  # snapshot, article, ground, event


class NotFoundError(ParallaxError):
    """There is no such thing; answered with 404."""


class ApiAnswers:
    """The answers. Each takes the snapshot, then the parts of its path; filters are read from the question.

    compare: makes the answer of `parallax compare --json` for a stored article.
    """

    def __init__(self, reader: Reader, compare: Compare) -> None:
        self._reader, self._compare = reader, compare

    def snapshots(self, snapshot: Snapshot) -> Any:
        ids = snapshot_ids(self._reader.store, self._reader.corpus)
        current = self._reader.snapshot(None).id
        return {"corpus": self._reader.corpus, "current": current, "read": snapshot.id, "snapshots": ids}

    def outlets(self, snapshot: Snapshot) -> Any:
        counts = snapshot.heads.groupby("outlet").size()
        table = snapshot.table("outlets")
        return _page(table.assign(articles=table["outlet"].map(counts).fillna(0).astype(int)))

    def events(self, snapshot: Snapshot) -> Any:
        table = snapshot.table("events")
        least = _whole("least", 1, low=1)
        table = table[table["outlets"] >= least].sort_values(["articles", "event"], ascending=[False, True])
        return _page(table.rename(columns={"event": "id"}))

    def event(self, snapshot: Snapshot, event: str) -> Any:
        table = snapshot.table("events")
        found = table[table["event"] == event].rename(columns={"event": "id"})
        if not len(found):
            raise NotFoundError(f'there is no event "{event}" in snapshot {snapshot.id}')
        articles = snapshot.heads
        members = articles[articles["event"] == event].sort_values(["date", "article"])
        return {**_records(found)[0], "members": _records(members[list(ARTICLE)])}

    def articles(self, snapshot: Snapshot) -> Any:
        table = snapshot.heads
        for name in ("event", "outlet"):
            if (wanted := request.args.get(name)) is not None:
                table = table[table[name] == wanted]
        since, until = _day("since"), _day("until")
        table = table if since is None else table[table["date"] >= pd.Timestamp(since)]
        table = table if until is None else table[table["date"] <= pd.Timestamp(until)]
        return _page(table[list(ARTICLE)].sort_values(["date", "article"]))

    def article(self, snapshot: Snapshot, article: str) -> Any:
        found = snapshot.heads.iloc[[row for row in snapshot.places([article]) if row >= 0]]
        if not len(found):
            raise NotFoundError(f'there is no article "{article}" in snapshot {snapshot.id}')
        return _records(snapshot.with_texts(found)[TABLES["articles"].names])[0]

    def topics(self, snapshot: Snapshot) -> Any:
        return _page(snapshot.table("topics"))

    def profile(self, snapshot: Snapshot) -> Any:
        table = snapshot.table("profile")
        for name in ("outlet", "quantity", "item"):
            if (wanted := request.args.get(name)) is not None:
                table = table[table[name] == wanted]
        return _page(table)

    def evidence(self, snapshot: Snapshot) -> Any:
        from dashboard.export.evidence import snapshot_evidence

        outlet = request.args.get("outlet")
        _check_there(snapshot)
        table = snapshot_evidence(
            snapshot, event=request.args.get("event"), outlets=[] if outlet is None else [outlet]
        )
        for name in ("measure", "item", "article"):
            if (wanted := request.args.get(name)) is not None:
                table = table[table[name] == wanted]
        return _page(table)

    def charts(self, snapshot: Snapshot) -> Any:  # noqa: ARG002 – every answer is of a snapshot
        return [
            {"name": m.name, "title": m.chart.title, "needs": list(m.chart.needs), "about": m.chart.about,
             "options": [{"name": o.name, "about": o.about} for o in m.chart.options]}
            for m in all_charts()
        ]  # fmt: skip

    def chart_data(self, snapshot: Snapshot, chart: str) -> Any:
        names = [m.name for m in all_charts()]
        if chart not in names:
            raise NotFoundError(f'there is no chart "{chart}"; the charts: {", ".join(names)}')
        module = chart_named(chart)
        own = {option.name for option in module.chart.options}
        piece = request.args.get("piece")
        for given in request.args:
            if given not in own | {"piece", "ground", "snapshot", "limit", "offset"} and not (
                piece and given == "event"
            ):
                listed = ", ".join(sorted(own)) or "none"
                raise InputError(f'chart {chart} has no option "{given}"', remedy=f"its options: {listed}")
        options = {k: v for k, v in request.args.items() if k in own and not (piece and k == "event")}
        _check_there(snapshot)
        source: Any = snapshot
        if piece is not None:
            if "document" not in module.chart.takes:
                raise InputError(f"chart {chart} is of the corpus", remedy="leave piece out")
            source = with_kinds(self._compared(snapshot, piece), snapshot)
        return _page(module.tidy(source, options))

    def compare_article(self, snapshot: Snapshot) -> Any:
        wanted = request.args.get("article")
        if not wanted:
            raise InputError("an article is needed", remedy="give article=ID; /articles lists them")
        return self._compared(snapshot, wanted)

    def _compared(self, snapshot: Snapshot, article: str) -> dict[str, Any]:
        if snapshot.places([article])[0] < 0:
            raise NotFoundError(f'there is no article "{article}" in snapshot {snapshot.id}')
        _check_there(snapshot)
        ground = request.args.get("ground")
        if ground is not None and ground not in GROUNDS:
            raise InputError(f'ground is "{ground}"', remedy=f"give one of: {', '.join(GROUNDS)}")
        return self._compare(snapshot, article, ground, request.args.get("event"))


ARTICLE = (
    "article", "outlet", "date", "title", "url", "language", "words", "sentences", "measured", "reason", "event",
    "wire",
)  # fmt: skip


def _check_there(snapshot: Snapshot) -> None:
    """The event and the outlet that the question names are there."""
    for name, table in (("event", "events"), ("outlet", "outlets")):
        wanted = request.args.get(name)
        if wanted is not None and wanted not in set(snapshot.table(table)[name]):
            raise NotFoundError(f'there is no {name} "{wanted}" in snapshot {snapshot.id}')


def _page(table: pd.DataFrame) -> dict[str, Any]:
    """Some rows of a table, with how many there are: ?limit= (1000 at most) and ?offset=."""
    limit, offset = _whole("limit", MOST, low=1, high=MOST), _whole("offset", 0, low=0)
    return {"total": len(table), "offset": offset, "rows": _records(table.iloc[offset : offset + limit])}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values; null where there is none, days as YYYY-MM-DD."""
    out = table.copy()
    for name in out.columns:
        if pd.api.types.is_datetime64_any_dtype(out[name]):
            out[name] = out[name].dt.strftime("%Y-%m-%d")
    plain = out.astype(object).where(out.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _whole(name: str, default: int, *, low: int, high: int = 10**9) -> int:
    """A whole number from the question."""
    given = request.args.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 10 or not low <= int(given) <= high:
        raise InputError(f'{name} is "{given}"', remedy=f"give a whole number from {low} to {high}")
    return int(given)


def _day(name: str) -> date | None:
    given = request.args.get(name)
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError as error:
        raise InputError(f'{name} is "{given}"', remedy="give YYYY-MM-DD") from error
