"""Marks the exercises of a class: each in a process of its own, in a box where there is one."""

import contextlib
import functools
import math
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import joblib

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import content_folder, find_exercise, marks_path
from dlp_keras.course.marks_file import DeclaredMark, read_marks
from dlp_keras.grading.private_marks import private_marks, private_path
from dlp_keras.grading.records import Record, Records, Status, make_fingerprint
from dlp_keras.grading.submissions import Student, UnreadableError, collect
from dlp_keras.grading.workshop import Workshop, close_workshop, open_workshop
from dlp_keras.marking.check import mark
from dlp_keras.marking.results import MarkResult
from dlp_keras.marking.stub import is_untouched, open_marks
from dlp_keras.marking.time_limit import TimeLimit

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
    exercise_timeout : float
        Seconds for all marks of one exercise of one student.
    submission_timeout : float
        Seconds for all exercises of one student: an exercise gets what the seconds in the student's records
        of this run leave when it is dispatched. Exercises that are marked at the same time do not know of
        each other: with several jobs a student may have the time of an exercise more for each of them.
    private_marks : Path, optional
        A folder with marks of the lecturer's own, whose points are added.
    """

    exercises: tuple[str, ...]
    secret: bytes
    timeout: float = 60.0
    cpu_seconds: int = 900
    box: str = "none"
    exercise_timeout: float = 900.0
    submission_timeout: float = math.inf
    private_marks: Path | None = None


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
    spent = defaultdict[str, float](float)
    tasks = (  # made one by one, as they are dispatched: each knows what the student's earlier ones took
        joblib.delayed(grade_exercise)(
            student, exercise, settings, _known(records, student, exercise), spent[student.name]
        )
        for student in students
        for exercise in settings.exercises
    )
    try:
        for record in joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
            records.add(record)
            spent[record.student] += record.seconds
            yield record
    finally:
        close_workshop()


def grade_exercise(
    student: Student, exercise: str, settings: Settings, known: Record | None, spent: float = 0.0
) -> Record:
    """Mark one exercise of one student.

    Parameters
    ----------
    student
    exercise
        Its whole name.
    settings
    known
        The earlier record, which stays where nothing has changed.
    spent
        Seconds that other exercises of the student took.
    """
    workshop = open_workshop(settings.exercises, settings.box != "none", settings.cpu_seconds)
    with tempfile.TemporaryDirectory(dir=workshop.files, ignore_cleanup_errors=True) as folder:
        try:
            file = collect(student, settings.exercises, Path(folder), only=exercise).get(exercise)
        except UnreadableError as error:
            return _empty(student, exercise, settings, "unreadable", str(error))
        if file is None:
            return _empty(student, exercise, settings, "missing", "Nothing was handed in.")
        if known and known.fingerprint in fingerprints(file, exercise, settings):
            return known
        return _mark_file(student, file, settings, workshop, spent)


def mark_file(
    file: Path,
    settings: Settings,
    workshop: Workshop,
    limit: TimeLimit,
    on_mark: Callable[[MarkResult], None] = lambda mark: None,
) -> list[dict[str, Any]]:
    """Run the marks of one student's file, private ones last, and return what came of them."""
    exercise = file.stem
    own = private_path(settings.private_marks, exercise)
    if is_untouched(file):
        found = [asdict(done) for done in open_marks(find_exercise(exercise)).marks]
        return found + [_open(declared) for declared in private_marks(settings.private_marks, exercise)]
    with contextlib.closing(workshop.open_session(exercise, file)) as session:
        run = functools.partial(
            mark,
            exercise,
            session=session,
            judge=workshop.judge,
            folder=file.parent,
            timeout=settings.timeout,
            secret=settings.secret,
            limit=limit,
            on_mark=on_mark,
        )
        found = [asdict(done) for done in run().marks]
        if own:
            found += [asdict(done) | {"private": True} for done in run(marks=own.parent).marks]
    return found


def _mark_file(student: Student, file: Path, settings: Settings, workshop: Workshop, spent: float) -> Record:
    start, exercise = time.monotonic(), file.stem
    limit = time_limit(settings, spent)
    try:
        whole, cut = fingerprints(file, exercise, settings)
        marks = mark_file(file, settings, workshop, limit)
    except Exception as error:  # one student's must not end the marking of all others
        what = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        return _empty(student, exercise, settings, "failed", what)
    return Record(
        student=student.name,
        exercise=exercise,
        points=sum(done["points"] for done in marks),
        max_points=sum(done["max_points"] for done in marks),
        status="marked",
        marks=marks,
        seconds=round(time.monotonic() - start, 2),
        environment=describe_environment(settings),
        fingerprint=cut if limit.is_over else whole,
        note=f"{file.name} was marked.",
    )


def _known(records: Records, student: Student, exercise: str) -> Record | None:
    found = records.get(student.name, exercise)
    return found if found and found.status == "marked" else None


def time_limit(settings: Settings, spent: float) -> TimeLimit:
    """Return the time that an exercise has from now on: its own, or what is left of the student's."""
    left = max(settings.submission_timeout - spent, 0.0)
    if left < settings.exercise_timeout:
        return TimeLimit(
            time.monotonic() + left, f"the {settings.submission_timeout:g} s of all your exercises"
        )
    return TimeLimit(
        time.monotonic() + settings.exercise_timeout, f"the {settings.exercise_timeout:g} s of this exercise"
    )


def _open(declared: DeclaredMark) -> dict[str, Any]:
    return asdict(
        MarkResult(declared.task, declared.name, declared.title, 0, declared.points, "open", "Still open.")
    ) | {"private": True}


def _empty(student: Student, exercise: str, settings: Settings, status: Status, note: str) -> Record:
    marks = (*read_marks(marks_path(exercise)), *private_marks(settings.private_marks, exercise))
    max_points = sum(mark.points for mark in marks)
    return Record(student.name, exercise, 0, max_points, status, note=note)


def fingerprints(file: Path, exercise: str, settings: Settings) -> tuple[str, str]:
    """Return the fingerprints of all marks, and of those that a limit of time has cut off.

    Where none has, other limits mark nothing again.
    """
    solution = content_folder() / "solutions" / f"{exercise}.py"
    if settings.private_marks and not settings.private_marks.is_dir():  # on another machine
        raise CourseError(f"The folder of private marks, {settings.private_marks}, is not there.")
    own = private_path(settings.private_marks, exercise)
    files = [file, marks_path(exercise), solution, *([own] if own else [])]
    versions = repr(sorted(describe_environment(settings).items())).encode()
    options = repr((file.name, settings.secret, settings.timeout)).encode()
    parts = [*(path.read_bytes() for path in files), versions, options]
    limits = repr((settings.exercise_timeout, settings.submission_timeout)).encode()
    return make_fingerprint(parts), make_fingerprint([*parts, limits])
