"""A student's code as a module: a script, what a notebook defines, or the names of one that is running."""

import ast
import contextlib
import io
import linecache
import os
import sys
import tokenize
import traceback
import types
from collections.abc import Iterable
from typing import Any

from dlp_keras.runner import notebook

Namespace = dict[str, Any]


class Missing(Exception):
    """The name that a mark asks for is not defined."""


class StudentModule:
    """The names that a student's code defines, and the places of its lines.

    Attributes
    ----------
    namespace : dict
        What is defined.

    Parameters
    ----------
    namespace
        Functions that are there already: those of the notebook or script that runs in this process.
    """

    def __init__(self, namespace: Namespace):
        self.namespace = namespace
        self._places: dict[str, str] | None = None  # by a traceback's file name: what to call it
        self._failures: dict[str, BaseException] = {}  # by a missing name: why

    def load(self, path: str, role: str, wanted: Iterable[str]) -> None:
        """Run a file; one beside it can be imported but never shadows an installed package.

        Parameters
        ----------
        path
            Of a script or a notebook.
        role
            Goes into the module's name.
        wanted
            What a notebook is run for, see `dlp_keras.runner.notebook.find_definitions`.
        """
        name, extension = os.path.splitext(os.path.basename(path))
        module = types.ModuleType(f"{role}_{name}")
        module.__file__ = path
        sys.modules[module.__name__] = module
        self.namespace, self._places = module.__dict__, {path: ""}
        if (folder := os.path.dirname(path)) not in sys.path:
            sys.path.append(folder)
        with contextlib.redirect_stdout(io.StringIO()):  # what a mark shows is printed by its own call
            if extension == ".ipynb":
                self._run_cells(notebook.read_cells(path), wanted)
            else:
                self._run_script(path)

    def lookup(self, name: str) -> Any:
        """Return what a name stands for, or raise why it is missing."""
        if name in self.namespace:
            return self.namespace[name]
        raise self._failures.get(name) or Missing(name)

    def locate(self, error: BaseException) -> tuple[BaseException, dict[str, Any]]:
        """Return the error to tell, and the last ``cell``, ``line`` and ``code`` that it went through."""
        if isinstance(error, NameError):  # the import that failed says more than the name that it left open
            error = self._failures.get(error.name or "", error)
        frames = [(f.filename, f.lineno, f.line) for f in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, SyntaxError):
            frames.append((error.filename or "", error.lineno, (error.text or "").strip()))
        own = [frame for frame in frames if self._name_place(frame[0]) is not None]
        file, line, code = own[-1] if own else ("", None, None)
        return error, {"cell": self._name_place(file), "line": line, "code": code[:100] if code else None}

    def _name_place(self, file: str) -> str | None:
        """Name the student's cell that a traceback calls `file`, "" for the student's script, else None."""
        return notebook.name_cell(file) if self._places is None else self._places.get(file)

    def _run_script(self, path: str) -> None:
        with tokenize.open(path) as file:  # reads a byte order mark and a coding cookie
            source = file.read()
        linecache.checkcache(path)
        exec(compile(source, path, "exec", dont_inherit=True), self.namespace)  # noqa: S102

    def _run_cells(self, cells: list[str], wanted: Iterable[str]) -> None:
        """Run what a notebook defines; a statement that fails costs its own names only."""
        files = [f"<code cell {number}>" for number in range(1, len(cells) + 1)]
        self._places = {file: file.strip("<>") for file in files}
        for file, cell in zip(files, cells, strict=True):
            linecache.cache[file] = (len(cell), None, cell.splitlines(True), file)
        for statement in notebook.find_definitions(cells, wanted):
            source, node, file = cells[statement.cell - 1], statement.node, files[statement.cell - 1]
            # A cell that cannot be read is compiled whole: it fails again, now with its place.
            code = source if isinstance(node, SyntaxError) else ast.Module([node], [])
            try:
                exec(compile(code, file, "exec", dont_inherit=True), self.namespace)  # noqa: S102
            except BaseException as error:  # sys.exit() in a cell is an error like any other
                self._failures.update(dict.fromkeys(statement.names, error))
