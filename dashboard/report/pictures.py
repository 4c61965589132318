"""The charts of a report: drawn without a browser, in the print theme, with a text for those who cannot see."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.export.drawing import drawn_picture
from dashboard.figures import chart_named
from dashboard.figures._frame import PIECE
from dashboard.palette import PRINT

WIDTH = 690  # pixels: the text's width on A4
BLOCKS = {"naming": ("concept", 2), "credit": ("item", 3)}


class Pictures:
    """Draws the charts of one comparison."""

    def __init__(self, document: Mapping[str, Any], *, inline: bool) -> None:
        self._document, self._inline = document, inline
        self._drawn = 0

    def chart(self, name: str, options: Mapping[str, str] | None = None) -> dict[str, Any]:
        """{"title", "about", "rows", "picture"}: the picture as markup, an SVG element or an image."""
        from markupsafe import Markup, escape

        module = chart_named(name)
        frame = self._most_telling(module.tidy(self._document, options), name)
        figure = module.figure(frame, theme=PRINT, width=WIDTH)
        height = int(figure["layout"]["height"])
        svg = drawn_picture(figure, "svg", width=WIDTH, height=height, scale=1).decode("utf-8")
        about = f"{module.chart.title}. {module.chart.about}"
        if self._inline:
            markup = Markup(self._element(svg, about))
        else:
            data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
            markup = Markup('<img alt="{}" src="data:image/svg+xml;base64,{}">').format(escape(about), data)
        return {"title": module.chart.title, "about": module.chart.about, "rows": len(frame), "picture": markup}

    def _most_telling(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        """Of charts in blocks, those that the piece stands out in most, or where it is in none the first: a page
        holds no more."""
        by, most = BLOCKS.get(name, (None, 0))
        if by is None:
            return frame
        mine = frame[(frame["source"] == PIECE) & (frame["n"] > 0)]
        apart = mine.groupby(by)["standout"].agg(lambda z: z.abs().max()).fillna(-1.0)
        keep = list(apart.sort_values(ascending=False, kind="stable").index) or list(frame[by].unique())
        return frame[frame[by].isin(keep[:most])].reset_index(drop=True)

    def _element(self, svg: str, about: str) -> str:
        """The SVG as an element of a page: without its head, its ids its own, its size the column's."""
        from markupsafe import escape

        self._drawn += 1
        prefix = f"c{self._drawn}-"
        body = svg[svg.index("<svg") :]
        body = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', body)
        body = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}\1"', body)
        body = body.replace("url(#", f"url(#{prefix}")
        body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
        return re.sub(r"<svg ", f'<svg role="img" aria-label="{escape(about)}" ', body, count=1)
