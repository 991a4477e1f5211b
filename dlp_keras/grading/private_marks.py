"""Marks of the lecturer's own, which students do not have: files as in ``tests/exercises``."""

from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import load_catalog
from dlp_keras.course.marks_file import DeclaredMark, read_marks

TOLD = "This mark is your lecturer's own: its points are shown, and not what it checks in detail."
"""What a student reads instead of the message of such a mark."""


def private_path(folder: Path | None, exercise: str) -> Path | None:
    """Return the file with an exercise's private marks, if there is one."""
    path = folder / f"test_{exercise}.py" if folder else None
    return path if path and path.is_file() else None


def private_marks(folder: Path | None, exercise: str) -> tuple[DeclaredMark, ...]:
    """Read the private marks of an exercise; none where there is no file."""
    path = private_path(folder, exercise)
    return read_marks(path) if path else ()


def check_folder(folder: Path) -> None:
    """Raise `CourseError` unless a folder holds files of marks, each for an exercise of the course."""
    if not folder.is_dir():
        raise CourseError(f"`private_marks`: there is no folder {folder}.")
    files = sorted(folder.glob("test_*.py"))
    names = {f"test_{name}.py" for name in load_catalog()}
    if not files:
        raise CourseError(f"`private_marks`: no file in {folder} is called like {min(names)}.")
    for file in files:
        if file.name not in names:
            raise CourseError(
                f"`private_marks`: {file.name} belongs to no exercise; names are like {min(names)}."
            )
        _check_file(file)


def _check_file(file: Path) -> None:
    try:
        marks = read_marks(file)
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"`private_marks`: {file.name} cannot be read ({error}).") from error
    if not marks:
        raise CourseError(
            f'`private_marks`: {file.name} has no test with `@pytest.mark.task("2", points=3)`.'
        )
