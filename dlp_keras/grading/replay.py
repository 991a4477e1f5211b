"""The marks of one exercise of one student once more, in the open: with all calls and expected values."""

from dataclasses import dataclass
from typing import Any

from dlp_keras.course import CourseError
from dlp_keras.grading.marker import mark_file, open_file, time_limit
from dlp_keras.grading.records import Record
from dlp_keras.grading.settings import Settings
from dlp_keras.grading.submissions import Student
from dlp_keras.grading.task import read_task
from dlp_keras.grading.workshop import close_workshop, open_workshop
from dlp_keras.marking.results import MarkResult
from dlp_keras.marking.trace import Step, recording

_COMPARED = ("points", "state", "message")


@dataclass(frozen=True)
class Replay:
    """What came of it.

    Attributes
    ----------
    file : str
        The name of the file that was marked.
    marks : list of dict
        As in a `Record`.
    steps : list of list of Step
        Of each mark; empty where a mark did not have to run.
    same_input : bool
        Whether submission, marks, versions and options are those of the record.
    differences : list of str
        Where the record says something else, a sentence each.
    """

    file: str
    marks: list[dict[str, Any]]
    steps: list[list[Step]]
    same_input: bool
    differences: list[str]


def replay(student: Student, exercise: str, settings: Settings, record: Record | None) -> Replay:
    """Mark an exercise as `grade` does, and keep what it does; records stay as they are.

    Raises
    ------
    CourseError
        If nothing that can be read was handed in.
    """
    task = read_task(student, exercise, settings, None)
    if isinstance(task, Record):
        raise CourseError(f"{student.name}, {exercise[:4]}: {task.note}")
    steps: list[list[Step]] = []
    try:
        workshop = open_workshop(settings.exercises, settings.box != "none", settings.cpu_seconds)
        with open_file(task, workshop) as file, recording() as current:

            def on_mark(mark: MarkResult) -> None:
                steps.append(list(current))
                current.clear()

            marks = mark_file(file, settings, workshop, time_limit(settings, 0.0), on_mark)
    finally:
        close_workshop()
    steps = steps[-len(marks) :]  # of the last try, where processes of the marking were lost
    steps += [[] for _ in marks[len(steps) :]]
    same = record is not None and record.fingerprint in task.fingerprints
    return Replay(file.name, marks, steps, same, _compare(record, marks))


def _compare(record: Record | None, marks: list[dict[str, Any]]) -> list[str]:
    if record is None:
        return ["There is no record of this exercise."]
    known = {(mark["name"], bool(mark.get("private"))): mark for mark in record.marks}
    now = {(mark["name"], bool(mark.get("private"))): mark for mark in marks}
    found = [f"{name} is in one of both only." for name, _ in sorted(known.keys() ^ now.keys())]
    for key, mark in now.items():
        before = known.get(key, mark)
        found += [
            f"{mark['title']}: {name} {before[name]!r} in the record, {mark[name]!r} now."
            for name in _COMPARED
            if before[name] != mark[name]
        ]
    return found
