"""A stub that nobody has written in yet: its marks are all open, which is known without running it."""

import json
from pathlib import Path

from dlp_keras.course.catalog import Exercise, content_folder, marks_path
from dlp_keras.course.marks_file import read_marks
from dlp_keras.course.wording import still_open
from dlp_keras.marking.results import ExerciseResult, MarkResult


def is_untouched(path: Path) -> bool:
    """Tell whether a script or notebook holds the code that the course came with, and no more."""
    folder = "notebooks" if path.suffix == ".ipynb" else "exercises"
    try:
        return _code_lines(path) == _code_lines(content_folder() / folder / path.name)
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        RecursionError,
    ):  # not there, or not readable: marking says why
        return False


def open_marks(exercise: Exercise, task: str | None = None) -> ExerciseResult:
    """Return the marks of an untouched exercise, or of one task; raise `CourseError` if there is none."""
    tasks = {task: exercise.find_task(task)} if task else {task.number: task for task in exercise.tasks}
    marks = [
        MarkResult(
            task=mark.task,
            name=mark.name,
            title=mark.title,
            points=0,
            max_points=mark.points,
            state="open",
            message=still_open(tasks[mark.task].text, f"dlp hint {exercise.code} {mark.task}"),
        )
        for mark in read_marks(marks_path(exercise.name))
        if mark.task in tasks
    ]
    return ExerciseResult(exercise.name, marks)


def _code_lines(path: Path) -> list[str]:
    """Return the lines of a script, or of a notebook's code cells, without white space at their ends."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    return [line.rstrip() for line in text.rstrip().splitlines()]
