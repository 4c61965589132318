"""Writes constraints.txt: the exact version of everything that pyproject.toml asks for, as installed here.

Only what is needed is pinned, whatever else lies in the environment. Local version tags ("+cpu") are left
off, so that the pins hold on every machine. Run it through `make constraints`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# The exact, tested set of versions. `make install` applies it; `make constraints` writes it anew.\n"


def asked_for(project: dict) -> list[Requirement]:
    """What pyproject.toml names: to run, to develop, to build; and pip itself."""
    texts = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
        "pip",
    ]
    return [Requirement(text) for text in texts]


def closure(requirements: Iterable[Requirement]) -> dict[str, str]:
    """Name → version of the requirements and all that they need. Exits naming what is not installed."""
    todo, pins, seen = list(requirements), dict[str, str](), set[tuple[str, frozenset[str]]]()
    while todo:
        wanted = todo.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(wanted.name)
        except PackageNotFoundError:
            sys.exit(f"{wanted.name} is not installed: run `make install` and try again")
        pins[key[0]] = found.version.split("+")[0]
        for needed in map(Requirement, found.requires or []):
            extras = wanted.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                todo.append(needed)
    return pins


def main() -> None:
    """Writes the file and says how many pins it has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = closure(asked_for(project))
    lines = [f"{name}=={pins[name]}\n" for name in sorted(pins)]
    (ROOT / "constraints.txt").write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"constraints.txt: {len(lines)} versions")


if __name__ == "__main__":
    main()
