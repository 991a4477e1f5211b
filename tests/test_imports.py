"""The rooms of the package: imports go one way, from the commands down, and in no circle."""

import ast
import graphlib
from pathlib import Path

import pytest

import dlp_keras

PACKAGE = Path(dlp_keras.__file__).parent
# A room may import from those in lines above its own, and those of its own line not from each other.
LAYERS = (
    {"arguments", "files", "log_filter"},
    {"device", "display"},
    {"progress"},
    {"datasets", "plots"},
    {"callbacks", "training"},
    {"playground"},
    {"course", "runner"},
    {"marking"},
    {"grading"},
    {"commands"},
    {"cli"},
)
LEVELS = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
ENTRANCES = {"__init__", "__main__"}


def imported(path):
    """Return the modules of the package that a file imports, as written: dotted, without the package's name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "dlp_keras":
            module = node.module.removeprefix("dlp_keras").removeprefix(".")
            found |= {".".join(filter(None, (module, alias.name))) for alias in node.names}
    return found - {"__version__"}


def file_of(dotted):
    """Return the file of a module, or of the module that defines a name."""
    path = PACKAGE.joinpath(*dotted.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py", path.parent.with_suffix(".py"))
    return next((c for c in candidates if c.is_file()), path.parent / "__init__.py")


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "content" not in path.parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_come_from_below(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    rooms = {dotted.partition(".")[0] for dotted in imported(path)} - {room}
    above = [other for other in rooms if LEVELS[other] >= LEVELS.get(room, len(LAYERS))]
    assert room in LEVELS.keys() | ENTRANCES
    assert above == []


def test_no_import_leads_back():
    graph = {path: {file_of(dotted) for dotted in imported(path)} - {path} for path in MODULES}
    packages = {path for path in MODULES if path.name == "__init__.py"}
    below = {path: files - packages for path, files in graph.items() if path not in packages}
    assert list(graphlib.TopologicalSorter(below).static_order())
