"""plotly's own script: cut to the kinds of chart drawn here where that was made, and whole where it was not."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from flask import Flask, Response

# Where Dash has browsers fetch it.
ADDRESS = "/_dash-component-suites/plotly/package_data/plotly.min.js"
# The kinds of chart drawn here, as plotly calls them.
TRACES = frozenset({"bar", "heatmap", "scatter"})
# What `scripts/cut_plotly.py` makes. It begins with what it was made of.
CUT = Path(__file__).parent / "build" / "plotly.js"


def whole() -> bytes:
    """The script as the installed package carries it."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


def made_of(script: bytes) -> bytes:
    """The first line of what is cut from this script. A cut of another version or for other charts has another."""
    digest = hashlib.sha256(script + " ".join(sorted(TRACES)).encode())
    return f"/* plotly, cut to {', '.join(sorted(TRACES))} ({digest.hexdigest()}) */\n".encode()


@cache
def plotly_js() -> bytes:
    """The script that draws the charts: UTF-8, defines `Plotly`."""
    script = whole()
    try:
        made = CUT.read_bytes()
    except FileNotFoundError:
        return script
    return made if made.startswith(made_of(script)) else script


def serve_plotly(server: Flask) -> None:
    """Has a server send that script where Dash would send the whole one."""
    server.add_url_rule(ADDRESS, "plotly", lambda: Response(plotly_js(), mimetype="text/javascript"))
