"""Pictures without a browser: a chart's plotly dictionary, drawn by matplotlib to the same measure.

It knows what the charts of this package use: scatter (lines, marks, text), horizontal bars, heat maps, line
and rectangle shapes, annotations, legends. A chart that uses more says so by a KeyError in the tests.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Mapping
from typing import Any

from dashboard.export import fonts
from dashboard.export.canvas import Canvas
from dashboard.export.marks import draw_trace

# matplotlib's settings belong to the process: one picture at a time.
_ONE_AT_A_TIME = threading.Lock()


def drawn_picture(figure: Mapping[str, Any], form: str, *, width: int, height: int, scale: float) -> bytes:
    """A figure as "png", "svg" (text as text) or "pdf" (fonts embedded)."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {
        "font.family": fonts.families(str(figure["layout"]["font"]["family"])),
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "svg.hashsalt": "parallax",  # the same chart gives the same file
        "text.parse_math": False,
        "axes.unicode_minus": False,
    }
    with _ONE_AT_A_TIME, mpl.rc_context(settings), warnings.catch_warnings():
        # What no font has is told once, by `fonts.missing_scripts`, not letter by letter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        page = Figure(figsize=(width / 96, height / 96), dpi=96)
        FigureCanvasAgg(page)
        page.set_facecolor(figure["layout"]["paper_bgcolor"])
        canvas = Canvas(page, figure["layout"], width, height)
        for trace in figure["data"]:
            draw_trace(canvas, trace)
        canvas.finish(figure["data"])
        out = io.BytesIO()
        metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[form]
        page.savefig(out, format=form, dpi=96 * scale if form == "png" else 96, metadata=metadata)
    return out.getvalue()
