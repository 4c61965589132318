"""Sitemaps as they are met: pictures inside, prefixes that were never declared, marks before the first element."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from pipeline.collect.session import SourceError
from pipeline.collect.sitemap import parse_sitemap

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
URL = (
    "<url><loc> https://bag.test/ferry </loc><lastmod>2022-03-10</lastmod><!-- ours -->"
    "<news:news><news:publication_date>2022-03-09T08:00:00Z</news:publication_date><news:title>Ferry</news:title>"
    "</news:news><image:image><image:loc>https://bag.test/ferry.jpg</image:loc><image:title>Deck</image:title>"
    "</image:image></url>"
)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n ", b'<?xml version="1.0" encoding="UTF-8"?>\n'])
@pytest.mark.parametrize("spaces", [f"{SPACE} {NEWS} {IMAGE}", SPACE, ""])
@pytest.mark.parametrize("packed", [False, True])
def test_the_page_is_listed_and_not_its_picture(before: bytes, spaces: str, packed: bool) -> None:
    data = before + f"<urlset {spaces}>{URL}</urlset>".encode()
    pages, maps = parse_sitemap(gzip.compress(data) if packed else data, where="sitemap")
    (found,) = pages
    assert (found.url, found.title, maps) == ("https://bag.test/ferry", "Ferry", [])
    assert found.published == datetime(2022, 3, 9, 8, tzinfo=UTC)
    assert found.changed == datetime(2022, 3, 10, tzinfo=UTC)


def test_an_index_names_further_sitemaps() -> None:
    data = f"<sitemapindex {SPACE}><sitemap><loc>https://bag.test/1.xml</loc></sitemap></sitemapindex>".encode()
    assert parse_sitemap(data, where="sitemap") == ([], ["https://bag.test/1.xml"])
    utf16 = data.decode().encode("utf-16")
    assert parse_sitemap(utf16, where="sitemap") == ([], ["https://bag.test/1.xml"])


def test_a_list_of_addresses_is_a_sitemap_too() -> None:
    pages, _ = parse_sitemap(b"\xef\xbb\xbfhttps://bag.test/a\r\nhttps://bag.test/b\nwords\n", where="sitemap")
    assert [one.url for one in pages] == ["https://bag.test/a", "https://bag.test/b"]


@pytest.mark.parametrize("data", [b"\x1f\x8bnonsense", b"<urlset><url><loc>ht&#xD800;tp://a</loc></url></urlset>"])
def test_what_is_too_broken_is_said(data: bytes) -> None:
    with pytest.raises(SourceError, match="sitemap: not a sitemap"):
        parse_sitemap(data, where="sitemap")


def test_entities_unpack_to_nothing() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    data = f"{bomb}<urlset><url><loc>https://bag.test/&b;</loc></url></urlset>".encode()
    pages, _ = parse_sitemap(data, where="sitemap")
    assert [one.url for one in pages] == ["https://bag.test/"]
