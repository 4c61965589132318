"""`parallax serve`: the dashboard of a corpus."""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path
from typing import Any

import typer

from pipeline.cli import say
from pipeline.errors import WorkError

# Most of them wait: for their turn to make an answer, or for another process to make it.
THREADS = 32
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve")(serve)


def serve(
    corpus: str = typer.Option(..., help="A name under corpora/, or a folder with a corpus.toml."),
    host: str | None = typer.Option(None, help="Address to listen on; default 127.0.0.1."),
    port: int | None = typer.Option(None, help="Port to listen on, 0 for any that is free; default 8050."),
    store: Path | None = typer.Option(None, help="Where library, vectors and snapshots live."),
) -> None:
    """Serve the dashboard of a corpus to browsers."""
    from pipeline.child import refresh_command
    from pipeline.corpus import load_corpus
    from pipeline.intact import open_sound
    from pipeline.settings import load_settings

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = load_settings(store=store, host=host, port=port)
    loaded = load_corpus(corpus)
    name = loaded.name
    open_sound(settings.store, name)  # no snapshot: says so now, not to every reader
    listening = listen(settings.host, settings.port)
    _one_heap()
    from dashboard.app import create_app
    from dashboard.beside import beside
    from dashboard.warm import keep_warm

    app = create_app(settings.store, name, settings, refresh=refresh_command(loaded, settings, "hand"))
    # Dash finishes setting itself up at the first request; two at once would meet it half done.
    app.server.test_client().get("/")
    others = beside(app.server, many=min(settings.serving_processes, os.cpu_count() or 1) - 1,
                    shut=[listening])  # fmt: skip
    listening.listen()  # now, so that whoever reads the next line is not refused
    address, number = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    say(f"Parallax shows {name} on http://{shown}:{number}/ – Ctrl+C ends it")
    if settings.host not in LOOPBACK:
        say("Anybody who reaches this machine can read the corpus: put a proxy with a login before it.")
    keep_warm(app.server, [other.warm for other in others])
    run(app.server, listening)


def _one_heap() -> None:
    """Has all threads share one heap, and large blocks given back at once. By itself glibc keeps a heap a thread,
    each with the most that it ever needed, and Arrow a pool of its own: that doubles what a server occupies."""
    import ctypes

    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:  # musl has none, and needs none
        mallopt(-8, 1)  # M_ARENA_MAX
        mallopt(-3, 2**22)  # M_MMAP_THRESHOLD, bytes: more than an answer needs at once
        mallopt(-1, 2**24)  # M_TRIM_THRESHOLD, bytes


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises WorkError where the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise WorkError(
            f"cannot listen on {host}:{port} ({error.strerror or error}): end what runs there, or give another --port"
        ) from error
    return listening


def run(server: Any, listening: socket.socket) -> None:
    """Serves until interrupted."""
    from waitress import serve as waitress_serve

    # It warns of every request that waits for its turn, which is no trouble.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    waitress_serve(server, sockets=[listening], threads=THREADS, ident=None, channel_timeout=120)
