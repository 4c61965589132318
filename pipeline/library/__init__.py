"""The library: articles as collected, in SQLite or PostgreSQL. The only SQL."""

from pipeline.library.store import Added, Library, open_library

__all__ = ["Added", "Library", "open_library"]
