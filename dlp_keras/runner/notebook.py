"""Jupyter notebooks as modules: their code cells, and what of them defines the functions to be marked."""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dlp_keras.runner.definitions import assigned_names, read_names

_MAGIC = re.compile(r"^(\s*)(?:\w[\w, ]*=\s*)?(?:%{1,2}\w|!|\?).*$|^(\s*)\S*\?{1,2}\s*$", re.MULTILINE)
_PYTHON_CELL = re.compile(r"^\s*%%(?:time|capture)\b.*")
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)|^(\w+)\s*=", re.MULTILINE)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class NotebookError(ValueError):
    """The file is not a notebook of format 4."""


@dataclass(frozen=True)
class Statement:
    """A statement of a code cell, or the whole cell where Python cannot read it.

    Attributes
    ----------
    cell : int
        The number of its code cell, from 1.
    names : frozenset of str
        What it defines, or would.
    node : ast.stmt or SyntaxError
    """

    cell: int
    names: frozenset[str]
    node: ast.stmt | SyntaxError


def read_cells(path: str | Path) -> list[str]:
    """Return the text of each code cell of a notebook, magics and shell lines left out.

    Raises
    ------
    NotebookError
        If the file is no notebook.
    """
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotebookError(f"{path} is not a notebook. Save it again in Jupyter.") from error
    return [strip_magics(source) for source in sources]


def strip_magics(source: str) -> str:
    """Return a cell as plain Python, each line at its place; a cell of another language becomes empty."""
    try:
        ast.parse(source)
    except SyntaxError:
        if source.lstrip().startswith("%%") and not _PYTHON_CELL.match(source):
            return ""
        return _MAGIC.sub(lambda match: f"{match[1] or match[2] or ''}pass", source)
    return source


def find_definitions(cells: Iterable[str], wanted: Iterable[str]) -> list[Statement]:
    """Return the statements that define what a notebook is marked for, in order.

    These are imports, functions and classes, and of the rest what gives a value to a name that is wanted, or
    used by one of these: so that marking draws no picture and trains no network that nobody asks for.

    Parameters
    ----------
    cells
        The code cells, as from `read_cells`.
    wanted
        The names that marks may ask for.
    """
    statements = list(_parse(cells))
    needed, chosen = set(wanted), set[int]()
    while more := [
        number
        for number, statement in enumerate(statements)
        if number not in chosen
        and (isinstance(statement.node, (SyntaxError, *_DEFINITIONS)) or statement.names & needed)
    ]:
        chosen.update(more)
        for number in more:
            needed |= read_names(statements[number].node)
    return [statements[number] for number in sorted(chosen)]


def name_cell(file: str) -> str | None:
    """Name what a traceback calls `file`: a cell of this notebook, "" for this script, else None."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return "" if file == getattr(sys.modules["__main__"], "__file__", None) else None
    label = getattr(shell.compile, "format_code_name", lambda _: None)(file)  # such as ("Cell", "In[5]")
    return None if label is None else f"cell {label[1].removeprefix('In')}"


def _parse(cells: Iterable[str]) -> Iterator[Statement]:
    for number, cell in enumerate(cells, 1):
        try:
            nodes = ast.parse(cell).body
        except SyntaxError as error:
            names = frozenset(name for match in _DEFINED.finditer(cell) for name in match.groups() if name)
            yield Statement(number, names, error)
        else:
            yield from (Statement(number, frozenset(assigned_names(node)), node) for node in nodes)
