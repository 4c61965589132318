"""What makes two finds one article: its own id, its address, or its words."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipeline.collect import Collected

# Parameters that say how a reader came, not what is read.
_TRACKING = frozenset(
    "fbclid gclid dclid msclkid yclid igshid mc_cid mc_eid ref_src cmpid ocid ns_campaign ns_mchannel "
    "ns_source ns_linkname ftag icid smid at_medium at_campaign at_custom1 at_custom2 output amp_js_v".split()
)


def canonical_url(url: str) -> str:
    """The address without fragment, tracking parameters, default port and letter case of the host."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").lower().rstrip(".")
    port = _port(url)
    if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
    ]
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", urlencode(query), ""))


def _port(url: str) -> int | None:
    try:
        return urlsplit(url.strip()).port
    except ValueError:
        return None


def address_key(url: str | None) -> str | None:
    """What tells addresses apart: the canonical one without scheme, `www.` and closing slash.

    Null where there is none, or where it is a home page, which names no article.
    """
    if not url:
        return None
    parts = urlsplit(canonical_url(url))
    path = parts.path.rstrip("/")
    if not parts.netloc or not (path or parts.query):
        return None
    return parts.netloc.removeprefix("www.") + path + (f"?{parts.query}" if parts.query else "")


def content_hash(title: str | None, text: str) -> str:
    """SHA-256 of title and text."""
    return hashlib.sha256(f"{title or ''}\0{text}".encode()).hexdigest()


def article_id(found: Collected) -> str:
    """The source's own id; else 12 hex digits of outlet and address; else of outlet, title and date.

    Untitled texts without an address would all be one on a day, so theirs takes the text in.
    """
    if found.id:
        return found.id
    key = address_key(found.url)
    if key is None:
        key = f"{found.title}\0{found.date}" if found.title else f"{found.date}\0{found.text}"
    return hashlib.sha256(f"{found.outlet}\0{key}".encode()).hexdigest()[:12]
