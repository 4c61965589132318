"""Imports run one way: read from the source, and from a process that loads what the dashboard loads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")])

# What a stage may lean on: none of these knows a stage.
GROUND = {
    "cache", "codebook", "corpus", "errors", "lexicon", "lock", "models", "names", "reading", "schema", "settings",
    "text", "words",
}  # fmt: skip
# What runs one after the other in a refresh. They meet in steps.py only.
STAGES = {"clean", "collect", "library", "voice", "wirecopy", "topics", "events"}
# The library takes in what a source brings (`collect/__init__.py` declares its form), and remembers for the
# collector what servers said, so that a page is not fetched twice.
SEAMS = {("library", "collect"), ("collect", "library")}
# What a measure may lean on, besides the readers of sentences (`*_reading`, `*_model`) that belong to it.
MEASURE_MAY = {
    "codebook", "errors", "lexicon", "measures", "mentions", "models", "reading", "schema", "speakers", "terms",
    "text", "voice", "words",
}  # fmt: skip
HEAVY = ("torch", "bertopic", "sentence_transformers", "transformers", "umap", "hdbscan", "onnxruntime")
# A file that is nothing but a network needs its library whole, and is itself imported inside functions only.
LATE_THEMSELVES = {"torch": {"pipeline/pruned_transformer.py"}}


@cache
def imports(path: Path, *, late: bool = True) -> frozenset[str]:
    """The dotted names that a file imports, but for those only a type checker sees; late: inside functions too."""
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.Import):
                found |= {alias.name for alias in child.names}
            elif isinstance(child, ast.ImportFrom) and child.module in ("pipeline", "dashboard"):
                found |= {f"{child.module}.{alias.name}" for alias in child.names}
            elif isinstance(child, ast.ImportFrom):
                found.add(child.module or ".")
            elif late or not isinstance(child, ast.FunctionDef):
                todo.append(child)
    return frozenset(found)


def part(path: Path) -> str:
    """The module of `pipeline/` that a file belongs to: its name, or its package's."""
    return path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")


def parts(path: Path, *, late: bool = True) -> set[str]:
    """The modules of `pipeline/` that a file imports, its own left out."""
    names = (name.split(".") for name in imports(path, late=late))
    return {name[1] for name in names if name[0] == "pipeline" and len(name) > 1} - {part(path)}


def files_of(*names: str) -> list[Path]:
    return [path for path in MODULES if path.is_relative_to(ROOT / "pipeline") and part(path) in names]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files_of(*STAGES), ids=name_of)
def test_a_stage_imports_no_other_stage(path: Path) -> None:
    others = {name for name in parts(path) - GROUND if (part(path), name) not in SEAMS}
    assert not others, f"{name_of(path)} imports {sorted(others)}; let steps.py hand it what it needs"


@pytest.mark.parametrize("path", files_of(*GROUND), ids=name_of)
def test_what_everything_leans_on_leans_on_no_stage(path: Path) -> None:
    assert not parts(path, late=False) - GROUND


def test_the_tables_and_errors_lean_on_nothing() -> None:
    assert parts(ROOT / "pipeline" / "schema.py") == {"errors"}
    assert parts(ROOT / "pipeline" / "errors.py") == set()


@pytest.mark.parametrize("path", files_of("measures"), ids=name_of)
def test_a_measure_imports_the_codebook_the_reading_and_the_model_seam_only(path: Path) -> None:
    others = {name for name in parts(path) - MEASURE_MAY if not name.endswith(("_reading", "_model"))}
    assert not others, f"{name_of(path)} imports {sorted(others)}"


def test_the_steps_of_a_refresh_are_where_the_stages_meet() -> None:
    assert parts(ROOT / "pipeline" / "steps.py") >= STAGES
    assert not parts(ROOT / "pipeline" / "refresh.py") & STAGES


def test_the_pipeline_knows_no_dashboard_but_for_the_command() -> None:
    knowing = {
        part(path)
        for path in MODULES
        if path.is_relative_to(ROOT / "pipeline") and any(n.split(".")[0] == "dashboard" for n in imports(path))
    }
    assert knowing <= {"cli"}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_libraries_are_imported_late(name: str) -> None:
    early = {name_of(p) for p in MODULES if any(i.split(".")[0] == name for i in imports(p, late=False))}
    assert early <= LATE_THEMSELVES.get(name, set())


@pytest.mark.parametrize("path", sorted({path for paths in LATE_THEMSELVES.values() for path in paths}))
def test_what_needs_one_whole_is_itself_imported_late(path: str) -> None:
    module = path.removesuffix(".py").replace("/", ".")
    assert not [name_of(p) for p in MODULES if module in imports(p, late=False)]


def test_bertopic_has_one_importer() -> None:
    found = [name_of(p) for p in MODULES if any(i.split(".")[0] == "bertopic" for i in imports(p))]
    assert found == ["pipeline/topics.py"]


def test_serving_loads_neither_torch_nor_bertopic() -> None:
    program = (
        "import importlib, pkgutil, sys\n"
        "import dashboard, pipeline.snapshot\n"
        "for m in pkgutil.walk_packages(dashboard.__path__, 'dashboard.'): importlib.import_module(m.name)\n"
        "print(' '.join(name for name in sys.argv[1:] if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *HEAVY], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_subject_stands_in_the_code(path: Path) -> None:
    """A subject is a folder under `corpora/`."""
    subject = re.compile(r"\b(?:ukrain\w*|russia\w*|putin|zelensk\w*|donbas\w*|kyiv|kiev|varnholm)", re.IGNORECASE)
    found = {match[0] for match in subject.finditer(path.read_text(encoding="utf-8"))}
    allowed = {"ukraine"} if "ukraine-2022" in path.read_text(encoding="utf-8") else set()  # a default corpus
    assert {word.casefold() for word in found} <= allowed
