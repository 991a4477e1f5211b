"""Exercises and notebooks, built from the solutions: `dlp build`."""

import re
import textwrap
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, describe_exercise, marks_path
from dlp_keras.course.notebook import make_notebook
from dlp_keras.course.source import Block, Source, check_markers, parse_source, read_source
from dlp_keras.course.wording import count

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
    for path in sorted((folder / "solutions").glob("ex[0-9][0-9]_*.py")):
        source = read_source(path)
        exercise = describe_exercise(source, marks_path(source.name, folder))
        student = make_exercise(source, exercise)
        built[folder / "exercises" / path.name] = student
        notebook = make_notebook(student, exercise, source.tasks_by_cell)
        built[folder / "notebooks" / f"{path.stem}.ipynb"] = notebook
    return built


def find_differences(folder: Path) -> list[str]:
    """Name the files that `build` would change, and those that no solution stands behind."""
    built = build(folder)
    stale = [path for path, text in built.items() if not path.is_file() or path.read_text("utf-8") != text]
    orphans = [p for pattern in ("exercises/ex*.py", "notebooks/*.ipynb") for p in folder.glob(pattern)]
    return sorted(str(path.relative_to(folder)) for path in {*stale, *(set(orphans) - built.keys())})


def make_exercise(source: Source, exercise: Exercise) -> str:
    """Replace the solved parts of a solution by stubs, and its header by a title cell."""
    check_markers(source)
    student = source.replace_blocks(_make_stub)
    student = _TITLE.sub(lambda match: match[0] + _describe(exercise), student, count=1)
    check_leaks(source, student)
    return student


def strip_markers(solution: str) -> str:
    """Return the text of a solution as plain code, without header, tasks, hints and markers."""
    return parse_source(solution, "The solution").replace_blocks(lambda block: block.solution)


def check_leaks(source: Source, student: str) -> None:
    """Raise `CourseError` if a line of a solution stands anywhere in what students get."""
    given = {line.strip() for line in student.splitlines()}
    for block in source.blocks:
        for line in map(str.strip, block.solution.splitlines()):
            if len(line) > 15 and line in given and line not in block.stub:
                raise CourseError(
                    f"{source.name}: the line `{line}` of a solution also stands outside of it."
                )


def _make_stub(block: Block) -> str:
    """Write the stub of one block: given lines, or an error that names the task."""
    indent, message = block.indent, f"Task {block.task}: {block.text}"
    if block.stub:
        return "".join(f"{indent}{line}\n" for line in [f"# {message}", *block.stub])
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
    time, points = count(exercise.minutes, "minute"), count(exercise.points, "point")
    lines = [
        f"{time} · difficulty {stars} · {points}{needs}",
        "",
        "You will learn to",
        "",
        *(f"- {goal}" for goal in exercise.goals),
        "",
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
