"""What a spreadsheet would run in a cell, and how it is kept from it (OWASP, CSV injection)."""

RUNS = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so


def harmless(text: str) -> str:
    """A text that no spreadsheet runs as a formula: an apostrophe makes it text."""
    return "'" + text if text.startswith(RUNS) else text
