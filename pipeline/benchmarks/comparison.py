"""Opening a snapshot and one comparison in it, beside the refresh that made it."""

from __future__ import annotations

from pipeline.bench import Line, Setting, Side, timed


def bench(setting: Setting) -> Line:
    """Seconds: opening and comparing ÷ the full refresh, after which every comparison is to be had."""
    from pipeline.compare import compare
    from pipeline.piece import article_piece
    from pipeline.snapshot import open_snapshot

    full = setting.first_seconds
    piece = article_piece(open_snapshot(setting.settings.store, "synthetic"), "s000007")

    def ours() -> None:
        found = open_snapshot(setting.settings.store, "synthetic")
        compare(piece, found, models=setting.models, settings=setting.settings)

    ours()  # loads the models
    seconds = timed(ours)
    return Line(
        "open a snapshot and compare ÷ full refresh",
        "comparisons",
        Side("open and compare one article", seconds, 1),
        Side(f"the first refresh of {setting.articles:,} articles", full, 1),
        of="seconds",
    )
