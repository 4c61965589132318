"""The refreshes of a store in Prometheus's text form, from their ledgers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipeline.durable import replace_text
from pipeline.runs import Run, read_runs
from pipeline.settings import Settings

METRICS_FILE = "metrics.prom"
Sample = tuple[dict[str, str], float]

# name → (type, help)
METRICS = {
    "parallax_runs_total": ("counter", "Refreshes by outcome."),
    "parallax_run_in_progress": ("gauge", "1 while a refresh runs."),
    "parallax_last_run_success": ("gauge", "1 if the last finished refresh published a snapshot."),
    "parallax_last_run_start_time_seconds": ("gauge", "When the last refresh began, Unix time."),
    "parallax_last_run_duration_seconds": ("gauge", "How long the last finished refresh took."),
    "parallax_last_published_time_seconds": ("gauge", "When a refresh last published a snapshot, Unix time."),
    "parallax_stage_seconds": ("gauge", "How long each stage of the last published refresh took."),
    "parallax_rows": ("gauge", "What the last published snapshot holds."),
    "parallax_sources_failed": ("gauge", "Sources that failed in the last finished refresh."),
    "parallax_sources_sick": ("gauge", "Sources that somebody should look at."),
    "parallax_articles_left_out": (
        "gauge",
        "Articles not measured or refused in the last published refresh, by reason.",
    ),
}


def metrics_text(store: Path) -> str:
    """Metrics of every corpus of a store that has a ledger."""
    samples: dict[str, list[Sample]] = {name: [] for name in METRICS}
    for path in sorted(store.glob("*/runs/ledger.jsonl")):
        for name, labels, value in _samples(path.parent.parent.name, read_runs(store, path.parent.parent.name)):
            samples[name].append((labels, value))
    lines = []
    for name, (kind, about) in METRICS.items():
        if samples[name]:
            lines += [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
            lines += [f"{name}{{{_labels(labels)}}} {float(value)!r}" for labels, value in samples[name]]
    return "\n".join(lines) + "\n" if lines else ""


def write_metrics(settings: Settings) -> None:
    """Writes them to the store, for a collector of text files. Raises OSError."""
    replace_text(settings.store / METRICS_FILE, metrics_text(settings.store))


def _samples(corpus: str, runs: list[Run]) -> Iterator[tuple[str, dict[str, str], float]]:
    if not runs:
        return
    mine = {"corpus": corpus}
    outcomes = Counter(run.outcome for run in runs)
    for outcome in ("published", "failed", "killed"):
        yield "parallax_runs_total", {**mine, "outcome": outcome}, outcomes[outcome]  # type: ignore[index]
    yield "parallax_run_in_progress", mine, outcomes["running"]
    yield "parallax_last_run_start_time_seconds", mine, runs[-1].started.timestamp()
    ended = [run for run in runs if run.ended is not None]
    if ended:
        last = ended[-1]
        yield "parallax_last_run_success", mine, float(last.outcome == "published")
        yield "parallax_last_run_duration_seconds", mine, last.took_seconds or 0.0
        yield "parallax_sources_failed", mine, len(last.failures)
        yield "parallax_sources_sick", mine, len(last.sick)
    published = [run for run in ended if run.snapshot is not None]
    if published:
        last = published[-1]
        assert last.ended is not None
        yield "parallax_last_published_time_seconds", mine, last.ended.timestamp()
        yield from (("parallax_stage_seconds", {**mine, "stage": s}, n) for s, n in last.seconds.items())
        yield from (("parallax_rows", {**mine, "table": t}, n) for t, n in last.counts.items())
        yield from (("parallax_articles_left_out", {**mine, "reason": r}, n) for r, n in last.drops.items())


def _labels(labels: dict[str, str]) -> str:
    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    return ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items())
