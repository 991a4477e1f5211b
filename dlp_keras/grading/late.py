"""Deadlines, and what is taken away from what was handed in after them."""

import csv
import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlp_keras.course import CourseError
from dlp_keras.grading.toml_values import check_time

Times = Mapping[tuple[str, str], datetime.datetime]
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs.

    Attributes
    ----------
    deadlines : dict of str to datetime
        By the exercise's whole name; an exercise without one is never late.
    times : dict of (str, str) to datetime
        When a student handed in an exercise; with "" for the exercise, all others.
    percent_per_day : float
        Of the points earned, for each day begun after the deadline.
    most_percent : float
        What is taken away at most.
    grace : timedelta
        So much later is not late; a day begins at the deadline all the same.
    extensions : dict of (str, str) to float
        Days by which a student's deadline is later; with "" for the exercise, that of all others.
    """

    deadlines: Mapping[str, datetime.datetime] = field(default_factory=dict)
    times: Times = field(default_factory=dict)
    percent_per_day: float = 0.0
    most_percent: float = 100.0
    grace: datetime.timedelta = datetime.timedelta(0)
    extensions: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def deadline(self, student: str, exercise: str) -> datetime.datetime | None:
        """Return a student's own deadline, extended; None where there is none."""
        if (found := self.deadlines.get(exercise)) is None:
            return None
        days = self.extensions.get((student, exercise), self.extensions.get((student, ""), 0.0))
        return found + days * _DAY

    def time(self, student: str, exercise: str) -> datetime.datetime | None:
        """Return when a student handed in an exercise; None where that is not known."""
        return self.times.get((student, exercise), self.times.get((student, "")))

    def days_late(self, student: str, exercise: str) -> int:
        """Return how many days have begun since the deadline; 0 in time, or where that is not known."""
        deadline, handed_in = self.deadline(student, exercise), self.time(student, exercise)
        if deadline is None or handed_in is None or handed_in - deadline <= self.grace:
            return 0
        return math.ceil((handed_in - deadline) / _DAY)

    def percent(self, days: int) -> float:
        """Return what some days cost, in percent of the points earned."""
        return min(days * self.percent_per_day, self.most_percent)


def read_times(
    path: Path, exercises: Mapping[str, str], zone: datetime.tzinfo | None
) -> dict[tuple[str, str], datetime.datetime]:
    """Read when students handed in: a CSV file with the columns ``student,time`` and perhaps ``exercise``.

    Parameters
    ----------
    path
    exercises
        Whole names by what an exercise may be called.
    zone
        Of times that name none.

    Returns
    -------
    dict
        As in `LatePolicy`; of several times the latest.

    Raises
    ------
    CourseError
        If the file is missing, or a line of it cannot be read.
    """
    found: dict[tuple[str, str], datetime.datetime] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, restval="")
            if missing := {"student", "time"} - set(rows.fieldnames or ()):
                raise CourseError(
                    f"`late.times`: {path.name} has no column {min(missing)}. Its first line has to be "
                    "student,time or student,time,exercise."
                )
            for row in rows:
                where = f"`late.times`: the time in line {rows.line_num} of {path.name}"
                exercise = _exercise(row, exercises, f"{path.name}, line {rows.line_num}")
                place, time = (row["student"].strip(), exercise), check_time(where, _parse(row["time"]), zone)
                found[place] = max(time, found.get(place, time))
    except FileNotFoundError as error:
        raise CourseError(f"`late.times`: there is no file {path}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"`late.times`: {path.name} is no CSV file in UTF-8 ({error}).") from error
    return found


def _exercise(row: Mapping[str, Any], exercises: Mapping[str, str], where: str) -> str:
    text = (row.get("exercise") or "").strip()
    if text and text not in exercises:
        raise CourseError(f"`late.times`: {where} names {text!r}, which is no exercise. Write them as ex01.")
    return exercises[text] if text else ""


def _parse(text: str) -> Any:
    try:
        return datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        return text
