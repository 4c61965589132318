"""Agreement with human labels against the floors of floors.toml. Run it through `make gate`.

Labelled files lie in the folder that PARALLAX_EVALUATION_DATA names, or in the repository ("tests/…"). Without that
folder its tasks are skipped, and said to be. Tasks may be named; all are measured where none is. Exit status: 0 every
figure is at or above its floor, 1 one is below, 2 a file is missing. With --raise, floors are lifted to what was
measured less a margin; they are never lowered. With --record, the figures that pages and documentation show are
written (pipeline/weights/validity.json; then run `make docs`).
"""

from __future__ import annotations

import math
import sys
import tomllib
from pathlib import Path

from pipeline.errors import InputError, ParallaxError
from pipeline.evaluate import evaluate
from pipeline.settings import load_settings
from pipeline.validity import Agreement, record

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "floors.toml"
MARGIN = 0.005  # other versions of numerical libraries move figures in the third digit
HEAD = "# Least agreement with human labels, by task. `make gate ARGS=--raise` lifts a floor; none is ever lowered.\n"


def measure(data: Path | None, floors: dict[str, dict[str, str | float]]) -> dict[str, Agreement]:
    """Each task's figure, told with its n as it comes; those without their labels are skipped, and said to be."""
    found = {}
    for task, row in floors.items():
        gold = ROOT / str(row["gold"])
        if not gold.exists() and data is None:
            print(f"{task:12} skipped: PARALLAX_EVALUATION_DATA does not name the folder that has {row['gold']}")
            continue
        answer = evaluate(task, gold if gold.exists() or data is None else data / str(row["gold"]))
        low, high = answer["detail"].get("interval") or (None, None)
        value = float(answer["value"] or 0)
        found[task] = Agreement(task, answer["metric"], answer["n"], value, low, high)
        sign = "ok" if value >= float(row["floor"]) else "BELOW"
        print(
            f"{task:12} {answer['metric']:24} {value:.4f}  floor {row['floor']}  n {answer['n']}  {sign}", flush=True
        )
    return found


def lift(floors: dict[str, dict[str, str | float]], found: dict[str, Agreement]) -> None:
    """Writes the floors anew, each at least as high as it was."""
    lines = [HEAD]
    for task, row in sorted(floors.items()):
        floor = float(row["floor"])
        if task in found:
            floor = max(floor, math.floor((found[task].value - MARGIN) * 1000) / 1000)
        lines.append(f'\n[{task}]\ngold = "{row["gold"]}"\nfloor = {floor}\n')
    FLOORS.write_text("".join(lines), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The exit status."""
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    named = [a for a in arguments if not a.startswith("--")]
    try:
        if unknown := [task for task in named if task not in floors]:
            raise InputError(f'no floor for "{unknown[0]}"', remedy=f"give some of: {', '.join(floors)}")
        found = measure(load_settings().evaluation_data, {t: floors[t] for t in named or floors})
    except ParallaxError as error:
        print(f"gate: {error}", file=sys.stderr)
        return error.exit_status
    if "--raise" in arguments:
        lift(floors, found)
    if "--record" in arguments:
        record(list(found.values()))
    return 1 if any(one.value < float(floors[task]["floor"]) for task, one in found.items()) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
