"""Where an axis is marked, and with what: said in the chart, so that every way of drawing it marks the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

_STEPS = (1.0, 2.0, 5.0, 10.0)
_DAY_STEPS = (1, 2, 7, 14)  # days between marks; beyond a fortnight they stand at the beginnings of months
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


def ticks(low: float, high: float, *, most: int = 7) -> dict[str, Any]:
    """Round numbers from low to high, at most so many."""
    size = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(size * s for s in _STEPS if (high - low) / (size * s) <= most)
    values = [round(i * step, 10) + 0.0 for i in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
    return {"tickvals": values, "ticktext": [f"{value:g}".replace("-", "−") for value in values]}


def day_ticks(first: str, last: str, *, most: int = 6) -> dict[str, Any]:
    """Days from first to last (ISO moments), at most so many; the year under the first and where it changes."""
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    days = next((found for found in _choices(start, end) if len(found) <= most), [])
    text = [
        f"{day.day} {day:%b}" + (f"<br>{day.year}" if not i or day.year != days[i - 1].year else "")
        for i, day in enumerate(days)
    ]
    return {"tickvals": [day.isoformat() for day in days], "ticktext": text}


def _choices(start: datetime, end: datetime) -> Iterator[list[date]]:
    """Days that an axis may be marked at, the finest choice first."""
    begin = start.date() + timedelta(days=start.time() > time.min)
    every = range((end.date() - begin).days + 1)
    yield from ([begin + timedelta(days=n) for n in every[::step]] for step in _DAY_STEPS)
    months = [day for day in (begin + timedelta(days=n) for n in every) if day.day == 1]
    yield from ([day for day in months if (day.year * 12 + day.month - 1) % step == 0] for step in _MONTH_STEPS)
