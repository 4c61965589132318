"""Who may do from a page what changes something: start a refresh, code by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import has_request_context, request

from pipeline.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# A proxy on this machine calls from loopback for somebody elsewhere, and says so in one of these.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


@dataclass(frozen=True)
class Asker:
    """Who asks. remote: the address that the call comes from. host: as the browser asked for it."""

    remote: str | None = None
    host: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def asker() -> Asker:
    """Who asks now; nobody outside a request."""
    if not has_request_context():
        return Asker()
    return Asker(request.remote_addr, request.host, dict(request.headers))


def is_local(asks: Asker, settings: Settings) -> bool:
    """Whether somebody on the machine that serves asks, of a server that serves nobody else."""
    host = asks.host
    named = host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
    here = settings.host in LOOPBACK and (asks.remote or "") in LOOPBACK and named in LOOPBACK
    return here and not any(name in asks.headers for name in FORWARDED)


def may(allowed: str, asks: Asker, settings: Settings) -> bool:
    """Whether a setting of "local", "all" or "none" lets them."""
    return allowed == "all" or (allowed == "local" and is_local(asks, settings))
