"""The points that count: those earned, in the lecturer's scale, less what lateness costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dlp_keras.grading.export.spreadsheet import Row, write_rows
from dlp_keras.grading.late import LatePolicy
from dlp_keras.grading.records import Record

DIGITS = 2


@dataclass(frozen=True)
class PointScale:
    """What an exercise, or its tasks, are worth instead of what the marks say.

    Attributes
    ----------
    exercises : dict of str to float
        The points of whole exercises, by name.
    tasks : dict of (str, str) to float
        The points of tasks, by the exercise's name and the number.
    """

    exercises: Mapping[str, float] = field(default_factory=dict)
    tasks: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def apply(self, record: Record, task_points: Mapping[str, int]) -> Record:
        """Return a record in this scale; all marks of what is scaled keep their proportions.

        Parameters
        ----------
        record
        task_points
            What the marks of each task are worth, public and private ones together.
        """
        factors = self._factors(record.exercise, task_points)
        if all(factor == 1 for factor in factors.values()):
            return record
        marks = [_scale(mark, factors.get(mark["task"], 1.0)) for mark in record.marks]
        points = sum(mark["points"] * factors.get(mark["task"], 1.0) for mark in record.marks)
        most = sum(points * factors[task] for task, points in task_points.items())
        return replace(record, marks=marks, points=_round(points), max_points=_round(most))

    def _factors(self, exercise: str, task_points: Mapping[str, int]) -> dict[str, float]:
        if exercise in self.exercises:
            total = sum(task_points.values())
            return dict.fromkeys(task_points, self.exercises[exercise] / total if total else 1.0)
        return {
            task: self.tasks.get((exercise, task), points) / points if points else 1.0
            for task, points in task_points.items()
        }


def take_penalty(record: Record, policy: LatePolicy) -> Record:
    """Return a record with the points that lateness leaves, and a note that says so."""
    days = policy.days_late(record.student, record.exercise) if record.status == "marked" else 0
    if not days:
        return record
    percent = policy.percent(days)
    points = _round(record.points * (1 - percent / 100))
    penalty = _round(record.points - points)
    late = f"{days} day{'s' * (days > 1)} late: {penalty:g} of {record.points:g} points ({percent:g} %) less."
    return replace(record, points=points, penalty=penalty, note=f"{record.note} {late}".strip())


def write_penalties(folder: Path, records: Iterable[Record], policy: LatePolicy) -> None:
    """Write ``penalties.csv``: a row for each exercise that has a deadline and was marked."""
    rows: list[Row] = [
        ["student", "exercise", "deadline", "time", "days_late", "points_before", "penalty", "points"]
    ]
    for record in sorted(records, key=lambda record: (record.student, record.exercise)):
        deadline = policy.deadline(record.student, record.exercise)
        if deadline is None or record.status != "marked":
            continue
        time = policy.time(record.student, record.exercise)
        rows.append(
            [
                record.student,
                record.exercise[:4],
                deadline.isoformat(" "),
                time.isoformat(" ") if time else "not known",
                policy.days_late(record.student, record.exercise),
                record.points_before,
                record.penalty,
                record.points,
            ]
        )
    write_rows(folder / "penalties.csv", rows)


def _scale(mark: dict[str, Any], factor: float) -> dict[str, Any]:
    return {**mark, **{name: _round(mark[name] * factor) for name in ("points", "max_points")}}


def _round(points: float) -> float:
    rounded = round(float(points), DIGITS)
    return int(rounded) if rounded.is_integer() else rounded
