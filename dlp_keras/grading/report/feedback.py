"""A student's page: marks, messages, what the code printed, and hints; ``feedback/NAME.html``.

It shows what cases of other formats show, and so neither why the environment failed nor anything of others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import load_catalog
from dlp_keras.files import write_atomically
from dlp_keras.grading.export.cases import Case, cases_of
from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.export.student_files import folder_names
from dlp_keras.grading.records import Record
from dlp_keras.grading.report.pages import render
from dlp_keras.marking.render import printable
from dlp_keras.marking.results import Metric

_MOST_OUTPUT = 4_000


@dataclass(frozen=True)
class ShownMark:
    """A mark as the page shows it.

    Attributes
    ----------
    title, state : str
    points, max_points : int
    message : str
        Empty where it is that of the mark above.
    is_repeated : bool
        Whether it is.
    output : str
        The end of what the student's code printed.
    metric : str
        The number of a challenge.
    """

    title: str
    state: str
    points: float
    max_points: float
    message: str
    is_repeated: bool
    output: str
    metric: str


@dataclass(frozen=True)
class ShownTask:
    """A task: its marks, and hints where not all are earned; no number for what has no marks."""

    number: str
    marks: list[ShownMark]
    hints: tuple[str, ...]


@dataclass(frozen=True)
class ShownExercise:
    """An exercise: points as they count, those of its marks, and its tasks."""

    code: str
    title: str
    status: str
    points: float
    max_points: float
    marks_points: int
    tasks: list[ShownTask]


def write_feedback(folder: Path, records: Sequence[Record]) -> None:
    """Write a page for each student into ``feedback/``."""
    by_student = Gradebook(records).by_student
    names = folder_names(by_student)
    for student, own in by_student.items():
        write_atomically(folder / "feedback" / f"{names[student]}.html", make_feedback(own))


def make_feedback(records: Sequence[Record]) -> bytes:
    """Return the page of one student; the same records make the same bytes."""
    shown = [_show_exercise(record) for record in records]
    counting = [exercise for exercise in shown if exercise.status != "failed"]
    return render(
        "feedback.html.jinja",
        student=records[0].student,
        exercises=shown,
        points=sum(exercise.points for exercise in counting),
        max_points=sum(exercise.max_points for exercise in counting),
        not_marked=[exercise.code for exercise in shown if exercise.status == "failed"],
    )


def _show_exercise(record: Record) -> ShownExercise:
    found = load_catalog().get(record.exercise)
    by_task: dict[str, list[Case]] = {}
    for case in cases_of(record):
        by_task.setdefault(case.task, []).append(case)
    return ShownExercise(
        code=record.exercise[:4],
        title=found.title if found else record.exercise,
        status=record.status,
        points=record.points,
        max_points=record.max_points,
        marks_points=sum(mark["points"] for mark in record.marks),
        tasks=[_show_task(record.exercise, number, cases) for number, cases in by_task.items()],
    )


def _show_task(exercise: str, number: str, cases: list[Case]) -> ShownTask:
    before = ["", *(case.message for case in cases)]
    marks = [_show_mark(case, last) for case, last in zip(cases, before, strict=False)]
    is_earned = all(case.state == "earned" for case in cases)
    return ShownTask(number, marks, () if is_earned else _hints(exercise, number))


def _show_mark(case: Case, message_above: str) -> ShownMark:
    is_repeated = bool(case.message) and case.message == message_above
    output = printable(case.output).strip("\n")
    return ShownMark(
        title=case.name.removeprefix(f"Task {case.task}: "),
        state=case.state,
        points=case.points,
        max_points=case.max_points,
        message="" if is_repeated else case.message,
        is_repeated=is_repeated,
        output=output if len(output) <= _MOST_OUTPUT else f"… {output[-_MOST_OUTPUT:]}",
        metric=str(Metric(**case.metric)) if case.metric else "",
    )


def _hints(exercise: str, number: str) -> tuple[str, ...]:
    """Return the hints of a task; none for one that the course does not have."""
    found = load_catalog().get(exercise)
    try:
        return found.find_task(number).hints if found else ()
    except CourseError:
        return ()
