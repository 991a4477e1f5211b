"""How a class did: points by exercise, shares by mark, and what did not run."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dlp_keras.course.wording import count
from dlp_keras.grading.records import Record

N_BINS = 10
"""Bars of a histogram, each of a tenth of the points."""
_CRASHED = re.compile(
    r"`[^`]*` (?:ended the whole Python process|did not finish within|leaves Python with)|Not tried: "
)
_BROKEN = re.compile(r"Python cannot read |\S+ is not a notebook\. ")


@dataclass(frozen=True)
class ExerciseStatistics:
    """What came of one exercise.

    Attributes
    ----------
    exercise : str
    max_points : float
    points : tuple of float
        Of the submissions that were marked, in ascending order.
    counts : dict of str to int
        Submissions by status.
    """

    exercise: str
    max_points: float
    points: tuple[float, ...]
    counts: dict[str, int]

    @property
    def mean(self) -> float:
        """The mean of the points; 0 where nothing was marked."""
        return statistics.fmean(self.points) if self.points else 0.0

    @property
    def median(self) -> float:
        """The median of the points; 0 where nothing was marked."""
        return statistics.median(self.points) if self.points else 0.0

    @property
    def histogram(self) -> list[int]:
        """Submissions by tenths of the points; full points belong to the last one."""
        counts = Counter(
            min(N_BINS - 1, max(0, int(N_BINS * points / self.max_points)))
            for points in self.points
            if self.max_points
        )
        return [counts[number] for number in range(N_BINS)]


@dataclass(frozen=True)
class MarkStatistics:
    """What came of one mark.

    Attributes
    ----------
    exercise, task, name, title : str
    max_points : float
    earned, lost, open : int
        Submissions.
    """

    exercise: str
    task: str
    name: str
    title: str
    max_points: float
    earned: int
    lost: int
    open: int

    @property
    def shares(self) -> dict[str, float]:
        """The shares of earned, lost and open; together 1."""
        counts = {"earned": self.earned, "lost": self.lost, "open": self.open}
        return {state: number / sum(counts.values()) for state, number in counts.items()}

    @property
    def share_lost(self) -> float:
        """The share that lost it of those that answered; 0 where nobody did."""
        return self.lost / (self.earned + self.lost) if self.earned + self.lost else 0.0


@dataclass(frozen=True)
class StudentFailure:
    """What could not be marked, or not to its end, for what a student handed in.

    Attributes
    ----------
    student : str
    kind : {"unreadable", "broken", "crashed", "missing"}
        "broken" where Python cannot read the code, "crashed" where it ended its process or did not end.
    what : str
        In words.
    exercises : tuple of str
        All of which it is true.
    """

    student: str
    kind: str
    what: str
    exercises: tuple[str, ...]


def describe_exercises(records: Iterable[Record]) -> list[ExerciseStatistics]:
    """Return the statistics of each exercise, in the order of the exercises."""
    by_exercise: dict[str, list[Record]] = {}
    for record in records:
        by_exercise.setdefault(record.exercise, []).append(record)
    return [
        ExerciseStatistics(
            exercise,
            max(record.max_points for record in own),
            tuple(sorted(record.points for record in own if record.status == "marked")),
            dict(Counter(record.status for record in own)),
        )
        for exercise, own in sorted(by_exercise.items())
    ]


def describe_marks(records: Iterable[Record]) -> list[MarkStatistics]:
    """Return the statistics of each mark of the submissions that were marked, in their order."""
    first: dict[tuple[str, str, str], dict[str, Any]] = {}
    counts = Counter[tuple[str, str, str, str]]()
    for record in sorted(records, key=lambda record: record.exercise):
        for mark in record.marks:
            key = record.exercise, mark["task"], mark["name"]
            first.setdefault(key, mark)
            counts[*key, mark["state"]] += 1
    return [
        MarkStatistics(
            *key,
            title=str(mark["title"]),
            max_points=mark["max_points"],
            earned=counts[*key, "earned"],
            lost=counts[*key, "lost"],
            open=counts[*key, "open"],
        )
        for key, mark in first.items()
    ]


def find_hardest(marks: Iterable[MarkStatistics], number: int) -> list[MarkStatistics]:
    """Return the marks that the largest share of those who answered lost, at most so many."""
    lost = [mark for mark in marks if mark.lost]
    return sorted(lost, key=lambda mark: (-mark.share_lost, -mark.lost, mark.exercise, mark.name))[:number]


def find_slowest(records: Iterable[Record], number: int) -> list[Record]:
    """Return the submissions that took longest, at most so many."""
    timed = [record for record in records if record.seconds > 0]
    return sorted(timed, key=lambda r: (-r.seconds, r.student, r.exercise))[:number]


def find_student_failures(records: Iterable[Record]) -> list[StudentFailure]:
    """Return what was unreadable, broken or missing, or hung or crashed while it was marked."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for record in sorted(records, key=lambda record: (record.student, record.exercise)):
        if failure := _student_failure(record):
            found.setdefault((record.student, *failure), []).append(record.exercise)
    failures = [StudentFailure(*key, tuple(exercises)) for key, exercises in found.items()]
    kinds = ("unreadable", "broken", "crashed", "missing")
    return sorted(failures, key=lambda failure: kinds.index(failure.kind))


def _student_failure(record: Record) -> tuple[str, str] | None:
    """Return the kind of failure and what happened, if the student's work failed."""
    if record.status in ("unreadable", "missing"):
        return record.status, record.note
    lost = [mark for mark in record.marks if mark["state"] == "lost"]
    if broken := [mark for mark in lost if _BROKEN.match(mark["message"])]:
        return "broken", broken[0]["message"]
    if crashed := [mark for mark in lost if _CRASHED.match(mark["message"])]:
        first, n_more = crashed[0], len(crashed) - 1
        more = f" {count(n_more, 'more mark')} went the same way." if n_more else ""
        return "crashed", f"Task {first['task']}: {first['message']}{more}"
    return None
