"""Draws one plotly trace on matplotlib's axes: lines, marks, texts, bars, heat maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.export.canvas import MARKERS, PIXEL, SIZES, numbers, words

if TYPE_CHECKING:
    from dashboard.export.canvas import Canvas

Trace = Mapping[str, Any]


def draw_trace(canvas: Canvas, trace: Trace) -> None:
    """Draws a trace of a kind that the charts use; another kind is a KeyError."""
    axes = canvas.of(trace.get("xaxis", "x"), trace.get("yaxis", "y"))
    {"scatter": _scatter, "bar": _bar, "heatmap": _heat}[trace["type"]](canvas, axes, trace)


def _scatter(canvas: Canvas, axes: Any, trace: Trace) -> None:
    x, y = numbers(trace["x"]), numbers(trace["y"])
    modes = trace["mode"].split("+")
    clip = trace.get("cliponaxis", True)
    if "lines" in modes:
        line = trace["line"]
        axes.plot(
            x, y, color=line["color"], linewidth=line["width"] * PIXEL, solid_capstyle="butt", zorder=2,
            alpha=trace.get("opacity", 1), clip_on=clip, solid_joinstyle="round",
        )  # fmt: skip
    if "markers" in modes:
        _marks(axes, x, y, trace["marker"], clip=clip)
    if "text" in modes:
        _texts(canvas, axes, x, y, trace)


def _marks(axes: Any, x: np.ndarray, y: np.ndarray, marker: Trace, *, clip: bool) -> None:
    symbol = marker.get("symbol", "circle")
    base, open_ = symbol.removesuffix("-open"), symbol.endswith("-open")
    sizes = np.broadcast_to(np.asarray(marker["size"], dtype=float), x.shape) * PIXEL * SIZES.get(base, 1.0)
    line = marker.get("line", {})
    colours = marker["color"]
    axes.scatter(
        x, y, s=sizes**2, marker=MARKERS[base], c="none" if open_ else colours, alpha=marker.get("opacity", 1),
        edgecolors=colours if open_ else line.get("color", "none"),
        linewidths=(1.5 if open_ else line.get("width", 0)) * PIXEL, zorder=3, clip_on=clip,
    )  # fmt: skip


def _texts(canvas: Canvas, axes: Any, x: np.ndarray, y: np.ndarray, trace: Trace) -> None:
    given = trace.get("textposition", "middle center")
    sides = given if isinstance(given, list) else [given] * len(x)
    font = trace.get("textfont", {})
    given = font.get("color", canvas.ink)
    inks = given if isinstance(given, list) else [given] * len(x)
    off = trace.get("marker", {}).get("size", 0) / 2 + 2
    for left, level, text, side, ink in zip(x, y, trace["text"], sides, inks, strict=True):
        if np.isfinite(left) and np.isfinite(level):
            plain, bold = words(text)
            up, across = side.split()
            rise = {"middle": 0.0, "top": off, "bottom": -off}[up] * PIXEL
            # Level with its mark a text begins beside it; above and below it may begin over it.
            gap = (max(3.0, off) if up == "middle" else 3.0) * PIXEL
            push = {"right": gap, "left": -gap, "center": 0.0}[across]
            axes.annotate(
                plain, (left, level), xytext=(push, rise), textcoords="offset points",
                ha={"right": "left", "left": "right", "center": "center"}[across],
                va={"middle": "center", "top": "bottom", "bottom": "top"}[up],
                fontsize=font.get("size", 12) * PIXEL, color=ink, annotation_clip=False,
                fontweight="bold" if bold else "normal", zorder=4, linespacing=1.2,
            )  # fmt: skip


def _bar(canvas: Canvas, axes: Any, trace: Trace) -> None:
    """Horizontal bars, each begun where the last at its place ended."""
    x, y = numbers(trace["x"]), numbers(trace["y"])
    starts = np.array([canvas.stacked.get((id(axes), level), 0.0) for level in y])
    line = trace["marker"].get("line", {})
    axes.barh(
        y, x, height=trace["width"], left=starts, color=trace["marker"]["color"], zorder=2,
        edgecolor=line.get("color", "none"), linewidth=line.get("width", 0) * PIXEL,
    )  # fmt: skip
    for level, end in zip(y, starts + x, strict=True):
        canvas.stacked[id(axes), level] = end


def _heat(canvas: Canvas, axes: Any, trace: Trace) -> None:
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    z = numbers(trace["z"])
    colours = LinearSegmentedColormap.from_list("scale", [(at, colour) for at, colour in trace["colorscale"]])
    norm = Normalize(trace["zmin"], trace["zmax"])
    paper = canvas.layout["paper_bgcolor"]
    edges = [np.arange(n + 1) - 0.5 for n in (z.shape[1], z.shape[0])]
    axes.pcolormesh(*edges, np.ma.masked_invalid(z), cmap=colours, norm=norm, edgecolors=paper, linewidth=PIXEL)
    if trace.get("showscale", True):
        _scale(canvas, trace, colours)


def _scale(canvas: Canvas, trace: Trace, colours: Any) -> None:
    """The colour bar at the right, with its two ends."""
    bar = trace["colorbar"]
    left = canvas.left + canvas.inner[0] * bar["x"] + 10
    tall = min(float(bar["len"]), canvas.inner[1])
    bottom = canvas.height - canvas.top - tall
    size = (bar["thickness"] / canvas.width, tall / canvas.height)
    axes = canvas.page.add_axes((left / canvas.width, bottom / canvas.height, *size))
    axes.pcolormesh([0, 1], np.linspace(0, 1, 65), np.linspace(0, 1, 64)[:, None], cmap=colours, rasterized=True)
    axes.set_axis_off()
    for level, text, va in ((0, bar["ticktext"][0], "bottom"), (1, bar["ticktext"][-1], "top")):
        y = bottom + level * tall
        canvas.text(
            left + bar["thickness"] + 4, y, text, size=bar["tickfont"]["size"], colour=canvas.ink, ha="left", va=va
        )


def key_of(canvas: Canvas, trace: Trace, x: float, y: float) -> None:
    """A legend's sign for a trace, at a place in pixels."""
    from matplotlib.lines import Line2D

    where = {"transform": canvas.page.transFigure, "zorder": 5}
    centre, level = x / canvas.width, y / canvas.height
    if "markers" in trace["mode"]:
        marker = trace["marker"]
        symbol = marker.get("symbol", "circle")
        base, open_ = symbol.removesuffix("-open"), symbol.endswith("-open")
        size = np.max(marker["size"]) * PIXEL * SIZES.get(base, 1.0)
        colour = marker["color"]
        sign = Line2D([centre], [level], linestyle="none", marker=MARKERS[base], markersize=size, **where,
                      markerfacecolor="none" if open_ else colour, markeredgecolor=colour,
                      markeredgewidth=1.5 * PIXEL if open_ else 0)  # fmt: skip
    else:
        half = 10 / canvas.width
        sign = Line2D([centre - half, centre + half], [level, level], color=trace["line"]["color"],
                      linewidth=min(trace["line"]["width"], 10) * PIXEL, solid_capstyle="butt", **where)  # fmt: skip
    canvas.page.add_artist(sign)
