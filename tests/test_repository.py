"""What the repository says of itself is true: references, settings, exact versions, the command list."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline import codebook, corpus, validity
from pipeline.codebook import load_codebook
from scripts import gate
from scripts.document import settings_table

ROOT = Path(__file__).resolve().parents[1]
REFERENCES: list[tuple[str, str, type[BaseModel]]] = [
    ("codebook.md", "Top level", codebook.Codebook),
    ("codebook.md", "`[[concepts]]`", codebook.Concept),
    ("codebook.md", "`[[concepts.terms]]`", codebook.Term),
    ("codebook.md", "`[[propositions]]`", codebook.Proposition),
    ("codebook.md", "`[[speakers]]`", codebook.Speakers),
    ("codebook.md", "`[[entities]]`", codebook.Named),
    ("codebook.md", "`[[frames]]`", codebook.Frame),
    ("codebook.md", "`[[axes]]`", codebook.Axis),
    ("corpus.md", "Top level", corpus.CorpusFile),
    ("corpus.md", "`[[outlets]]`", corpus.Outlet),
    ("corpus.md", "`[[sources]]`", corpus.Source),
    ("corpus.md", "`[events]`", corpus.EventSettings),
    ("corpus.md", "`[topics]`", corpus.TopicSettings),
    ("corpus.md", "`[models]`", corpus.ModelSettings),
]


def table(file: str, heading: str) -> dict[str, str]:
    """Key → default, as the table under a heading of a reference gives them."""
    source = (ROOT / "docs" / file).read_text(encoding="utf-8")
    section = source.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.MULTILINE)
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None:
        return "none"
    if isinstance(field.default, BaseModel):
        return "see below"
    if field.default == ():
        return "`[]`"
    return f"`{json.dumps(field.default)}`"


@pytest.mark.parametrize(("file", "heading", "model"), REFERENCES, ids=lambda x: getattr(x, "__name__", x))
def test_a_reference_lists_every_key_with_its_default(file: str, heading: str, model: type[BaseModel]) -> None:
    assert table(file, heading) == {name: default_of(field) for name, field in model.model_fields.items()}


@pytest.mark.parametrize("file", ["codebook.md", "corpus.md"])
def test_a_reference_has_no_section_that_nothing_reads(file: str) -> None:
    source = (ROOT / "docs" / file).read_text(encoding="utf-8")
    headed = set(re.findall(r"^## (`\[.*`)$", source, re.MULTILINE))
    assert headed == {heading for name, heading, _ in REFERENCES if name == file} - {"Top level"}


def test_the_example_of_the_codebook_reference_is_read(tmp_path: Path) -> None:
    source = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    path = tmp_path / "codebook.toml"
    path.write_text(re.findall(r"```toml\n(.*?)```", source, re.DOTALL)[0], encoding="utf-8")
    assert load_codebook(path).concepts[0].id == "the-bridge"


def test_the_readme_lists_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = readme.split("<!-- settings -->\n")[1].split("<!-- /settings -->")[0]
    assert found == settings_table(), "run `make docs`"


def test_the_documentation_has_the_agreement_that_was_measured() -> None:
    written = (ROOT / "docs" / "validity.md").read_text(encoding="utf-8")
    found = written.split("<!-- validity -->\n")[1].split("<!-- /validity -->")[0]
    assert found == validity.table(validity.agreements()), "run `make docs`"
    noted = written.split("<!-- noted -->\n")[1].split("<!-- /noted -->")[0]
    assert noted == validity.noted_table(), "run `make docs`"


def test_a_measured_task_is_at_its_floor_and_says_what_its_figure_means() -> None:
    floors = tomllib.loads((ROOT / "floors.toml").read_text(encoding="utf-8"))
    measured = validity.agreements()
    assert set(measured) <= set(floors) <= set(validity.MEANINGS)
    assert all(one.value >= floors[task]["floor"] and one.n > 0 for task, one in measured.items())


def test_a_gate_without_its_labels_says_what_it_skips(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PARALLAX_EVALUATION_DATA", raising=False)
    assert gate.main(["roles"]) == 0
    assert "skipped: PARALLAX_EVALUATION_DATA" in capsys.readouterr().out
    assert gate.main(["telepathy"]) == 2
    assert "telepathy" in capsys.readouterr().err


def test_a_floor_holds_and_only_rises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"text": "The strike began.", "term": "strike", "voice": v} for v in ("own", "own", "own", "attributed")]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    floors = tmp_path / "floors.toml"
    monkeypatch.setattr(gate, "FLOORS", floors)
    monkeypatch.setenv("PARALLAX_EVALUATION_DATA", str(tmp_path))
    for floor, status, raised in ((0.8, 1, 0.8), (0.5, 0, 0.745)):
        floors.write_text(f'[naming]\ngold = "rows.jsonl"\nfloor = {floor}\n', encoding="utf-8")
        assert gate.main(["--raise"]) == status
        assert tomllib.loads(floors.read_text(encoding="utf-8"))["naming"]["floor"] == raised


def test_every_dependency_has_one_exact_version_that_fits() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert list(pins) == sorted(pins)
    assert not any("+" in version for version in pins.values())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], "pip"]
    for wanted in map(Requirement, asked):
        version = pins.get(canonicalize_name(wanted.name))
        assert version is not None, f"{wanted.name} is not pinned: run `make constraints`"
        assert wanted.specifier.contains(version), f"{wanted} is not {version}: run `make constraints`"


def test_make_alone_explains_every_target() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {t for line in re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE) for t in line.split()}
    explained = dict(re.findall(r"^  make ([\w-]+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert set(explained) == targets
    promised = {"install", "run", "test", "check", "lint", "gate", "bench", "serve", "refresh", "clean"}
    assert promised <= targets


def test_a_python_that_is_too_old_or_missing_is_said(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "install", "PYTHON=false"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Parallax needs Python 3.11 or later" in done.stderr
    assert not (tmp_path / ".venv").exists()
