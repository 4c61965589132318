"""Scripts and styles sent smaller, to browsers that say they can: 2 MB instead of 9.7 before the first chart.

Answers with figures are left as they are: to compress them takes longer than to send them on most lines.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

import brotli
from flask import Response, request

STATIC = ("/_dash-component-suites/", "/assets/")
TYPES = ("text/javascript", "application/javascript", "text/css", "application/json")
LEAST_BYTES = 1400  # what one packet carries anyway
# The better first. Brotli's higher levels take ten times as long for a tenth less.
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, quality=9),
    "gzip": lambda data: gzip.compress(data, 6, mtime=0),
}
# What has no version in its name is asked for again after so long; what was fetched beforehand is used until then.
FRESH_SECONDS = 600


def smaller() -> Callable[[Response], Response]:
    """What compresses a server's static answers, each once: they are those of the installed packages."""
    kept: dict[tuple[str, str], tuple[int, bytes]] = {}
    lock = threading.Lock()

    def compress(response: Response) -> Response:
        if not request.path.startswith(STATIC) or response.status_code != 200 or response.mimetype not in TYPES:
            return response
        response.vary.add("Accept-Encoding")
        if response.cache_control.max_age is None:
            response.cache_control.max_age = FRESH_SECONDS
        form = next((name for name in PACKED if request.accept_encodings.quality(name)), None)
        if request.method != "GET" or form is None or response.content_encoding:
            return response
        response.direct_passthrough = False
        data = response.get_data()
        if len(data) < LEAST_BYTES:
            return response
        with lock:
            size, packed = kept.get((request.path, form), (-1, b""))
            if size != len(data):
                packed = PACKED[form](data)
                kept[request.path, form] = len(data), packed
        response.set_data(packed)
        response.content_encoding = form
        return response

    return compress
