"""Marks as the test cases of other systems: names, words, and a case for what has no marks."""

from dataclasses import dataclass
from typing import Any, Literal

from dlp_keras.grading.private_marks import TOLD
from dlp_keras.grading.records import Record

NOT_RUN = "The marks could not run. This is not your fault; your lecturer knows."
"""What a student is told where the environment failed; the reason is the lecturer's."""


@dataclass(frozen=True)
class Case:
    """What other systems show of a mark.

    Attributes
    ----------
    exercise, task : str
        The task is "" where there are no marks.
    name : str
        The task, and what the mark checks; it differs from those of all other cases of the exercise.
    points, max_points : float
        The points are below 0 where a penalty is a case.
    state : {"earned", "lost", "open", "error"}
        "error" where the marks could not run.
    message : str
        For the student.
    output : str
        The end of what the student's code printed.
    seconds : float
    metric : dict, optional
        See `dlp_keras.marking.results.Metric`.
    """

    exercise: str
    task: str
    name: str
    points: float
    max_points: float
    state: Literal["earned", "lost", "open", "error"]
    message: str = ""
    output: str = ""
    seconds: float = 0.0
    metric: dict[str, Any] | None = None

    @property
    def code(self) -> str:
        """The exercise's code, such as ``"ex01"``."""
        return self.exercise[:4]


def cases_of(record: Record) -> list[Case]:
    """Return a record's marks as cases, and one more for a penalty or for what could not be marked."""
    cases = [_case_of(mark, record.exercise) for mark in record.marks]
    if record.penalty:
        cases.append(_case_of_penalty(record))
    return cases if record.status == "marked" else [*cases, _case_without_marks(record)]


def _case_of_penalty(record: Record) -> Case:
    name = "Handed in late"
    return Case(record.exercise, "", name, -record.penalty, 0, state="lost", message=record.note)


def _case_of(mark: dict[str, Any], exercise: str) -> Case:
    if mark.get("private"):  # what it checks, and what code printed meanwhile, are not for students
        told = TOLD if mark["state"] != "earned" else ""
        mark = {**mark, "message": told, "output": "", "metric": None}
    return Case(
        exercise=exercise,
        task=mark["task"],
        name=f"Task {mark['task']}: {mark['title']}",
        points=mark["points"],
        max_points=mark["max_points"],
        state=mark["state"],
        message=mark["message"],
        output=mark["output"],
        seconds=mark["seconds"],
        metric=mark["metric"],
    )


def _case_without_marks(record: Record) -> Case:
    states: dict[str, Literal["lost", "open", "error"]] = {"missing": "open", "unreadable": "lost"}
    state = states.get(record.status, "error")
    return Case(
        exercise=record.exercise,
        task="",
        name="Submission",
        points=0,
        max_points=record.max_points - sum(mark["max_points"] for mark in record.marks),
        state=state,
        message=NOT_RUN if state == "error" else record.note,
    )
