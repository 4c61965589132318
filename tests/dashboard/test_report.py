"""Reports: a page that stands alone, and a tagged PDF, with what an editor asks for."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from dashboard.report import report_bytes
from dashboard.report.citing import citation
from pipeline.snapshot import Snapshot
from tests.dashboard import handmade

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
HEADINGS = (
    "In short", "What it is compared with", "What sets this piece apart", "What it leaves out", "Measure by measure",
    "Methods and validity", "Limits", "References", "How to cite this", "Where it comes from",
)  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return handmade.made_snapshot(tmp_path_factory.mktemp("store"))


def page_of(document: dict[str, Any], snapshot: Snapshot) -> str:
    link = "http://127.0.0.1/?piece=p1"
    return report_bytes(document, snapshot, "html", text=handmade.PIECE_TEXT, permalink=link, now=NOW).decode("utf-8")


def test_a_page_has_every_part_and_needs_nothing_else(snapshot: Snapshot) -> None:
    page = page_of(handmade.document(), snapshot)
    for heading in HEADINGS:
        assert f"<h2>{heading}</h2>" in page
    assert "Invented texts." in page
    assert not re.search(r'(?:src|href)="https?:', page)
    assert page.count('<svg role="img"') >= 6
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_findings_show_the_sentence_with_the_span_marked(snapshot: Snapshot) -> None:
    page = page_of(handmade.document(), snapshot)
    assert "The <mark>eyesore</mark> cost too much." in page


def test_names_are_written_not_run(snapshot: Snapshot) -> None:
    document = handmade.document()
    document["piece"]["title"] = "<script>alert(1)</script> \\ & 100 %"
    page = page_of(document, snapshot)
    assert "<script>alert" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; Ampersand" in page


def test_a_pdf_is_tagged_and_can_be_searched(snapshot: Snapshot) -> None:
    data = report_bytes(handmade.document(), snapshot, "pdf", text=handmade.PIECE_TEXT, now=NOW)
    reader = PdfReader(io.BytesIO(data))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert 4 <= len(reader.pages) <= 12
    # pypdf cannot read the character maps that WeasyPrint writes for some fonts; PDFium reads as Chromium does.
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]
    text = re.sub(r"\s+", " ", " ".join(pages))
    for heading in HEADINGS:
        assert heading in text
    assert "The bridge costs too much." in text
    assert (reader.metadata or {})["/Title"].startswith("Framing report")


def test_a_report_says_where_it_comes_from(snapshot: Snapshot, tmp_path: Any) -> None:
    from dashboard.export import read_provenance

    for form in ("html", "pdf"):
        path = tmp_path / f"r.{form}"
        path.write_bytes(report_bytes(handmade.document(), snapshot, form, now=NOW))
        assert read_provenance(path)["snapshot"] == snapshot.id


def test_figures_are_the_answers(snapshot: Snapshot) -> None:
    page = page_of(handmade.document(), snapshot)
    assert "6 of 8 namings" in page  # 0.75 of n 8
    assert "0.003" in page  # p of the first omission


def test_a_piece_that_is_not_measured_has_a_report(snapshot: Snapshot) -> None:
    document = handmade.document()
    document |= {"rows": [], "omissions": [], "evidence": [], "event": None, "ground": "period"}
    document["piece"] |= {"measured": False, "language": "ar", "title": None, "date": None}
    page = page_of(document, snapshot)
    assert "is placed beside its event" in page
    assert "Nothing measured here sets the piece apart" in page


def test_a_citation_is_what_tex_takes() -> None:
    said = {"by": "Parallax 1.2", "corpus": "a_b", "snapshot": "2026X", "permalink": "http://x/?a=1&b=2"}
    cited = citation("Cost & 100 % {gone}", said, NOW)
    assert r"Cost \& 100 \% \{gone\}" in cited["bibtex"]
    assert r"a\_b" in cited["bibtex"]
    assert "(2026, January 2)" in cited["apa"]
