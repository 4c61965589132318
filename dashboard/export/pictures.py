"""A chart as PNG, SVG, PDF: through Chromium where it is there, else drawn without; with title and source."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Literal

from dashboard.export import embed, fonts
from dashboard.export.browser import INSTALL, browser_path, browser_picture
from dashboard.export.drawing import drawn_picture
from dashboard.export.provenance import source_line
from dashboard.figures._layout import text_width, wrapped
from pipeline.errors import InputError, WorkError

Way = Literal["auto", "browser", "drawn"]
WIDTH = 900
MOST_PIXELS = 16_000  # of a side: beyond it neither Chromium nor most readers hold a picture
PICTURES = ("png", "svg", "pdf")


def titled(figure: Mapping[str, Any], said: Mapping[str, Any], width: int) -> dict[str, Any]:
    """The figure with its title over it and its source under it, at a fixed width."""
    out = copy.deepcopy(dict(figure))
    layout = out["layout"]
    margin = layout["margin"]
    ink, muted = layout["font"]["color"], "#6b7280"
    title = wrapped(said["title"], (width - 32) * 0.92, lines=2, size=17)
    under = wrapped(source_line(said), width - 32, lines=4, size=10.5)
    above, below = 22 * (1 + title.count("<br>")) + 14, 14 * (1 + under.count("<br>")) + 16
    place = {"xref": "paper", "yref": "paper", "x": 0, "xshift": 16 - margin["l"], "xanchor": "left",
             "showarrow": False, "align": "left"}  # fmt: skip
    layout["annotations"] = [
        *layout.get("annotations", ()),
        {**place, "text": f"<b>{title}</b>", "y": 1, "yshift": margin["t"] + 2, "yanchor": "bottom",
         "font": {"size": 17, "color": ink}},
        {**place, "text": under, "y": 0, "yshift": -margin["b"] - 4, "yanchor": "top",
         "font": {"size": 10.5, "color": muted}},
    ]  # fmt: skip
    layout["height"] = layout["height"] + above + below
    layout["width"] = width
    layout["margin"] = {**margin, "t": margin["t"] + above, "b": margin["b"] + below}
    return out


def picture(
    figure: Mapping[str, Any],
    form: str,
    said: Mapping[str, Any],
    *,
    width: int = WIDTH,
    scale: float = 2.0,
    way: Way = "auto",
) -> bytes:
    """A chart as "png", "svg" or "pdf", with its provenance in it.

    scale: of a PNG, pixels for each of the layout's. Raises InputError for a size that cannot be, WorkError
    where neither way of drawing works, with what to install.
    """
    whole = titled(figure, said, width)
    height = int(whole["layout"]["height"])
    _check_size(form, width, height, scale)
    data, how = _drawn(whole, form, width, height, scale, way)
    full = {**said, "drawn": how}
    if form == "svg":
        return embed.svg_with(data, full, style=_faces(data, str(whole["layout"]["font"]["family"])))
    return {"png": embed.png_with, "pdf": embed.pdf_with}[form](data, full)


def _faces(svg: bytes, family: str) -> str:
    """The fonts of an SVG's letters, so that it looks the same where they are not installed."""
    from xml.etree import ElementTree

    nodes = [node for node in ElementTree.fromstring(svg).iter() if node.tag.rpartition("}")[2] == "text"]
    bold = b"bold" in svg or b"font-weight: 700" in svg
    return fonts.font_faces(family, "".join("".join(node.itertext()) for node in nodes), bold=bold)


def _check_size(form: str, width: int, height: int, scale: float) -> None:
    if not 200 <= width <= 4000:
        raise InputError(f"the width is {width} pixels", remedy="give 200 to 4000")
    if not 0.5 <= scale <= 8:
        raise InputError(f"the scale is {scale:g}", remedy="give 0.5 to 8")
    if form == "png" and max(width, height) * scale > MOST_PIXELS:
        most = MOST_PIXELS / max(width, height)
        raise InputError(
            f"the picture would be {width * scale:.0f} × {height * scale:.0f} pixels",
            remedy=f"give a scale below {most:.1f}, or take .svg or .pdf",
        )


def _drawn(figure: dict[str, Any], form: str, width: int, height: int, scale: float, way: Way) -> tuple[bytes, str]:
    """The picture, and which way it was made. Where the choice is ours, the second way follows the first."""
    why = "none is installed"
    if way == "browser" or (way == "auto" and browser_path() is not None):
        try:
            return browser_picture(figure, form, width=width, height=height, scale=scale), "plotly in Chromium"
        except WorkError as error:
            if way == "browser":
                raise
            why = str(error)
    try:
        return drawn_picture(figure, form, width=width, height=height, scale=scale), "matplotlib"
    except ImportError as error:
        raise WorkError(
            f"the picture can be drawn neither by Chromium ({why}) nor by matplotlib ({error}): {INSTALL}, "
            "or `pip install matplotlib`"
        ) from error


__all__ = ["PICTURES", "Way", "picture", "text_width", "titled"]
