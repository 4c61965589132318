"""A page for matplotlib with plotly's layout on it: axes, shapes, annotations, the legend."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

PIXEL = 0.75  # points
MARKERS: dict[str, Any] = {
    "circle": "o",
    "square": "s",
    "cross": "P",
    "x": "X",
    "diamond": "D",
    "star": "*",
    # As flat as plotly's.
    "triangle-up": [(-1.155, -0.5), (1.155, -0.5), (0.0, 1.0), (-1.155, -0.5)],
    "triangle-down": [(-1.155, 0.5), (1.155, 0.5), (0.0, -1.0), (-1.155, 0.5)],
}
# plotly's sizes are diameters; matplotlib's marks of one size differ in how much of it they fill.
SIZES = {"diamond": 0.86, "triangle-up": 1.155, "triangle-down": 1.155, "cross": 1.1, "x": 1.05}


def numbers(values: Any) -> np.ndarray:
    """A plotly array: base64, or a list of numbers, or of days."""
    if isinstance(values, Mapping):
        array = np.frombuffer(base64.b64decode(values["bdata"]), dtype="<" + values["dtype"])
        shape = values.get("shape")
        return array.reshape([int(part) for part in str(shape).split(",")]) if shape else array
    listed = list(values)
    if any(isinstance(v, str) for v in listed):
        from matplotlib import dates

        days = np.array([np.datetime64("NaT") if v is None else np.datetime64(v) for v in listed], "datetime64[us]")
        return np.asarray(dates.date2num(days), dtype=float)  # type: ignore[no-untyped-call]
    return np.array([np.nan if v is None else v for v in listed], dtype=float)


def words(text: str) -> tuple[str, bool]:
    """A text without plotly's markup, and whether it is bold."""
    bold = "<b>" in text
    return html.unescape(re.sub(r"</?[bi]>", "", text.replace("<br>", "\n"))), bold


class Canvas:
    """The page: one matplotlib axes for each pair of plotly's, all in the plotted area."""

    def __init__(self, page: Any, layout: Mapping[str, Any], width: int, height: int) -> None:
        self.page, self.layout, self.width, self.height = page, layout, width, height
        margin = layout["margin"]
        self.left, self.top = margin["l"], margin["t"]
        self.inner = (width - margin["l"] - margin["r"], height - margin["t"] - margin["b"])
        self.ink = layout["font"]["color"]
        self.stacked: dict[tuple[int, float], float] = {}
        self.axes: dict[tuple[str, str], Any] = {}
        for key in sorted(k for k in layout if k.startswith("yaxis")):
            self.of("x" + key.removeprefix("yaxis"), "y" + key.removeprefix("yaxis"))

    def of(self, x: str, y: str) -> Any:
        """The axes of a pair ("x2", "y2"), made when first asked for."""
        if (x, y) not in self.axes:
            across, up = self._axis(x), self._axis(y)
            (x0, x1), (y0, y1) = across.get("domain", (0, 1)), up.get("domain", (0, 1))
            left, bottom = self.left + x0 * self.inner[0], self.height - self.top - (1 - y0) * self.inner[1]
            box = (left / self.width, bottom / self.height, (x1 - x0) * self.inner[0] / self.width,
                   (y1 - y0) * self.inner[1] / self.height)  # fmt: skip
            axes = self.page.add_axes(box)
            self._prepare(axes, across, up)
            axes.patch.set_visible(False)
            self.axes[x, y] = axes
        return self.axes[x, y]

    def _axis(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.layout[f"{name[0]}axis{name[1:]}"]
        return found

    def _prepare(self, axes: Any, across: Mapping[str, Any], up: Mapping[str, Any]) -> None:
        axes.set_facecolor("none")
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_xlim(*numbers(across["range"]))
        axes.set_ylim(*numbers(up["range"]))
        axes.set_axisbelow(True)
        axes.tick_params(length=0, pad=4)
        for axis, given, letter in ((axes.xaxis, across, "x"), (axes.yaxis, up, "y")):
            self._dress(axes, axis, given, letter)

    def _dress(self, axes: Any, axis: Any, given: Mapping[str, Any], letter: str) -> None:
        """Ticks, grid, title of one axis."""
        if given.get("visible") is False:
            axis.set_visible(False)
            return
        if given.get("side") == "top":
            axis.tick_top()
        if "tickvals" in given:
            texts = [words(text) for text in given["ticktext"]]
            axis.set_ticks(list(numbers(given["tickvals"])), labels=[text for text, _ in texts])
            for label, (_, bold) in zip(axis.get_ticklabels(), texts, strict=True):
                label.set_fontweight("bold" if bold else "normal")
        font = given.get("tickfont", {})
        turned = given.get("tickangle", 0)
        for label in axis.get_ticklabels():
            label.set_color(font.get("color", self.ink))
            label.set_fontsize(font.get("size", 12) * PIXEL)
            if turned:
                label.set(rotation=-turned, ha="left", va="bottom", rotation_mode="anchor")
        if given.get("showticklabels") is False:
            axis.set_tick_params(**{"labelbottom" if letter == "x" else "labelleft": False})
        if given.get("showgrid", True):
            axis.grid(visible=True, color=given["gridcolor"], linewidth=PIXEL)
        if given.get("showline"):
            side = "bottom" if letter == "x" else "left"
            axes.spines[side].set(visible=True, color=given["linecolor"], linewidth=PIXEL)
        if given.get("title", {}).get("text"):
            font = given["title"]["font"]
            axis.set_label_text(given["title"]["text"], color=font["color"], fontsize=font["size"] * PIXEL)
            axis.labelpad = 6 * PIXEL

    def place(self, given: Mapping[str, Any], key: str, ref: str) -> float:
        """A place given in an axis's values, or in the plotted area, in pixels from left or bottom."""
        letter = key[0]
        value = float(numbers([given[key]])[0])
        if given[ref] == "paper":
            size = self.inner[0] if letter == "x" else self.inner[1]
            start = self.left if letter == "x" else self.height - self.top - self.inner[1]
            return float(start + value * size)
        name = str(given[ref])
        pair = (name, "y" + name[1:]) if letter == "x" else ("x" + name[1:], name)
        axes = self.of(*pair)
        point = (value, axes.get_ylim()[0]) if letter == "x" else (axes.get_xlim()[0], value)
        # Transforms give the page's own pixels, of which there are 96 to an inch here.
        return float(axes.transData.transform(point)[0 if letter == "x" else 1])

    def finish(self, traces: Sequence[Mapping[str, Any]]) -> None:
        """Shapes below, then notes and the legend above the traces."""
        for shape in self.layout.get("shapes", ()):
            self._shape(shape)
        for note in self.layout.get("annotations", ()):
            self._note(note)
        if self.layout.get("showlegend"):
            shown = [t for t in traces if t.get("showlegend") and t.get("name")]
            self._legend(sorted(shown, key=lambda trace: trace.get("legendrank", 1000)))

    def _shape(self, shape: Mapping[str, Any]) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        xs = [self.place(shape, key, "xref") / self.width for key in ("x0", "x1")]
        ys = [self.place(shape, key, "yref") / self.height for key in ("y0", "y1")]
        below = -1 if shape.get("layer") == "below" else 1
        line = shape.get("line", {})
        where = {"transform": self.page.transFigure, "zorder": below}
        if shape["type"] == "line":
            width = line["width"] * PIXEL
            self.page.add_artist(Line2D(xs, ys, color=line["color"], linewidth=width, solid_capstyle="butt", **where))
        else:
            size = (xs[1] - xs[0], ys[1] - ys[0])
            self.page.add_artist(Rectangle((xs[0], ys[0]), *size, facecolor=shape["fillcolor"], linewidth=0, **where))

    def text(self, x: float, y: float, text: str, *, size: float, colour: str, ha: str, va: str) -> None:
        """A text at a place in pixels; a bold beginning is set bold."""
        lead = re.match(r"<b>(.*?)</b>(.+)$", text, re.DOTALL)
        if lead and "<br>" not in text:
            wide = self._set(x, y, f"<b>{lead[1]}</b>", size=size, colour=colour, ha="left", va=va)
            self._set(x + wide + 0.6 * size, y, lead[2].strip(), size=size, colour=colour, ha="left", va=va)
        else:
            self._set(x, y, text, size=size, colour=colour, ha=ha, va=va)

    def _set(self, x: float, y: float, text: str, *, size: float, colour: str, ha: str, va: str) -> float:
        plain, bold = words(text)
        put = self.page.text(
            x / self.width, y / self.height, plain, fontsize=size * PIXEL, color=colour, ha=ha, va=va,
            fontweight="bold" if bold else "normal", linespacing=1.25, zorder=5,
        )  # fmt: skip
        return float(put.get_window_extent().width) if bold else 0.0

    def _note(self, note: Mapping[str, Any]) -> None:
        x = self.place(note, "x", "xref") + note.get("xshift", 0)
        y = self.place(note, "y", "yref") + note.get("yshift", 0)
        across = {"left": "left", "center": "center", "right": "right"}[note.get("xanchor", "center")]
        up = {"bottom": "bottom", "middle": "center", "top": "top"}[note.get("yanchor", "middle")]
        self.text(
            x,
            y,
            note["text"],
            size=note["font"]["size"],
            colour=note["font"].get("color", self.ink),
            ha=across,
            va=up,
        )

    def _legend(self, traces: Sequence[Mapping[str, Any]]) -> None:
        """Entries side by side over the plotted area, on as many lines as they take, from the bottom up."""
        from dashboard.export.marks import key_of

        lines: list[list[tuple[float, Mapping[str, Any]]]] = [[]]
        at = 0.0
        for trace in traces:
            plain, _ = words(str(trace["name"]))
            need = 36 + self._measure(plain)
            if at and at + need > self.inner[0]:
                lines.append([])
                at = 0.0
            lines[-1].append((at, trace))
            at += need
        base = self.height - self.top + 6
        for row, entries in enumerate(reversed(lines)):
            y = base + 20 * row + 6
            for x, trace in entries:
                key_of(self, trace, self.left + x + 10, y)
                self._set(self.left + x + 24, y, str(trace["name"]), size=12, colour=self.ink, ha="left", va="center")

    def _measure(self, text: str) -> float:
        put = self.page.text(0, 0, text, fontsize=12 * PIXEL)
        wide = float(put.get_window_extent().width)
        put.remove()
        return wide
