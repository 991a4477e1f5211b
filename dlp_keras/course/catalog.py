"""What exercises there are: read from the headers of the solutions and from the marks, never typed twice."""

import ast
import difflib
import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlp_keras.course import CourseError

_HEADER = re.compile(r"^# /// exercise\n(?P<toml>(?:#.*\n)+?)# ///\n", re.MULTILINE)
_TASK = re.compile(r"^[ \t]*# TASK (?P<number>\d+): (?P<text>.*(?:\n[ \t]*#  .*)*)", re.MULTILINE)
_HINT = re.compile(r"^[ \t]*# HINT (?P<number>\d+): (?P<text>.*(?:\n[ \t]*#  .*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Task:
    """One task of an exercise.

    Attributes
    ----------
    number : str
    text : str
        What to do, with the formula and the shape.
    hints : tuple of str
        From a nudge to nearly the answer.
    points : int
    """

    number: str
    text: str
    hints: tuple[str, ...]
    points: int


@dataclass(frozen=True)
class Exercise:
    """One exercise of the course.

    Attributes
    ----------
    name : str
        The module's name, such as ``ex01_linear_regression``.
    title : str
    goals : tuple of str
    minutes, difficulty : int
        Working time; difficulty from 1 to 3.
    prerequisites : tuple of str
        Codes of exercises, such as ``ex01``.
    tasks : tuple of Task
    """

    name: str
    title: str
    goals: tuple[str, ...]
    minutes: int
    difficulty: int
    prerequisites: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def code(self) -> str:
        """The short name, such as ``ex01``."""
        return self.name.partition("_")[0]

    @property
    def points(self) -> int:
        """The points of all tasks."""
        return sum(task.points for task in self.tasks)


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
    marks = folder / "tests" / "exercises"
    return {path.stem: read_exercise(path, marks / f"test_{path.stem}.py") for path in paths}


def find_exercise(text: str) -> Exercise:
    """Find an exercise by ``ex08``, ``8``, ``checkerboard`` or its whole name.

    Raises
    ------
    CourseError
        If there is none, or more than one; the nearest names are listed.
    """
    catalog = load_catalog()
    wanted = Path(text).name.removesuffix(".py").removesuffix(".ipynb").lower().replace("-", "_")
    if wanted.isdigit():
        wanted = f"ex{int(wanted):02d}"
    exact = [e for e in catalog.values() if wanted in (e.code, e.name, e.name.partition("_")[2])]
    found = exact or [e for e in catalog.values() if len(wanted) > 2 and wanted in e.name]
    if len(found) == 1:
        return found[0]
    names = {alias: e for e in catalog.values() for alias in (e.code, e.name, e.name.partition("_")[2])}
    near = found or [names[alias] for alias in difflib.get_close_matches(wanted, names, 3, 0.5)]
    listing = ", ".join(dict.fromkeys(f"{e.code} ({e.title})" for e in near or catalog.values()))
    problem = f"{text!r} fits more than one exercise" if found else f"There is no exercise {text!r}"
    raise CourseError(f"{problem}. Did you mean: {listing}?" if near else f"{problem}. There are: {listing}.")


def read_exercise(source: Path, marks: Path) -> Exercise:
    """Read one exercise from its solution and its marks.

    Raises
    ------
    CourseError
        If the header is missing or wrong.
    """
    text = source.read_text(encoding="utf-8")
    header = read_header(text, source.name)
    points = read_points(marks) if marks.is_file() else {}
    tasks: dict[str, str] = {}
    for match in _TASK.finditer(text):
        tasks.setdefault(match["number"], unfold(match["text"]))
    hints = [(match["number"], unfold(match["text"])) for match in _HINT.finditer(text)]
    return Exercise(
        name=source.stem,
        title=header["title"],
        goals=tuple(header["goals"]),
        minutes=header["minutes"],
        difficulty=header["difficulty"],
        prerequisites=tuple(header["prerequisites"]),
        tasks=tuple(
            Task(number, text, tuple(hint for n, hint in hints if n == number), points.get(number, 0))
            for number, text in sorted(tasks.items())
        ),
    )


def read_header(text: str, name: str) -> dict[str, Any]:
    """Read the block ``# /// exercise`` of a solution: TOML in comments, as in PEP 723."""
    match = _HEADER.search(text)
    if match is None:
        raise CourseError(f"{name} has no header `# /// exercise`. Copy one from another solution.")
    lines = [line[1:].removeprefix(" ") for line in match["toml"].splitlines()]
    try:
        header = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"The header of {name} is not TOML: {error}.") from error
    if missing := {"title", "goals", "minutes", "difficulty", "prerequisites"} - header.keys():
        raise CourseError(f"The header of {name} lacks {', '.join(sorted(missing))}.")
    return header


def strip_header(text: str) -> str:
    """Return a solution without its header."""
    return _HEADER.sub("", text, count=1)


def read_points(marks: Path) -> dict[str, int]:
    """Add up the points of each task from the markers ``@pytest.mark.task("2", points=3)`` of a file."""
    points: dict[str, int] = {}
    for node in ast.parse(marks.read_text(encoding="utf-8")).body:
        calls = [d for d in getattr(node, "decorator_list", []) if isinstance(d, ast.Call)]
        by_name = {ast.unparse(call.func): call for call in calls}
        if (marker := by_name.get("pytest.mark.task")) is None:
            continue
        worth = {keyword.arg: ast.literal_eval(keyword.value) for keyword in marker.keywords}["points"]
        if (parametrize := by_name.get("pytest.mark.parametrize")) is not None:
            worth *= len(parametrize.args[1].elts)  # type: ignore[attr-defined]
        task = ast.literal_eval(marker.args[0])
        points[task] = points.get(task, 0) + worth
    return points


def unfold(comment: str) -> str:
    """Join the lines of a comment."""
    return " ".join(line.strip().removeprefix("#").strip() for line in comment.splitlines())
