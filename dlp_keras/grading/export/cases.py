"""Marks as the test cases of other systems: names, words, and a case for what has no marks."""

from dataclasses import dataclass
from typing import Any, Literal

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
    points, max_points : int
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
    points: int
    max_points: int
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
    """Return a record's marks as cases, and one more where not all of it could be marked."""
    cases = [_case_of(mark, record.exercise) for mark in record.marks]
    return cases if record.status == "marked" else [*cases, _case_without_marks(record)]


def _case_of(mark: dict[str, Any], exercise: str) -> Case:
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
