"""A snapshot in a script or a notebook: light to import, tidy to read, a chart in a few lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.dashboard import handmade

HEAVY = ("torch", "bertopic", "sentence_transformers", "umap", "dash", "matplotlib", "kaleido", "plotly")


def test_importing_the_package_loads_nothing(root: Path) -> None:
    program = "import sys; before = set(sys.modules); import pipeline; print('pandas' in set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_opening_a_snapshot_loads_no_model(tmp_path: Path, root: Path) -> None:
    made = handmade.made_snapshot(tmp_path)
    program = (
        "import sys\nfrom pipeline import open_snapshot\n"
        f"snapshot = open_snapshot({str(tmp_path)!r}, 'bridge')\n"
        "print(snapshot.id, len(snapshot.table('profile')))\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == f"{made.id} {len(made.table('profile'))}"
    assert second == "[]"


def test_the_notebook_redraws_a_chart_in_ten_lines(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    handmade.made_snapshot(tmp_path, corpus="ukraine-2022")
    notebook = json.loads((root / "docs" / "redraw-a-chart.ipynb").read_text(encoding="utf-8"))
    lines = [line for cell in notebook["cells"] if cell["cell_type"] == "code" for line in cell["source"]]
    assert len([line for line in lines if line.strip()]) <= 10
    scope: dict[str, object] = {}
    exec(
        "".join(lines).replace("'.parallax'", repr(str(tmp_path))).replace('".parallax"', repr(str(tmp_path))), scope
    )
    assert isinstance(scope["naming"], pd.DataFrame)
