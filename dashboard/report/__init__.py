"""A comparison as a report: one HTML file that works offline, or an accessible, tagged PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dashboard.export.embed import html_block
from dashboard.export.provenance import provenance
from dashboard.report.content import report_content
from pipeline.errors import WorkError
from pipeline.snapshot import Snapshot

FORMS = ("html", "pdf")


def report_bytes(
    document: Mapping[str, Any],
    snapshot: Snapshot,
    form: str,
    *,
    text: str | None = None,
    permalink: str | None = None,
    now: datetime | None = None,
) -> bytes:
    """The report on a comparison (`parallax compare --json`) as "html" or "pdf".

    text: the piece's, for its sentences; without it a brought piece's spans stand alone. Raises WorkError
    where WeasyPrint is not to be had.
    """
    now = now or datetime.now(UTC)
    title = document["piece"]["title"] or "A piece without a title"
    said = provenance(
        snapshot, chart="report", title=f"Framing report: {title}", n=len(document["rows"]),
        filters={"piece": document["piece"]["id"], "ground": document["ground"],
                 "event": (document["event"] or {}).get("id")},
        permalink=permalink, now=now,
    )  # fmt: skip
    page = _page(report_content(document, snapshot, said, text=text, now=now, inline=form == "html"), said)
    return page.encode("utf-8") if form == "html" else _pdf(page)


def _page(content: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    shop = Environment(
        loader=PackageLoader("dashboard.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    assert shop.loader is not None
    style = Markup(shop.loader.get_source(shop, "report.css")[0])
    return shop.get_template("report.html").render(
        **content, style=style, provenance=Markup(html_block(said)), said_json=json.dumps(said, default=str)
    )


def _pdf(page: str) -> bytes:
    """The page as PDF/UA: tagged, with a title, a language and bookmarks, fonts embedded."""
    import logging

    # It warns of what screens need and paper does not.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise WorkError(
            f"the PDF cannot be made: {error}; install Pango (on Debian: apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0), or take .html"
        ) from error
    return bytes(HTML(string=page).write_pdf(pdf_variant="pdf/ua-1", custom_metadata=True))
