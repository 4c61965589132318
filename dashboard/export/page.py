"""A chart as one HTML file that works offline: plotly.js inside, the data behind it in a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from dashboard.export.embed import html_block
from dashboard.export.provenance import source_line
from dashboard.plotly_js import plotly_js

# Every button that could send something away is off; the picture's own button draws in the browser.
CONFIG = {
    "displaylogo": False, "responsive": True, "showSendToCloud": False, "showEditInChartStudio": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "sendDataToCloud"],
}  # fmt: skip
# What the page holds may run; nothing may be fetched or sent.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
MOST_ROWS = 2000  # of the table: what a browser scrolls without stalling


def as_html(figure: Mapping[str, Any], frame: pd.DataFrame, said: Mapping[str, Any]) -> bytes:
    """The chart as it is on the screen, with its source and its data; no request leaves the page."""
    theme = figure["layout"]
    paper, ink = theme["paper_bgcolor"], theme["font"]["color"]
    spec = _script_safe(json.dumps(figure, ensure_ascii=False, default=_plain))
    config = json.dumps(CONFIG)
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(str(said["title"]))}</title>
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
{html_block(said)}
<style>
body {{ margin: 0 auto; padding: 1.5rem; max-width: 70rem; background: {paper}; color: {ink};
  font: 16px/1.5 {theme["font"]["family"]}; }}
h1 {{ font-size: 1.3rem; margin: 0 0 .75rem }}
p, summary {{ font-size: .85rem }}
table {{ border-collapse: collapse; font-size: .8rem }}
th, td {{ text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums }}
.wide {{ overflow-x: auto }}
</style></head><body>
<main><h1>{escape(str(said["title"]))}</h1>
<div id="chart" role="img" aria-label="{escape(str(said["title"]))}; the data follow in a table"></div>
<p>{escape(source_line(said))}</p>
<details><summary>The data ({len(frame):,} rows)</summary><div class="wide">{_table(frame)}</div></details></main>
<script>{_script_safe(plotly_js().decode())}</script>
<script>var f = {spec}; Plotly.newPlot("chart", f.data, f.layout, {config});</script>
</body></html>
"""
    return page.encode("utf-8")


def _script_safe(source: str) -> str:
    """A script's text that cannot end its element early."""
    return source.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _table(frame: pd.DataFrame) -> str:
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame.columns)
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
    lines = []
    for row in frame.head(MOST_ROWS).itertuples(index=False):
        cells = [
            f"<td class=number>{'' if value != value else f'{value:.6g}'}</td>"
            if number
            else f"<td>{'' if value is None or value != value else escape(str(value))}</td>"
            for value, number in zip(row, numeric, strict=True)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    more = len(frame) - MOST_ROWS
    note = f"<p>{more:,} more rows are in the other forms of this export.</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>{note}"
