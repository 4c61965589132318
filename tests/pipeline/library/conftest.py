"""The two kinds of database that the library stands on."""

from tests.databases import library, library_url, postgresql_url

__all__ = ["library", "library_url", "postgresql_url"]
