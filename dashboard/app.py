"""The dashboard as an app: `create_app` makes one, and nothing happens before it is called."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import dash
from flask import Flask, Response, request

from dashboard import plotly_js, shell
from dashboard.answers import ANSWERS, passing
from dashboard.api import serve_api
from dashboard.components import failure
from dashboard.compression import smaller
from dashboard.context import Analyse, Context
from dashboard.pages import all_pages
from dashboard.questions import refuse_malformed
from dashboard.still import StillDash
from dashboard.taking import serve_files
from pipeline.errors import ParallaxError
from pipeline.metrics import metrics_text
from pipeline.settings import Settings

log = logging.getLogger(__name__)
# A pasted book is refused with words by the page; what is larger than this never reaches it.
LARGEST_REQUEST_BYTES = 8 * 2**20
# Before anything is drawn the page takes the scheme chosen last, so that it does not flash.
_SCHEME = (
    "try{var s=localStorage.getItem('mantine-color-scheme-value');"
    "if(s!=='light'&&s!=='dark'){s=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light'}"
    "document.documentElement.setAttribute('data-mantine-color-scheme',s)}catch(e){}"
)
LIKELY = "parallax-likely"  # the name, among a server's extensions, of what says what its readers open next
# What draws charts is most of what comes over the line, and dcc asks for it when the first of them is there. A page
# that opens with charts has it read as soon as it has come; others have it fetched for the next page.
DRAWING = (plotly_js.ADDRESS, "/_dash-component-suites/dash/dcc/async-graph.js")
_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="light dark">
<title>{%title%}</title>
{%drawing%}
{%favicon%}
{%css%}
<script>SCHEME</script>
</head>
<body>
<noscript>Parallax needs JavaScript to draw its pages. `parallax compare` and `parallax report` do without.</noscript>
{%app_entry%}
{%config%}
{%scripts%}
{%renderer%}
</body>
</html>""".replace("SCHEME", _SCHEME)


def create_app(
    store: Path,
    corpus: str,
    settings: Settings,
    *,
    analyse: Analyse | None = None,
    refresh: Sequence[str] | None = None,
) -> dash.Dash:
    """The dashboard of one corpus.

    analyse: how a piece is compared, where not as `parallax compare` does. refresh: the command that refreshes
    the corpus, for readers who may start one; without it nobody can.

    The app holds all its state in itself: two in one process show their own data.
    """
    context = Context(store, corpus, settings, analyse=analyse, refresh=refresh)
    app = StillDash(
        __name__,
        server=Flask(f"parallax-{corpus}"),
        title="Parallax",
        update_title=None,
        use_pages=False,
        suppress_callback_exceptions=True,
        serve_locally=True,
        index_string=_INDEX,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        assets_folder=str(Path(__file__).parent / "assets"),
        on_error=_faulted,
    )
    pages = all_pages()
    app.interpolate_index = _with_drawing(app.interpolate_index, {page.path for page in pages if page.charts})
    app.layout = shell.frame()
    shell.register(app, context, pages)
    for page in pages:
        page.register(app, context)
    _serve_plain(app, context)
    return app


def _with_drawing(index: Callable[..., str], opens: Collection[str]) -> Callable[..., str]:
    """The page, asking for what draws charts in the way that its path calls for. opens: paths that open with some."""

    def page(**parts: str) -> str:
        if (request.path.rstrip("/") or "/") in opens:
            early = f'<script async fetchpriority="low" src="{DRAWING[0]}"></script>'
        else:
            early = "\n".join(f'<link rel="prefetch" as="script" href="{path}">' for path in DRAWING)
        return index(**parts).replace("{%drawing%}", early)

    return page


def _faulted(error: Exception) -> None:
    """What a callback raises is shown over the page, and leaves the rest of the page as it was."""
    passing()
    if not isinstance(error, ParallaxError):
        log.error("a callback failed", exc_info=error)
    dash.set_props("shell-fault", {"children": failure(error)})


def _serve_plain(app: Any, context: Context) -> None:
    """Health, headers and the limit on what may be sent."""
    server = app.server
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    policy = _policy(app)

    def healthy() -> Response:
        return Response("ok\n", mimetype="text/plain")

    def ready() -> Response:
        try:
            snapshot = context.snapshot(None)
            snapshot.rows("refresh", ["what"])  # from the disk: it may be gone since it was opened
            return Response(f"ready {snapshot.id}\n", mimetype="text/plain")
        except ParallaxError as error:
            return Response(f"{error}\n", status=503, mimetype="text/plain")

    def metrics() -> Response:
        return Response(metrics_text(context.store), mimetype="text/plain; version=0.0.4")

    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response

    # Dash answers every other path with the page; these are asked for before it.
    server.add_url_rule("/healthz", "healthz", healthy)
    server.add_url_rule("/readyz", "readyz", ready)
    server.add_url_rule("/metrics", "metrics", metrics)
    plotly_js.serve_plotly(server)
    serve_files(server, context)
    serve_api(server, context)
    server.after_request(guard)
    server.after_request(smaller())
    refuse_malformed(server, lambda: app.callback_map)
    context.answers.serve(server, context.newest)
    server.extensions[ANSWERS] = context.answers
    server.extensions[LIKELY] = lambda: {p.path: p.likely(context.snapshot(None)) for p in all_pages()}


def _policy(app: Any) -> str:
    """The Content-Security-Policy: everything from here, scripts only ours, styles also inline (Mantine's)."""
    own = base64.b64encode(hashlib.sha256(_SCHEME.encode()).digest()).decode()
    scripts = " ".join(["'self'", f"'sha256-{own}'", *app.csp_hashes()])
    return "; ".join(
        (
            "default-src 'self'", f"script-src {scripts}", "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:", "font-src 'self' data:", "connect-src 'self'", "object-src 'none'",
            "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
        )
    )  # fmt: skip
