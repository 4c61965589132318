"""Agreement with human labels against the floors of floors.toml. Run it through `make gate`.

The labelled files lie in the folder that PARALLAX_EVALUATION_DATA names. Exit status: 0 every figure is at or
above its floor, 1 one is below, 2 a file is missing. With --raise, floors are lifted to what was measured less
a margin; they are never lowered.
"""

from __future__ import annotations

import math
import sys
import tomllib
from pathlib import Path

from pipeline.errors import InputError, ParallaxError
from pipeline.evaluate import evaluate
from pipeline.settings import load_settings

FLOORS = Path(__file__).resolve().parent.parent / "floors.toml"
MARGIN = 0.005  # other versions of numerical libraries move figures in the third digit
HEAD = "# Least agreement with human labels, by task. `make gate ARGS=--raise` lifts a floor; none is ever lowered.\n"


def measure(data: Path, floors: dict[str, dict[str, str | float]]) -> dict[str, float]:
    """Each task's figure, told with its n as it comes."""
    found = {}
    for task, row in floors.items():
        answer = evaluate(task, data / str(row["gold"]))
        found[task] = float(answer["value"] or 0)
        sign = "ok" if found[task] >= float(row["floor"]) else "BELOW"
        print(f"{task:12} {answer['metric']:24} {found[task]:.4f}  floor {row['floor']}  n {answer['n']}  {sign}")
    return found


def lift(floors: dict[str, dict[str, str | float]], found: dict[str, float]) -> None:
    """Writes the floors anew, each at least as high as it was."""
    lines = [HEAD]
    for task, row in sorted(floors.items()):
        floor = max(float(row["floor"]), math.floor((found[task] - MARGIN) * 1000) / 1000)
        lines.append(f'\n[{task}]\ngold = "{row["gold"]}"\nfloor = {floor}\n')
    FLOORS.write_text("".join(lines), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The exit status."""
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    try:
        data = load_settings().evaluation_data
        if data is None:
            raise InputError(
                "PARALLAX_EVALUATION_DATA is not set", remedy="name the folder of labelled files, and try again"
            )
        found = measure(data, floors)
    except ParallaxError as error:
        print(f"gate: {error}", file=sys.stderr)
        return error.exit_status
    if "--raise" in arguments:
        lift(floors, found)
    return 1 if any(found[task] < float(row["floor"]) for task, row in floors.items()) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
