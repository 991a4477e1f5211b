"""The marks of an exercise as their file declares them, read without importing it."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class DeclaredMark:
    """One test with the marker ``@pytest.mark.task("2", points=3)``; each set of parameters is a mark.

    Attributes
    ----------
    task : str
    name, title : str
        As pytest names the test, and what it checks in one line.
    points : int
    """

    task: str
    name: str
    title: str
    points: int


def read_marks(path: Path) -> tuple[DeclaredMark, ...]:
    """Read the marks of a file, in order; none where there is no file."""
    if not path.is_file():
        return ()
    functions = [node for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.FunctionDef)]
    return tuple(mark for function in functions for mark in _read_function(function))


def _read_function(function: ast.FunctionDef) -> list[DeclaredMark]:
    calls = [node for node in function.decorator_list if isinstance(node, ast.Call)]
    decorators = {ast.unparse(call.func): call for call in calls}
    if (marker := decorators.get("pytest.mark.task")) is None:
        return []
    task, points = ast.literal_eval(marker.args[0]), _keyword(marker, "points")
    title = (ast.get_docstring(function) or function.name).splitlines()[0].rstrip(".")
    if (parametrize := decorators.get("pytest.mark.parametrize")) is None:
        return [DeclaredMark(task, function.name, title, points)]
    return [
        DeclaredMark(task, f"{function.name}[{label}]", f"{title} ({label})", points)
        for label in _parameter_ids(parametrize)
    ]


def _parameter_ids(parametrize: ast.Call) -> list[str]:
    """Name the sets of parameters as pytest does: by `ids`, by plain values, or by name and position."""
    if ids := _keyword(parametrize, "ids"):
        return [str(label) for label in ids]
    names = ast.literal_eval(parametrize.args[0])
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else names
    sets = parametrize.args[1].elts  # type: ignore[attr-defined]
    rows = [[row] if len(names) == 1 else row.elts for row in sets]
    return ["-".join(map(_value_id, row, names, [n] * len(row))) for n, row in enumerate(rows)]


def _value_id(value: ast.expr, name: str, position: int) -> str:
    plain = isinstance(value, ast.Constant) or ast.unparse(value).lstrip("-").replace(".", "", 1).isdigit()
    return str(ast.literal_eval(value)) if plain else f"{name}{position}"


def _keyword(call: ast.Call, name: str) -> Any:
    return next((ast.literal_eval(word.value) for word in call.keywords if word.arg == name), None)
