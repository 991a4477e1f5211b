"""What is marked at once: an exercise of a student, read and with the fingerprint of all that counts."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import content_folder, marks_path
from dlp_keras.course.marks_file import read_marks
from dlp_keras.grading.private_marks import private_marks, private_path
from dlp_keras.grading.records import Record, Status, make_fingerprint
from dlp_keras.grading.settings import Settings, describe_versions
from dlp_keras.grading.similarity import take_fingerprints
from dlp_keras.grading.submissions import Handed, Student, UnreadableError, collect


@dataclass(frozen=True)
class Task:
    """An exercise of a student that is to be marked, here or on another machine.

    Attributes
    ----------
    student, exercise : str
        Names.
    handed : Handed
        The file, at its place in what was handed in.
    fingerprints : tuple of str
        See `fingerprints`.
    versions : dict of str to str
    settings : Settings
    spent : float
        Seconds that other exercises of the student took.
    """

    student: str
    exercise: str
    handed: Handed
    fingerprints: tuple[str, str]
    versions: dict[str, str]
    settings: Settings
    spent: float = 0.0


def read_task(
    student: Student, exercise: str, settings: Settings, known: Record | None, spent: float = 0.0
) -> Task | Record:
    """Return what is to be marked of a student, or the record where nothing is."""
    if student.problem:
        return empty_record(student.name, exercise, settings, "failed", student.problem)
    with tempfile.TemporaryDirectory(prefix="dlp_", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        try:
            file = collect(student, settings.exercises, folder, only=exercise).get(exercise)
        except UnreadableError as error:
            return empty_record(student.name, exercise, settings, "unreadable", str(error))
        if file is None:
            return empty_record(student.name, exercise, settings, "missing", "Nothing was handed in.")
        where = PurePosixPath(file.relative_to(folder).as_posix())
        handed = Handed(where, file.read_bytes(), file.stat().st_mtime)
        found = fingerprints(handed, exercise, settings)
        if known and known.fingerprint in found:
            return known if known.code_fingerprints is not None else _with_code(known, handed)
    return Task(student.name, exercise, handed, found, describe_versions(), settings, spent)


def fingerprints(handed: Handed, exercise: str, settings: Settings) -> tuple[str, str]:
    """Return the fingerprints of all marks, and of those that a limit of time has cut off.

    Where none has, other limits mark nothing again.

    Raises
    ------
    CourseError
        If the folder of private marks is not there, as on another machine.
    """
    solution = content_folder() / "solutions" / f"{exercise}.py"
    if settings.private_marks and not settings.private_marks.is_dir():
        raise CourseError(f"The folder of private marks, {settings.private_marks}, is not there.")
    own = private_path(settings.private_marks, exercise)
    files = [marks_path(exercise), solution, *([own] if own else [])]
    versions = repr(sorted({**describe_versions(), "box": settings.box}.items())).encode()
    options = repr((handed.place.name, settings.secret, settings.timeout)).encode()
    parts = [handed.data, *(path.read_bytes() for path in files), versions, options]
    limits = repr((settings.exercise_timeout, settings.submission_timeout)).encode()
    return make_fingerprint(parts), make_fingerprint([*parts, limits])


def empty_record(student: str, exercise: str, settings: Settings, status: Status, note: str) -> Record:
    """Return the record of an exercise without marks."""
    marks = (*read_marks(marks_path(exercise)), *private_marks(settings.private_marks, exercise))
    return Record(student, exercise, 0, sum(mark.points for mark in marks), status, note=note)


def _with_code(record: Record, handed: Handed) -> Record:
    """Add to a record of an earlier version what near-identical code is found by."""
    found = take_fingerprints(handed.data, handed.place.suffix, record.exercise)
    return replace(record, code_fingerprints=found)
