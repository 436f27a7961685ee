"""The house rules, read from the code: imports point downward, rooms of one floor don't see each other, no circles."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "ringfence"

FLOORS: list[set[str]] = [
    {"base"},
    {"network", "model"},
    {"operation", "ledger", "osm", "exchange", "generator"},
    {"access", "picture", "places"},
    {"planner", "promises", "report"},
    {"desk"},
    {"server"},
    {"cli"},
]
"""From the ground up. A room imports only from floors below its own."""

LINES_MAX = 400
FUNCTION_LINES_MAX = 60
BANNED_NAMES = {"utils", "util", "helpers", "common", "misc"}

MODULES = sorted(SOURCE.rglob("*.py"))


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imported_modules(path: Path) -> set[str]:
    """Modules of the house that a file imports, wherever in the file, deferred imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return {name for name in found if name.split(".")[0] == "ringfence"}


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_downward(path: Path) -> None:
    parts = path.relative_to(SOURCE).parts
    if len(parts) == 1:
        assert not imported_modules(path), "the package itself imports nothing of the house"
        return
    own = parts[0]
    for module in imported_modules(path):
        room = room_of(module)
        assert room is not None, f"{path} imports the whole package"
        assert room == own or floor_of(room) < floor_of(own), f"{own} must not import {module}"


def test_the_checker_and_the_solver_share_no_code() -> None:
    for own, other in (("promises", "planner"), ("planner", "promises")):
        for path in (SOURCE / own).rglob("*.py"):
            assert not any(room_of(module) == other for module in imported_modules(path))


def test_no_circles_between_modules() -> None:
    names = {path: ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts) for path in MODULES}
    graph = {
        name.removesuffix(".__init__"): {
            module for module in imported_modules(path) if module != name.removesuffix(".__init__")
        }
        for path, name in names.items()
        if path.name != "__init__.py"
    }
    TopologicalSorter(graph).prepare()


def test_every_room_stands_on_a_floor_and_has_a_readme_that_the_architecture_names() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert rooms == set().union(*FLOORS)
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for room in rooms:
        assert (SOURCE / room / "README.md").is_file(), f"{room} has no README"
        assert f"src/ringfence/{room}/README.md" in architecture, f"ARCHITECTURE.md does not name {room}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_and_functions_stay_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LINES_MAX, f"{path} has grown past {LINES_MAX} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES_MAX, f"{path}: {node.name} has {length} lines"


def test_no_room_or_file_has_a_name_that_says_nothing() -> None:
    for path in SOURCE.rglob("*"):
        assert path.stem not in BANNED_NAMES, path


def test_the_project_names_no_path_of_a_machine() -> None:
    pattern = re.compile(r"(?<![\w.])/(work|root|home|tmp)/")
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *MODULES, *(ROOT / "examples").rglob("*.*")]:
        assert not pattern.search(path.read_text(encoding="utf-8", errors="ignore")), path
