"""The ledger of refreshes: one row a run, whatever its end. A file of JSON lines that is only added to.

store/<corpus>/runs/ledger.jsonl has a line where a run begins, where it enters a stage and where it ends;
a run without an end whose process is gone was killed. A line that was cut short is passed over.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from pipeline.errors import WorkError
from pipeline.snapshot import Snapshot, corpus_folder, open_snapshot, snapshot_ids

Outcome = Literal["published", "failed", "killed", "running"]
Trigger = Literal["hand", "schedule"]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)


@dataclass(frozen=True)
class Run:
    """One refresh. Moments are in UTC.

    ended: null while it runs; for a killed run the last sign of life. snapshot: null where none came of it.
    error: why it did not end well. stage: the last one it entered. counts: rows by table. seconds: by stage.
    failures: source → why it gave nothing. sick: source → what somebody should look at. drops: reason →
    articles. told: way → "done", or why telling failed.
    """

    id: str
    corpus: str
    trigger: Trigger
    started: datetime
    process: int
    host: str
    born: str | None = None  # when the process began, by the system's own count; null where it does not say
    ended: datetime | None = None
    outcome: Outcome = "running"
    snapshot: str | None = None
    error: str | None = None
    stage: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    sick: dict[str, str] = field(default_factory=dict)
    drops: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def took_seconds(self) -> float | None:
        """From start to end; null while it runs."""
        return None if self.ended is None else (self.ended - self.started).total_seconds()

    def as_json(self) -> dict[str, Any]:
        """For printing: moments as ISO 8601."""
        document = {key: value for key, value in asdict(self).items() if key not in ("process", "host", "born")}
        for key in ("started", "ended"):
            document[key] = None if document[key] is None else document[key].isoformat(timespec="seconds")
        return {**document, "took_seconds": self.took_seconds}


def ledger_path(store: Path, corpus: str) -> Path:
    return corpus_folder(store, corpus) / "runs" / "ledger.jsonl"


def begin_run(store: Path, corpus: str, *, trigger: Trigger, now: datetime) -> Run:
    """Writes down that a run begins. Raises WorkError where the store cannot be written."""
    taken = {run.id for run in _read(store, corpus)}
    moment = now
    while (identifier := moment.strftime("%Y%m%dT%H%M%S%fZ")) in taken:  # the clock may have been set back
        moment += timedelta(microseconds=1)
    process = os.getpid()
    run = Run(identifier, corpus, trigger, now, process, socket.gethostname(), _born(process))
    _append(store, corpus, {"event": "began", **_plain(asdict(run))}, durable=True)
    return run


def note_stage(store: Path, run: Run, stage: str, *, now: datetime) -> None:
    """Writes down that a run enters a stage: a killed one tells by it how far it came."""
    _append(store, run.corpus, {"event": "stage", "id": run.id, "stage": stage, "ended": now}, durable=False)


def end_run(store: Path, run: Run) -> None:
    """Writes down how a run ended. Raises WorkError where the store cannot be written."""
    row = {key: value for key, value in _plain(asdict(run)).items() if key not in ("process", "host", "born")}
    kept = {key: value for key, value in row.items() if key != "stage" or value is not None}
    _append(store, run.corpus, {"event": "ended", **kept}, durable=True)


def note_told(store: Path, run: Run, told: dict[str, str]) -> None:
    """Writes down who was told of a run, and where telling failed."""
    _append(store, run.corpus, {"event": "told", "id": run.id, "told": told}, durable=True)


def read_runs(store: Path, corpus: str) -> list[Run]:
    """The runs of a corpus, the oldest first. One without an end runs, or was killed if its process is gone."""
    return [
        run if run.outcome != "running" else replace(run, ended=None) if alive(run) else _killed(run, store)
        for run in _read(store, corpus)
    ]


def _read(store: Path, corpus: str) -> list[Run]:
    """The runs as they stand in the file; `ended` of one without an end is its last sign of life."""
    found: dict[str, dict[str, Any]] = {}
    for line in _lines(ledger_path(store, corpus)):
        row = found.setdefault(line["id"], {})
        row.update({key: value for key, value in line.items() if key != "event"})
    known = {one.name for one in fields(Run)}
    runs = []
    for row in found.values():
        if "started" in row and "trigger" in row:
            moments = {k: datetime.fromisoformat(row[k]) for k in ("started", "ended") if row.get(k)}
            runs.append(Run(**{**{k: v for k, v in row.items() if k in known}, **moments}))
    return runs


def close_dead_runs(store: Path, corpus: str) -> list[Run]:
    """Writes down the end of runs that never told theirs, and gives them.

    For the holder of the refresh's lock alone: since it has the lock, nobody else can be at work.
    """
    open_ids = _unfinished(ledger_path(store, corpus))
    dead = [_killed(run, store) for run in _read(store, corpus) if run.id in open_ids]
    for run in dead:
        end_run(store, run)
    return dead


def runs_table(store: Path, corpus: str) -> pd.DataFrame:
    """The ledger as a DataFrame, newest first: the fields of `Run.as_json`."""
    rows = [run.as_json() for run in reversed(read_runs(store, corpus))]
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["id", "started", "ended", "outcome"])


def summary(published: Snapshot) -> dict[str, Any]:
    """What a refresh did, as `parallax refresh --json` prints it."""
    ledger, rows = published.table("refresh"), published.manifest["rows"]
    articles = published.table("articles")
    return {
        "snapshot": published.id,
        "corpus": published.corpus.name,
        "notice": published.corpus.notice,
        "counts": {
            "articles": rows["articles"],
            "measured": int(articles["measured"].sum()),
            "outlets": int(articles["outlet"].nunique()),
            **{name: rows[name] for name in ("sentences", "events", "topics", "evidence")},
        },
        **told_by(ledger.to_dict("records")),
        "started": published.manifest["started"],
        "ended": published.manifest["ended"],
    }


def told_by(rows: Iterable[dict[Any, Any]]) -> dict[str, dict[str, Any]]:
    """Rows of REFRESH as seconds a stage, failures a source, what is sick, drops a reason, and notes."""
    out: dict[str, dict[str, Any]] = {name: {} for name in ("seconds", "failures", "sick", "drops", "notes")}
    for row in rows:
        name, detail = str(row["name"]), row["detail"]
        if row["what"] == "stage":
            out["seconds"][name] = round(float(row["seconds"]), 3)
        elif row["what"] == "source" and isinstance(detail, str):
            out["failures"][name] = detail
        elif row["what"] == "drop":
            out["drops"][name] = out["drops"].get(name, 0) + int(row["count"])
        elif row["what"] == "note" and name.startswith(LOOK_AT):
            out["sick"][name.removeprefix(LOOK_AT)] = str(detail)
        elif row["what"] == "note":
            out["notes"][name] = int(row["count"])
    return out


LOOK_AT = "look at source "  # how a row of REFRESH names a source that somebody should look at


def _killed(run: Run, store: Path) -> Run:
    # A run that was killed after it had published has its snapshot, and says so.
    published = _published_by(run, store)
    where = f"in {run.stage}" if run.stage else "before its first stage"
    error = f"its process {run.process} ended {where} without a word: killed, or the machine went down"
    if published is not None:
        error += "; its snapshot was published before"
    return replace(run, outcome="killed", ended=run.ended or run.started, snapshot=published, error=error)


def _published_by(run: Run, store: Path) -> str | None:
    for identifier in reversed(snapshot_ids(store, run.corpus)):
        try:
            if open_snapshot(store, run.corpus, identifier).manifest.get("run") == run.id:
                return identifier
        except WorkError:
            continue  # damaged or being removed: `parallax verify` says so
    return None


def alive(run: Run) -> bool:
    """Whether the process of a run still runs. One on another machine counts as alive."""
    if run.host != socket.gethostname():
        return True
    try:
        os.kill(run.process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's: it runs
    # The number may have been given to another process since.
    return run.born is None or _born(run.process) == run.born


def _born(process: int) -> str | None:
    """When a process began, in the kernel's ticks since boot, with the boot; null where there is no /proc."""
    try:
        ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        if ticks[0] == "Z":
            return "ended"  # a zombie has only its parent left to tell
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()[:8]}-{ticks[19]}"
    except OSError:
        return None


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}


def _append(store: Path, corpus: str, line: dict[str, Any], *, durable: bool) -> None:
    """One write at the end of the file: lines of two processes do not mix, and a cut line harms no other."""
    path = ledger_path(store, corpus)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(_plain(line), ensure_ascii=False).encode() + b"\n"
        with path.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                data = data if file.read(1) == b"\n" else b"\n" + data
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
    except OSError as error:
        raise WorkError(
            f"the ledger of refreshes {path} cannot be written: {error.strerror}; make room or mend the rights"
        ) from error


def _lines(path: Path) -> list[dict[str, Any]]:
    """The lines of the file that are whole."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return []
    rows = []
    for line in data.split(b"\n"):
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, UnicodeDecodeError):
            continue  # cut short by a kill or a full disk: what it said is told by what is missing
        if isinstance(row, dict) and "id" in row:
            rows.append(row)
    return rows


def _unfinished(path: Path) -> set[str]:
    lines = _lines(path)
    return {row["id"] for row in lines} - {row["id"] for row in lines if row.get("event") == "ended"}
