"""Marks the exercises of a class: each in a process of its own, in a box where there is one."""

import contextlib
import platform
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from importlib import metadata
from pathlib import Path, PurePosixPath

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import content_folder, find_exercise, marks_path
from dlp_keras.course.marks_file import read_marks
from dlp_keras.grading.records import Record, Records, Status, make_fingerprint
from dlp_keras.grading.similarity import take_fingerprints
from dlp_keras.grading.submissions import Handed, Student, UnreadableError, collect
from dlp_keras.grading.workers import name_differences, run_here, run_on_cluster
from dlp_keras.grading.workshop import Workshop, close_workshop, open_workshop
from dlp_keras.marking.check import mark
from dlp_keras.marking.results import ExerciseResult
from dlp_keras.marking.stub import is_untouched, open_marks
from dlp_keras.runner.sandbox import find_sandbox

ON_WORKERS = "of each worker"
"""The box of `Settings` where workers of a cluster have boxes of their own."""
_VERSIONS = ("dlp_keras", "keras", "tensorflow", "numpy")
_MOST_TRIES = 3
_turn = threading.Lock()  # pytest and the folder that it works in belong to the whole process


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
        The name of the box that students' code runs in, "none", or `ON_WORKERS`.
    require_box : bool
        Whether nothing may be marked without a box.
    """

    exercises: tuple[str, ...]
    secret: bytes = field(repr=False)
    timeout: float = 60.0
    cpu_seconds: int = 900
    box: str = "none"
    require_box: bool = False


@dataclass(frozen=True)
class Task:
    """What is marked at once, here or on another machine.

    Attributes
    ----------
    student, exercise : str
        Names.
    handed : Handed
        The file, at its place in what was handed in.
    fingerprint : str
        Of the file, the marks and the versions that it has to be marked with.
    versions : dict of str to str
    settings : Settings
    """

    student: str
    exercise: str
    handed: Handed
    fingerprint: str
    versions: dict[str, str]
    settings: Settings


@cache
def describe_versions() -> dict[str, str]:
    """Return the versions that marks depend on."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _VERSIONS}}


def grade(
    students: list[Student], records: Records, settings: Settings, jobs: int = 1, scheduler: str = ""
) -> Iterator[Record]:
    """Mark all exercises of all students that are not marked yet, and yield each record when it is there.

    Parameters
    ----------
    students
    records
        What is marked already; new records are added to it.
    settings
    jobs
        Exercises that are marked at the same time.
    scheduler
        The address of a Dask scheduler, whose workers mark instead.
    """
    pairs = [(student, exercise) for student in students for exercise in settings.exercises]
    if scheduler:
        found = _grade_on_cluster(pairs, records, settings, scheduler)
    else:
        tasks = [
            (student, exercise, _known(records, student, exercise, settings)) for student, exercise in pairs
        ]
        found = run_here(
            partial(_grade_one, settings), tasks, jobs, lambda task, why: _failed(*task[:2], why)
        )
    try:
        for record in found:
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
    task = read_task(student, exercise, settings, known)
    return task if isinstance(task, Record) else mark_task(task)


def read_task(student: Student, exercise: str, settings: Settings, known: Record | None) -> Task | Record:
    """Return what is to be marked of a student, or the record where nothing is."""
    if student.problem:
        return _failed(student, exercise, student.problem)
    with tempfile.TemporaryDirectory(prefix="dlp_", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        try:
            file = collect(student, settings.exercises, folder, only=exercise).get(exercise)
        except UnreadableError as error:
            return _empty(student.name, exercise, "unreadable", str(error))
        if file is None:
            return _empty(student.name, exercise, "missing", "Nothing was handed in.")
        where = PurePosixPath(file.relative_to(folder).as_posix())
        handed = Handed(where, file.read_bytes(), file.stat().st_mtime)
        fingerprint = _fingerprint(handed, exercise, settings)
        if known and known.fingerprint == fingerprint:
            return known if known.code_fingerprints is not None else _with_code(known, file)
    return Task(student.name, exercise, handed, fingerprint, describe_versions(), settings)


def mark_task(task: Task) -> Record:
    """Mark what was read, on this machine, in its box."""
    settings = task.settings
    if settings.box == ON_WORKERS:
        box = find_sandbox()
        settings = replace(settings, box=box.name if box else "none")
    if problem := _refuse(task, settings):
        return _empty(task.student, task.exercise, "failed", problem)
    with _turn:
        workshop = open_workshop(settings.exercises, settings.box != "none", settings.cpu_seconds)
        with tempfile.TemporaryDirectory(dir=workshop.files, ignore_cleanup_errors=True) as folder:
            file = Path(folder) / task.handed.place
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(task.handed.data)
            return _mark_file(task, file, settings, workshop)


def _grade_one(settings: Settings, task: tuple[Student, str, Record | None]) -> Record:
    student, exercise, known = task
    return grade_exercise(student, exercise, settings, known)


def _grade_on_cluster(
    pairs: list[tuple[Student, str]], records: Records, settings: Settings, scheduler: str
) -> Iterator[Record]:
    """Read what was handed in here, one after the other, and send it to workers."""
    done: list[Record] = []

    def read() -> Iterator[Task]:
        for student, exercise in pairs:
            task = read_task(student, exercise, settings, _known(records, student, exercise, settings))
            if isinstance(task, Task):
                yield task
            else:
                done.append(task)

    def give_up(task: Task, why: str) -> Record:
        return _empty(task.student, task.exercise, "failed", why)

    for record in run_on_cluster(mark_task, read(), scheduler, describe_versions, give_up):
        yield from [*done, record]
        done.clear()
    yield from done


def _refuse(task: Task, settings: Settings) -> str:
    """Say why this machine must not mark, if it must not."""
    if differences := name_differences(task.versions, describe_versions()):
        return f"The worker has {differences}. Install there what is here."
    if _fingerprint(task.handed, task.exercise, task.settings) != task.fingerprint:
        return "The worker has other marks or another solution of this exercise. Install there what is here."
    if settings.require_box and settings.box == "none":
        return "The worker has no box for students' code. Install bubblewrap there."
    return ""


def _mark_file(task: Task, file: Path, settings: Settings, workshop: Workshop) -> Record:
    start = time.monotonic()
    try:
        untouched = is_untouched(file)
        result = open_marks(find_exercise(task.exercise)) if untouched else _mark(file, settings, workshop)
    except Exception as error:  # one student's must not end the marking of all others
        what = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        return _empty(task.student, task.exercise, "failed", what)
    return Record(
        student=task.student,
        exercise=task.exercise,
        points=result.points,
        max_points=result.max_points,
        status="marked",
        marks=[asdict(done) for done in result.marks],
        seconds=round(time.monotonic() - start, 2),
        environment={**describe_versions(), "box": settings.box},
        fingerprint=task.fingerprint,
        note=f"{file.name} was marked.",
        code_fingerprints=take_fingerprints(file, task.exercise),
    )


def _with_code(record: Record, file: Path) -> Record:
    """Add to a record of an earlier version what near-identical code is found by."""
    return replace(record, code_fingerprints=take_fingerprints(file, record.exercise))


def _mark(file: Path, settings: Settings, workshop: Workshop) -> ExerciseResult:
    """Mark a file; again if processes were lost meanwhile for which no student's code is to blame."""
    for _ in range(_MOST_TRIES):
        judge = workshop.judge
        deaths = judge.deaths
        with contextlib.closing(workshop.open_session(file.stem, file)) as session:
            result = mark(
                file.stem,
                session=session,
                judge=judge,
                folder=file.parent,
                timeout=settings.timeout,
                secret=settings.secret,
            )
            if not session.orphaned and judge.deaths == deaths:
                return result
    raise CourseError(f"Processes of the marking itself were killed {_MOST_TRIES} times, perhaps for memory.")


def _known(records: Records, student: Student, exercise: str, settings: Settings) -> Record | None:
    found = records.get(student.name, exercise)
    if not found or found.status != "marked":
        return None
    return None if settings.require_box and found.environment["box"] == "none" else found


def _failed(student: Student, exercise: str, why: str) -> Record:
    return _empty(student.name, exercise, "failed", why)


def _empty(student: str, exercise: str, status: Status, note: str) -> Record:
    max_points = sum(mark.points for mark in read_marks(marks_path(exercise)))
    return Record(student, exercise, 0, max_points, status, note=note)


def _fingerprint(handed: Handed, exercise: str, settings: Settings) -> str:
    solution = content_folder() / "solutions" / f"{exercise}.py"
    environment = {**describe_versions(), "box": settings.box}
    versions = repr(sorted(environment.items())).encode()
    options = repr((handed.place.name, settings.secret, settings.timeout)).encode()
    files = [handed.data, marks_path(exercise).read_bytes(), solution.read_bytes()]
    return make_fingerprint([*files, versions, options])
