"""Marks the exercises of a class: each in a process of its own, in a box where there is one."""

import contextlib
import platform
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import joblib

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import content_folder, marks_path
from dlp_keras.course.marks_file import read_marks
from dlp_keras.grading.records import Record, Records, Status, make_fingerprint
from dlp_keras.grading.submissions import Student, UnreadableError, collect
from dlp_keras.marking.check import mark
from dlp_keras.runner.sandbox import find_sandbox
from dlp_keras.runner.session import WorkerSession

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
        Students that are marked at the same time.
    """
    tasks = [
        joblib.delayed(grade_student)(student, settings, _known(records, student, settings))
        for student in students
    ]
    for found in joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
        for record in found:
            records.add(record)
            yield record


def grade_student(student: Student, settings: Settings, known: dict[str, Record]) -> list[Record]:
    """Mark one student's exercises.

    Parameters
    ----------
    student
    settings
    known
        Earlier records by exercise, which stay where nothing has changed.
    """
    with tempfile.TemporaryDirectory(prefix="dlp_", ignore_cleanup_errors=True) as folder:
        try:
            files = collect(student, settings.exercises, Path(folder))
        except UnreadableError as error:
            return [_empty(student, exercise, "unreadable", str(error)) for exercise in settings.exercises]
        found = []
        with contextlib.closing(WorkerSession()) as judge:
            for exercise in settings.exercises:
                if exercise not in files:
                    found.append(_empty(student, exercise, "missing", "Nothing was handed in."))
                    continue
                fingerprint = _fingerprint(files[exercise], exercise, settings)
                if exercise in known and known[exercise].fingerprint == fingerprint:
                    found.append(known[exercise])
                else:
                    found.append(_mark_file(student, files[exercise], fingerprint, settings, judge))
        return found


def _mark_file(
    student: Student, file: Path, fingerprint: str, settings: Settings, judge: WorkerSession
) -> Record:
    start, exercise = time.monotonic(), file.stem
    session = WorkerSession(None if settings.box == "none" else find_sandbox(), [file], settings.cpu_seconds)
    try:
        result = mark(
            exercise,
            session=session,
            judge=judge,
            folder=file.parent,
            timeout=settings.timeout,
            secret=settings.secret,
        )
    except Exception as error:  # one student's must not end the marking of all others
        what = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        return _empty(student, exercise, "failed", what)
    finally:
        session.close()
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
    )


def _known(records: Records, student: Student, settings: Settings) -> dict[str, Record]:
    found = {exercise: records.get(student.name, exercise) for exercise in settings.exercises}
    return {exercise: record for exercise, record in found.items() if record and record.status == "marked"}


def _empty(student: Student, exercise: str, status: Status, note: str) -> Record:
    max_points = sum(mark.points for mark in read_marks(marks_path(exercise)))
    return Record(student.name, exercise, 0, max_points, status, note=note)


def _fingerprint(file: Path, exercise: str, settings: Settings) -> str:
    solution = content_folder() / "solutions" / f"{exercise}.py"
    files = [file, marks_path(exercise), solution]
    versions = repr(sorted(describe_environment(settings).items())).encode()
    options = repr((file.name, settings.secret, settings.timeout)).encode()
    return make_fingerprint([*(path.read_bytes() for path in files), versions, options])
