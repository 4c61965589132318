"""The four views of a comparison: what sets the piece apart, all measures, what it leaves out, reading."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import html, queries
from dashboard.components import section, select, state, take, take_report, take_table
from dashboard.context import Analysis
from dashboard.figures.matrix import ALL
from dashboard.groups import NO_GROUP, Groups, group_of
from dashboard.numbers import day, many
from dashboard.views import distances, matrix, omissions, reading, strips
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot

ASIDE = 7  # omissions beside the strips; the others have a view of their own


def draw(
    analysis: Analysis,
    snapshot: Snapshot,
    *,
    view: str,
    by: str,
    show: str | None,
    beside: str | None,
    own: Groups | None = None,
) -> Any:
    """A view of a finished comparison. own: the reader's groups of outlets, for by=own."""
    unmeasured = _unmeasured(analysis)
    kinds = kinds_on(analysis, snapshot, by, own or {})
    if view == "reading":
        return _reading(analysis, snapshot, show, beside)
    if unmeasured is not None:
        return unmeasured
    if view == "matrix":
        return _matrix(analysis, kinds, by, show)
    return _omitted(analysis) if view == "omitted" else _apart(analysis, kinds)


def kinds_on(analysis: Analysis, snapshot: Snapshot, by: str, own: Groups) -> dict[str, str | None]:
    """The kind (or country, or the reader's group) of each outlet on the ground, in the order of the corpus: it
    gives the marks."""
    there = {o["outlet"] for o in analysis.document["outlets"]}
    if by in ("country", "own"):
        known: dict[str, str | None] = dict(group_of(snapshot, by, own))
        return {name: group for name, group in known.items() if name in there}
    table = queries.outlets(snapshot)
    return {
        name: kind if isinstance(kind, str) else None
        for name, kind in zip(table["outlet"], table["kind"], strict=True)
        if name in there
    }


def ground_articles(analysis: Analysis, snapshot: Snapshot) -> pd.DataFrame:
    """The articles that the evidence of the ground comes from, and its event's."""
    articles = snapshot.heads
    event = analysis.document["event"]
    mine = set(analysis.evidence["article"])
    if event is not None and analysis.document["ground"] == "event":
        return articles[(articles["event"] == event["id"]) & articles["measured"]]
    return articles[articles["article"].isin(mine)]


def taken(analysis: Analysis, name: str, **options: str | None) -> html.Element:
    """The links that take a chart of this comparison away."""
    return html.Div(take(name, {**view_of(analysis), **options}), className="take")


def taken_sentences(analysis: Analysis, key: str) -> html.Element | None:
    """The links that take the sentences behind a row away; null for those that the comparison does not keep."""
    measure, _, item = key.partition("|")
    row = analysis.rows.get(key)
    family = row.get("family", measure) if row else measure
    kept = analysis.evidence
    if not ((kept["measure"] == family) & (kept["item"] == item)).any():
        return None
    return take_table("evidence", {**view_of(analysis), "measure": family, "item": item})


def view_of(analysis: Analysis) -> dict[str, str | list[str] | None]:
    """What the address of this comparison says, its snapshot with it."""
    asked = analysis.request
    return {
        "piece": asked.article, "text": asked.text, "ground": asked.ground, "event": asked.event,
        "since": asked.since, "until": asked.until, "against": list(asked.against),
        "wire": asked.wire, "snapshot": asked.snapshot,
    }  # fmt: skip


def _unmeasured(analysis: Analysis) -> Any:
    piece = analysis.document["piece"]
    if piece.get("measured", True):
        return None
    return state(
        "This piece is not measured",
        f"Its language was read as “{piece['language']}”, and the codebook is written for another. It is placed "
        f"beside "
        "its event; no figure is made up for it.",
    )


def _apart(analysis: Analysis, kinds: dict[str, str | None]) -> Any:
    rows = strips.ranked_rows(analysis)
    found = strips.strips(analysis, kinds) if rows else state(
        "Nothing sets it apart", "On every measure with enough evidence, the piece lies among the others. "
        "The view of all measures shows each of them.",
    )  # fmt: skip
    more = len(rows) - strips.SHOWN
    near = distances.distances(analysis)
    return html.Div(
        [
            section(
                "What sets this piece apart",
                found,
                html.P(f"{many(more, 'further row')} in All measures.", className="fine") if more > 0 else None,
                taken(analysis, "strips"),
                take_report(view_of(analysis)),
                about="Furthest first: the piece’s distance from the median outlet, in units of the outlets’ spread. "
                "The band is the noise floor: nearer than one outlet is to itself. Choose a row to read its "
                "sentences.",
            ),
            html.Div(
                [
                    section("What it leaves out", omissions.omissions(analysis, limit=ASIDE),
                            taken(analysis, "omissions"),
                            about="Topics of the coverage that the piece does not touch; faint ones may be chance."),
                    section("How near to whom", near, take_table("distances", view_of(analysis)),
                            about="Mean Jensen–Shannon divergence over what is named, quoted, framed and dwelt "
                            "on: 0 the same, 1 nothing in common. The tick is how far the outlet’s own articles are "
                            "from the outlet: nearer than that is as near as one of its own. Open one for its "
                            "measures.") if near else None,
                ],
                className="aside",
            ),
        ],
        className="with-aside",
    )  # fmt: skip


def _matrix(analysis: Analysis, kinds: dict[str, str | None], by: str, show: str | None) -> Any:
    rows = analysis.document["rows"]
    order = matrix.measure_order()
    families = sorted({row.get("family", row["measure"]) for row in rows}, key=lambda name: order.get(name, 99))
    names = {m.name: m.declaration.title for m in all_measures()}
    chosen = show if show in families else None
    some = [row for row in rows if chosen is None or row.get("family") == chosen]
    if chosen is None:
        some = [row for row in some if row["measure"] == row.get("family")]
    return section(
        "Every measure, every outlet",
        filters([(None, "All")] + [(f, names.get(f, f)) for f in families], chosen),
        matrix.matrix(some, grouped(kinds, by), kinds, whole=chosen is not None),
        taken(analysis, "matrix", measure=chosen or ALL),
        take_table("comparison", {**view_of(analysis), "measure": chosen}, words="Take all values away, as a table"),
        about="A figure’s colour is its size beside the row’s largest, blue above zero and brown below. Point "
        "at one, or "
        "move to it with the arrow keys, for its 95 % interval and n; open it for its sentences. Pale figures "
        "rest on "
        "fewer than three.",
    )


def grouped(kinds: dict[str, str | None], by: str) -> matrix.Groups:
    """The outlets under their kind, country or group, those in none last; or all together by name."""
    if by == "none":
        return [("outlets", sorted(kinds))]
    groups: dict[str, list[str]] = {}
    for name, value in kinds.items():
        groups.setdefault(value or f"no {by} given", []).append(name)
    return sorted(groups.items(), key=lambda group: group[0] == NO_GROUP)


def filters(choices: list[tuple[str | None, str]], chosen: str | None) -> html.Element:
    """Choices of one measure, as buttons that say which is pressed."""
    return html.Div(
        [
            html.Button(
                title, type="button", className="filter" + (" pressed" if value == chosen else ""),
                **{"data-set": "compare-show", "data-value": value or "",
                   "aria-pressed": "true" if value == chosen else "false"},
            )
            for value, title in choices
        ],
        className="filters",
        role="group",
        **{"aria-label": "Measure"},
    )  # fmt: skip


def _omitted(analysis: Analysis) -> Any:
    return section(
        "What it leaves out",
        omissions.omissions(analysis),
        taken(analysis, "omissions"),
        about="Topics that the coverage touches and the piece does not. p is the chance that a text with as "
        "many passages, "
        "drawn from this coverage, would not touch the topic either; fainter rows may be chance, for many topics are "
        "looked at. Open one to read what others wrote.",
    )


def _reading(analysis: Analysis, snapshot: Snapshot, show: str | None, beside: str | None) -> Any:
    titles = {m.name: m.declaration.title for m in all_measures()}
    names = {name: titles[name] for name in matrix.measure_order()}
    labels = queries.item_labels(snapshot)
    mine = analysis.evidence[analysis.evidence["source"] == "piece"]
    articles = ground_articles(analysis, snapshot).sort_values(["outlet", "date"], kind="stable")
    articles = articles[articles["article"] != analysis.request.article]
    chosen = beside if beside in set(articles["article"]) else next(iter(articles["article"]), None)
    theirs = queries.evidence_in(snapshot, chosen) if chosen else mine.iloc[:0]
    there = [name for name in names if name in set(mine["measure"]) | set(theirs["measure"])]
    measure = show if show in there else (there[0] if there else "")
    piece = reading.choose(mine, [measure], labels)
    other = reading.choose(theirs, [measure], labels)
    title = analysis.document["piece"]["title"] or "The piece"
    return section(
        "Side by side",
        filters([(name, names[name]) for name in there], measure),
        html.Div(
            [
                _text("The piece", title, analysis.text, piece, side="piece"),
                _article(snapshot, articles, chosen, other),
            ],
            className="reading",
        ),
        take_table("evidence", {**view_of(analysis), "measure": measure}) if measure else None,
        about="Underlined without a break: the outlet’s own voice. Dotted: somebody is quoted or reported. "
        "Wavy: held at "
        "a distance. Point at what was found to light its places.",
    )


def _text(kicker: str, title: str, text: str, spans: pd.DataFrame, *, side: str, head: Any = None) -> html.Element:
    return html.Article(
        [
            html.P(kicker, className="kicker"),
            head,
            html.H3(title, className="reading-title"),
            reading.found_list(spans),
            reading.marked_text(text, spans, side=side),
        ],
        className="reading-side",
        **{"data-side": side},
    )


def _article(snapshot: Snapshot, articles: pd.DataFrame, chosen: str | None, spans: pd.DataFrame) -> Any:
    row = queries.article(snapshot, chosen)
    if row is None:
        return state("No article to set beside it", "There is none on this ground.")
    options = [
        {"value": a, "label": t} for a, t in zip(articles["article"], queries.labels_of(articles), strict=True)
    ]
    picker = select("compare-beside-select", "An article of the ground", options, chosen, searchable=True, limit=80)
    title = row["title"] if isinstance(row["title"], str) else "(no title)"
    return _text(f"{row['outlet']} · {day(row['date'])}", title, row["text"], spans, side="article",
                 head=picker)  # fmt: skip
