"""A night with 1 % new articles beside the refresh of all of them."""

from __future__ import annotations

from pipeline.bench import Line, Setting, Side


def bench(setting: Setting) -> Line:
    """Seconds: the night's ÷ the first refresh's. Imports and the loading of models are part of neither."""
    new = max(1, setting.articles // 100)
    full = setting.first_seconds
    setting.told(f"a night with {new:,} new articles")
    night = setting.refresh_seconds(setting.articles + new)
    idle = setting.refresh_seconds(setting.articles + new)
    return Line(
        "night with 1 % new articles ÷ full refresh",
        "articles",
        Side(f"a night with {new:,} new articles", night, setting.articles + new),
        Side(f"the first refresh of {setting.articles:,} articles", full, setting.articles),
        of="seconds",
        target=0.05,
        more={"seconds of a night with nothing new": idle},
    )
