"""Reports: a page that stands alone, and a tagged PDF, with what an editor asks for."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from markupsafe import escape
from pypdf import PdfReader

from dashboard.report import report_bytes
from dashboard.report.citing import citation
from pipeline.measures import all_measures
from pipeline.snapshot import Snapshot
from pipeline.validity import NOTED, agreements
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


@pytest.mark.parametrize(
    ("omissions", "said"),
    [
        ([(0.003, 0.02), (0.08, 0.1), (0.3, 0.4)], "leaves out 2 topics that a text this long would hardly miss"),
        ([(0.03, 0.3)], "may be chance"),  # p alone would call it none
        ([(0.003, None)], "leaves out 1 topic that"),
        ([], None),
    ],
)
def test_what_is_left_out_beyond_chance_goes_by_the_adjusted_p(
    snapshot: Snapshot, omissions: list[tuple[float, float | None]], said: str | None
) -> None:
    document = handmade.document()
    document["omissions"] = [{**document["omissions"][0], "p": p, "q": q} for p, q in omissions]
    short = page_of(document, snapshot).partition('<ul class="short">')[2].partition("</ul>")[0]
    if said is None:
        assert "leave" not in short
        return
    assert said in short
    first = omissions[0]
    assert f"p {first[0]}" in short
    assert first[1] is None or f"q {first[1]:.2f}" in short


def test_validity_has_its_figures_and_remarks(snapshot: Snapshot) -> None:
    page = page_of(handmade.document(), snapshot)
    for one in agreements().values():
        if any(one.task in measure.declaration.evaluated_by for measure in all_measures()):
            assert f"{one.metric} {one.value:.2f}" in page
            assert str(escape(one.meaning)) in page
    for one in NOTED:
        assert f"{one.what} {one.value:.2f}" in page
        assert str(escape(one.source)) in page


def test_a_piece_at_no_address_says_so(snapshot: Snapshot) -> None:
    page = report_bytes(handmade.document(), snapshot, "html", text=handmade.PIECE_TEXT, now=NOW).decode("utf-8")
    assert "no address shows this again" in page
    assert "no address shows this again" not in page_of(handmade.document(), snapshot)
