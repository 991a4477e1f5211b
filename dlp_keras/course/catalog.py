"""What exercises there are: read from the headers of the solutions and from the marks, never typed twice."""

import difflib
import functools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.header import Header
from dlp_keras.course.marks_file import read_marks
from dlp_keras.course.source import Source, read_source


@dataclass(frozen=True)
class Task:
    """One task of an exercise.

    Attributes
    ----------
    number : str
    texts : tuple of str
        What to do in each of its places, with the formula and the shape.
    hints : tuple of str
        From a nudge to nearly the answer.
    points : int
    """

    number: str
    texts: tuple[str, ...]
    hints: tuple[str, ...]
    points: int

    @property
    def text(self) -> str:
        """What to do in the first place."""
        return self.texts[0]


@dataclass(frozen=True)
class Exercise:
    """One exercise of the course.

    Attributes
    ----------
    name : str
        The module's name, such as ``ex01_linear_regression``.
    header : Header
        Title, goals, time, difficulty, slides and more.
    tasks : tuple of Task
    """

    name: str
    header: Header
    tasks: tuple[Task, ...]

    @property
    def title(self) -> str:
        """The title."""
        return self.header.title

    @property
    def code(self) -> str:
        """The short name, such as ``ex01``."""
        return self.name.partition("_")[0]

    @property
    def points(self) -> int:
        """The points of all tasks."""
        return sum(task.points for task in self.tasks)

    def find_task(self, number: str) -> Task:
        """Return a task by its number; raise `CourseError` if there is none."""
        tasks = {task.number: task for task in self.tasks}
        if number not in tasks:
            raise CourseError(f"{self.code} has no task {number}. It has {', '.join(tasks)}.")
        return tasks[number]


def content_folder() -> Path:
    """Return the folder with ``solutions``, ``exercises``, ``notebooks`` and ``tests/exercises``.

    A wheel carries them inside the package; in a checkout they lie beside it.
    """
    package = Path(__file__).resolve().parents[1]
    carried = package / "content"
    return carried if carried.is_dir() else package.parent


@functools.cache
def load_catalog(folder: Path | None = None) -> dict[str, Exercise]:
    """Read all exercises, in order, by name."""
    folder = folder or content_folder()
    paths = sorted((folder / "solutions").glob("ex[0-9][0-9]_*.py"))
    return {path.stem: describe_exercise(read_source(path), marks_path(path.stem, folder)) for path in paths}


def marks_path(name: str, folder: Path | None = None) -> Path:
    """Return the file with the marks of an exercise."""
    return (folder or content_folder()) / "tests" / "exercises" / f"test_{name}.py"


def find_exercise(text: str) -> Exercise:
    """Find an exercise by ``ex08``, ``8``, ``checkerboard`` or its whole name.

    Raises
    ------
    CourseError
        If there is none, or more than one; the nearest names are listed.
    """
    catalog = load_catalog()
    wanted = re.sub(r"\.(py|ipynb)$", "", Path(text.strip().lower()).name)
    wanted = re.sub(r"[-\s]+", "_", wanted)
    if numbered := re.fullmatch(r"(?:ex)?_?(\d+)", wanted):
        wanted = f"ex{int(numbered[1]):02d}"
    exact = [e for e in catalog.values() if wanted in (e.code, e.name, e.name.partition("_")[2])]
    found = exact or [e for e in catalog.values() if wanted in e.name.split("_")]
    if len(found) == 1:
        return found[0]
    names = {alias: e for e in catalog.values() for alias in (e.name, *e.name.split("_"))}
    near = found or [names[alias] for alias in difflib.get_close_matches(wanted, names, 3, 0.5)]
    listing = ", ".join(dict.fromkeys(f"{e.code} ({e.title})" for e in near or catalog.values()))
    problem = f"{text!r} fits more than one exercise" if found else f"There is no exercise {text!r}"
    raise CourseError(f"{problem}. Did you mean: {listing}?" if near else f"{problem}. There are: {listing}.")


def describe_exercise(source: Source, marks: Path) -> Exercise:
    """Put an exercise together from its solution and the file of its marks."""
    points = Counter[str]()
    for mark in read_marks(marks):
        points[mark.task] += mark.points
    if len(source.tasks) != len(source.header.task_minutes):
        raise CourseError(
            f"The header of {source.name}: `task_minutes` has {len(source.header.task_minutes)} numbers "
            f"for {len(source.tasks)} tasks."
        )
    return Exercise(
        name=source.name,
        header=source.header,
        tasks=tuple(
            Task(
                number,
                tuple(block.text for block in blocks),
                tuple(hint for block in blocks for hint in block.hints),
                points[number],
            )
            for number, blocks in source.tasks.items()
        ),
    )
