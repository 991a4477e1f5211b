"""Notebooks, made of the students' scripts: a Colab badge, an install cell, and a check after each task."""

from collections.abc import Iterator, Mapping
from typing import Any

from dlp_keras.course.catalog import Exercise
from dlp_keras.course.trouble_box import TITLE, fold

REPOSITORY = "dlp-keras/dlp_keras"  # where the Colab badge looks
PACKAGE = f"git+https://github.com/{REPOSITORY}"
"""What pip installs the course from: in notebooks, and in what `dlp release` writes."""


def make_notebook(
    script: str, exercise: Exercise, tasks_by_cell: Mapping[int, list[str]] | None = None
) -> str:
    """Turn a script into a notebook.

    Parameters
    ----------
    script
        A Jupytext percent script.
    exercise
        What the badge and the checks name.
    tasks_by_cell
        By the number of a cell in the script, the tasks to be checked after it.
    """
    import jupytext
    import nbformat

    notebook = jupytext.reads(script, fmt="py:percent")
    cells = [*_first_cells(exercise)]
    for number, cell in enumerate(notebook.cells):
        if cell.source.startswith(TITLE):
            cell.source = fold(cell.source)
        cells.append(cell)
        cells += [_check_cell(exercise, task) for task in (tasks_by_cell or {}).get(number, [])]
    for number, cell in enumerate(cells):
        cell["id"] = f"{exercise.code}-{number:02d}"
        cell["metadata"] = {}
    notebook.cells = cells
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"


def _first_cells(exercise: Exercise) -> Iterator[Any]:
    from nbformat.v4 import new_code_cell, new_markdown_cell

    target = (
        f"https://colab.research.google.com/github/{REPOSITORY}/blob/main/notebooks/{exercise.name}.ipynb"
    )
    badge = "https://colab.research.google.com/assets/colab-badge.svg"
    yield new_markdown_cell(f"[![Open in Colab]({badge})]({target})")
    yield new_code_cell(
        "# In Colab this installs the course; elsewhere it is there already.\n"
        "import importlib.util\n\n"
        'if not importlib.util.find_spec("dlp_keras"):\n'
        f"    %pip install -q {PACKAGE}\n\n"
        "import dlp_keras"
    )


def _check_cell(exercise: Exercise, task: str) -> Any:
    from nbformat.v4 import new_code_cell

    return new_code_cell(f'dlp_keras.check("{exercise.code}", task="{task}")')
