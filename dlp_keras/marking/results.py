"""What came of the marks: plain records that the tables, the progress file and JSON are made of."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

State = Literal["earned", "lost", "open"]


@dataclass(frozen=True)
class Metric:
    """A number of a challenge, to compare with others.

    Attributes
    ----------
    name : str
    value : float
    best : {"low", "high"}
        Which end is better.
    baseline : float
        What the exercise gives to start from.
    limit : float, optional
        What no model can beat.
    """

    name: str
    value: float
    best: Literal["low", "high"]
    baseline: float
    limit: float | None = None

    def __str__(self) -> str:
        side = "below" if self.best == "low" else "above"
        limit = "" if self.limit is None else f" · none {side} {self.limit:.3g}"
        return f"{self.name} {self.value:.3g} · baseline {self.baseline:.3g}{limit}"


@dataclass(frozen=True)
class MarkResult:
    """One mark of a task.

    Attributes
    ----------
    task : str
        The task it belongs to, such as ``"2"``.
    name : str
        The name of the test.
    title : str
        What it checks, in one line.
    points, max_points : int
    state : {"earned", "lost", "open"}
        "open" where the student has not answered the task yet.
    message : str
        Why it is lost, or an explanation of what was earned.
    output : str
        The end of what the student's code printed.
    seconds : float
    metric : Metric, optional
        The number that a challenge is about.
    """

    task: str
    name: str
    title: str
    points: int
    max_points: int
    state: State
    message: str = ""
    output: str = ""
    seconds: float = 0.0
    metric: Metric | None = None


@dataclass
class ExerciseResult:
    """The marks of one exercise."""

    exercise: str
    marks: list[MarkResult] = field(default_factory=list)

    @property
    def points(self) -> int:
        """The points earned."""
        return sum(mark.points for mark in self.marks)

    @property
    def max_points(self) -> int:
        """The points that can be earned."""
        return sum(mark.max_points for mark in self.marks)

    @property
    def complete(self) -> bool:
        """Whether every mark is earned; False without any mark."""
        return bool(self.marks) and self.points == self.max_points

    @property
    def tasks(self) -> list[str]:
        """The tasks that were marked, in order."""
        return list(dict.fromkeys(mark.task for mark in self.marks))

    @property
    def points_by_mark(self) -> dict[str, dict[str, int]]:
        """The points earned, by task and name of the mark."""
        return {task: {m.name: m.points for m in self.marks if m.task == task} for task in self.tasks}

    @property
    def answered(self) -> bool:
        """Whether any mark is more than open."""
        return any(mark.state != "open" for mark in self.marks)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "exercise": self.exercise,
            "points": self.points,
            "max_points": self.max_points,
            "marks": [asdict(mark) for mark in self.marks],
        }
