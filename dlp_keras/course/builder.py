"""Exercises and notebooks, built from the solutions: `dlp build`.

A solution is a Jupytext percent script. Inside it ``# TASK 2: …`` tells what to do, ``# HINT 2: …`` helps,
and what the student writes stands between ``# BEGIN SOLUTION`` and ``# END SOLUTION``; an optional line
``# STUB: …`` says what stands there instead of a `NotImplementedError`.
"""

import difflib
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, read_exercise, strip_header, unfold

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
REPOSITORY = "dlp-keras/dlp_keras"  # where the Colab badge and the install cell look
_BLOCK = re.compile(
    r"^(?P<indent>[ \t]*)# TASK (?P<task>\d+): (?P<text>[^\n]*\n(?:[ \t]*#  [^\n]*\n)*)"
    r"(?P<hints>(?:[ \t]*# HINT [^\n]*\n(?:[ \t]*#  [^\n]*\n)*)*)"
    r"(?P<stub>(?:[ \t]*# STUB: [^\n]*\n)*)"
    r"[ \t]*# BEGIN SOLUTION\n(?P<solution>.*?)[ \t]*# END SOLUTION\n",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r"^# %% \[markdown\]\n# # .*\n(?:#\n)?", re.MULTILINE)


def build(folder: Path) -> dict[Path, str]:
    """Return the text of every file that follows from the solutions of a checkout.

    Parameters
    ----------
    folder
        The top of the checkout.

    Raises
    ------
    CourseError
        If a marker is mistyped or a solution leaks into what students get.
    """
    built: dict[Path, str] = {}
    for source in sorted((folder / "solutions").glob("ex[0-9][0-9]_*.py")):
        exercise = read_exercise(source, folder / "tests" / "exercises" / f"test_{source.name}")
        student = make_exercise(source.read_text(encoding="utf-8"), exercise)
        built[folder / "exercises" / source.name] = student
        built[folder / "notebooks" / f"{source.stem}.ipynb"] = make_notebook(student, exercise)
    return built


def find_differences(folder: Path) -> list[str]:
    """Name the files that `build` would change, and those that no solution stands behind."""
    built = build(folder)
    stale = [path for path, text in built.items() if not path.is_file() or path.read_text("utf-8") != text]
    orphans = [p for pattern in ("exercises/ex*.py", "notebooks/*.ipynb") for p in folder.glob(pattern)]
    return sorted(str(path.relative_to(folder)) for path in {*stale, *(set(orphans) - built.keys())})


def make_exercise(solution: str, exercise: Exercise) -> str:
    """Replace the solved parts of a solution by stubs, and its header by a title cell."""
    check_markers(solution, exercise.name)
    student = _BLOCK.sub(_make_stub, strip_header(solution))
    student = _TITLE.sub(lambda match: match[0] + _describe(exercise), student, count=1)
    check_leaks(solution, student, exercise.name)
    return student.lstrip("\n")


def strip_markers(solution: str) -> str:
    """Return a solution as plain code, without header, tasks, hints and markers."""
    text = _BLOCK.sub(lambda match: match["solution"], strip_header(solution))
    return text.lstrip("\n")


def make_notebook(student: str, exercise: Exercise) -> str:
    """Turn a student's script into a notebook with a Colab badge, an install cell and a check a task."""
    import jupytext
    import nbformat

    notebook = jupytext.reads(student, fmt="py:percent")
    cells = [*_first_cells(exercise)]
    for cell in notebook.cells:
        cells.append(cell)
        cells += [_check_cell(exercise, task) for task in _last_tasks(cell.source, student)]
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


def check_markers(solution: str, name: str) -> None:
    """Raise `CourseError` for a marker that is mistyped, unpaired or without its task."""
    depth = 0
    for number, line in enumerate(solution.splitlines(), 1):
        text = line.strip()
        near = difflib.get_close_matches(re.sub(r"^#+\s*", "# ", text).upper(), [BEGIN, END], 1, 0.8)
        if near and text not in (BEGIN, END):
            raise CourseError(f"{name}, line {number}: {text!r} is not a marker. Write `{near[0]}`.")
        depth += (text == BEGIN) - (text == END)
        if depth not in (0, 1):
            raise CourseError(f"{name}, line {number}: {text!r} has no partner.")
    if depth:
        raise CourseError(f"{name}: the last `{BEGIN}` has no `{END}`.")
    if solution.count(BEGIN) != len(_BLOCK.findall(solution)):
        raise CourseError(f"{name}: a `{BEGIN}` has no `# TASK n: …` in front of it.")


def check_leaks(solution: str, student: str, name: str) -> None:
    """Raise `CourseError` if a line of a solution stands anywhere in what students get."""
    given = {line.strip() for line in student.splitlines()}
    for match in _BLOCK.finditer(solution):
        for line in map(str.strip, match["solution"].splitlines()):
            if len(line) > 15 and line in given and line not in match["stub"]:
                raise CourseError(f"{name}: the line `{line}` of a solution also stands outside of it.")


def _make_stub(match: re.Match[str]) -> str:
    """Write the stub of one task: a given line, or an error that names the task."""
    indent, task, text = match["indent"], match["task"], unfold(match["text"])
    if match["stub"]:
        lines = [line.strip().removeprefix("# STUB: ") for line in match["stub"].splitlines()]
        return "".join(f"{indent}{line}\n" for line in [f"# Task {task}: {text}", *lines])
    message = f"Task {task}: {text}"
    width = 105 - len(indent)
    if len(message) + 29 <= width:
        return f"{indent}raise NotImplementedError({_quote(message)})\n"
    parts = textwrap.wrap(message, width - 8, drop_whitespace=False)
    quoted = "".join(f"{indent}    {_quote(part)}\n" for part in parts)
    return f"{indent}raise NotImplementedError(\n{quoted}{indent})\n"


def _quote(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _describe(exercise: Exercise) -> str:
    """Write what stands below the title: time, difficulty, points, goals."""
    needs = f" · builds on {', '.join(exercise.prerequisites)}" if exercise.prerequisites else ""
    stars = "★" * exercise.difficulty + "☆" * (3 - exercise.difficulty)
    lines = [
        f"{exercise.minutes} minutes · difficulty {stars} · {exercise.points} points{needs}",
        "",
        "You will learn to",
        "",
        *(f"- {goal}" for goal in exercise.goals),
        "",
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


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
        f"    %pip install -q git+https://github.com/{REPOSITORY}\n\n"
        "import dlp_keras"
    )


def _check_cell(exercise: Exercise, task: str) -> Any:
    from nbformat.v4 import new_code_cell

    return new_code_cell(f'dlp_keras.check("{exercise.code}", task="{task}")')


def _last_tasks(cell: str, student: str) -> list[str]:
    """Return the tasks whose last stub stands in a cell."""
    found = re.findall(r"(?:NotImplementedError\(\s*\"|^\s*# )Task (\d+): ", cell, re.MULTILINE)
    rest = student.partition(cell)[2]
    return sorted({task for task in found if f"Task {task}: " not in rest})
