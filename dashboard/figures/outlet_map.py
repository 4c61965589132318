"""Which outlets are near one another: their distances laid out on a plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from dashboard.figures import Chart, Option, Source
from dashboard.figures._frame import frame_of, kinds_of, records
from dashboard.figures._labels import sides
from dashboard.figures._layout import (
    WIDTH,
    empty,
    hidden_axis,
    layout,
    legend_rows,
    note,
    packed,
    plain,
    shortened,
    styles_of,
    text_width,
)
from dashboard.groups import outlet_codes
from dashboard.lasting import lasting
from dashboard.palette import Theme
from pipeline.errors import InputError
from pipeline.snapshot import Snapshot
from pipeline.uncertainty import divergence

CHART = Chart(
    name="outlet-map",
    title="Which outlets are alike",
    needs=(),
    about="Outlets on a plane (classical scaling of the square roots of their Jensen–Shannon divergences), with "
    "the distance of an outlet from itself as a measuring rod.",
    options=(Option("measure", "naming, voices, frames or emphasis (all that there are)"),),
    takes=("snapshot",),
)
MEASURES = ("naming", "voices", "frames", "emphasis")
LEAST_N = 10  # pieces of evidence below which a distribution says little
SPLITS = 20
NAMED = 60  # outlets that get their name written beside them
NAME_SIZE, MARK_SIZE = 12, 11  # pixels
LEAST_HIGH = 420.0  # pixels: where there is little room across, near marks part downwards
ABOVE, BELOW = 44, 84  # pixels over the highest mark, for its name, and under the lowest, for that and the rod
MARGIN = 24  # pixels left and right


def data(source: Source, *, measure: str | None = None) -> pd.DataFrame:
    """A row a pair of outlets: value = mean divergence (base 2, 0 – 1) over the measures; n = the evidence of
    the poorer of the two. The row of an outlet with itself is the divergence of two halves of its articles."""
    if not isinstance(source, Snapshot):
        raise InputError("chart outlet-map needs a corpus", remedy="leave the piece out")
    names = [measure] if measure else [m for m in MEASURES if m in source.quantities]
    for name in names:
        if name not in source.quantities or name not in MEASURES:
            raise InputError(f'no distances by "{name}"', remedy=f"give one of: {', '.join(MEASURES)}")
    outlets = outlets_of(source)
    pairs = [_distances(source, name) for name in names]
    if not pairs or not outlets:
        return frame_of([])
    with np.errstate(invalid="ignore"):
        value = _mean(np.stack([p[0] for p in pairs]))
    n = np.stack([p[1] for p in pairs]).sum(0)
    kinds = kinds_of(source)
    quantity = "divergence of " + ", ".join(names)
    rows = [
        {"quantity": quantity, "item": outlets[j], "label": outlets[j], "source": outlets[i],
         "kind": kinds.get(outlets[i]), "value": value[i, j], "low": None, "high": None,
         "n": int(min(n[i], n[j])), "unit": "Jensen–Shannon divergence, base 2"}
        for i in range(len(outlets))
        for j in range(i + 1)
    ]  # fmt: skip
    return frame_of(rows)


def _mean(stack: np.ndarray) -> np.ndarray:
    some = np.isfinite(stack)
    total = np.where(some, stack, 0).sum(0)
    return np.where(some.any(0), total / np.maximum(some.sum(0), 1), np.nan)


@dataclass(frozen=True)
class Distributions:
    """What each outlet has of each item of a measure (outlets × items), and how far it is from itself: the mean
    divergence of two halves of its articles, NaN where there are fewer than two or too little evidence."""

    items: tuple[str, ...]
    totals: np.ndarray
    itself: np.ndarray


def outlets_of(snapshot: Snapshot) -> list[str]:
    """The outlets that have articles which count, by name."""
    codes, names = outlet_codes(snapshot)
    return sorted(names[i] for i in np.unique(codes[snapshot.counted_once]))


@lasting
def distributions(snapshot: Snapshot, measure: str) -> Distributions:
    """Of one measure, over the whole corpus; outlets as `outlets_of` gives them."""
    tally, (codes, names) = snapshot.tally(measure), outlet_codes(snapshot)
    once, seed = snapshot.counted_once, int(snapshot.manifest["seed"])
    rows = [np.flatnonzero(once & (codes == names.index(name))) for name in outlets_of(snapshot)]
    totals, itself = np.zeros((len(rows), len(tally.items))), np.full(len(rows), np.nan)
    for i, some in enumerate(rows):
        counts = tally.numerator[some]
        totals[i] = np.asarray(counts.sum(0)).ravel()
        if totals[i].sum() >= LEAST_N:
            itself[i] = _from_itself(counts, seed)
    return Distributions(tally.items, totals, itself)


def _distances(snapshot: Snapshot, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Divergences of all pairs, on the diagonal of halves of an outlet's articles, and each outlet's evidence."""
    found = distributions(snapshot, measure)
    size = found.totals.sum(1)
    out = np.diag(found.itself)
    for i, mine in enumerate(found.totals):
        for j in range(i):
            apart = divergence(mine, found.totals[j]) if min(size[i], size[j]) >= LEAST_N else None
            out[i, j] = out[j, i] = np.nan if apart is None else apart
    return out, size


def _from_itself(counts: sparse.csr_array, seed: int) -> float:
    """The mean divergence of two random halves of the articles; NaN where there is only one."""
    size = counts.shape[0]
    if size < 2:
        return float("nan")
    rng = np.random.default_rng([seed, size])
    half = np.stack([rng.permutation(size) < size // 2 for _ in range(SPLITS)]).astype(np.float64)
    first, second = half @ counts, (1 - half) @ counts
    found = [apart for a, b in zip(first, second, strict=True) if (apart := divergence(a, b)) is not None]
    return float(np.mean(found)) if found else float("nan")


def places(frame: pd.DataFrame) -> pd.DataFrame:
    """Where each outlet lies: classical (Torgerson) scaling of the square roots of the divergences, which are
    a metric. Columns source, kind, x, y, n; outlets without a distance to some other are left out."""
    pairs = frame[(frame["source"] != frame["item"]) & frame["value"].notna()]
    names = sorted(set(pairs["source"]) | set(pairs["item"]))
    square = pd.DataFrame(np.nan, index=names, columns=names)
    for a, b, value in pairs[["source", "item", "value"]].itertuples(index=False):
        square.loc[a, b] = square.loc[b, a] = value
    square = square.where(~np.eye(len(names), dtype=bool), 0.0)
    while len(square) and square.isna().to_numpy().any():
        worst = square.isna().sum().idxmax()
        square = square.drop(index=worst, columns=worst)
    kinds = frame.drop_duplicates("source").set_index("source")["kind"]
    n = frame[frame["source"] == frame["item"]].set_index("source")["n"]
    out = pd.DataFrame({"source": list(square.index)}).assign(
        kind=lambda f: f["source"].map(kinds), n=lambda f: f["source"].map(n)
    )
    return out.assign(**dict(zip(("x", "y"), _scaled(square.to_numpy(float)).T, strict=True)))


def _scaled(squared: np.ndarray) -> np.ndarray:
    """points × 2 from squared distances; signs fixed so that the same distances give the same picture."""
    size = len(squared)
    if size < 2:
        return np.zeros((size, 2))
    centre = np.eye(size) - 1 / size
    values, vectors = np.linalg.eigh(-0.5 * centre @ squared @ centre)
    best = np.argsort(values)[::-1][:2]
    points = vectors[:, best] * np.sqrt(np.maximum(values[best], 0))
    sign = np.sign(points[np.abs(points).argmax(0), range(points.shape[1])])
    return np.column_stack([points * np.where(sign == 0, 1, sign), np.zeros((size, 2 - points.shape[1]))])


def draw(frame: pd.DataFrame, *, theme: Theme, width: int | None = None) -> dict[str, Any]:
    """Outlets as marks by kind, near ones alike; the rod is as long as an outlet is from itself."""
    found = places(frame) if len(frame) else pd.DataFrame(columns=["source"])
    if len(found) < 3:
        return empty(theme, "Fewer than three outlets have enough evidence to be laid out.", width)
    total = width or WIDTH
    styles, kind_of = styles_of(records(found), theme)
    there = set(found["source"].map(kind_of))
    top = 14 + 20 * legend_rows([kind for kind in styles if kind in there], total - 40)
    halves = frame[(frame["source"] == frame["item"]) & frame["value"].notna()]["value"]
    rod = float(np.sqrt(halves.median())) if len(halves) else 0.0
    middle = [(found[c].min() + found[c].max()) / 2 for c in ("x", "y")]
    wide = total - 2 * MARGIN
    high = min(520.0, max(wide, LEAST_HIGH))
    across, up = (float(np.ptp(found[c])) for c in ("x", "y"))
    unit = max(max(across, rod) * 1.45 / wide, up * 1.3 / high, 1e-9)  # with room for the names at the edges
    high = min(high, up / unit + ABOVE + BELOW)
    lowest = -up / 2 - (high * unit - up) * BELOW / (ABOVE + BELOW)
    found = _named(found.assign(x=found["x"] - middle[0], y=found["y"] - middle[1]), unit, wide)
    traces = [
        _marks(found[found["source"].map(kind_of) == kind], kind, style.colour, style.symbol, theme)
        for kind, style in styles.items()
        if kind in there
    ]
    notes, shapes = [], []
    if len(halves):
        x0, y0 = -wide / 2 * unit * 0.98, lowest + 12 * unit
        shapes = [{"type": "line", "xref": "x", "yref": "y", "x0": x0, "x1": x0 + rod, "y0": y0, "y1": y0,
                   "line": {"color": theme.ink, "width": 3}}]  # fmt: skip
        notes = [note("this far is an outlet from itself", x=x0, y=y0, theme=theme, xref="x", yref="y", yshift=5,
                      font={"size": 11, "color": theme.muted})]  # fmt: skip
    return {
        "data": traces,
        "layout": layout(
            theme, width=width, height=high + top + 16, margin=(MARGIN, MARGIN, top, 16), showlegend=True,
            xaxis=hidden_axis(range=[-wide / 2 * unit, wide / 2 * unit]),
            yaxis=hidden_axis(range=[lowest, lowest + high * unit], scaleanchor="x", scaleratio=1),
            shapes=shapes, annotations=notes,
        ),
    }  # fmt: skip


def _named(found: pd.DataFrame, unit: float, wide: float) -> pd.DataFrame:
    """With name, the text beside each mark, and side, where it stands. unit: of the plane a pixel; wide: pixels
    across, with the middle at 0."""
    if len(found) > NAMED:
        return found.assign(name="", side="top center")
    most = min(200.0, 0.6 * wide)
    names = [shortened(source, most, NAME_SIZE) for source in found["source"]]
    widths = [min(text_width(source, NAME_SIZE), most) for source in found["source"]]
    where = sides(found["x"] / unit, found["y"] / unit, widths, size=NAME_SIZE, mark=MARK_SIZE,
                  within=(-wide / 2 - MARGIN, wide / 2 + MARGIN))  # fmt: skip
    return found.assign(name=names, side=where)


def _marks(rows: pd.DataFrame, kind: str, colour: str, symbol: str, theme: Theme) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers+text", "name": plain(kind), "showlegend": True,
        "x": packed(rows["x"]), "y": packed(rows["y"]),
        "text": list(rows["name"]), "textposition": list(rows["side"]),
        "textfont": {"size": NAME_SIZE, "color": theme.ink}, "cliponaxis": False,
        "hovertext": [f"<b>{plain(s)}</b><br>n {int(n):,}" for s, n in rows[["source", "n"]].itertuples(index=False)],
        "hoverinfo": "text", "customdata": [[s, "", ""] for s in rows["source"]],
        "marker": {"color": colour, "symbol": symbol, "size": MARK_SIZE, "line": {"color": colour, "width": 1}},
    }  # fmt: skip
