"""Methods: how each figure is computed, what it agrees with, where it errs; and the corpus described."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard import html, queries
from dashboard.address import View
from dashboard.components import facts, heading, section, table, take_table
from dashboard.context import Context
from dashboard.numbers import NONE, STATED, count, moment
from dashboard.pages import Page
from dashboard.views.matrix import measure_order
from dashboard.wording import agreed, noted
from pipeline.measures import Declaration, Example, Measure, Quantity, all_measures
from pipeline.snapshot import Snapshot
from pipeline.validity import NOTED, Agreement, Noted, agreements, by_source

# What holds for every measure; each entry says what is computed and where it comes from.
GENERAL = (
    ("What sets a piece apart", "The piece’s value less the median of the other outlets, divided by a spread: "
                                "the outlets’ "
     "median absolute deviation (times 1.4826), the piece’s standard error and the outlets’ typical one, or half the "
     "noise floor where that is wider, added in squares. Ranked only where both sides rest on enough evidence."),
    ("Intervals", "95 %, by resampling an outlet’s articles, or a piece’s sentences, with a fixed seed; never "
                  "narrower than "
     "Wilson’s interval (1927) for a share, since twelve articles without an instance do not make zero certain, "
     "nor than Bonett and Price’s (2012) for a scale from −1 to +1, which knows how many of the things counted say "
     "neither."),
    ("Noise floor", "How far apart one outlet is from itself: the mean distance between random halves of its "
                    "articles, "
     "and of those the median over the outlets. What is nearer than that may be chance."),
    ("What it leaves out", "For each topic that the ground’s articles touch and the piece does not: the chance "
                           "that as many "
     "passages, drawn from that coverage with every article weighing the same, would not touch it either; "
     "adjusted for "
     "looking at many topics (Benjamini & Hochberg 1995)."),
    ("Events", "Articles close in meaning and in time, by average linkage on half the cosine of title and lead "
               "and half the "
     "cosine of TF-IDF. A piece’s event is the one whose three nearest articles are most like it."),
    ("Distances", "Jensen–Shannon divergence in base 2 between two distributions: 0 the same, 1 nothing in common."),
    ("Near to whom", "A piece’s distance from an outlet stands beside how far a single article of that outlet is "
     "from its others, in the mean over its articles."),
    ("Two periods", "The interval of a difference is made from those of the two values (Newcombe 1998, method 10). "
     "What changed by more than chance explains is what has 0 outside of it."),
    ("Blind spots", "The share of an outlet, or group, in all articles of the days around an event, times the "
     "event’s articles, is what one would expect of it; (1 − share) to the power of the event’s articles is the "
     "chance of none."),
    ("Themes", "Topics joined by Ward’s linkage (1963) of their centroids, each of length 1, cut into about as many "
     "themes as the square root of their number."),
    ("Corrected by hand", "The tuned difference estimator of survey sampling, known for texts as design-based "
     "supervised learning (Egami et al. 2023) and prediction-powered inference (Angelopoulos et al. 2023): what "
     "coders said of a random sample, weighted by found ÷ read, and of the measure’s answers as much as makes the "
     "variance least. It is right whatever the measure’s errors in what it found; the intervals above know nothing "
     "of such errors. Coders agree by Krippendorff’s α for nominal answers."),
    ("Voice", "Every span is in the outlet’s own voice, attributed (somebody is quoted or reported), or "
              "distanced (scare "
     "quotes, “so-called”, “what … calls”). Own-voice figures count the first alone."),
)  # fmt: skip


def layout(context: Context, snapshot: Snapshot, view: View) -> Any:  # noqa: ARG001
    """The page."""
    order = measure_order()
    measures = sorted(all_measures(), key=lambda measure: order[measure.name])
    links = [html.Li(html.A(m.declaration.title, href=f"#measure-{m.name}")) for m in measures]
    links += [html.Li(html.A("All measures", href="#general")), html.Li(html.A("The corpus", href="#corpus"))]
    return html.Div(
        [
            heading("How the figures come about", about="What each measure counts, what a higher value means, "
                                                        "how well it "
                    "agrees with human readers, and where it errs. A figure that you cannot defend is of no use."),
            html.Nav(html.Ul(links, className="contents"), **{"aria-label": "On this page"}),
            *[_measure(measure) for measure in measures],
            section("Common to all measures", facts_list(GENERAL), name="general", about=STATED),
            _corpus(snapshot),
        ],
        className="page page-methods",
    )  # fmt: skip


def facts_list(entries: Any) -> html.Element:
    """Terms with their explanation."""
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(_coded(words))]) for name, words in entries], className="explained"
    )


def _coded(words: Any) -> Any:
    """A text, with what stands in backticks as code; anything else as it is."""
    if not isinstance(words, str):
        return words
    return [html.Code(part) if i % 2 else part for i, part in enumerate(words.split("`"))]


def _measure(measure: Measure) -> html.Element:
    declared = measure.declaration
    entries = [("How", _how(measure)), ("Limits", declared.limits), ("After", declared.reference),
               ("Checked by", _checked(declared)), ("In your corpus", _by_hand(declared))]  # fmt: skip
    return section(
        declared.title,
        html.Div(
            [
                html.Div([facts_list([(a, b) for a, b in entries if b]), *[_example(e) for e in declared.examples]]),
                html.Div([_quantity(quantity) for quantity in declared.quantities], className="quantities"),
            ],
            className="method",
        ),
        about=declared.summary,
        name=f"measure-{measure.name}",
    )


def _how(measure: Measure) -> str:
    """The docstrings of the functions that do it: what evidence is, and how values come of it."""
    score = measure.score or measure.score_words
    parts = [inspect.getdoc(measure.evidence), inspect.getdoc(score) if score else None]
    return " ".join(" ".join(part.split()) for part in parts if part)


def _checked(declared: Declaration) -> Any:
    if not declared.evaluated_by:
        return "No labelled texts; read its sentences before you rest anything on it."
    known = agreements()
    tasks = [html.Li(_task(name, known.get(name))) for name in declared.evaluated_by]
    groups = by_source(one for one in NOTED if one.task in declared.evaluated_by)
    tables = [_noted_of(some) for some in groups if len(some) > 1]
    alone = [html.Li(noted(some)) for some in groups if len(some) == 1]
    return html.Div([html.Ul([*tasks, *alone]), *tables])


def _by_hand(declared: Declaration) -> Any:
    """How a reader finds out how often it is right here; null where it cannot be coded."""
    if declared.coding is None:
        return None
    link = html.PageLink("Code a random sample by hand", href="/coding")
    return ["These figures are of other texts. ", link, ": how often it is right here, and values corrected by that."]


def _noted_of(some: Sequence[Noted]) -> html.Element:
    """Figures of one source: what each is, once where it comes from."""
    task, source = some[0].task.capitalize(), some[0].source
    shown = pd.DataFrame(
        {
            task: [f"{one.what[:1].upper()}{one.what[1:]}" for one in some],
            "Figure": [f"{one.value:.2f}" for one in some],
            "n": [count(one.n) for one in some],
        }
    )
    caption = f"{task}, on {source}"
    return html.Div(
        [html.P(f"On {source}:"), table(shown, caption=caption, numeric=["Figure", "n"])], className="noted"
    )


def _task(name: str, measured: Agreement | None) -> list[Any]:
    """One task against human labels: its figure with n, interval and what it says."""
    command = html.Code(f"parallax evaluate {name}")
    if measured is None:
        return [command, ": takes a file of your own labels; what we measured ourselves stands below."]
    return [command, f": {agreed(measured)}"]


def _quantity(quantity: Quantity) -> html.Element:
    low, high = (NONE if b is None else f"{b:g}".replace("-", "−") for b in quantity.bounds)
    return html.Div(
        [
            html.H3(quantity.title),
            facts(
                [
                    ("unit", quantity.unit),
                    ("bounds", f"{low} to {high}" if low != NONE or high != NONE else "none"),
                    ("higher means", quantity.higher_means),
                    ("ranked from n", str(quantity.minimum_n) if quantity.ranked else "not ranked"),
                ]
            ),
        ],
        className="quantity",
    )


def _example(example: Example) -> html.Element:
    """A worked example: the text with what is found there, and the values that follow."""
    parts: list[Any] = [example.text]
    for _, span in example.found:
        parts = [piece for part in parts for piece in (_split(part, span) if isinstance(part, str) else [part])]
    return html.Figure(
        [html.Blockquote(html.P(parts)), html.Figcaption(example.says, className="fine")], className="example"
    )


def _split(text: str, span: str) -> list[Any]:
    before, found, after = text.partition(span)
    return [before, html.Mark(span, className="span voice-own"), after] if found else [text]


def _corpus(snapshot: Snapshot) -> html.Element:
    manifest = snapshot.manifest
    rows = manifest["rows"]
    outlets = queries.outlets(snapshot)
    shown = pd.DataFrame(
        {
            "Outlet": outlets["outlet"],
            "Kind": outlets["kind"].fillna(NONE),
            "Country": outlets["country"].fillna(NONE),
            "Articles measured": [count(int(n)) for n in outlets["articles"]],
        }
    )
    drops = queries.left_out(snapshot)
    left = pd.DataFrame({"Left out": drops["name"], "Articles": [count(int(n)) for n in drops["count"]],
                         "Detail": drops["detail"].fillna("")})  # fmt: skip
    encoder = manifest.get("encoder", {})
    libraries = manifest.get("libraries", {})
    return section(
        f"The corpus: {snapshot.corpus.title}",
        facts(
            [
                ("articles", count(rows["articles"])), ("sentences", count(rows["sentences"])),
                ("events", count(rows["events"])), ("topics", count(rows["topics"])),
                ("pieces of evidence", count(rows["evidence"])), ("snapshot", snapshot.id),
                ("refreshed", moment(manifest["ended"]) if manifest.get("ended") else None),
                ("codebook", str(manifest.get("codebook_hash"))), ("corpus file", str(manifest.get("corpus_hash"))),
                ("encoder", encoder.get("name")), ("seed", str(manifest.get("seed"))),
                ("resamples", str(manifest.get("resamples"))),
                ("libraries", ", ".join(f"{k} {v}" for k, v in libraries.items()) or None),
            ]
        ),
        html.Div(
            [
                table(shown, caption="Outlets of the corpus", numeric=["Articles measured"],
                      taken=take_table("outlets", {"snapshot": snapshot.id})),
                table(left, caption="What was left out, and why", numeric=["Articles"],
                      taken=take_table("refresh", {"what": "drop", "snapshot": snapshot.id}))
                if len(left) else html.P("Nothing was left out.", className="fine"),
            ],
            className="two",
        ),
        name="corpus",
        about="What came in, what was left out and why. A text in another language is kept and shown, and never "
              "measured.",
    )  # fmt: skip


def register(app: Any, context: Context) -> None:
    """The page has no callbacks."""


PAGE = Page("methods", "/methods", "Methods", layout, register)
