"""Marks one exercise of one student: in a process of its own, in a box where there is one."""

import contextlib
import functools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise
from dlp_keras.course.marks_file import DeclaredMark
from dlp_keras.grading.private_marks import private_marks, private_path
from dlp_keras.grading.records import Record
from dlp_keras.grading.settings import ON_WORKERS, Settings, describe_versions
from dlp_keras.grading.similarity import take_fingerprints
from dlp_keras.grading.task import Task, empty_record, fingerprints
from dlp_keras.grading.workers import name_differences
from dlp_keras.grading.workshop import Workshop, open_workshop
from dlp_keras.marking.check import mark
from dlp_keras.marking.results import MarkResult
from dlp_keras.marking.stub import is_untouched, open_marks
from dlp_keras.marking.time_limit import TimeLimit
from dlp_keras.runner.sandbox import find_sandbox

_MOST_TRIES = 3
_turn = threading.Lock()  # pytest and the folder that it works in belong to the whole process


def mark_task(task: Task) -> Record:
    """Mark what was read, on this machine, in its box."""
    settings = task.settings
    if settings.box == ON_WORKERS:
        box = find_sandbox()
        settings = replace(settings, box=box.name if box else "none")
    try:
        if problem := _refuse(task, settings):
            raise CourseError(problem)
        with _turn:
            workshop = open_workshop(settings.exercises, settings.box != "none", settings.cpu_seconds)
            with open_file(task, workshop) as file:
                return _make_record(task, file, settings, workshop)
    except Exception as error:  # one student's must not end the marking of all others
        what = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        return empty_record(task.student, task.exercise, task.settings, "failed", what)


@contextlib.contextmanager
def open_file(task: Task, workshop: Workshop) -> Iterator[Path]:
    """Yield the file that was handed in, in a folder where a student's process may read it."""
    with tempfile.TemporaryDirectory(dir=workshop.files, ignore_cleanup_errors=True) as folder:
        file = Path(folder) / task.handed.place
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(task.handed.data)
        yield file


def mark_file(
    file: Path,
    settings: Settings,
    workshop: Workshop,
    limit: TimeLimit,
    on_mark: Callable[[MarkResult], None] = lambda mark: None,
) -> list[dict[str, Any]]:
    """Run the marks of one student's file, private ones last, and return what came of them.

    They run again if processes were lost meanwhile for which no student's code is to blame.
    """
    exercise = file.stem
    own = private_path(settings.private_marks, exercise)
    if is_untouched(file):
        found = [asdict(done) for done in open_marks(find_exercise(exercise)).marks]
        return found + [_open(declared) for declared in private_marks(settings.private_marks, exercise)]
    for _ in range(_MOST_TRIES):
        judge = workshop.judge
        deaths = judge.deaths
        with contextlib.closing(workshop.open_session(exercise, file)) as session:
            run = functools.partial(
                mark,
                exercise,
                session=session,
                judge=judge,
                folder=file.parent,
                timeout=settings.timeout,
                secret=settings.secret,
                limit=limit,
                on_mark=on_mark,
            )
            found = [asdict(done) for done in run().marks]
            if own:
                found += [asdict(done) | {"private": True} for done in run(marks=own.parent).marks]
            if not session.orphaned and judge.deaths == deaths:
                return found
    raise CourseError(f"Processes of the marking itself were killed {_MOST_TRIES} times, perhaps for memory.")


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


def _make_record(task: Task, file: Path, settings: Settings, workshop: Workshop) -> Record:
    start, limit = time.monotonic(), time_limit(settings, task.spent)
    marks = mark_file(file, settings, workshop, limit)
    whole, cut = task.fingerprints
    return Record(
        student=task.student,
        exercise=task.exercise,
        points=sum(done["points"] for done in marks),
        max_points=sum(done["max_points"] for done in marks),
        status="marked",
        marks=marks,
        seconds=round(time.monotonic() - start, 2),
        environment={**describe_versions(), "box": settings.box},
        fingerprint=cut if limit.is_over else whole,
        note=f"{file.name} was marked.",
        code_fingerprints=take_fingerprints(task.handed.data, file.suffix, task.exercise),
    )


def _refuse(task: Task, settings: Settings) -> str:
    """Say why this machine must not mark, if it must not."""
    if differences := name_differences(task.versions, describe_versions()):
        return f"The worker has {differences}. Install there what is here."
    if fingerprints(task.handed, task.exercise, task.settings) != task.fingerprints:
        return "The worker has other marks or another solution of this exercise. Install there what is here."
    if settings.require_box and settings.box == "none":
        return "The worker has no box for students' code. Install bubblewrap there."
    return ""


def _open(declared: DeclaredMark) -> dict[str, Any]:
    return asdict(
        MarkResult(declared.task, declared.name, declared.title, 0, declared.points, "open", "Still open.")
    ) | {"private": True}
