"""What `dlp grade --explain` does: replay an exercise of a student, and show each mark with its calls."""

from pathlib import Path
from typing import Any

from rich.console import Console

from dlp_keras.commands.grade import make_settings, require_box
from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise
from dlp_keras.grading.options import Options
from dlp_keras.grading.records import Records
from dlp_keras.grading.replay import Replay, replay
from dlp_keras.grading.repositories import find_class
from dlp_keras.grading.secret_file import read_secret
from dlp_keras.grading.submissions import Student
from dlp_keras.marking.trace import Step


def explain_exercise(submissions: Path, results: Path, options: Options, student: str, name: str) -> None:
    """Replay one exercise of one student, with the secret, the box and the limits of the records.

    Raises
    ------
    CourseError
        If there is no such student or exercise, nothing was handed in, or nothing was marked yet.
    """
    exercise = find_exercise(name).name
    if exercise not in options.exercises:
        raise CourseError(f"{exercise} is not among the exercises that are marked.")
    found = _find_student(submissions, results, student)
    settings = make_settings(options, options.secret or read_secret(results), require_box(options))
    record = Records(results / "records.jsonl").get(found.name, exercise)
    _show(Console(), replay(found, exercise, settings, record), f"{found.name}, {exercise}")


def _find_student(submissions: Path, results: Path, name: str) -> Student:
    students = {student.name: student for student in find_class(submissions, results / "repositories")}
    if name not in students:
        raise CourseError(f"There is no student {name!r} in {submissions}. There are: {_some(students)}.")
    return students[name]


def _some(names: Any) -> str:
    listed = sorted(names)
    return ", ".join(listed[:20]) + ", …" * (len(listed) > 20)


def _show(console: Console, shown: Replay, title: str) -> None:
    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    points, most = (sum(mark[key] for mark in shown.marks) for key in ("points", "max_points"))
    say(f"{title}: {shown.file}, {points} of {most} points", "bold")
    for mark, steps in zip(shown.marks, shown.steps, strict=True):
        say("")
        say(_head(mark), "bold")
        for step in steps:
            say(_line(step))
        if mark["message"]:
            say(f"  message: {mark['message']}")
        for line in mark["output"].splitlines():
            say(f"  printed | {line}")
    say("")
    if not shown.same_input:
        say("Submission, marks, versions or options are not those of the record.", "yellow")
    for difference in shown.differences:
        say(f"Differs: {difference}", "yellow")
    if not shown.differences:
        say("The record says the same.", "green")


def _head(mark: dict[str, Any]) -> str:
    private = ", private" if mark.get("private") else ""
    return (
        f"Task {mark['task']}: {mark['title']} ({mark['name']}{private}): {mark['state']}, "
        f"{mark['points']} of {mark['max_points']}, {mark['seconds']:g} s"
    )


def _line(step: Step) -> str:
    if step.kind == "expected":
        return f"  expected: {step.text}"
    whose = "reference." if step.role == "reference" else ""
    return f"  {whose}{step.text} -> {step.answer}  ({step.seconds:g} s)"
