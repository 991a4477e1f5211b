"""What a lecturer hands out: exercises, notebooks, marks, and what marks them on GitHub and at Gradescope."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise
from dlp_keras.course.wording import count
from dlp_keras.course.workspace import carried_files, write
from dlp_keras.grading.release_check import Secrets, find_solution_text, read_secrets
from dlp_keras.grading.release_classroom import make_workflow
from dlp_keras.grading.release_gradescope import make_autograder
from dlp_keras.grading.release_marks import make_public
from dlp_keras.grading.release_readme import IGNORED, make_lecturer_readme, make_student_readme

_MARKS = PurePosixPath("tests/exercises")
_MOST_SHOWN = 5


def write_release(folder: Path, exercises: Sequence[Exercise]) -> list[Path]:
    """Write a folder to hand out, and make sure that no solution text is in it.

    Parameters
    ----------
    folder
        A new or empty folder.
    exercises
        At least one, in the order of the course.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    CourseError
        If something is in the folder, it cannot be written, or solution text stands in what was written; that
        stays there, to be looked at.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(
            f"{folder} is not empty. Name a new folder, so that nothing of yours is overwritten."
        )
    secrets = read_secrets()
    files = make_release(exercises, secrets)
    for place, data in files.items():
        write(folder / place, data)
    if found := find_solution_text(folder, secrets):
        more = [f"… and {len(found) - _MOST_SHOWN} more"] if len(found) > _MOST_SHOWN else []
        shown = "\n  ".join([*found[:_MOST_SHOWN], *more])
        places = count(len(found), "place")
        raise CourseError(f"Solution text stands in {places} of {folder}. Do not hand it out:\n  {shown}")
    return [folder / place for place in files]


def make_release(exercises: Sequence[Exercise], secrets: Secrets) -> dict[PurePosixPath, bytes]:
    """Return the files of a folder to hand out, by their places; the same bytes for the same exercises.

    Parameters
    ----------
    exercises
        At least one, in the order of the course.
    secrets
        What the marks must not show.
    """
    codes = [exercise.code for exercise in exercises]
    texts = {
        ".github/workflows/classroom.yml": make_workflow(codes),
        ".gitignore": IGNORED,
        "LECTURERS.md": make_lecturer_readme(),
        "README.md": make_student_readme(exercises),
    }
    files = {PurePosixPath(place): text.encode() for place, text in texts.items()}
    files[PurePosixPath("autograder.zip")] = make_autograder(codes)
    return files | _carried(exercises, secrets)


def _carried(exercises: Sequence[Exercise], secrets: Secrets) -> dict[PurePosixPath, bytes]:
    """Return what `dlp init` writes, for some exercises and with public marks."""
    carried = {place: path.read_bytes() for place, path in carried_files().items()}
    names = {exercise.name for exercise in exercises}
    own = {place: data for place, data in carried.items() if place.stem.removeprefix("test_") in names}
    whole = {place: own.pop(place) for place in list(own) if place.parent == _MARKS}
    marks = {place: make_public(data.decode(), secrets) for place, data in whole.items()}
    own |= {place: text.encode() for place, text in marks.items() if text}
    shown = "pytest.ini\n" + "\n".join(marks.values())
    tables = {place: data for place, data in carried.items() if place.suffix in (".ini", ".json")}
    return own | {place: data for place, data in tables.items() if place.name in shown}
