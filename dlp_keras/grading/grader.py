"""Marks the exercises of a class: each in a process of its own, in a box where there is one."""

import contextlib
import platform
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path

import joblib

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import content_folder, find_exercise, marks_path
from dlp_keras.course.marks_file import read_marks
from dlp_keras.grading.records import Record, Records, Status, make_fingerprint
from dlp_keras.grading.similarity import take_fingerprints
from dlp_keras.grading.submissions import Student, UnreadableError, collect
from dlp_keras.grading.workshop import Workshop, close_workshop, open_workshop
from dlp_keras.marking.check import mark
from dlp_keras.marking.stub import is_untouched, open_marks

_VERSIONS = ("dlp_keras", "keras", "tensorflow", "numpy")


@dataclass(frozen=True)
class Settings:
    """How a class is marked.

    Attributes
    ----------
    exercises : tuple of str
        Their whole names.
    secret : bytes
        What the data of the marks are drawn from; without it nobody can know them.
    timeout : float
        Seconds for each mark.
    cpu_seconds : int
        Processor time of one exercise of one student.
    box : str
        The name of the box that students' code runs in, or "none".
    """

    exercises: tuple[str, ...]
    secret: bytes
    timeout: float = 60.0
    cpu_seconds: int = 900
    box: str = "none"


def describe_environment(settings: Settings) -> dict[str, str]:
    """Return the versions that marks depend on, and what students' code runs in."""
    versions = {name: metadata.version(name) for name in _VERSIONS}
    return {"python": platform.python_version(), **versions, "box": settings.box}


def grade(students: list[Student], records: Records, settings: Settings, jobs: int = 1) -> Iterator[Record]:
    """Mark all exercises of all students that are not marked yet, and yield each record when it is there.

    Parameters
    ----------
    students
    records
        What is marked already; new records are added to it.
    settings
    jobs
        Exercises that are marked at the same time.
    """
    tasks = [
        joblib.delayed(grade_exercise)(student, exercise, settings, _known(records, student, exercise))
        for student in students
        for exercise in settings.exercises
    ]
    try:
        for record in joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
            records.add(record)
            yield record
    finally:
        close_workshop()


def grade_exercise(student: Student, exercise: str, settings: Settings, known: Record | None) -> Record:
    """Mark one exercise of one student.

    Parameters
    ----------
    student
    exercise
        Its whole name.
    settings
    known
        The earlier record, which stays where nothing has changed.
    """
    workshop = open_workshop(settings.exercises, settings.box != "none", settings.cpu_seconds)
    with tempfile.TemporaryDirectory(dir=workshop.files, ignore_cleanup_errors=True) as folder:
        try:
            file = collect(student, settings.exercises, Path(folder), only=exercise).get(exercise)
        except UnreadableError as error:
            return _empty(student, exercise, "unreadable", str(error))
        if file is None:
            return _empty(student, exercise, "missing", "Nothing was handed in.")
        fingerprint = _fingerprint(file, exercise, settings)
        if known and known.fingerprint == fingerprint:
            return known if known.code_fingerprints is not None else _with_code(known, file)
        return _mark_file(student, file, fingerprint, settings, workshop)


def _mark_file(
    student: Student, file: Path, fingerprint: str, settings: Settings, workshop: Workshop
) -> Record:
    start, exercise = time.monotonic(), file.stem
    try:
        if is_untouched(file):
            result = open_marks(find_exercise(exercise))
        else:
            with contextlib.closing(workshop.open_session(exercise, file)) as session:
                result = mark(
                    exercise,
                    session=session,
                    judge=workshop.judge,
                    folder=file.parent,
                    timeout=settings.timeout,
                    secret=settings.secret,
                )
    except Exception as error:  # one student's must not end the marking of all others
        what = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        return _empty(student, exercise, "failed", what)
    return Record(
        student=student.name,
        exercise=exercise,
        points=result.points,
        max_points=result.max_points,
        status="marked",
        marks=[asdict(done) for done in result.marks],
        seconds=round(time.monotonic() - start, 2),
        environment=describe_environment(settings),
        fingerprint=fingerprint,
        note=f"{file.name} was marked.",
        code_fingerprints=take_fingerprints(file.read_bytes(), file.suffix, exercise),
    )


def _with_code(record: Record, file: Path) -> Record:
    """Add to a record of an earlier version what near-identical code is found by."""
    found = take_fingerprints(file.read_bytes(), file.suffix, record.exercise)
    return replace(record, code_fingerprints=found)


def _known(records: Records, student: Student, exercise: str) -> Record | None:
    found = records.get(student.name, exercise)
    return found if found and found.status == "marked" else None


def _empty(student: Student, exercise: str, status: Status, note: str) -> Record:
    max_points = sum(mark.points for mark in read_marks(marks_path(exercise)))
    return Record(student.name, exercise, 0, max_points, status, note=note)


def _fingerprint(file: Path, exercise: str, settings: Settings) -> str:
    solution = content_folder() / "solutions" / f"{exercise}.py"
    files = [file, marks_path(exercise), solution]
    versions = repr(sorted(describe_environment(settings).items())).encode()
    options = repr((file.name, settings.secret, settings.timeout)).encode()
    return make_fingerprint([*(path.read_bytes() for path in files), versions, options])
