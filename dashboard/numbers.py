"""Numbers for people, one way everywhere: shares in per cent, scales signed, the rest as it is.

"—" stands for a value that cannot be had. Figures are rounded for reading; exports hold them in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

NONE = "—"
THIN = "\u202f"  # narrow no-break space: between a number and its sign, and between thousands
STATED = (
    "Shares are in per cent. Scales from −1 to +1 carry their sign. Intervals are 95 %, shown as low – high; "
    "n is the number of namings, sentences, passages or words that a value rests on. A dash is a value that cannot "
    "be had."
)


def is_share(bounds: Sequence[float | None]) -> bool:
    return tuple(bounds) == (0.0, 1.0)


def number(value: float | None, bounds: Sequence[float | None] = (None, None)) -> str:
    """A value of a quantity with these bounds: "71 %", "+0.64", "3.2"."""
    if value is None or value != value:
        return NONE
    if is_share(bounds):
        return percent(value)
    if bounds[0] is not None and bounds[0] < 0:
        return signed(value, 2 if abs(value) >= 0.1 or value == 0 else 3)
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2
    return signed(value, digits) if bounds[0] is None else f"{value:.{digits}f}"


def numbers(values: Sequence[float], bounds: Sequence[float | None]) -> list[str]:
    """The same of many values of one quantity."""
    if is_share(bounds):
        return [percent(value) if value == value else NONE for value in values]
    return [number(value, bounds) for value in values]


def percent(value: float) -> str:
    """A share 0 – 1: whole per cent, but a tenth under ten ("2.7 %", "3 %") and over 99; never "0 %" for more than
    nothing, nor "100 %" for less than all."""
    if 0 < value < 0.0005:
        return f"<{THIN}0.1{THIN}%"
    if 0.9995 <= value < 1:
        return f">{THIN}99.9{THIN}%"
    fine = value < 0.0995 or 0.99 < value < 1
    text = f"{100 * value:.1f}".removesuffix(".0") if fine else f"{100 * value:.0f}"
    return f"{text}{THIN}%"


def signed(value: float, digits: int) -> str:
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else '−'}{text}"


def interval(cell: Mapping[str, Any], bounds: Sequence[float | None]) -> str:
    """ "54 – 84 %"; empty where there is none."""
    low, high = cell.get("low"), cell.get("high")
    if low is None or high is None:
        return ""
    left, right = number(low, bounds), number(high, bounds)
    if is_share(bounds):
        left = left.removesuffix(f"{THIN}%")
    return f"{left} – {right}"


def count(value: int) -> str:
    """12,431 with a narrow space between thousands."""
    return f"{value:,}".replace(",", THIN)


def many(value: int, one: str, more: str | None = None) -> str:
    """ "1 article", "12 articles"."""
    return f"{count(value)} {one if value == 1 else more or one + 's'}"


def day(value: date | datetime | str | None) -> str:
    """ "9 March 2022"; days are as the source dated them."""
    if value is None or value != value:
        return "no date"
    parsed = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{parsed.day} {parsed:%B %Y}"


def days(start: date | datetime | str, end: date | datetime | str) -> str:
    """ "5 – 8 March 2022", "28 February – 2 March 2022"."""
    a, b = (date.fromisoformat(v[:10]) if isinstance(v, str) else v for v in (start, end))
    if (a.year, a.month, a.day) == (b.year, b.month, b.day):
        return day(a)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day} – {day(b)}"
    return f"{a.day} {a:%B} – {day(b)}" if a.year == b.year else f"{day(a)} – {day(b)}"


def moment(value: str) -> str:
    """An ISO moment as "23 November 2026, 21:15 UTC"."""
    parsed = datetime.fromisoformat(value)
    return f"{day(parsed)}, {parsed:%H:%M} {parsed:%Z}".replace("UTC+00:00", "UTC")


def duration(seconds: float | None) -> str:
    """ "4.2 s", "42 s", "3 min 19 s", "25 min", "2 h 10 min"; the dash where it is not known."""
    if seconds is None or seconds != seconds:
        return NONE
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{seconds / 60:.0f} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
