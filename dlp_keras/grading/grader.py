"""Marks a class: whatever of it is not marked yet, on this machine or on the workers of a cluster."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from dlp_keras.grading.marker import mark_task
from dlp_keras.grading.records import Record, Records
from dlp_keras.grading.settings import Settings, describe_versions
from dlp_keras.grading.submissions import Student
from dlp_keras.grading.task import Task, empty_record, read_task
from dlp_keras.grading.workers import run_here, run_on_cluster
from dlp_keras.grading.workshop import close_workshop


@dataclass
class Clock:
    """What a student's exercises took in this run; it is read when the next one is dispatched.

    Attributes
    ----------
    seconds : float
    """

    seconds: float = 0.0


Pending = tuple[Student, str, Record | None, Clock]
"""A student, an exercise, its earlier record, and the student's clock."""


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
    clocks = defaultdict[str, Clock](Clock)
    pending = [
        (student, exercise, _known(records, student, exercise, settings), clocks[student.name])
        for student in students
        for exercise in settings.exercises
    ]
    if scheduler:
        found = _grade_on_cluster(pending, settings, scheduler)
    else:
        found = run_here(partial(_grade_one, settings), pending, jobs, partial(_give_up, settings))
    try:
        for record in found:
            records.add(record)
            clocks[record.student].seconds += record.seconds
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
    task = read_task(student, exercise, settings, known, spent)
    return task if isinstance(task, Record) else mark_task(task)


def _grade_one(settings: Settings, pending: Pending) -> Record:
    student, exercise, known, clock = pending
    return grade_exercise(student, exercise, settings, known, clock.seconds)


def _give_up(settings: Settings, pending: Pending, why: str) -> Record:
    student, exercise, *_ = pending
    return empty_record(student.name, exercise, settings, "failed", why)


def _grade_on_cluster(pending: list[Pending], settings: Settings, scheduler: str) -> Iterator[Record]:
    """Read what was handed in here, one after the other, and send it to workers."""
    done: list[Record] = []

    def read() -> Iterator[Task]:
        for student, exercise, known, clock in pending:
            task = read_task(student, exercise, settings, known, clock.seconds)
            if isinstance(task, Task):
                yield task
            else:
                done.append(task)

    def give_up(task: Task, why: str) -> Record:
        return empty_record(task.student, task.exercise, settings, "failed", why)

    for record in run_on_cluster(mark_task, read(), scheduler, describe_versions, give_up):
        yield from [*done, record]
        done.clear()
    yield from done


def _known(records: Records, student: Student, exercise: str, settings: Settings) -> Record | None:
    found = records.get(student.name, exercise)
    if not found or found.status != "marked":
        return None
    return None if settings.require_box and found.environment["box"] == "none" else found
